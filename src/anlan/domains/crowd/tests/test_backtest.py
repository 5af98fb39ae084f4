"""The back-test: the same levels as the ladder gives minute by minute, and an honest account of their worth."""

import time

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.domains.crowd.rules.backtest import (
    ForeseenLevels,
    PastMinutes,
    PastStep,
    Size,
    find_crossings,
    judge_past,
    measure_past,
    walk,
    weigh,
)
from anlan.domains.crowd.rules.ladder import LEVELS, Measured
from anlan.domains.crowd.rules.thresholds import gather_limits
from anlan.domains.crowd.tests.watched import QUANTITIES, Watch

SIZE = Size(capacity=1000.0, area_m2=400.0, exit_capacity_per_min=60.0, bottleneck_width_m=2.0)


def past_of(rng, n):
    """A restless place: people come and go by chance, now and then in bursts, and counters fail for a while."""
    burst = np.repeat(rng.choice([0, 0, 0, 40, -30], size=-(-n // 20)), 20)[:n]
    n_in = rng.poisson(20 + np.maximum(burst, 0))
    n_out = rng.poisson(20 + np.maximum(-burst, 0))
    occupancy = np.maximum(np.cumsum(n_in - n_out) + 300.0, 0)
    occupancy[rng.random(n) < 0.02] = np.nan
    return PastMinutes(1_700_000_040_000 // 60_000 * 60_000, occupancy, n_in, n_out)


def step_by_step(past, size, own):
    """The ladder itself, called once a minute on the same numbers."""
    now, found = measure_past(past, size, gather_limits([own])), []
    columns = {name: getattr(now, name) for name in QUANTITIES if name in Measured._fields}
    watch = Watch(**{name: column[0] for name, column in columns.items()}, thresholds=[own])
    for minute in range(len(past.occupancy)):
        watch.now_ms = past.end_ms(minute)
        watch.numbers = {name: column[minute] for name, column in columns.items()} | {"thresholds": [own]}
        watch.see()
        found += [PastStep(minute, each.from_level, each.to_level, each.rule) for each in watch.changes]
    return found


@settings(max_examples=12, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([{}, {"hold_s": 60.0}, {"share_blue": 0.2, "share_ease": 0.1}, {"hold_s": 1800.0}]),
)
def test_a_past_is_judged_as_the_ladder_would_have_judged_it_minute_by_minute(seed, own):
    past = past_of(np.random.default_rng(seed), 400)
    assert judge_past(past, SIZE, own) == step_by_step(past, SIZE, own)


def test_what_was_foreseen_joins_in():
    quiet = PastMinutes(0, np.full(60, 100.0), np.zeros(60), np.zeros(60))
    foreseen = ForeseenLevels(np.zeros(60, np.int8), np.zeros(60, np.int8))
    foreseen.expected[10:20] = 1
    foreseen.surge[12:14] = 2
    steps = judge_past(quiet, SIZE, {}, foreseen)
    assert [(step.minute, step.after, step.rule) for step in steps[:2]] == [
        (10, "blue", "expected"), (12, "yellow", "surge"),
    ]  # fmt: skip
    assert steps[-1].after == "none"
    assert [step.rule for step in judge_past(quiet, SIZE, {"use_surge": 0}, foreseen)] == [
        "expected",
        "lowered",
    ]
    full = quiet._replace(occupancy=np.full(60, 2000.0))
    assert {step.rule for step in judge_past(full, SIZE, {}, foreseen)} == {"share"}


def test_nothing_to_judge_gives_nothing():
    nothing = PastMinutes(0, np.array([]), np.array([]), np.array([]))
    unknown = PastMinutes(0, np.full(30, np.nan), np.zeros(30), np.zeros(30))
    for past in (nothing, unknown):
        assert judge_past(past, SIZE, {}) == []
        assert weigh([], past, capacity=1000, level="blue").warnings == 0
    assert judge_past(unknown, Size(), {}) == []


def test_a_level_falls_by_steps_each_after_its_hold():
    reached = np.array([4] * 3 + [0] * 30, np.int8)
    justified = np.array([4] * 3 + [2] * 10 + [0] * 20, np.int8)
    assert list(walk(reached, justified, hold_minutes=5)) == [(0, 0, 4), (7, 4, 2), (17, 2, 0)]


def test_the_worth_of_warnings_is_counted_by_hand():
    occupancy = np.full(1000, 100.0)
    occupancy[300:320] = 1000  # warned of 40 minutes before
    occupancy[500:510] = 1000  # warned of 5 minutes before
    occupancy[700:710] = 1200  # not warned of
    past = PastMinutes(0, occupancy, np.zeros(1000), np.zeros(1000))
    steps = [
        PastStep(260, "none", "yellow", "share"), PastStep(330, "yellow", "none", "lowered"),
        PastStep(400, "none", "blue", "share"), PastStep(410, "blue", "none", "lowered"),
        PastStep(495, "none", "yellow", "share"), PastStep(515, "yellow", "none", "lowered"),
        PastStep(850, "none", "yellow", "share"), PastStep(860, "yellow", "none", "lowered"),
    ]  # fmt: skip
    worth = weigh(steps, past, capacity=1000, level="yellow")
    assert (worth.warnings, worth.false_alarms, worth.crossings) == (3, 1, 3)
    assert (worth.caught_15, worth.caught_30, worth.leads_min) == (1, 1, [40, 5])


def test_a_crossing_needs_an_hour_below():
    occupancy = np.zeros(400)
    occupancy[[10, 40, 120, 300]] = 50
    assert find_crossings(occupancy, 50) == [10, 120, 300]
    assert find_crossings(occupancy, np.nan) == []


def test_ten_places_over_a_year_of_minutes_are_judged_within_ten_cpu_seconds():
    rng, before = np.random.default_rng(7), time.process_time()
    n = 365 * 24 * 60
    day = 450 * (1 + np.sin(np.arange(n) * 2 * np.pi / 1440))
    for _ in range(2):
        n_in, n_out = rng.poisson(20, n), rng.poisson(20, n)
        past = PastMinutes(0, np.maximum(day + rng.normal(0, 30, n), 0), n_in, n_out)
        steps = judge_past(past, SIZE, {})
        assert {step.after for step in steps} <= set(LEVELS)
        weigh(steps, past, capacity=1000, level="orange")
    assert 5 * (time.process_time() - before) < 30  # no timed test: the figure is printed by the bench
