"""Imputation: what a silent door would have counted, by its usual share and by what the living doors count today."""

import numpy as np

NO_FORECAST_SHARE = 0.30  # [S] warning.md: with more of the usual flow dead, send a person


def compute_missed_passages(
    *, counted: np.ndarray, filled: np.ndarray, usual: np.ndarray, missing: np.ndarray, elapsed: np.ndarray
) -> np.ndarray:
    """People whom lines have missed in their gaps, float [lines, slots, ways]; never below 0.

    counted: people counted, [lines, slots, ways]; filled: those of them within a gap, sent later after all;
    usual: people usually counted in a whole slot, nan where not known; missing: the part of the slot that lies in a
    gap, 0..1; elapsed: the part of each slot that is over, [slots]. A line in a gap keeps its usual proportion to
    the lines without one; where those usually count nothing, or there are none, it is its usual count. Where some
    line's usual count is not known, all count as alike; without a living line nothing is then estimated.
    Source: warning.md, sensor health [S].
    """
    unknown = np.isnan(usual).any(axis=(0, 2))[None, :, None]
    usual = np.where(unknown, 1.0, usual)
    alive = missing == 0
    alive_counted = (counted * alive).sum(0)
    alive_usual = (usual * alive * elapsed[None, :, None]).sum(0)
    fallback = np.where(unknown[0], 0.0, np.ones_like(alive_usual))
    scale = np.divide(alive_counted, alive_usual, out=fallback, where=alive_usual > 0)
    return np.maximum(usual * missing * scale[None] - filled, 0)


def compute_dead_share(*, usual: np.ndarray, is_dead: np.ndarray) -> float:
    """The share of the usual flow that passes dead lines, 0..1; usual: people a day by line, nan not known: all alike."""
    weights = np.ones(len(usual)) if np.isnan(usual).any() or not usual.sum() else usual
    return float(weights[is_dead].sum() / weights.sum()) if len(weights) else 0.0
