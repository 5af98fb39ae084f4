"""Reports upward: which may be written, who may sign, how their limits stand, and when one is reminded."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from anlan.domains.emergency.terms.reports import (
    InstructionRefusal,
    LimitState,
    RelayState,
    ReportRefusal,
    ReportSort,
    ReportState,
    ReportStep,
    Section,
)

S, A = ReportState, ReportStep
LIFE = {
    # step: (from which states, to which)
    A.CHANGE: ((S.DRAFT, S.RETURNED), None),
    A.SUBMIT: ((S.DRAFT, S.RETURNED), S.SUBMITTED),
    A.RETURN: ((S.SUBMITTED,), S.RETURNED),
    A.SIGN: ((S.SUBMITTED,), S.SIGNED),
    A.SEND: ((S.SIGNED, S.SENT), S.SENT),
    A.DROP: ((S.DRAFT, S.SUBMITTED, S.RETURNED), S.DROPPED),
}
SIGNED = frozenset({S.SIGNED, S.SENT})
ORAL_RULE, WRITTEN_RULE = "SH-ORAL", "SH-WRITE"  # rows of the rulebook's table of deadlines
LEAD_MIN = (5,)  # O: reminded at half of the limit, five minutes ahead, when it runs out, and after it
LATE_MIN = (10, 30, 60, 120)


class LimitStand(NamedTuple):
    """How a limit stands: the seconds left (negative: past), or by how much it was kept or missed."""

    state: str
    left_s: int


class Rung(NamedTuple):
    """One reminder: its name within the ladder, and when it is given."""

    name: str
    at: datetime


def move(state: str, step: str):
    """(the next state of a report, None), or (None, why not)."""
    froms, to = LIFE[ReportStep(step)]
    if state in froms:
        return to or state, None
    labels = {"state": ReportState(state).label, "step": ReportStep(step).label}
    return None, ReportRefusal.NOT_NOW % labels


def steps_from(state: str):
    """What may be done with a report in this state."""
    return [step for step, (froms, _to) in LIFE.items() if state in froms]


def check_writing(sort: str, known: Collection[str], signed: Collection[str]):
    """Why a report of this sort may not be written, or None. `known`: sorts that stand; `signed`: those signed."""
    if sort == ReportSort.FIRST:
        return ReportRefusal.FIRST_TWICE if ReportSort.FIRST in known else None
    if ReportSort.FIRST not in signed:
        return ReportRefusal.FIRST_MISSING
    return ReportRefusal.FINAL_TWICE if sort == ReportSort.FINAL and sort in known else None


def check_sections(sections: Mapping[str, str]):
    """Why these texts are no report, or None."""
    return None if sections.get(Section.SITUATION, "").strip() else ReportRefusal.NO_TEXT


def check_signing(*, signer, authors: Collection, seen: str, digest: str):
    """Why this person may not sign what he read (`seen` is its hash), or None."""
    if signer in authors:
        return ReportRefusal.SIGNER_WROTE
    return None if seen == digest else ReportRefusal.CHANGED


def freeze(*, number: str, name: str, facts: Sequence, sections: Mapping[str, str]) -> str:
    """The words of a report as they are signed: JSON with sorted keys."""
    words = {"number": number, "report": name, "facts": list(facts), "sections": dict(sections)}
    return json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(frozen: str) -> str:
    """The SHA-256 of frozen words."""
    return sha256(frozen.encode("utf-8", "surrogatepass")).hexdigest()


def stand(due_at: datetime, told_at: datetime | None, now: datetime) -> LimitStand:
    """How a limit that runs out at `due_at` stands; its very last moment is still in time."""
    left_s = round((due_at - (told_at or now)).total_seconds())
    if told_at is not None:
        return LimitStand(LimitState.MET if told_at <= due_at else LimitState.MET_LATE, left_s)
    return LimitStand(LimitState.RUNNING if now <= due_at else LimitState.OVERDUE, left_s)


def ladder(start: datetime, due_at: datetime) -> list[Rung]:
    """The reminders of a limit, each later than its start, earliest first."""
    half = ("half", start + (due_at - start) / 2)
    ahead = [(f"-{n}", due_at - timedelta(minutes=n)) for n in LEAD_MIN]
    past = [(f"+{n}", due_at + timedelta(minutes=n)) for n in LATE_MIN]
    rungs = [Rung(name, at) for name, at in (half, *ahead, ("due", due_at), *past) if at > start]
    return sorted(rungs, key=lambda rung: rung.at)


def reached(rungs: Sequence[Rung], now: datetime) -> Rung | None:
    """The latest reminder whose time has come; those before it need not be given any more."""
    return max((rung for rung in rungs if rung.at <= now), key=lambda rung: rung.at, default=None)


def relay_step(state: str, to: str):
    """Why a relayed instruction cannot go on to `to`, or None: read once, done once."""
    order = [RelayState.RELAYED, RelayState.READ, RelayState.DONE]
    if order.index(RelayState(to)) <= order.index(RelayState(state)):
        return InstructionRefusal.NOT_NOW % {"state": RelayState(state).label}
    return None
