"""Outlook: what the coming hour holds for each sensor – fitted once a night, judged at every step.

    learn(...)            at night, from the history  → Learned: the factors, spreads and growth of these sensors
    open_day(...)         at the start of a day       → Today: its like days, and the last columns
    today.judge(counts)   at each step                → Judgement: chance of reaching capacity, surge, forecast

The batch entries in crossing.py walk through a table with exactly these; nothing is computed twice in two ways.
"""

from dataclasses import dataclass

import numpy as np

from anlan.science.cusum import compute_cusum
from anlan.science.departure import Departure, Recent, fit_factors, fit_lasting
from anlan.science.shape import Shape
from anlan.science.spread import Spread, compute_hazards, fit_spread, fit_together, join_hazards
from anlan.science.surge import compute_growth, compute_surge_level, compute_surge_score

FITTED_DAYS = 2  # like days behind a profile before its errors teach anything


@dataclass(frozen=True, slots=True)
class View:
    """Moments seen from within: the usual path [reach + 1, S, …] in shares of capacity, the number of like days
    behind it [S, …], and the last columns."""

    path: np.ndarray
    days: np.ndarray
    recent: Recent


@dataclass(frozen=True, slots=True)
class Learned:
    """What the history taught: how much of a departure lasts a step and how far its growth spreads; factors
    [reach, PARTS] and a spread for each step ahead; how far errors of neighbouring steps go together, by horizon."""

    factors: np.ndarray
    spreads: tuple[Spread, ...]
    together: dict[int, float]
    lasting: float
    growth: Spread


@dataclass(frozen=True, slots=True)
class Judgement:
    """The coming hour: for each horizon in steps, arrays [S, …].

    crossing: chance in [0, 1] that capacity is reached within the horizon; surge: score in [0, 1], ½ where a surge
    is heading for capacity; forecast: expected value, nan where nothing is known. steps_to_crossing [S, …]: the
    first step ahead whose forecast reaches capacity, nan where none does. usual [S, …]: the usual value now.
    """

    crossing: dict[int, np.ndarray]
    surge: dict[int, np.ndarray]
    forecast: dict[int, np.ndarray]
    steps_to_crossing: np.ndarray
    usual: np.ndarray


def foresee(view: View, departure: Departure, factors: np.ndarray) -> np.ndarray:
    """The expected shares of capacity for each step ahead, [reach, S, …]; nan where nothing is usual."""
    return np.stack(
        [
            ahead + np.einsum("p,p...->...", factor.astype(ahead.dtype), departure.parts(ahead))
            for ahead, factor in zip(view.path[1:], factors, strict=True)
        ]
    )


def learn(view: View, capacity: np.ndarray, shape: Shape, ahead: np.ndarray) -> Learned:
    """Fit everything on these moments [S, n]; ahead [reach, S, n] holds what came, shares of capacity, nan unknown.

    With little or no history the factors found on other cities stand in.
    """
    taught = view.days >= FITTED_DAYS
    now, before = view.recent.departures[:2]
    now = np.where(taught, now, np.nan)
    lasting = fit_lasting(now, before)
    departure = Departure.of(view.recent, capacity, lasting)
    came = np.where(taught, ahead, np.nan)
    factors = np.stack(
        [
            fit_factors(departure.parts(usual), there - usual)
            for usual, there in zip(view.path[1:], came, strict=True)
        ]
    )
    forecast = foresee(view, departure, factors)
    errors = came - forecast
    spreads = tuple(
        fit_spread(errors=error, level=level, sensors=shape.sensors, high_only=True)
        for error, level in zip(errors, forecast, strict=True)
    )
    relative = np.stack(
        [error / spread.at(level) for error, spread, level in zip(errors, spreads, forecast, strict=True)]
    )
    growth = fit_spread(
        errors=now - lasting * before, level=view.recent.usual[0], sensors=shape.sensors, high_only=False
    )
    together = {h: fit_together(relative[:h]) for h in shape.horizons}
    return Learned(factors, spreads, together, lasting, growth)


def judge(view: View, learned: Learned, capacity: np.ndarray, shape: Shape) -> Judgement:
    """The coming hour as seen from these moments; capacity [S], nan where there is none (scores 0)."""
    departure = Departure.of(view.recent, capacity, learned.lasting)
    foreseen = foresee(view, departure, learned.factors)
    hazards = np.stack(
        [
            compute_hazards(forecast=level, spread=spread.at(level))
            for level, spread in zip(foreseen, learned.spreads, strict=True)
        ]
    )
    gathered = compute_cusum(_growths(view.recent, learned))
    known = np.isfinite(view.path[0])
    people = capacity.astype(foreseen.dtype).reshape(-1, *[1] * (foreseen.ndim - 2))
    last = _last_known(view.recent.counts)
    expected = np.where(np.isfinite(foreseen), foreseen, last) * people
    reached = np.nan_to_num(foreseen, nan=-np.inf) >= 1
    first = np.where(reached.any(0), reached.argmax(0) + 1.0, np.nan)
    return Judgement(
        crossing={h: join_hazards(hazards[:h], learned.together[h]) for h in shape.horizons},
        surge={
            h: np.where(
                known,
                compute_surge_score(
                    compute_surge_level(path=view.path[1 : h + 1], departure=departure.now, gathered=gathered)
                ),
                0,
            )
            for h in shape.horizons
        },
        forecast={h: expected[h - 1] for h in shape.horizons},
        steps_to_crossing=first,
        usual=view.path[0] * people,
    )


def _growths(recent: Recent, learned: Learned) -> np.ndarray:
    """How far departures grew at each of the last columns but the oldest, in spreads, [LAGS − 1, S, …]."""
    departures = recent.departures
    steps = zip(departures[:-1], departures[1:], recent.usual[:-1], strict=True)
    return np.stack(
        [
            compute_growth(
                now=now, before=before, usual=usual, lasting=learned.lasting, spread=learned.growth
            )
            for now, before, usual in steps
        ]
    )


def _last_known(counts: np.ndarray) -> np.ndarray:
    """The newest known share among the last columns [LAGS, S, …]; nan where none is."""
    last = counts[-1]
    for column in counts[-2::-1]:
        last = np.where(np.isfinite(column), column, last)
    return last
