import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.science.probability import fit_probability_map
from anlan.science.scoring import Ground, Tally, fit_level

C = np.array([10.0])


def a_ground(row, stretch=None):
    return Ground(counts=np.array([row], float), capacity=C, reach=3, stretch=stretch)


def ring(length, *columns):
    ringing = np.zeros((1, length), bool)
    ringing[0, list(columns)] = True
    return ringing


@pytest.mark.parametrize(
    ("row", "onsets"),
    [
        ([1, 1, 12, 12, 1, 1, 12], [2]),  # back within reach is the same crossing
        ([1, 1, 12, 1, 1, 1, 1, 12], [2, 7]),
        ([12, 1, 1, 1, 1, 10], [5]),  # full from the start: nothing could foretell it; at capacity counts
        ([1, np.nan, 12], [2]),
        ([1, 1, 1], []),
    ],
)
def test_a_crossing_is_the_first_column_at_capacity(row, onsets):
    assert np.flatnonzero(a_ground(row).onsets[0]).tolist() == onsets


@pytest.mark.parametrize(
    ("rung", "tally"),
    [
        ((3,), Tally(1, (1, 1, 0), 0, 1)),
        ((2, 4), Tally(1, (1, 1, 1), 0, 1)),
        ((1,), Tally(1, (0, 0, 0), 1, 0)),  # four columns early: not within reach
        ((5,), Tally(1, (0, 0, 0), 0, 0)),  # already there: no warning
        ((1, 9), Tally(1, (0, 0, 0), 2, 0)),
    ],
)
def test_warnings_are_paired_with_crossings(rung, tally):
    row = [1, 1, 1, 1, 1, 12, 1, 1, 1, 1, 1, 1, 1]
    assert a_ground(row).tally(ring(len(row), *rung), first=0, last=len(row)) == tally


def test_nothing_is_foretold_across_the_end_of_a_stretch():
    row = [1, 1, 1, 1, 1, 12, 1, 1]
    told = a_ground(row, stretch=4).tally(ring(8, 3), first=0, last=8)
    assert told == Tally(1, (0, 0, 0), 1, 0)


def test_a_level_keeps_the_false_warnings_allowed():
    rng = np.random.default_rng(0)
    counts, scores = rng.uniform(0, 9.9, (1, 3000)), rng.random((1, 3000))
    counts[0, ::100] = 11
    ground = Ground(counts=counts, capacity=C, reach=3, stretch=None)
    for allowed in (3, 20):
        level = fit_level(ground, scores, first=0, last=3000, allowed=allowed)
        assert 0 < ground.tally(scores >= level, first=0, last=3000).false <= allowed


def test_without_scores_no_level_rings():
    ground = a_ground([1, 1, 1])
    assert fit_level(ground, np.full((1, 3), np.nan), first=0, last=3, allowed=2) == np.inf


def test_the_map_is_the_isotonic_regression_of_a_textbook():
    scores = np.array([1, 2, 3, 4, 5, 6.0])
    came = np.array([0, 1, 0, 0, 1, 1.0])  # pools: 0 | 1 0 0 → 1/3 | 1 1
    chance = fit_probability_map(scores, came).apply(np.array([0, 1, 2, 3.5, 4, 5, 9, np.nan]))
    np.testing.assert_allclose(chance[:-1], [0, 0, 1 / 3, 1 / 3, 1 / 3, 1, 1])
    assert np.isnan(chance[-1])


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60))
def test_the_map_rises_stays_a_chance_and_keeps_the_mean(pairs):
    scores, came = np.array(pairs, float).reshape(-1, 2).T
    chance = fit_probability_map(scores, came).apply(np.linspace(-1, 2, 40))
    assert (np.diff(chance) >= 0).all()
    assert ((chance >= 0) & (chance <= 1)).all()
    if pairs and len(set(scores)) == len(scores):
        assert fit_probability_map(scores, came).apply(scores).mean() == pytest.approx(came.mean())
