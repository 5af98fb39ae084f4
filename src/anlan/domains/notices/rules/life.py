"""The life of a notice as a table, and who may take which step: plain values in, a reason or None out."""

from datetime import datetime

from anlan.domains.notices.terms import NoticeKind, NoticeState, Refusal, Step

S = NoticeState
WRITABLE = (S.DRAFT, S.SUBMITTED, S.RETURNED, S.SIGNED)
LIFE: dict[tuple[str, str], NoticeState] = {
    # (from, step): to
    **{(state, Step.EDIT): S.DRAFT for state in WRITABLE},
    **{(state, Step.DROP): S.DROPPED for state in WRITABLE},
    (S.DRAFT, Step.SUBMIT): S.SUBMITTED,
    (S.RETURNED, Step.SUBMIT): S.SUBMITTED,
    (S.SUBMITTED, Step.RETURN): S.RETURNED,
    (S.SUBMITTED, Step.SIGN): S.SIGNED,
    (S.SIGNED, Step.RETURN): S.RETURNED,
    (S.SIGNED, Step.PUBLISH): S.PUBLISHED,
    (S.SIGNED, Step.HAND_OVER): S.HANDED_OVER,
    (S.PUBLISHED, Step.UPDATE): S.UPDATED,
    (S.PUBLISHED, Step.LIFT): S.LIFTED,
    (S.PUBLISHED, Step.EXPIRE): S.EXPIRED,
    (S.HANDED_OVER, Step.UPDATE): S.UPDATED,
    (S.HANDED_OVER, Step.LIFT): S.LIFTED,
}
OPEN = tuple(state for state, step in LIFE if step == Step.DROP)  # on its way, seen by nobody outside
ACTIVE = (S.PUBLISHED, S.HANDED_OVER)  # what may be updated or lifted
TOLD = (S.PUBLISHED, S.UPDATED, S.LIFTED, S.EXPIRED)  # what the public page of a notice exists for


def next_state(state: str, step: str) -> NoticeState | None:
    """Where a step leads from a state; None where it cannot be taken."""
    return LIFE.get((NoticeState(state), Step(step)))


def check_step(state: str, step: str, *, kind: str):
    """Why this step cannot be taken now, or None. A coloured warning is never published here (who may decide what)."""
    if kind == NoticeKind.STATUTORY_WARNING and step == Step.PUBLISH:
        return Refusal.STATUTORY_NOT_HERE
    if kind == NoticeKind.TIP and step == Step.HAND_OVER:
        return Refusal.TIP_NOT_HANDED
    if next_state(state, step) is None:
        return Refusal.NOT_NOW % {"state": NoticeState(state).label, "step": Step(step).label}
    return None


def is_current(state: str, *, effective_at: datetime | None, expires_at: datetime | None, now: datetime):
    """Whether a notice is to be shown now: published, begun and not run out. The sweep may be late; this is not."""
    return (
        state == S.PUBLISHED
        and (effective_at is None or effective_at <= now)
        and (expires_at is None or now < expires_at)
    )


def say_number(year: int, serial: int) -> str:
    """The public number of a notice: 2026-0001."""
    return f"{year}-{serial:04d}"
