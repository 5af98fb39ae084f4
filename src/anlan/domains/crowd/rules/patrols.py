"""Patrols: when the rounds of a route are due, the life of a round as a table, what a check-in says of its distance.

times = round_times(starts_at=…, ends_at=…, every_min=…)        # minutes from the local midnight
to, refusal = step(round.state, Deed.START)
"""

from datetime import timedelta
from enum import StrEnum

from anlan.domains.crowd.terms import PatrolDays, PatrolRefusal, RoundState

DAY_MIN = 1440
MAX_STOPS = 60
MAX_ROUNDS_A_DAY = 96  # one each quarter of an hour: more is a slip of the pen
EARTH_RADIUS_M = 6_371_008.8  # mean radius R1 of WGS-84
EARLY = timedelta(minutes=30)  # a planned round may be begun so long before its time


class Deed(StrEnum):
    """What may happen to a round. LAPSE: nobody ended it in time."""

    START = "start"
    END = "end"
    MISS = "miss"
    LAPSE = "lapse"


PLANNED, STARTED, ENDED, MISSED = RoundState.PLANNED, RoundState.STARTED, RoundState.ENDED, RoundState.MISSED
# What phones hand in late finds its round missed or lapsed: that it was walked counts all the same.
LIFE = {
    (PLANNED, Deed.START): STARTED,
    (MISSED, Deed.START): STARTED,
    (STARTED, Deed.END): ENDED,
    (STARTED, Deed.LAPSE): ENDED,
    (PLANNED, Deed.MISS): MISSED,
}
TAKES_CHECK_INS = frozenset({STARTED, ENDED})


def step(state, deed):
    """(next state, None), or (the same state, why not) where the table has no such step."""
    if (state, deed) in LIFE:
        return LIFE[state, deed], None
    return state, PatrolRefusal.NOT_NOW % {"state": RoundState(state).label}


def window_min(starts_at, ends_at):
    """(first, last) minute of the local day; an end that is not after the start lies on the next day."""
    first, last = (moment.hour * 60 + moment.minute for moment in (starts_at, ends_at))
    return first, last if last > first else last + DAY_MIN


def round_times(*, starts_at, ends_at, every_min):
    """The minutes from the local midnight at which rounds begin, each before the window ends."""
    first, last = window_min(starts_at, ends_at)
    return list(range(first, last, every_min))


def is_patrol_day(days, day, *, has_gathering):
    """Whether a route is walked on `day`, the rulebook's Day: by the calendar, or where something is held along it."""
    if days == PatrolDays.WORKDAYS:
        return day.is_workday
    if days == PatrolDays.REST_DAYS:
        return not day.is_workday
    return days == PatrolDays.EVERY or has_gathering


def check_route(*, name, starts_at, ends_at, every_min, lasts_min, grace_min, stops):
    """Why this cannot be a route, or None; `stops` is the number of its stops."""
    if not name.strip():
        return PatrolRefusal.NO_NAME
    if not 1 <= stops <= MAX_STOPS:
        return PatrolRefusal.STOPS % {"most": MAX_STOPS}
    if not 5 <= every_min <= DAY_MIN or not 1 <= lasts_min <= DAY_MIN or not 0 <= grace_min <= 240:
        return PatrolRefusal.MINUTES
    rounds = len(round_times(starts_at=starts_at, ends_at=ends_at, every_min=every_min))
    return PatrolRefusal.TOO_OFTEN % {"most": MAX_ROUNDS_A_DAY} if rounds > MAX_ROUNDS_A_DAY else None


def fits(*, at, planned_at, due_at):
    """Whether a round begun at `at` is the one planned for `planned_at`, to be over at `due_at`."""
    return planned_at - EARLY <= at <= due_at
