"""Skill: how good warnings were on a series of counts, by the scores of warning.md."""

from dataclasses import dataclass, replace

import numpy as np

from anlan.science.crossing import judge_table
from anlan.science.peers import (
    Past,
    compute_rolling_profile,
    forecast_last_week,
    forecast_trend,
    forecast_with_departure,
    peak_share,
    score_surge_rule,
)
from anlan.science.probability import fit_probability_map
from anlan.science.scoring import Ground, fit_level


@dataclass(frozen=True)
class Series:
    """Counts to be warned on, and how their time is cut: fitted before `fit`, levels before `level`, judged to `end`.

    months(columns): place-months of a sensor in so many columns is columns / month_columns. lags, week: for peers.
    marked [S, T] narrows the crossings that recall is counted on (made surges); None counts all.
    """

    name: str
    counts: np.ndarray
    capacity: np.ndarray
    step_s: int
    slots: int
    day_kind: np.ndarray
    horizons: tuple[int, ...]
    start: int
    fit: int
    level: int
    end: int
    month_columns: float
    lags: tuple[int, ...]
    week: int
    broken: bool
    marked: np.ndarray | None = None

    @property
    def reach(self) -> int:
        """Steps of the longest horizon."""
        return max(self.horizons)

    @property
    def ground(self) -> Ground:
        """What happened, for scoring."""
        stretch = self.slots if self.broken else None
        return Ground(counts=self.counts, capacity=self.capacity, reach=self.reach, stretch=stretch)

    @property
    def past(self) -> Past:
        """What the simple methods need."""
        days = np.arange(self.counts.shape[1]) // self.slots
        stretch = days if self.broken else np.zeros_like(days)
        fit = slice(self.start, self.fit)
        return Past(self.counts, self.capacity, stretch, self.lags, self.week, fit, self.reach)

    def months(self, columns: int) -> float:
        """Place-months in so many columns of all sensors."""
        return columns / self.month_columns * len(self.counts)


@dataclass(frozen=True, slots=True)
class Method:
    """A way to warn: one score [S, T] for each channel, and its forecast at the longest horizon if it makes one."""

    name: str
    channels: tuple[np.ndarray, ...]
    forecast: np.ndarray | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """What came of one budget: recall by steps of lead, false warnings per place and month, precision."""

    recall: tuple[float, ...]
    false_a_month: float
    precision: float


@dataclass(frozen=True, slots=True)
class Skill:
    """A method on a series: its rungs by false warnings allowed per place and month, Brier skill, MASE (nan: none)."""

    method: str
    rungs: dict[float, Rung]
    brier_skill: float
    mase: float


def judge_series(series: Series) -> Method:
    """Our channels: expected peak and surge."""
    told = judge_table(
        counts=series.counts, capacity=series.capacity, step_s=series.step_s, slots_per_day=series.slots,
        day_kind=series.day_kind, horizons_steps=series.horizons, fit_until=series.fit,
    )  # fmt: skip
    far = series.reach
    return Method("Anlan", (told.crossing[far], told.surge[far]), told.forecast[far])


def judge_peers(series: Series) -> list[Method]:
    """The simple methods; the last is the naive pair, of two channels as ours."""
    past = series.past
    profile = compute_rolling_profile(past)
    usual = forecast_with_departure(past, profile)
    persistence, trend, week = [past.counts] * past.reach, forecast_trend(past), forecast_last_week(past)
    single = (("persistence", persistence), ("linear trend", trend), ("same time last week", week))
    told = [Method(name, (peak_share(past, forecast),), forecast[-1]) for name, forecast in single]
    pair = (peak_share(past, usual), score_surge_rule(past, profile))
    return [*told, Method("naive pair", pair, usual[-1])]


def measure(series: Series, method: Method, budgets: tuple[float, ...]) -> Skill:
    """Score a method; each of its channels gets an equal part of a budget (false warnings per place and month).

    Levels are fitted on the columns fit … level − 1 and then frozen; everything is judged on level … end − 1.
    """
    ground = series.ground
    rungs = {}
    for budget in budgets:
        allowed = budget / len(method.channels) * series.months(series.level - series.fit)
        ringing = np.zeros(series.counts.shape, bool)
        for score in method.channels:
            level = fit_level(ground, score, first=series.fit, last=series.level, allowed=allowed)
            ringing |= np.nan_to_num(score, nan=-np.inf) >= level
        rungs[budget] = _climb(series, ground, ringing)
    score = method.channels[0]
    return Skill(
        method.name, rungs, measure_brier_skill(series, score), measure_mase(series, method.forecast)
    )


