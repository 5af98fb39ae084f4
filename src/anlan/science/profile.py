"""Profile: what like days had at this time of day, the days most like today so far counting most.

A day is compared with up to ten earlier days of its kind. Each starts with a weight by age; as the day goes on, days
that ran as today does gain weight: by all sensors together (the weather, a Friday, a holiday's eve) and by the
sensor's own course. Nothing here is fitted: the profile is a state, and causal by construction.
"""

from dataclasses import dataclass, field

import numpy as np

LIKE_DAYS = 10  # [S] warning.md: ten like days
AGE_WEIGHT = 0.85  # [S] warning.md: weights .85^j
ENOUGH_DAYS = 3  # [S] warning.md: own profile from day 3; below, days of other kinds fill up
OTHER_KIND = 0.25  # [K] weight of a day of another kind while there are too few of its own
ALIKE_ALL = 4.0
ALIKE_OWN = 1
MEMORY_S = 8 * 3600  # [M] what ran alike counts less with time
DOUBT_ALL, DOUBT_OWN = 2.0, 4.0  # [M] slots after which likeness is half believed
QUIET = 0.01  # [K] share of capacity added to the level that noise is measured against: its root is the unit
GAP_S = 2 * 3600  # [K] a gap in an earlier day is bridged if known values lie this near
FLOOR = 0.4  # [K] of the mean distance: days that agree to the last person do not take all the weight


def pick_like_days(day_kind: np.ndarray, day: int) -> tuple[np.ndarray, np.ndarray]:
    """Earlier days to compare `day` with, newest first, and their weights before anything of it is known.

    day_kind: labels [days]; `day` may lie one past the end (its kind unknown: every day is alike).
    Returns (days int [L], weights float [L]), L ≤ LIKE_DAYS; both empty for the first day.
    """
    past = np.arange(day - 1, -1, -1)
    alike = day_kind[past] == day_kind[day] if day < len(day_kind) else np.ones(len(past), bool)
    own = past[alike][:LIKE_DAYS]
    weights = AGE_WEIGHT ** np.arange(len(own))
    if len(own) < ENOUGH_DAYS:
        others = past[~alike][: ENOUGH_DAYS - len(own)]
        own = np.concatenate([own, others])
        weights = np.concatenate([weights, OTHER_KIND * AGE_WEIGHT ** np.arange(len(others))])
    return own, weights


