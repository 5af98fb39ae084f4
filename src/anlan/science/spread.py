"""Spread: how far off a forecast may be, and from it the chance that capacity is reached.

The spread grows with the level, as the noise of counts does, and each sensor has its own factor. Errors are taken as
logistic: real counts have heavier tails than a bell curve.
"""

from dataclasses import dataclass

import numpy as np

LEVEL_CEILING = 1.2  # of capacity: beyond, the spread grows no more
LEAST_SPREAD2, LEAST_GROWTH = 1e-5, 1e-4  # [K] squares of shares of capacity
TRUST = 10.0  # [M] readings' worth of belief that a sensor is like the others
OUTLIER = 16.0  # [K] squares of the spread: an error beyond four spreads counts as four
FEW_ROWS = 50
FIRST_SPREAD2, FIRST_GROWTH = 5e-4, 8e-3  # [M] of the flows of 220 stations, used until a history is there
TOGETHER_SHARE = 0.5  # [M] moments whose errors are one still have a chance each of their own
FIRST_TOGETHER = 0.25  # [M] until a history is there
SURE = 60.0  # spreads: e^60 is still a number in float32
LOGISTIC = float(np.pi / np.sqrt(3))  # spread of the standard logistic


@dataclass(frozen=True, slots=True)
class Spread:
    """Squared spread = (base + growth · level) · factor of the sensor, in squares of shares of capacity."""

    base: float
    growth: float
    factor: np.ndarray

    def at(self, level: np.ndarray) -> np.ndarray:
        """The spread [S, …] where a share of capacity `level` [S, …] is expected."""
        factor = self.factor.astype(level.dtype).reshape(-1, *[1] * (level.ndim - 1))
        return np.sqrt((self.base + self.growth * np.clip(np.nan_to_num(level), 0, LEVEL_CEILING)) * factor)


def fit_spread(*, errors: np.ndarray, level: np.ndarray, sensors: int, high_only: bool) -> Spread:
    """The spread of these errors [S, n] at these levels [S, n], both in shares of capacity; nan is left out.

    `high_only`: a sensor's own factor is judged where it is busy, which is where capacity may be reached.
    """
    known = np.isfinite(errors) & np.isfinite(level)
    square, at = errors[known].astype(float) ** 2, np.clip(level[known], 0, LEVEL_CEILING).astype(float)
    if len(square) < FEW_ROWS:
        return Spread(FIRST_SPREAD2, FIRST_GROWTH, np.ones(sensors))
    square = np.minimum(square, OUTLIER * max(np.quantile(square, 0.9), LEAST_SPREAD2))
    line = np.linalg.lstsq(np.stack([np.ones_like(at), at], axis=1), square, rcond=None)[0]
    base, growth = max(line[0], LEAST_SPREAD2), max(line[1], LEAST_GROWTH)
    against = base + growth * np.clip(np.nan_to_num(level), 0, LEVEL_CEILING)
    weight = known * (np.clip(np.nan_to_num(level), 0, 1) ** 2 if high_only else 1.0)
    relative = np.minimum(np.where(known, np.nan_to_num(errors) ** 2, 0) / against, OUTLIER)
    factor = ((weight * relative).sum(1) + TRUST) / (weight.sum(1) + TRUST)
    return Spread(float(base), float(growth), factor)


def compute_hazards(*, forecast: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """How surely each moment reaches capacity: −log(1 − P), from shares of capacity and their spread; nan gives 0."""
    return np.nan_to_num(np.log(1 + np.exp(np.clip(LOGISTIC * (forecast - 1) / spread, -SURE, SURE))))


def join_hazards(hazards: np.ndarray, together: float) -> np.ndarray:
    """The chance in [0, 1] that any of the moments [k, S, …] reaches capacity.

    `together` in [0, 1] is how far their errors go together: 0, each moment is another throw (the hazards add);
    1, the surest of them decides. Flows of passengers are near 0.1, stocks of people near 0.4 [M].
    """
    joint = (1 - together) * hazards.sum(0) + together * hazards.max(0)
    return -np.expm1(-joint)


def fit_together(relative_errors: np.ndarray) -> float:
    """How far the errors of neighbouring horizons [K, S, n] go together: a share of their correlation, in [0, 1]."""
    first, second = relative_errors[:-1], relative_errors[1:]
    known = np.isfinite(first) & np.isfinite(second)
    if known.sum() < FEW_ROWS:
        return FIRST_TOGETHER
    a, b = first[known].astype(float), second[known].astype(float)
    size = np.sqrt((a * a).sum() * (b * b).sum())
    return TOGETHER_SHARE * float(np.clip((a * b).sum() / size, 0, 1)) if size > 0 else FIRST_TOGETHER
