"""Common, incipient and tendency problems 普遍性、苗头性、倾向性问题 across hazards: which of many series are told, and with which numbers.

    incipient  苗头性  the last four, eight or sixteen weeks bring more than the year before lets expect
    tendency   倾向性  the last 24 weeks go on rising, also without the newest eight
    common     普遍性  of the units where anything was found, a large share has this kind

Plain values in: counts of whole weeks by series, a district's definitions; signals with their numbers out. A series is a
kind of hazard, or those of one criterion of a standard, in the whole district, in one area, or in one sector. Methods: science.rising, science.rates.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from anlan.domains.hazards.rules.criteria import is_criterion
from anlan.domains.hazards.terms import (
    PatternNature,
    PatternRefusal,
    PatternScope,
    PatternState,
    PatternStep,
    Verdict,
)
from anlan.science.rates import Prior, compute_share_limit, fit_prior
from anlan.science.rising import (
    GUARDED,
    RECENT,
    SPAN,
    YEAR,
    baseline_of,
    compute_climb,
    compute_dispersion,
    compute_rise,
    compute_season,
    find_onset,
    select_by_fdr,
)
from anlan.science.tails import compute_poisson_limits

LEAST_WEEKS = (
    GUARDED + 26
)  # [O] of history: half a year of baseline before the weeks compared; less tells no rise
PEERS_LEAST = 5  # series that make a prior; fewer are judged by themselves
FREE = Prior(0.5, 0.0)  # half an event, nothing more
ALONE = 0.05  # of the last eight weeks: the chance above which a series that was told is calm
STEADY_P, STEADY_STEPS = (
    0.15,
    3,
)  # a tendency without its newest eight weeks, and how many of five blocks rise
APART = 1.5  # times as steep as what covers it: then it is told beside it
LOOK_BACK = 26  # weeks in which the beginning of a rise is looked for
BAND = 1.645  # spreads: nine weeks of ten lie within
SURE = ((0.001, "sure"), (0.01, "likely"), (1.0, "some"))


class Found(NamedTuple):
    """What is counted of a hazard: its kind, the area (its id) and sector where it was found, its standard's criterion or ""."""

    kind: str
    area: int
    sector: str
    criterion: str = ""


class Series(NamedTuple):
    """A kind of hazard or a standard's criterion (`kind` holds its key), in the whole district (`where` empty), in an area (its id) or in a sector (its code)."""

    kind: str
    scope: str
    where: str = ""

    @property
    def key(self):
        """How the series is known in a row."""
        return "/".join(self)


class Definitions(NamedTuple):
    """What a district calls so: counts, per cent, weeks; see queries.tables."""

    least_count: int = 5
    least_ratio: int = 150
    false_share: int = 5
    tendency_total: int = 20
    tendency_growth: int = 150
    common_share: int = 30
    common_units: int = 20
    common_weeks: int = 26
    calm_weeks: int = 4


class Signal(NamedTuple):
    """One series that is told: its nature, the chance that it is chance, and the numbers it was judged by."""

    series: Series
    nature: str
    p: float
    numbers: dict


class Judged(NamedTuple):
    """A night's look: the signals, the keys of series that are not calm, and how many series were judged."""

    signals: list
    raised: frozenset
    tests: int


class Look(NamedTuple):
    """What was reckoned of every series [S]; season [S, weeks]. See science.rising."""

    season: np.ndarray
    scatter: np.ndarray
    seen: np.ndarray
    expected: np.ndarray
    p: np.ndarray
    p_now: np.ndarray
    climb_p: np.ndarray
    before: np.ndarray
    steps: np.ndarray
    growth: np.ndarray


def judge(series: list, counts: np.ndarray, definitions: Definitions) -> Judged:
    """Judge counts [S, weeks] of `series` (whole weeks, the newest last) by the district's definitions.

    Every kind has its series of the whole district among them: it gives the season. Nothing is told of a history
    shorter than LEAST_WEEKS.
    """
    if counts.shape[1] < LEAST_WEEKS or not series:
        return Judged([], frozenset(), 0)
    look = look_at(series, counts)
    rises, climbs = tell_rises(look, definitions), tell_climbs(look, counts, definitions)
    signals = [
        signal_of(series[at], counts[at], look, at, is_climb=climbs[at])
        for at in np.nonzero(rises | climbs)[0]
    ]
    raised = frozenset(series[at].key for at in np.nonzero(look.p_now <= ALONE)[0])
    return Judged(signals, raised, len(series))


