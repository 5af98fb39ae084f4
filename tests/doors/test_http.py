"""The HTTP doors of the running server, as devices meet them."""

import gzip
import html
import json
import subprocess

import pytest
from tests.browser.product import until
from tests.doors.clients import SOON_S, Device, interval, now_ms, occupancy
from tests.doors.conftest import MAPPING, SAMPLES
from tests.doors.district import sample

NATIVE = "/ingest/v1/readings"


def test_a_native_batch_counts_and_shows_at_once(device, watcher):
    status, answer = device("S-PLAIN").send([interval("S-PLAIN", now_ms(), count_in=30, count_out=4)])
    assert (status, answer) == (202, {"accepted": 1, "refused": 0, "items": []})
    assert watcher.wait_for("PLAIN", 26, limit_s=SOON_S)


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_vendors_payload_shows_at_once(kind, device, watcher):
    name, people = SAMPLES[kind]
    status, answer = device(f"{kind}-http").send(sample(kind, name), f"/ingest/v1/{kind}/{kind}-http")
    assert status == 200 and answer["refused"] == 0, answer
    assert watcher.wait_for(f"{kind}-http".upper(), people, limit_s=SOON_S)


@pytest.mark.parametrize("kind", SAMPLES)
def test_curl_is_enough(kind, program, served, watcher, tmp_path):
    product, keys = served
    name, people = SAMPLES[kind]
    (tmp_path / name).write_bytes(sample(kind, name))
    code = f"{kind}-curl"
    said = subprocess.run(
        [program("curl"), "-sS", "-w", "%{http_code}", "-o", "/dev/null", "-H", f"Authorization: Bearer {keys.tokens[code]}",
         "--data-binary", f"@{tmp_path / name}", f"{product.address}/ingest/v1/auto/{code}"],
        capture_output=True, text=True, check=True, timeout=20,
    )  # fmt: skip
    assert said.stdout == "200"
    assert watcher.wait_for(code.upper(), people, limit_s=SOON_S)


def test_lines_are_read_as_a_list_is(device, watcher):
    rows = [interval("S-LINES", now_ms() - 1000 * back, count_in=2) for back in (3, 2, 1)]
    body = "\n".join(json.dumps(row) for row in rows).encode()
    status, answer = device("S-LINES").send(body, content_type="application/x-ndjson")
    assert (status, answer["accepted"]) == (202, 3)
    assert watcher.wait_for("LINES", 6, limit_s=SOON_S)


def test_a_packed_body_is_unpacked(device, watcher):
    body = gzip.compress(json.dumps([interval("S-PACKED", now_ms(), count_in=9)]).encode())
    assert device("S-PACKED").send(body, Content_Encoding="gzip")[0] == 202
    assert watcher.wait_for("PACKED", 9, limit_s=SOON_S)


def test_the_same_again_is_a_duplicate_and_counts_once(served, device):
    reading = interval("S-TWICE", now_ms(), count_in=7)
    assert device("S-TWICE").send([reading])[0] == 202
    status, answer = device("S-TWICE").send([reading])
    assert status == 202
    assert (answer["accepted"], answer["duplicate"]) == (0, 1)
    assert answer["items"] == [{"index": 0, "status": "duplicate"}]
    assert occupancy(served[0], served[1].screen)["TWICE"] == 7


def test_other_numbers_for_the_same_time_are_a_correction(served, device):
    end = now_ms() - 5000
    device("S-TWICE").send([interval("S-TWICE", end, count_in=1)])
    before = occupancy(served[0], served[1].screen)["TWICE"]
    answer = device("S-TWICE").send([interval("S-TWICE", end, count_in=3)])[1]
    assert answer["corrected"] == 1
    assert occupancy(served[0], served[1].screen)["TWICE"] == before + 2


