"""Recounting a place, and the night's reset: the number present as people know it, and what counters made of it."""

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.crowd import actions, queries
from anlan.domains.crowd.pages.thresholds import place_or_404
from anlan.kit.pages import attempt

NIGHTS_SHOWN = 30


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
    quiet_minute, residual = queries.reset_of(place)
    return render(request, "crowd/recount.html", {
        "place": place, "form": form, "title": _("校正在场人数"), "space": space, "zones": zones.values(),
        "recounts": [describe(row) for row in queries.recounts_of(place)[:20]],
        "nights": [one for one in queries.baselines_of(place, 3 * NIGHTS_SHOWN) if one.is_nightly][:NIGHTS_SHOWN],
        "quiet_time": as_time(quiet_minute), "residual": residual,
        "may_set_reset": request.user.may(Right.THRESHOLDS_EDIT, place.organisation),
        "crumbs": [{"label": place.name, "url": place.get_absolute_url()}],
    })  # fmt: skip


def describe(change):
    """A recount with when it was made and by how many people the counters were off."""
    counted, shown = change.after["persons"], change.after["shown_before"]
    return {
        "change": change,
        "counted_at": parse_datetime(change.after["counted_at"]),
        "difference": None if shown is None else counted - shown,
    }


def set_count(place, *, by, now, zone, persons, counted_at, counted_by):
    """Recount the zone where one is given, else the place."""
    return actions.recount(
        zone or place, by=by, now=now, persons=persons, counted_at=counted_at, counted_by=counted_by
    )


class ResetForm(forms.Form):
    """At what time of the night the place is taken to be empty, or that it never is."""

    quiet_time = forms.TimeField(
        label=_("归零时刻"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("选场所最空的时刻，默认 04:00。从不空场、不归零的，留空。"),
    )  # fmt: skip
    residual_persons = forms.IntegerField(
        label=_("归零时留存人数"), min_value=0, max_value=5_000_000,
        help_text=_("此刻仍在场的人，如值班、住店人员；没有填 0。"),
    )  # fmt: skip
    why = forms.CharField(label=_("理由"), widget=forms.Textarea(attrs={"rows": 2}))


def reset(request, code):
    """Set when a place's number is set anew each night."""
    place = place_or_404(code, request.user)
    quiet_minute, residual = queries.reset_of(place)
    first = {"quiet_time": as_time(quiet_minute), "residual_persons": residual}
    form = ResetForm(request.POST or None, initial=first)
    if attempt(form, set_reset, place, by=request.user):
        messages.success(request, _("归零设置已保存，下一夜起生效。"))
        return redirect("crowd:recount", code=place.code)
    return render(request, "crowd/reset.html", {
        "place": place, "form": form, "title": _("每夜归零"),
        "crumbs": [
            {"label": place.name, "url": place.get_absolute_url()},
            {"label": _("校正在场人数"), "url": reverse("crowd:recount", args=[place.code])},
        ],
    })  # fmt: skip


def as_time(minute):
    """A minute of the day as 04:00; None for none."""
    return None if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"


def set_reset(place, *, by, now, quiet_time, residual_persons, why):
    """The action, with the time as a minute of the day."""
    minute = None if quiet_time is None else quiet_time.hour * 60 + quiet_time.minute
    return actions.set_reset(
        place, by=by, now=now, quiet_minute=minute, residual_persons=residual_persons, why=why
    )
