"""Who is on duty at t, computed: rotations, fixed shifts and swaps in, watches out. Nothing is stored by hand.

Layers are laid one over the other, seat by seat: rosters (the one that starts later over the other), fixed
shifts over rosters, then swaps in the order in which they were decided. So one seat never holds two people at once,
and a person who is not the roster's own can always be traced by `via`.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from anlan.domains.emergency.terms.duty import ShiftDays, Turn

DAY_MIN = 1440
LONGEST = timedelta(days=1)  # of a shift
WEEK_DAYS = 7

Works = Callable[[date], bool]  # whether offices work on a date


class ShiftPattern(NamedTuple):
    """One shift of the pattern: minutes from midnight at which it begins, its length, the days on which it begins."""

    starts_min: int
    length_min: int
    days: str = ShiftDays.ANY


@dataclass(frozen=True)
class RosterFacts:
    """A rotation as laid down: teams take turns over shifts, from one date to another, both included.

    The first person of a team sits at `seat`, the next at the seat after it.
    """

    key: int
    role: str
    shifts: tuple[ShiftPattern, ...]
    teams: tuple[tuple[int, ...], ...]
    starts_on: date
    ends_on: date | None = None
    turn: str = Turn.SHIFT
    seat: int = 1
    zone: str = "Asia/Shanghai"


class FixedFacts(NamedTuple):
    """One person on duty over one interval, as laid down by name."""

    key: int
    role: str
    seat: int
    person: int
    since: datetime
    until: datetime


class SwapFacts(NamedTuple):
    """A decided swap: `giver`'s duty goes to `taker`; with `back_since`, `taker`'s duty then goes to `giver`."""

    key: int
    giver: int
    taker: int
    since: datetime
    until: datetime
    back_since: datetime | None = None
    back_until: datetime | None = None


class Seated(NamedTuple):
    """One person in one seat over one interval; `own` is whom the roster names, `via` the swaps that changed it."""

    role: str
    seat: int
    since: datetime
    until: datetime
    person: int
    own: int
    source: str
    via: tuple[int, ...] = ()


class Hole(NamedTuple):
    """Nobody of this role from `since` to `until`; `is_whole`: nor anywhere else in the time looked at."""

    role: str
    since: datetime
    until: datetime
    is_whole: bool = False


def watches(rosters: Iterable[RosterFacts], fixed: Iterable[FixedFacts], swaps: Iterable[SwapFacts], *,
            since: datetime, until: datetime, works: Works) -> list[Seated]:  # fmt: skip
    """Who is on duty over [since, until): no two overlap in one seat; in order of time, role and seat.

    `swaps` in the order in which they were decided.
    """
    seats: dict[tuple[str, int], list[Seated]] = {}
    for roster in sorted(rosters, key=lambda one: (one.starts_on, one.key)):
        fresh: dict[tuple[str, int], list[Seated]] = {}
        for one in turns(roster, since=since, until=until, works=works):
            fresh.setdefault((one.role, one.seat), []).append(one)
        for seat, line in fresh.items():
            seats[seat] = lay_over(seats.get(seat, []), line)
    for row in sorted(fixed, key=lambda one: one.key):
        if row.since < until and row.until > since:
            one = Seated(row.role, row.seat, row.since, row.until, row.person, row.person, f"fixed/{row.key}")
            seat = (one.role, one.seat)
            seats[seat] = lay_over(seats.get(seat, []), [one])
    found = [one for seat in seats.values() for one in seat]
    for swap in swaps:
        found = apply_swap(found, swap)
    cut = [one._replace(since=max(one.since, since), until=min(one.until, until)) for one in found]
    return sorted(
        (one for one in cut if one.since < one.until), key=lambda one: (one.since, one.role, one.seat)
    )


def on_duty(rosters, fixed, swaps, *, at: datetime, works: Works) -> list[Seated]:
    """Who is on duty at `at`, each with the whole of his shift."""
    around = {"since": at - 2 * LONGEST, "until": at + 2 * LONGEST}
    return [
        one for one in watches(rosters, fixed, swaps, works=works, **around) if one.since <= at < one.until
    ]


def turns(roster: RosterFacts, *, since: datetime, until: datetime, works: Works) -> list[Seated]:
    """The shifts of one roster that touch [since, until), a Seated for each person, uncut and in order of time.

    A shift that the next one of the pattern begins in ends there.
    """
    zone = ZoneInfo(roster.zone)
    first, last = (since - LONGEST).astimezone(zone).date(), until.astimezone(zone).date()
    begins = list(begin_shifts(roster, first, last, works))
    found = []
    for at, (start, end, team) in enumerate(begins):
        end = min(end, begins[at + 1][0]) if at + 1 < len(begins) else end
        if start < until and end > since and start < end:
            found += [
                Seated(roster.role, roster.seat + n, start, end, person, person, f"roster/{roster.key}")
                for n, person in enumerate(team)
            ]
    return found


def begin_shifts(roster: RosterFacts, first: date, last: date, works: Works):
    """(start, end, team) of each shift that begins from `first` to `last`, by the rotation since the roster's start."""
    first = max(first, roster.starts_on)
    last = min(last, roster.ends_on) if roster.ends_on else last
    shifts = sorted(roster.shifts)
    if not roster.teams or not shifts or first > last:
        return
    count = count_before(roster, first, works)
    for day in each_day(first, last):
        for shift in shifts:
            if not begins_on(shift, day, works):
                continue
            start = moment(day, shift.starts_min, roster.zone)
            end = moment(day, shift.starts_min + shift.length_min, roster.zone)
            yield start, end, roster.teams[place_in_turn(roster, day, count) % len(roster.teams)]
            count += 1


