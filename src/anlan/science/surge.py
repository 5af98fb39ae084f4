"""Surge: a departure that was not there a moment ago and that, carried on, would reach capacity.

A forecaster that wins on ordinary days misses nine surges in ten: it has learned that departures fade. This score
believes in them. It adds the whole departure to what is usual in the coming steps, and a growth that the noise of
this sensor at this level does not explain – the acceleration in units of noise, so that a quiet hour speaks early.
"""

import numpy as np

from anlan.science.spread import Spread

GROWTH_SHARE = 0.09  # [M] share of capacity that each spread gathered beyond the usual is worth
GROWTH_USUAL = 1.0  # [M] spreads gathered: up to this is noise and says nothing
GROWTH_CEILING = 50.0  # spreads: beyond, surer than sure
STEADY = 5.0  # [M] how far the busiest of the coming steps outweighs the others, per capacity
STEEPNESS = 4.0  # [M] of the score around capacity


def compute_growth(
    *, now: np.ndarray, before: np.ndarray, usual: np.ndarray, lasting: float, spread: Spread
) -> np.ndarray:
    """How many spreads a departure [S, …] has grown beyond what lasts of the one before; nan where unknown."""
    return (now - lasting * before) / spread.at(usual)


def compute_surge_level(*, path: np.ndarray, departure: np.ndarray, gathered: np.ndarray) -> np.ndarray:
    """The share of capacity that a surge, if this is one, is heading for, [S, …].

    path [k, S, …]: the usual shares in the coming steps; departure [S, …]; gathered [S, …]: growth in spreads (compute_cusum). Unknown usual values count as 0.
    """
    usual = np.nan_to_num(path)
    most = usual.max(0)
    heading = most + np.log(np.exp(STEADY * (usual - most)).mean(0)) / STEADY
    return heading + departure + GROWTH_SHARE * np.clip(gathered - GROWTH_USUAL, 0, GROWTH_CEILING)


def compute_surge_score(level: np.ndarray) -> np.ndarray:
    """The level as a score in [0, 1], ½ at capacity."""
    return 1 / (1 + np.exp(-STEEPNESS * np.clip(level - 1, -8, 8)))
