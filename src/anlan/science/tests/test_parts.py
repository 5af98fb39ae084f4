"""The parts of a judgement, each on numbers small enough to check by hand."""

import numpy as np
import pytest

from anlan.science.cusum import compute_cusum
from anlan.science.departure import PRIOR, fill_departures, fit_factors, fit_lasting
from anlan.science.likeness import LikeDays
from anlan.science.profile import AGE_WEIGHT, OTHER_KIND, average_days, bridge_gaps, pick_like_days
from anlan.science.spread import (
    TOGETHER_SHARE,
    Spread,
    compute_hazards,
    fit_spread,
    fit_together,
    join_hazards,
)
from anlan.science.surge import GROWTH_USUAL, compute_growth, compute_surge_level, compute_surge_score
from anlan.science.unusual import compute_unusual

NAN = np.nan


def test_like_days_are_the_newest_ten_of_the_kind_filled_up_with_others_only_when_few():
    kinds = np.array([0, 1] * 12)
    days, weights = pick_like_days(kinds, 22)
    assert days.tolist() == list(range(20, 0, -2))
    np.testing.assert_allclose(weights, AGE_WEIGHT ** np.arange(10))
    days, weights = pick_like_days(np.array([0, 0, 0, 1, 1]), 4)
    assert days.tolist() == [3, 2, 1]
    np.testing.assert_allclose(weights, [1, OTHER_KIND, OTHER_KIND * AGE_WEIGHT])
    assert pick_like_days(kinds, 0)[0].size == 0


def test_the_mean_of_days_leaves_missing_values_out():
    np.testing.assert_array_equal(
        average_days(np.array([[1, NAN], [4, NAN]]), np.array([[2.0], [1.0]])), [2, NAN]
    )


def test_a_gap_is_bridged_at_the_days_own_level():
    low, high = np.arange(6.0), np.arange(6.0) + 100
    gapped = high.copy()
    gapped[2:4] = NAN
    bridged = bridge_gaps(np.stack([low, gapped])[:, None], np.ones(2), 2)
    np.testing.assert_allclose(bridged[1, 0], high, atol=7)  # 100 higher than the other day: found to 7
    far = bridge_gaps(np.stack([low, np.r_[100, [NAN] * 5]])[:, None], np.ones(2), 2)
    assert np.isnan(far[1, 0, 3:]).all()


def test_the_day_that_runs_as_today_takes_the_weight():
    slots = 8
    values = np.stack([np.full((slots, 1), 100.0), np.full((slots, 1), 200.0)], axis=1)
    like = LikeDays(values, np.array([1.0, 0.85]), np.array([400.0]), memory=0.97)
    assert like.expect(0, 1)[0][0, 0] == pytest.approx((100 + 0.85 * 200) / 1.85)
    for slot in range(6):
        like.compare(np.array([200.0]), slot)
    path, days = like.expect(5, 1)
    assert path[1, 0] > 195
    assert days.tolist() == [2]


@pytest.mark.parametrize(
    ("departures", "filled"),
    [
        ([3, 2, 1, 0], [3, 2, 1, 0]),
        ([NAN, 2, 1, 0], [1, 2, 1, 0]),  # lasting ½
        ([4, NAN, 2, 0], [4, 2.5, 2, 0]),  # halfway between 4 and ½ · 2
        ([4, 3, 2, NAN], [4, 3, 2, 2]),
        ([NAN] * 4, [0, 0, 0, 0]),
    ],
)
def test_missing_departures_are_filled_from_known_ones(departures, filled):
    told = fill_departures(np.array(departures, float)[:, None], 0.5)
    np.testing.assert_allclose(told[:, 0], filled)


def test_factors_are_found_and_without_readings_the_usual_ones_stand():
    rng = np.random.default_rng(0)
    parts = rng.normal(size=(5, 20, 500))
    true = np.array([0.5, -0.2, 0.1, 0.3, 0.0])
    found = fit_factors(parts, np.einsum("p,psn->sn", true, parts))
    np.testing.assert_allclose(found, true, atol=0.01)
    np.testing.assert_allclose(fit_factors(parts[:, :, :0], np.empty((20, 0))), PRIOR)
    before = rng.normal(size=(3, 500))
    assert fit_lasting(0.7 * before, before) == pytest.approx(0.7)


def test_the_spread_grows_with_the_level_and_tells_sensors_apart():
    rng = np.random.default_rng(1)
    level = rng.uniform(0, 1, (2, 4000))
    errors = rng.normal(size=level.shape) * np.sqrt(0.001 + 0.01 * level) * np.array([[1.0], [2.0]])
    spread = fit_spread(errors=errors, level=level, sensors=2, high_only=False)
    quiet, wild = spread.at(np.array([0.5, 0.5]))
    assert wild / quiet == pytest.approx(2, rel=0.1)
    assert quiet == pytest.approx(np.sqrt(0.006), rel=0.15)


def test_a_forecast_at_capacity_is_an_even_chance():
    hazards = compute_hazards(forecast=np.array([[1.0, 0.5, NAN]]), spread=np.full((1, 3), 0.05))
    np.testing.assert_allclose(join_hazards(hazards, 0.0), [0.5, 0, 0], atol=1e-6)


def test_chances_of_moments_join_by_how_far_their_errors_go_together():
    hazards = np.full((2, 1), np.log(2))  # ½ each
    assert join_hazards(hazards, 0.0)[0] == pytest.approx(0.75)
    assert join_hazards(hazards, 1.0)[0] == pytest.approx(0.5)
    errors = np.random.default_rng(0).normal(size=(3, 4, 100))
    assert fit_together(errors) < 0.2
    assert fit_together(np.repeat(errors[:1], 3, axis=0)) == pytest.approx(TOGETHER_SHARE)


def test_growth_counts_in_spreads_and_only_beyond_the_usual():
    spread = Spread(0.0004, 0.0, np.ones(2))
    grown = compute_growth(
        now=np.array([0.12, NAN]), before=np.array([0.025, 0]), usual=np.zeros(2), lasting=0.8, spread=spread
    )
    np.testing.assert_allclose(grown, [5, NAN])
    flat = np.full((4, 1), 0.2)
    level = compute_surge_level(path=flat, departure=np.array([0.1]), gathered=np.array([GROWTH_USUAL]))
    assert level[0] == pytest.approx(0.3)
    assert compute_surge_level(path=flat, departure=np.array([0.1]), gathered=grown[:1])[0] > 0.6
    assert compute_surge_score(np.array([1.0]))[0] == pytest.approx(0.5)


def test_the_cusum_gathers_what_single_steps_do_not_say():
    growth = np.array([[2.5, 6, 1, NAN], [3, -4, 3, 5], [4, 0, NAN, 2]])  # newest first
    np.testing.assert_allclose(compute_cusum(growth), [3.5, 4, 0, 3])


@pytest.mark.parametrize(
    ("now", "usual", "capacity", "times"),
    [
        (300, 100, 1000, 3),
        (299, 100, 1000, 0),
        (300, 100, 2000, 0),  # three times, but an eighth of capacity
        (500, 100, 1e6, 5),
        (500, 100, NAN, 5),
        (20, 0, 1000, 0),  # the usual counts as five people at least
        (NAN, 10, 100, 0),
        (400, NAN, 1000, 0),
    ],
)
def test_unusual_is_a_scale_of_its_own(now, usual, capacity, times):
    told = compute_unusual(counts=np.array([now]), usual=np.array([usual]), capacity=np.array([capacity]))
    assert told[0] == pytest.approx(times)
