"""Probability map: from a score to how often, at such a score, capacity was in fact reached."""

from dataclasses import dataclass

import numpy as np

GROUPS = (
    2000  # scores are gathered into so many groups before they are pooled, single ones where they are highest
)


@dataclass(frozen=True, slots=True)
class ProbabilityMap:
    """A rising line through (score, probability); beyond its ends the end's value."""

    scores: np.ndarray
    chances: np.ndarray

    def apply(self, scores: np.ndarray) -> np.ndarray:
        """Probabilities in [0, 1] for scores of any shape; nan stays nan."""
        return np.interp(scores, self.scores, self.chances)


def fit_probability_map(scores: np.ndarray, came: np.ndarray) -> ProbabilityMap:
    """The isotonic map of scores [n] on what came (0 or 1) [n]; pairs with a nan are left out.

    Neighbouring groups whose chances fall are pooled until they rise (pool adjacent violators; Ayer et al. 1955 [K]).
    Without any pair the map answers 0 everywhere.
    """
    known = np.isfinite(scores) & np.isfinite(came)
    if not known.any():
        return ProbabilityMap(np.zeros(1), np.zeros(1))
    order = np.argsort(scores[known], kind="stable")
    score, hit = scores[known][order].astype(float), came[known][order].astype(float)
    ranks = (len(score) - np.geomspace(1, len(score), GROUPS)).astype(int)
    edges = np.unique(np.searchsorted(score, score[ranks]))
    pools: list[list[float]] = []  # number, hits, lowest score, highest score
    ends = np.r_[edges[1:], len(score)] - 1
    groups = zip(ends + 1 - edges, np.add.reduceat(hit, edges), score[edges], score[ends], strict=True)
    for number, hits, low, high in groups:
        pools.append([number, hits, low, high])
        while len(pools) > 1 and pools[-2][1] * pools[-1][0] >= pools[-1][1] * pools[-2][0]:
            _, _, _, high = last = pools.pop()
            pools[-1] = [pools[-1][0] + last[0], pools[-1][1] + last[1], pools[-1][2], high]
    table = np.array(pools)
    return ProbabilityMap(table[:, 2:].ravel(), (table[:, 1] / table[:, 0]).repeat(2))