def average_days(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The weighted mean over the first axis of values [L, …], missing values (nan) left out; nan where all are."""
    known = np.isfinite(values)
    total = np.where(known, weights, 0).sum(0)
    mean = np.where(known, weights * np.where(known, values, 0), 0).sum(0)
    return np.divide(mean, total, out=np.full(total.shape, np.nan), where=total > 0)


def bridge_gaps(values: np.ndarray, weights: np.ndarray, most: int) -> np.ndarray:
    """Earlier days values [L, S, slots] with their gaps bridged; gaps with no known value within `most` slots stay.

    A missing value is the mean of the other days there, moved by how far this day lay from them before and after the
    gap: days at different levels would else make a step in the profile where one of them is missing.
    """
    mean = average_days(values, weights[:, None, None])
    apart = values - mean
    known = np.isfinite(apart)
    if known.all():
        return values
    slots = np.arange(values.shape[-1])
    before = np.maximum.accumulate(np.where(known, slots, -1), axis=-1)
    after = np.minimum.accumulate(np.where(known, slots, len(slots))[..., ::-1], axis=-1)[..., ::-1]
    to_before, to_after = slots - before, after - slots
    left = np.take_along_axis(apart, np.maximum(before, 0), -1)
    right = np.take_along_axis(apart, np.minimum(after, len(slots) - 1), -1)
    left_near, right_near = (before >= 0) & (to_before <= most), (after < len(slots)) & (to_after <= most)
    share = np.where(left_near & right_near, to_before / np.maximum(to_before + to_after, 1), right_near)
    moved = np.where(left_near, (1 - share) * left, 0) + np.where(right_near, share * right, 0)
    return np.where(~known & (left_near | right_near), mean + moved, values)


@dataclass(slots=True)
class LikeDays:
    """One day's like days and how alike each has been so far.

    values [L, S, slots + reach]: the like days, then the usual start of the following day (nan in broken days).
    prior [L]. The sums of distances are the state: over all sensors [L], by sensor [L, S].
    """

    values: np.ndarray
    prior: np.ndarray
    capacity: np.ndarray
    memory: float
    apart_all: np.ndarray = field(init=False)
    seen_all: np.ndarray = field(init=False)
    apart_own: np.ndarray = field(init=False)
    seen_own: np.ndarray = field(init=False)
    usual: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        like, sensors = self.values.shape[:2]
        kind = self.values.dtype
        self.apart_all, self.seen_all = np.zeros(like), np.zeros(like)
        self.apart_own, self.seen_own = np.zeros((like, sensors), kind), np.zeros((like, sensors), kind)

    def expect(self, counts: np.ndarray, slot: int, reach: int) -> tuple[np.ndarray, np.ndarray]:
        """What is usual now and for `reach` steps ahead, knowing counts [S] of this slot and those before.

        Slots must come in order; a slot may be left out. Returns (path [reach + 1, S], nan where no like day has a
        value; days int [S], how many like days have a value at this slot).
        """
        ahead = self.values[:, :, slot : slot + reach + 1]
        weights = self.prior[:, None].astype(self.values.dtype)
        if len(self.prior) > 1:
            self._compare(counts, ahead[:, :, 0])
            weights = weights * self._likeness()
        known = np.isfinite(ahead)
        share = weights[:, :, None] * known
        total = share.sum(0)
        mean = np.einsum("lsk,lsk->sk", share, np.where(known, ahead, 0))
        path = np.divide(mean, total, out=np.full(total.shape, np.nan, total.dtype), where=total > 0)
        return path.T, known[:, :, 0].sum(0)

    def _compare(self, counts: np.ndarray, then: np.ndarray) -> None:
        """Add this slot's distances, in units of the root of the usual level."""
        usual = average_days(then, self.prior[:, None])
        unit = np.sqrt(np.maximum(usual, 0) * self.capacity + QUIET * self.capacity**2)
        apart = np.abs(counts - then) / unit
        known = np.isfinite(apart)
        apart = np.where(known, apart, 0)
        heard = known.sum(1)
        any_heard = heard > 0
        mean = np.divide(apart.sum(1), heard, out=np.zeros(len(heard)), where=any_heard)
        self.apart_all *= self.memory
        self.apart_all += mean
        self.seen_all *= self.memory
        self.seen_all += any_heard
        self.apart_own *= self.memory
        self.apart_own += apart
        self.seen_own *= self.memory
        self.seen_own += known

    def _likeness(self) -> np.ndarray:
        """exp(−how much further away than the nearest), all sensors times the sensor's own, [L, S]."""
        everywhere = _excess(self.apart_all, self.seen_all) * (ALIKE_ALL * _belief(self.seen_all, DOUBT_ALL))
        own = _excess(self.apart_own, self.seen_own) * (ALIKE_OWN * _belief(self.seen_own, DOUBT_OWN))
        return np.exp(-everywhere[:, None].astype(own.dtype) - own)


def _belief(seen: np.ndarray, doubt: float) -> np.ndarray:
    return seen / (seen + doubt)


def _excess(apart: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """How much further each day is than the nearest, relative to the nearest; 0 where nothing was compared."""
    mean = np.divide(apart, seen, out=np.full(apart.shape, np.nan, apart.dtype), where=seen > 0)
    known = np.isfinite(mean)
    nearest = np.where(known, mean, np.inf).min(0)
    middle = np.where(known, mean, 0).sum(0) / np.maximum(known.sum(0), 1)
    unit = np.maximum(nearest, FLOOR * middle)
    good = known & (unit > 0)
    return np.divide(mean - nearest, unit, out=np.zeros(mean.shape, mean.dtype), where=good)
