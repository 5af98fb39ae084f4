"""An incident's life as a table, and what makes its words sound. Levels are arguments: nothing here derives one."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from anlan.domains.emergency.terms.incidents import IncidentRefusal, IncidentState, IncidentStep

S, A = IncidentState, IncidentStep
RANKS = {"I": 4, "II": 3, "III": 2, "IV": 1}
CLOSED = frozenset({S.ENDED, S.REVIEWED, S.FILED, S.MERGED, S.FALSE})
UNGRADED = (S.REPORTED,)
BEFORE_COMMAND = (S.GRADED, S.FIRST_REPORTED, S.PLAN_ACTIVATED)
RESPONDING = (S.PLAN_ACTIVATED, S.COMMAND_SET_UP, S.TRANSFERRED, S.UNDER_CONTROL, S.RESPONSE_LOWERED)
GRADED = (S.GRADED, S.FIRST_REPORTED, *RESPONDING)
OPEN = (*UNGRADED, *GRADED)
LATE_ENTRY = timedelta(minutes=10)  # O: from then on an entry is marked 补记
FARTHEST = timedelta(days=366)
CASE_NUMBER = re.compile(r"[\w./-]{1,40}")


class Facts(NamedTuple):
    """What the table of an incident's life asks of its record."""

    state: str
    level: str = ""
    response_level: str = ""
    has_commander: bool = False
    has_first_report: bool = False
    has_final_report: bool = False  # signed, and since the last reopening
    running_checks: int = 0


class Move(NamedTuple):
    """A line of the table: from these states, by this step, to that state (or to what a function says), if guards allow."""

    froms: tuple[str, ...]
    step: str
    to: str | Callable[[Facts], str]
    guards: tuple[Callable[[Facts, Mapping[str, Any]], object], ...] = ()


def gives_reason(facts, given):
    """Some steps must say why."""
    return None if given.get("why", "").strip() else IncidentRefusal.NO_REASON


def gives_level(facts, given):
    """A person chooses the level; nothing proposes one."""
    return None if given.get("level") in RANKS else IncidentRefusal.NO_LEVEL


def level_differs(facts, given):
    """A change of level changes it."""
    return IncidentRefusal.SAME_LEVEL if given.get("level") == facts.level else None


def names_plan(facts, given):
    """Which plan is activated, and at which response level, is said."""
    if not given.get("plan_name", "").strip():
        return IncidentRefusal.NO_PLAN
    return None if given.get("response_level") in RANKS else IncidentRefusal.NO_LEVEL


def has_commander(facts, given):
    """A command post has somebody who commands."""
    return None if facts.has_commander else IncidentRefusal.NO_COMMANDER


def names_receiver(facts, given):
    """Command is handed to somebody."""
    return None if given.get("receiver", "").strip() else IncidentRefusal.NO_RECEIVER


def response_rises(facts, given):
    """提级响应 leads to a higher response level."""
    if RANKS.get(given.get("response_level"), 0) <= RANKS.get(facts.response_level, 0):
        return IncidentRefusal.NOT_HIGHER % {"level": facts.response_level or "–"}
    return None


def response_falls(facts, given):
    """降级响应 leads to a lower response level."""
    if not 0 < RANKS.get(given.get("response_level"), 0) < RANKS.get(facts.response_level, 0):
        return IncidentRefusal.NOT_LOWER % {"level": facts.response_level or "–"}
    return None


def has_final_report(facts, given):
    """No end without a signed final report."""
    return None if facts.has_final_report else IncidentRefusal.NO_FINAL_REPORT


def nobody_unwatched(facts, given):
    """No end while teams in the field are still being asked whether all is well."""
    return IncidentRefusal.CHECKS_RUNNING % {"n": facts.running_checks} if facts.running_checks else None


def gives_review(facts, given):
    """A review has a conclusion."""
    return None if given.get("review", "").strip() else IncidentRefusal.NO_REVIEW


def graded(facts):
    """A first report may have been signed before anybody could grade."""
    return S.FIRST_REPORTED if facts.has_first_report else S.GRADED


def first_reported(facts):
    """A first report moves on only what waits for it."""
    return S.FIRST_REPORTED if facts.state == S.GRADED else facts.state


def raised(facts):
    """A response that rises again after it was lowered or all was under control is a full one again."""
    kept = {S.PLAN_ACTIVATED, S.COMMAND_SET_UP, S.TRANSFERRED}
    return facts.state if facts.state in kept else S.PLAN_ACTIVATED


def reopened(facts):
    """What is opened again stands where its record has brought it before any response."""
    return graded(facts) if facts.level else S.REPORTED


def stays(facts):
    """The state does not change."""
    return facts.state


