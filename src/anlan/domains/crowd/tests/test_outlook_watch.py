"""Looking ahead, live: a surge rings before any threshold, a dead forecaster costs no hard rule, nights are learned from."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from django.utils import timezone

from anlan.domains.crowd import workers
from anlan.domains.crowd.actions.learning import learn_from_past
from anlan.domains.crowd.models import (
    ChannelLevels,
    ChannelSkill,
    PlannedArrivals,
    ThresholdSet,
    UnusualCount,
    Warning,
)
from anlan.domains.crowd.queries.learning import newest_lesson
from anlan.domains.crowd.queries.outlooks import alarms_in_force, outlook_of
from anlan.domains.crowd.tests.conftest import MINUTE_MS
from anlan.domains.crowd.tests.test_workers import counter, district, square  # noqa: F401
from anlan.kit import jobs
from anlan.kit.models import Change, Job
from anlan.kit.worker import WorkerLoop
from anlan.stream.clock import SteppedClock
from anlan.stream.readings import Reading, columns

NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)  # noon in Shanghai
NOW_MS = round(NOW.timestamp() * 1000)


@pytest.fixture
def watch(tmp_path, settings, db):
    settings.DATA = tmp_path
    watch = workers.LiveWatch(tmp_path / "live", clock=SteppedClock(NOW_MS))
    watch.start()
    yield watch
    watch.stop()


def count(watch, people, *, after_min):
    """The counter reports so many present; the minute ends."""
    at_ms = NOW_MS + after_min * MINUTE_MS
    reading = Reading(kind="occupancy", sensor="cam-1", channel="all", t=at_ms - 1, value=people)
    watch.scene.run(columns([reading], register=watch.scene.register, t_received_ms=at_ms)[0])
    watch.scene.tick(at_ms)
    return NOW + timedelta(minutes=after_min)


def level(watch):
    return watch.scene.view().level[0]


def test_a_surge_rings_before_any_threshold_and_says_why(watch, counter, square):  # noqa: F811
    off = {"use_time_to_capacity": 0, "use_share_and_time": 0}  # they too see a steady ramp coming
    ThresholdSet.objects.create(place=square, values=off)
    watch.follow_register(NOW)
    for minute in range(1, 60):
        now = count(watch, 60 if minute < 20 else 60 + (minute - 20) * 40, after_min=minute)
        watch.outlook.look(now)
        if level(watch) != "none":
            break
    people = watch.scene.view().occupancy[0]
    assert people < 600  # no hard rule has spoken: the blue threshold is 600
    watch.record_warnings(now)
    row = Warning.objects.get()
    assert (row.channel, row.rule) == ("B", "surge")
    assert "人流激增" in row.reason["zh"] and "尚无往常数据" in row.reason["zh"]
    assert row.numbers["surge_score"] > 0.4
    assert outlook_of("SQ", now=now).is_learning


def test_a_forecaster_that_fails_costs_no_hard_rule(watch, counter, monkeypatch):  # noqa: F811
    def broken(*arguments):
        raise FloatingPointError("the forecaster is dead")

    watch.follow_register(NOW)
    monkeypatch.setattr(watch.outlook.forecaster, "look", broken)
    loop = WorkerLoop(watch.sweeps())
    loop.wind(NOW)
    now = count(watch, 950, after_min=1)
    loop.wind(now)
    failed = {sweep.name for sweep in loop.sweeps if sweep.error}
    assert failed == {"crowd.look_ahead"}
    assert level(watch) == "orange"
    assert Warning.objects.get().channel == "D"


def test_an_outlook_ends_with_its_forecaster(watch, counter):  # noqa: F811
    watch.follow_register(NOW)
    for minute in range(1, 40):
        now = count(watch, 60 if minute < 15 else 60 + min(minute - 15, 20) * 40, after_min=minute)
        watch.outlook.look(now)
    assert level(watch) != "none"
    for minute in range(40, 60):  # it says no more, and the people are gone
        count(watch, 30, after_min=minute)
    assert level(watch) == "none"


def test_the_people_of_a_gathering_are_reckoned_with(watch, counter, square):  # noqa: F811
    watch.follow_register(NOW)
    PlannedArrivals.objects.create(
        place=square, name="示范灯会", held_on=NOW.date(), starts_at="12:30", ends_at="14:00", persons=1200,
        shape="own", curve=[[12 * 60 + 15, 600], [12 * 60 + 30, 600]], approval_number="示范〔2026〕1 号",
    )  # fmt: skip
    now = count(watch, 100, after_min=5)
    watch.outlook.look(now)
    found = outlook_of("SQ", now=now)
    assert found.numbers["expected_60_min"] > 1000
    assert level(watch) in {"blue", "yellow"}


def test_far_more_than_usual_gets_a_word_until_it_is_over(watch, counter, monkeypatch):  # noqa: F811
    watch.follow_register(NOW)
    now = count(watch, 300, after_min=1)
    told = SimpleNamespace(space="SQ", times=6.0, reason={"zh": "六倍"}, numbers={})
    monkeypatch.setattr("anlan.domains.crowd.workers.outlook.find_unusual", lambda *asked: [told])
    watch.outlook.look(now)
    watch.outlook.look(now)
    row = UnusualCount.objects.get()
    assert (row.times, row.closed_at, row.space_name) == (6.0, None, "示范广场")
    monkeypatch.setattr("anlan.domains.crowd.workers.outlook.find_unusual", lambda *asked: [])
    watch.outlook.look(now + timedelta(minutes=1))
    row.refresh_from_db()
    assert row.closed_at == now + timedelta(minutes=1)


def test_each_night_is_learned_from_once(watch, counter):  # noqa: F811
    night = timezone.make_aware(datetime(2026, 3, 11, 4, 0))
    watch.outlook.ask_learning(night + timedelta(minutes=40))
    assert not Job.objects.exists()  # nothing was counted before today
    watch.outlook.forecaster.known_days = np.array([1])
    watch.outlook.ask_learning(night)
    assert not Job.objects.exists()
    for minutes in (31, 41, 51):
        watch.outlook.ask_learning(night + timedelta(minutes=minutes))
    assert Job.objects.filter(kind="crowd.learn").count() == 1


def test_learning_keeps_a_lesson_levels_on_record_and_skill(watch, counter, monkeypatch, tmp_path):  # noqa: F811
    start = timezone.now().replace(second=0, microsecond=0) - timedelta(days=3)
    start_ms = round(start.timestamp() * 1000)
    watch.follow_register(start)
    for step in range(3 * 24 * 4):  # every quarter of an hour, over capacity at one hour of the day
        at_ms = start_ms + step * 15 * MINUTE_MS
        people = 1100 if step % 96 in range(40, 44) else 300
        reading = Reading(kind="occupancy", sensor="cam-1", channel="all", t=at_ms, value=people)
        watch.scene.run(columns([reading], register=watch.scene.register, t_received_ms=at_ms + 500)[0])
        watch.scene.tick(at_ms + 1000)
    jobs.ask("crowd.learn", title="试", by=None, now=timezone.now(), at=timezone.now().isoformat())
    assert jobs.run_one(timezone.now()).state == "done"
    assert {row.channel for row in ChannelLevels.objects.all()} == {"A", "B"}
    change = Change.objects.filter(what="crowd.fit_levels").first()
    assert change.by is None and "60" in change.after["levels"]
    number, lesson, _chances = newest_lesson(tmp_path / "live" / "lessons")
    assert number == timezone.localdate().toordinal() and lesson.ledger.days in {2, 3}
    skill = ChannelSkill.objects.filter(channel="A").get()
    assert skill.crossings >= 1 and skill.is_learning
    assert alarms_in_force().expected[60] == pytest.approx(lesson.alarms.expected[60], abs=1e-3)
    learn_from_past({"at": timezone.now().isoformat()}, lambda *told: None)  # again: nothing doubles
    assert ChannelSkill.objects.count() == 2
