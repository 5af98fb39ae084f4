"""What the reads of the watch show, and to whom."""

from datetime import timedelta

import numpy as np
import pytest

from anlan.domains.crowd import actions, queries
from anlan.domains.crowd.models import Warning
from anlan.domains.crowd.queries.live import LOST_AFTER_MS, LiveSpace
from anlan.domains.crowd.tests.conftest import MINUTE_MS, NOW, NOW_MS, count, minute, register, wire
from anlan.domains.places.models import Place
from anlan.stream.readings import Reading

HEALTH = {"now_ms": NOW_MS}


def raise_warning(place, level="yellow", *, scene="live", closed_at=None, code=None):
    return Warning.objects.create(
        scene=scene, space_code=code or place.code, space_name=str(place or "外滩"), place=place, level=level,
        peak_level=level, rule="share", opened_at=NOW, changed_at=NOW, closed_at=closed_at,
    )  # fmt: skip


# ── who sees what ───────────────────────────────────────────────────────────────────────────────


def test_sensors_warnings_and_coverage_are_scoped(town, sensor):
    register(town, "cam-m", place=town.mall)
    raise_warning(town.square)
    raise_warning(town.mall)
    seen = {
        name: (
            [row.code for row in queries.visible_sensors(person)],
            [row.space_code for row in queries.warnings(person).order_by("space_code")],
            queries.coverage(person).total,
        )
        for name, person in vars(town).items()
        if hasattr(person, "username")
    }
    both = (["cam-1", "cam-m"], ["M", "SQ"], 2)
    square, mall = (["cam-1"], ["SQ"], 1), (["cam-m"], ["M"], 1)
    assert seen == {"chief": both, "gardener": square, "reader": square, "trader": mall, "keeper": mall}
    assert queries.find_sensor("cam-m", town.gardener) is None
    assert [row.code for row in queries.search("CAM", town.keeper)] == ["cam-m"]
    assert queries.search(" ", town.chief) == []


def test_quarantine_is_seen_by_who_sets_up_the_sensor(town, sensor):
    words = {
        "door": "http",
        "kind": "native",
        "body": b"?",
        "content_type": "",
        "reason": "?",
        "received_at": NOW,
    }
    own, orphan = actions.keep_unread(sensor=sensor, **words), actions.keep_unread(sensor=None, **words)
    assert list(queries.visible_quarantine(town.chief)) == [orphan, own]
    assert list(queries.visible_quarantine(town.gardener)) == [own]
    for person in (town.reader, town.trader, town.keeper):
        assert not queries.visible_quarantine(person)
    assert (queries.count_waiting(town.chief), queries.count_waiting(town.chief, sensor)) == (2, 1)


def test_replays_are_seen_by_all_and_live_warnings_are_not_mixed_in(town):
    mine, other = raise_warning(town.square), raise_warning(None, scene="replay:bund-2014", code="BUND")
    assert list(queries.warnings(town.trader, "replay:bund-2014")) == [other]
    assert queries.find_warning(town.trader, other.pk) == other
    assert queries.find_warning(town.trader, mine.pk) is None
    assert queries.find_warning(town.trader, 999) is None
    assert queries.scenes_with_warnings() == ["live", "replay:bund-2014"]


def test_open_warnings_come_worst_first(town):
    yellow = raise_warning(town.square)
    raise_warning(town.square, "red", closed_at=NOW, code="SQ/B")
    red = raise_warning(town.mall, "red")
    assert queries.open_warnings() == [red, yellow]
    assert queries.open_warnings(person=town.gardener) == [yellow]
    assert [row.closed_at for row in queries.open_first(queries.warnings(town.chief))] == [None, None, NOW]


# ── the live state ──────────────────────────────────────────────────────────────────────────────


def test_without_an_engine_nothing_is_shown_as_zero(town, sensor):
    assert queries.live_spaces() == {}
    assert queries.live_place(town.square) == (None, {})
    assert queries.health_of([sensor], **HEALTH)["cam-1"].state == "never"
    assert queries.history(town.square, start=NOW - timedelta(hours=1), end=NOW)["t_ms"] == []
    assert queries.preview_levels(town.square, {}) == []
    assert queries.daily_totals(sensor, until=NOW, days=7) == []
    assert queries.threshold_lines(town.square) == []


