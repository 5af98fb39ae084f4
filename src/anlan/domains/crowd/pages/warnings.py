"""Warnings: the list of episodes, and one episode step by step."""

from datetime import timedelta

from django import forms
from django.db.models import Max
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from anlan.domains.crowd import queries, replays
from anlan.domains.crowd.terms import Quantity, Rule, WarningChannel, WarningKind, WarningLevel
from anlan.kit.days import start_of
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.templatetags.look import as_local, spoken

SHARES = (
    Quantity.SHARE, Quantity.PASSAGE_SHARE, Quantity.CHANCE_15, Quantity.CHANCE_30, Quantity.CHANCE_60,
    Quantity.PROBABILITY,
)  # fmt: skip
TENDENCIES_SHOWN = 10
ABOVE_NONE = [choice for choice in WarningLevel.choices if choice[0] != WarningLevel.NONE]


def day_field(label):
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))


class WarningFilter(SearchForm):
    """Filters of the list of warnings."""

    level = forms.ChoiceField(label=_("最高等级"), required=False, choices=[("", _("全部")), *ABOVE_NONE])
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), ("open", _("进行中")), ("closed", _("已结束"))],
    )
    kind = forms.ChoiceField(
        label=_("性质"), required=False, choices=[("", _("全部")), *WarningKind.of_warnings()]
    )
    channel = forms.ChoiceField(
        label=_("渠道"), required=False, choices=[("", _("全部")), *WarningChannel.choices]
    )
    place = forms.CharField(label=_("场所编号"), required=False, max_length=40)
    since = day_field(_("自"))
    until = day_field(_("至"))
    scene = forms.ChoiceField(label=_("场景"), required=False, choices=lambda: name_scenes())

    def narrow(self, queryset, values):
        """By peak level, kind, channel, open or closed, place, and local days of opening, both included."""
        asked = {"level": "peak_level", "kind": "kind", "channel": "channel", "place": "place__code"}
        queryset = queryset.filter(**{name: values[key] for key, name in asked.items() if values.get(key)})
        if values.get("state"):
            queryset = queryset.filter(closed_at__isnull=values["state"] == "open")
        if values.get("since"):
            queryset = queryset.filter(opened_at__gte=start_of(values["since"]))
        if values.get("until"):
            queryset = queryset.filter(opened_at__lt=start_of(values["until"] + timedelta(days=1)))
        return queryset


def name_scenes():
    """The scenes that have warnings; the live one has no name in the address."""
    return [("", _("实时")), *((name, name) for name in queries.scenes_with_warnings()[1:])]


class WarningListing(Listing):
    """Episodes, the open ones first."""

    title = _("客流预警记录")
    columns = [
        Column("opened_at", _("时间"), "time", sort="opened_at"),
        Column("space_name", _("场所"), sort="space_name"),
        Column("level", _("等级"), "level", sort="level"),
        Column("peak_level", _("最高等级"), "level", sort="peak_level"),
        Column("kind", _("性质"), "badge", sort="kind", value=lambda row: row.get_kind_display()),
        Column("channel", _("渠道"), "badge", sort="channel", value=lambda row: row.get_channel_display()),
        Column("reason", _("原因"), "sentence", value=lambda row: spoken(row.reason)),
        Column("changed_at", _("最近变化"), "time", sort="changed_at"),
        Column("closed_at", _("结束"), "time", sort="closed_at"),
    ]
    filters = WarningFilter
    searched = ["space_name", "space_code"]
    empty_text = _("没有符合条件的预警。场所的等级升到蓝色及以上时，会列在这里。")
    file_name = "warnings"
    template = "crowd/warnings.html"

    def geometry(self, row):
        """Where the place is."""
        place = row.place
        if place is None or place.lon is None or place.lat is None:
            return None
        return {"type": "Point", "coordinates": [place.lon, place.lat]}


def asked_scene(request):
    """The scene that the address names, if it has warnings; else the live one."""
    asked = request.GET.get("scene", "")
    return asked if asked in queries.scenes_with_warnings() else queries.LIVE


def banner_of(scene):
    """What the page's banner says of a scene; None for the live one."""
    if scene == queries.LIVE:
        return None
    kind, _colon, name = scene.partition(":")
    return {"kind": kind, "title": spoken(replays.title_of(name))}


@require_safe
def warnings(request):
    """The list of warnings."""
    scene = asked_scene(request)
    rows = queries.open_first(queries.warnings(request.user, scene))
    newest = None if scene == queries.LIVE else rows.aggregate(at=Max("changed_at"))["at"]
    tendencies = queries.open_tendencies(request.user)[:TENDENCIES_SHOWN] if scene == queries.LIVE else ()
    return WarningListing(
        request, rows, scene=banner_of(scene), tendencies=tendencies, **({"now": newest} if newest else {})
    ).respond()


@require_safe
def warning(request, pk):
    """One episode: its level now and at its peak, and every step with its reason and numbers."""
    row = queries.find_warning(request.user, pk)
    if row is None:
        raise Http404
    is_live = row.scene == queries.LIVE
    return render(request, "crowd/warning.html", {
        "warning": row, "title": row.space_name, "steps": tell_steps(row),
        "reason": spoken(row.reason), "rule": name_rule(row.rule), "scene": banner_of(row.scene),
        "chance": None if row.closed_at else queries.chance_within_hour(row.numbers),
        "crossing_at": queries.crossing_of(row, now=timezone.now() if is_live else row.changed_at),
        "until": row.closed_at or (timezone.now() if is_live else row.changed_at),
        **({} if is_live else {"now": row.changed_at}),
    })  # fmt: skip


def tell_steps(warning):
    """The steps of an episode as the timeline shows them, newest first; a row has only what changed with it."""
    steps, known = [], {}
    for change in queries.warning_steps(warning):
        known = known | change.before | change.after
        steps.append({
            "at": change.at, "level": known.get("level"), "rule": name_rule(known.get("rule")),
            "reason": spoken(known.get("reason")), "numbers": tell_numbers(known.get("numbers") or {}),
        })  # fmt: skip
    return steps[::-1]


def tell_numbers(numbers):
    """(label, text) of the numbers that are known, in the order of the terms."""
    known = [(one, numbers[one.value]) for one in Quantity if numbers.get(one.value) is not None]
    return [(one.label, say_quantity(one, value)) for one, value in known]


def say_quantity(quantity, value):
    """A share in percent, a moment as the clock shows it, else as say_number."""
    if quantity == Quantity.CROSSING_AT:
        return f"{as_local(value):%H:%M}"
    return f"{value:.0%}" if quantity in SHARES else say_number(value)


def say_number(value):
    """12345.0 → 12,345; 0.3161 → 0.32."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.2g}"


def name_rule(rule):
    """The rule's label; its code name where it is none that is known."""
    return Rule(rule).label if rule in Rule.values else rule or ""
