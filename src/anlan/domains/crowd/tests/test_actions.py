"""What the actions of the watch do, refuse and leave on record."""

import json
from datetime import timedelta

import pytest

from anlan.domains.crowd import actions, queries
from anlan.domains.crowd.actions import quarantine as quarantine_actions
from anlan.domains.crowd.models import Binding, QuarantinedPayload, Sensor, ThresholdSet
from anlan.domains.crowd.tests.conftest import NOW, count, minute, register, wire
from anlan.kit.actions import Refused
from anlan.kit.models import Change

MAPPING = {
    "format": "json",
    "rows": "$.rows[*]",
    "kind": "interval",
    "channel": "door",
    "start": "from",
    "end": "to",
    "in": "in",
    "out": "out",
}


# ── sensors ─────────────────────────────────────────────────────────────────────────────────────


def test_a_sensor_is_registered_on_record(town):
    change = actions.register_sensor(
        town.square, by=town.gardener, now=NOW, code="cam-9", name="南口", kind="xovis"
    )
    assert change.what == "crowd.register_sensor"
    assert change.subject == Sensor.objects.get(code="cam-9")
    assert change.organisation == town.parks
    assert change.after["place"] == {"id": town.square.pk, "name": "示范广场"}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"code": "../etc"}, "编号"),
        ({"code": "a/b"}, "编号"),
        ({"code": "+"}, "编号"),
        ({"code": "cam-1"}, "已被占用"),
        ({"name": "  "}, "名称"),
        ({"kind": "sorcery"}, "型号"),
        ({"zone_name": "Mars/Olympus"}, "时区"),
        ({"interval_s": 0}, "间隔"),
        ({"mqtt_topic": "a/#"}, "通配符"),
        ({"kind": "mapping"}, "字段映射"),
        ({"kind": "mapping", "mapping": {"format": "json"}}, "字段映射有误"),
        ({"kind": "mapping", "mapping": MAPPING | {"rows": "$.["}}, "字段映射有误"),
        ({"mapping": MAPPING}, "不需要"),
    ],
)
def test_settings_that_nothing_could_be_read_with_are_refused(town, sensor, settings, said):
    words = {"code": "cam-2", "name": "相机"} | settings
    with pytest.raises(Refused, match=said):
        actions.register_sensor(town.square, by=town.chief, now=NOW, **words)
    assert not Sensor.objects.exclude(pk=sensor.pk).exists()


def test_only_whoever_sets_up_sensors_there_may_register_one(town):
    for person in (town.reader, town.trader, town.keeper):
        with pytest.raises(Refused):
            actions.register_sensor(town.square, by=person, now=NOW, code="cam-2", name="相机")


def test_moving_a_sensor_needs_the_right_at_both_ends_and_no_bindings(town, sensor):
    with pytest.raises(Refused, match="移到"):
        actions.edit_sensor(sensor, by=town.gardener, now=NOW, place=town.mall)
    sensor.refresh_from_db()
    actions.bind_channel(sensor, by=town.chief, now=NOW, channel="1", entrance=town.gate)
    with pytest.raises(Refused, match="解除绑定"):
        actions.edit_sensor(sensor, by=town.chief, now=NOW, place=town.mall)
    actions.unbind_channel(sensor.bindings.get(), by=town.chief, now=NOW)
    sensor.refresh_from_db()
    change = actions.edit_sensor(sensor, by=town.chief, now=NOW, place=town.mall)
    assert (change.before["place"]["name"], change.after["place"]["name"]) == ("示范广场", "示范百货")


def test_retiring_needs_a_reason_and_can_be_undone(town, sensor):
    with pytest.raises(Refused, match="原因"):
        actions.retire_sensor(sensor, by=town.chief, now=NOW)
    actions.retire_sensor(sensor, by=town.chief, now=NOW, why="拆除")
    assert queries.sensor_for_readings("cam-1") is None
    with pytest.raises(Refused):
        actions.retire_sensor(sensor, by=town.chief, now=NOW, why="再拆")
    actions.restore_sensor(sensor, by=town.chief, now=NOW)
    assert queries.sensor_for_readings("cam-1") == sensor


def test_a_token_is_given_once_and_never_kept_in_clear(town, sensor):
    token = actions.give_credential(sensor, by=town.gardener, now=NOW, make_secret=lambda n: "s" * n)
    sensor.refresh_from_db()
    assert token.endswith("s" * 32)
    assert sensor.credential.organisation == town.parks
    kept = json.dumps([[row.before, row.after] for row in Change.objects.all()])
    assert token not in kept
    assert token not in "".join(
        str(value) for value in vars(sensor.credential).values() if isinstance(value, str)
    )


def test_a_credential_of_another_organisation_cannot_be_used(town, sensor):
    other = register(town, "cam-m", place=town.mall)
    actions.give_credential(other, by=town.trader, now=NOW)
    other.refresh_from_db()
    with pytest.raises(Refused, match="其他单位"):
        actions.set_credential(sensor, by=town.gardener, now=NOW, credential=other.credential)