@pytest.fixture
def counted(town, sensor, scene):
    """The square, counted at its gate into its zone."""
    actions.bind_channel(
        sensor, by=town.chief, now=NOW, channel="1", entrance=town.gate, into_zone=town.stage
    )
    wire(scene)
    count(scene, minute(640, 30))
    return scene


def test_a_place_and_its_zones_are_read_together(town, counted):
    place, zones = queries.live_place(town.square)
    assert (place.occupancy, place.capacity, place.share) == (610, 1000, 0.61)
    assert (place.level, place.shown_level) == ("blue", "blue")
    assert zones["A"].occupancy == 610
    assert zones["A"].density_per_m2 == pytest.approx(1.22)
    assert queries.live_space("nowhere") is None


def test_silence_and_missing_capacity_are_levels_of_their_own():
    known = dict.fromkeys(LiveSpace.__dataclass_fields__) | {
        "code": "X", "at_ms": NOW_MS, "last_received_ms": NOW_MS, "level": "none", "occupancy": 5.0,
    }  # fmt: skip
    assert LiveSpace(**known).shown_level == "undetermined"
    assert LiveSpace(**known | {"density_per_m2": 1.0}).shown_level == "none"
    assert LiveSpace(**known | {"capacity": 10.0}).shown_level == "none"
    for silent_ms in (0, NOW_MS - LOST_AFTER_MS - 1):
        assert LiveSpace(**known | {"level": "red", "last_received_ms": silent_ms}).shown_level == "lost"


def test_health_is_that_of_the_newest_channel(town, counted, sensor):
    count(counted, minute(1, 0, channel="2", end_ms=NOW_MS - MINUTE_MS), received_ms=NOW_MS - 20 * MINUTE_MS)
    health = queries.health_of([sensor], **HEALTH)["cam-1"]
    assert (health.state, health.n_readings, health.total_in) == ("online", 2, 641)
    later = queries.health_of([sensor], now_ms=NOW_MS + 4 * MINUTE_MS)
    assert later["cam-1"].state == "silent"
    assert queries.count_states(later) == {"online": 0, "silent": 1, "total": 1}
    assert [channel.name for channel in queries.channels_seen(sensor)] == ["1", "2"]


def test_history_flows_and_daily_totals_agree(town, counted, sensor):
    series = queries.history(town.square, start=NOW - timedelta(minutes=3), end=NOW)
    assert (series["in"], series["out"]) == ([0, 0, 640], [0, 0, 30])
    assert series["occupancy"][-1] == 610
    (flow,) = queries.entrance_flows(town.square, now=NOW)
    assert (flow.entrance, flow.last_15_min, flow.today) == (town.gate, (640, 30), (640, 30))
    days = queries.daily_totals(sensor, until=NOW, days=2)
    assert [(day["in"], day["out"]) for day in days] == [(640, 30), (0, 0)]


def test_a_long_history_is_thinned_to_what_a_chart_can_draw(town, counted):
    series = queries.history(town.square, start=NOW - timedelta(days=30), end=NOW)
    assert 1000 < len(series["t_ms"]) <= 3000
    assert sum(series["in"]) == 640


def test_a_reversed_entrance_counts_the_other_way(town, counted, sensor):
    actions.edit_binding(sensor.bindings.get(), by=town.chief, now=NOW, is_reversed=True)
    (flow,) = queries.entrance_flows(town.square, now=NOW)
    assert flow.today == (30, 640)


def test_an_entrance_nobody_counts_has_no_numbers(town, counted):
    town.square.entrances.create(code="2", name="南口", form="door")
    assert [flow.today for flow in queries.entrance_flows(town.square, now=NOW)] == [(640, 30), None]


