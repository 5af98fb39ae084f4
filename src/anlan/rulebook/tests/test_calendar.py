"""Kinds of days, against the State Council's notices and against what must hold in any year."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.rulebook.calendar import Day, DayKind, day_of, is_announced, notable_days, seed_of

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("on", "kind", "is_workday"),
    [
        ("2014-12-31", "eve", True),  # the Bund's evening
        ("2015-01-01", "rest", False),
        ("2015-01-03", "rest", False),  # a Saturday within the break
        ("2015-01-04", "makeup", True),
        ("2026-02-13", "workday", True),
        (
            "2026-02-14",
            "eve",
            True,
        ),  # a make-up Saturday, and the last day of work before the Spring Festival
        ("2026-02-28", "makeup", True),
        ("2026-09-20", "makeup", True),
        ("2026-09-30", "eve", True),
        ("2026-10-04", "rest", False),
        ("2026-11-24", "workday", True),
        ("2026-11-28", "saturday", False),
        ("2026-11-29", "rest", False),
        ("2026-11-27", "workday", True),  # a plain Friday is no eve
    ],
)
def test_the_notices_are_followed(on, kind, is_workday):
    day = day_of(date.fromisoformat(on))
    assert (day.kind, day.is_workday, day.is_assumed) == (kind, is_workday, False)


def test_a_year_without_a_notice_is_assumed_and_says_so():
    """chinesecalendar raises beyond its data; a date far ahead must not."""
    assert not is_announced(2040) and is_announced(2026)
    day = day_of(date(2040, 10, 1))
    assert (day.kind, day.is_assumed, day.holiday[0]) == ("rest", True, "国庆节")
    assert day_of(date(2040, 3, 7)) == Day(date(2040, 3, 7), DayKind.WORKDAY, True, is_assumed=True)
    assert not day_of(date(2040, 10, 1), announced={2040}).is_assumed


def test_an_eve_whose_holiday_lies_in_a_year_without_a_notice_is_assumed():
    eve = day_of(date(2039, 12, 31))
    assert eve.on.weekday() == 5 and eve.kind == "saturday"
    last = max(year for year in range(2026, 2036) if is_announced(year))
    new_years_eve = day_of(date(last, 12, 31))
    assert new_years_eve.kind != "eve" or new_years_eve.is_assumed


@pytest.mark.parametrize(
    ("own", "kind", "is_workday", "is_own"),
    [
        ({}, "workday", True, False),
        ({date(2026, 11, 25): "rest"}, "eve", True, False),  # a holiday of the district's makes an eve
        ({date(2026, 11, 24): "rest"}, "rest", False, True),
        ({date(2026, 11, 24): "eve"}, "eve", True, True),
        ({date(2026, 11, 24): "gathering"}, "gathering", True, True),
    ],
)
def test_the_districts_word_goes_before_the_notice(own, kind, is_workday, is_own):
    day = day_of(date(2026, 11, 24), own=own)
    assert (day.kind, day.is_workday, day.is_own) == (kind, is_workday, is_own)


def test_a_gathering_goes_before_all_and_leaves_the_working_day():
    on = date(2026, 11, 24)
    day = day_of(on, own={on: "rest"}, gatherings={on})
    assert (day.kind, day.is_workday) == ("gathering", False)
    assert day_of(on, gatherings={on}).is_workday


@given(DAYS)
def test_every_date_has_a_kind_and_weekdays_at_work_are_no_makeup(on):
    day = day_of(on)
    assert day.kind in DayKind
    assert day.kind != "makeup" or on.weekday() >= 5
    assert day.kind != "saturday" or on.weekday() == 5
    assert (day.kind in {"workday", "makeup", "eve"}) == day.is_workday


@given(DAYS)
def test_the_same_facts_follow_from_the_day_before(on):
    """An eve is a workday before a holiday, and nothing else is one."""
    tomorrow = seed_of(on + timedelta(days=1))
    assert (day_of(on).kind == "eve") == (seed_of(on).is_workday and tomorrow.is_holiday)


def test_notable_days_of_a_year():
    days = {day.on: day for day in notable_days(2026)}
    assert date(2026, 11, 24) not in days and date(2026, 11, 29) not in days
    assert (
        sum(day.kind == "rest" for day in days.values()) == 33
    )  # 国办发明电: 33 days off with their weekends
    assert sum(day.on.weekday() >= 5 and day.is_workday for day in days.values()) == 6


def test_the_ends_of_the_calendar_do_not_break_it():
    assert day_of(date.max).kind in DayKind and day_of(date.min).kind in DayKind


def test_codes_number_the_kinds():
    assert [kind.code for kind in DayKind] == list(range(6))
