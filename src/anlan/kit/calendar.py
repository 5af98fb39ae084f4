"""The district's calendar: the days of `anlan.rulebook.calendar` and, over them, what the district lays down itself.

Two district-editable tables: single days, and the years whose notice has been published since this version was made.
"""

from datetime import date, timedelta
from functools import partial

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from anlan.kit.tables import Seed, Table, TableColumn, own_values, register
from anlan.kit.terms import DayKind
from anlan.rulebook.calendar import (
    ANNOUNCED_MARK,
    ASSUMED_MARK,
    Day,
    day_of,
    is_announced,
    notable_days,
)

DAYS, YEARS = "calendar.days", "calendar.years"
FIRST_YEAR, LAST_YEAR = 2004, 2100
YEARS_LISTED = (0, 1)  # this one and the next, in the table of days
NOTICE = _("国务院办公厅年度放假安排")
NOT_ANNOUNCED = _("放假安排尚未公布，按法定节假日推定")


def seed_of_day(key):
    """The default row of a date: what the notice, or the statutory holidays, make of it."""
    return make_seed(day_of(date.fromisoformat(key)))


def make_seed(day):
    name = day.holiday[(get_language() or "").startswith("en")]
    mark = ASSUMED_MARK if day.is_assumed else ANNOUNCED_MARK
    basis = NOT_ANNOUNCED if day.is_assumed else NOTICE
    return Seed(day.on.isoformat(), {"kind": day.kind.value, "name": name}, mark, basis)


def seeds_of_days(on):
    """The days around a date that a plain week would not tell."""
    return [make_seed(day) for step in YEARS_LISTED for day in notable_days(on.year + step)]


def seed_of_year(key):
    """The default row of a year: its notice, where the product brings it; else none."""
    year = int(key)
    known = FIRST_YEAR <= year <= LAST_YEAR and is_announced(year)
    return Seed(key, {"notice": str(NOTICE)}, ANNOUNCED_MARK, NOTICE) if known else None


def seeds_of_years(on):
    """The years near a date whose notice the product brings."""
    return [seed for year in range(on.year - 2, on.year + 3) if (seed := seed_of_year(str(year)))]


register(Table(
    DAYS, title=_("日历"), lead=_("哪些日子放假、调休上班、是节前日或大型活动日：预警的常态曲线和工作日期限都按它判断。"),
    key=TableColumn("day", _("日期"), "day"),
    columns=(
        TableColumn("kind", _("日期类别"), "word", words=DayKind),
        TableColumn("name", _("名称"), is_required=False, most=40),
    ),
    seeds=seeds_of_days, seed_of=seed_of_day, is_open=True,
))  # fmt: skip
register(Table(
    YEARS, title=_("年度放假安排"), lead=_("已公布放假安排的年份。新一年的安排公布后：先在“日历”表中导入放假和调休的日期，再在这里登记该年份的通知文号，该年不再显示为推定。"),
    key=TableColumn("year", _("年份"), "whole", low=FIRST_YEAR, high=LAST_YEAR),
    columns=(TableColumn("notice", _("通知名称"), most=120),),
    seeds=seeds_of_years, seed_of=seed_of_year, is_open=True,
))  # fmt: skip


def days(first, last, *, today, gatherings=()):
    """The rulebook's Day of every date from `first` to `last`, both included, by the tables as they hold `today`.

    `gatherings` are the dates on which the place in question has one.
    """
    day = reader(today=today, gatherings=gatherings)
    return [day(first + timedelta(days=n)) for n in range((last - first).days + 1)]


def reader(*, today, gatherings=()):
    """The function that gives the rulebook's Day of any date, by the tables as they hold `today`."""
    own = {date.fromisoformat(key): row["kind"] for key, row in own_values(DAYS, on=today).items()}
    announced = {int(key) for key in own_values(YEARS, on=today)}
    return partial(day_of, own=own, announced=announced, gatherings=gatherings)


def find_day(on, *, today, gatherings=()) -> Day:
    """The Day of one date."""
    return days(on, on, today=today, gatherings=gatherings)[0]


def own_names(*, today):
    """{date: the name that the district gave it}."""
    return {date.fromisoformat(key): row["name"] for key, row in own_values(DAYS, on=today).items()}
