"""Rising: which of many weekly counts have begun to rise, or go on rising, against their own past.

Counts [S, W] are whole weeks, the newest last; nothing here knows what is counted. All series are judged at once, and
those that are told are chosen so that of what is told only a small share is chance (`select_by_fdr`).

    weeks      … │ season (two years and more) │ baseline: 52 weeks │ recent: 16, of which 8, of which 4
                                                                    └ a rise that has begun must not be its own baseline

After Farrington et al. 1996 and Noufaily et al. 2013 [K]: a negative-binomial limit on a seasonal baseline with a guard;
here the season is borrowed from all series of a kind, and a series with a short past from its peers.
"""

from math import erfc, sqrt
from typing import NamedTuple

import numpy as np

from anlan.science.tails import compute_more_p

YEAR = 52  # weeks
RECENT, WIDTHS, GUARDED = 4, (4, 8, 16), 16  # weeks: told of; all that are compared; kept out of the baseline
SPAN = 24  # weeks over which a steady rise is looked for
NEWEST = 8  # weeks of the span without which it must rise as well
BLOCK = 4  # weeks that are taken together where a single one holds too little
SEASON_EVENTS = 30.0  # [O] events that a season's week must outweigh before it moves the index
SEASON_REACH = 2  # weeks to either side that a season's week is smoothed over
DISPERSION_BOUNDS = (1.0, 5.0)
_erfc = np.frompyfunc(erfc, 1, 1)
DISPERSION_BLOCKS = 12.0  # [O] blocks of the whole that a kind's own dispersion must outweigh


class Rise(NamedTuple):
    """What the newest weeks are against the baseline, each [S]: seen, expected, its variance, the chance of so many.

    `p_now`: the chance of so many in the second of WIDTHS alone: whether a rise that was told goes on.
    """

    seen: np.ndarray
    expected: np.ndarray
    variance: np.ndarray
    p: np.ndarray
    p_now: np.ndarray


class Climb(NamedTuple):
    """A steady rise over SPAN weeks, each [S]: growth factor from first to last block, one-sided p, without the newest."""

    growth: np.ndarray
    p: np.ndarray
    p_before: np.ndarray
    steps_up: np.ndarray


def compute_season(totals: np.ndarray) -> np.ndarray:
    """The seasonal index of each week, [W], mean 1 over a year: how many times the usual such a week brings.

    totals [W]: counts of all series of one kind. Needs two whole years before the RECENT weeks, else all are 1. Each
    year is measured by its own total, so that growth is no season; weeks are smoothed over SEASON_REACH to either side
    and drawn towards 1 by SEASON_EVENTS.
    """
    weeks = len(totals)
    years = (weeks - RECENT) // YEAR
    if years < 2:
        return np.ones(weeks)
    past = totals[weeks - RECENT - years * YEAR : weeks - RECENT].reshape(years, YEAR).astype(float)
    usual = np.repeat(past.sum(1, keepdims=True) / YEAR, YEAR, axis=1)
    came, due = (_smooth(part.sum(0)) for part in (past, usual))
    index = (came + SEASON_EVENTS) / (due + SEASON_EVENTS)
    index /= index.mean()
    at = (np.arange(weeks) - (weeks - RECENT)) % YEAR
    return index[at]


def _smooth(ring):
    return sum(np.roll(ring, step) for step in range(-SEASON_REACH, SEASON_REACH + 1))


def baseline_of(weeks: int) -> slice:
    """The columns of the baseline among so many weeks: up to a year before those compared. Empty where there are none."""
    end = max(0, weeks - GUARDED)
    return slice(max(0, end - YEAR), end)


def compute_dispersion(counts: np.ndarray, season: np.ndarray, overall: float | None = None) -> float:
    """How many times more the blocks of the baselines scatter than Poisson counts do, pooled over series, ≥ 1.

    counts [S, W], season [W]. Pearson's χ² over its degrees of freedom, of blocks of BLOCK weeks; drawn towards
    `overall` where it is given. Series without any event tell nothing.
    """
    span = baseline_of(counts.shape[1])
    blocks = (span.stop - span.start) // BLOCK
    if blocks < 2:
        return overall or DISPERSION_BOUNDS[0]
    first = span.stop - blocks * BLOCK
    y = counts[:, first : span.stop].reshape(len(counts), blocks, BLOCK).sum(2).astype(float)
    e = season[first : span.stop].reshape(blocks, BLOCK).sum(1)
    y = y[y.sum(1) > 0]
    due = y.sum(1, keepdims=True) * e / e.sum()
    chi, free = ((y - due) ** 2 / np.maximum(due, 1e-12)).sum(), len(y) * (blocks - 1)
    if overall is not None:
        chi, free = chi + DISPERSION_BLOCKS * overall, free + DISPERSION_BLOCKS
    return float(np.clip(chi / free if free else DISPERSION_BOUNDS[0], *DISPERSION_BOUNDS))


