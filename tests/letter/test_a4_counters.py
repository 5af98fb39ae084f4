"""A4 「监控探头、统计仪表」「人防到技防」: counters of real vendors, their health, and where they are still missing."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

import anlan.devices
from anlan.devices.table import ADAPTERS
from anlan.domains.crowd.terms import DeviceKind

DEVICES = Path(anlan.devices.__file__).parent
BESIDE = (".expected.json", ".mapping.json", ".mapping.toml")
# What cannot be read is set aside by another thread, which sees only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)


def samples(kind):
    """The recorded payloads of a kind, with the mapping beside each, if any."""
    for sample in sorted((DEVICES / kind / "samples").iterdir()):
        if not sample.name.endswith(BESIDE) and not sample.with_suffix(".mapping.toml").exists():
            mapping = sample.with_suffix(".mapping.json")
            yield sample, json.loads(mapping.read_text(encoding="utf-8")) if mapping.exists() else None


def expected(sample):
    return json.loads(sample.with_suffix(".expected.json").read_text(encoding="utf-8"))


def token_on(page):
    return page.html.get_element_by_id("token").text_content().strip()


def test_a_counter_is_set_up_on_its_page_and_counts(town):
    """Registered, given a credential, bound to an entrance – all on pages; its first reading changes the place's number."""
    town.entrance(town.place("SQ", "云栖广场", "square", "STREET", capacity=1000), "1", "北口")
    admin = town.browser("admin")
    page = admin.fill_in(
        "/crowd/sensors/new/", code="GATE-1", name="北口上方", kind="native", place="云栖广场"
    )
    assert page.address == "/crowd/sensor/GATE-1/" and "尚未收到读数" in page.fact("健康")
    page = admin.press(page.address, "签发凭证")
    token = token_on(page)
    assert token not in admin.read("/crowd/sensor/GATE-1/").text  # shown once
    admin.fill_in(
        "/crowd/sensor/GATE-1/bindings/new/", channel="1", measures="flow", entrance="云栖广场 · 北口"
    )
    town.follow()
    answer = town.knock("/ingest/v1/readings", [town.passages(120, 20)], token)
    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)
    page = admin.read("/crowd/sensor/GATE-1/")
    assert "在线" in page.fact("健康") and '"in": 120' in page.text.replace('"in":120', '"in": 120')
    assert "100" in admin.read("/place/SQ/").text
    assert admin.read("/place/SQ/").row("北口")["近 15 分钟进 / 出"] == "120 / 20"


def test_every_kind_that_can_be_read_can_be_chosen():
    """Whatever vendor has a decoder stands in the list from which a new counter's kind is chosen."""
    assert set(DeviceKind.values) == set(ADAPTERS)


@pytest.mark.parametrize("kind", sorted(ADAPTERS))
def test_a_vendors_payloads_are_read_at_the_vendors_door(town, kind):
    """Each recorded payload, posted as the device would, gives its readings; the address says whose, not the body."""
    place = town.place("P", "示范处", "mall", "TRADE")
    for number, (sample, mapping) in enumerate(samples(kind)):
        code = f"CAM-{number}"
        town.counter(place, code, kind=kind, mapping=mapping)
        answer = town.knock(f"/ingest/v1/{kind}/{code}", sample.read_bytes(), town.tokens[code])
        assert answer.status_code == 200, f"{sample.name}: {answer.text}"
        assert answer.json()["accepted"] == len(expected(sample)), sample.name
        heard = {channel for sensor, channel in town.watch.scene.line_view().names if sensor == code}
        assert heard == {reading.get("channel", "") for reading in expected(sample)}, sample.name
    assert number > 0


def test_readings_belong_to_their_credential(town, square):
    """No credential, a wrong one, another's sensor, a revoked one: refused each time, with what to do."""
    other = town.place("M-1", "示范百货", "mall", "TRADE")
    town.counter(other, "GATE-2")
    ours, reading = town.tokens["GATE-1"], town.passages(10, 0)
    assert town.knock("/ingest/v1/readings", [reading], "").status_code == 401
    assert town.knock("/ingest/v1/readings", [reading], "guessed").status_code == 401
    answer = town.knock("/ingest/v1/readings", [reading | {"sensor": "GATE-2"}, reading], ours)
    assert (answer.status_code, answer.json()["accepted"], answer.json()["refused"]) == (207, 1, 1)
    assert "GATE-2" in answer.json()["items"][0]["reason"]
    admin = town.browser("admin")
    assert "刚刚" in admin.read("/crowd/sensor/GATE-1/").fact("最近使用")
    credential = admin.read("/crowd/sensor/GATE-1/").link("/accounts/credentials/")
    admin.fill_in(credential + "revoke/", why="设备丢失")
    town.follow()
    assert town.knock("/ingest/v1/readings", [reading], ours).status_code == 401


