"""A night's learning: alarm levels within their budget, skill that can be counted by hand, and a lesson that keeps."""

from datetime import date

import numpy as np
import pytest

from anlan.domains.crowd.queries.forecast import FIRST_ALARMS, SLOTS, Forecaster, Ledger, Series
from anlan.domains.crowd.queries.learning import (
    brier_skill,
    fit_alarms,
    ground_of,
    keep_lesson,
    months_of,
    newest_lesson,
    newest_number,
    score,
    span,
    study,
)
from anlan.domains.crowd.tests.test_forecast import SERIES, USUAL, ZONE, District, day_kinds
from anlan.stream.snapshot import snapshots

DAYS = 40
BUDGETS = {"A": 2.0, "B": 2.0}
SLOT = np.arange(SLOTS)


def ledger_of(seed=3, series=3, days=DAYS):
    """Places with an evening peak near 800 of 1,000; every fifth day some are a third fuller and reach capacity."""
    rng = np.random.default_rng(seed)
    peak = 800 * np.exp(-(((SLOT - 216) / 30) ** 2))
    rows = []
    for place in range(series):
        level = rng.normal(1, 0.06, days)
        level[place::5] *= 1.4
        rows.append(np.concatenate([peak * one + rng.normal(0, 8, SLOTS) for one in level]))
    kinds = np.array(day_kinds(date(2026, 3, 2), date(2026, 3, 2).replace(month=6))[:days])
    names = [Series(f"P{at}", "occupancy", 1000.0, "square") for at in range(series)]
    counts = np.array(rows, np.float32).reshape(series, days * SLOTS)
    return Ledger(names, date(2026, 3, 2), kinds, counts)


@pytest.fixture(scope="module")
def night():
    return ledger_of(), study(ledger_of(), in_force=FIRST_ALARMS, budgets=BUDGETS)


def test_alarm_levels_are_fitted_within_their_bounds(night):
    _, found = night
    levels = [*found.lesson.alarms.expected.values(), *found.lesson.alarms.surge.values()]
    assert all(level <= 0.999 for level in levels)
    assert min(found.lesson.alarms.expected.values()) >= 0.05
    assert min(found.lesson.alarms.surge.values()) >= 0.2
    assert set(found.lesson.alarms.expected) == {15, 30, 60}
    assert set(found.lesson.alarms.surge) == {15, 60}


def test_skill_is_told_for_each_series_and_channel(night):
    ledger, found = night
    assert [(one.series.space, one.channel) for one in found.skills] == [
        (f"P{at}", channel) for at in range(3) for channel in "AB"
    ]
    first, last = span(ledger, 30)
    for one in found.skills:
        assert one.crossings >= 4 and 0 <= one.caught_30 <= one.caught_15 <= one.crossings
        assert one.months == pytest.approx(30 / 30.44, rel=0.01)
        assert one.like_days == DAYS
    expected = [one for one in found.skills if one.channel == "A"]
    assert sum(one.caught_15 for one in expected) >= 0.5 * sum(one.crossings for one in expected)
    assert all(one.brier_skill > 0 for one in expected)
    assert months_of(ledger, first, last) == pytest.approx(3 * 30 / 30.44, rel=0.01)


def test_where_capacity_is_never_near_no_budget_makes_a_level_that_rings_for_nothing():
    ledger = ledger_of(series=2, days=14)
    quiet = Ledger(ledger.series, ledger.first, ledger.day_kind, ledger.counts / 10)
    found = study(quiet, in_force=FIRST_ALARMS, budgets=BUDGETS).lesson.alarms
    assert min(found.surge.values()) >= 0.2 and min(found.expected.values()) >= 0.05
    few = study(ledger_of(series=2, days=5), in_force=FIRST_ALARMS, budgets=BUDGETS)
    assert few.lesson.alarms == FIRST_ALARMS


def test_a_tighter_budget_gives_higher_levels(night):
    ledger, found = night
    scores, _ = score(ledger)
    tight = fit_alarms(
        ledger, ground_of(ledger), scores, in_force=FIRST_ALARMS, budgets={"A": 0.05, "B": 0.05}
    )
    assert tight.expected[60] >= found.lesson.alarms.expected[60]
    assert tight.surge[60] >= found.lesson.alarms.surge[60]


def test_a_lesson_is_kept_and_read_again(night, tmp_path):
    _, found = night
    assert newest_lesson(tmp_path) is None and newest_number(tmp_path) == 0
    keep_lesson(tmp_path, found)
    number, lesson, chances = newest_lesson(tmp_path)
    assert number == newest_number(tmp_path) == found.lesson.ledger.after.toordinal()
    assert (
        lesson.ledger.series == found.lesson.ledger.series
        and lesson.ledger.first == found.lesson.ledger.first
    )
    assert np.array_equal(lesson.ledger.counts, found.lesson.ledger.counts, equal_nan=True)
    assert lesson.alarms == found.lesson.alarms
    assert np.array_equal(lesson.learned.factors, found.lesson.learned.factors)
    assert np.array_equal(chances.apply(np.array([0.1, 0.9])), found.chances.apply(np.array([0.1, 0.9])))
    path = snapshots(tmp_path)[0]
    path.write_bytes(path.read_bytes()[:-3])
    assert newest_lesson(tmp_path) is None


def test_a_kept_lesson_serves_the_forecaster_and_unknown_series_too(night, tmp_path):
    _, found = night
    keep_lesson(tmp_path, found)
    made = Forecaster(District(USUAL).minutes, day_kinds, zone=ZONE)
    made.teach(newest_lesson(tmp_path)[1])
    assert np.isfinite(made.look(District(USUAL).view(700), SERIES).now).all()


@pytest.mark.parametrize(
    "ledger",
    [
        ledger_of(days=1),
        ledger_of(series=0),
        Ledger(SERIES, date(2026, 3, 2), np.zeros(0, int), np.zeros((2, 0), np.float32)),
        Ledger(SERIES, date(2026, 3, 2), np.zeros(12, int), np.full((2, 12 * SLOTS), np.nan, np.float32)),
    ],
    ids=["one day", "no series", "no days", "nothing known"],
)
def test_little_or_no_history_teaches_little_and_breaks_nothing(ledger):
    found = study(ledger, in_force=FIRST_ALARMS, budgets=BUDGETS)
    assert found.lesson.alarms == FIRST_ALARMS
    assert all(one.like_days >= 1 for one in found.skills)


def test_the_brier_skill_of_the_truth_is_one_and_of_the_base_rate_nought():
    counts = np.zeros((1, 400))
    counts[0, [100, 300]] = 1000.0
    ledger = Ledger(SERIES[:1], date(2026, 3, 2), np.zeros(2, int), counts)
    ground = ground_of(ledger)
    came = np.zeros((1, 400))
    for at in (100, 300):
        came[0, at - 12 : at] = 1
    assert brier_skill(ground, came, 0, 400) == pytest.approx(1)
    assert brier_skill(ground, np.full((1, 400), 24 / 386), 0, 400) == pytest.approx(0, abs=1e-9)
    assert brier_skill(ground, came[:, 310:350], 310, 350) is None