def _climb(series: Series, ground: Ground, ringing: np.ndarray) -> Rung:
    judged = {"first": series.level, "last": series.end}
    tally = ground.tally(ringing, **judged)
    recalled = tally if series.marked is None else ground.tally(ringing, **judged, crossings=series.marked)
    months = series.months(series.end - series.level)
    leads = range(1, series.reach + 1)
    return Rung(tuple(recalled.recall(lead) for lead in leads), tally.false / months, tally.precision)


def measure_brier_skill(series: Series, score: np.ndarray) -> float:
    """Brier skill of the score, mapped to a probability on fit … level − 1, against the climate of those columns."""
    came = _will_cross(series)
    known = np.isfinite(came) & np.isfinite(score) & (score > -1e6)
    taught, judged = known.copy(), known.copy()
    taught[:, : series.fit] = taught[:, series.level :] = False
    judged[:, : series.level] = judged[:, series.end :] = False
    if not taught.any() or not judged.any():
        return np.nan
    chance = fit_probability_map(score[taught], came[taught]).apply(score[judged])
    climate = ((came[taught].mean() - came[judged]) ** 2).mean()
    return float(1 - ((chance - came[judged]) ** 2).mean() / climate) if climate > 0 else np.nan


def measure_mase(series: Series, forecast: np.ndarray | None) -> float:
    """Mean absolute error at the longest horizon, scaled for each sensor by that of last week's value."""
    if forecast is None:
        return np.nan
    past = series.past
    judged = slice(series.level, series.end)
    error = np.abs(forecast - past.shift(series.counts, series.reach))[:, judged]
    weekly = np.abs(series.counts - past.shift(series.counts, -series.week, across=True))[:, : series.fit]
    scale = _known_mean(weekly, axis=1)[:, None]
    return float(_known_mean(_known_mean(error, axis=1)[:, None] / scale, axis=None))


def _known_mean(values: np.ndarray, axis: int | None) -> np.ndarray:
    known = np.isfinite(values)
    total = np.where(known, values, 0).sum(axis)
    number = known.sum(axis)
    return np.divide(total, number, out=np.full(np.shape(total), np.nan), where=number > 0)


def _will_cross(series: Series) -> np.ndarray:
    """1 where capacity is reached within the longest horizon, 0 where not; nan where already reached or unknown."""
    ahead = np.stack([series.past.shift(series.counts, step) for step in range(1, series.reach + 1)])
    below = series.counts < series.capacity[:, None]
    known = np.isfinite(ahead).all(0) & below
    came = (np.where(np.isfinite(ahead), ahead, -np.inf).max(0) >= series.capacity[:, None]).astype(float)
    return np.where(known, came, np.nan)


def make_surges(series: Series, seed: int) -> Series:
    """The same series with surges made at quiet hours: a ramp to 1.1–1.6 of capacity, a hold, a decay.

    On 15 % of the days that levels are fitted and warnings judged on, 5 % before. Recall is counted on those days.
    Drawn as tools/score.py draws them [S].
    """
    rng = np.random.default_rng(seed)
    profile = compute_rolling_profile(series.past)
    counts, day = series.counts.copy(), np.zeros(series.counts.shape, bool)
    parts = (
        (series.fit, series.level, 0.15),
        (series.level, series.end, 0.15),
        (3 * series.slots, series.fit, 0.05),
    )
    for first, last, share in parts:
        for sensor in range(len(counts)):
            for begun in range(first, last, series.slots):
                if rng.random() > share:
                    continue
                if _draw_surge(
                    rng, counts[sensor], profile[sensor], series.capacity[sensor], begun, series.slots
                ):
                    day[sensor, begun : begun + series.slots] = True
    return replace(series, name=f"{series.name}, made surges", counts=counts, marked=day)


def _draw_surge(
    rng, counts: np.ndarray, profile: np.ndarray, capacity: float, begun: int, slots: int
) -> bool:
    """Add one surge to a sensor's day in place; False where twenty draws found no quiet hour."""
    for _ in range(20):
        at = rng.integers(12, 62)
        ramp, hold = rng.integers(3, 9), rng.integers(2, 5)
        first, size = begun + at, min(ramp + hold + 4, slots - at)
        rise = np.linspace(0, 1, ramp + 1)[1:] ** rng.uniform(0.8, 1.8)
        shape = np.r_[rise, np.ones(hold), np.linspace(1, 0, 5)[1:]][:size]
        before = counts[first : first + size].copy()
        busy = np.nanmax(profile[first : first + size]) > 0.5 * capacity or np.nanmax(before) > 0.6 * capacity
        if size <= ramp + hold or busy:
            continue
        top = rng.uniform(1.1, 1.6) * capacity
        counts[first : first + size] = before + (top - before[ramp : ramp + hold].mean()) * shape
        return True
    return False
