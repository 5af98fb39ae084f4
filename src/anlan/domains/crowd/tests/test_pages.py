"""The pages of the watch through the front door."""

import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from anlan.domains.crowd import actions, queries
from anlan.domains.crowd.models import QuarantinedPayload, Sensor, SensorEpisode, ThresholdSet
from anlan.domains.crowd.tests.conftest import NOW, count, minute, register, wire
from anlan.domains.crowd.tests.test_actions import MAPPING, keep
from anlan.domains.crowd.tests.test_queries import raise_warning
from anlan.kit.models import Change

HOSTILE = "<script>alert(1)</script>"


def text(answer, status=200):
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def at(name, *args):
    return reverse(f"crowd:{name}", args=args)


EVERY = [
    ("sensors", ()), ("sensor_add", ()), ("sensor", ("cam-1",)), ("sensor_edit", ("cam-1",)), ("sensor_retire", ("cam-1",)),
    ("binding_add", ("cam-1",)), ("all_thresholds", ()), ("thresholds", ("SQ",)), ("thresholds_reset", ("SQ",)),
    ("warnings", ()), ("quarantine", ()), ("recount", ("SQ",)), ("recount_reset", ("SQ",)), ("coverage", ()),
    ("counter_plan", ("SQ",)), ("drop_plan", ("SQ",)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args"), EVERY)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_with_and_without_an_engine(browse, sensor, name, args, language):
    browse().cookies["django_language"] = language
    assert "<h1" in text(browse().get(at(name, *args)))


@pytest.mark.parametrize(("name", "args"), EVERY)
def test_nobody_signed_out_sees_anything(client, sensor, name, args):
    answer = client.get(at(name, *args))
    assert answer.status_code == 302
    assert "/accounts/" in answer["Location"]


@pytest.mark.parametrize(
    ("name", "args"), [(name, args) for name, args in EVERY if args] + [("thresholds_preview", ("SQ",))]
)
def test_what_is_not_ones_own_is_not_found(browse, sensor, name, args):
    assert browse("trader").get(at(name, *args)).status_code in (404, 405)


# ── sensors ─────────────────────────────────────────────────────────────────────────────────────


def test_the_list_of_sensors_filters_by_health(browse, town, sensor, scene):
    register(town, "cam-2", name="南入口相机")
    count(scene, minute(3, 1))
    scene.clock.step_to(round(timezone.now().timestamp() * 1000))
    page = text(browse().get(at("sensors")))
    assert "cam-1" in page and "cam-2" in page
    assert "尚无读数" in page
    never = text(browse().get(at("sensors") + "?state=never"))
    assert "cam-2" in never and "cam-1<" not in never
    csv = b"".join(browse().get(at("sensors") + "?format=csv&state=never").streaming_content).decode()
    assert csv.startswith("\ufeff") and "cam-2" in csv and "cam-1" not in csv


def test_a_sensor_is_registered_through_the_form(browse, town):
    form = {
        "code": "cam-5", "name": HOSTILE, "kind": "mapping", "place": town.square.pk, "zone_name": "Asia/Shanghai",
        "interval_s": 60, "mqtt_topic": "", "mapping": json.dumps(MAPPING),
    }  # fmt: skip
    answer = browse("gardener").post(at("sensor_add"), form)
    assert answer["Location"] == at("sensor", "cam-5")
    page = text(browse("gardener").get(at("sensor", "cam-5")))
    assert HOSTILE not in page and "&lt;script&gt;" in page
    assert Sensor.objects.get(code="cam-5").mapping == MAPPING


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"mapping": "{"}, "不是有效的 JSON"),
        ({"mapping": json.dumps({"format": "yaml"})}, "字段映射有误"),
        ({"mapping": "[" * 5000}, "JSON"),
        ({"code": "no spaces please"}, "编号只能包含"),
        ({"place": "999"}, "errors_or_choice"),
    ],
)
def test_a_wrong_form_comes_back_with_the_reason(browse, town, given, said):
    form = {
        "code": "cam-5", "name": "相机", "kind": "mapping", "place": town.square.pk, "zone_name": "Asia/Shanghai",
        "interval_s": 60, "mapping": json.dumps(MAPPING),
    } | given  # fmt: skip
    page = text(browse().post(at("sensor_add"), form))
    assert said in page or (said == "errors_or_choice" and 'class="wrong"' in page)
    assert not Sensor.objects.exists()


