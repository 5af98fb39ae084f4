"""Who is on duty: rotations by table, and what holds of every roster, fixed shift and swap that may be laid down."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.emergency.rules import rosters as rules
from anlan.domains.emergency.rules.rosters import FixedFacts, RosterFacts, ShiftPattern, SwapFacts

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 2, 0, 0, tzinfo=ZONE)  # a Monday
DAYS = 10
END = START + timedelta(days=DAYS)
FULL_DAY = (ShiftPattern(510, 1440),)
DAY_AND_NIGHT = (ShiftPattern(510, 540, "workday"), ShiftPattern(1050, 900, "workday"), ShiftPattern(510, 1440, "free"))  # fmt: skip


def works(day):
    return day.weekday() < 5


def roster(**words):
    told = {"key": 1, "role": "duty_officer", "shifts": FULL_DAY, "teams": ((1,), (2,), (3,)), "starts_on": START.date()}  # fmt: skip
    return RosterFacts(**told | words)


def at(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=ZONE)


def who(rosters, moment, *, fixed=(), swaps=()):
    return [one.person for one in rules.on_duty(rosters, fixed, swaps, at=moment, works=works)]


# ── by table ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "moment", "people"),
    [
        ({}, at(2, 8, 29), []),  # the first shift has not begun
        ({}, at(2, 8, 30), [1]),
        ({}, at(3, 8, 29), [1]),
        ({}, at(3, 8, 30), [2]),
        ({}, at(5, 12), [1]),  # and round again
        ({"turn": "week"}, at(8, 12), [1]),
        ({"turn": "week"}, at(9, 12), [2]),
        ({"turn": "day", "shifts": DAY_AND_NIGHT}, at(3, 3), [1]),  # Monday's night goes on into Tuesday
        ({"turn": "day", "shifts": DAY_AND_NIGHT}, at(3, 9), [2]),
        ({"shifts": DAY_AND_NIGHT}, at(2, 20), [2]),  # the second shift of Monday
        ({"shifts": DAY_AND_NIGHT}, at(7, 7), [1]),  # the tenth shift began on Friday evening
        ({"shifts": DAY_AND_NIGHT}, at(7, 9), [2]),  # Saturday's whole day
        ({"ends_on": date(2026, 3, 3)}, at(4, 8), [2]),  # the last day's shift runs to its end
        ({"ends_on": date(2026, 3, 3)}, at(4, 9), []),
        ({"teams": ((1, 2), (3,))}, at(2, 12), [1, 2]),
        ({"teams": ()}, at(2, 12), []),
        ({"shifts": ()}, at(2, 12), []),
    ],
)
def test_the_rotation_says_who_is_on(words, moment, people):
    assert who([roster(**words)], moment) == people


def test_a_roster_that_starts_later_takes_the_seat_over_without_a_hole():
    old, new = roster(), roster(key=2, teams=((9,),), starts_on=date(2026, 3, 5))
    assert who([new, old], at(5, 8, 29)) == [3] and who([new, old], at(5, 8, 31)) == [9]


def test_a_fixed_shift_lies_over_the_rotation_and_gives_the_rest_back():
    fixed = [FixedFacts(1, "duty_officer", 1, 7, at(2, 12), at(2, 14))]
    assert [who([roster()], at(2, hour), fixed=fixed) for hour in (11, 12, 13, 14)] == [[1], [7], [7], [1]]


def test_a_swap_both_ways_and_a_substitute_of_a_substitute_are_traced():
    swap = SwapFacts(5, 1, 2, at(2, 8, 30), at(3, 8, 30), at(3, 8, 30), at(4, 8, 30))
    assert [who([roster()], at(day, 12), swaps=[swap]) for day in (2, 3, 4, 5)] == [[2], [1], [3], [1]]
    again = SwapFacts(6, 2, 3, at(2, 10), at(2, 12))
    found = rules.watches([roster()], (), [swap, again], since=at(2, 8, 30), until=at(3, 8, 30), works=works)
    told = [(one.person, one.own, one.via) for one in found]
    assert told == [(2, 1, (5,)), (3, 1, (5, 6)), (2, 1, (5,))]


def test_where_clocks_change_a_shift_is_what_the_wall_says():
    """The last Sunday of March in Berlin has 23 hours: no hole and no overlap for a rota by the wall clock."""
    berlin = roster(zone="Europe/Berlin", starts_on=date(2026, 3, 27))
    since, until = datetime(2026, 3, 27, 12, tzinfo=UTC), datetime(2026, 3, 31, 0, tzinfo=UTC)
    found = rules.watches([berlin], (), (), since=since, until=until, works=works)
    assert not rules.find_holes(found, roles=["duty_officer"], since=since, until=until)
    assert timedelta(hours=23) in [one.until - one.since for one in found]


def test_people_who_left_leave_a_hole():
    found = rules.watches([roster()], (), (), since=at(3, 8, 30), until=at(6, 8, 30), works=works)
    holes = rules.find_holes(
        found, roles=["duty_officer"], since=at(3, 8, 30), until=at(6, 8, 30), absent={3}
    )
    assert [(one.since, one.until, one.is_whole) for one in holes] == [(at(4, 8, 30), at(5, 8, 30), False)]


def test_nobody_at_all_is_a_hole_over_the_whole_time():
    holes = rules.find_holes([], roles=["duty_officer", "duty_leader"], since=START, until=END)
    assert [(one.role, one.is_whole) for one in holes] == [("duty_leader", True), ("duty_officer", True)]


def test_shifts_that_overlap_are_found_and_never_shown_twice():
    twice = roster(shifts=(ShiftPattern(510, 1440), ShiftPattern(1050, 600)))
    assert rules.find_overlap(twice, works, since=START, until=END) == at(2, 17, 30)
    assert rules.find_overlap(roster(shifts=DAY_AND_NIGHT), works, since=START, until=END) is None


def test_two_rosters_in_one_seat_are_named_with_the_moment():
    sat = rules.watches([roster()], (), (), since=START, until=END, works=works)
    other = rules.watches([roster(key=2, starts_on=date(2026, 3, 4))], (), (), since=START, until=END, works=works)  # fmt: skip
    assert rules.find_clash(other, sat)[1] == at(4, 8, 30)
    free = [one._replace(seat=2) for one in other]
    assert rules.find_clash(free, sat) is None


def test_a_handover_is_due_when_people_change_and_not_when_one_stays():
    found = rules.watches([roster(teams=((1,), (1,), (2,)))], (), (), since=START, until=END, works=works)
    assert rules.boundary(found, at=at(4, 8)) is None
    assert rules.boundary(found, at=at(4, 9)) == at(4, 8, 30)


# ── what always holds ───────────────────────────────────────────────────────────────────────────

moments = st.integers(0, DAYS * 24).map(lambda hours: START + timedelta(hours=hours))
spans = st.tuples(moments, st.integers(1, 40)).map(lambda one: (one[0], one[0] + timedelta(hours=one[1])))
people = st.integers(1, 6)
patterns = st.lists(
    st.builds(ShiftPattern, st.integers(0, 1439), st.integers(30, 1440), st.sampled_from(["any", "workday", "free"])),
    min_size=1, max_size=3,
)  # fmt: skip
teams = st.lists(
    st.lists(people, min_size=1, max_size=2, unique=True).map(tuple), min_size=1, max_size=4
).map(tuple)
rotas = st.builds(
    RosterFacts, key=st.integers(1, 9), role=st.sampled_from(["duty_officer", "duty_leader"]), shifts=patterns.map(tuple),
    teams=teams, starts_on=st.integers(-40, 8).map(lambda n: START.date() + timedelta(days=n)),
    ends_on=st.none() | st.integers(0, 9).map(lambda n: START.date() + timedelta(days=n)),
    turn=st.sampled_from(["shift", "day", "week"]), seat=st.integers(1, 2),
)  # fmt: skip
fixed_shifts = st.builds(
    lambda key, person, span: FixedFacts(key, "duty_officer", 1, person, *span),
    st.integers(1, 9),
    people,
    spans,
)
swaps = st.builds(
    lambda key, pair, span, back: SwapFacts(key, *pair, *span, *(back or (None, None))),
    st.integers(1, 9), st.tuples(people, people).filter(lambda pair: pair[0] != pair[1]), spans, st.none() | spans,
)  # fmt: skip
plans = st.tuples(
    st.lists(rotas, max_size=3), st.lists(fixed_shifts, max_size=3), st.lists(swaps, max_size=3)
)


def by_seat(found):
    seats = {}
    for one in found:
        seats.setdefault((one.role, one.seat), []).append(one)
    return seats


def held_s(found):
    return {
        seat: sum((one.until - one.since).total_seconds() for one in rows)
        for seat, rows in by_seat(found).items()
    }


@given(plans)
def test_no_two_people_sit_in_one_seat(plan):
    found = rules.watches(*plan, since=START, until=END, works=works)
    for rows in by_seat(found).values():
        assert all(before.until <= after.since for before, after in pairwise(rows))
    assert all(START <= one.since < one.until <= END for one in found)


@given(plans)
def test_every_moment_is_held_or_reported_as_a_hole(plan):
    found = rules.watches(*plan, since=START, until=END, works=works)
    holes = rules.find_holes(found, roles=["duty_officer"], since=START, until=END)
    for hour in range(0, DAYS * 24, 3):
        moment = START + timedelta(hours=hour)
        is_held = any(one.role == "duty_officer" and one.since <= moment < one.until for one in found)
        assert is_held != any(hole.since <= moment < hole.until for hole in holes)


@given(plans)
def test_swaps_keep_the_total_and_are_traced(plan):
    rotas, fixed, swapped = plan
    before = rules.watches(rotas, fixed, (), since=START, until=END, works=works)
    after = rules.watches(rotas, fixed, swapped, since=START, until=END, works=works)
    assert held_s(before) == held_s(after)
    assert all(one.via for one in after if one.person != one.own)
    assert {key for one in after for key in one.via} <= {swap.key for swap in swapped}


@given(plans, moments)
def test_a_moment_and_the_board_say_the_same(plan, moment):
    board = rules.watches(*plan, since=START - timedelta(days=3), until=END + timedelta(days=3), works=works)
    now = rules.on_duty(*plan, at=moment, works=works)
    on_board = {(one.role, one.seat, one.person) for one in board if one.since <= moment < one.until}
    assert {(one.role, one.seat, one.person) for one in now} == on_board


@given(rotas, st.integers(0, 6))
def test_where_one_looks_from_does_not_change_the_rotation(rota, days):
    later = START + timedelta(days=days)
    whole = rules.turns(rota, since=START, until=END, works=works)
    part = rules.turns(rota, since=later, until=END, works=works)
    assert [one for one in whole if one.until > later] == part
