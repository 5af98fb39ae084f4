"""The published payloads beside the repository become the readings that their manifest expects."""

import json

import pytest

from anlan.devices.command import line
from anlan.devices.table import ADAPTERS, decode, detect
from anlan.devices.tests.golden import SHARED, ZONE, printed

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="no ../shared beside the repository")

# Payloads of other makers, read by a mapping alone.
MAPPINGS = {
    "axis/people_counter_3d_push.json": {
        "format": "json",
        "rows": "$.data.measurements[?(@.kind == 'people-counts')]",
        "kind": "interval",
        "sensor": "$.sensor.serial",
        "start": "utcFrom",
        "end": "utcTo",
        "in": "items[?(@.direction == 'in')].count",
        "out": "items[?(@.direction == 'out')].count",
    },
    "axis/aoa_crossline_mqtt_1.json": {
        "format": "json",
        "kind": "cumulative",
        "sensor": "serial",
        "channel": {"constant": "Device1Scenario1"},
        "t": "timestamp",
        "epoch": "message.data.startTime",
        "in": "message.data.totalHuman",
    },
    "irisys/vector_http_post.json": {
        "format": "json",
        "rows": "$.CountLogs[*].Counts[*]",
        "kind": "cumulative",
        "sensor": "$.FriendlyDeviceSerial",
        "channel": ["RegisterId", {"constant": " "}, "Name"],
        "t": "`parent`.`parent`.Timestamp",
        "value": "Value",
        "seq": "`parent`.`parent`.LogEntryId",
    },
    "terabee/xl_http.json": {
        "format": "json",
        "kind": "cumulative",
        "sensor": "device_id",
        "t": "timestamp",
        "time_format": "s",
        "in": "count_in",
        "out": "count_out",
    },
    "footfallcam/mqtt_occupancy.json": {
        "format": "json",
        "kind": "occupancy",
        "sensor": "CameraSerial",
        "channel": [{"constant": "roi/"}, "RoiId"],
        "t": "Timestamp",
        "value": "ObjectCount",
    },
    "milesight/vs125_http_line_trigger.json": {
        "format": "json",
        "rows": "$.line_trigger_data[*]",
        "kind": "cumulative",
        "sensor": "$.device_info.device_sn",
        "channel": [{"constant": "line/"}, "line"],
        "t": "$.time_info.time",
        "in": "total.in",
        "out": "total.out",
    },
}
MANIFEST = {}
if SHARED.exists():
    MANIFEST = {entry["file"]: entry for entry in json.loads((SHARED / "MANIFEST.json").read_text())["dev"]}
SUPPORTED = [
    file
    for file in MANIFEST
    if file.split("/")[0] in ADAPTERS and isinstance(MANIFEST[file].get("expected"), list)
]
REGISTERS = "irisys/vector_http_post.json"  # five registers; the manifest names the reading of the first
# LoRaWAN payloads beside whose bytes the maker's decoded fields stand: (file, position) -> our readings.
UPLINKS: dict[tuple[str, int], list[dict]] = {
    ("milesight/vs133_lorawan.json", 0): [
        {"channel": "line/1", "in": 72, "out": 200},
        {"channel": "line/2", "in": 0, "out": 0},
        {"channel": "line/3", "in": 0, "out": 0},
        {"channel": "line/4", "in": 5300, "out": 6797},
    ],
    ("milesight/vs133_lorawan.json", 1): [{"kind": "heartbeat"}],
    ("milesight/vs350_lorawan.json", 0): [{"channel": "line/1", "kind": "cumulative", "in": 18, "out": 22}],
    ("milesight/vs350_lorawan.json", 1): [{"kind": "heartbeat"}],
    ("milesight/vs121_lorawan.json", 0): [{"channel": "all", "kind": "occupancy", "value": 3}],
    ("hkt/people_counter_lorawan.json", 0): [{"kind": "cumulative", "in": 200, "out": 200}],
    ("imbuildings/people_counter_lorawan.json", 0): [
        {"sensor": "0004A30B00F6B569", "kind": "cumulative", "in": 1539, "out": 1510},
        {"kind": "health", "state": "receiver battery low"},
    ],
}

# The manifest contradicts its own payload here (sha256 as stated there): the file says fw 0, bw 0 in the minute
# from 1645792920000; the 3 and 1 expected belong to another case of the same upstream test. We read what is sent.
CONTRADICTED = {
    "b65dbe28a04c4d46": {
        "channel": "Line 0",
        "kind": "interval",
        "start": 1645792920000,
        "end": 1645792980000,
        "in": 3,
        "out": 1,
    }
}
AS_SENT = {"in": 0, "out": 0}


def wanted(file: str) -> list[dict]:
    """The readings expected of a file, corrected where the manifest contradicts the payload."""
    wrong = CONTRADICTED.get(MANIFEST[file]["sha256"])
    return [reading | AS_SENT if reading == wrong else reading for reading in MANIFEST[file]["expected"]]


@pytest.mark.parametrize("file", SUPPORTED)
def test_payload_becomes_the_readings_expected(file):
    body = (SHARED / file).read_bytes()
    got = printed(decode(file.split("/")[0], body, zone=ZONE))
    want = wanted(file)
    if file == REGISTERS:
        got = got[: len(want)]
    assert [{key: reading.get(key) for key in keys} for reading, keys in zip(got, want, strict=True)] == want


@pytest.mark.parametrize(("file", "position"), UPLINKS)
def test_uplink_becomes_the_readings_of_its_decoded_fields(file, position):
    document = json.loads((SHARED / file).read_text())
    uplink = document[position] if isinstance(document, list) else document
    got, want = printed(decode(file.split("/")[0], json.dumps(uplink).encode())), UPLINKS[file, position]
    assert [{key: reading.get(key) for key in keys} for reading, keys in zip(got, want, strict=True)] == want
    assert detect(json.dumps(uplink).encode()) == file.split("/")[0]


@pytest.mark.parametrize("file", MAPPINGS)
def test_mapping_reads_payloads_of_other_makers(file):
    got = printed(decode("mapping", (SHARED / file).read_bytes(), zone=ZONE, mapping=MAPPINGS[file]))
    for want in MANIFEST[file]["expected"]:
        assert want in [{key: reading.get(key) for key in want} for reading in got]


@pytest.mark.parametrize("file", SUPPORTED)
def test_kind_is_found_out(file):
    assert detect((SHARED / file).read_bytes()) == file.split("/")[0]


@pytest.mark.parametrize("file", SUPPORTED)
def test_decoding_twice_says_the_same(file):
    body = (SHARED / file).read_bytes()
    once, twice = (list(map(line, decode("auto", body))) for _ in range(2))
    assert once == twice