def test_settings_are_edited_and_told_in_the_story(browse, sensor, town):
    form = {
        "name": "北口新相机", "kind": "native", "place": town.square.pk, "zone_name": "Asia/Shanghai",
        "interval_s": 120, "mapping": "",
    }  # fmt: skip
    browse("gardener").post(at("sensor_edit", "cam-1"), form)
    page = text(browse().get(at("sensor", "cam-1")))
    assert "北口新相机" in page and "修改设备设置" in page and "上报间隔（秒）" in page


def test_the_token_is_on_one_answer_only(browse, sensor):
    page = text(browse("gardener").post(at("sensor_credential", "cam-1")))
    token = re.search(r'id="token">(anl_[\w-]+)<', page)[1]
    assert f"Bearer {token}" in page
    assert token not in text(browse().get(at("sensor", "cam-1")))


def test_an_observer_sees_no_buttons_and_may_not_press_them(browse, sensor):
    page = text(browse("reader").get(at("sensor", "cam-1")))
    for name in ("sensor_edit", "sensor_credential", "sensor_retire", "binding_add"):
        assert at(name, "cam-1") not in page
    browse("reader").post(at("sensor_credential", "cam-1"))
    browse("reader").post(at("sensor_retire", "cam-1"), {"why": "试"})
    browse("reader").post(at("binding_add", "cam-1"), {"channel": "1", "measures": "flow"})
    sensor.refresh_from_db()
    assert (sensor.credential, sensor.retired_at, sensor.bindings.count()) == (None, None, 0)


def test_a_payload_is_tried_and_nothing_is_stored(browse, sensor, scene):
    good = '[{"kind":"interval","channel":"1","start":60000,"end":120000,"in":5,"out":2}]'
    page = text(browse().post(at("sensor_try", "cam-1"), {"text": good}))
    assert "&quot;in&quot;:5" in page and "读出 1 条" in page
    file = SimpleUploadedFile("dump.bin", b"\x1f\x8b\x00broken", content_type="application/gzip")
    page = text(browse().post(at("sensor_try", "cam-1"), {"file": file}))
    assert "报文已损坏或格式有误： <code" in page and "gzip" in page
    assert "二选一" in text(browse().post(at("sensor_try", "cam-1"), {}))
    assert len(scene.register) == 0
    assert not QuarantinedPayload.objects.exists()