LIFE = (
    Move(UNGRADED, A.GRADE, graded, (gives_level,)),
    Move(GRADED, A.CHANGE_LEVEL, stays, (gives_level, level_differs, gives_reason)),
    Move(OPEN, A.SIGN_FIRST, first_reported),
    Move((S.GRADED, S.FIRST_REPORTED), A.ACTIVATE_PLAN, S.PLAN_ACTIVATED, (names_plan,)),
    Move(BEFORE_COMMAND, A.SET_UP_COMMAND, S.COMMAND_SET_UP, (has_commander,)),
    Move((*BEFORE_COMMAND, S.COMMAND_SET_UP), A.TRANSFER, S.TRANSFERRED, (names_receiver, gives_reason)),
    Move((S.TRANSFERRED,), A.TAKE_BACK, S.COMMAND_SET_UP, (has_commander, gives_reason)),
    Move((*BEFORE_COMMAND, S.COMMAND_SET_UP, S.TRANSFERRED), A.BRING_UNDER_CONTROL, S.UNDER_CONTROL),
    Move(RESPONDING, A.RAISE_RESPONSE, raised, (response_rises, gives_reason)),
    Move(RESPONDING, A.LOWER_RESPONSE, S.RESPONSE_LOWERED, (response_falls, gives_reason)),
    Move((S.UNDER_CONTROL, S.RESPONSE_LOWERED), A.END, S.ENDED, (has_final_report, nobody_unwatched)),
    Move((S.ENDED,), A.REVIEW, S.REVIEWED, (gives_review,)),
    Move((S.REVIEWED,), A.FILE, S.FILED),
    Move((S.ENDED, S.REVIEWED, S.FILED, S.FALSE), A.REOPEN, reopened, (gives_reason,)),
    Move(OPEN, A.DECLARE_FALSE, S.FALSE, (gives_reason, nobody_unwatched)),
    Move(OPEN, A.MERGE, S.MERGED, (gives_reason,)),
    Move(OPEN, A.SPLIT, stays),
)  # fmt: skip


def find_move(state, step):
    """The line of the table for a step from a state, or None."""
    return next((move for move in LIFE if move.step == step and state in move.froms), None)


def steps_from(state):
    """The steps that the table knows from a state, in its order."""
    return [move.step for move in LIFE if state in move.froms]


def advance(facts: Facts, step: str, given: Mapping[str, Any]):
    """(the next state, None), or (None, why the step is refused)."""
    move = find_move(facts.state, step)
    if move is None:
        labels = {"state": S(facts.state).label, "step": A(step).label}
        return None, IncidentRefusal.NOT_NOW % labels
    for guard in move.guards:
        if refusal := guard(facts, given):
            return None, refusal
    return (move.to(facts) if callable(move.to) else move.to), None


def check_moment(at: datetime | None, now: datetime):
    """Why a moment that a person gives cannot be, or None: it lies in the future, or over a year back."""
    if at is None:
        return None
    if at > now:
        return IncidentRefusal.FUTURE
    return IncidentRefusal.TOO_OLD if at < now - FARTHEST else None


def check_opening(*, title, where, has_place, known_at, happened_at, lon, lat, now):
    """Why an incident cannot be opened with these words, or None."""
    if not title.strip():
        return IncidentRefusal.NO_TITLE
    if not has_place and not where.strip():
        return IncidentRefusal.NO_PLACE
    if (lon is None) != (lat is None):
        return IncidentRefusal.HALF_POINT
    if refusal := check_moment(known_at, now) or check_moment(happened_at, now):
        return refusal
    return IncidentRefusal.KNOWN_EARLIER if happened_at and known_at < happened_at else None


def check_figures(values: Mapping[str, int | None], *, at, known_at, now):
    """Why these numbers of people and losses are not taken, or None: none at all, or older than those on record."""
    if all(value is None for value in values.values()):
        return IncidentRefusal.NO_FIGURES
    if refusal := check_moment(at, now):
        return refusal
    if known_at is not None and at < known_at:
        return IncidentRefusal.FIGURES_OLDER % {"at": f"{known_at:%m-%d %H:%M}"}
    return None


def check_merge(*, step_facts: Facts, leads: bool, target_state: str, same_scene: bool, why: str):
    """Why one incident cannot be merged into another, or None. `leads`: the target is itself, or hangs on it."""
    if leads:
        return IncidentRefusal.MERGE_SELF
    if target_state not in OPEN:
        return IncidentRefusal.MERGE_CLOSED
    if not same_scene:
        return IncidentRefusal.MERGE_SCENE
    return advance(step_facts, A.MERGE, {"why": why})[1]


def is_late(at: datetime, noted_at: datetime) -> bool:
    """Whether an entry was noted so long after it happened that it is marked 补记."""
    return noted_at - at >= LATE_ENTRY


def number_of(year: int, serial: int) -> str:
    """The number of an incident: 2026-0001."""
    return f"{year}-{serial:04d}"


def clean_case(kind: str, number: str) -> str:
    """A case number as it is kept and compared: without blanks, in capitals."""
    return "".join(number.split()).upper()
