"""Recounting a place: the number present as people or a camera counted it."""

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from anlan.domains.crowd import actions, queries
from anlan.domains.crowd.pages.thresholds import place_or_404
from anlan.kit.pages import attempt


class RecountForm(forms.Form):
    """How many were seen, where, when and by whom."""

    zone = forms.ModelChoiceField(label=_("范围"), queryset=None, required=False, empty_label=_("场所整体"))
    persons = forms.IntegerField(label=_("清点人数"), min_value=0, max_value=5_000_000)
    counted_at = forms.DateTimeField(
        label=_("清点时间"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("此刻之后的进出会自动加减。"),
    )  # fmt: skip
    counted_by = forms.CharField(
        label=_("由谁清点"), max_length=120, help_text=_("人员姓名和岗位，或摄像机编号。")
    )

    def __init__(self, *args, place, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["zone"].queryset = place.zones.all()


def recount(request, code):
    """Set the number present in a place, or a zone of it, to what was counted."""
    place = place_or_404(code, request.user)
    first = {
        "counted_at": timezone.localtime().replace(second=0, microsecond=0),
        "counted_by": request.user.name,
    }
    form = RecountForm(request.POST or None, place=place, initial=first)
    if attempt(form, set_count, place, by=request.user):
        messages.success(request, _("清点结果已记录，在场人数将在几秒内按此校正。"))
        return redirect("crowd:recount", code=place.code)
    space, zones = queries.live_place(place)
    return render(request, "crowd/recount.html", {
        "place": place, "form": form, "title": _("校正在场人数"), "space": space, "zones": zones.values(),
        "recounts": [(row, parse_datetime(row.after["counted_at"])) for row in queries.recounts_of(place)[:20]],
        "crumbs": [{"label": place.name, "url": place.get_absolute_url()}],
    })  # fmt: skip


def set_count(place, *, by, now, zone, persons, counted_at, counted_by):
    """Recount the zone where one is given, else the place."""
    return actions.recount(
        zone or place, by=by, now=now, persons=persons, counted_at=counted_at, counted_by=counted_by
    )
