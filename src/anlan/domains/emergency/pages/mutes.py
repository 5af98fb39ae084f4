"""Mutes: muting an alarm until a moment, ending it early, and the list of those that hold."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.emergency.actions.mutes import mute_alarm, unmute_alarm
from anlan.domains.emergency.pages.alarm_deeds import ask, do
from anlan.domains.emergency.pages.alarms import BOARD, asked_scene, banner_of, seen_or_404
from anlan.domains.emergency.queries.ladder import timers_for
from anlan.domains.emergency.queries.mutes import visible_mutes
from anlan.kit.listing import Column, Listing

MINUTES = (5, 10, 15, 30, 60, 120, 240)


class MuteForm(forms.Form):
    """For how long, and why."""

    minutes = forms.TypedChoiceField(label=_("暂停提醒"), coerce=int)
    why = forms.CharField(
        label=_("理由"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("将显示在看板和处置单上。到时自动恢复；等级上升时立即恢复。"),
    )  # fmt: skip

    def __init__(self, *args, most_min, **options):
        super().__init__(*args, **options)
        offered = [n for n in MINUTES if n <= most_min] or [most_min]
        self.fields["minutes"].choices = [(n, _("%(n)d 分钟") % {"n": n}) for n in offered]


def mute(request, pk):
    """Ask for the end and the reason, then mute."""
    row, now = seen_or_404(request, pk), timezone.now()
    form = MuteForm(
        request.POST if request.method == "POST" else None, most_min=timers_for(row, now).mute_most_min
    )
    return ask(
        request, row, form, mute_for, title=_("暂停提醒"), verb=_("暂停提醒"), said=_("已暂停提醒，到时自动恢复。"),
        lead=_("暂停期间不再逐级通知，处置单仍在看板上。由您负责，到时无人签收的重新逐级上报。"),
    )  # fmt: skip


def mute_for(row, *, by, now, minutes, why):
    """Mute for so many minutes from now."""
    return mute_alarm(row, by=by, now=now, until=now + timedelta(minutes=minutes), why=why)


@require_POST
def unmute(request, pk):
    """Let it remind again at once."""
    return do(request, unmute_alarm, pk, said=_("已恢复提醒。"))


class MuteListing(Listing):
    """Mutes that hold, the one that ends first on top."""

    title = _("暂停提醒")
    columns = [
        Column("title", _("地点"), value=lambda row: row.alarm.title),
        Column("level", _("等级"), "level", value=lambda row: row.alarm.level),
        Column("number", _("编号"), value=lambda row: row.alarm.number),
        Column("owner", _("设置人"), value=lambda row: str(row.owner)),
        Column("why", _("理由"), "sentence"),
        Column("since", _("开始"), "time", sort="since"),
        Column(
            "until",
            _("暂停提醒至"),
            value=lambda row: f"{timezone.localtime(row.until):%m-%d %H:%M:%S}",
            sort="until",
        ),
    ]
    searched = ["why", "alarm__title", "alarm__number"]
    empty_text = _("没有暂停提醒的处置单。")
    file_name = "mutes"

    def link(self, row):
        """A mute leads to its alarm."""
        return row.alarm.get_absolute_url()


@require_safe
def mutes(request):
    """The mutes that hold."""
    scene = asked_scene(request)
    rows = visible_mutes(request.user, scene).order_by("until", "pk")
    return MuteListing(request, rows, crumbs=BOARD, scene=banner_of(scene)).respond()