def compute_rise(
    counts: np.ndarray,
    season: np.ndarray,
    prior_shape: np.ndarray,
    prior_span: np.ndarray,
    dispersion: np.ndarray,
) -> Rise:
    """The newest weeks of each series against its baseline. counts, season [S, W]; prior and dispersion [S] or numbers.

    With a prior of shape a and span b (weeks) and a baseline of Y events in E seasonal weeks, e weeks now: expected
    m = (a + Y) e / (b + E), variance φ m + φ m² / (a + Y); the chance of so many or more is the negative binomial's.
    The second part of the variance is what is not known of the baseline. Seen, expected and variance are those of the
    RECENT weeks; p is the least of those over WIDTHS, times their number (Bonferroni), because a small series shows its
    rise only over the longer time. Source: the head of this module.
    """
    span = baseline_of(counts.shape[1])
    known = prior_shape + counts[:, span].sum(1)
    rate = known / (prior_span + season[:, span].sum(1))
    told = []
    for width in WIDTHS:
        seen, expected = counts[:, -width:].sum(1), rate * season[:, -width:].sum(1)
        variance = dispersion * (expected + expected**2 / np.maximum(known, 1e-12))
        told.append((seen, expected, variance, compute_more_p(seen, expected, variance)))
    least = np.min([p for *_numbers, p in told], axis=0)
    return Rise(*told[0][:3], np.minimum(1, len(WIDTHS) * least), told[1][3])


def compute_climb(counts: np.ndarray, season: np.ndarray, dispersion: np.ndarray) -> Climb:
    """Whether the SPAN newest weeks rise steadily. counts, season [S, W] with W ≥ SPAN, dispersion [S] or a number.

    The score test of a log-linear Poisson trend: z = Σ t (y − ŷ) / √(φ Σ ŷ (t − t̄)²), ŷ the same rate all along
    (Cochran 1954, Armitage 1955 [K]); `p_before` is that of the span without its NEWEST weeks, so that one bad month
    is no tendency; `steps_up` counts the blocks above the one before. Growth is that of the fitted trend, one Newton
    step from no trend, and so on the careful side.
    """
    y, e = counts[:, -SPAN:].astype(float), season[:, -SPAN:]
    slope, p = _test_trend(y, e, dispersion)
    _slope, p_before = _test_trend(y[:, :-NEWEST], e[:, :-NEWEST], dispersion)
    blocks = _take_blocks(y) / _take_blocks(e)
    steps_up = (np.diff(blocks, axis=1) > 0).sum(1)
    return Climb(np.exp(slope * (SPAN - BLOCK)), p, p_before, steps_up)


def _take_blocks(weekly):
    return weekly.reshape(len(weekly), SPAN // BLOCK, BLOCK).sum(2)


def _test_trend(y, e, dispersion):
    """(slope a week, one-sided p) of weekly counts y [S, n] with weights e [S, n]."""
    whole = e.sum(1, keepdims=True)
    due = y.sum(1, keepdims=True) * e / whole
    t = np.arange(e.shape[1]) - (e * np.arange(e.shape[1])).sum(1, keepdims=True) / whole
    score, spread = ((y - due) * t).sum(1), (due * t**2).sum(1)
    slope = np.divide(score, spread, out=np.zeros(len(y)), where=spread > 0)
    z = np.divide(score, np.sqrt(dispersion * spread), out=np.zeros(len(y)), where=spread > 0)
    return slope, 0.5 * _erfc(z / sqrt(2)).astype(float)


def find_onset(counts: np.ndarray, expected: np.ndarray) -> int:
    """Since which column the counts [n] have most likely been above what was expected [n] > 0; n where never.

    The start c that maximises S ln(S / E) − (S − E) over sums from c on with S > E: the likelihood ratio of a rate
    that rose once and stayed (Kulldorff 2001 [K], without the space).
    """
    seen, due = np.cumsum(counts[::-1])[::-1].astype(float), np.cumsum(expected[::-1])[::-1]
    ratio = np.where(
        seen > due, seen * np.log(np.maximum(seen, 1e-12) / np.maximum(due, 1e-12)) - (seen - due), 0
    )
    return int(ratio.argmax()) if ratio.max(initial=0) > 0 else len(counts)


def select_by_fdr(p: np.ndarray, share: float) -> np.ndarray:
    """Which of many tests are told so that at most `share` of those told are expected to be chance; bool as p [n].

    Benjamini and Hochberg 1995 [K]: the largest k with p₍ₖ₎ ≤ k share / n. nan is never told and not counted.
    """
    known = np.isfinite(p)
    ranked = np.sort(p[known])
    below = np.nonzero(ranked <= share * np.arange(1, len(ranked) + 1) / max(1, len(ranked)))[0]
    limit = ranked[below[-1]] if len(below) else -1.0
    return known & (np.where(known, p, np.inf) <= limit)
