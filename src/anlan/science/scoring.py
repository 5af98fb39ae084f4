"""Scoring: which crossings of capacity were foretold, how early, and how often a warning was for nothing.

A crossing is the first column at or above capacity after `reach` columns below it. It is foretold if a warning rang
within the `reach` columns before, while the count was still below; its lead is how early the first of those rang.
Warnings no further apart than `reach` are one; it was right if capacity was reached between its first column and
`reach` after its last. Source: tools/bench.py [S], which these figures agree with to the last warning.
"""

from dataclasses import dataclass

import numpy as np

LEVELS_TRIED = 45  # [S] tools/bench.py: from the loudest 0.02 % of scores to the loudest quarter
LOUDEST, QUIETEST = 2e-4, 0.25


@dataclass(frozen=True, slots=True)
class Tally:
    """Crossings; how many were foretold with a lead of at least 1 … reach columns; false and right warnings."""

    crossings: int
    foretold: tuple[int, ...]
    false: int
    right: int

    def recall(self, lead: int) -> float:
        """The share of crossings foretold at least `lead` columns ahead; 0 where there were none."""
        return self.foretold[lead - 1] / max(self.crossings, 1)

    @property
    def precision(self) -> float:
        """The share of warnings that were right; 0 where none rang."""
        return self.right / max(self.false + self.right, 1)


class Ground:
    """What happened, prepared for scoring warnings against it many times.

    counts [S, T] (nan = missing), capacity [S]; reach: columns a warning looks ahead; stretch: columns of a day
    that stands alone (nothing is foretold across its end), or None where time runs through.
    """

    def __init__(self, *, counts: np.ndarray, capacity: np.ndarray, reach: int, stretch: int | None) -> None:
        self.reach = reach
        columns = counts.shape[1]
        self.stretch = np.arange(columns) // (stretch or columns)
        last = np.flatnonzero(np.r_[self.stretch[1:] != self.stretch[:-1], True])
        self.ends = last[self.stretch]
        reached = counts >= capacity[:, None]
        self.below = counts < capacity[:, None]
        self.reached_before = np.pad(np.cumsum(reached, axis=1), ((0, 0), (1, 0)))
        self.onsets = self._find_onsets(reached)

    def _find_onsets(self, reached: np.ndarray) -> np.ndarray:
        starts = np.r_[True, self.stretch[1:] != self.stretch[:-1]]
        begun = np.maximum.accumulate(np.where(starts, np.arange(len(starts)), 0))
        since = np.maximum(np.arange(len(starts)) - self.reach, begun)
        earlier = self.reached_before[:, :-1] - np.take(self.reached_before, since, axis=1)
        return reached & (earlier == 0) & ~starts

    def tally(
        self, ringing: np.ndarray, *, first: int, last: int, crossings: np.ndarray | None = None
    ) -> Tally:
        """Score warnings bool [S, T] on the columns first … last − 1; `crossings` bool [S, T] narrows which count."""
        ringing = ringing & self.below
        ringing[:, :first] = ringing[:, last:] = False
        onsets = self.onsets if crossings is None else self.onsets & crossings
        sensor, column = np.nonzero(onsets[:, first:last])
        column = column + first
        lead = np.zeros(len(column), int)
        for step in range(1, self.reach + 1):
            then = column - step
            same = (then >= first) & (self.stretch[np.maximum(then, 0)] == self.stretch[column])
            lead[same & ringing[sensor, np.maximum(then, 0)]] = step
        right, false = self._judge_warnings(ringing)
        foretold = tuple(int((lead >= step).sum()) for step in range(1, self.reach + 1))
        return Tally(len(column), foretold, false, right)

    def _judge_warnings(self, ringing: np.ndarray) -> tuple[int, int]:
        sensor, column = np.nonzero(ringing)
        if not len(sensor):
            return 0, 0
        apart = (np.diff(sensor) != 0) | (np.diff(column) > self.reach) | (np.diff(self.stretch[column]) != 0)
        begin = np.flatnonzero(np.r_[True, apart])
        end = np.r_[begin[1:] - 1, len(sensor) - 1]
        until = np.minimum(column[end] + self.reach, self.ends[column[begin]])
        rows = sensor[begin]
        came = self.reached_before[rows, until + 1] - self.reached_before[rows, column[begin] + 1]
        return int((came > 0).sum()), int((came == 0).sum())


def fit_level(ground: Ground, scores: np.ndarray, *, first: int, last: int, allowed: float) -> float:
    """The lowest alarm level of scores [S, T] with at most `allowed` false warnings on columns first … last − 1.

    Levels are tried from the loudest down until one overruns; the loudest is taken if even it does. inf where there
    is no score to fit on.
    """
    heard = scores[:, first:last][ground.below[:, first:last] & np.isfinite(scores[:, first:last])]
    if not heard.size:
        return np.inf
    best = None
    for level in np.unique(np.quantile(heard, 1 - np.geomspace(LOUDEST, QUIETEST, LEVELS_TRIED)))[::-1]:
        tally = ground.tally(scores >= level, first=first, last=last)
        if best is not None and tally.false > allowed:
            break
        best = float(level)
    return best
