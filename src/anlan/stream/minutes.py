"""A space's past by minute, put together from the history of its lines."""

import copy
from collections.abc import Sequence

import numpy as np

from anlan.stream.chunks import Rows
from anlan.stream.history import History
from anlan.stream.readings import Kind
from anlan.stream.state import MINUTE_MS, State
from anlan.stream.topology import Wiring

HOLD_MIN = 15  # a measured presence stands for this long without a newer one; then it is unknown


class Past:
    """What a question about the past needs, taken at one moment; answering it then holds nobody up.

    Passages are reckoned with the present topology, backwards from the present number, so that a late
    reading or a correction moves the past as well.
    """

    def __init__(self, history: History, wiring: Wiring, state: State) -> None:
        self._rows = history.at_hand()
        self._flow, self._presence = copy.copy(wiring.flow), copy.copy(wiring.presence)
        self._index, self._codes, self._parent = wiring.index, wiring.codes, wiring.parent
        self._has_presence = wiring.has_presence
        self._net = state.spaces.net[: state.spaces.n].copy()
        self._has_flow = state.spaces.has_flow[: state.spaces.n].copy()
        self._now_ms, self._n_lines = state.now_ms, wiring.n_lines

    def minutes(
        self, spaces: Sequence[str], *, from_ms: int, to_ms: int, step_min: int
    ) -> dict[str, dict[str, np.ndarray]]:
        """History of some spaces in steps of whole minutes, with one look at the rows for all of them.

        By space: t_ms (start of each step, int64), occupancy (at its end, float64, nan unknown), in and out
        (passages, int64). Raises ValueError on an unknown space or a step below 1.
        """
        for space in spaces:
            if space not in self._index or step_min < 1:
                raise ValueError(
                    f"no history of {space!r} by {step_min} min: name a known space and a step from 1 on"
                )
        first, end = from_ms // MINUTE_MS, -(-min(to_ms, self._now_ms + MINUTE_MS) // MINUTE_MS)
        n = max(-(-(end - first) // step_min), 0)
        end = first + n * step_min
        self._read_rows([self._index[space] for space in spaces], first, end)
        return {space: self._steps(self._index[space], first, end, step_min) for space in spaces}

    def _read_rows(self, positions: list[int], first: int, end: int) -> None:
        """Rows of all lines that the spaces, or the children they are summed from, are bound to."""
        wanted = np.zeros(len(self._codes), bool)
        wanted[positions] = True
        for _ in range(len(self._codes)):  # as often as spaces are deep, usually once
            children = wanted[self._parent] & (self._parent >= 0) & ~wanted
            if not children.any():
                break
            wanted |= children
        flow, presence = (links.line[wanted[links.space]] for links in (self._flow, self._presence))
        from_ms, to_ms = first * MINUTE_MS, end * MINUTE_MS
        self._flow_rows = _ByLine(self._rows.minutes(flow, from_ms, to_ms), self._n_lines)
        self._later = self._rows.net_since(flow, to_ms, n_lines=self._n_lines)
        since_ms = (first - HOLD_MIN) * MINUTE_MS
        values = self._rows.values(presence, Kind.OCCUPANCY, since_ms, end * MINUTE_MS)
        self._value_rows = _ByLine(values, self._n_lines)

    def _steps(self, position: int, first: int, end: int, step_min: int) -> dict[str, np.ndarray]:
        n = (end - first) // step_min
        n_in, n_out, later = self._passages(position, first, end)
        return {
            "t_ms": (first + np.arange(n) * step_min) * MINUTE_MS,
            "occupancy": self._occupancy(position, first, n_in - n_out, later)[step_min - 1 :: step_min],
            "in": n_in.reshape(n, step_min).sum(1),
            "out": n_out.reshape(n, step_min).sum(1),
        }

    def _passages(self, position: int, first: int, end: int) -> tuple[np.ndarray, np.ndarray, int]:
        """(in, out) of a space by minute, and the net of all minutes from `end` on."""
        entries = np.flatnonzero(self._flow.space == position)
        passed, later = np.zeros((2, end - first), np.int64), 0
        for entry in entries.tolist():
            rows = self._flow_rows.of(self._flow.line[entry])
            minute, gained, left = rows["minute"] - first, rows["n_in"], rows["n_out"]
            if self._flow.sign[entry] < 0:
                gained, left = left, gained
            passed[0, minute] += gained  # a line has one row a minute
            passed[1, minute] += left
            later += int(self._flow.sign[entry] * self._later[self._flow.line[entry]])
        return passed[0], passed[1], later

    def _occupancy(self, position: int, first: int, net: np.ndarray, later: int) -> np.ndarray:
        """Occupancy at the end of each minute, by the same order of sources as `spaces.compute_occupancy`."""
        end = first + len(net)
        if self._has_presence[position]:
            return self._measured(position, first, end)
        if self._has_flow[position]:
            return self._backwards(position, first, net, later)
        total = np.full(len(net), np.nan)
        for child in np.flatnonzero(self._parent == position).tolist():
            n_in, n_out, child_later = self._passages(child, first, end)
            total = _plus(total, self._occupancy(child, first, n_in - n_out, child_later))
        return total

    def _backwards(self, position: int, first: int, net: np.ndarray, later: int) -> np.ndarray:
        """The present number less all that passed after each minute; nan for minutes yet to come."""
        moved = net.copy()
        for code, at_ms, added in self._rows.jumps:
            minute = at_ms // MINUTE_MS - first
            if code == self._codes[position] and minute >= 0:
                if minute < len(moved):
                    moved[minute] += added
                else:
                    later += added
        after = np.cumsum(moved[::-1])[::-1] - moved + later
        occupancy = np.maximum(int(self._net[position]) - after, 0).astype(float)
        occupancy[first + np.arange(len(net)) > self._now_ms // MINUTE_MS] = np.nan
        return occupancy

    def _measured(self, position: int, first: int, end: int) -> np.ndarray:
        """The sum of the bound lines' values, each standing until the next one but at most HOLD_MIN."""
        total, minute = np.full(end - first, np.nan), np.arange(first, end)
        for line in self._presence.line[self._presence.space == position]:
            rows = self._value_rows.of(line)
            at = (rows["t_end_ms"] - 1) // MINUTE_MS
            newest = np.searchsorted(at, minute, side="right") - 1
            known = newest >= 0
            known[known] = minute[known] - at[newest[known]] < HOLD_MIN
            part = np.full(len(minute), np.nan)
            part[known] = rows["value"][newest[known]]
            total = _plus(total, part)
        total[minute > self._now_ms // MINUTE_MS] = np.nan
        return total


class _ByLine:
    """Rows that are sorted by line, found by line."""

    def __init__(self, rows: Rows, n_lines: int) -> None:
        self._rows = rows
        self._first = np.searchsorted(rows["line"], np.arange(n_lines + 1, dtype=rows["line"].dtype))

    def of(self, line: int) -> Rows:
        """The rows of one line."""
        start, stop = self._first[line], self._first[line + 1]
        return {name: column[start:stop] for name, column in self._rows.items()}


def _plus(total: np.ndarray, part: np.ndarray) -> np.ndarray:
    """The sum of what is known; nan where nothing is."""
    return np.where(np.isnan(total), part, total + np.nan_to_num(part))
