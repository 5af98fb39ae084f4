"""The life of a hazard as a table one can read aloud: from, step, to, who, guards. Plain values in, a reason or None out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from anlan.domains.accounts.terms import COMMA, Right
from anlan.domains.hazards.terms import FIVE, HazardGrade, HazardState, Refusal, Step

S = HazardState
RECTIFY, VERIFY, SUPERVISE = Right.HAZARDS_RECTIFY, Right.HAZARDS_VERIFY, Right.HAZARDS_SUPERVISE


@dataclass(frozen=True)
class Facts:
    """What guards ask: about the hazard as it stands, and about who takes the step with which words."""

    now: datetime
    actor: int | None = None
    reporter: int | None = None
    holds_code: bool = False  # of the public's report that this hazard is, or stands for
    fixers: frozenset = frozenset()  # whoever asked for verification or kept a photo of after, in this round
    asker: int | None = None  # of the extension that waits
    closer: int | None = None
    grade: str = ""
    due_at: datetime | None = None
    has_after: bool = False
    why: str = ""
    five: dict = field(default_factory=dict)
    is_listed: bool = False


def gives_reason(facts: Facts):
    """Whoever decides against somebody says why."""
    return None if facts.why.strip() else Refusal.NEEDS_REASON


def gives_conclusion(facts: Facts):
    """Whoever verifies writes what was found."""
    return None if facts.why.strip() else Refusal.NEEDS_CONCLUSION


def has_after(facts: Facts):
    """No hazard closes without evidence (rules/README §3)."""
    return None if facts.has_after else Refusal.NEEDS_AFTER


def is_second_person(facts: Facts):
    """The person who accepts must not be the person who rectified (rules/README §3)."""
    return Refusal.SAME_PERSON if facts.actor is None or facts.actor in facts.fixers else None


def is_second_decider(facts: Facts):
    """Whoever asked for more time does not grant it to himself."""
    return Refusal.SAME_DECIDER if facts.actor == facts.asker else None


def is_reporter(facts: Facts):
    """Only who reported it may disagree: the person, or whoever holds the code of the public's report."""
    is_person = facts.actor is not None and facts.actor == facts.reporter
    return None if is_person or facts.holds_code else Refusal.NOT_REPORTER


def is_general(facts: Facts):
    """A major one is not removed on the spot (rules/README §3)."""
    return None if facts.grade == HazardGrade.GENERAL else Refusal.ON_SPOT_GENERAL


def is_ordered_plainly(facts: Facts):
    """A major one is ordered with all five."""
    return None if facts.grade == HazardGrade.GENERAL else Refusal.ORDER_GENERAL


def is_major(facts: Facts):
    """A general one needs no five."""
    return None if facts.grade == HazardGrade.MAJOR else Refusal.ORDER_MAJOR


def has_five(facts: Facts):
    """Measures, responsibility, funds, time limit and plan of a major hazard (五落实, rules/README §3)."""
    missing = [str(label) for name, label in FIVE.items() if not (facts.five.get(name) or "").strip()]
    return Refusal.FIVE_MISSING % {"names": str(COMMA).join(missing)} if missing else None


def is_in_time(facts: Facts):
    """An extension is asked before the limit runs out (rules/README §3)."""
    return Refusal.TOO_LATE if facts.due_at is None or facts.now > facts.due_at else None


class Move(NamedTuple):
    """Where a step leads, the right it needs (None: the reporter's own), and what must hold."""

    to: HazardState
    right: Right | None
    guards: tuple[Callable, ...] = ()


