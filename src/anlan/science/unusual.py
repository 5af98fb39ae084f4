"""Unusual: far more people than usual, whether or not it is too many. A word to the duty officer, not an alarm."""

import numpy as np

USUAL_TIMES, CAPACITY_SHARE = 3.0, 0.20  # [S] warning.md, channel C: both together, …
FAR_TIMES = 5.0  # [S] … or this alone
FEW = 5.0  # [K] people: fewer than this usually, and any number is many times the usual


def compute_unusual(*, counts: np.ndarray, usual: np.ndarray, capacity: np.ndarray) -> np.ndarray:
    """How many times the usual is here, where that is worth a word; 0 where it is not, float [S].

    counts, usual (nan = unknown), capacity (nan = none) [S]. Worth a word: ≥ 3 × the usual and ≥ 20 % of capacity,
    or ≥ 5 × the usual. The usual counts as FEW people at least. Source: warning.md, channel C [S].
    """
    known = np.isfinite(counts) & np.isfinite(usual)
    times = np.where(known, counts, 0) / np.maximum(np.where(known, usual, 0), FEW)
    full = np.divide(counts, capacity, out=np.zeros(np.shape(counts)), where=known & (capacity > 0))
    worth = (times >= FAR_TIMES) | ((times >= USUAL_TIMES) & (full >= CAPACITY_SHARE))
    return np.where(worth, times, 0.0)
