"""Likeness: of the earlier days, those that ran as today does so far count most.

Each like day starts with its weight by age. As the day goes on, days that ran as today does gain weight: by all
sensors together (the weather, a Friday, a holiday's eve) and by the sensor's own course. Nothing here is fitted: it is
a state, and causal by construction.
"""

from dataclasses import dataclass, field

import numpy as np

ALIKE_ALL = 4.0
ALIKE_OWN = 1
MEMORY_S = 8 * 3600  # [M] what ran alike counts less with time
DOUBT_ALL, DOUBT_OWN = 2.0, 4.0  # [M] slots after which likeness is half believed
QUIET = 0.01  # [K] share of capacity added to the level that noise is measured against: its root is the unit
FLOOR = 0.4  # [K] of the mean distance: days that agree to the last person do not take all the weight


@dataclass(slots=True)
class LikeDays:
    """One day's like days and how alike each has been so far.

    values [slots + reach, L, S]: the like days by slot, then the usual start of the following day; missing values
    are nan here and 0 in `filled`. prior [L]; capacity [S]; memory: what a distance is worth one slot later.
    Distances are in units of the root of the usual level, as the noise of counts is: `scale` [slots, S]. Their sums are
    the state: over all sensors [L], by sensor [L, S].
    """

    values: np.ndarray
    prior: np.ndarray
    capacity: np.ndarray
    memory: float
    known: np.ndarray = field(init=False)
    whole: np.ndarray = field(init=False)
    scale: np.ndarray = field(init=False)
    apart_all: np.ndarray = field(init=False)
    seen_all: np.ndarray = field(init=False)
    apart_own: np.ndarray = field(init=False)
    seen_own: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        _, like, sensors = self.values.shape
        kind = self.values.dtype
        self.prior = self.prior.astype(kind)
        self.known = np.isfinite(self.values)
        self.whole = self.known.all(axis=(1, 2))
        self.values = np.where(self.known, self.values, kind.type(0))
        total = np.einsum("l,kls->ks", self.prior, self.known.astype(kind))
        usual = np.einsum("l,kls->ks", self.prior, self.values) / np.maximum(total, self.prior.min())
        unit = np.sqrt(np.maximum(usual, 0) * self.capacity + QUIET * self.capacity**2)
        self.scale = np.divide(1, unit, out=np.zeros_like(unit), where=np.isfinite(unit))
        self.apart_all, self.seen_all = np.zeros(like, kind), np.zeros(like, kind)
        self.apart_own, self.seen_own = np.zeros((like, sensors), kind), np.zeros((like, sensors), kind)

    def expect(self, slot: int, reach: int) -> tuple[np.ndarray, np.ndarray]:
        """What is usual at this slot and for `reach` steps ahead, as far as the day is known.

        Returns (path [reach + 1, S], nan where no like day has a value; days int [S], how many have one at this slot).
        """
        coming = slice(slot, slot + reach + 1)
        weights = self.prior[:, None] * self._likeness()
        sums = np.einsum("ls,kls->ks", weights, self.values[coming])
        if self.whole[coming].all():
            return sums / weights.sum(0), np.full(sums.shape[1], len(self.prior))
        total = np.einsum("ls,kls->ks", weights, self.known[coming].astype(weights.dtype))
        path = np.divide(sums, total, out=np.full_like(sums, np.nan), where=total > 0)
        return path, self.known[slot].sum(0)

    def compare(self, counts: np.ndarray, slot: int) -> None:
        """Learn from counts [S] of this slot (nan = missing) how far each like day is from today."""
        told = np.isfinite(counts)
        now, scale = np.where(told, counts, 0).astype(self.scale.dtype), self.scale[slot] * told
        self.apart_all *= self.memory
        self.seen_all *= self.memory
        for row, then in enumerate(self.values[slot]):  # day by day: a row stays in the processor's cache
            heard = told if self.whole[slot] else told & self.known[slot, row]
            apart = np.abs(now - then) * scale
            if not self.whole[slot]:
                apart *= heard
            sensors = np.count_nonzero(heard & (scale > 0))
            self.apart_all[row] += apart.sum() / max(sensors, 1)
            self.seen_all[row] += sensors > 0
            for state, new in ((self.apart_own[row], apart), (self.seen_own[row], heard)):
                state *= self.memory
                state += new

    def _likeness(self) -> np.ndarray:
        """exp(−how much further away than the nearest), all sensors times the sensor's own, [L, S]."""
        everywhere = _excess(self.apart_all[:, None], self.seen_all[:, None], DOUBT_ALL)
        own = _excess(self.apart_own, self.seen_own, DOUBT_OWN)
        return np.exp(-(ALIKE_ALL * everywhere + ALIKE_OWN * own))


def _excess(apart: np.ndarray, seen: np.ndarray, doubt: float) -> np.ndarray:
    """How much further each day is than the nearest, relative to it, believed the more the more was seen; [L, …]."""
    compared = seen > 0
    mean = apart / np.maximum(seen, FLOOR)
    nearest = np.min(mean, axis=0, where=compared, initial=np.inf)
    unit = np.maximum(nearest, FLOOR * mean.mean(0))
    unit = np.where(np.isfinite(unit) & (unit > 0), unit, np.inf)
    return np.maximum(mean - nearest, 0) / unit * (seen / (seen + doubt))
