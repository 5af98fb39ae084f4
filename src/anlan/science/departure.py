"""Departure: how today differs from the usual, and how much of it lasts.

The expected value k steps ahead is the profile there plus four parts of today's departure, each with a factor fitted
over all sensors: the sensor's own now, its own a little earlier, the usual scaled by today's ratio, and the usual
scaled by what all sensors show together. Everything is in shares of capacity.
"""

from dataclasses import dataclass

import numpy as np

LAGS = 4  # columns that a departure looks back over, the present one included
RATIO_MEMORY = 0.6  # [S] tools/bench.py: weights of the ratio form
RATIO_ANCHOR = 0.05  # [S] of capacity, so that small numbers make no large ratio
RATIO_BOUNDS = (0.2, 5.0)  # [S]
COMMON_BOUNDS = (-0.5, 0.5)  # [K]
FIRST_LASTING = 0.8  # [M] of a departure from one step to the next, until a history is there
FEW_ROWS = 50
RIDGE = 1e-3  # [K]
PRIOR_ROWS = 20.0  # [K] what is fitted starts from the usual factors, worth this many readings
PARTS = 5
PRIOR = np.array([0.2, 0.1, 0.1, 0.1, 0.1])  # [M] factors found on the flows of 220 stations, an hour ahead


@dataclass(frozen=True, slots=True)
class Recent:
    """The last LAGS columns, newest first, each [LAGS, S, …] in shares of capacity; missing nan."""

    counts: np.ndarray
    usual: np.ndarray

    @property
    def departures(self) -> np.ndarray:
        """Counts less the usual; nan where either is missing."""
        return self.counts - self.usual


def fill_departures(departures: np.ndarray, lasting: float) -> np.ndarray:
    """Departures [LAGS, S, …], newest first, without gaps.

    A missing one is the older known one, fading by `lasting` a step; between two known ones, halfway; before the
    oldest known one, that; 0 where none of the LAGS columns has one.
    """
    older, newer = departures.copy(), departures.copy()
    for lag in range(len(departures) - 2, -1, -1):
        older[lag] = np.where(np.isfinite(older[lag]), older[lag], lasting * older[lag + 1])
    for lag in range(1, len(departures)):
        newer[lag] = np.where(np.isfinite(newer[lag]), newer[lag], newer[lag - 1])
    newer = np.where(np.isfinite(newer), newer, older)
    older = np.where(np.isfinite(older), older, newer)
    return np.nan_to_num((older + newer) / 2)


def compute_ratio(recent: Recent) -> np.ndarray:
    """Today's level over the usual level, over the columns where both are known; 1 where nothing is."""
    both = np.isfinite(recent.counts) & np.isfinite(recent.usual)
    weights = (RATIO_MEMORY ** np.arange(LAGS)).reshape(-1, *[1] * (recent.counts.ndim - 1))
    weights = weights.astype(recent.counts.dtype)
    today = (weights * np.where(both, recent.counts, 0)).sum(0) + RATIO_ANCHOR
    usual = np.maximum((weights * np.where(both, recent.usual, 0)).sum(0), 0) + RATIO_ANCHOR
    return np.clip(today / usual, *RATIO_BOUNDS)


def compute_common(recent: Recent, capacity: np.ndarray) -> np.ndarray:
    """How much more than usual all sensors show together now, as a share of their usual, [1, …]."""
    both = np.isfinite(recent.counts[0]) & np.isfinite(recent.usual[0])
    people = np.nan_to_num(capacity).reshape(-1, *[1] * (both.ndim - 1))
    extra = (np.where(both, recent.departures[0], 0) * people).sum(0, keepdims=True)
    usual = (np.where(both, recent.usual[0], 0) * people).sum(0, keepdims=True)
    share = np.divide(extra, usual, out=np.zeros(usual.shape, usual.dtype), where=usual > 0)
    return np.clip(share, *COMMON_BOUNDS)


@dataclass(frozen=True, slots=True)
class Departure:
    """What a moment says of today: own now, own a little earlier [S, …], ratio [S, …], common [1, …]."""

    now: np.ndarray
    before: np.ndarray
    earlier: np.ndarray
    ratio: np.ndarray
    common: np.ndarray

    @classmethod
    def of(cls, recent: Recent, capacity: np.ndarray, lasting: float) -> "Departure":
        """Read from the last columns; capacity [S] weighs the sensors in what they show together."""
        departures = fill_departures(recent.departures, lasting)
        return cls(
            now=departures[0],
            before=departures[1],
            earlier=departures[2:].mean(0),
            ratio=compute_ratio(recent),
            common=compute_common(recent, capacity),
        )

    def parts(self, ahead: np.ndarray) -> np.ndarray:
        """The four parts [PARTS, S, …] for a moment where `ahead` [S, …] is usual."""
        usual = np.nan_to_num(ahead)
        return np.stack([self.now, self.before, self.earlier, usual * (self.ratio - 1), usual * self.common])


def fit_lasting(now: np.ndarray, before: np.ndarray) -> float:
    """How much of a departure lasts to the next step: the slope of departures [S, n] on those a step before."""
    known = np.isfinite(now) & np.isfinite(before)
    size = (before[known].astype(float) ** 2).sum()
    if known.sum() < FEW_ROWS or size <= 0:
        return FIRST_LASTING
    return float(np.clip((now[known] * before[known]).sum(dtype=float) / size, 0, 1))


def fit_factors(parts: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The factor of each part, float [PARTS], by least squares over every sensor and column, drawn towards PRIOR.

    parts [PARTS, S, n]; target [S, n]: what came, less the profile there, in shares of capacity; nan is left out.
    """
    known = np.isfinite(target)
    rows = parts[:, known].T.astype(float)
    square = rows.T @ rows
    scale = np.diag(square) / max(len(rows), 1)
    pull = np.diag(scale * (RIDGE * len(rows) + PRIOR_ROWS) + 1e-9)
    return np.linalg.solve(square + pull, rows.T @ target[known] + pull @ PRIOR)
