"""The fold: a pure, deterministic step from state and readings to state, in the journal's order."""

import dataclasses

import numpy as np

from anlan.stream.history import History
from anlan.stream.identity import Found, Status, identify
from anlan.stream.readings import BAD, Columns, Kind
from anlan.stream.state import KEPT_CORRECTIONS, MINUTE_MS, MINUTES, State, correction
from anlan.stream.topology import Wiring

LATE_AFTER_MS = 3 * MINUTE_MS
MAX_ASIDE = 200_000  # OLD readings kept waiting; beyond, they are counted as lost in `State.tally`
N_LOST = 15  # the place in State.tally of OLD readings that could not even be set aside


@dataclasses.dataclass(frozen=True, slots=True)
class Effects:
    """What a fold did: status (uint8 Status per reading), and per space whether any reading touched it and
    whether a fresh one did (not late, not a duplicate): only fresh spaces may be warned of anew."""

    status: np.ndarray
    touched: np.ndarray
    fresh: np.ndarray


def fold(
    state: State,
    wiring: Wiring,
    history: History,
    block: Columns,
    *,
    offset: int,
    late_after_ms: int = LATE_AFTER_MS,
) -> Effects:
    """Take one READINGS frame (at `offset` of the journal) into the state and the history."""
    if len(block):
        state.now_ms = max(state.now_ms, int(block.t_received_ms.max()))
    given, block = block, block.replace(line=block.line.astype(np.int64))  # by which numpy looks up fastest
    status, added_in, added_out, replaced = _judge_identity(state, block)
    _trace(state, block, replaced)
    late = (block.t_end_ms < block.t_received_ms - late_after_ms) & (block.kind <= Kind.DENSITY)
    if late.any():
        status[late & (status == Status.ACCEPTED)] = Status.LATE
    _mark_lines(state, block, status)
    _set_aside(state, given, status, offset)
    count(state, wiring, history, block, added_in, added_out)
    _keep_values(history, block, status)
    state.tally[: len(Status)] += np.bincount(status, minlength=len(Status))
    counted = (status != Status.DUPLICATE) & (status != Status.OLD) & (status != Status.UNFIT)
    return _touch(state, wiring, block, status, counted, counted & ~late)


def _rows(chosen: np.ndarray) -> np.ndarray | slice:
    """The rows of a mask; where that is all of them, as nearly always, without copying them."""
    return slice(None) if chosen.all() else np.flatnonzero(chosen)


def _judge_identity(state: State, block: Columns) -> Found:
    """Status and additions of all readings; signs of life and unfit readings add nothing."""
    bad = block.quality & BAD != 0
    usable = (block.kind <= Kind.DENSITY) & ~bad
    if usable.all():
        return identify(state.slots, state.slots_of(block.line, block.kind), block)
    status = np.where(bad & (block.kind <= Kind.DENSITY), Status.UNFIT, Status.ACCEPTED).astype(np.uint8)
    added_in, added_out = np.zeros(len(block), np.int64), np.zeros(len(block), np.int64)
    chosen = np.flatnonzero(usable)
    part = block.take(chosen)
    found = identify(state.slots, state.slots_of(part.line, part.kind), part)
    status[chosen], added_in[chosen], added_out[chosen] = found[:3]
    return Found(status, added_in, added_out, [(int(chosen[at]), was) for at, was in found.replaced])


def _trace(state: State, block: Columns, replaced: list[tuple[int, tuple[int, int]]]) -> None:
    """Note the newest corrections: what the numbers were, and what they are now."""
    for at, was in replaced[-KEPT_CORRECTIONS:]:
        old, new = [float(mark) for mark in was], [float(block.n_in[at]), float(block.n_out[at])]
        if block.kind[at] >= Kind.OCCUPANCY:
            old, new = [float(np.array(was, "<i4").view("<f8")[0])], [float(block.value[at])]
        state.corrections.append(correction(block, at, was=old, now=new))


def _mark_lines(state: State, block: Columns, status: np.ndarray) -> None:
    """Health: any reading is a sign of life, but only a measured one has a time of its own."""
    lines = state.lines
    np.maximum.at(lines.last_received_ms, block.line, block.t_received_ms)
    measured = _rows(block.kind <= Kind.DENSITY)
    line, t_end_ms = block.line[measured], block.t_end_ms[measured]
    np.maximum.at(lines.last_t_end_ms, line, t_end_ms)
    newest = _rows((t_end_ms == lines.last_t_end_ms[line]) & (status[measured] != Status.DUPLICATE))
    lines.lag_ms[line[newest]] = (block.t_received_ms[measured] - t_end_ms)[newest]
    # A heartbeat says nothing of the quality; a health reading does, and so does every measurement.
    says = _rows((block.kind <= Kind.DENSITY) | (block.kind == Kind.HEALTH))
    lines.last_quality[block.line[says]] = block.quality[says]
    np.add.at(lines.n_readings, block.line, 1)
    np.add.at(lines.n_duplicates, block.line[status == Status.DUPLICATE], 1)


def _set_aside(state: State, block: Columns, status: np.ndarray, offset: int) -> None:
    """OLD passages wait to be looked up in the journal; an OLD total changes nothing and need not wait."""
    waits = np.flatnonzero((status == Status.OLD) & (block.kind != Kind.CUMULATIVE))
    room = MAX_ASIDE - state.n_aside
    if len(waits) > room:
        state.tally[N_LOST] += len(waits) - room
        waits = waits[:room]
    if len(waits):
        state.aside_since_ms = state.aside_since_ms if state.aside else state.now_ms
        state.aside.append((offset, block.take(waits)))


