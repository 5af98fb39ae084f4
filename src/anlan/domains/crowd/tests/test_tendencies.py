"""Tendency 倾向性: found by weeks against weeks, kept on record until it is found no more."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from django.utils import timezone

from anlan.domains.crowd.actions.tendencies import FIND, compare, count_warnings, keep_tendencies
from anlan.domains.crowd.models import Tendency, Warning
from anlan.domains.crowd.queries.forecast import SLOTS, Ledger, Series
from anlan.domains.crowd.rules.tendency import (
    LOOKED_DAYS,
    compute_like_day_trend,
    compute_more_p,
    find_higher_peaks,
    find_more_warnings,
)
from anlan.domains.crowd.tests.conftest import MINUTE_MS
from anlan.domains.crowd.tests.test_workers import counter, district, square  # noqa: F401
from anlan.domains.crowd.workers import LiveWatch
from anlan.domains.crowd.workers.tendencies import ask_tendencies
from anlan.kit import jobs
from anlan.kit.models import Job
from anlan.stream.clock import SteppedClock
from anlan.stream.readings import Reading, columns

TODAY = date(2026, 3, 30)
WEEKEND = np.tile([0, 0, 0, 0, 0, 0.35, 0.4], 4)


@pytest.mark.parametrize(
    ("recent", "before", "p"),
    [(0, 0, 1.0), (3, 0, 1 / 8), (5, 0, 1 / 32), (4, 4, 163 / 256), (8, 2, 56 / 1024), (9, 2, 67 / 2048)],
)
def test_two_poisson_counts_are_compared_exactly(recent, before, p):
    assert compute_more_p(recent, before) == pytest.approx(p)


@pytest.mark.parametrize(
    ("recent", "before", "is_found"),
    [(0, 0, False), (2, 0, False), (4, 0, False), (5, 0, True), (8, 2, False), (9, 2, True), (40, 35, False)],
)
def test_more_warnings_need_three_and_more_than_chance(recent, before, is_found):
    found = find_more_warnings(recent, before)
    assert bool(found) == is_found
    if found:
        assert str(recent) in found.reason["zh"] and str(before) in found.reason["en"]


def climbing(per_week, *, base=0.4, noise=0.0, start=0):
    """Four weeks of daily peaks with a weekend, that climb."""
    days = np.arange(LOOKED_DAYS)
    wobble = noise * np.random.default_rng(7).standard_normal(LOOKED_DAYS)
    return base + np.roll(WEEKEND, start) + per_week * days / 7 + wobble


@pytest.mark.parametrize("start", range(7))  # whatever weekday the four weeks begin on
@pytest.mark.parametrize(
    ("per_week", "noise", "is_found"),
    [(0.0, 0.02, False), (0.05, 0.02, True), (0.05, 0.0, True), (-0.05, 0.02, False), (0.01, 0.0, False)],
)
def test_peaks_climb_against_their_own_weekday(start, per_week, noise, is_found):
    assert bool(find_higher_peaks(climbing(per_week, noise=noise, start=start))) == is_found


def test_the_slope_and_its_chance_are_those_worked_out_by_hand():
    slope, p = compute_like_day_trend(climbing(0.07))
    assert slope == pytest.approx(0.01)
    # S = 7 · 6 = 42, variance = 7 · 4 · 3 · 13 / 18 = 60.67, z = 41 / 7.789 = 5.26
    assert p == pytest.approx(7.1e-8, rel=0.02)


@pytest.mark.parametrize(
    "peaks",
    [
        np.full(LOOKED_DAYS, np.nan), np.full(LOOKED_DAYS, 0.7), climbing(0.05, base=0.02) - 0.1,
        np.where(np.arange(LOOKED_DAYS) < 18, np.nan, climbing(0.2)),
        np.where(np.arange(LOOKED_DAYS) > 20, np.nan, climbing(0.2)),
    ],
    ids=["nothing known", "always the same", "half empty", "ten days only", "newest week unknown"],
)  # fmt: skip
def test_what_tells_nothing_finds_nothing(peaks):
    assert find_higher_peaks(peaks) is None


def ledger_of(peaks):
    counts = np.full((1, LOOKED_DAYS, SLOTS), np.nan, np.float32)
    counts[0, :, 100] = peaks * 1000
    series = [Series("SQ", "occupancy", 1000.0, "square")]
    return Ledger(
        series, TODAY - timedelta(days=LOOKED_DAYS), np.zeros(LOOKED_DAYS, int), counts.reshape(1, -1)
    )


def test_what_was_hardly_watched_before_is_no_baseline():
    steady = np.where(np.arange(LOOKED_DAYS) < 9, np.nan, 0.7)
    assert compare(ledger_of(steady), {"SQ": (9, 0), "X": (9, 0)}, ["SQ", "X"]) == {}
    found = compare(ledger_of(np.full(LOOKED_DAYS, 0.7)), {"SQ": (9, 0), "X": (9, 0)}, ["SQ", "X"])
    assert set(found) == {("SQ", "more_warnings"), ("X", "more_warnings")}


def warn(days_ago, *, level="yellow", scene="live"):
    at = timezone.make_aware(datetime(TODAY.year, TODAY.month, TODAY.day, 20)) - timedelta(days=days_ago)
    Warning.objects.create(
        scene=scene, space_code="SQ", space_name="示范广场", level="none", peak_level=level, rule="share",
        opened_at=at, changed_at=at, closed_at=at,
    )  # fmt: skip


def test_only_the_live_warnings_of_whole_days_count(db):
    for days_ago in (0, 1, 14, 15, 28, 29):
        warn(days_ago)
    warn(3, level="blue")
    warn(3, scene="replay:x")
    assert count_warnings(TODAY) == {"SQ": (2, 2)}


def test_a_tendency_begins_once_is_told_again_and_ends(db):
    words = {"names": {"SQ": "示范广场"}, "place_ids": {}}
    found = {("SQ", "more_warnings"): find_more_warnings(7, 1)}
    keep_tendencies(found, today=TODAY, **words)
    keep_tendencies(found, today=TODAY, **words)
    later = TODAY + timedelta(days=2)
    keep_tendencies({("SQ", "more_warnings"): find_more_warnings(9, 1)}, today=later, **words)
    row = Tendency.objects.get()
    assert (row.found_on, row.told_on, row.ended_on, row.numbers["recent"]) == (TODAY, later, None, 9)
    keep_tendencies({}, today=later, **words)
    keep_tendencies(found, today=later + timedelta(days=5), **words)
    assert [one.ended_on for one in Tendency.objects.order_by("found_on")] == [later, None]


def test_each_night_compares_once_and_what_failed_is_tried_again(db):
    night = timezone.make_aware(datetime(2026, 3, 30, 4, 0))
    for minutes in (0, 41, 51):
        ask_tendencies(night + timedelta(minutes=minutes))
    assert Job.objects.filter(kind=FIND).count() == 1
    Job.objects.update(state="failed")
    ask_tendencies(night + timedelta(hours=2))
    assert Job.objects.count() == 1
    ask_tendencies(night + timedelta(hours=8))
    assert Job.objects.count() == 2
    ask_tendencies(night + timedelta(days=1, hours=1))
    assert Job.objects.count() == 3


def test_a_night_reads_the_history_and_keeps_what_it_finds(tmp_path, settings, db, counter):  # noqa: F811
    settings.DATA = tmp_path
    start = timezone.make_aware(datetime(2026, 3, 2))
    start_ms = round(start.timestamp() * 1000)
    watch = LiveWatch(tmp_path / "live", clock=SteppedClock(start_ms))
    watch.start()
    watch.follow_register(start)
    for day in range(LOOKED_DAYS):
        for hour, people in ((10, 300), (19, 500 + 12 * day)):
            at_ms = start_ms + (day * 24 + hour) * 60 * MINUTE_MS
            reading = Reading(kind="occupancy", sensor="cam-1", channel="all", t=at_ms, value=people)
            watch.scene.run(columns([reading], register=watch.scene.register, t_received_ms=at_ms + 500)[0])
            watch.scene.tick(at_ms + 2 * MINUTE_MS)
    night = start + timedelta(days=LOOKED_DAYS, hours=5)
    watch.scene.tick(round(night.timestamp() * 1000))
    watch.stop()
    ask_tendencies(night)
    assert jobs.run_one(night).state == "done"
    row = Tendency.objects.get()
    assert (row.space_code, row.kind, row.space_name) == ("SQ", "higher_peaks", "示范广场")
    assert row.numbers["per_week"] == pytest.approx(0.084, abs=1e-3) and row.place.code == "SQ"
