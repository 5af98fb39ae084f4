"""Rates of small numbers: a place with three units tells little, so it is drawn towards its peers by how little it tells."""

from typing import NamedTuple

import numpy as np

from anlan.science.tails import compute_gamma_quantile

LEVEL = 0.9  # of the intervals
LEAST_EVENTS = 0.5  # that a prior is worth (Jeffreys): with less, an interval would leave out its own mean


class Prior(NamedTuple):
    """What is known of a rate before its own count is looked at: gamma with mean shape / span; `span` in exposure."""

    shape: float
    span: float


class Rates(NamedTuple):
    """Rates [S] per unit of exposure: drawn towards the peers, with the limits of their interval."""

    rate: np.ndarray
    low: np.ndarray
    high: np.ndarray


def fit_prior(counts: np.ndarray, exposure: np.ndarray, span_most: float = np.inf) -> Prior:
    """The gamma prior that peers make: counts [S] events, exposure [S] > 0 (units, unit-months, weeks; ≤ 0 is left out).

    By moments: mean r = Σy / Σn; variance between the peers Σn(y/n − r)²/Σn − r / n̄ (Marshall 1991 [K], after Clayton
    and Kaldor 1987 [K]). Peers that differ no more than chance makes them do are held together no more firmly than
    all of them together have seen: span ≤ Σn, and ≤ `span_most`. A prior is worth LEAST_EVENTS at least; without
    any event it is that over all exposure.
    """
    seen = exposure > 0
    y, n = counts[seen].astype(float), exposure[seen].astype(float)
    total, spans = y.sum(), n.sum()
    if total <= 0:
        return Prior(LEAST_EVENTS, max(float(spans), 1.0))
    rate = total / spans
    between = (n * (y / n - rate) ** 2).sum() / spans - rate / n.mean()
    span = min(rate / between if between > 0 else np.inf, spans, span_most)
    span = max(span, LEAST_EVENTS / rate)
    return Prior(float(rate * span), float(span))


def shrink_rates(counts: np.ndarray, exposure: np.ndarray, prior: Prior, level: float = LEVEL) -> Rates:
    """Rates [S] per unit of exposure drawn towards the prior, with limits at this level.

    The gamma–Poisson posterior: mean (a + y) / (b + n), limits its quantiles. An exposure of 0 answers the prior.
    """
    shape, span = prior.shape + counts, prior.span + np.maximum(exposure, 0)
    aside = (1 - level) / 2
    low, high = compute_gamma_quantile(aside, shape), compute_gamma_quantile(1 - aside, shape)
    return Rates(shape / span, low / span, high / span)


def compute_share_limit(some: np.ndarray, all_of: np.ndarray, z: float = 1.645) -> np.ndarray:
    """The lower limit of a share some / all_of [S] (one-sided 95 % with z 1.645); 0 where all_of is 0.

    Wilson 1927 [K]: (p + z²/2n − z √(p(1−p)/n + z²/4n²)) / (1 + z²/n).
    """
    n = np.maximum(all_of, 1).astype(float)
    p = np.minimum(some / n, 1)
    low = (p + z**2 / (2 * n) - z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))) / (1 + z**2 / n)
    return np.where(all_of > 0, np.maximum(low, 0), 0.0)
