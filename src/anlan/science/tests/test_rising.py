"""Rising: what has begun to rise or goes on rising is told; quiet is not; a season is not a rise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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

FLAT = (0.5, 0.0)  # half an event of prior
PUBLISHED = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]  # fmt: skip


def rise_of(counts, season=None):
    """The rise of series without peers, scattered as Poisson counts are."""
    season = np.ones(counts.shape[1]) if season is None else season
    return compute_rise(counts, np.broadcast_to(season, counts.shape), *FLAT, 1.0)


def test_the_published_example_of_false_discoveries():
    """Benjamini and Hochberg 1995, section 3: four of fifteen at 5 %."""
    told = select_by_fdr(np.array(PUBLISHED), 0.05)
    assert told.tolist() == [True] * 4 + [False] * 11


@given(st.lists(st.floats(0, 1), max_size=50))
def test_what_is_told_is_the_least_likely_and_nothing_unknown(values):
    p = np.array([*values, np.nan])
    told = select_by_fdr(p, 0.1)
    assert not told[-1]
    assert p[told].max(initial=0) <= np.nanmin(np.where(told, np.nan, p), initial=1.0) if told.any() else True
    assert (p[told] <= 0.1).all()


def test_a_rise_by_hand():
    """One a week for a year, then ten in four weeks: (52.5 / 52) · 4 = 4.038 are expected, give or take that year."""
    counts = np.ones((1, YEAR + GUARDED), int)
    counts[0, -4:] = [2, 3, 2, 3]
    rise = rise_of(counts)
    assert rise.seen[0] == 10 and rise.expected[0] == pytest.approx(52.5 / 52 * 4)
    assert rise.variance[0] == pytest.approx(4.03846 + 4.03846**2 / 52.5, abs=1e-4)
    assert (
        3 * 0.009 < rise.p[0] < 3 * 0.013
    )  # a Poisson count of mean 4.04 reaches 10 in .009; three widths are looked at


def test_what_has_begun_is_not_its_own_baseline():
    span = baseline_of(200)
    assert span == slice(200 - GUARDED - YEAR, 200 - GUARDED)
    assert baseline_of(5) == slice(0, 0)


def test_no_past_is_no_rise():
    """A kind that is new is judged by its prior; without a prior either, half an event is expected."""
    counts = np.zeros((2, 60), int)
    counts[0, -2:] = 2
    rise = rise_of(counts)
    assert rise.p[0] < 1e-3 and rise.p[1] == 1


def test_a_season_of_three_years_is_no_rise():
    weeks = np.arange(3 * YEAR + RECENT)
    level = 20 * (
        1 + 0.6 * np.cos(2 * np.pi * (weeks - len(weeks)) / YEAR)
    )  # the newest weeks are its height
    counts = np.round(level).astype(int)[None]
    season = compute_season(counts.sum(0))
    assert season[-1] == pytest.approx(1.6, abs=0.1)
    assert rise_of(counts, season).p[0] > 0.2
    assert rise_of(counts).p[0] < 1e-5
    assert (compute_season(counts.sum(0)[-100:]) == 1).all()  # two summers make a season, one does not


def test_clusters_are_seen_as_scatter():
    chance = np.random.default_rng(3)
    quiet, clustered = chance.poisson(3, (200, 60)), 3 * chance.poisson(1, (200, 60))
    assert compute_dispersion(quiet, np.ones(60)) == pytest.approx(1, abs=0.1)
    assert compute_dispersion(clustered, np.ones(60)) == pytest.approx(3, abs=0.35)
    assert compute_dispersion(np.zeros((3, 60), int), np.ones(60)) == 1
    assert 1 < compute_dispersion(quiet[:1], np.ones(60), overall=2.0) < 2


@given(st.integers(0, 10_000))
def test_chances_are_chances(seed):
    """On quiet counts a chance below .05 comes no more often than about one time in twenty."""
    counts = np.random.default_rng(seed).poisson(2, (300, 60))
    p = rise_of(counts).p
    assert ((p >= 0) & (p <= 1)).all() and (p < 0.05).mean() < 0.10
    climb = compute_climb(counts, np.ones(counts.shape), 1.0)
    assert (climb.p < 0.05).mean() < 0.12 and (climb.growth > 0).all()


def test_a_steady_rise_is_told_from_one_bad_month():
    weeks = np.arange(SPAN)
    steady, bad = np.round(4 * np.exp(0.06 * weeks)).astype(int), np.full(SPAN, 4)
    bad[-4:] = 16
    climb = compute_climb(np.array([steady, bad, np.full(SPAN, 4)]), np.ones((3, SPAN)), 1.0)
    assert climb.p[0] < 1e-6 and climb.p_before[0] < 0.01 and climb.steps_up[0] == 5 and climb.growth[0] > 2.0
    assert climb.p[1] < 1e-3 and climb.p_before[1] == 0.5 and climb.steps_up[1] == 1
    assert climb.p[2] == 0.5 and climb.growth[2] == 1


def test_since_when():
    counts = np.array([1, 2, 1, 0, 2, 1, 5, 6, 4, 7])
    assert find_onset(counts, np.full(10, 1.3)) == 6
    assert find_onset(np.array([1, 0, 1]), np.full(3, 1.3)) == 3
