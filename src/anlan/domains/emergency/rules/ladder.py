"""Reporting up as arithmetic: from the steps, when the round began and what was told so far, what is due now.

Steps that follow "in turn" open a stage of their own; those in parallel belong to the stage before them. A stage is
due so long after the one before it, or at once when that one reached nobody: posts were empty, people have no
contact, or every message came to nothing. Nothing is stored but what was told: a worker that slept tells what is
overdue when it wakes, each step once, and a repeat counts from when its step was really told, so that nobody is
rung twice for having been rung late.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from anlan.domains.emergency.terms.ladder import (
    CALLED_LEVELS,
    Delivery,
    LadderRefusal,
    Recipient,
    RungState,
    StepWay,
    TellingOutcome,
)

REPEAT_LEAST_S = 30  # sooner would ring while the first message is still being read
LAST_WORD = timedelta(seconds=60)  # whom the last step told has this long before the chain starts anew
DELIVERED = frozenset({"delivered", "read"})
UNDER_WAY = frozenset({"queued", "sending"})
SENT = frozenset({"sent", "accepted", "rehearsed"})


class Step(NamedTuple):
    """One step of a level: whom, how long after the stage before it (in parallel: after its stage began), repeats."""

    number: int
    recipient: str
    after_s: int = 0
    way: str = StepWay.IN_TURN
    repeat_s: int = 60
    most_repeats: int = 1


class Timers(NamedTuple):
    """The other times of a level."""

    unanswered_s: int  # from the start of a round to its being begun anew
    grace_s: int  # from a promised look that brought nothing to being unanswered again
    mute_most_min: int
    link_valid_min: int


class Told(NamedTuple):
    """What was done about a step: an outcome, when it was due, when it was done, what is known of its messages.

    `settled_at` is when the last of them came to nothing.
    """

    step: int
    repeat: int
    outcome: str
    due_at: datetime
    at: datetime
    delivery: str = Delivery.WAITING
    settled_at: datetime | None = None


class Due(NamedTuple):
    """A step, or a repeat of one, to be told now."""

    step: Step
    repeat: int
    due_at: datetime


@dataclass(frozen=True)
class Rung:
    """One step as it stands. `due_at` is a forecast while it is waiting; `repeat_at` is its next repeat."""

    step: Step
    due_at: datetime
    state: str
    told: tuple[Told, ...] = ()
    repeat_at: datetime | None = None

    @property
    def reached_at(self) -> datetime | None:
        """When it was told first, or None."""
        return self.told[0].at if self.told and self.told[0].outcome == TellingOutcome.TOLD else None


@dataclass(frozen=True)
class Ladder:
    """The whole: each step, what is due now, when the next thing happens, when the chain starts anew unanswered."""

    rungs: tuple[Rung, ...]
    due: tuple[Due, ...]
    next_at: datetime | None
    restart_at: datetime | None

    @property
    def next_rung(self) -> Rung | None:
        """The step that is to be told next, or None."""
        waiting = [rung for rung in self.rungs if rung.state == RungState.WAITING]
        return min(waiting, key=lambda rung: rung.due_at, default=None)


def climb(steps: Iterable[Step], told: Iterable[Told], *, round_at: datetime, now: datetime, timers: Timers,
          is_answered: bool = False, muted_until: datetime | None = None) -> Ladder:  # fmt: skip
    """Where reporting up stands at `now`. Answered or muted, nothing is due; what was told stays told."""
    records = list(told)
    quiet = RungState.STOPPED if is_answered else RungState.MUTED if muted_until else None
    rungs: list[Rung] = []
    for stage in stages(steps):
        start = stage_start(stage[0], rungs, round_at)
        rungs += [make_rung(step, start, records, quiet) for step in stage]
    if quiet:
        return Ladder(tuple(rungs), (), muted_until, None)
    due = sorted(find_due(rungs, now), key=lambda one: (one.due_at, one.step.number))
    restart_at = find_restart(rungs, round_at, timers)
    ahead = [rung.due_at for rung in rungs if not rung.told] + [rung.repeat_at for rung in rungs]
    coming = [at for at in [*ahead, restart_at] if at is not None and at > now]
    return Ladder(tuple(rungs), tuple(due), min(coming, default=None), restart_at)


def stages(steps: Iterable[Step]) -> list[list[Step]]:
    """The steps in use by stage: one in turn begins a stage, those in parallel join it."""
    found: list[list[Step]] = []
    for step in sorted(steps):
        if step.recipient == Recipient.NOBODY:
            continue
        if found and step.way == StepWay.PARALLEL:
            found[-1].append(step)
        else:
            found.append([step])
    return found


def stage_start(step: Step, before: Sequence[Rung], round_at: datetime) -> datetime:
    """When the stage that `step` opens is due: `after_s` after the last one, or when that one reached nobody."""
    if not before:
        return round_at + timedelta(seconds=step.after_s if step.way == StepWay.IN_TURN else 0)
    first = max(at for at, rung in enumerate(before) if at == 0 or rung.step.way == StepWay.IN_TURN)
    stage = before[first:]
    regular = stage[0].due_at + timedelta(seconds=step.after_s)
    missed = [missed_at(rung) for rung in stage]
    known = [at for at in missed if at is not None]
    return min(regular, max(known)) if len(known) == len(missed) else regular


def missed_at(rung: Rung) -> datetime | None:
    """When it was known that a step reached nobody; None while it may still reach somebody."""
    if not rung.told:
        return None
    first = rung.told[0]
    if first.outcome != TellingOutcome.TOLD:
        return first.due_at
    if all(one.delivery == Delivery.FAILED for one in rung.told):
        return max(first.due_at, rung.told[0].settled_at or first.at)
    return None


def make_rung(step: Step, start: datetime, records: Iterable[Told], quiet: str | None) -> Rung:
    """One step as it stands, from what was told of it."""
    mine = tuple(sorted((one for one in records if one.step == step.number), key=lambda one: one.repeat))
    after = timedelta(seconds=step.after_s if step.way == StepWay.PARALLEL else 0)
    due_at = mine[0].due_at if mine else start + after
    repeat_at = None
    if mine and mine[0].outcome == TellingOutcome.TOLD and mine[-1].repeat < step.most_repeats and not quiet:
        repeat_at = mine[-1].at + timedelta(seconds=step.repeat_s)
    return Rung(step, due_at, name_state(mine, quiet), mine, repeat_at)


def name_state(mine: Sequence[Told], quiet: str | None) -> str:
    """Where a step stands, in one word."""
    if not mine:
        return quiet or RungState.WAITING
    if mine[0].outcome != TellingOutcome.TOLD:
        return RungState(mine[0].outcome)
    known = {one.delivery for one in mine}
    for delivery, state in (
        (Delivery.DELIVERED, RungState.DELIVERED),
        (Delivery.SENT, RungState.TOLD),
        (Delivery.WAITING, RungState.CALLING),
    ):
        if delivery in known:
            return state
    return RungState.FAILED


def find_due(rungs: Iterable[Rung], now: datetime):
    """The steps and repeats whose time has come."""
    for rung in rungs:
        if not rung.told and rung.due_at <= now:
            yield Due(rung.step, 0, rung.due_at)
        elif rung.repeat_at is not None and rung.repeat_at <= now:
            yield Due(rung.step, rung.told[-1].repeat + 1, rung.repeat_at)


def find_restart(rungs: Sequence[Rung], round_at: datetime, timers: Timers) -> datetime:
    """When a round that nobody answered is begun anew: not before the last step and its repeats have had their say."""
    ends = [round_at + timedelta(seconds=timers.unanswered_s)]
    for rung in rungs:
        repeat = rung.told[-1].repeat if rung.told else 0
        last = rung.told[-1].at if rung.told else rung.due_at
        left = max(0, rung.step.most_repeats - repeat) if is_calling(rung) else 0
        ends.append(last + timedelta(seconds=left * rung.step.repeat_s) + LAST_WORD)
    return max(ends)


def is_calling(rung: Rung) -> bool:
    """Whether a step rings people, or is still to."""
    return not rung.told or rung.told[0].outcome == TellingOutcome.TOLD


def judge_delivery(states: Iterable[str]) -> Delivery:
    """What is known of messages in these states: the best of them counts; no message at all is one that failed."""
    states = set(states)
    if states & DELIVERED:
        return Delivery.DELIVERED
    if states & SENT:
        return Delivery.SENT
    return Delivery.WAITING if states & UNDER_WAY else Delivery.FAILED


def passed_over(ladder: Ladder, step: int) -> list[Rung]:
    """The steps that a jump to `step` leaves out: those before it that were not told yet."""
    return [rung for rung in ladder.rungs if rung.step.number < step and not rung.told]


def refuse_jump(ladder: Ladder, step: int, *, why: str, is_open: bool, is_answered: bool):
    """Why nobody may jump to `step` now, or None."""
    if not is_open:
        return LadderRefusal.CLOSED
    if is_answered:
        return LadderRefusal.ANSWERED
    found = next((rung for rung in ladder.rungs if rung.step.number == step), None)
    if found is None:
        return LadderRefusal.NO_STEP
    if found.told:
        return LadderRefusal.TOLD_ALREADY
    return None if why.strip() else LadderRefusal.NO_REASON


def refuse_step(key: str, values: dict):
    """Why a row of the table cannot stand: red goes to all at once; the first step waits for nobody. Or None."""
    level, number = read_key(key)
    if values["recipient"] == Recipient.NOBODY:
        return None
    if level == "red" and (values["after_s"] or (number > 1 and values["way"] != StepWay.PARALLEL)):
        return LadderRefusal.RED_WAITS
    if number == 1 and values["after_s"]:
        return LadderRefusal.FIRST_WAITS
    if values["most_repeats"] and values["repeat_s"] < REPEAT_LEAST_S:
        return LadderRefusal.REPEAT_TOO_SOON
    return None


def read_key(key: str) -> tuple[str, int]:
    """(level, number) of a row's key."""
    level, _, number = key.partition("-")
    return level, int(number)


