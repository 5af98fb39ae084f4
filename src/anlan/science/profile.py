"""Profile: which earlier days a day is compared with, and what they had at each time of day."""

import numpy as np

LIKE_DAYS = 10  # [S] warning.md: ten like days
AGE_WEIGHT = 0.85  # [S] warning.md: weights .85^j
ENOUGH_DAYS = 3  # [S] warning.md: own profile from day 3; below, days of other kinds fill up
OTHER_KIND = 0.25  # [K] weight of a day of another kind while there are too few of its own
BRIDGE_PASSES = 4  # [M] each leaves a tenth to a third of what the one before left
GAP_S = 2 * 3600  # [K] a gap in an earlier day is bridged if known values lie this near


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

    A missing value is the mean of the days there, moved by how far this day lay from it before and after the gap:
    days at different levels would else make a step in the profile where one of them is missing. The mean is that of
    the bridged days, hence the passes.
    """
    known = np.isfinite(values)
    if known.all():
        return values
    slots = np.arange(values.shape[-1])
    before = np.maximum.accumulate(np.where(known, slots, -1), axis=-1)
    after = np.minimum.accumulate(np.where(known, slots, len(slots))[..., ::-1], axis=-1)[..., ::-1]
    to_before, to_after = slots - before, after - slots
    left_near, right_near = (before >= 0) & (to_before <= most), (after < len(slots)) & (to_after <= most)
    share = np.where(left_near & right_near, to_before / np.maximum(to_before + to_after, 1), right_near)
    gap = ~known & (left_near | right_near)
    bridged = values
    for _ in range(BRIDGE_PASSES):
        mean = average_days(bridged, weights[:, None, None])
        apart = values - mean
        left = np.take_along_axis(apart, np.maximum(before, 0), -1)
        right = np.take_along_axis(apart, np.minimum(after, len(slots) - 1), -1)
        moved = np.where(left_near, (1 - share) * left, 0) + np.where(right_near, share * right, 0)
        bridged = np.where(gap, mean + moved, values)
    return bridged
