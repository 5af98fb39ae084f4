"""The district's calendar: a year on one page, each day with its kind; a day leads to its row of the table."""

import calendar as months
from collections import defaultdict
from datetime import date
from typing import NamedTuple

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from anlan.domains.crowd import queries as crowd
from anlan.kit import calendar
from anlan.kit.templatetags.look import spoken
from anlan.kit.terms import DayKind

# The letter of a kind: never colour alone.
LETTERS = {
    DayKind.WORKDAY: "",
    DayKind.SATURDAY: pgettext_lazy("day kind", "六"),
    DayKind.REST: pgettext_lazy("day kind", "休"),
    DayKind.MAKEUP: pgettext_lazy("day kind", "班"),
    DayKind.EVE: pgettext_lazy("day kind", "前"),
    DayKind.GATHERING: pgettext_lazy("day kind", "活"),
}
WEEKDAYS = [
    pgettext_lazy("weekday", "一"), pgettext_lazy("weekday", "二"), pgettext_lazy("weekday", "三"),
    pgettext_lazy("weekday", "四"), pgettext_lazy("weekday", "五"), pgettext_lazy("weekday", "六"),
    pgettext_lazy("weekday", "日"),
]  # fmt: skip
ASSUMED = gettext_lazy("推定")


class Cell(NamedTuple):
    """One day of the page: its number, kind and letter, what is said of it in full, where it leads."""

    on: date
    kind: str
    letter: str
    words: str
    url: str
    is_today: bool
    is_assumed: bool
    is_own: bool
    gatherings: int


@require_safe
def calendar_year(request, year=None):
    """/calendar/ and /calendar/<year>/"""
    today = timezone.localdate()
    year = year or today.year
    if not calendar.FIRST_YEAR <= year <= calendar.LAST_YEAR:
        raise Http404(f"no calendar of {year}")
    cells = make_cells(request, year, today)
    context = {
        "title": _("日历"), "year": year, "months": [make_month(year, month, cells) for month in range(1, 13)],
        "weekdays": WEEKDAYS, "legend": [(kind, LETTERS[kind]) for kind in DayKind],
        "workdays": sum(cell.is_workday for cell in days_of(year, today)), "is_assumed": is_assumed(year, today),
        "before": year - 1 if year > calendar.FIRST_YEAR else None, "after": year + 1 if year < calendar.LAST_YEAR else None,
        "this_year": today.year, "days_table": calendar.DAYS, "years_table": calendar.YEARS,
    }  # fmt: skip
    return render(request, "site/calendar.html", context)


def days_of(year, today):
    return calendar.days(date(year, 1, 1), date(year, 12, 31), today=today)


def is_assumed(year, today):
    """Whether the year's notice is missing: then a plain working day of it is assumed."""
    return all(day.is_assumed or day.is_own for day in days_of(year, today))


def make_cells(request, year, today):
    """{date: Cell} of a year, with the gatherings of the places that the reader sees."""
    planned = defaultdict(list)
    for row in crowd.visible_arrivals(request.user).filter(held_on__year=year, withdrawn_at=None):
        planned[row.held_on].append(f"{row.place.name}：{row.name}")
    names = calendar.own_names(today=today)
    return {
        day.on: make_cell(request, day, names.get(day.on), planned[day.on], today)
        for day in days_of(year, today)
    }


def make_cell(request, day, own_name, planned, today):
    """The Cell of a day."""
    kind = DayKind(day.kind)
    name = own_name or spoken({"zh": day.holiday[0], "en": day.holiday[1]})
    said = [day.on.isoformat(), kind.label, name, ASSUMED if day.is_assumed else "", *planned]
    row = reverse("kit:table_row", args=[calendar.DAYS, day.on.isoformat()])
    back = reverse("site:calendar_year", args=[day.on.year])
    return Cell(
        day.on, kind.value, str(LETTERS[kind]), " · ".join(str(part) for part in said if part), f"{row}?next={back}",
        day.on == today, day.is_assumed, day.is_own, len(planned),
    )  # fmt: skip


def make_month(year, month, cells):
    """One month: its name, and its weeks from Monday as cells, None outside it."""
    weeks = months.Calendar().monthdatescalendar(year, month)
    english = (get_language() or "").startswith("en")
    label = months.month_name[month] if english else f"{month} 月"
    return {
        "label": label,
        "weeks": [[cells[on] if on.month == month and on.year == year else None for on in week] for week in weeks],
    }  # fmt: skip
