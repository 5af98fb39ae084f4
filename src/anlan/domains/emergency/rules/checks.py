"""Checks on teams in the field: how often one was missed, and how it stands; no stored timers."""

from datetime import datetime, timedelta
from typing import NamedTuple

from anlan.domains.emergency.terms.checks import CheckAnswer, CheckRefusal, CheckStand

PEOPLE_MOST = 5000
EVERY_MIN, GRACE_MIN = (5, 240), (1, 30)
DEFAULT_EVERY_MIN, DEFAULT_GRACE_MIN = 30, 3  # O: to be confirmed by the district
UPWARD_MISSES = 2  # O: from the second miss in a row the organisation above is told as well


class Watch(NamedTuple):
    """What a team's clock is computed from."""

    heard_at: datetime
    every_min: int
    grace_min: int
    answer: str = ""
    stopped_at: datetime | None = None


def due_at(watch: Watch) -> datetime:
    """When the team is to be heard of next."""
    return watch.heard_at + timedelta(minutes=watch.every_min)


def missed_at(watch: Watch) -> datetime:
    """When the next check counts as missed if nothing is heard."""
    return due_at(watch) + timedelta(minutes=watch.grace_min)


def count_misses(watch: Watch, now: datetime) -> int:
    """How many checks in a row were missed by now: one at the end of the grace, a further one each interval."""
    if watch.stopped_at is not None or now < missed_at(watch):
        return 0
    return 1 + (now - missed_at(watch)) // timedelta(minutes=watch.every_min)


def stand(watch: Watch, now: datetime) -> str:
    """How the team's check stands; silence weighs more than trouble that was told."""
    if watch.stopped_at is not None:
        return CheckStand.STOPPED
    if count_misses(watch, now):
        return CheckStand.MISSED
    if watch.answer == CheckAnswer.TROUBLE:
        return CheckStand.TROUBLE
    return CheckStand.DUE if now >= due_at(watch) else CheckStand.FINE


def check_start(*, team: str, people: int, every_min: int, grace_min: int):
    """Why a check cannot be started with these words, or None."""
    if not team.strip():
        return CheckRefusal.NO_TEAM
    if not 1 <= people <= PEOPLE_MOST:
        return CheckRefusal.NO_PEOPLE
    if not EVERY_MIN[0] <= every_min <= EVERY_MIN[1]:
        return CheckRefusal.EVERY
    return None if GRACE_MIN[0] <= grace_min <= GRACE_MIN[1] else CheckRefusal.GRACE


def check_answer(watch: Watch, *, at: datetime, answer: str, present: int, words: str):
    """Why an answer is not taken, or None."""
    if watch.stopped_at is not None:
        return CheckRefusal.STOPPED
    if at < watch.heard_at:
        return CheckRefusal.BEFORE_LAST
    if not 0 <= present <= PEOPLE_MOST:
        return CheckRefusal.COUNT
    return CheckRefusal.NO_WORDS if answer == CheckAnswer.TROUBLE and not words.strip() else None
