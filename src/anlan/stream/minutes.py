"""A space's past by minute, put together from the history of its lines."""

import numpy as np

from anlan.stream.history import History
from anlan.stream.readings import Kind
from anlan.stream.state import MINUTE_MS, State
from anlan.stream.topology import Wiring

HOLD_MIN = 15  # a measured presence stands for this long without a newer one; then it is unknown
FAR_MS = 2**52


def space_minutes(
    history: History, wiring: Wiring, state: State, *, space: str, from_ms: int, to_ms: int, step_min: int = 1
) -> dict[str, np.ndarray]:
    """History of a space in steps of whole minutes.

    t_ms (start of each step, int64), occupancy (at its end, float64, nan unknown), in and out (passages,
    int64). Passages are reckoned with the present topology, backwards from the present number, so that a
    late reading or a correction moves the past as well. Raises ValueError on an unknown space or no step.
    """
    if space not in wiring.index or step_min < 1:
        raise ValueError(
            f"no history of {space!r} in steps of {step_min} min: name a known space and a step from 1 on"
        )
    first, end = from_ms // MINUTE_MS, -(-min(to_ms, state.now_ms + MINUTE_MS) // MINUTE_MS)
    n = max(-(-(end - first) // step_min), 0)
    end = first + n * step_min
    position = wiring.index[space]
    n_in, n_out, later = _passages(history, wiring, position, first, end)
    occupancy = _occupancy(history, wiring, state, position, (first, end), n_in - n_out, later)
    return {
        "t_ms": (first + np.arange(n) * step_min) * MINUTE_MS,
        "occupancy": occupancy[step_min - 1 :: step_min],
        "in": n_in.reshape(n, step_min).sum(1),
        "out": n_out.reshape(n, step_min).sum(1),
    }


def _passages(
    history: History, wiring: Wiring, position: int, first: int, end: int
) -> tuple[np.ndarray, np.ndarray, int]:
    """(in, out) of a space by minute, and the net of all minutes from `end` on."""
    entries = np.flatnonzero(wiring.flow.space == position)
    lines, signs = wiring.flow.line[entries], wiring.flow.sign[entries]
    passed = np.zeros((2, end - first), np.int64)
    later = 0
    if len(lines):
        rows = history.minutes(lines, first * MINUTE_MS, FAR_MS)
        for sign in (1, -1):
            of_sign = np.isin(rows["line"], lines[signs == sign])
            minute = rows["minute"][of_sign] - first
            n_in, n_out = rows["n_in"][of_sign], rows["n_out"][of_sign]
            gained, left = (n_in, n_out) if sign > 0 else (n_out, n_in)
            within = minute < end - first
            np.add.at(passed[0], minute[within], gained[within])
            np.add.at(passed[1], minute[within], left[within])
            later += int((gained - left)[~within].sum())
    return passed[0], passed[1], later


def _occupancy(
    history: History,
    wiring: Wiring,
    state: State,
    position: int,
    span: tuple[int, int],
    net: np.ndarray,
    later: int,
) -> np.ndarray:
    """Occupancy at the end of each minute, by the same order of sources as `spaces.compute_occupancy`."""
    first, end = span
    if wiring.has_presence[position]:
        return _presence(history, wiring, position, first, end)
    if state.spaces.has_flow[position]:
        return _backwards(history, wiring, state, position, first, net, later)
    total = np.full(end - first, np.nan)
    for child in np.flatnonzero(wiring.parent == position):
        child_in, child_out, child_later = _passages(history, wiring, int(child), first, end)
        part = _occupancy(history, wiring, state, int(child), span, child_in - child_out, child_later)
        total = np.where(np.isnan(total), part, total + np.nan_to_num(part))
    return total


def _backwards(
    history: History, wiring: Wiring, state: State, position: int, first: int, net: np.ndarray, later: int
) -> np.ndarray:
    """The present number less all that passed after each minute; nan for minutes yet to come."""
    moved = net.copy()
    for code, at_ms, added in history.jumps:
        minute = at_ms // MINUTE_MS - first
        if code == wiring.codes[position] and minute >= 0:
            if minute < len(moved):
                moved[minute] += added
            else:
                later += added
    after = np.cumsum(moved[::-1])[::-1] - moved + later
    occupancy = np.maximum(int(state.spaces.net[position]) - after, 0).astype(float)
    occupancy[first + np.arange(len(net)) > state.now_ms // MINUTE_MS] = np.nan
    return occupancy


def _presence(history: History, wiring: Wiring, position: int, first: int, end: int) -> np.ndarray:
    """The sum of the bound lines' values, each standing until the next one but at most HOLD_MIN."""
    total = np.full(end - first, np.nan)
    minute = np.arange(first, end)
    for line in wiring.presence.line[wiring.presence.space == position]:
        rows = history.values(
            np.array([line]), Kind.OCCUPANCY, (first - HOLD_MIN) * MINUTE_MS, end * MINUTE_MS
        )
        at = (rows["t_end_ms"] - 1) // MINUTE_MS
        newest = np.searchsorted(at, minute, side="right") - 1
        known = newest >= 0
        known[known] = minute[known] - at[newest[known]] < HOLD_MIN
        part = np.full(len(minute), np.nan)
        part[known] = rows["value"][newest[known]]
        total = np.where(np.isnan(total), part, total + np.nan_to_num(part))
    return total