CLOSING = Move(S.CLOSED, VERIFY, (gives_conclusion, has_after, is_second_person))
LIFE: dict[tuple[HazardState, Step], Move] = {
    # (from, step): to, who, guards
    (S.REPORTED, Step.ACCEPT): Move(S.ACCEPTED, VERIFY),
    (S.REPORTED, Step.REJECT): Move(S.REJECTED, VERIFY, (gives_reason,)),
    (S.REPORTED, Step.MERGE): Move(S.MERGED, VERIFY),
    (S.REPORTED, Step.TRANSFER): Move(S.REPORTED, VERIFY, (gives_reason,)),
    (S.REJECTED, Step.APPEAL): Move(S.APPEALED, None, (gives_reason, is_reporter)),
    (S.APPEALED, Step.UPHOLD): Move(S.REJECTED, VERIFY, (gives_reason,)),
    (S.APPEALED, Step.ACCEPT): Move(S.ACCEPTED, VERIFY),
    (S.ACCEPTED, Step.MERGE): Move(S.MERGED, VERIFY),
    (S.ACCEPTED, Step.TRANSFER): Move(S.ACCEPTED, VERIFY, (gives_reason,)),
    (S.ACCEPTED, Step.GRADE): Move(S.GRADED, VERIFY),
    (S.GRADED, Step.GRADE): Move(S.GRADED, VERIFY),
    (S.GRADED, Step.FIX): Move(S.VERIFYING, RECTIFY, (is_general, has_after)),
    (S.GRADED, Step.ORDER): Move(S.RECTIFYING, VERIFY, (is_ordered_plainly,)),
    (S.GRADED, Step.ORDER_MAJOR): Move(S.ORDERED, VERIFY, (is_major, has_five)),
    (S.ORDERED, Step.INTERIM): Move(S.RECTIFYING, RECTIFY, (gives_reason,)),
    (S.RECTIFYING, Step.ASK_EXTENSION): Move(S.EXTENDING, RECTIFY, (gives_reason, is_in_time)),
    (S.EXTENDING, Step.GRANT): Move(S.RECTIFYING, VERIFY, (gives_reason, is_second_decider)),
    (S.EXTENDING, Step.REFUSE): Move(S.RECTIFYING, VERIFY, (gives_reason, is_second_decider)),
    (S.RECTIFYING, Step.ASK_VERIFICATION): Move(S.VERIFYING, RECTIFY, (has_after,)),
    (S.EXTENDING, Step.ASK_VERIFICATION): Move(S.VERIFYING, RECTIFY, (has_after,)),
    (S.VERIFYING, Step.CLOSE): CLOSING,
    (S.VERIFYING, Step.RETURN): Move(S.RECTIFYING, VERIFY, (gives_reason, is_second_person)),
    (S.CLOSED, Step.CONTEST): Move(S.CONTESTED, None, (gives_reason, is_reporter)),
    (S.CONTESTED, Step.UPHOLD): Move(S.CLOSED, VERIFY, (gives_reason, is_second_person)),
    (S.CONTESTED, Step.REOPEN): Move(S.GRADED, VERIFY, (gives_reason,)),
    (S.CLOSED, Step.LOOK_BACK): Move(S.CLOSED, VERIFY, (gives_conclusion, is_second_person)),
    (S.CLOSED, Step.REOPEN): Move(S.GRADED, VERIFY, (gives_reason,)),
}
BY_GRADE = (is_general, is_ordered_plainly, is_major)  # a step whose grade is another is not offered at all
ENDED = (S.REJECTED, S.MERGED, S.CLOSED)
ON_THE_WAY = tuple(state for state in S if state not in ENDED)
LISTABLE = (S.ORDERED, S.RECTIFYING, S.EXTENDING, S.VERIFYING)
AFTER_AT = (S.GRADED, S.ORDERED, S.RECTIFYING, S.EXTENDING)  # where the photo of after may be kept


def steps_from(state: str) -> dict[Step, Move]:
    """The steps that lead on from a state."""
    return {step: move for (at, step), move in LIFE.items() if at == state}


def fits(move: Move, facts: Facts) -> bool:
    """Whether a move is one for a hazard of this grade."""
    return not any(guard(facts) for guard in move.guards if guard in BY_GRADE)


def check_step(state: str, step: str, facts: Facts):
    """Why this step cannot be taken now, or None; the right is asked elsewhere."""
    move = LIFE.get((S(state), Step(step)))
    if move is None:
        return Refusal.NOT_NOW % {"state": S(state).label, "step": Step(step).label}
    return next((reason for guard in move.guards if (reason := guard(facts))), None)


def check_list_step(state: str, step: str, facts: Facts):
    """The same of listing and delisting, which go beside the life: a major one is listed, and delisted once closed."""
    if step == Step.LIST:
        if facts.is_listed:
            return Refusal.LISTED_ALREADY
        if facts.grade != HazardGrade.MAJOR:
            return Refusal.ONLY_MAJOR
        is_off = state not in LISTABLE
        return Refusal.NOT_NOW % {"state": S(state).label, "step": Step.LIST.label} if is_off else None
    if not facts.is_listed:
        return Refusal.NOT_LISTED
    if state != S.CLOSED:
        return Refusal.NOT_CLOSED
    return Refusal.SAME_DELISTER if facts.actor == facts.closer else None


def say_number(year: int, serial: int) -> str:
    """The number of a hazard within its year: 2026-00001."""
    return f"{year}-{serial:05d}"
