"""Identity: is a reading new, the same again, or a correction – and what does it add?

Two ways with one meaning. `identify` takes slots whose times only rise (nearly all) as arrays; the readings
of the other slots go one by one, in journal order, through `one`. A test holds both against a slow reference.
"""

import enum
from typing import NamedTuple

import numpy as np

from anlan.stream.clockless import is_clockless, seen_before
from anlan.stream.readings import ABSENT, CLOCK, RESET_KNOWN, WRAP_16, Columns, Kind
from anlan.stream.state import WINDOW, Slots

WRAP = 2**16  # a fall of a 16-bit counter is a wrap if that makes at most half of this
RESET_SLACK_MS = 2 * 60_000  # an epoch may lie this far before the reading it follows: clocks differ


class Status(enum.IntEnum):
    """What became of a reading."""

    ACCEPTED = 0
    DUPLICATE = 1  # the same numbers again: counted once
    CORRECTED = 2  # other numbers for the same time: the difference is counted
    LATE = 3  # counted, corrects history, raises nothing
    OLD = 4  # older than the window of identity: set aside and settled against the journal
    BASELINE = 5  # the first total of a cumulative counter: counts nothing
    RESET = 6  # a cumulative counter started anew
    UNFIT = 7  # the device itself says the number is bad: kept in the journal, not counted


class Verdict(NamedTuple):
    """One reading's status, what it adds, and the marks it replaced (only where CORRECTED)."""

    status: int
    added_in: int = 0
    added_out: int = 0
    was: tuple[int, int] = (0, 0)


class Found(NamedTuple):
    """What `identify` says: status and additions of each reading; (position, marks replaced) of corrections."""

    status: np.ndarray
    added_in: np.ndarray
    added_out: np.ndarray
    replaced: list[tuple[int, tuple[int, int]]]


def identify(slots: Slots, slot: np.ndarray, block: Columns) -> Found:
    """Judge readings, of which `slot` names the slot of each; the slots remember them."""
    n = len(block)
    status, added = np.zeros(n, np.uint8), np.zeros((2, n), np.int64)
    in_order = bool((slot[1:] >= slot[:-1]).all())
    order = slice(None) if in_order else np.argsort(slot, kind="stable")
    slow = _slow(slots, slot[order], block, order)
    if in_order and n and not slow.any():
        status, added = _at_once(slots, slot, block)
        return Found(status, added[0], added[1], [])
    order = np.arange(n)[order]
    fast = order[~slow]
    if len(fast):
        status[fast], added[:, fast] = _at_once(slots, slot[fast], block.take(fast))
    replaced = []
    for position in np.sort(order[slow]).tolist():
        verdict = one(slots, int(slot[position]), block, position)
        status[position], added[0, position], added[1, position] = verdict[:3]
        if verdict.status == Status.CORRECTED:
            replaced.append((position, verdict.was))
    return Found(status, added[0], added[1], replaced)


def _firsts(slot: np.ndarray) -> np.ndarray:
    """Whether each of the sorted slots is the first of its run."""
    return np.concatenate(([True], slot[1:] != slot[:-1]))


def _before(first: np.ndarray, slot: np.ndarray, column: np.ndarray, remembered: np.ndarray) -> np.ndarray:
    """The column's value one reading earlier in the same slot."""
    if first.all():
        return remembered[slot]
    before = np.empty_like(column)
    before[1:] = column[:-1]
    before[first] = remembered[slot[first]]
    return before


def _slow(slots: Slots, slot: np.ndarray, block: Columns, order: np.ndarray | slice) -> np.ndarray:
    """Mask over the ordered readings: those of slots where not every time is later than the one before."""
    if not len(slot):
        return np.zeros(0, bool)
    first = _firsts(slot)
    t, kind = block.t_end_ms[order], block.kind[order]
    plain = t > _before(first, slot, t, slots.last_t)
    if (kind == Kind.EVENT).any():
        plain &= (kind != Kind.EVENT) | (block.quality[order] & CLOCK == 0)
    if block.shift_ms.any():
        plain &= ~is_clockless(block)[order]
    if (kind == Kind.CUMULATIVE).any():
        for name, remembered in (("n_in", slots.c_in), ("n_out", slots.c_out)):
            total = getattr(block, name)[order]
            given_alike = (total == ABSENT) == (_before(first, slot, total, remembered) == ABSENT)
            baseline = first & (slots.last_t[slot] < 0)
            plain &= (kind != Kind.CUMULATIVE) | given_alike | baseline
    if plain.all():
        return np.zeros(len(slot), bool)
    starts = np.flatnonzero(first)
    return np.repeat(~np.logical_and.reduceat(plain, starts), np.diff(starts, append=len(slot)))


