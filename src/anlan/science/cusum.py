"""CUSUM: a build-up over several steps, each of which may be too small to say anything."""

import numpy as np

SLACK = 2.0  # [M] spreads: what each step must grow by to count; growth up to this is noise


def compute_cusum(growth: np.ndarray) -> np.ndarray:
    """The most that has gathered up to now over the columns in sight, each less SLACK, [S, …] in spreads.

    growth [columns, S, …], newest first, in spreads; a missing one (nan) adds nothing. Negative where even the newest
    growth is below SLACK. Source: Page's cumulative sum (1954) over a window [K].
    """
    gathered = np.cumsum(np.where(np.isfinite(growth), growth - SLACK, 0), axis=0)
    return gathered.max(0)