def place_in_turn(roster: RosterFacts, day: date, count: int) -> int:
    """How many turns went before: of shifts, days or weeks since the roster's start."""
    days = (day - roster.starts_on).days
    return {Turn.DAY: days, Turn.WEEK: days // WEEK_DAYS}.get(Turn(roster.turn), count)


def count_before(roster: RosterFacts, day: date, works: Works) -> int:
    """How many shifts of the roster began before `day`."""
    if Turn(roster.turn) != Turn.SHIFT:
        return 0
    if all(shift.days == ShiftDays.ANY for shift in roster.shifts):
        return (day - roster.starts_on).days * len(roster.shifts)
    days = (day - roster.starts_on).days
    workdays = sum(map(works, each_day(roster.starts_on, day - timedelta(days=1))))
    begun = {ShiftDays.ANY: days, ShiftDays.WORKDAY: workdays, ShiftDays.FREE: days - workdays}
    return sum(begun[ShiftDays(shift.days)] for shift in roster.shifts)


def begins_on(shift: ShiftPattern, day: date, works: Works) -> bool:
    """Whether a shift of the pattern begins on this day."""
    return shift.days == ShiftDays.ANY or works(day) == (shift.days == ShiftDays.WORKDAY)


def each_day(first: date, last: date) -> Iterable[date]:
    """The dates from `first` to `last`, both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


@lru_cache(maxsize=16384)
def moment(day: date, minute: int, zone: str) -> datetime:
    """The moment of a clock time of a day in a zone, in UTC; minutes beyond 1,440 lie on the next day.

    Wall time is what a roster means: where clocks are put forward or back, a shift is an hour shorter or longer.
    """
    day += timedelta(days=minute // DAY_MIN)
    wall = datetime.combine(day, time(minute % DAY_MIN // 60, minute % 60), ZoneInfo(zone))
    return wall.astimezone(ZoneInfo("UTC"))


def lay_over(old: list[Seated], fresh: list[Seated]) -> list[Seated]:
    """The intervals of a seat with fresh ones laid over them: what lies under those is cut."""
    for one in fresh if old else ():
        old = [part for under in old for part in cut_out(under, one.since, one.until)]
    return old + fresh


def cut_out(old: Seated, since: datetime, until: datetime) -> list[Seated]:
    """What is left of an interval without [since, until)."""
    if old.until <= since or old.since >= until:
        return [old]
    ends = [old._replace(until=since), old._replace(since=until)]
    return [part for part in ends if part.since < part.until]


def apply_swap(found: Sequence[Seated], swap: SwapFacts) -> list[Seated]:
    """The intervals after a swap; the time that each seat is held stays the same.

    Both ways are read from what stood before: what comes back is not what was just given.
    """
    given = [(swap.giver, swap.taker, swap.since, swap.until)]
    if swap.back_since and swap.back_until:
        given.append((swap.taker, swap.giver, swap.back_since, swap.back_until))
    parts: list[Seated] = []
    for one in found:
        parts += split_over(one, given, swap.key)
    return parts


def split_over(one: Seated, given, key: int) -> list[Seated]:
    """One interval in parts: those that a swap gives away hold the other person."""
    for giver, taker, since, until in given:
        if one.person == giver and one.since < until and one.until > since:
            start, end = max(one.since, since), min(one.until, until)
            changed = one._replace(since=start, until=end, person=taker, via=(*one.via, key))
            rest = [part for old in cut_out(one, start, end) for part in split_over(old, given, key)]
            return sorted([*rest, changed], key=lambda part: part.since)
    return [one]


def find_holes(seated: Iterable[Seated], *, roles: Collection[str], since: datetime, until: datetime,
               absent: Collection[int] = ()) -> list[Hole]:  # fmt: skip
    """When nobody of a role that must be there is on duty, in order of time. People in `absent` do not count."""
    seated = [one for one in seated if one.person not in absent]
    holes = []
    for role in roles:
        at = since
        for one in sorted((one for one in seated if one.role == role), key=lambda one: one.since):
            if one.since > at:
                holes.append(Hole(role, at, min(one.since, until)))
            at = max(at, one.until)
            if at >= until:
                break
        if at < until:
            holes.append(Hole(role, at, until, is_whole=at == since))
    return sorted(holes, key=lambda hole: (hole.since, hole.role))


def find_overlap(roster: RosterFacts, works: Works, *, since: datetime, until: datetime) -> datetime | None:
    """When a shift of the pattern begins before the one before it has ended, or None."""
    zone = ZoneInfo(roster.zone)
    days = since.astimezone(zone).date(), until.astimezone(zone).date()
    shifts = list(begin_shifts(replace(roster, ends_on=None), *days, works))
    return next((after[0] for before, after in pairwise(shifts) if after[0] < before[1]), None)


def find_clash(seated: Iterable[Seated], others: Iterable[Seated]) -> tuple[Seated, datetime] | None:
    """The first of `others` that sits in the same seat at the same time as one of `seated`, and when; or None."""
    taken: dict[tuple[str, int], list[Seated]] = {}
    for one in others:
        taken.setdefault((one.role, one.seat), []).append(one)
    clashes = [
        (max(one.since, other.since), other)
        for one in seated
        for other in taken.get((one.role, one.seat), ())
        if one.since < other.until and other.since < one.until
    ]
    if not clashes:
        return None
    at, other = min(clashes, key=lambda clash: clash[0])
    return other, at


def boundary(seated: Iterable[Seated], *, at: datetime) -> datetime | None:
    """The last moment up to `at` at which somebody else took over a seat: when a handover was due; or None."""
    changes = []
    lines: dict[tuple[str, int], list[Seated]] = {}
    for one in seated:
        lines.setdefault((one.role, one.seat), []).append(one)
    for line in lines.values():
        line.sort(key=lambda one: one.since)
        changes += [
            after.since
            for before, after in pairwise(line)
            if before.person != after.person and before.until == after.since <= at
        ]
    return max(changes, default=None)