# ── bindings ────────────────────────────────────────────────────────────────────────────────────


def test_a_binding_is_told_in_the_sensors_own_story(town, sensor):
    actions.bind_channel(
        sensor, by=town.chief, now=NOW, channel="1", entrance=town.gate, into_zone=town.stage
    )
    change = Change.objects.of(sensor).first()
    told = {"channel": "1", "measures": "flow", "entrance": "北口", "into": "舞台前"}
    assert change.after["binding"] == told | {
        "zh": "1 · 进出人次 · 北口 · → 舞台前",
        "en": "1 · People in and out · 北口 · → 舞台前",
    }
    actions.edit_binding(sensor.bindings.get(), by=town.chief, now=NOW, is_reversed=True)
    change = Change.objects.of(sensor).first()
    assert "reversed" not in change.before["binding"]
    assert change.after["binding"]["reversed"] is True


def test_bindings_that_would_count_wrongly_are_refused(town, sensor):
    elsewhere = town.mall.zones.create(code="A", name="中庭")
    bind = {"by": town.chief, "now": NOW}
    for wrong, said in (
        ({"channel": "1", "into_zone": elsewhere}, "所在的场所"),
        ({"channel": "1", "measures": "presence", "is_reversed": True}, "没有方向"),
        ({"channel": "1", "into_zone": town.stage, "from_zone": town.stage}, "不能相同"),
    ):
        with pytest.raises(Refused, match=said):
            actions.bind_channel(sensor, **bind, **wrong)
    actions.bind_channel(sensor, **bind, channel="1")
    for wrong, said in (({"channel": "1"}, "已绑定"), ({"channel": "*"}, "重复计数")):
        with pytest.raises(Refused, match=said):
            actions.bind_channel(sensor, **bind, **wrong)
    actions.bind_channel(sensor, **bind, channel="1", measures="presence")
    assert Binding.objects.count() == 2


# ── thresholds ──────────────────────────────────────────────────────────────────────────────────


def test_thresholds_keep_before_after_and_reason(town):
    change = actions.set_thresholds(
        town.square, by=town.gardener, now=NOW, values={"share_blue": 0.5}, why="元旦夜", untested_why="急用"
    )
    after = {"share_blue": 0.5, "untested_why": "急用"}
    assert (change.before, change.after, change.why) == ({"share_blue": 0.6}, after, "元旦夜")
    assert queries.own_values(town.square) == {"share_blue": 0.5}
    change = actions.set_thresholds(
        town.square, by=town.gardener, now=NOW, values={"share_blue": 0.6, "hold_s": 600}, why="复核",
        untested_why="急用",
    )  # fmt: skip
    assert change.before == {"share_blue": 0.5, "hold_s": 300.0}
    assert queries.own_values(town.square) == {"hold_s": 600}
    actions.reset_thresholds(town.square, by=town.gardener, now=NOW, why="节后恢复")
    assert queries.own_values(town.square) == {}


@pytest.mark.parametrize(
    ("values", "why", "said"),
    [
        ({"share_blue": 0.5}, " ", "理由"),
        ({"share_blue": 0.95}, "试", "占承载量比例 · 黄色"),
        ({"share_blue": float("nan")}, "试", "占承载量比例 · 蓝色"),
        ({"no_such": 1.0}, "试", "no_such"),
        ({}, "试", "相同"),
    ],
)
def test_unsound_thresholds_are_refused(town, values, why, said):
    with pytest.raises(Refused, match=said):
        actions.set_thresholds(
            town.square, by=town.chief, now=NOW, values=values, why=why, untested_why="急用"
        )
    assert not ThresholdSet.objects.exists()


def test_thresholds_need_their_own_right(town):
    for person in (town.reader, town.trader):
        with pytest.raises(Refused):
            actions.set_thresholds(
                town.square, by=person, now=NOW, values={"share_blue": 0.5}, why="试", untested_why="试"
            )


# ── recounts ────────────────────────────────────────────────────────────────────────────────────


def test_a_recount_is_on_record_with_what_was_shown_before(town, sensor, scene):
    actions.bind_channel(sensor, by=town.chief, now=NOW, channel="1", entrance=town.gate)
    wire(scene)
    count(scene, minute(30, 10))
    change = actions.recount(
        town.square,
        by=town.gardener,
        now=NOW,
        persons=25,
        counted_at=NOW - timedelta(minutes=1),
        counted_by="值班员",
    )
    assert change.after["shown_before"] == 20
    assert (change.after["space"], change.after["persons"], change.after["counted_by"]) == (
        "SQ",
        25,
        "值班员",
    )