def test_health_is_told_online_silent_faulty_and_wrong_clock(town, square):
    """A counter that reports is online; after three intervals without a reading it is 失联, never zero people."""
    street = town.browser("street")

    def health():
        return street.read("/crowd/sensors/").row("GATE-1")["状态"]

    assert health() == "尚无读数"
    town.report("GATE-1", town.passages(10, 0))
    assert health() == "在线"
    town.wind(minutes=4)
    assert health() == "失联" and street.read("/crowd/sensors/", state="silent").row("GATE-1")
    assert "10" in street.read("/place/SQ/").text
    town.report("GATE-1", {"kind": "health", "t": town.now.isoformat(), "state": "lens dirty"})
    assert health() == "设备报错"
    town.wind(minutes=1)
    town.report("GATE-1", town.passages(1, 1, back_min=-120))
    assert health() == "时钟异常"


def test_what_cannot_be_read_is_kept_and_read_after_a_mend(town):
    """A payload of another kind than was set up: refused with its reason, listed, and read again when that is mended."""
    town.counter(town.place("P", "示范处", "mall", "TRADE"), "CAM-1", kind="hikvision")
    sample = DEVICES / "xovis/samples/logics_rfc3339.json"
    answer = town.knock("/ingest/v1/hikvision/CAM-1", sample.read_bytes(), town.tokens["CAM-1"])
    assert answer.status_code == 422 and answer.json()["error"]
    admin = town.browser("admin")
    listed = admin.read("/crowd/quarantine/")
    assert listed.row("CAM-1")["状态"] == "待处理"
    payload = listed.link("/crowd/quarantine/", near="CAM-1")
    assert "queue-length" in admin.read(payload).text
    assert "仍未能读懂" in admin.press(payload, "重新读入").text
    admin.fill_in("/crowd/sensor/CAM-1/edit/", kind="xovis")
    assert f"已读入 {len(expected(sample))} 条读数" in admin.press(payload, "重新读入").text
    assert "收到的都读懂了" in admin.read("/crowd/quarantine/").text


def test_hostile_bytes_are_refused_and_good_readings_go_on(town, square):
    """Broken JSON, a document type with entities, deep nesting: a clear refusal each, then the next reading counts."""
    town.counter(square, "CAM-1", kind="hikvision", measures="presence")
    hostile = [b"{", b"\x00" * 64, b"[" * 5000, b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>']
    for body in hostile:
        for address, sensor in (("/ingest/v1/readings", "GATE-1"), ("/ingest/v1/hikvision/CAM-1", "CAM-1")):
            answer = town.knock(address, body, town.tokens[sensor])
            why = answer.json().get("error") or answer.json()["items"][0]["reason"]
            assert answer.status_code in {400, 422} and why, (address, body[:20])
    assert town.report("GATE-1", town.passages(5, 0))["accepted"] == 1


def test_the_plan_says_which_places_are_still_watched_by_people_only(town, square):
    """「增设计划」: per cent covered, and by name the places without a counter that counts."""
    town.place("M-1", "示范百货", "mall", "TRADE")
    admin = town.browser("admin")
    page = admin.read("/crowd/coverage/")
    assert "50%" in page.text and "已计数 1 处，共 2 处" in page.text
    assert page.row("示范百货")["缺什么"] == "没有客流设备"
    assert "place=" in page.link("/crowd/sensors/new/")
    assert "云栖广场" not in [row.text_content() for row in page.html.xpath("//tbody/tr")]
    town.counter(town.places["M-1"], "GATE-2")
    assert "100%" in admin.read("/crowd/coverage/").text


def test_the_plan_has_a_date_for_each_place_and_says_how_far_it_leads(town, square):
    """By when the mall will be counted, on record; the share that this gives by the month; what is overdue stands out."""
    town.place("M-1", "示范百货", "mall", "TRADE")
    trade = town.browser("trade")
    planned = town.today + timedelta(days=40)
    assert trade.fill_in("/crowd/coverage/M-1/plan/", planned_on=town.today - timedelta(days=1)).wrong
    trade.fill_in("/crowd/coverage/M-1/plan/", planned_on=planned, note="两台相机")
    row = trade.read("/crowd/coverage/").line("示范百货")
    assert f"{planned:%Y-%m-%d}" in row and "两台相机" in row
    table = trade.read("/crowd/coverage/progress/").body.decode("utf-8-sig")
    assert f"{planned:%Y-%m}" in table.splitlines()[0] and table.splitlines()[-1].endswith("100%")
    town.clock.step_to(town.clock.now_ms() + 41 * 86_400_000)
    overdue = town.sign_in_again("trade").read("/crowd/coverage/", plan="overdue")
    assert "示范百货" in overdue.line("M-1")
