"""Drift: what a day of counting people in and out has left over, and what is made of it the next day.

Counters miss some people, and not as many on the way in as on the way out. What is left of a day (people "still
inside" an empty place) tells by how much. Nights are columns; a night that must not count (a door was dead or no
counter reported) holds -1 in `night_in`.
"""

import numpy as np

FACTOR_BOUNDS = (0.8, 1.25)  # [S] warning.md: a ratio beyond is no drift but a broken door
NIGHTS_NEEDED = 3
PASSAGES_NEEDED = 100  # [K] below, a ratio says more of chance than of the counters
FIRST_SPREAD = 0.05  # [S] warning.md: of the people counted in, until a place has nights of its own
SPREAD_BOUNDS = (0.01, 0.25)  # [K]
IMPUTED_SPREAD = 0.5  # [K] of the passages that were estimated and not counted


def compute_drift_factor(*, night_in: np.ndarray, night_out: np.ndarray) -> np.ndarray:
    """The factor by which people counted in are multiplied so that in and out agree over the nights.

    night_in, night_out: passages of each day, int [S, nights], night_in -1 where the day must not count.
    Returns float [S]: the ratio of the sums out / in, clipped to FACTOR_BOUNDS; 1 with fewer than NIGHTS_NEEDED
    sound nights or PASSAGES_NEEDED people in. Source: warning.md, occupancy [S]; minima [K].
    """
    sound = night_in >= 0
    came = np.where(sound, night_in, 0).sum(1)
    went = np.where(sound, night_out, 0).sum(1)
    enough = (sound.sum(1) >= NIGHTS_NEEDED) & (came >= PASSAGES_NEEDED)
    ratio = np.divide(went, came, out=np.ones(len(came)), where=enough)
    return np.clip(ratio, *FACTOR_BOUNDS)


def compute_spread(*, night_in: np.ndarray, night_out: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """How far off the number is for each person counted in: the median of |factor·in − out| / in over the nights.

    Arrays as in compute_drift_factor; factor: float [S]. Returns float [S], dimensionless, within SPREAD_BOUNDS;
    FIRST_SPREAD with fewer than NIGHTS_NEEDED sound nights. (A real door: 6.8 % without a factor [S].)
    """
    sound = night_in > 0
    net = np.abs(factor[:, None] * night_in - night_out)
    left = np.divide(net, night_in, out=np.full(night_in.shape, np.inf), where=sound)
    left.sort(axis=1)  # the sound nights first
    n = sound.sum(1)
    rows = np.arange(len(n))
    low, high = left[rows, np.maximum(n - 1, 0) // 2], left[rows, np.minimum(n // 2, left.shape[1] - 1)]
    enough = n >= NIGHTS_NEEDED
    median = np.where(enough, (np.where(enough, low, 0) + np.where(enough, high, 0)) / 2, FIRST_SPREAD)
    return np.clip(median, *SPREAD_BOUNDS)


def compute_occupancy_band(*, came: np.ndarray, spread: np.ndarray, imputed: np.ndarray) -> np.ndarray:
    """Half the width of the band around a number of people, persons, float [S].

    came: people counted in since somebody last knew the number; spread: by compute_spread; imputed: passages that
    were estimated, both directions together. Nothing counted, nothing unsure. Source: warning.md [S], IMPUTED_SPREAD [K].
    """
    return spread * np.maximum(came, 0) + IMPUTED_SPREAD * np.maximum(imputed, 0)
