"""Imputation: what a silent door would have counted, by its usual share and by what the living doors count today."""

import numpy as np

NO_FORECAST_SHARE = 0.30  # [S] warning.md: with more of the usual flow dead, send a person


def compute_imputed_passages(
    *, counted: np.ndarray, usual_alive: np.ndarray, usual_dead: np.ndarray
) -> np.ndarray:
    """Passages that the dead lines would have counted in each slot, float [..., slots], in one direction.

    counted: what the living lines counted today; usual_alive, usual_dead: what the living and the dead lines
    usually count in that slot. The dead keep their usual proportion to the living; where the living usually count
    nothing, or none is left (counted nan), the dead lines' usual count itself. Where nothing is known of the dead
    lines (usual_dead nan): 0 – an estimate from nothing is none. Source: warning.md, sensor health [S].
    """
    known = np.nan_to_num(usual_dead)
    scale = np.divide(counted, usual_alive, out=np.ones(np.shape(counted)), where=usual_alive > 0)
    return known * np.where(np.isfinite(scale), scale, 1.0)


def compute_dead_share(*, usual_dead: np.ndarray, usual_alive: np.ndarray) -> np.ndarray:
    """The share of the usual flow that passes the dead lines, float [S] in 0..1; 0 where nothing usually passes."""
    total = usual_dead + usual_alive
    return np.divide(usual_dead, total, out=np.zeros(np.shape(total)), where=total > 0)