def test_a_preview_judges_the_present_numbers_by_other_thresholds(town, counted):
    now, strict = (
        {one.space.code: one.level for one in queries.preview_levels(town.square, values)}
        for values in ({}, {"share_blue": 0.5, "share_yellow": 0.61, "density_blue_per_m2": 1.2})
    )
    assert now == {"SQ": "blue", "SQ/A": "none"}
    assert strict == {"SQ": "yellow", "SQ/A": "blue"}


def test_threshold_lines_are_in_people(town, counted):
    actions.set_thresholds(
        town.square, by=town.chief, now=NOW, values={"share_blue": 0.5}, why="试", untested_why="试"
    )
    assert queries.threshold_lines(town.square)[:2] == [
        {"level": "blue", "value": 500},
        {"level": "yellow", "value": 800},
    ]


def test_every_threshold_has_words(town):
    rows = queries.threshold_rows(town.square)
    assert {row.name for row in rows} == set(queries.default_thresholds())
    assert all(row.label and row.group and row.value == row.default for row in rows)


# ── coverage ────────────────────────────────────────────────────────────────────────────────────


def test_a_place_is_covered_once_a_sensor_there_counts(town, sensor):
    Place.objects.create(code="OLD", name="旧址", kind="park", organisation=town.parks, retired_at=NOW)
    before = queries.coverage(town.chief)
    assert (before.total, before.covered, before.unbound) == (2, 0, {town.square.pk})
    actions.bind_channel(sensor, by=town.chief, now=NOW, channel="1")
    after = queries.coverage(town.chief)
    assert (after.covered, after.share, list(after.without)) == (1, 0.5, [town.mall])
    actions.retire_sensor(sensor, by=town.chief, now=NOW, why="拆除")
    assert queries.coverage(town.chief).covered == 0


def test_what_is_counted_at_an_exit_covers_its_station(town):
    station = Place.objects.create(code="ST", name="示范站", kind="rail_station", organisation=town.trade)
    door = Place.objects.create(
        code="ST-1", name="1号口", kind="station_exit", parent=station, organisation=town.trade
    )
    assert (queries.coverage(town.trader).total, queries.coverage(town.trader).covered) == (2, 0)
    actions.bind_channel(register(town, "gate-1", place=door), by=town.chief, now=NOW)
    assert (queries.coverage(town.trader).covered, list(queries.coverage(town.trader).without)) == (
        1,
        [town.mall],
    )


# ── payloads ────────────────────────────────────────────────────────────────────────────────────


def test_the_last_payload_is_kept_within_bounds(scene):
    readings = [Reading(kind="heartbeat", t=1)] * 60
    queries.remember_payload("cam-1", door="http", body=b"x" * 100_000, readings=readings, at=NOW)
    kept = queries.last_payload("cam-1")
    assert (len(kept.body), kept.size_bytes, len(kept.readings), kept.n_readings) == (65_536, 100_000, 50, 60)
    for number in range(2_000):
        queries.remember_payload(f"s{number}", door="http", body=b"", readings=[], at=NOW)
    assert queries.last_payload("cam-1") is None
    assert queries.last_payload("s0") is not None


def test_bytes_are_shown_inert():
    assert queries.as_text(b"\xff<b>\x00\x1b[2J\r\nok") == "\ufffd<b>\ufffd\ufffd[2J\nok"
    rows = queries.as_hex(bytes(range(60, 80)))
    assert rows[0][0] == "000000"
    assert rows[1] == ("000010", "4c 4d 4e 4f", "LMNO")


def test_readings_belong_to_the_sensor_whatever_their_body_says(town, sensor):
    (reading,) = queries.decode_payload(
        sensor, b'[{"sensor":"other","kind":"event","channel":"1","t":1000,"in":1}]'
    )
    assert reading.sensor == "cam-1"
    assert '"sensor":"cam-1"' in queries.as_lines([reading])


def test_unknown_numbers_are_none_not_nan(town, counted):
    assert not any(
        isinstance(value, float) and np.isnan(value)
        for space in queries.live_spaces().values()
        for value in (space.net_flow_per_min, space.time_to_capacity_min, space.density_per_m2)
    )
