"""Channels A, B and C: what a forecast says of the coming hour becomes a level, a word, or nothing.

    A  expected   the chance that capacity is reached within 60/30/15 minutes passes its alarm level → blue/yellow/orange
    B  surge      a departure that, carried on, reaches capacity within 60/15 minutes → yellow/orange
    C  unusual    three times the usual and a fifth of capacity, or five times the usual → a word, no level

Red is never forecast: people are stopped at the door for what is counted, not for what is expected. Alarm levels are
fitted to a budget of false alarms each night; these rules only compare. Sources: warning.md, recommended design [S];
which horizon gives which level [O].
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from anlan.domains.crowd.rules.ladder import BLUE, LEVELS, NONE, ORANGE, YELLOW
from anlan.domains.crowd.rules.reasons import tell_expected, tell_surge, tell_unusual
from anlan.domains.crowd.terms import Rule
from anlan.science.unusual import compute_unusual
from anlan.stream.outlook import Outlook

EXPECTED_STEPS = ((60, BLUE), (30, YELLOW), (15, ORANGE))  # minutes of the horizon, level
SURGE_STEPS = ((60, YELLOW), (15, ORANGE))
SURGE_LEAST_SHARE = 0.1  # [K] of capacity: see is_growing
HORIZONS_MIN = (15, 30, 60)
UNUSUAL_LEAST = 20  # [O] fewer people are no crowd, however unusual


class Foreseen(NamedTuple):
    """What the forecaster says at one moment, arrays over k series; nan where unknown.

    now: people present (or passing in five minutes, for gates); usual: what is usual at this time; capacity.
    chance, surge, forecast: by horizon in minutes – chance of reaching capacity, score of the surge channel, expected
    value. grown: the change within the last quarter of an hour. crossing_min: when the forecast first reaches capacity.
    probability: how often, at such a chance within the hour, capacity was in fact reached; None before a night has told.
    """

    now: np.ndarray
    usual: np.ndarray
    capacity: np.ndarray
    chance: Mapping[int, np.ndarray]
    surge: Mapping[int, np.ndarray]
    forecast: Mapping[int, np.ndarray]
    grown: np.ndarray
    crossing_min: np.ndarray
    probability: np.ndarray | None = None


class AlarmLevels(NamedTuple):
    """From which chance (A) and which score (B) on a channel speaks, by horizon in minutes."""

    expected: Mapping[int, float]
    surge: Mapping[int, float]


def judge_outlook(
    codes: Sequence[str],
    foreseen: Foreseen,
    alarms: AlarmLevels,
    thresholds: Sequence[Mapping[str, float]],
    at_ms: int,
) -> list[Outlook]:
    """The outlooks that justify a level, at most one for each space: of two series or channels the worse speaks.

    codes and thresholds: the space of each series and what its place sets for itself.
    """
    below = ~(foreseen.now >= foreseen.capacity)  # what is full already is said by what is counted
    usable = below & np.isfinite(foreseen.now) & (foreseen.capacity > 0)
    expected, surge = climb(foreseen.chance, foreseen.surge, alarms)
    expected = np.where(usable & _are_on(thresholds, "use_expected"), expected, NONE)
    surge = np.where(usable & is_growing(foreseen) & _are_on(thresholds, "use_surge"), surge, NONE)
    worst: dict[str, tuple[int, Outlook]] = {}
    for at in np.flatnonzero(np.maximum(expected, surge)).tolist():
        level = int(max(expected[at], surge[at]))
        if level > worst.get(codes[at], (NONE, None))[0]:
            is_surge = bool(surge[at] > expected[at])
            worst[codes[at]] = level, _outlook(codes[at], foreseen, at, level, is_surge=is_surge, at_ms=at_ms)
    return [outlook for _, outlook in worst.values()]


def is_growing(foreseen: Foreseen) -> np.ndarray:
    """Whether a surge may be spoken of: more have come than a quarter of an hour ago, and a tenth of capacity is there.

    The score is in units of each series' own noise, so with few days behind it, or after a stop, a handful of people –
    even a crowd that goes home – can look like a surge. From less than SURGE_LEAST_SHARE capacity is not reached in an
    hour: it would be a tenfold growth, more than any surge of the counts that we have [K].
    """
    return (foreseen.grown > 0) & (foreseen.now >= SURGE_LEAST_SHARE * foreseen.capacity)


def climb(
    chance: Mapping[int, np.ndarray], surge: Mapping[int, np.ndarray], alarms: AlarmLevels
) -> tuple[np.ndarray, np.ndarray]:
    """The levels that channels A and B justify, int8 of the scores' shape; scores by horizon in minutes."""
    return _climb(chance, alarms.expected, EXPECTED_STEPS), _climb(surge, alarms.surge, SURGE_STEPS)


