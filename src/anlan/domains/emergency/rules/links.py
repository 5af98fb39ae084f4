"""One-tap links as arithmetic: whether a link still answers."""

from datetime import datetime

from anlan.domains.emergency.terms.links import LinkState


def link_state(*, used_at: datetime | None, valid_until: datetime, link_round: int, alarm_round: int, is_open: bool,
               is_active: bool, now: datetime) -> LinkState:  # fmt: skip
    """Where a link stands at `now`: it answers once, in its own round, within its time, for somebody still active."""
    if not is_active:
        return LinkState.LEFT
    if used_at is not None:
        return LinkState.SPENT
    if not is_open:
        return LinkState.CLOSED
    if alarm_round != link_round:
        return LinkState.OTHER_ROUND
    return LinkState.FRESH if now < valid_until else LinkState.EXPIRED