def _at_once(slots: Slots, slot: np.ndarray, block: Columns) -> tuple[np.ndarray, np.ndarray]:
    """Status and additions of readings sorted by slot whose times rise within each slot."""
    first = _firsts(slot)
    last = np.concatenate((first[1:], [True]))
    total, value = block.kind == Kind.CUMULATIVE, block.kind >= Kind.OCCUPANCY
    status, added = np.zeros(len(slot), np.uint8), np.stack((block.n_in, block.n_out))
    if total.any() or value.any():
        added *= ~(total | value)
    if total.any():
        status[total], added[:, total] = _steps(
            slots, slot[total], block.take(total), first[total], last[total]
        )
    if value.any():
        value &= last
        slots.value[slot[value]] = np.maximum(block.value[value], 0.0)
    _remember(slots, slot, block, first, last)
    ends = slice(None) if first.all() else last
    slots.last_t[slot[ends]] = block.t_end_ms[ends]
    return status, added


def _marks(block: Columns) -> tuple[np.ndarray, np.ndarray]:
    """What the ring keeps beside the time: in and out, or the halves of a seq or a value."""
    a, b = block.n_in.astype(np.int32), block.n_out.astype(np.int32)
    for chosen, words in ((block.kind == Kind.EVENT, block.seq), (block.kind >= Kind.OCCUPANCY, block.value)):
        if chosen.any():
            halves = np.ascontiguousarray(words[chosen]).view("<i4").reshape(-1, 2)
            a[chosen], b[chosen] = halves[:, 0], halves[:, 1]
    return a, b


def _remember(slots: Slots, slot: np.ndarray, block: Columns, first: np.ndarray, last: np.ndarray) -> None:
    """Append to the rings. Events without a seq have no identity and are not kept."""
    kept = (block.kind != Kind.EVENT) | (block.seq >= 0)
    nth = kept if first.all() else _nth_kept(kept, first)
    place = (slots.head[slot] + nth) & (WINDOW - 1)
    marks = (block.t_end_ms, *_marks(block))
    at = slot * WINDOW + place
    if not kept.all():
        at, marks = at[kept], tuple(each[kept] for each in marks)
    # Where a slot wraps within one batch, numpy lets the last assignment stand: the newest.
    for ring, each in zip((slots.seen_t, slots.seen_a, slots.seen_b), marks, strict=True):
        ring.reshape(-1)[at] = each
    ends = slice(None) if first.all() else last
    slots.head[slot[ends]] = place[ends]


def _nth_kept(kept: np.ndarray, first: np.ndarray) -> np.ndarray:
    """How many of its slot's readings are kept up to and with each one."""
    count, start = np.cumsum(kept), np.flatnonzero(first)
    return count - np.repeat((count - kept)[start], np.diff(start, append=len(kept)))