def look_at(series, counts):
    """The Look at every series: season, scatter and prior by families of peers, then all at once."""
    weeks = counts.shape[1]
    season, scatter, shape, span = np.ones((len(series), weeks)), *np.ones((3, len(series)))
    overall = compute_dispersion(counts, np.ones(weeks))
    row_of = {one: at for at, one in enumerate(series)}
    for rows in families(series):
        index = compute_season(counts[row_of[Series(series[rows[0]].kind, PatternScope.ALL)]])
        season[rows], scatter[rows] = index, compute_dispersion(counts[rows], index, overall)
        shape[rows], span[rows] = prior_of(counts[rows], index)
    rise = compute_rise(counts, season, shape, span, scatter)
    climb = compute_climb(counts, season, scatter)
    return Look(
        season,
        scatter,
        rise.seen,
        rise.expected,
        rise.p,
        rise.p_now,
        climb.p,
        climb.p_before,
        climb.steps_up,
        climb.growth,
    )


def tell_rises(look, definitions):
    """Which series have just begun to rise, bool [S]."""
    told = select_by_fdr(look.p, definitions.false_share / 100) & (look.seen >= definitions.least_count)
    return told & (look.seen >= look.expected * definitions.least_ratio / 100)


def tell_climbs(look, counts, definitions):
    """Which series go on rising, bool [S]."""
    told = select_by_fdr(look.climb_p, definitions.false_share / 100)
    told &= (look.before <= STEADY_P) & (look.steps >= STEADY_STEPS)
    told &= counts[:, -SPAN:].sum(1) >= definitions.tendency_total
    return told & (look.growth >= definitions.tendency_growth / 100)


def signal_of(series, counts, look, at, *, is_climb):
    """The Signal of one series."""
    nature = PatternNature.TENDENCY if is_climb else PatternNature.INCIPIENT
    numbers = numbers_of(counts, look, at, is_climb=is_climb)
    return Signal(series, nature, float(look.climb_p[at] if is_climb else look.p[at]), numbers)


def families(series):
    """Arrays of the rows that are peers of each other: one kind in all areas, or in all sectors, or as a whole."""
    found = {}
    for at, one in enumerate(series):
        found.setdefault((one.kind, one.scope), []).append(at)
    return [np.array(rows) for rows in found.values()]


def prior_of(counts, season):
    """What the peers let expect of a series, worth a year at most; nothing where they are few."""
    span = baseline_of(counts.shape[1])
    if len(counts) < PEERS_LEAST:
        return FREE
    weeks = np.full(len(counts), season[span].sum())
    return fit_prior(counts[:, span].sum(1), weeks, span_most=YEAR)


def numbers_of(counts, look, at, *, is_climb):
    """The numbers of one series as they are kept and drawn: what was seen, expected, since when, how sure."""
    season, scatter, seen, expected = look.season[at], look.scatter[at], look.seen[at], look.expected[at]
    weekly = expected / season[-RECENT:].sum() * season
    low, high = (
        scatter * limit[0] / expected for limit in compute_poisson_limits(np.array([seen / scatter]))
    )
    back = min(LOOK_BACK, len(counts))
    since = SPAN if is_climb else max(1, back - find_onset(counts[-back:], weekly[-back:]))
    spread = BAND * np.sqrt(scatter * weekly)
    span = baseline_of(len(counts))
    return {
        "seen": int(seen), "expected": round(expected, 2), "ratio": round(seen / expected, 2), "low": round(low, 2),
        "high": round(high, 2), "scatter": round(scatter, 2), "growth": round(look.growth[at], 2),
        "total": int(counts[-SPAN:].sum()), "since_weeks": int(since), "baseline_weeks": span.stop - span.start,
        "is_seasonal": bool(np.ptp(season) > 0), "weeks": counts[-YEAR:].astype(int).tolist(),
        "usual": weekly[-YEAR:].round(2).tolist(), "upper": (weekly + spread)[-YEAR:].round(2).tolist(),
        "lower": np.maximum(weekly - spread, 0)[-YEAR:].round(2).tolist(),
    }  # fmt: skip


def leave_out_explained(signals: list, shared: Callable) -> list:
    """The signals without those that another one explains: of two that share hazards the less likely chance speaks.

    So a rise of one criterion of a standard is told in place of the kind that it makes rise, or the other way round.
    `shared(a, b)`: how many recent hazards lie in both series. What has more than half of its hazards in one that is
    told already is left out, unless it is steeper by APART.
    """
    kept = []
    for one in sorted(
        signals, key=lambda signal: (signal.p, signal.series.scope == PatternScope.ALL, signal.series)
    ):
        seen, ratio = one.numbers["seen"], one.numbers["ratio"]
        if not any(
            may_share(one.series, other.series)
            and ratio < APART * other.numbers["ratio"]
            and 2 * shared(one.series, other.series) > seen
            for other in kept
        ):
            kept.append(one)
    return kept


