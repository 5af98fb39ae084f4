"""A space's past by minute, put together from the history of its lines."""

import copy
from collections.abc import Sequence

import numpy as np

from anlan.science.drift import compute_occupancy_band
from anlan.stream.chunks import Rows
from anlan.stream.history import History
from anlan.stream.passed import Passed
from anlan.stream.readings import Kind
from anlan.stream.segments import Now, Segments
from anlan.stream.state import MINUTE_MS, State
from anlan.stream.topology import Wiring

HOLD_MIN = 15  # a measured presence stands for this long without a newer one; then it is unknown


class Past:
    """What a question about the past needs, taken at one moment; answering it then holds nobody up.

    Passages are reckoned with the present topology, from one baseline to the next and backwards from the present
    number, so that a late reading or a correction moves the past as well.
    """

    def __init__(self, history: History, wiring: Wiring, state: State) -> None:
        self._rows = history.at_hand()
        self._flow, self._presence = copy.copy(wiring.flow), copy.copy(wiring.presence)
        self._index, self._codes, self._parent = wiring.index, wiring.codes, wiring.parent
        self._has_presence = wiring.has_presence
        present = slice(state.spaces.n)
        self._raw = state.spaces.read_raw(present)
        self._came, self._factor, self._spread = (
            getattr(state.spaces, name)[present].copy() for name in ("came", "factor", "spread")
        )
        self._has_flow = state.spaces.has_flow[: state.spaces.n].copy()
        self._now_ms, self._n_lines = state.now_ms, wiring.n_lines

    def minutes(
        self, spaces: Sequence[str], *, from_ms: int, to_ms: int, step_min: int
    ) -> dict[str, dict[str, np.ndarray]]:
        """History of some spaces in steps of whole minutes, with one look at the rows for all of them.

        By space: t_ms (start of each step, int64), occupancy (at its end, float64, nan unknown), band (half its
        width), in and out (passages, int64). Raises ValueError on an unknown space or a step below 1.
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
        self._passed = Passed(self._flow, wanted, self._n_lines, first, end)
        for rows in self._rows.flow(flow, first * MINUTE_MS, end * MINUTE_MS):
            self._passed.add(rows)
        self._read_later(np.flatnonzero(wanted & self._has_flow & ~self._has_presence), first, end)
        since_ms = (first - HOLD_MIN) * MINUTE_MS
        values = self._rows.values(presence, Kind.OCCUPANCY, since_ms, end * MINUTE_MS)
        self._value_rows = _ByLine(values, self._n_lines)

    def _read_later(self, positions: np.ndarray, first: int, end: int) -> None:
        """What passed after the range, until the number is known: at the next baseline, or now."""
        self._segments = {
            at: Segments(self._rows.record, self._codes[at], first, end) for at in positions.tolist()
        }
        by_until: dict[int, list[int]] = {}
        for at, segments in self._segments.items():
            if segments.until > end:
                by_until.setdefault(segments.until, []).append(at)
        self._later = {}
        for until, group in by_until.items():
            lines = self._flow.line[np.isin(self._flow.space, group)]
            passed = self._rows.passed(lines, end * MINUTE_MS, until * MINUTE_MS, n_lines=self._n_lines)
            for at in group:
                entries = np.flatnonzero(self._flow.space == at)
                turned = np.where(self._flow.sign[entries] > 0, 0, 1)
                line = self._flow.line[entries]
                self._later[at] = np.array([passed[turned, line].sum(), passed[1 - turned, line].sum()])

    def _steps(self, position: int, first: int, end: int, step_min: int) -> dict[str, np.ndarray]:
        n = (end - first) // step_min
        passed = self._passed.of(position)
        occupancy, band = self._occupancy(position, first, passed)
        return {
            "t_ms": (first + np.arange(n) * step_min) * MINUTE_MS,
            "occupancy": occupancy[step_min - 1 :: step_min],
            "band": band[step_min - 1 :: step_min],
            "in": passed[0].reshape(n, step_min).sum(1),
            "out": passed[1].reshape(n, step_min).sum(1),
        }

    def _occupancy(self, position: int, first: int, passed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(occupancy, half the width of its band) at the end of each minute, float64.

        By the same order of sources as `spaces.compute_occupancy`.
        """
        n = passed.shape[1]
        if self._has_presence[position]:
            return self._measured(position, first, first + n), np.zeros(n)
        if self._has_flow[position]:
            return self._reckoned(position, first, passed)
        total, band = np.full(n, np.nan), np.zeros(n)
        for child in np.flatnonzero(self._parent == position).tolist():
            part, unsure = self._occupancy(child, first, self._passed.of(child))
            total, band = _plus(total, part), band + unsure
        return total, band

    def _reckoned(self, position: int, first: int, passed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """From passages: between two baselines from what the first one set, after the newest back from now.

        nan for minutes yet to come, and for those before the oldest baseline that is remembered.
        """
        segments = self._segments[position]
        now = Now(*(array[position] for array in (self._raw, self._came, self._factor, self._spread)))
        later = self._later.get(position, np.zeros(2, np.int64))
        occupancy, came = segments.reckon(passed, later, now)
        minute = first + np.arange(passed.shape[1])
        occupancy[minute > self._now_ms // MINUTE_MS] = np.nan
        band = compute_occupancy_band(
            came=came, spread=segments.spread(now.spread), imputed=np.zeros(len(minute))
        )
        return np.maximum(np.rint(occupancy), 0), band

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