def _steps(
    slots: Slots, slot: np.ndarray, block: Columns, first: np.ndarray, last: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What consecutive cumulative totals add (trap T2): see `_step` for the rule of one."""
    t_before = _before(first, slot, block.t_end_ms, slots.last_t)
    epoch_before = _before(first, slot, block.epoch_ms, slots.c_epoch)
    renewed = (
        (block.epoch_ms != 0)
        & (block.epoch_ms != epoch_before)
        & (block.epoch_ms >= t_before - RESET_SLACK_MS)
    )
    known = renewed | (block.quality & RESET_KNOWN != 0)
    renewed &= epoch_before != 0
    started = t_before >= 0
    status, added = np.zeros(len(slot), np.uint8), np.zeros((2, len(slot)), np.int64)
    ends = slot[last]
    fell = renewed.copy()
    for direction, name in enumerate(("in", "out")):
        total, newest = getattr(block, f"n_{name}"), getattr(slots, f"c_{name}")
        before = _before(first, slot, total, newest)
        both = (total >= 0) & (before >= 0)
        drop = both & (total < before)
        step = np.where(both & ~drop, total - before, 0)
        step = np.where((drop & known) | (renewed & (total >= 0)), total, step)
        over = _wraps(total, before, drop & (block.quality & WRAP_16 != 0) & ~renewed)
        step = np.where(over, total + WRAP - before, step)
        fell |= drop & ~over
        added[direction] = np.where(started, step, 0)
        getattr(slots, f"step_{name}")[ends] = added[direction, last]
        getattr(slots, f"p_{name}")[ends] = before[last]
        newest[ends] = total[last]
    slots.p_t[ends], slots.p_epoch[ends], slots.c_epoch[ends] = (
        t_before[last],
        epoch_before[last],
        block.epoch_ms[last],
    )
    status[fell] = Status.RESET
    status[~started] = Status.BASELINE
    return status, added


def _wraps(total: np.ndarray, before: np.ndarray, drop: np.ndarray) -> np.ndarray:
    """Which drops of 16-bit counters plausibly go on from 0."""
    return drop & (before < WRAP) & (total + WRAP - before <= WRAP // 2)


def one(slots: Slots, slot: int, block: Columns, position: int) -> Verdict:
    """The verdict on one reading, whatever the order of its time."""
    kind = int(block.kind[position])
    reading = block.take(slice(position, position + 1))
    if kind == Kind.CUMULATIVE:
        return _one_cumulative(slots, slot, reading)
    if kind == Kind.INTERVAL:
        return _one_interval(slots, slot, reading)
    if kind == Kind.EVENT:
        return _one_event(slots, slot, reading)
    return _one_value(slots, slot, reading)


def _one_interval(slots: Slots, slot: int, reading: Columns) -> Verdict:
    n_in, n_out = int(reading.n_in[0]), int(reading.n_out[0])
    if is_clockless(reading)[0]:
        again = seen_before(slots.clockless, slots.ring[slot : slot + 1], reading)
        return Verdict(Status.DUPLICATE) if again else Verdict(Status.ACCEPTED, n_in, n_out)
    place = _place_of(slots, slot, int(reading.t_end_ms[0]))
    if place is None:
        fits = _insert(slots, slot, reading)
        return Verdict(Status.ACCEPTED, n_in, n_out) if fits else Verdict(Status.OLD)
    was_in, was_out = was = int(slots.seen_a[slot, place]), int(slots.seen_b[slot, place])
    if was == (n_in, n_out):
        return Verdict(Status.DUPLICATE)
    slots.seen_a[slot, place], slots.seen_b[slot, place] = n_in, n_out
    return Verdict(Status.CORRECTED, n_in - was_in, n_out - was_out, was)


def _one_event(slots: Slots, slot: int, reading: Columns) -> Verdict:
    t = int(reading.t_end_ms[0])
    if reading.seq[0] >= 0:
        a, b = _marks(reading)
        same = (slots.seen_a[slot] == a[0]) & (slots.seen_b[slot] == b[0]) & (slots.seen_t[slot] >= 0)
        if not reading.quality[0] & CLOCK:  # a re-sent event gets another time where the device has no clock
            same &= slots.seen_t[slot] == t
        if same.any():
            return Verdict(Status.DUPLICATE)
        if t <= _oldest(slots, slot) or not _insert(slots, slot, reading):
            return Verdict(Status.OLD)
    slots.last_t[slot] = max(slots.last_t[slot], t)
    return Verdict(Status.ACCEPTED, int(reading.n_in[0]), int(reading.n_out[0]))


def _one_value(slots: Slots, slot: int, reading: Columns) -> Verdict:
    """A value replaces the current one unless it is older; of two for one time the later received stays."""
    t = int(reading.t_end_ms[0])
    place, newest = _place_of(slots, slot, t), t >= slots.last_t[slot]
    verdict = Verdict(Status.ACCEPTED)
    if place is None:
        _insert(slots, slot, reading)  # too old for the window: it still goes to history, where it replaces
    else:
        a, b = (int(marks[0]) for marks in _marks(reading))
        was = int(slots.seen_a[slot, place]), int(slots.seen_b[slot, place])
        if was == (a, b):
            return Verdict(Status.DUPLICATE)
        slots.seen_a[slot, place], slots.seen_b[slot, place] = a, b
        verdict = Verdict(Status.CORRECTED, 0, 0, was)
    if newest:
        slots.value[slot] = max(float(reading.value[0]), 0.0)
    return verdict


def _one_cumulative(slots: Slots, slot: int, reading: Columns) -> Verdict:
    """Newer totals step on; a correction of the newest steps anew; older ones change no total.

    Out of order between two known totals the differences telescope, so nothing is added; the reading is
    remembered for its identity. Totals without a believable time are taken in the order of arrival.
    """
    t, last_t = int(reading.t_end_ms[0]), int(slots.last_t[slot])
    if is_clockless(reading)[0]:
        if seen_before(slots.clockless, slots.ring[slot : slot + 1], reading):
            return Verdict(Status.DUPLICATE)
        _push_total(slots, slot)
        slots.last_t[slot] = max(t, last_t)
        return _step_on(slots, slot, reading)
    place, totals = _place_of(slots, slot, t), (int(reading.n_in[0]), int(reading.n_out[0]))
    if place is not None:
        was = int(slots.seen_a[slot, place]), int(slots.seen_b[slot, place])
        if was == totals:
            return Verdict(Status.DUPLICATE)
        slots.seen_a[slot, place], slots.seen_b[slot, place] = totals
        if t < last_t:
            return Verdict(Status.CORRECTED, 0, 0, was)
        was_in, was_out = int(slots.step_in[slot]), int(slots.step_out[slot])
        _, step_in, step_out, _ = _step_on(slots, slot, reading)
        return Verdict(Status.CORRECTED, step_in - was_in, step_out - was_out, was)
    if not _insert(slots, slot, reading):
        return Verdict(Status.OLD)
    if t < last_t:
        return Verdict(Status.ACCEPTED)
    _push_total(slots, slot, t_before=last_t)
    return _step_on(slots, slot, reading)


def _push_total(slots: Slots, slot: int, *, t_before: int | None = None) -> None:
    """The newest total becomes the one before it."""
    slots.p_t[slot] = slots.last_t[slot] if t_before is None else t_before
    slots.p_epoch[slot] = slots.c_epoch[slot]
    slots.p_in[slot], slots.p_out[slot] = slots.c_in[slot], slots.c_out[slot]


def _step_on(slots: Slots, slot: int, reading: Columns) -> Verdict:
    """Make the reading the newest after the p_* one; what that adds."""
    t_before, epoch_before = int(slots.p_t[slot]), int(slots.p_epoch[slot])
    epoch, quality = int(reading.epoch_ms[0]), int(reading.quality[0])
    renewed = epoch != 0 and epoch != epoch_before and epoch >= t_before - RESET_SLACK_MS
    known = renewed or bool(quality & RESET_KNOWN)
    renewed = renewed and epoch_before != 0
    status, steps = Status.RESET if renewed else Status.ACCEPTED, []
    for name in ("in", "out"):
        total, prior = int(getattr(reading, f"n_{name}")[0]), int(getattr(slots, f"p_{name}")[slot])
        step, fell = _step(total, prior, renewed=renewed, known=known, wraps=bool(quality & WRAP_16))
        steps.append(step if t_before >= 0 else 0)
        status = Status.RESET if fell else status
        getattr(slots, f"step_{name}")[slot] = steps[-1]
        getattr(slots, f"c_{name}")[slot] = prior if total == ABSENT else total
    slots.c_epoch[slot] = epoch
    return Verdict(status if t_before >= 0 else Status.BASELINE, steps[0], steps[1])


def _step(total: int, prior: int, *, renewed: bool, known: bool, wraps: bool) -> tuple[int, bool]:
    """(what a total adds after the prior one, whether it fell). Rule T2 of the traps: never negative;
    after a fall count from 0 only where the reset is known, else nothing; a 16-bit counter goes on from 0."""
    if total == ABSENT:
        return 0, False
    if renewed:
        return total, False
    if prior == ABSENT:
        return 0, False
    if total >= prior:
        return total - prior, False
    over = total + WRAP - prior
    if wraps and prior < WRAP and over <= WRAP // 2:
        return over, False
    return (total if known else 0), True


def _place_of(slots: Slots, slot: int, t: int) -> int | None:
    found = np.flatnonzero(slots.seen_t[slot] == t)
    return int(found[0]) if len(found) else None


def _oldest(slots: Slots, slot: int) -> int:
    """The oldest time of a full ring; -1 while it has room."""
    return int(slots.seen_t[slot, (slots.head[slot] + 1) % WINDOW])


def _insert(slots: Slots, slot: int, reading: Columns) -> bool:
    """Put a reading into the ring in order of time; False when it is older than a full ring."""
    t, oldest = int(reading.t_end_ms[0]), _oldest(slots, slot)
    if t < oldest:
        return False
    a, b = _marks(reading)
    turn = np.arange(slots.head[slot] + 1, slots.head[slot] + 1 + WINDOW) % WINDOW
    at = int(np.searchsorted(slots.seen_t[slot, turn], t, side="right"))
    for ring, mark in ((slots.seen_t, t), (slots.seen_a, a[0]), (slots.seen_b, b[0])):
        ring[slot] = np.insert(ring[slot, turn], at, mark)[1:]
    slots.head[slot] = WINDOW - 1
    slots.last_t[slot] = max(slots.last_t[slot], t)
    return True
