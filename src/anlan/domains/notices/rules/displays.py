"""Displays: whether their settings are sound, how they fare."""

from datetime import datetime, timedelta

from anlan.domains.notices.terms import DisplayHealth, Refusal

HEARTBEAT_S = 5
OFFLINE_AFTER = timedelta(seconds=60)  # twelve heartbeats missed
SIGNS = (4, 60)
LINES = (1, 20)


def check_display(*, name: str, fallback_zh: str, signs: int, lines: int):
    """Why a display cannot be kept with these settings, or None."""
    if not name.strip():
        return Refusal.NAME_MISSING
    if not fallback_zh.strip():
        return Refusal.FALLBACK_MISSING
    if not SIGNS[0] <= signs <= SIGNS[1]:
        return Refusal.SIGNS_RANGE % {"low": SIGNS[0], "high": SIGNS[1]}
    if not LINES[0] <= lines <= LINES[1]:
        return Refusal.LINES_RANGE % {"low": LINES[0], "high": LINES[1]}
    return None


def judge_health(*, seen_at: datetime | None, retired_at: datetime | None, now: datetime) -> DisplayHealth:
    """How a display fares at `now`."""
    if retired_at is not None:
        return DisplayHealth.RETIRED
    if seen_at is None:
        return DisplayHealth.NEVER
    return DisplayHealth.ONLINE if now - seen_at <= OFFLINE_AFTER else DisplayHealth.OFFLINE
