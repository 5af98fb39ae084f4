"""CUSUM: a slow build-up, each step of which is too small to say anything."""

import numpy as np

SLACK = (
    0.5  # [K] of a spread: half the shift that matters (Page 1954; Montgomery, Statistical Quality Control)
)
ALARM = 5.0  # [K] spreads gathered before it is a build-up


def step_cusum(gathered: np.ndarray, growth: np.ndarray) -> np.ndarray:
    """The next state of the sum, [S] ≥ 0: what was gathered [S] and this step's growth [S] in spreads, less SLACK.

    A missing growth (nan) leaves the state as it is.
    """
    return np.where(np.isfinite(growth), np.maximum(gathered + np.nan_to_num(growth) - SLACK, 0), gathered)


def compute_cusum(growth: np.ndarray) -> np.ndarray:
    """The state after each column of growth [S, T], starting from 0."""
    gathered = np.zeros(growth.shape[0])
    states = np.empty(growth.shape)
    for column in range(growth.shape[1]):
        gathered = states[:, column] = step_cusum(gathered, growth[:, column])
    return states