def test_a_zone_is_recounted_by_its_own_code(town):
    words = {"by": town.chief, "now": NOW, "persons": 0, "counted_at": NOW, "counted_by": "相机"}
    assert actions.recount(town.stage, **words).after["space"] == "SQ/A"
    assert [change.subject_name for change in queries.recounts_of(town.square)] == ["示范广场 · 舞台前"]


def test_the_operator_may_recount_its_own_place_only(town):
    words = {"now": NOW, "persons": 5, "counted_at": NOW, "counted_by": "保安"}
    actions.recount(town.mall, by=town.keeper, **words)
    for person in (town.keeper, town.reader):
        with pytest.raises(Refused, match="权限"):
            actions.recount(town.square, by=person, **words)


@pytest.mark.parametrize(
    "wrong",
    [
        {"persons": -1}, {"persons": 6_000_000}, {"counted_at": NOW + timedelta(minutes=1)},
        {"counted_at": NOW - timedelta(days=1)}, {"counted_by": " "},
    ],
)  # fmt: skip
def test_unsound_recounts_are_refused(town, wrong):
    words = {"persons": 5, "counted_at": NOW, "counted_by": "保安"} | wrong
    with pytest.raises(Refused):
        actions.recount(town.square, by=town.chief, now=NOW, **words)


# ── quarantine ──────────────────────────────────────────────────────────────────────────────────


def keep(sensor, body=b"\x00<script>", **words):
    told = {"door": "http", "kind": "mapping", "content_type": "application/json", "reason": "读不懂"} | words
    return actions.keep_unread(sensor=sensor, body=body, received_at=NOW, **told)


def test_a_payload_is_read_again_after_the_mapping_is_mended(town, scene):
    wrong = MAPPING | {"in": "arrived"}
    sensor = register(town, "cam-7", kind="mapping", mapping=wrong)
    actions.bind_channel(sensor, by=town.chief, now=NOW, channel="1")
    wire(scene)
    start_ms = round(NOW.timestamp() * 1000) - 60_000
    row = {"door": "1", "from": start_ms, "to": start_ms + 60_000, "in": 40, "out": 2}
    kept = keep(sensor, json.dumps({"rows": [row]}).encode())

    change = actions.replay_quarantined(kept, by=town.gardener, now=NOW)
    assert change.subject.is_waiting
    assert "in" in kept.reason
    assert change.before["reason"] == "读不懂"

    actions.edit_sensor(sensor, by=town.gardener, now=NOW, mapping=MAPPING)
    kept.refresh_from_db()
    change = actions.replay_quarantined(kept, by=town.gardener, now=NOW)
    assert (change.after["state"], change.after["readings"]) == ("replayed", 1)
    assert queries.live_space("SQ").occupancy == 38
    with pytest.raises(Refused, match="已处理"):
        actions.replay_quarantined(kept, by=town.gardener, now=NOW)


def test_a_payload_waits_while_the_engine_does_not_run(town, sensor):
    kept = keep(sensor, b'[{"kind":"event","channel":"1","t":1000,"in":1}]')
    with pytest.raises(Refused, match="引擎"):
        actions.replay_quarantined(kept, by=town.chief, now=NOW)
    kept.refresh_from_db()
    assert kept.is_waiting


def test_what_cannot_be_replayed_says_why(town, sensor, scene):
    with pytest.raises(Refused, match="登记"):
        actions.replay_quarantined(keep(None), by=town.chief, now=NOW)
    large = keep(sensor, b"x" * (2**20 + 1))
    assert (len(large.body), large.size_bytes) == (2**20, 2**20 + 1)
    with pytest.raises(Refused, match="过大"):
        actions.replay_quarantined(large, by=town.chief, now=NOW)


def test_dismissing_ends_it(town, sensor):
    kept = keep(sensor)
    actions.dismiss_quarantined(kept, by=town.chief, now=NOW)
    assert not QuarantinedPayload.objects.get().is_waiting
    with pytest.raises(Refused):
        actions.dismiss_quarantined(kept, by=town.chief, now=NOW)


def test_the_oldest_fall_out_per_sensor_and_in_all(town, sensor, monkeypatch):
    monkeypatch.setattr(quarantine_actions, "KEPT_PER_SENSOR", 3)
    monkeypatch.setattr(quarantine_actions, "KEPT_IN_ALL", 5)
    for number in range(6):
        keep(sensor, bytes([number]))
    other = register(town, "cam-2")
    for number in range(10, 14):
        keep(other, bytes([number]))
    left = sorted(bytes(row.body)[0] for row in QuarantinedPayload.objects.all())
    assert left == [4, 5, 11, 12, 13]


def test_hostile_words_are_cut_to_size(town):
    kept = keep(None, door="d" * 99, kind="k" * 99, content_type="c" * 999, reason="r" * 9999)
    kept.refresh_from_db()
    assert (len(kept.door), len(kept.kind), len(kept.content_type), len(kept.reason)) == (20, 24, 200, 2000)
