import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.science import compute_crossing_scores, compute_forecast, compute_surge_scores
from anlan.science.crossing import judge_table, learn_table, view_table
from anlan.science.shape import check_shape
from anlan.science.today import open_day

SLOTS = 24
ENTRIES = (compute_crossing_scores, compute_surge_scores, compute_forecast)


def a_table(*, sensors=3, days=8, seed=0, slots=SLOTS):
    """Days alike with noise, a peak at two thirds of the day, the last sensor a stock that may fall below zero."""
    rng = np.random.default_rng(seed)
    hours = np.arange(slots) / slots
    shape = 40 + 400 * np.exp(-((hours - 0.66) ** 2) / 0.01)
    counts = rng.poisson(
        np.tile(shape, (sensors, days)) * rng.uniform(0.9, 1.1, (sensors, days)).repeat(slots, 1)
    )
    counts = counts.astype(float)
    counts[-1] -= 60
    return counts


def arguments(counts, **changed):
    days = -(-counts.shape[1] // SLOTS)
    given_ = {
        "counts": counts,
        "capacity": np.full(len(counts), 430.0),
        "step_s": 3600,
        "slots_per_day": SLOTS,
        "day_kind": np.zeros(days, int),
        "horizons_steps": (1, 2),
        "fit_until": 5 * SLOTS,
    }
    return given_ | changed


def same(a, b):
    assert a.keys() == b.keys()
    for horizon in a:
        np.testing.assert_allclose(a[horizon], b[horizon], rtol=1e-9, atol=1e-12, equal_nan=True)


@settings(max_examples=15, deadline=None)
@given(
    column=st.integers(0, 8 * SLOTS - 1),
    sensor=st.integers(0, 2),
    broken=st.booleans(),
    seed=st.integers(0, 99),
)
def test_changing_a_column_changes_no_score_before_it(column, sensor, broken, seed):
    counts = a_table(seed=seed)
    how = {"step_s": 1800} if broken else {}
    changed = counts.copy()
    changed[sensor, column:] = np.random.default_rng(seed).choice(
        [np.nan, 0, 5e3, -80], counts.shape[1] - column
    )
    until = min(5 * SLOTS, column)
    for entry in ENTRIES:
        before = entry(**arguments(counts, fit_until=until, **how))
        after = entry(**arguments(changed, fit_until=until, **how))
        same({h: v[:, :column] for h, v in before.items()}, {h: v[:, :column] for h, v in after.items()})


def test_what_comes_after_fit_until_teaches_nothing():
    counts = a_table()
    cut = counts[:, : 6 * SLOTS]
    for entry in ENTRIES:
        whole, part = entry(**arguments(counts)), entry(**arguments(cut))
        same(
            {h: v[:, : 5 * SLOTS] for h, v in whole.items()}, {h: v[:, : 5 * SLOTS] for h, v in part.items()}
        )


def test_scores_are_chances_and_never_nan():
    counts = a_table()
    counts[0, 30:60] = np.nan
    for entry in ENTRIES[:2]:
        for score in entry(**arguments(counts)).values():
            assert score.shape == counts.shape
            assert ((score >= 0) & (score <= 1)).all()


def test_a_sensor_of_which_nothing_is_known_scores_0_and_disturbs_no_other():
    counts = a_table()
    silent = np.vstack([counts, np.full(counts.shape[1], np.nan)])
    alone, beside = judge_table(**arguments(counts)), judge_table(**arguments(silent))
    for horizon in (1, 2):
        assert not beside.crossing[horizon][-1].any()
        assert not beside.surge[horizon][-1].any()
        assert np.isnan(beside.forecast[horizon][-1]).all()
        np.testing.assert_allclose(beside.crossing[horizon][:-1], alone.crossing[horizon], atol=0.02)


@pytest.mark.parametrize("capacity", [0.0, -5.0, np.nan, np.inf])
def test_without_a_capacity_nothing_can_be_reached(capacity):
    counts = a_table()
    told = judge_table(**arguments(counts, capacity=np.array([430.0, capacity, 430.0])))
    assert not told.crossing[2][1].any()
    assert not told.surge[2][1].any()
    assert told.crossing[2][0].max() > 0.2


@pytest.mark.parametrize("days", [0, 1, 2])
@pytest.mark.parametrize("fit_until", [0, -3, 10_000])
def test_little_history_is_answered(days, fit_until):
    counts = a_table()[:, : days * SLOTS + 5]
    for entry in ENTRIES:
        for values in entry(**arguments(counts, fit_until=fit_until)).values():
            assert values.shape == counts.shape
    assert not compute_crossing_scores(**arguments(counts, fit_until=fit_until))[2][:, : min(SLOTS, 5)].any()


def test_no_columns_and_no_sensors_are_answered():
    assert compute_forecast(**arguments(np.empty((3, 0)), day_kind=np.empty(0, int)))[1].shape == (3, 0)
    assert compute_surge_scores(**arguments(np.empty((0, 3 * SLOTS))))[1].shape == (0, 3 * SLOTS)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"counts": np.zeros(48)}, "counts must be"),
        ({"capacity": np.ones(2)}, "capacity must hold"),
        ({"day_kind": np.zeros(3, int)}, "day_kind must hold"),
        ({"slots_per_day": 25}, "are no day"),
        ({"horizons_steps": ()}, "horizons_steps must be"),
        ({"horizons_steps": (0, 2)}, "horizons_steps must be"),
    ],
)
def test_wrong_shapes_are_refused_in_words(wrong, said):
    with pytest.raises(ValueError, match=said):
        compute_crossing_scores(**arguments(a_table()) | wrong)