def test_a_fresh_crowd_warns_and_a_late_one_does_not(device, watcher):
    status, answer = device("S-LATE").send([interval("S-LATE", now_ms() - 20 * 60_000, count_in=950)])
    assert (status, answer["late"]) == (202, 1)
    device("S-RISE").send([interval("S-RISE", now_ms(), count_in=950)])
    until(
        lambda: any(change["code"] == "RISE" for change in watcher.changes()), "950 of 1,000 warn of nothing"
    )
    assert watcher.wait_for("LATE", 950, limit_s=SOON_S)
    assert not [change for change in watcher.changes() if change["code"] == "LATE"]
    assert all(
        change["reason"]["zh"] and change["to"] in {"blue", "yellow", "orange", "red"}
        for change in watcher.changes()
    )


def test_each_item_is_answered_for_itself(device):
    rows = [
        interval("S-GATE-0", now_ms()),
        interval("S-PLAIN", now_ms()),
        interval("S-GATE-1", now_ms()) | {"in": -1},
        interval("S-GATE-2", now_ms()) | {"kind": "guess"},
        interval("S-GATE-3", now_ms()),
    ]
    status, answer = device("gateway").send(rows)
    assert (status, answer["accepted"], answer["refused"]) == (207, 2, 3)
    assert [item["index"] for item in answer["items"]] == [1, 2, 3]
    assert all(item["status"] == "refused" and item["reason"] for item in answer["items"])


def test_nothing_right_in_it_is_a_refusal(device):
    status, answer = device("gateway").send([interval("S-PLAIN", now_ms())])
    assert (status, answer["accepted"], answer["refused"]) == (422, 0, 1)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic !!"}])
def test_without_a_credential_nobody_comes_in(served, headers):
    device = Device(served[0], "anl_unknown")
    status, answer = device.send([interval("S-PLAIN", now_ms())], **headers)
    assert status == 401 and "credential" in answer["error"]


def test_a_name_and_password_serve_devices_that_know_nothing_else(served):
    product, keys = served
    said = subprocess.run(
        ["curl", "-sS", "-u", f"S-PLAIN:{keys.tokens['S-PLAIN']}", "-d", json.dumps([{"kind": "heartbeat"}]),
         f"{product.address}{NATIVE}"], capture_output=True, text=True, timeout=20,
    )  # fmt: skip
    assert json.loads(said.stdout)["accepted"] == 1


def test_a_sensor_reports_only_by_its_own_credential(device):
    status, answer = device("S-PLAIN").send(sample("native", "list.json"), "/ingest/v1/native/S-TWICE")
    assert status == 403 and "credential" in answer["error"]


def test_an_unknown_kind_is_named(device):
    status, answer = device("S-PLAIN").send(b"{}", "/ingest/v1/turnstile/S-PLAIN")
    assert status == 404 and "hikvision" in answer["error"]


def test_a_revoked_credential_is_refused_at_once(served, person):
    device = Device(served[0], served[1].tokens["S-RETIRED"])
    assert device.send([interval("S-RETIRED", now_ms())])[0] == 202
    (credential,) = person.links("/accounts/credentials/?q=S-RETIRED", r"/accounts/credentials/\d+/")
    person.post(f"{credential}revoke/")
    until(lambda: device.send([interval("S-RETIRED", now_ms())])[0] == 401, "it still reports", limit_s=3)


def test_what_cannot_be_read_waits_until_the_mapping_is_mended(device, person, watcher):
    status, answer = device("S-MEND").send(sample("mapping", "axis_push.json"), "/ingest/v1/mapping/S-MEND")
    assert status == 422
    (waiting,) = person.links("/crowd/quarantine/?sensor=S-MEND", r"/crowd/quarantine/\d+/")
    assert html.escape(answer["error"]) in person.get(waiting)
    person.post(f"{waiting}retry/", page=waiting)
    assert person.links("/crowd/quarantine/?sensor=S-MEND", r"/crowd/quarantine/\d+/") == [waiting]
    person.post("/crowd/sensor/S-MEND/edit/", mapping=json.dumps(MAPPING))
    person.post(f"{waiting}retry/", page=waiting)
    assert watcher.wait_for("MEND", 5, limit_s=SOON_S)
    assert not person.links("/crowd/quarantine/?sensor=S-MEND", r"/crowd/quarantine/\d+/")
