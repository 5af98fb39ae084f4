"""Drift of counters, and what silent doors missed: by hand-made nights and slots."""

import numpy as np
import pytest

from anlan.science.drift import compute_drift_factor, compute_occupancy_band, compute_spread
from anlan.science.imputation import compute_dead_share, compute_missed_passages


def nights(*pairs):
    """night_in, night_out of one space, the days before the first being none."""
    table = np.full((2, 1, 14), -1)
    for at, pair in enumerate(reversed(pairs)):
        table[:, 0, -1 - at] = pair
    return {"night_in": table[0], "night_out": table[1]}


@pytest.mark.parametrize(
    ("pairs", "factor"),
    [
        ([], 1),
        ([(1000, 1100)] * 2, 1),  # too few
        ([(1000, 1100)] * 3, 1.1),
        ([(1000, 1100), (-1, 0), (1000, 1100), (1000, 800)], 1.0),  # 3000 / 3000: the dead day does not count
        ([(20, 30)] * 4, 1),  # too few people
        ([(1000, 400)] * 5, 0.8),
        ([(1000, 1900)] * 5, 1.25),
        ([(1000, 500)] * 2 + [(1000, 1000)] * 14, 1),  # beyond the fourteen
    ],
)
def test_the_factor_is_the_ratio_of_out_and_in_over_sound_nights(pairs, factor):
    assert compute_drift_factor(**nights(*pairs[-14:])) == pytest.approx([factor])


@pytest.mark.parametrize(
    ("pairs", "factor", "spread"),
    [
        ([(1000, 900)] * 2, 1, 0.05),
        ([(1000, 900)] * 3, 1, 0.1),
        ([(1000, 900), (1000, 900), (1000, 700), (1000, 800)], 1, 0.15),  # the mean of the middle two
        ([(1000, 900)] * 3, 0.9, 0.01),  # never surer than 1 %
        ([(1000, 100)] * 3, 1, 0.25),
        ([(1000, 930), (-1, 0), (1000, 932), (1000, 940)], 1, 0.068),  # a real door's median
    ],
)
def test_the_spread_is_the_median_of_what_is_left_over(pairs, factor, spread):
    found = compute_spread(**nights(*pairs), factor=np.array([float(factor)]))
    assert found == pytest.approx([spread])


def test_the_band_grows_with_people_counted_and_more_with_people_estimated():
    came, imputed = np.array([0, 1000, -5, 1000]), np.array([0, 0, 0, 40])
    assert compute_occupancy_band(came=came, spread=0.05, imputed=imputed).tolist() == [0, 50, 0, 70]


def slots(*rows):
    """[lines, slots, 2] with as many in as out."""
    return np.repeat(np.array(rows, float)[:, :, None], 2, axis=2)


def missed(counted, usual, missing, *, filled=None, elapsed=None):
    counted, usual, missing = slots(*counted), slots(*usual), slots(*missing)
    filled = np.zeros_like(counted) if filled is None else slots(*filled)
    elapsed = np.ones(counted.shape[1]) if elapsed is None else np.array(elapsed)
    found = compute_missed_passages(
        counted=counted, filled=filled, usual=usual, missing=missing, elapsed=elapsed
    )
    return found[:, :, 0].tolist()


def test_a_dead_door_keeps_its_usual_proportion_to_the_living():
    assert missed([[300, 300], [0, 50]], [[100, 100], [50, 50]], [[0, 0], [1, 0]]) == [[0, 0], [150, 0]]
    assert missed([[50], [10]], [[100], [50]], [[0], [0.5]]) == [[0], [12.5]]
    assert missed([[50], [0]], [[100], [50]], [[0], [0.5]], elapsed=[0.5]) == [
        [0],
        [25],
    ]  # half of the hour is over


def test_what_was_sent_later_after_all_is_not_estimated_as_well():
    assert missed([[100], [30]], [[100], [50]], [[0], [1]], filled=[[0], [30]]) == [[0], [20]]
    assert missed([[100], [60]], [[100], [50]], [[0], [1]], filled=[[0], [60]]) == [[0], [0]]


def test_without_a_living_door_its_usual_count_and_without_knowledge_nothing_is_made_up():
    assert missed([[0]], [[50]], [[1]]) == [[50]]
    assert missed([[0]], [[np.nan]], [[1]]) == [[0]]
    assert missed([[80], [0], [40]], [[10], [np.nan], [9]], [[0], [1], [0]]) == [[0], [60], [0]]  # all alike


def test_the_dead_share_is_of_the_usual_flow():
    dead = np.array([True, False, False])
    assert compute_dead_share(usual=np.array([30.0, 50, 20]), is_dead=dead) == pytest.approx(0.3)
    assert compute_dead_share(usual=np.array([np.nan, 50, 20]), is_dead=dead) == pytest.approx(1 / 3)
    assert compute_dead_share(usual=np.zeros(0), is_dead=dead[:0]) == 0