@pytest.mark.parametrize(
    "hostile", [HOSTILE, "[" * 10_000, "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "\x00" * 50]
)
def test_hostile_text_is_refused_and_shown_inert(browse, sensor, hostile):
    page = text(browse().post(at("sensor_try", "cam-1"), {"text": hostile}))
    assert HOSTILE not in page and "<!ENTITY" not in page


def test_the_last_payload_is_shown_inert_beside_what_was_read(browse, sensor, scene):
    readings = queries.decode_payload(sensor, b'[{"kind":"event","channel":"1","t":1000,"in":1}]')
    body = f"[{HOSTILE}]".encode()
    queries.remember_payload("cam-1", door="http", body=body, readings=readings, at=NOW)
    page = text(browse().get(at("sensor", "cam-1")))
    assert HOSTILE not in page and "&lt;script&gt;alert(1)" in page
    assert "&quot;kind&quot;:&quot;event&quot;" in page


def test_the_example_is_in_the_districts_time(browse, sensor):
    page = text(browse().get(at("sensor", "cam-1")))
    assert (
        page.count(":00+08:00&quot;") == 4
        and "+00:00" not in page.split('id="address"')[1].split("</section>")[0]
    )


def test_channels_heard_of_are_offered_for_binding(browse, town, sensor, scene):
    count(scene, minute(3, 1, channel="Line 0"))
    page = text(browse().get(at("sensor", "cam-1")))
    assert at("binding_add", "cam-1") + "?channel=Line%200" in page
    form = text(browse().get(at("binding_add", "cam-1") + "?channel=Line 0"))
    assert 'value="Line 0"' in form
    given = {"channel": "Line 0", "measures": "flow", "entrance": town.gate.pk, "into_zone": town.stage.pk}
    assert browse().post(at("binding_add", "cam-1"), given)["Location"] == sensor.get_absolute_url()
    binding = sensor.bindings.get()
    assert (binding.channel, binding.entrance, binding.into_zone) == ("Line 0", town.gate, town.stage)
    again = text(browse().post(at("binding_add", "cam-1"), given))
    assert "已绑定" in again
    assert "Line 0" in text(browse().get(at("binding_edit", "cam-1", binding.pk)))
    browse().post(at("binding_edit", "cam-1", binding.pk), given | {"is_reversed": "on"})
    assert sensor.bindings.get().is_reversed
    text(browse().get(at("binding_remove", "cam-1", binding.pk)))
    browse().post(at("binding_remove", "cam-1", binding.pk), {"why": "换位置"})
    assert not sensor.bindings.exists()
    assert Change.objects.of(sensor).first().why == "换位置"


def test_a_zone_of_another_place_is_no_choice(browse, town, sensor):
    other = town.mall.zones.create(code="Z", name="中庭")
    page = text(
        browse().post(at("binding_add", "cam-1"), {"channel": "1", "measures": "flow", "into_zone": other.pk})
    )
    assert 'class="wrong"' in page
    assert not sensor.bindings.exists()


def test_retiring_asks_first_and_can_be_undone(browse, sensor):
    assert "停用后不再接收" in text(browse().get(at("sensor_retire", "cam-1")))
    assert "请写明停用原因" in text(browse().post(at("sensor_retire", "cam-1"), {"why": ""}))
    browse().post(at("sensor_retire", "cam-1"), {"why": "拆除"})
    assert "cam-1" not in text(browse().get(at("sensors")))
    assert "cam-1" in text(browse().get(at("sensors") + "?state=retired"))
    browse().post(at("sensor_restore", "cam-1"))
    sensor.refresh_from_db()
    assert sensor.retired_at is None


# ── thresholds ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def counted(town, sensor, scene):
    actions.bind_channel(sensor, by=town.chief, now=NOW, channel="1", entrance=town.gate)
    wire(scene)
    count(scene, minute(620, 0))
    return scene


def test_thresholds_are_saved_with_their_reason_and_told(browse, town, counted):
    given = queries.default_thresholds() | {"share_blue": 0.5}
    page = text(browse("gardener").post(at("thresholds", "SQ"), given))
    assert 'class="wrong"' in page and not ThresholdSet.objects.exists()
    assert browse("gardener").post(at("thresholds", "SQ"), given | {"why": "元旦夜"}).status_code == 200
    given |= {"why": "元旦夜", "untested_why": "今晚就要用"}
    assert browse("gardener").post(at("thresholds", "SQ"), given).status_code == 302
    page = text(browse().get(at("thresholds", "SQ")))
    assert "今晚就要用" in page
    assert "元旦夜" in page and "占承载量比例 · 蓝色 0.6 → 0.5" in page and "自定" in page
    browse().post(at("thresholds_reset", "SQ"), {"why": "节后"})
    assert queries.own_values(town.square) == {}


def test_wrong_thresholds_are_refused_in_words(browse, town, counted):
    page = text(browse().post(at("thresholds", "SQ"), {"share_blue": 0.99, "why": "试"}))
    assert "占承载量比例 · 黄色" in page and "应大于" in page
    page = text(browse().post(at("thresholds", "SQ"), {"share_blue": 50, "why": "试"}))
    assert "text-danger" in page
    assert not ThresholdSet.objects.exists()


def test_the_preview_judges_without_saving(browse, town, counted):
    answer = text(browse("reader").post(at("thresholds_preview", "SQ"), {"share_blue": 0.7}))
    assert "level-none" in answer
    answer = text(
        browse("reader").post(at("thresholds_preview", "SQ"), {"share_blue": 0.5, "share_yellow": 0.6})
    )
    assert "level-yellow" in answer and "620" in answer
    assert "应大于" in text(browse().post(at("thresholds_preview", "SQ"), {"share_blue": 0.95}))
    assert "超出允许范围" in text(browse().post(at("thresholds_preview", "SQ"), {"share_blue": "nan"}))
    assert not ThresholdSet.objects.exists()


def test_each_default_says_where_it_is_from(browse, town):
    """A confirmed one by its source, the project's own and what is only known in general as 待核实."""
    page = text(browse().get(at("thresholds", "SQ")))
    rows = {
        re.search(r'for="id_(\w+)"', row)[1]: row
        for row in re.findall(r"<tr>.*?</tr>", page, re.S)
        if "for=" in row
    }
    assert "首尔" in rows["density_red_per_m2"] and "待核实" not in rows["density_red_per_m2"]
    assert "沈阳日报" in rows["share_red"] and "Helbing" in rows["outflow_per_m_s"]
    assert '<span class="tag">本系统取值，待核实</span>' in rows["share_blue"]
    assert all(("待核实" in row) != ("<small" in row) for row in rows.values())


def test_an_observer_may_not_change_thresholds(browse, town, counted):
    assert (
        "<button"
        not in text(browse("reader").get(at("thresholds", "SQ")))
        .partition('id="body"')[2]
        .partition("</main>")[0]
    )
    page = text(browse("reader").post(at("thresholds", "SQ"), {"share_blue": 0.5, "why": "试"}))
    assert "权限" in page
    assert not ThresholdSet.objects.exists()


# ── warnings ────────────────────────────────────────────────────────────────────────────────────


def step(offset, was, level, minutes):
    return {
        "scene": "live", "offset": offset, "at_ms": round((NOW + timedelta(minutes=minutes)).timestamp() * 1000),
        "code": "SQ", "space": "SQ", "name": "示范广场", "from": was, "to": level, "rule": "share", "channel": "D",
        "reason": {"zh": f"在场人数达到 {level}", "en": f"occupancy at {level}"}, "numbers": {"share": 0.8},
    }  # fmt: skip


@pytest.fixture
def episode(town):
    for offset, (was, level) in enumerate([("none", "blue"), ("blue", "orange"), ("orange", "none")]):
        change = step(offset, was, level, offset)
        actions.record_warning_change(
            town.square, by=None, now=NOW, key=actions.key_of(change), change=change
        )
    return queries.warnings(town.chief).get()


def test_an_episode_is_told_step_by_step(browse, episode):
    page = text(browse().get(at("warning", episode.pk)))
    assert (
        page.index("在场人数达到 none") < page.index("在场人数达到 orange") < page.index("在场人数达到 blue")
    )
    assert "level-orange" in page and "占承载量 80%" in page
    browse().cookies["django_language"] = "en"
    assert "occupancy at orange" in text(browse().get(at("warning", episode.pk)))
    assert browse("trader").get(at("warning", episode.pk)).status_code == 404


def test_warnings_are_filtered_by_the_address(browse, town, episode):
    raise_warning(town.mall, "blue")
    mall, square = "示范百货", "示范广场"
    for query, seen in {
        "": {mall, square}, "?level=orange": {square}, "?state=open": {mall}, "?state=closed": {square},
        "?place=M": {mall}, "?since=2026-03-02": set(), "?until=2026-03-01": {mall, square}, "?q=百货": {mall},
    }.items():  # fmt: skip
        page = text(browse().get(at("warnings") + query))
        assert {name for name in (mall, square) if f">{name}<" in page} == seen, query
    csv = b"".join(browse().get(at("warnings") + "?format=csv").streaming_content).decode()
    assert "示范广场" in csv and "orange" in csv
    points = json.loads(browse().get(at("warnings") + "?format=geojson").content)["features"]
    assert [one["geometry"]["coordinates"] for one in points] == [[121.4, 31.2]]


def test_a_replays_warnings_wear_a_banner(browse, town):
    raise_warning(None, "red", scene="replay:bund-2014", code="BUND")
    page = text(browse().get(at("warnings") + "?scene=replay:bund-2014"))
    assert "scene-banner" in page and "BUND" not in text(browse().get(at("warnings")))
    assert "scene-banner" not in text(browse().get(at("warnings") + "?scene=no-such"))


# ── quarantine ──────────────────────────────────────────────────────────────────────────────────


def test_a_hostile_payload_is_inert_in_list_and_detail(browse, sensor):
    kept = keep(sensor, HOSTILE.encode() + b"\x00\xff", reason=HOSTILE, content_type=HOSTILE)
    for address in (at("quarantine"), at("quarantined", kept.pk)):
        page = text(browse().get(address))
        assert HOSTILE not in page and "&lt;script&gt;" in page
    assert "3c 73 63 72" in text(browse().get(at("quarantined", kept.pk)))


def test_a_payload_is_retried_after_the_mapping_is_mended(browse, town, scene):
    sensor = register(town, "cam-7", kind="mapping", mapping=MAPPING | {"in": "arrived"})
    start_ms = round(NOW.timestamp() * 1000) - 60_000
    row = {"door": "1", "from": start_ms, "to": start_ms + 60_000, "in": 40, "out": 2}
    kept = keep(sensor, json.dumps({"rows": [row]}).encode())
    page = text(browse("gardener").post(at("quarantine_retry", kept.pk), follow=True))
    assert "仍未能读懂" in page
    actions.edit_sensor(sensor, by=town.chief, now=NOW, mapping=MAPPING)
    page = text(browse("gardener").post(at("quarantine_retry", kept.pk), follow=True))
    assert "已读入 1 条" in page and "已重新读入" in page
    assert [channel.total_in for channel in queries.channels_seen(sensor)] == [40]


def test_a_refusal_is_led_by_the_readers_language(browse, town, sensor):
    """The decoder's own English words follow in code; what is told in Chinese already is told once."""
    kept = keep(sensor, reason="not valid XML: <b>")
    told = keep(sensor, reason="报文中没有读数。")
    page = text(browse().get(at("quarantined", kept.pk)))
    assert '报文已损坏或格式有误： <code class="text-break">not valid XML: &lt;b&gt;</code>' in page
    listed = text(browse().get(at("quarantine")))
    assert "报文已损坏或格式有误：" in listed and "not valid XML" in listed
    assert "报文中没有读数。" in listed and "报文无法读懂" not in listed
    assert "报文无法读懂" not in text(browse().get(at("quarantined", told.pk)))
    csv = b"".join(browse().get(at("quarantine") + "?format=csv").streaming_content).decode()
    assert "报文已损坏或格式有误： not valid XML: <b>" in csv and "<code" not in csv


def test_several_are_dismissed_at_once_but_only_ones_own(browse, town, sensor):
    mine, other = keep(sensor), keep(register(town, "cam-m", place=town.mall))
    given = {"verb": "dismiss", "picked": [mine.pk, other.pk, "x"]}
    browse("gardener").post(at("quarantine_picked"), given)
    assert [row.state for row in QuarantinedPayload.objects.order_by("id")] == ["dismissed", "waiting"]
    assert (
        browse("gardener")
        .post(at("quarantine_picked"), {"verb": "explode", "picked": [other.pk]})
        .status_code
        == 302
    )
    assert browse("gardener").get(at("quarantined", other.pk)).status_code == 404


def test_dismissing_one_asks_first(browse, sensor):
    kept = keep(sensor)
    assert "忽略后不再提醒" in text(browse().get(at("quarantine_dismiss", kept.pk)))
    browse().post(at("quarantine_dismiss", kept.pk))
    assert QuarantinedPayload.objects.get().state == "dismissed"


# ── recount ────────────────────────────────────────────────────────────────────────


def test_a_recount_is_recorded_and_listed(browse, town, counted):
    stamp = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    given = {"persons": 480, "counted_at": stamp, "counted_by": "值班员甲"}
    assert browse("gardener").post(at("recount", "SQ"), given).status_code == 302
    page = text(browse("gardener").get(at("recount", "SQ")))
    assert "480" in page and "值班员甲" in page and "620" in page
    page = text(browse("reader").post(at("recount", "SQ"), given))
    assert "没有校正该场所在场人数的权限" in page
    assert Change.objects.filter(what="crowd.recount").count() == 1


def test_each_nights_reset_is_set_with_a_reason_and_what_it_found_is_listed(browse, town, counted, scene):
    page = text(browse("gardener").get(at("recount", "SQ")))
    assert "每日 04:00 归零" in page and "还没有归零记录" in page
    given = {"quiet_time": "05:30", "residual_persons": 12, "why": ""}
    assert browse("gardener").post(at("recount_reset", "SQ"), given).status_code == 200
    assert browse("gardener").post(at("recount_reset", "SQ"), given | {"why": "夜市"}).status_code == 302
    assert "每日 05:30 归零，留存 12 人" in text(browse("gardener").get(at("recount", "SQ")))
    change = Change.objects.get(what="crowd.set_reset")
    assert (change.before["quiet_minute"], change.after["quiet_minute"], change.why) == (240, 330, "夜市")
    wire(scene)
    scene.tick(scene.clock.now_ms() + 1_000)
    scene.tick(scene.clock.now_ms() + 86_400_000)
    page = text(browse("gardener").get(at("recount", "SQ")))
    assert "2026-03-01" in page and "归零去除" in page
    never = {"quiet_time": "", "residual_persons": 0, "why": "通宵营业"}
    assert browse("gardener").post(at("recount_reset", "SQ"), never).status_code == 302
    assert "不归零" in text(browse("gardener").get(at("recount", "SQ")))


def test_a_count_that_the_night_has_overtaken_is_refused(browse, town, counted, scene):
    scene.tick(scene.clock.now_ms() + 86_400_000)
    long_ago = (timezone.localtime() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    scene.baseline("SQ", 3, round(timezone.now().timestamp() * 1000))
    page = text(
        browse().post(at("recount", "SQ"), {"persons": 5, "counted_at": long_ago, "counted_by": "甲"})
    )
    assert "已有更新的清点或已归零" in page


def test_an_unwell_sensor_is_listed_with_since_when_and_what_to_do(browse, town, sensor, scene):
    SensorEpisode.objects.create(
        sensor=sensor, state="silent", reason={"zh": "已 9 分钟没有读数", "en": "No reading for 9 min"},
        began_at=timezone.now() - timedelta(minutes=9),
    )  # fmt: skip
    assert "处理" in text(browse().get(at("sensors")))
    page = text(browse().get(at("sensor", "cam-1")))
    assert "异常记录" in page and "已 9 分钟没有读数" in page and "仍在持续" in page
