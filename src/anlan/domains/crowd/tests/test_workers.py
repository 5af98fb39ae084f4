"""The live watch: in step with the register, warnings on record whatever the database does meanwhile."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from anlan.domains.accounts.models import Organisation
from anlan.domains.crowd import replays, rules, workers
from anlan.domains.crowd.models import Binding, Sensor, ThresholdSet, Warning
from anlan.domains.crowd.queries import stillness
from anlan.domains.crowd.queries.live import health_of
from anlan.domains.crowd.queries.topology import build_topology
from anlan.domains.places.models import CapacityDetermination, Entrance, Place, Zone
from anlan.kit.models import Change
from anlan.kit.worker import WorkerLoop
from anlan.stream.clock import SteppedClock
from anlan.stream.readings import Reading, columns
from anlan.stream.scene import Scene
from anlan.stream.topology import Binding as Wire

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NOW_MS = round(NOW.timestamp() * 1000)
MINUTE_MS = 60_000


@pytest.fixture
def district():
    return Organisation.objects.create(code="D", name="示范区", path="000001")


@pytest.fixture
def square(district):
    place = Place.objects.create(code="SQ", name="示范广场", kind="square", organisation=district)
    determine(place, 1000)
    return place


@pytest.fixture
def counter(square):
    sensor = Sensor.objects.create(code="cam-1", name="北入口", place=square)
    Binding.objects.create(sensor=sensor, channel="all", measures="presence")
    return sensor


@pytest.fixture
def watch(tmp_path):
    watch = workers.LiveWatch(tmp_path / "live", clock=SteppedClock(NOW_MS))
    watch.start()
    yield watch
    watch.stop()


def determine(place, persons, **more):
    words = {"kind": "instantaneous", "method": "area", "determined_by": place.organisation}
    CapacityDetermination.objects.create(
        place=place, value_persons=persons, determined_on=date(2026, 1, 1), **words, **more
    )


def news(what, subject, **after):
    """A change row, as any action leaves one."""
    words = {
        "subject_kind": subject._meta.label_lower,
        "subject_id": str(subject.pk),
        "subject_name": str(subject),
    }
    return Change.objects.create(what=what, at=NOW, after=after, **words)


def count(watch, people, *, after_min=0):
    """The counter reports so many present, so many minutes after noon."""
    at_ms = NOW_MS + after_min * MINUTE_MS
    watch.scene.tick(at_ms)
    reading = Reading(kind="occupancy", sensor="cam-1", channel="all", t=at_ms, value=people)
    watch.scene.run(columns([reading], register=watch.scene.register, t_received_ms=at_ms)[0])


def steps():
    rows = Change.objects.filter(what="crowd.record_warning_change").order_by("id")
    return [row.after.get("level") for row in rows]


# ---- topology -------------------------------------------------------------------------------------------


def test_topology_tells_capacity_area_thresholds_and_the_ways_out(square):
    ThresholdSet.objects.create(place=square, values={"share_blue": 0.5})
    stair = Zone.objects.create(place=square, code="ST", name="东南阶梯", effective_area_m2=40)
    determine(square, 100, zone=stair)
    Entrance.objects.create(place=square, zone=stair, code="E1", name="阶梯口", form="stair", clear_width_m=4)
    place, zone = build_topology(NOW).spaces
    assert (place.code, place.parent, place.capacity, place.bottleneck_width_m) == ("SQ", None, 1000, None)
    assert (zone.code, zone.parent, zone.capacity, zone.area_m2) == ("SQ/ST", "SQ", 100, 40)
    assert zone.bottleneck_width_m == 4
    assert place.thresholds == zone.thresholds == {"share_blue": 0.5}


def test_topology_tells_what_channels_count(square):
    zone = Zone.objects.create(place=square, code="Z", name="水边")
    gate = Entrance.objects.create(place=square, code="E1", name="北口", form="gate")
    sensor = Sensor.objects.create(code="cam-1", name="北口", place=square)
    Binding.objects.create(sensor=sensor, channel="1", entrance=gate, is_reversed=True)
    Binding.objects.create(sensor=sensor, channel="2", from_zone=zone)
    Binding.objects.create(sensor=sensor, channel="3", into_zone=zone, measures="density")
    retired = Sensor.objects.create(code="cam-2", name="旧", place=square, retired_at=NOW)
    Binding.objects.create(sensor=retired)
    assert build_topology(NOW).bindings == [
        Wire("cam-1", "1", into="SQ", reversed=True, entrance="E1"),
        Wire("cam-1", "2", into="SQ", out_of="SQ/Z"),
        Wire("cam-1", "3", into="SQ/Z", measures="density"),
    ]


def test_passages_are_judged_by_the_entrances_they_are_counted_at(square):
    sizes = {"form": "stair", "clear_width_m": 3}
    stair = Entrance.objects.create(place=square, code="E1", name="阶梯口", **sizes)
    gates = Entrance.objects.create(place=square, code="E2", name="闸机口", form="gate", gate_count=10)
    sensor = Sensor.objects.create(code="cam-1", name="北口", place=square)

    def capacity():
        return build_topology(NOW).spaces[0].passage_capacity_per_min

    Binding.objects.create(sensor=sensor, channel="1")
    assert capacity() is None, "nothing counts passages"
    Binding.objects.create(sensor=sensor, channel="2", measures="passage", entrance=stair)
    assert capacity() == 160
    Binding.objects.create(sensor=sensor, channel="3", measures="passage")
    assert capacity() == 160 + 300
    gates.gate_count = None
    gates.save()
    assert capacity() is None, "the size of an entrance is not known"


def test_a_crowded_stair_rings_by_what_it_lets_through(counter):
    stair = Entrance.objects.create(
        place=counter.place, code="E9", name="阶梯口", form="stair", clear_width_m=3
    )
    Binding.objects.create(sensor=counter, channel="stair", measures="passage", entrance=stair)
    topology = build_topology(NOW)
    (wire,) = [one for one in topology.bindings if one.measures == "passage"]
    (space,) = [one for one in topology.spaces if one.code == wire.into]
    scene = Scene("stair", judge=rules.judge, clock=SteppedClock(NOW_MS), start=False)
    scene.set_topology(topology)
    for minute in range(1, 6):
        end = NOW_MS + minute * MINUTE_MS
        reading = Reading("interval", sensor=counter.code, channel="stair", start=end - MINUTE_MS, end=end,
                          count_in=100, count_out=60)  # fmt: skip
        scene.run(columns([reading], register=scene.register, t_received_ms=end).columns)
        scene.tick(end)
    (change,) = [change for _, change in scene.changes_since()][-1:]
    assert (change["name"], change["to"], change["rule"]) == (space.name, "red", "gate_flow")
    assert "占通过能力每分钟 160 人的 100%" in change["reason"]["zh"]
    scene.close()


def test_who_passes_a_station_exit_is_in_the_station(district):
    station = Place.objects.create(code="ST", name="示范站", kind="rail_station", organisation=district)
    exit_ = Place.objects.create(
        code="ST-1", name="1 号口", kind="station_exit", organisation=district, parent=station
    )
    sensor = Sensor.objects.create(code="gate-1", name="1 号口", place=exit_)
    Binding.objects.create(sensor=sensor, channel="flow")
    Binding.objects.create(sensor=sensor, channel="queue", measures="presence")
    topology = build_topology(NOW)
    assert {one.channel: one.into for one in topology.bindings} == {"flow": "ST", "queue": "ST-1"}
    assert [space.parent for space in topology.spaces] == [None, None]
    topology.check()


def test_the_scene_follows_the_register_when_news_has_come(watch, counter, django_assert_num_queries):
    watch.follow_register(NOW)
    assert [space.code for space in watch.scene.topology.spaces] == ["SQ"]
    with django_assert_num_queries(1):  # nothing new: one look is all
        watch.follow_register(NOW)
    other = Place.objects.create(code="P", name="公园", kind="park", organisation=counter.place.organisation)
    news("places.register_place", other)
    watch.follow_register(NOW)
    assert [space.code for space in watch.scene.topology.spaces] == ["P", "SQ"]


def test_a_capacity_that_begins_by_date_is_followed_without_news(watch, counter):
    watch.follow_register(NOW)
    CapacityDetermination.objects.update(valid_until=date(2026, 3, 1))
    watch.follow_register(NOW + timedelta(days=1))
    assert watch.scene.topology.spaces[0].capacity is None


# ---- warnings -------------------------------------------------------------------------------------------


def test_an_episode_opens_moves_and_closes_with_its_steps_on_record(watch, counter):
    watch.follow_register(NOW)
    for after_min, people in [(0, 650), (1, 850), (2, 100), (7, 100)]:
        count(watch, people, after_min=after_min)
    watch.record_warnings(NOW)
    warning = Warning.objects.get()
    assert (warning.space_code, warning.space_name, warning.place) == ("SQ", "示范广场", counter.place)
    assert (warning.level, warning.peak_level, warning.channel) == ("none", "yellow", "D")
    assert warning.opened_at == NOW and warning.closed_at == NOW + timedelta(minutes=7)
    assert "降为正常" in warning.reason["zh"] and warning.numbers["occupancy"] == 100
    assert steps() == ["blue", "yellow", "none"]
    assert warning.organisation == counter.place.organisation


def test_recording_again_doubles_nothing(watch, counter):
    watch.follow_register(NOW)
    count(watch, 650)
    watch.record_warnings(NOW)
    watch.record_warnings(NOW)
    watch.warnings.told = -1  # as if the database had forgotten where it was
    watch.record_warnings(NOW)
    assert steps() == ["blue"] and Warning.objects.count() == 1


def test_a_new_episode_is_a_new_warning(watch, counter):
    watch.follow_register(NOW)
    for after_min, people in [(0, 650), (1, 100), (6, 100), (7, 950)]:
        count(watch, people, after_min=after_min)
    watch.record_warnings(NOW)
    assert [(row.level, row.closed_at is None) for row in Warning.objects.order_by("id")] == [
        ("none", False),
        ("orange", True),
    ]


def test_a_database_outage_delays_warnings_and_loses_none(watch, counter, monkeypatch):
    watch.follow_register(NOW)
    loop = WorkerLoop([sweep for sweep in watch.sweeps() if sweep.name != "crowd.look_ahead"])

    def out_of_order(self, *arguments, **keywords):
        raise OperationalError("the database is away")

    count(watch, 650)
    with monkeypatch.context() as away:
        away.setattr(Warning, "save", out_of_order)
        loop.wind(NOW)
        count(watch, 850, after_min=1)
        loop.wind(NOW + timedelta(minutes=1))
        assert "away" in next(sweep.error for sweep in loop.sweeps if sweep.name == "crowd.record_warnings")
        assert watch.scene.view().level == ["yellow"]  # the engine did not wait
    assert steps() == []
    loop.wind(NOW + timedelta(minutes=2))
    assert steps() == ["blue", "yellow"]


def test_what_was_not_recorded_before_a_restart_is_recorded_after_it(watch, counter, tmp_path):
    watch.follow_register(NOW)
    count(watch, 650)
    watch.record_warnings(NOW)
    count(watch, 850, after_min=1)
    watch.stop()
    again = workers.LiveWatch(tmp_path / "live", clock=SteppedClock(NOW_MS + MINUTE_MS))
    again.start()
    try:
        assert again.scene.view().level == ["yellow"]
        again.record_warnings(NOW)
    finally:
        again.stop()
    assert steps() == ["blue", "yellow"] and Warning.objects.get().level == "yellow"


def test_an_emptied_journal_beside_an_older_record_starts_from_its_own_beginning(watch, counter):
    news("crowd.record_warning_change", counter, offset=10**9)
    watch.follow_register(NOW)
    count(watch, 650)
    watch.record_warnings(NOW)
    assert Warning.objects.get().level == "blue"


def test_a_space_that_is_no_longer_watched_ends_its_warning(watch, counter):
    watch.follow_register(NOW)
    count(watch, 950)
    watch.record_warnings(NOW)
    Place.objects.update(retired_at=NOW)
    news("places.retire_place", counter.place)
    watch.follow_register(NOW)
    watch.record_warnings(NOW + timedelta(minutes=1))
    warning = Warning.objects.get()
    assert warning.closed_at == NOW + timedelta(minutes=1) and warning.peak_level == "orange"
    assert "不再监测" in warning.reason["zh"] and warning.place == counter.place


def test_a_replay_keeps_its_warnings_in_its_own_scene_once():
    replay = replays.load("bund-2014")
    for _ in range(2):
        scene, clock = replays.open_headless(replay)
        record = workers.WarningRecord(scene)
        for _ in replays.steps(replay, scene=scene, clock=clock):
            record.record(timezone.now())
    warning = Warning.objects.get()
    assert (warning.scene, warning.space_name, warning.level) == ("replay:bund-2014", "外滩", "red")
    assert warning.place is None and steps() == ["blue", "yellow", "orange", "red"]


# ---- recounts -------------------------------------------------------------------------------------------


def recounted(subject, persons):
    return news(
        "crowd.recount", subject, space="SQ", persons=persons, counted_at=NOW.isoformat(), counted_by="巡查"
    )


@pytest.fixture
def gate(square):
    sensor = Sensor.objects.create(code="gate-1", name="北口", place=square)
    Binding.objects.create(sensor=sensor)
    return sensor


def test_a_recount_sets_the_number_present_once(watch, gate):
    watch.follow_register(NOW)
    recounted(gate.place, 300)
    watch.apply_recounts(NOW)
    assert watch.scene.view().occupancy.tolist() == [300]
    start, end = NOW_MS, NOW_MS + MINUTE_MS
    passed = Reading(
        kind="interval", sensor="gate-1", channel="1", start=start, end=end, count_in=20, count_out=5
    )
    watch.scene.run(columns([passed], register=watch.scene.register, t_received_ms=end)[0])
    watch.apply_recounts(NOW)
    assert watch.scene.view().occupancy.tolist() == [315]


def test_a_recount_of_a_space_nobody_watches_blocks_no_other(watch, gate):
    recounted(gate.place, 300)  # the scene has no spaces yet
    watch.apply_recounts(NOW)
    watch.follow_register(NOW)
    recounted(gate.place, 200)
    watch.apply_recounts(NOW)
    assert watch.scene.view().occupancy.tolist() == [200]


def test_a_recount_is_no_inflow(watch, gate):
    """The number jumps because people counted, not because anyone came: nothing is about to be reached."""
    watch.follow_register(NOW)
    for minute in range(8):
        if minute == 5:
            recounted(gate.place, 450)
            watch.apply_recounts(NOW)
        start = NOW_MS + minute * MINUTE_MS
        passed = Reading(
            kind="interval",
            sensor="gate-1",
            channel="1",
            start=start,
            end=start + MINUTE_MS,
            count_in=1,
            count_out=1,
        )
        watch.scene.tick(start + MINUTE_MS)
        block = columns([passed], register=watch.scene.register, t_received_ms=start + MINUTE_MS)[0]
        watch.scene.run(block)
    view = watch.scene.view()
    assert view.occupancy.tolist() == [450] and view.level == ["none"]


# ---- counters that hang ---------------------------------------------------------------------------------


def test_a_counter_that_shows_the_same_number_for_hours_is_stuck(watch, counter):
    stillness.forget_values()
    watch.follow_register(NOW)
    found = []
    for hour, people in [(0, 42), (1, 42), (2.1, 42), (2.2, 43)]:
        count(watch, people, after_min=round(60 * hour))
        watch.note_values(NOW)
        now_ms = watch.scene.clock.now_ms()
        found.append(health_of([counter], now_ms=now_ms)["cam-1"].state)
    assert found == ["online", "online", "stuck", "online"]
    stillness.forget_values()


def test_an_empty_place_is_not_stuck(watch, counter):
    stillness.forget_values()
    watch.follow_register(NOW)
    for hour in (0, 3):
        count(watch, 0, after_min=60 * hour)
        watch.note_values(NOW)
    assert ("cam-1", "all") not in stillness.unchanged_lines("live")
