"""What runs beside the pages: the last days of grades and insurances are followed, however they came onto the register."""

from django.utils import timezone

from anlan.domains.enterprises import queries
from anlan.domains.enterprises.actions.following import day_key, follow_day
from anlan.kit.followups import find_follow_up
from anlan.kit.worker import UNFINISHED, Sweep

EVERY_S = 600.0
AHEAD_DAYS = 30  # when the first rung of the ladder is reached
BATCH = 50


def follow_days(now):
    """A sweep: open what is missing for the days that run out next; doing it twice opens nothing more."""
    opened = 0
    for enterprise, name, day in queries.days_to_follow(timezone.localdate(now), within_days=AHEAD_DAYS):
        if find_follow_up(day_key(enterprise, name, day)):
            continue
        follow_day(enterprise, name, day, by=None, now=now)
        opened += 1
        if opened == BATCH:
            return UNFINISHED
    return None


def sweeps():
    """The chores of this room."""
    return [Sweep("days of enterprises", follow_days, EVERY_S)]