def test_the_live_day_says_what_the_table_says():
    counts, day = a_table(seed=4), 7
    counts[1, day * SLOTS + 3] = np.nan
    table = judge_table(**arguments(counts))
    given_ = arguments(counts)
    shape = check_shape(**{k: given_[k] for k in given_ if k != "fit_until"})
    view, people = view_table(counts, given_["capacity"], given_["day_kind"], shape)
    learned = learn_table(view, people, shape, given_["fit_until"])
    yesterday = open_day(
        counts=counts, capacity=people, day_kind=given_["day_kind"], day=day - 1, shape=shape, before=None
    )
    for slot in range(SLOTS):
        yesterday.look(counts[:, (day - 1) * SLOTS + slot], slot)
    today = open_day(
        counts=counts, capacity=people, day_kind=given_["day_kind"], day=day, shape=shape, before=yesterday
    )
    for slot in range(SLOTS):
        column = day * SLOTS + slot
        told = today.judge(counts[:, column], slot, learned)
        for horizon in (1, 2):
            np.testing.assert_allclose(told.crossing[horizon], table.crossing[horizon][:, column], atol=1e-12)
            np.testing.assert_allclose(told.surge[horizon], table.surge[horizon][:, column], atol=1e-12)
            np.testing.assert_allclose(told.forecast[horizon], table.forecast[horizon][:, column], atol=1e-9)


def test_a_clock_that_goes_back_adds_nothing_and_a_slot_left_out_is_a_missing_one():
    counts = a_table()
    given_ = arguments(counts)
    shape = check_shape(**{k: given_[k] for k in given_ if k != "fit_until"})
    view, people = view_table(counts, given_["capacity"], given_["day_kind"], shape)
    learned = learn_table(view, people, shape, given_["fit_until"])

    def live(slots):
        today = open_day(
            counts=counts, capacity=people, day_kind=given_["day_kind"], day=6, shape=shape, before=None
        )
        for slot, value in slots:
            told = today.judge(value, slot, learned)
        return told

    now = counts[:, 6 * SLOTS + 5]
    gone_back = live([(4, now), (5, now), (3, now * 40)])
    np.testing.assert_array_equal(gone_back.crossing[2], live([(4, now), (5, now)]).crossing[2])
    left_out = live([(2, now), (5, now)])
    missing = live([(2, now), (3, np.full(3, np.nan)), (4, np.full(3, np.nan)), (5, now)])
    np.testing.assert_allclose(left_out.forecast[2], missing.forecast[2], rtol=0.02)


def test_a_fifth_of_the_readings_lost_costs_little():
    counts = a_table(sensors=12, days=16)
    lost = np.where(np.random.default_rng(1).random(counts.shape) < 0.2, np.nan, counts)
    came = counts[:, 12 * SLOTS + 2 :]

    def error(forecast):
        return np.abs(forecast[2][:, 12 * SLOTS : -2] - came).mean()

    how = {"fit_until": 10 * SLOTS}
    assert error(compute_forecast(**arguments(lost, **how))) < 1.08 * error(
        compute_forecast(**arguments(counts, **how))
    )


def test_a_surge_at_a_quiet_hour_is_heard_before_it_arrives():
    counts = a_table(days=12)
    start = 11 * SLOTS + 3
    counts[0, start : start + 4] += [110, 220, 330, 440]
    surge = compute_surge_scores(**arguments(counts, horizons_steps=(4,)))[4]
    usual = surge[1, 4 * SLOTS :]
    assert counts[0, start + 1] < 430
    assert surge[0, start + 1] > usual.max()
