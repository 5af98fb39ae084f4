"""A stop of production 停产停业 because of a major hazard: who may take which step. Plain values in, a reason or None out."""

from collections.abc import Callable
from typing import NamedTuple

from anlan.domains.accounts.terms import Right
from anlan.domains.hazards.terms import HazardState, MajorRefusal, Refusal, StopState, StopStep

RESUME_RULE = "HZ-RESUME"
S = StopState


class StopFacts(NamedTuple):
    """What the guards ask."""

    actor: int | None
    applicant: int | None = None
    reviewer: int | None = None
    hazard_state: str = ""
    why: str = ""


def gives_words(facts: StopFacts):
    """Whoever applies, reviews or decides says what was found."""
    return None if facts.why.strip() else Refusal.NEEDS_REASON


def is_other_than_applicant(facts: StopFacts):
    """Whoever asked to resume does not review it himself."""
    return MajorRefusal.REVIEW_SAME if facts.actor is None or facts.actor == facts.applicant else None


def is_other_than_both(facts: StopFacts):
    """Consent is given by a person who neither asked nor reviewed (rules/README §3)."""
    is_same = facts.actor is None or facts.actor in (facts.applicant, facts.reviewer)
    return MajorRefusal.RESUME_SAME if is_same else None


def is_removed(facts: StopFacts):
    """Production is resumed after the hazard is removed and verified (安全生产法 2021, article 65)."""
    return None if facts.hazard_state == HazardState.CLOSED else MajorRefusal.RESUME_NOT_CLOSED


class StopMove(NamedTuple):
    """Where a step leads, the right it needs, and what must hold."""

    to: StopState
    right: Right
    guards: tuple[Callable, ...] = (gives_words,)


RESUMING: dict[tuple[StopState, StopStep], StopMove] = {
    (S.STOPPED, StopStep.APPLY): StopMove(S.APPLIED, Right.HAZARDS_RECTIFY),
    (S.APPLIED, StopStep.PASS): StopMove(
        S.REVIEWED, Right.HAZARDS_VERIFY, (gives_words, is_other_than_applicant)
    ),
    (S.APPLIED, StopStep.FAIL): StopMove(
        S.STOPPED, Right.HAZARDS_VERIFY, (gives_words, is_other_than_applicant)
    ),
    (S.REVIEWED, StopStep.CONSENT): StopMove(
        S.RESUMED, Right.HAZARDS_SUPERVISE, (gives_words, is_other_than_both, is_removed)
    ),
    (S.REVIEWED, StopStep.DENY): StopMove(
        S.STOPPED, Right.HAZARDS_SUPERVISE, (gives_words, is_other_than_both)
    ),
}


def check_stop_step(state: str, step: str, facts: StopFacts):
    """Why this step cannot be taken now, or None; the right is asked elsewhere."""
    move = RESUMING.get((S(state), StopStep(step)))
    if move is None:
        return MajorRefusal.STOP_NOT_NOW % {"state": S(state).label, "step": StopStep(step).label}
    return next((reason for guard in move.guards if (reason := guard(facts))), None)