def _climb(
    scores: Mapping[int, np.ndarray], alarms: Mapping[int, float], steps: Sequence[tuple[int, int]]
) -> np.ndarray:
    """The highest level whose horizon's score passes its alarm level."""
    level = np.zeros(next(iter(scores.values())).shape, np.int8)
    for minutes, step in steps:
        level = np.where(scores[minutes] >= alarms[minutes], np.int8(step), level)
    return level


def _are_on(thresholds: Sequence[Mapping[str, float]], name: str) -> np.ndarray:
    return np.array([values.get(name, 1) > 0 for values in thresholds], bool)


def _outlook(code: str, foreseen: Foreseen, at: int, level: int, *, is_surge: bool, at_ms: int) -> Outlook:
    numbers = describe(foreseen, at, at_ms)
    if is_surge:
        return Outlook(code, LEVELS[level], "B", Rule.SURGE.value, tell_surge(numbers), numbers)
    return Outlook(code, LEVELS[level], "A", Rule.EXPECTED.value, tell_expected(numbers), numbers)


def describe(foreseen: Foreseen, at: int, at_ms: int) -> dict[str, float | None]:
    """The numbers behind one series: chances, expected values, what is usual, and when capacity is reached."""
    minutes = _plain(foreseen.crossing_min[at])
    numbers = {"usual": _plain(foreseen.usual[at]), "grown": _plain(foreseen.grown[at])}
    numbers |= {"now": _plain(foreseen.now[at]), "limit": _plain(foreseen.capacity[at])}
    for horizon in HORIZONS_MIN:
        numbers[f"chance_{horizon}_min"] = _plain(foreseen.chance[horizon][at], 3)
        numbers[f"expected_{horizon}_min"] = _plain(foreseen.forecast[horizon][at])
    if foreseen.probability is not None:
        numbers["probability"] = _plain(foreseen.probability[at], 3)
    numbers["surge_score"] = _plain(foreseen.surge[60][at], 3)
    numbers["crossing_in_min"] = minutes
    numbers["crossing_at_ms"] = None if minutes is None else at_ms + round(minutes * 60_000)
    return numbers


def _plain(number: float, digits: int = 0) -> float | None:
    return round(float(number), digits) if np.isfinite(number) else None


class Chance(NamedTuple):
    """How likely capacity is reached within the hour, and whether past days have told how far that can be trusted."""

    share: float
    is_calibrated: bool


def chance_within_hour(numbers: Mapping[str, float | None]) -> Chance | None:
    """The calibrated probability among the numbers of `describe`, else the chance as it is; None where neither is known."""
    for name, is_calibrated in (("probability", True), ("chance_60_min", False)):
        if (share := numbers.get(name)) is not None:
            return Chance(share, is_calibrated)
    return None


class Unusual(NamedTuple):
    """A space with far more people than usual: a word to the duty officer."""

    space: str
    times: float
    reason: dict[str, str]
    numbers: dict[str, float | None]


def find_unusual(codes: Sequence[str], foreseen: Foreseen, at_ms: int) -> list[Unusual]:
    """Channel C: the series with many times the usual, one for each space."""
    times = compute_unusual(counts=foreseen.now, usual=foreseen.usual, capacity=foreseen.capacity)
    told = (times > 0) & (foreseen.now >= UNUSUAL_LEAST)
    found: dict[str, Unusual] = {}
    for at in np.flatnonzero(told).tolist():
        numbers = describe(foreseen, at, at_ms)
        found.setdefault(
            codes[at],
            Unusual(codes[at], round(float(times[at]), 1), tell_unusual(numbers, float(times[at])), numbers),
        )
    return list(found.values())
