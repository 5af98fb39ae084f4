"""Health of sensors from what they count, the episodes on record, and what is estimated for a silent door."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from anlan.domains.crowd import queries, rules
from anlan.domains.crowd.models import Binding, SensorEpisode
from anlan.domains.crowd.queries.usual import forget_signs
from anlan.domains.crowd.tests.conftest import MINUTE_MS, minute, register, wire
from anlan.domains.crowd.workers.health import HealthWatch
from anlan.stream.clock import SteppedClock
from anlan.stream.readings import Reading, columns
from anlan.stream.scene import close_scene, open_scene

NOON = datetime(2026, 3, 8, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def as_ms(moment):
    return round(moment.timestamp() * 1000)


@pytest.fixture
def doors(town):
    """Three doors of the square: two thirds of all use the first one."""
    forget_signs()
    made = [register(town, f"door-{n}") for n in (1, 2, 3)]
    for sensor in made:
        Binding.objects.create(
            sensor=sensor, channel="1", entrance=town.gate if sensor.code == "door-2" else None
        )
    yield made
    forget_signs()


@pytest.fixture
def scene(doors):
    yield open_scene("live", judge=rules.judge, clock=SteppedClock(as_ms(NOON - 9 * DAY)), start=False)
    close_scene("live")


def hourly(scene, begin, end, shares, *, out=1.0):
    """Each door counts its share in and out at every half hour of [begin, end), as one reading each."""
    at = begin
    while at < end:
        end_ms = as_ms(at + HOUR / 2)
        readings = [
            Reading(
                kind="interval", sensor=code, channel="1", start=end_ms - MINUTE_MS, end=end_ms,
                count_in=n, count_out=round(n * out),
            )
            for code, n in shares.items()
        ]  # fmt: skip
        scene.run(columns(readings, register=scene.register, t_received_ms=end_ms).columns)
        scene.tick(end_ms)
        at += HOUR


USUAL = {"door-1": 200, "door-2": 60, "door-3": 40}


@pytest.fixture
def watch(scene):
    """The watch after nine days like each other."""
    wire(scene)
    scene.tick(as_ms(NOON - 9 * DAY))
    for back in range(9, 0, -1):
        hourly(scene, NOON - back * DAY - 3 * HOUR, NOON - back * DAY + 6 * HOUR, USUAL)
    found = HealthWatch(scene)
    for _ in range(14):
        found.usual.learn(NOON - 4 * HOUR, blind_on=queries.blind_sensors)
    return found


def states(doors, now):
    return {code: one.state for code, one in queries.health_of(doors, now_ms=as_ms(now)).items()}


def alive(scene, now, *codes):
    """A sign of life of these sensors."""
    beats = [Reading(kind="heartbeat", sensor=code, channel="1", end=as_ms(now)) for code in codes]
    scene.run(columns(beats, register=scene.register, t_received_ms=as_ms(now)).columns)


def test_what_is_usual_is_learned_a_day_a_minute_and_hour_by_hour(watch):
    line = watch.scene.register.index[("door-1", "1")]
    assert watch.usual.hours[line, 12].tolist() == [200, 200]
    assert watch.usual.hours[line, 3].tolist() == [0, 0]
    assert watch.usual.totals[line, -1] == 9 * 400


def test_a_silent_door_is_estimated_by_its_share_said_and_recovers_by_itself(watch, doors, scene):
    start = NOON - 3 * HOUR
    hourly(scene, start, NOON, {"door-1": 400, "door-2": 120, "door-3": 80}, out=0.5)
    hourly(scene, NOON, NOON + 2 * HOUR, {"door-1": 400, "door-3": 80}, out=0.5)
    now = NOON + 2 * HOUR
    alive(scene, now, "door-1", "door-3")
    watch.note(now)
    assert states(doors, now) == {"door-1": "online", "door-2": "silent", "door-3": "online"}
    episode = SensorEpisode.objects.get()
    assert (episode.sensor.code, episode.state, episode.ended_at) == ("door-2", "silent", None)
    assert episode.began_at == NOON - HOUR / 2
    space = queries.live_space("SQ")
    missed = 2 * 120 + 60  # two hours, and half of the hour that was counted at its half
    assert space.dead_share == pytest.approx(0.2)
    assert space.imputed == pytest.approx(missed * 1.5, rel=0.02)
    assert space.people == pytest.approx((3 * 600 + 2 * 480 + missed) * 0.5, rel=0.02)
    assert not space.has_no_forecast
    hourly(scene, now, now + HOUR, {"door-1": 400, "door-2": 120, "door-3": 80}, out=0.5)
    later = now + HOUR / 2
    watch.note(later)
    assert states(doors, later)["door-2"] == "online"
    assert SensorEpisode.objects.get().ended_at == later
    assert queries.live_space("SQ").dead_share == 0
    assert (
        queries.live_space("SQ").imputed > 0
    )  # what it missed is missing until somebody counts, or the night
    scene.baseline("SQ", 500, as_ms(later))
    watch.note(later)
    assert queries.live_space("SQ").imputed == 0


def test_readings_that_come_after_all_take_the_place_of_the_estimate(watch, doors, scene):
    hourly(scene, NOON, NOON + 3 * HOUR, {"door-1": 200, "door-3": 40})
    now = NOON + 3 * HOUR
    alive(scene, now, "door-1", "door-3")
    watch.note(now)
    assert queries.live_space("SQ").imputed > 300
    for hour in range(3):
        end_ms = as_ms(NOON + hour * HOUR + HOUR / 2)
        late = minute(60, 60, sensor="door-2", end_ms=end_ms)
        scene.run(columns([late], register=scene.register, t_received_ms=as_ms(now)).columns)
    alive(scene, now + timedelta(minutes=1), "door-1", "door-2", "door-3")
    watch.note(now + timedelta(minutes=1))
    assert queries.live_space("SQ").imputed < 130  # of hours before noon that nobody sent


def test_with_the_greater_part_dead_there_is_no_forecast(watch, doors, scene):
    hourly(scene, NOON, NOON + HOUR, {"door-2": 60, "door-3": 40})
    now = NOON + HOUR
    alive(scene, now, "door-2", "door-3")
    watch.note(now)
    space = queries.live_space("SQ")
    assert space.dead_share == pytest.approx(2 / 3, abs=0.01)
    assert space.has_no_forecast


def test_in_without_out_for_an_hour_is_one_way_unless_the_door_is_like_that(watch, doors, scene):
    begin = NOON - HOUR
    for n in range(60):
        end = begin + timedelta(minutes=n + 1)
        for code, came, went in (("door-1", 3, 0), ("door-2", 1, 1), ("door-3", 1, 0)):
            reading = minute(came, went, sensor=code, end_ms=as_ms(end))
            scene.run(columns([reading], register=scene.register, t_received_ms=as_ms(end)).columns)
    line = scene.register.index[("door-3", "1")]
    watch.usual.hours[line, :, 1] = 0  # people only ever enter by it
    watch.note(NOON)
    assert states(doors, NOON) == {"door-1": "one_way", "door-2": "online", "door-3": "online"}
    episode = SensorEpisode.objects.get()
    assert (episode.lacks, episode.began_at) == (rules.LACKS_OUT, begin)
    assert "只计进而不出" in episode.reason["zh"]
    row = queries.estimate_gaps(scene, watch.usual, queries.gaps_now(NOON), NOON)[0]
    assert row.made_in == 0
    assert row.made_out > 50


def test_a_door_that_counts_nobody_against_its_habit_is_stuck_after_two_hours(watch, doors, scene):
    for n in range(9):
        now = NOON + n * HOUR / 4
        end_ms = as_ms(now)
        readings = [
            minute(50, 50, sensor="door-1", end_ms=end_ms),
            minute(0, 0, sensor="door-2", end_ms=end_ms),
        ]
        scene.run(columns(readings, register=scene.register, t_received_ms=end_ms).columns)
        watch.note(now)
    assert states(doors, now)["door-2"] == "stuck"


def test_a_day_out_of_balance_is_told_of_all_doors_of_the_place(watch, doors, scene):
    hourly(scene, NOON - 3 * HOUR, NOON + 6 * HOUR, USUAL, out=0.8)
    now = NOON + DAY
    scene.tick(as_ms(now))
    alive(scene, now, "door-1", "door-2", "door-3")
    watch.note(now)
    assert set(states(doors, now).values()) == {"imbalance"}
    assert "20%" in queries.health_of(doors, now_ms=as_ms(now))["door-1"].reason["zh"]
    assert queries.health_of(doors, now_ms=as_ms(now))["door-1"].care
    assert not queries.gaps_now(now)  # it counts: nothing is estimated


@pytest.mark.parametrize(
    ("n_in", "n_out", "usual_in", "usual_out", "lacks"),
    [
        (40, 0, 50, 50, 1),
        (40, 0, np.nan, np.nan, 1),  # nothing known: as many out as in are expected
        (29, 0, 50, 50, 0),
        (40, 1, 50, 50, 0),
        (40, 0, 50, 2, 0),  # an entrance
        (400, 0, 50, 2, 1),  # …by which sixteen should have left
        (0, 40, 50, 50, -1),
        (0, 0, 50, 50, 0),
    ],
)
def test_one_way_rule(n_in, n_out, usual_in, usual_out, lacks):
    given = {"n_in": n_in, "n_out": n_out, "usual_in": usual_in, "usual_out": usual_out}
    assert rules.find_one_way(**{name: np.array([float(n)]) for name, n in given.items()}).tolist() == [lacks]


def test_idle_imbalance_and_shift_rules():
    passed, usual = np.array([0, 0, 0, 1]), np.array([30, 29, np.nan, 90])
    assert rules.find_idle(passed=passed, usual=usual).tolist() == [True, False, False, False]
    day_in, day_out = np.array([1000, 1000, 99, -1]), np.array([800, 1160, 0, 0])
    assert rules.compute_imbalance(day_in=day_in, day_out=day_out).tolist() == [0.2, 0.16, 0, 0]
    totals = np.array([[500.0, 500, 500, 100], [500, 500, 500, 900], [9, 9, 9, 9], [np.nan, np.nan, 1, 1]])
    shift = rules.compute_shift(totals=totals, place=np.array([0, 0, 1, 1]))
    assert shift == pytest.approx([0.2, 1.8, 1, 1])
    assert rules.compute_shift(totals=np.zeros((0, 14)), place=np.zeros(0, int)).tolist() == []


def test_a_clock_that_lags_behind_is_a_matter_of_the_clock():
    base = {
        "now_ms": 10**12, "last_received_ms": np.array([10**12] * 2), "interval_s": np.array([60, 60]),
        "last_quality": np.array([0, 0]), "unchanged_since_ms": np.array([0, 0]),
    }  # fmt: skip
    found = rules.sensor_states(**base, behind_ms=np.array([600_000, 600_001]))
    assert found.tolist() == ["online", "clock"]
