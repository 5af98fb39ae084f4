"""What kind of day a date is, in mainland China: days alike in how people move, and whether offices work.

Announced years come from the State Council's yearly notice as `chinesecalendar` has it (P); a year without a notice
is assumed from the statutory holidays as `holidays` has them (K), without make-up workdays, and every day of it says
so. What a district lays down itself (`own`) goes before both; the gatherings of one place go before all.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import chinese_calendar
import holidays

SATURDAY, SUNDAY = 5, 6  # date.weekday()
ANNOUNCED_MARK, ASSUMED_MARK = "P", "K"


class DayKind(StrEnum):
    """Days that are alike; their order is the code that `code` gives."""

    WORKDAY = "workday"
    SATURDAY = "saturday"
    REST = "rest"  # a Sunday or a day off for a holiday
    MAKEUP = "makeup"  # a day of a weekend on which offices work
    EVE = "eve"  # the last workday before a holiday
    GATHERING = "gathering"

    @property
    def code(self) -> int:
        """Its place in the order of kinds, for arrays of day kinds."""
        return list(DayKind).index(self)


WORKING = frozenset({DayKind.WORKDAY, DayKind.MAKEUP})
FREE = frozenset({DayKind.SATURDAY, DayKind.REST})


class Day(NamedTuple):
    """One date: its kind, whether offices work, the name of its holiday (Chinese, English; empty without one).

    `is_assumed`: no notice has been published for the year that decides it, nor did the district lay it down.
    """

    on: date
    kind: DayKind
    is_workday: bool
    holiday: tuple[str, str] = ("", "")
    is_assumed: bool = False
    is_own: bool = False

    @property
    def is_holiday(self) -> bool:
        """Whether it is a day off that a plain week does not have."""
        return self.kind == DayKind.REST and (bool(self.holiday[0]) or self.on.weekday() != SUNDAY)


def day_of(
    on: date,
    *,
    own: Mapping[date, str] | None = None,
    announced: Collection[int] = (),
    gatherings: Collection[date] = (),
) -> Day:
    """The Day of a date. Never raises, whatever the year.

    `own`: the district's kinds by date; `announced`: years whose notice is on the district's record;
    `gatherings`: the dates on which the place in question has one.
    """
    own = own or {}
    today = settle(on, own, announced)
    tomorrow = settle(on + timedelta(days=1), own, announced) if on < date.max else today
    if today.is_workday and not today.is_own and tomorrow.is_holiday:
        is_assumed = today.is_assumed or tomorrow.is_assumed
        today = today._replace(kind=DayKind.EVE, is_assumed=is_assumed)
    return today._replace(kind=DayKind.GATHERING) if on in gatherings else today


def settle(on: date, own: Mapping[date, str], announced: Collection[int]) -> Day:
    """The Day without a look at its neighbours: the district's word, else the notice or what is assumed."""
    day = seed_of(on)
    if on not in own:
        return day._replace(is_assumed=False) if on.year in announced else day
    kind = DayKind(own[on])
    is_workday = kind in WORKING or (kind not in FREE and day.is_workday)
    return day._replace(kind=kind, is_workday=is_workday, is_assumed=False, is_own=True)


@lru_cache(maxsize=8192)
def seed_of(on: date) -> Day:
    """The Day by the yearly notice, or as assumed where there is none."""
    try:
        is_off, name = chinese_calendar.get_holiday_detail(on)
    except NotImplementedError:
        return assume(on)
    names = (chinese_calendar.Holiday(name).chinese, name) if name else ("", "")
    if is_off:
        return Day(on, DayKind.REST if name else plain_kind(on), False, names)
    return Day(on, DayKind.MAKEUP if on.weekday() >= SATURDAY else DayKind.WORKDAY, True, names)


def assume(on: date) -> Day:
    """The Day of a year without a notice: a statutory holiday, else what the week says."""
    if names := statutory_holidays(on.year).get(on):
        return Day(on, DayKind.REST, False, names, is_assumed=True)
    kind = plain_kind(on)
    return Day(on, kind, kind == DayKind.WORKDAY, is_assumed=True)


@lru_cache(maxsize=64)
def statutory_holidays(year: int) -> dict[date, tuple[str, str]]:
    """{date: (Chinese name, English name)} of the statutory holidays of a year and their substitutes."""
    zh, en = (holidays.country_holidays("CN", years=year, language=name) for name in ("zh_CN", "en_US"))
    return {on: (name, en[on]) for on, name in zh.items()}


def plain_kind(on: date) -> DayKind:
    """What the week alone says."""
    return {SATURDAY: DayKind.SATURDAY, SUNDAY: DayKind.REST}.get(on.weekday(), DayKind.WORKDAY)


def is_announced(year: int) -> bool:
    """Whether the yearly notice of this year is among the data that the product brings."""
    return not seed_of(date(year, 6, 15)).is_assumed


def notable_days(year: int) -> list[Day]:
    """The days of a year that a plain week would not tell: days off for holidays, make-up workdays, eves."""
    first = date(year, 1, 1)
    days = (day_of(first + timedelta(days=n)) for n in range((date(year, 12, 31) - first).days + 1))
    return [day for day in days if day.kind != plain_kind(day.on) or day.is_holiday]