def minute_of(t_end_ms: np.ndarray) -> np.ndarray:
    """The minute (since 1970) in which a count ended: one that ends on the full minute belongs before it."""
    return (t_end_ms - 1) // MINUTE_MS


def count(
    state: State,
    wiring: Wiring,
    history: History,
    block: Columns,
    added_in: np.ndarray,
    added_out: np.ndarray,
) -> None:
    """Add passages to the totals of lines, to spaces and to the history."""
    if len(block):
        ends_ms = block.t_end_ms[_rows(block.kind <= Kind.EVENT)]
        newest = int(minute_of(ends_ms.max())) if len(ends_ms) else -1
        state.advance(max(newest, state.now_ms // MINUTE_MS))
    moved = _rows((added_in != 0) | (added_out != 0))
    line, minute = block.line[moved], minute_of(block.t_end_ms[moved])
    added_in, added_out = added_in[moved], added_out[moved]
    np.add.at(state.lines.total_in, line, added_in)
    np.add.at(state.lines.total_out, line, added_out)
    history.add_flow(line, minute, added_in, added_out)
    at, entry = wiring.flow.of(line)
    space, plus = wiring.flow.space[entry], wiring.flow.sign[entry] > 0
    gained, left = added_in[at], added_out[at]
    if not plus.all():
        gained, left = np.where(plus, gained, left), np.where(plus, left, gained)
    _count_present(state, history, space, minute[at], gained, left)
    within = _rows((minute[at] > state.minute - MINUTES) & (minute[at] <= state.minute))
    place = space[within] * MINUTES + minute[at][within] % MINUTES
    np.add.at(state.spaces.minute_in.reshape(-1), place, gained[within])
    np.add.at(state.spaces.minute_out.reshape(-1), place, left[within])
    _count_passages(state, wiring, line, minute, added_in + added_out)


def _count_present(
    state: State,
    history: History,
    space: np.ndarray,
    minute: np.ndarray,
    gained: np.ndarray,
    left: np.ndarray,
) -> None:
    """Passages since the baseline change the number present; earlier ones only what it was before that."""
    early = minute < state.spaces.base_minute[space]
    if early.any():
        _count_early(state, history, space[early], minute[early], gained[early], left[early])
        space, gained, left = space[~early], gained[~early], left[~early]
    np.add.at(state.spaces.net, space, gained - left)
    np.add.at(state.spaces.came, space, gained)


def _count_early(
    state: State,
    history: History,
    space: np.ndarray,
    minute: np.ndarray,
    gained: np.ndarray,
    left: np.ndarray,
) -> None:
    """Passages before the newest baseline: of this day, or of one that is done."""
    history.record.count_early([state.codes[each] for each in space.tolist()], minute, gained, left)
    today = minute * MINUTE_MS >= state.spaces.nightly_ms[space]
    np.add.at(state.spaces.day_in, space[today], gained[today])
    np.add.at(state.spaces.day_out, space[today], left[today])


def _count_passages(
    state: State, wiring: Wiring, line: np.ndarray, minute: np.ndarray, passed: np.ndarray
) -> None:
    """Passages whose direction says nothing: they fill the minutes, and nobody is in the space by them."""
    if not len(wiring.passage.line):
        return
    at, entry = wiring.passage.of(line)
    within = (minute[at] > state.minute - MINUTES) & (minute[at] <= state.minute)
    place = wiring.passage.space[entry][within] * MINUTES + minute[at][within] % MINUTES
    np.add.at(state.spaces.minute_in.reshape(-1), place, passed[at][within])


def _keep_values(history: History, block: Columns, status: np.ndarray) -> None:
    if block.kind.max(initial=0) < Kind.OCCUPANCY:
        return
    value = (block.kind == Kind.OCCUPANCY) | (block.kind == Kind.DENSITY)
    value &= (status != Status.DUPLICATE) & (status != Status.UNFIT)
    if value.any():
        part = block.take(value)
        history.add_values(part.line, part.kind, part.t_end_ms, np.maximum(part.value, 0.0))


def _touch(
    state: State, wiring: Wiring, block: Columns, status: np.ndarray, counted: np.ndarray, fresh: np.ndarray
) -> Effects:
    """Mark the spaces that readings speak of, and the spaces above them."""
    n = len(wiring.codes)
    effects = Effects(status, np.zeros(n, bool), np.zeros(n, bool))
    passed = block.kind <= Kind.EVENT
    groups = (
        (wiring.flow, passed),
        (wiring.passage, passed),
        (wiring.presence, block.kind == Kind.OCCUPANCY),
        (wiring.density, block.kind == Kind.DENSITY),
    )
    for links, chosen in groups:
        if not len(links.line):
            continue
        spoken = _rows(chosen & counted)
        at, entry = links.of(block.line[spoken])
        if not len(entry):
            continue
        space = links.space[entry]
        effects.touched[space] = True
        effects.fresh[space[_rows(fresh[spoken][at])]] = True
        np.maximum.at(state.spaces.last_t_end_ms, space, block.t_end_ms[spoken][at])
        np.maximum.at(state.spaces.last_received_ms, space, block.t_received_ms[spoken][at])
        if links is wiring.flow:
            state.spaces.has_flow[space] = True
    _touch_above(state, wiring, effects)
    return effects


def _touch_above(state: State, wiring: Wiring, effects: Effects) -> None:
    """A place is looked at again with its zones; only one without counters of its own is as recent as they."""
    for children in wiring.tiers:
        parent = wiring.parent[children]
        for mask in (effects.touched, effects.fresh):
            mask[parent[mask[children]]] = True
        summed = ~wiring.has_own[parent]
        for times in (state.spaces.last_t_end_ms, state.spaces.last_received_ms):
            np.maximum.at(times, parent[summed], times[children][summed])
