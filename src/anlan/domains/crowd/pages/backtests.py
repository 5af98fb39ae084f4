"""Back-tests: ask for one from the thresholds' page, watch it, read what would have rung, side by side."""

import csv
from datetime import UTC, datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.crowd import actions, queries
from anlan.domains.crowd.pages.thresholds import PeriodForm, ThresholdForm, place_or_404
from anlan.domains.crowd.rules import LEVELS
from anlan.domains.crowd.terms import Rule, ThresholdGroup, ThresholdName, WarningLevel
from anlan.kit.actions import Refused
from anlan.kit.listing import Column, Listing
from anlan.kit.pages import attempt

ROWS_SHOWN = 200
SIDES = (("in_force", _("现行阈值")), ("asked", _("所测阈值")))


@require_POST
def ask_backtest(request, code):
    """Ask for a back-test of the thresholds in the form; a refusal leads back with its reason."""
    place = place_or_404(code, request.user)
    form, period = ThresholdForm(request.POST, rows=queries.threshold_rows(place)), PeriodForm(request.POST)
    form.fields["why"].required = False
    if not form.is_valid():
        messages.error(request, _("有数值超出允许范围，请先改正。"))
    elif change := attempt(period, actions.ask_backtest, place, by=request.user, values=form.values()):
        return redirect(change.subject)
    else:
        for faults in period.errors.values():
            messages.error(request, "".join(map(str, faults)))
    return redirect("crowd:thresholds", code=place.code)


class BackTestListing(Listing):
    """Back-tests, newest first."""

    title = _("阈值回测")
    columns = [
        Column("place", _("场所"), sort="place__name", value=lambda row: row.place.name),
        Column("first_day", _("起始日期"), sort="first_day"),
        Column("last_day", _("结束日期"), sort="last_day"),
        Column("values", _("所测阈值"), value=lambda row: tell_values(row.values)),
        Column("state", _("状态"), "badge", value=lambda row: row.job.get_state_display()),
        Column("asked_by", _("申请人"), value=lambda row: str(row.asked_by)),
        Column("asked_at", _("申请时间"), "time", sort="asked_at"),
    ]
    searched = ["place__name", "place__code"]
    empty_text = _("还没有回测。在场所的预警阈值页填好阈值后，选“回测这组阈值”。")
    file_name = "backtests"


@require_safe
def backtests(request):
    """The list of back-tests."""
    return BackTestListing(request, queries.visible_backtests(request.user)).respond()


@require_safe
def backtest(request, pk):
    """How far it is; once it is done what would have rung, when, how often and with which lead."""
    row = get_object_or_404(queries.visible_backtests(request.user), pk=pk)
    context = {
        "row": row, "title": _("阈值回测"), "values": tell_values(row.values), "in_force": tell_values(row.in_force),
        "spaces": [describe_space(space) for space in row.outcome.get("spaces", [])], "sides": SIDES,
        "has_forecast": any(space.get("has_forecast") for space in row.outcome.get("spaces", [])),
        "may_edit": request.user.may(Right.THRESHOLDS_EDIT, row.organisation),
        "crumbs": [{"label": row.place.name, "url": row.place.get_absolute_url()},
                   {"label": _("预警阈值"), "url": reverse("crowd:thresholds", args=[row.place.code])}],
    }  # fmt: skip
    return render(request, "crowd/backtest.html", context)


@require_POST
def adopt_backtest(request, pk):
    """Whoever asked has looked at the result: go on to the thresholds' page with these values filled in."""
    row = get_object_or_404(queries.visible_backtests(request.user), pk=pk)
    try:
        actions.see_backtest(row, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(row)
    messages.info(request, _("已填入所测阈值。请写明修改理由后保存。"))
    return redirect(f"{reverse('crowd:thresholds', args=[row.place.code])}?backtest={row.pk}")


def tell_values(values):
    """Own thresholds in one line; the defaults by their name."""
    told = [tell_value(name, value) for name, value in values.items() if name in ThresholdName]
    return "；".join(told) or str(_("全部默认值"))


def tell_value(name, value):
    """One threshold with its number, a switch with on or off."""
    is_switch = ThresholdGroup.of(name) == ThresholdGroup.SWITCH
    said = (_("启用") if value else _("停用")) if is_switch else f"{value:g}"
    return f"{ThresholdName(name).label} {said}"


def describe_space(space):
    """A space of the outcome as the page shows it: worth by level, days, and both sides' steps in one list."""
    worth = [
        (
            WarningLevel(level).label,
            level,
            [describe_worth(space[side]["worth"][level]) for side, _label in SIDES],
        )
        for level in LEVELS[1:]
    ]
    rows = merge_steps(space)
    return space | {
        "worth": worth, "rows": rows[:ROWS_SHOWN], "n_rows": len(rows), "days": list(peak_by_day(space)),
        "is_cut": any(space[side]["n_steps"] > len(space[side]["steps"]) for side, _label in SIDES),
        "known_share": space["known_minutes"] / max(space["minutes"], 1),
    }  # fmt: skip


def describe_worth(worth):
    """The numbers of one level of one side, with the median lead."""
    leads = sorted(worth["leads_min"])
    return worth | {"lead_min": leads[len(leads) // 2] if leads else None}


def merge_steps(space):
    """[(time, {side: (before, after, rule)})] of both sides, in order of time."""
    rows = {}
    for side, _label in SIDES:
        for at_ms, before, after, rule in space[side]["steps"]:
            rows.setdefault(at_ms, {})[side] = (before, after, Rule(rule).label)
    return [(moment(at_ms), [rows[at_ms].get(side) for side, _label in SIDES]) for at_ms in sorted(rows)]


def moment(at_ms):
    """A time of the outcome as a datetime."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def peak_by_day(space):
    """(day, [peak level of each side]) of each local day on which a level stood on either side."""
    peaks = {}
    for number, (side, _label) in enumerate(SIDES):
        for at_ms, _before, after, _rule in space[side]["steps"]:
            day = timezone.localtime(moment(at_ms)).date()
            kept = peaks.setdefault(day, [0] * len(SIDES))
            kept[number] = max(kept[number], LEVELS.index(after))
    for day in sorted(peaks):
        yield day, [LEVELS[level] for level in peaks[day]]


@require_safe
def backtest_steps(request, pk):
    """Every step of both sides as CSV."""
    row = get_object_or_404(queries.visible_backtests(request.user), pk=pk)
    if not row.is_done:
        raise Http404
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="backtest-{row.pk}.csv"'
    lines = csv.writer(answer)
    lines.writerow([_("区域"), _("时间"), _("阈值"), _("由"), _("至"), _("规则")])
    for space in row.outcome["spaces"]:
        for side, label in SIDES:
            for at_ms, before, after, rule in space[side]["steps"]:
                when = timezone.localtime(moment(at_ms)).isoformat(timespec="minutes")
                lines.writerow([space["code"], when, label, WarningLevel(before).label, WarningLevel(after).label, Rule(rule).label])  # fmt: skip
    return answer
