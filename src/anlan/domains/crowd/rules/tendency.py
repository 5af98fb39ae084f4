"""Tendency 倾向性: a space whose warnings grow more, or whose daily peaks climb, from week to week.

    more warnings   the warnings of the last 14 days against those of the 14 before, as two Poisson counts
    higher peaks    the daily peak, in shares of capacity, over 28 days, each day only against its own weekday

Both look at whole weeks, so that a weekend more or less makes no tendency. Nothing here asks why.

Methods: two Poisson counts over equal times are compared exactly by the binomial with one half, given their sum
(Przyborowski and Wilenski 1940 [K]); trends by the sum of Mann–Kendall over the weekdays and the median of the slopes
between like days (Theil–Sen; Hirsch, Slack and Smith 1982, the seasonal Kendall test [S]). Days are taken as independent
of each other: where crowds linger from day to day the test speaks sooner than it should [K]. Levels and least sizes: [O].
"""

from math import comb, erfc, sqrt
from typing import NamedTuple

import numpy as np

from anlan.domains.crowd.terms import TendencyKind

WEEK = 7
SPAN_DAYS = 14  # [O] compared with as many before
LOOKED_DAYS = 2 * SPAN_DAYS
SIGNIFICANT = 0.05  # one-sided: chance alone brings so much in one of twenty spaces
LEAST_WARNINGS = 3  # [O] fewer in a fortnight are no tendency, however few there were before
LEAST_DAYS = 14  # [O] with a peak, of 28; fewer tell no slope
LEAST_RISE = 0.05  # [O] of capacity within four weeks; less is not worth a word
LEAST_PEAK = 0.5  # [O] of capacity, in the newest week; a place that stays half empty is no problem yet


class Finding(NamedTuple):
    """A tendency of one space: its kind, the numbers that say so, and the reason in zh and en."""

    kind: str
    numbers: dict[str, float]
    reason: dict[str, str]


def find_more_warnings(recent: int, before: int) -> Finding | None:
    """Whether `recent` warnings in a fortnight are more than chance makes of the `before` of the fortnight before."""
    p = compute_more_p(recent, before)
    if recent < LEAST_WARNINGS or p > SIGNIFICANT:
        return None
    return Finding(
        TendencyKind.MORE_WARNINGS.value,
        {"recent": recent, "before": before, "p": round(p, 4)},
        {
            "zh": f"近 {SPAN_DAYS} 天黄色及以上预警 {recent} 次，此前 {SPAN_DAYS} 天 {before} 次",
            "en": f"{recent} warnings of yellow or above in {SPAN_DAYS} days, {before} in the {SPAN_DAYS} days before",
        },
    )


def compute_more_p(recent: int, before: int) -> float:
    """How likely chance brings `recent` or more of all, where each falls into either fortnight alike."""
    total = recent + before
    return sum(comb(total, k) for k in range(recent, total + 1)) / 2**total


def find_higher_peaks(peaks: np.ndarray) -> Finding | None:
    """Whether daily peaks climb. peaks: shares of capacity of consecutive days, float [days], nan unknown."""
    known = np.isfinite(peaks)
    if known.sum() < LEAST_DAYS or not known[-WEEK:].any():
        return None
    slope, p = compute_like_day_trend(peaks)
    newest = float(np.nanmedian(peaks[-WEEK:]))
    if p > SIGNIFICANT or slope * LOOKED_DAYS < LEAST_RISE or newest < LEAST_PEAK:
        return None
    per_week = 100 * slope * WEEK
    return Finding(
        TendencyKind.HIGHER_PEAKS.value,
        {
            "per_week": round(slope * WEEK, 4),
            "newest": round(newest, 4),
            "days": int(known.sum()),
            "p": round(p, 4),
        },
        {
            "zh": f"近 {len(peaks)} 天每日最高人数占承载量每周上升约 {per_week:.1f} 个百分点，最近一周约为 {newest:.0%}",
            "en": f"daily peaks rise by {per_week:.1f} points of capacity a week over {len(peaks)} days, "
            f"now about {newest:.0%}",
        },
    )


def compute_like_day_trend(peaks: np.ndarray) -> tuple[float, float]:
    """(slope a day, one-sided p that it rises by chance), each day compared with those of its weekday only."""
    earlier, later = np.triu_indices(len(peaks), 1)
    alike = ((later - earlier) % WEEK == 0) & np.isfinite(peaks[later] - peaks[earlier])
    earlier, later = earlier[alike], later[alike]
    difference = peaks[later] - peaks[earlier]
    if not len(difference):
        return 0.0, 1.0
    score = float(np.sign(difference).sum())
    variance = sum(_kendall_variance(peaks[weekday::WEEK]) for weekday in range(WEEK))
    slope = float(np.median(difference / (later - earlier)))
    if score <= 0 or variance <= 0:
        return slope, 1.0
    return slope, erfc((score - 1) / sqrt(2 * variance)) / 2


def _kendall_variance(values: np.ndarray) -> float:
    """The variance of Kendall's score of independent values, those that are equal reckoned with."""
    known = values[np.isfinite(values)]
    ties = np.unique(known, return_counts=True)[1]
    return float(_pairs_variance(len(known)) - _pairs_variance(ties).sum())


def _pairs_variance(n):
    return n * (n - 1) * (2 * n + 5) / 18
