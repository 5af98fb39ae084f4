"""Mutes as arithmetic: how long one may last, whether it still holds, what ends it."""

from datetime import datetime, timedelta

from anlan.domains.emergency.terms.mutes import MuteEnd, MuteRefusal


def refuse_mute(*, is_open: bool, why: str, now: datetime, until: datetime, most_min: int, level: str):
    """Why an alarm cannot be muted until then, or None; `level` as people read it."""
    if not is_open:
        return MuteRefusal.CLOSED
    if not why.strip():
        return MuteRefusal.NO_REASON
    if until <= now:
        return MuteRefusal.PAST
    if until > now + timedelta(minutes=most_min):
        return MuteRefusal.TOO_LONG % {"level": level, "minutes": most_min}
    return None


def mute_end(*, round_muted: int, until: datetime, alarm_round: int, is_open: bool, now: datetime) -> MuteEnd | None:  # fmt: skip
    """What ends a mute at `now`; None while it holds. A chain that began anew has another cause than the muted one."""
    if not is_open:
        return MuteEnd.CLOSED
    if alarm_round != round_muted:
        return MuteEnd.ROSE
    return MuteEnd.DUE if now >= until else None
