"""The statutory clock: by hand for one row of each kind, and what must hold over ten years of calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.rulebook.calendar import day_of
from anlan.rulebook.clock import (
    ZONE,
    Extension,
    Fault,
    Move,
    Pause,
    Unlawful,
    end_of,
    ladder,
    limit_of,
    moment_of,
    reckon,
)
from anlan.rulebook.sheets import find, rows

DAY = timedelta(days=1)
STARTS = st.datetimes(
    datetime(2017, 1, 1), datetime(2026, 12, 31), timezones=st.just(ZONE)
)  # ten years of announced calendar
LIMITS = st.sampled_from([limit_of(row) for row in rows("deadlines")])
AFTER = st.sampled_from([limit_of(row) for row in rows("deadlines") if row.values["direction"] == "after"])
DAYS_AFTER = AFTER.filter(lambda limit: limit.is_whole_days)
WORKING = AFTER.filter(lambda limit: limit.is_working)
EXTENDABLE = AFTER.filter(lambda limit: "extension" in limit.clauses)
WHY = "技术鉴定"


def limit(key):
    return limit_of(find("deadlines", key))


def at_of(due):
    """When it runs out: the cases here have an end."""
    assert due.at is not None
    return due.at


def last_of(due):
    """Its last day, likewise."""
    assert due.last_day is not None
    return due.last_day


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("key", "start", "last_day"),
    [
        ("EV-DECIDE", "2026-09-18 16:00", "2026-09-29"),  # 20 Sept is a make-up Sunday, 25-27 Mid-Autumn
        ("EV-DECIDE", "2026-02-12 09:00", "2026-02-28"),  # 14 and 28 Feb are worked, 15-23 is Spring Festival
        ("EN-HEAR-REQ", "2026-11-24 10:00", "2026-12-01"),
        ("EN-HEAR-NOTICE", "2026-12-01 09:00", "2026-11-20"),  # seven working days before
        ("EV-APPLY", "2026-12-31 19:00", "2026-12-11"),  # twenty calendar days before
        ("EN-PAY", "2026-09-19 09:00", "2026-10-08"),  # in the party's favour, unconfirmed
        ("EN-SUIT2", "2026-09-19 09:00", "2026-10-08"),  # 4 Oct is a holiday, 8 the first working day
        ("EN-SUIT", "2026-08-31 09:00", "2027-03-01"),  # 28 Feb 2027 is a Sunday, and no 31 Feb exists
        ("EN-URGE", "2026-11-24 09:00", "2026-12-08"),  # ten working days, Compulsion Law Art 69
        ("AC-EVAL", "2024-02-29 09:00", "2025-02-28"),
        ("EN-DECIDE", "2026-07-06 09:00", "2026-10-04"),  # no rule moves an authority's: the holiday stands
        ("HZ-QTR", "2026-09-30 00:00", "2026-10-15"),
        ("HZ-YEAR", "2026-12-31 00:00", "2027-01-31"),
    ],
)
def test_days_by_hand(key, start, last_day):
    due = reckon(at(start), limit(key))
    assert due.last_day == date.fromisoformat(last_day)
    assert due.at == at(f"{last_day} 00:00") + DAY


@pytest.mark.parametrize(
    ("key", "due_at"),
    [
        ("AC-UNIT", "2026-10-02 00:30"),
        ("SH-ORAL", "2026-10-02 00:00"),
        ("EV-SHOW-BIND", "2026-09-30 23:30"),
        ("EV-CANCEL", "2026-10-01 23:30"),
    ],
)
def test_hours_run_through_holidays_by_hand(key, due_at):
    assert reckon(at("2026-10-01 23:30"), limit(key)).at == at(due_at)


def test_the_start_may_come_in_any_zone_but_not_without_one():
    assert reckon(datetime(2026, 11, 24, 16, 30, tzinfo=UTC), limit("EN-PAY")).last_day == date(2026, 12, 10)
    with pytest.raises(Unlawful) as refusal:
        reckon(datetime(2026, 11, 24), limit("EN-PAY"))
    assert refusal.value.fault == Fault.NO_ZONE


def test_an_appraisal_does_not_count_and_an_extension_adds_by_hand():
    """60 days from 1 March, 10 of them paused, extended by 30: 99 days on."""
    pause = Pause(at("2026-03-11 10:00"), at("2026-03-21 09:00"), WHY)
    longer = Extension(30, at("2026-04-20 09:00"), "案情复杂")
    due = reckon(date(2026, 3, 1), limit("AC-INV"), pauses=[pause], extensions=[longer])
    assert due.last_day == date(2026, 3, 1) + 100 * DAY
    assert [step.move for step in due.steps] == [Move.START, Move.COUNT, Move.EXTENSION, Move.PAUSE]
    assert not due.is_unconfirmed and due.basis_zh.startswith("《生产安全事故报告")


def test_an_open_pause_has_no_date_and_no_reminders():
    for key in ("AC-INV", "AC-LEVEL"):
        due = reckon(at("2026-03-01 09:00"), limit(key), pauses=[Pause(at("2026-03-01 10:00"), None, WHY)])
        assert (
            due.at is None
            and ladder(due, at("2027-01-01 00:00")) == ()
            and not due.is_overdue(at("2027-01-01 00:00"))
        )


def test_pauses_that_overlap_are_taken_out_once():
    start = at("2026-03-01 09:00")
    pauses = [Pause(start + timedelta(minutes=a), start + timedelta(minutes=b), WHY) for a, b in ((10, 40), (20, 30), (30, 50))]  # fmt: skip
    assert reckon(start, limit("AC-LEVEL"), pauses=pauses).at == start + timedelta(minutes=160)


@pytest.mark.parametrize(
    ("key", "extensions", "fault"),
    [
        ("EN-SEIZE", [(31, "2026-03-02")], Fault.TOO_LONG),
        ("EN-SEIZE", [(10, "2026-03-02"), (10, "2026-03-03")], Fault.TOO_OFTEN),
        ("EN-SEIZE", [(10, "2026-04-02")], Fault.TOO_LATE),
        ("EN-SEIZE", [(0, "2026-03-02")], Fault.EMPTY),
        ("EN-DECIDE", [(10, "2026-03-02")], Fault.NOT_EXTENDABLE),
        ("EV-APPLY", [(10, "2026-03-02")], Fault.RUNS_BACK),
    ],
)
def test_an_extension_that_the_law_does_not_know_is_refused(key, extensions, fault):
    granted = [Extension(days, at(f"{on} 09:00"), "案情复杂") for days, on in extensions]
    with pytest.raises(Unlawful) as refusal:
        reckon(date(2026, 3, 1), limit(key), extensions=granted)
    assert refusal.value.fault == fault


def test_a_pause_needs_a_reason_and_an_end_after_its_start():
    for pause, fault in ((Pause(at("2026-03-02"), None, " "), Fault.NO_REASON), (Pause(at("2026-03-02"), at("2026-03-01"), WHY), Fault.BACKWARDS)):  # fmt: skip
        with pytest.raises(Unlawful) as refusal:
            reckon(date(2026, 3, 1), limit("AC-INV"), pauses=[pause])
        assert refusal.value.fault == fault


def test_the_district_s_own_days_count():
    own = {date(2026, 11, 25): "rest"}
    due = reckon(at("2026-11-24 10:00"), limit("EN-HEAR-REQ"), days=lambda on: day_of(on, own=own))
    assert due.last_day == date(2026, 12, 2)


def test_what_is_not_sure_says_so():
    assert reckon(date(2026, 11, 24), limit("SH-ORAL")).is_unconfirmed  # its mark is M
    assert not reckon(date(2026, 11, 2), limit("EV-DECIDE")).is_unconfirmed
    assert reckon(date(2050, 11, 2), limit("EV-DECIDE")).is_assumed  # no notice yet
    assert not reckon(date(2050, 11, 2), limit("EN-DECIDE")).is_assumed  # calendar days need none


def test_the_ladder_by_hand():
    due = reckon(date(2026, 3, 1), limit("EN-DECIDE"))  # 30 May
    assert [(rung.days, rung.at.date().isoformat()) for rung in ladder(due, due.start)] == [
        (-30, "2026-04-30"), (-7, "2026-05-23"), (-1, "2026-05-29"), (0, "2026-05-30"),
        (1, "2026-05-31"), (3, "2026-06-02"), (7, "2026-06-06"),
    ]  # fmt: skip
    reached = [rung.days for rung in ladder(due, at("2026-06-02 12:00")) if rung.is_reached]
    assert reached == [-30, -7, -1, 0, 1, 3]
    short = reckon(at("2026-03-01 09:00"), limit("AC-UNIT"))
    assert [rung.days for rung in ladder(short, short.start) if not rung.is_reached] == [0, 1, 3, 7]
    assert not short.is_overdue(at_of(short)) and short.is_overdue(at_of(short) + timedelta(seconds=1))


@given(LIMITS, STARTS, st.integers(0, 40))
def test_a_later_start_is_never_due_earlier(limit, start, days):
    assert at_of(reckon(start + days * DAY, limit)) >= at_of(reckon(start, limit))


@given(AFTER, STARTS)
def test_nothing_is_due_before_it_starts(limit, start):
    assert at_of(reckon(start, limit)) >= start


@given(WORKING, STARTS)
def test_working_days_end_on_a_working_day_and_are_as_many(limit, start):
    last = last_of(reckon(start, limit))
    counted = sum(day_of(start.date() + n * DAY).is_workday for n in range(1, (last - start.date()).days + 1))
    assert counted == limit.amount and day_of(last).is_workday


@given(WORKING, STARTS, st.integers(1, 2), st.integers(1, 15))
def test_a_pause_of_n_working_days_shifts_by_n(limit, start, after, length):
    """The pause lies inside the limit; its end is as many working days later."""
    since = last_of(reckon(start, limit._replace(amount=after)))
    until = since + length * DAY
    taken = sum(day_of(since + n * DAY).is_workday for n in range(length))
    due = reckon(start, limit, pauses=[Pause(moment_of(since), moment_of(until), WHY)])
    assert due.last_day == reckon(start, limit._replace(amount=limit.amount + taken)).last_day


@given(EXTENDABLE, STARTS, st.integers(1, 30))
def test_an_extension_never_shortens(limit, start, days):
    longer = reckon(start, limit, extensions=[Extension(days, start, WHY)])
    assert last_of(longer) == last_of(reckon(start, limit)) + days * DAY


PAUSES = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30)), max_size=4)


@given(DAYS_AFTER, STARTS, PAUSES)
def test_a_reckoning_is_what_a_clock_ticking_day_by_day_would_show(limit, start, spans):
    """A clock that is told the day's state each midnight and never looks back ends on the same day."""
    pauses = [Pause(start + a * DAY, start + (a + b) * DAY, WHY) for a, b in spans]
    day, left = start.date(), (last_of(reckon(start, limit)) - start.date()).days
    if limit.is_working or limit.unit == "day":
        left = limit.amount
    elif "rest" in limit.clauses:
        return  # months that end on a rest day are held by hand above
    paused = {start.date() + n * DAY for a, b in spans for n in range(a, a + b)}
    while left:
        day += DAY
        left -= day not in paused and (not limit.is_working or day_of(day).is_workday)
    while "rest" in limit.clauses and not day_of(day).is_workday:
        day += DAY
    assert reckon(start, limit, pauses=pauses).at == end_of(day)


@given(LIMITS, STARTS, st.integers(0, 60 * 24 * 400))
def test_the_ladder_climbs(limit, start, minutes):
    due = reckon(start, limit)
    rungs = ladder(due, start + timedelta(minutes=minutes))
    assert [rung.days for rung in rungs] == sorted(rung.days for rung in rungs)
    assert [rung.is_reached for rung in rungs] == sorted((rung.is_reached for rung in rungs), reverse=True)
    assert all(rung.at >= start for rung in rungs) or limit.is_before
