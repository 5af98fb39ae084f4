from dataclasses import replace

import numpy as np
import pytest

from anlan.science.skill import Method, Series, judge_peers, judge_series, make_surges, measure, measure_mase

SLOTS = 72


@pytest.fixture(scope="module")
def series():
    """Twelve part-days of six stations whose evening peak differs from day to day."""
    rng = np.random.default_rng(3)
    hours = np.arange(SLOTS) / SLOTS
    usual = 30 + 500 * np.exp(-((hours - 0.8) ** 2) / 0.004)
    counts = rng.poisson(np.tile(usual, (6, 12)) * rng.uniform(0.85, 1.15, (6, 12)).repeat(SLOTS, 1)).astype(
        float
    )
    return Series(
        name="made", counts=counts, capacity=np.percentile(counts[:, : 9 * SLOTS], 99.5, axis=1), step_s=900,
        slots=SLOTS, day_kind=np.zeros(12, int), horizons=(1, 2, 4), start=2 * SLOTS, fit=6 * SLOTS, level=9 * SLOTS,
        end=12 * SLOTS, month_columns=SLOTS * 21.7, lags=tuple(SLOTS * day for day in range(1, 6)), week=5 * SLOTS,
        broken=True,
    )  # fmt: skip


def test_who_knows_the_future_is_always_right(series):
    ahead = np.stack([series.past.shift(series.counts, step) for step in range(1, 5)])
    share = np.nanmax(np.nan_to_num(ahead), axis=0) / series.capacity[:, None]
    skill = measure(series, Method("oracle", (share,), ahead[-1]), (4.0,))
    assert skill.rungs[4.0].recall[0] == 1
    assert skill.brier_skill > 0.75
    assert skill.mase == 0


def test_ours_and_the_peers_are_measured_alike(series):
    skills = [measure(series, method, (4.0, 8.0)) for method in [*judge_peers(series), judge_series(series)]]
    assert [skill.method for skill in skills] == [
        "persistence", "linear trend", "same time last week", "naive pair", "Anlan",
    ]  # fmt: skip
    ours, persistence = skills[-1], skills[0]
    assert ours.mase < persistence.mase
    assert ours.brier_skill > persistence.brier_skill
    assert ours.rungs[8.0].recall[1] >= persistence.rungs[8.0].recall[1]


def test_made_surges_are_the_same_for_a_seed_and_only_they_are_counted(series):
    surged = make_surges(series, 5)
    np.testing.assert_array_equal(surged.counts, make_surges(series, 5).counts)
    assert (surged.counts != series.counts).any(axis=1).sum() >= 2
    assert surged.marked[(surged.counts != series.counts)].all()
    assert not np.array_equal(surged.counts, make_surges(series, 6).counts)
    nobody = replace(series, marked=np.zeros_like(surged.marked))
    assert measure(nobody, judge_series(nobody), (4.0,)).rungs[4.0].recall == (0, 0, 0, 0)


def test_without_a_forecast_there_is_no_mase(series):
    assert np.isnan(measure_mase(series, None))
