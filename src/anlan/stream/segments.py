"""A space's past between its baselines: each stretch is anchored where the number is known."""

from typing import NamedTuple

import numpy as np

from anlan.science.drift import FIRST_SPREAD
from anlan.stream.record import Record

FOR_EVER = 2**31  # minutes


class Now(NamedTuple):
    """A space at present: its number by passages (not rounded), who came in since the newest baseline, and how both
    are read."""

    raw: float
    came: float
    factor: float
    spread: float


class Segments:
    """The stretches between baselines that the minutes [first, end) of a space lie in.

    `until` is the minute up to which passages after `end` must be known: where the last stretch ends, if its
    number is known nowhere within the range, or for ever.
    """

    def __init__(self, record: Record, space: str, first: int, end: int) -> None:
        self._rows, self._first, self._n = record.of(space), first, end - first
        self._estimates, self._is_cut = record.estimates_of(space), record.is_cut(space)
        self._starts = self._rows["minute"]
        self._of = np.searchsorted(self._starts, np.arange(first, end), side="right")
        self._ids = np.arange(self._of[0], self._of[-1] + 1) if self._n else np.zeros(0, np.int64)
        self.until = self._until()

    def _until(self) -> int:
        last = self._ids[-1] if self._n else 0
        if last == len(self._starts):
            return FOR_EVER
        begins_within = last > 0 and self._starts[last - 1] >= self._first
        return 0 if begins_within else int(self._starts[last])

    def spread(self, now: float) -> np.ndarray:
        """How unsure the number becomes for each person counted in, by minute."""
        return self._by_segment("spread", FIRST_SPREAD, now)[self._of]

    def _by_segment(self, name: str, first: float, now: float) -> np.ndarray:
        """A column of what holds from each baseline on, the first stretch before, the last one as now."""
        column = np.append(first, self._rows[name])
        column[-1] = now
        return column

    def reckon(self, passed: np.ndarray, later: np.ndarray, now: Now) -> tuple[np.ndarray, np.ndarray]:
        """(number of people, people counted in since the baseline before) at the end of each minute, float64.

        passed: int [2, minutes], in and out; later: [2], the same of all minutes from the end to `until`.
        """
        if not self._n:
            return np.zeros(0), np.zeros(0)
        factor = self._by_segment("factor", 1.0, now.factor)
        moved = factor[self._of] * passed[0] - passed[1]
        within, after = self._estimated()
        last = self._ids[-1]
        later_moved = factor[last] * later[0] - later[1] + after
        number = self._anchored(
            moved + within, later_moved, now.raw, at_start=self._rows["value"], at_end=self._rows["before"]
        )
        if self._is_cut:
            number[self._of == 0] = np.nan
        came = self._anchored(
            passed[0].astype(float), later[0], now.came,
            at_start=np.zeros(len(self._starts)), at_end=self._rows["segment_in"],
        )  # fmt: skip
        return number, came

    def _estimated(self) -> tuple[np.ndarray, float]:
        """What estimates added in each minute, and after the range."""
        at, added = self._estimates["minute"] - self._first, self._estimates["added"]
        inside = (at >= 0) & (at < self._n)
        within = np.bincount(at[inside], added[inside], self._n)
        after = (at >= self._n) & (self._estimates["minute"] < self.until)
        return within, float(added[after].sum())

    def _anchored(
        self, moved: np.ndarray, later: float, now: float, *, at_start: np.ndarray, at_end: np.ndarray
    ) -> np.ndarray:
        """Running sums of `moved`, each stretch moved to where its level is known: its start, else its end, else now."""
        total = np.append(0.0, np.cumsum(moved))
        begin = np.append(-FOR_EVER, self._starts)[self._ids] - self._first
        finish = np.append(self._starts, FOR_EVER)[self._ids] - self._first
        last_known = np.append(at_end, now)[self._ids]
        by_start = np.append(0.0, at_start)[self._ids] - total[np.clip(begin, 0, self._n)]
        by_end = last_known - total[np.clip(finish, 0, self._n)] - np.where(finish > self._n, later, 0.0)
        newest = self._ids == len(self._starts)
        level = np.where((begin >= 0) & ~newest, by_start, by_end)
        return total[1:] + level[self._of - self._ids[0]]