def may_share(one: Series, other: Series) -> bool:
    """Whether a hazard can lie in both: of two kinds, or of two criteria, it has one alone."""
    return one.kind == other.kind or is_criterion(one.kind) != is_criterion(other.kind)


def find_common(sectors: dict, definitions: Definitions) -> list:
    """Signals of the kinds that are common in the district, or else in a sector.

    sectors: {sector ("" for the district): (units where anything was found, {kind: units with it})}. The lower limit of
    the share (Wilson, one-sided 95 %) must reach the district's definition, so that few units tell nothing. What is
    common in the whole district is not told once more of its sectors.
    """
    found = []
    for sector in sorted(sectors):
        units, by_kind = sectors[sector]
        if units < definitions.common_units:
            continue
        told = {signal.series.kind for signal in found if not signal.series.where}
        for kind in sorted(by_kind.keys() - told):
            low = float(compute_share_limit(np.array([by_kind[kind]]), np.array([units]))[0])
            if low >= definitions.common_share / 100:
                found.append(signal_of_common(kind, sector, by_kind[kind], units, low, definitions))
    return found


def signal_of_common(kind, sector, some, units, low, definitions):
    """The Signal of a kind that is common."""
    series = Series(kind, PatternScope.SECTOR if sector else PatternScope.ALL, sector)
    share = some / units
    numbers = {"with_kind": some, "units": units, "share": round(share, 3), "low": round(low, 3)}
    return Signal(series, PatternNature.COMMON, 0.0, numbers | {"since_weeks": definitions.common_weeks})


def series_over(found: Found) -> list:
    """The series that a hazard belongs to: of its kind, and of its criterion where it has one."""
    told = []
    for subject in filter(None, (found.kind, found.criterion)):
        told += [Series(subject, PatternScope.ALL), Series(subject, PatternScope.AREA, f"{found.area}")]
        if found.sector:
            told.append(Series(subject, PatternScope.SECTOR, found.sector))
    return told


def lies_in(found: Found, series) -> bool:
    """Whether hazards counted together belong to a series."""
    if series.kind not in (found.kind, found.criterion):
        return False
    return {PatternScope.ALL: True, PatternScope.AREA: f"{found.area}" == series.where}.get(
        series.scope, found.sector == series.where
    )


def how_sure(p: float) -> str:
    """In three words how sure a rise is."""
    return next(word for limit, word in SURE if p <= limit)


PATTERN_LIFE: dict[tuple[PatternState, PatternStep], PatternState] = {
    # (from, step): to; what is calm for the district's number of weeks is over from every state, by the machine
    (PatternState.NEW, PatternStep.WATCH): PatternState.WATCHED,
    (PatternState.NEW, PatternStep.CAMPAIGN): PatternState.CAMPAIGN,
    (PatternState.NEW, PatternStep.DISMISS): PatternState.DISMISSED,
    (PatternState.WATCHED, PatternStep.CAMPAIGN): PatternState.CAMPAIGN,
    (PatternState.WATCHED, PatternStep.DISMISS): PatternState.DISMISSED,
    (PatternState.CAMPAIGN, PatternStep.WATCH): PatternState.WATCHED,
    (PatternState.DISMISSED, PatternStep.WATCH): PatternState.WATCHED,
}


def check_pattern_step(state: str, step: str, why: str):
    """Why a problem cannot be taken this step, or None: dismissing says why."""
    if (PatternState(state), PatternStep(step)) not in PATTERN_LIFE:
        return PatternRefusal.NOT_NOW % {"state": PatternState(state).label, "step": PatternStep(step).label}
    return PatternRefusal.NO_REASON if step == PatternStep.DISMISS and not why.strip() else None


def age_calm(calm_weeks: int, weeks_passed: int, *, is_raised: bool) -> int:
    """For how many whole weeks a problem has been calm, after so many more have been looked at."""
    return 0 if is_raised else calm_weeks + weeks_passed


def compare_rate(low: float, high: float, district: float, expected: float, least: float) -> Verdict:
    """How the interval of a rate compares with the district's; nothing is said where fewer than `least` are expected."""
    if expected < least:
        return Verdict.UNKNOWN
    return Verdict.ABOVE if low > district else Verdict.BELOW if high < district else Verdict.ALIKE
