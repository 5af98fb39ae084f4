"""Peers: the simple methods that a warning must beat, as tools/bench.py writes them down [S].

Each takes counts [S, T] and answers scores in shares of capacity [S, T], or a forecast; nan where it says nothing.
"""

from dataclasses import dataclass

import numpy as np

LIKE_WEIGHT = 0.85
SURGE_GROWTH = 0.8
TREND_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class Past:
    """Counts with what the simple methods need to know of their time.

    stretch [T]: a number for each stretch of columns that stands alone; lags: columns back to like days; week:
    columns back to the same time last week; fit: the columns that factors are fitted on; reach: steps foreseen.
    """

    counts: np.ndarray
    capacity: np.ndarray
    stretch: np.ndarray
    lags: tuple[int, ...]
    week: int
    fit: slice
    reach: int

    def shift(self, values: np.ndarray, steps: int, *, across: bool = False) -> np.ndarray:
        """Values [S, T] `steps` later (earlier if negative); nan beyond the ends and, unless `across`, the stretch."""
        moved = np.full(values.shape, np.nan)
        there = np.full(len(self.stretch), -1)
        if steps >= 0:
            keep = slice(0, values.shape[1] - steps)
            moved[:, keep], there[keep] = values[:, steps:], self.stretch[steps:]
        else:
            moved[:, -steps:], there[-steps:] = values[:, :steps], self.stretch[:steps]
        if not across:
            moved[:, there != self.stretch] = np.nan
        return moved


def compute_rolling_profile(past: Past) -> np.ndarray:
    """The mean of the same column on like days, weights .85^j; nan where none is known."""
    total, weight = np.zeros(past.counts.shape), np.zeros(past.counts.shape)
    for age, lag in enumerate(past.lags):
        then = past.shift(past.counts, -lag, across=True)
        known = np.isfinite(then)
        total += np.where(known, then, 0) * LIKE_WEIGHT**age
        weight += known * LIKE_WEIGHT**age
    return np.divide(total, weight, out=np.full(total.shape, np.nan), where=weight > 0)


def forecast_with_departure(past: Past, profile: np.ndarray) -> list[np.ndarray]:
    """Profile + φ · today's departure, φ pooled and fitted on past.fit, for 1 … reach steps ahead."""
    departure = past.counts - profile
    now = departure[:, past.fit] / past.capacity[:, None]
    told = []
    for step in range(1, past.reach + 1):
        later = past.shift(departure, step)[:, past.fit] / past.capacity[:, None]
        known = np.isfinite(now) & np.isfinite(later)
        size = (now[known] ** 2).sum()
        lasting = (now[known] * later[known]).sum() / size if size > 0 else 0.0
        told.append(past.shift(profile, step) + lasting * departure)
    return told


def forecast_trend(past: Past) -> list[np.ndarray]:
    """A straight line through the last four columns; the last count where one of them is missing."""
    back = [past.shift(past.counts, -lag) for lag in range(TREND_COLUMNS)]
    away = -np.arange(TREND_COLUMNS) + (TREND_COLUMNS - 1) / 2
    slope = sum(a * column for a, column in zip(away, back, strict=True)) / (away**2).sum()
    steps = range(1, past.reach + 1)
    return [np.where(np.isfinite(slope), past.counts + slope * step, past.counts) for step in steps]


def forecast_last_week(past: Past) -> list[np.ndarray]:
    """The count at the same time last week."""
    return [past.shift(past.counts, step - past.week, across=True) for step in range(1, past.reach + 1)]


def peak_share(past: Past, forecast: list[np.ndarray]) -> np.ndarray:
    """The highest share of capacity that a forecast reaches; far below 0 where it says nothing."""
    highest = np.max([np.where(np.isfinite(step), step, -9e9) for step in forecast], axis=0)
    return highest / past.capacity[:, None]


def score_surge_rule(past: Past, profile: np.ndarray) -> np.ndarray:
    """Profile + e + 0.8 · k · max(Δe, 0), its highest over the steps k, in shares of capacity."""
    capacity = past.capacity[:, None]
    departure = (past.counts - profile) / capacity
    growth = np.maximum(departure - past.shift(departure, -1), 0)
    steps = range(1, past.reach + 1)
    told = [past.shift(profile, k) / capacity + departure + SURGE_GROWTH * k * growth for k in steps]
    return np.max(np.nan_to_num(told, nan=-9), axis=0)