def make_steps(rows: dict[str, dict], level: str) -> list[Step]:
    """The steps in use of a level, from the rows of the table. Red is told all at once whatever a row says."""
    found = []
    for key, values in rows.items():
        of, number = read_key(key)
        if of != level or values["recipient"] == Recipient.NOBODY:
            continue
        step = Step(number=number, **values)
        found.append(step._replace(after_s=0, way=StepWay.PARALLEL) if level == CALLED_LEVELS[-1] else step)
    return sorted(found)


def message_key(alarm_id: int, round_number: int, step: int, repeat: int, recipient: str) -> str:
    """What names one message of the ladder for good: `alarm/<pk>/<round>/<step>/<repeat>/<person>`."""
    return f"alarm/{alarm_id}/{round_number}/{step}/{repeat}/{recipient}"


def read_message_key(key: str) -> tuple[int, int, int, str] | None:
    """(round, step, repeat, recipient) of a key that `message_key` made, whatever the outbox added; else None."""
    parts = key.split("/")
    if parts[0] != "alarm" or len(parts) < 6 or not all(part.isdecimal() for part in parts[1:5]):
        return None
    return int(parts[2]), int(parts[3]), int(parts[4]), parts[5]


def key_of_test(link_id: int) -> str:
    """What names the messages of a test that rings only oneself."""
    return f"alarm-test/{link_id}"


def rehearse(
    steps: Iterable[Step], outcomes: dict[int, str], *, start: datetime, timers: Timers
) -> tuple[list[Told], datetime]:
    """What would be told when, if nobody answered: (the tellings in order, when the chain would start anew).

    `outcomes` says by step what would come of it: told, skipped, unreachable.
    """
    steps, told, now = list(steps), [], start
    while True:
        ladder = climb(steps, told, round_at=start, now=now, timers=timers)
        for due in ladder.due:
            outcome = outcomes[due.step.number]
            told.append(Told(due.step.number, due.repeat, outcome, due.due_at, now, Delivery.SENT))
        if not ladder.due:
            if ladder.next_at is None or ladder.next_at >= ladder.restart_at:
                return told, ladder.restart_at
            now = ladder.next_at
