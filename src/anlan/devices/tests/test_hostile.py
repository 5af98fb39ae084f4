"""Whatever is sent, a decoder gives readings or a refusal: no other error, in bounded time and memory."""

import gc
import gzip
import io
import random
import time
import tracemalloc
import zipfile
from json import dumps
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.devices import table
from anlan.devices.native.decode import decode_fast, decode_items
from anlan.devices.refusal import Refusal
from anlan.devices.table import ADAPTERS, decode
from anlan.devices.tests.golden import ZONE, mapping_of, samples
from anlan.stream.readings import KINDS, Reading

FOLDER = Path(table.__file__).parent
SAMPLES = [(kind, path) for kind in ADAPTERS for path in samples(str(FOLDER / kind / "decode.py"))]


def named(sample: tuple[str, Path]) -> str:
    return f"{sample[0]}-{sample[1].name}"


def outcome(kind: str, body: bytes, **options) -> list[Reading] | Refusal:
    """Readings or a refusal; anything else fails the test by itself."""
    try:
        readings = decode(kind, body, zone=ZONE, **options)
    except Refusal as why:
        assert str(why)
        return why
    for reading in readings:
        assert reading.kind in KINDS
        assert all(
            count >= 0
            for count in (reading.count_in, reading.count_out)
            if count is not None and kind != "native"
        )
        for field in ("start", "end", "t", "epoch"):
            assert isinstance(getattr(reading, field), int | None)
    return readings


@pytest.mark.parametrize("sample", SAMPLES, ids=named)
def test_a_sample_cut_anywhere(sample):
    kind, path = sample
    body, mapping = path.read_bytes(), mapping_of(path)
    for cut in range(0, len(body), max(1, len(body) // 150)):
        outcome(kind, body[:cut], mapping=mapping)


@pytest.mark.parametrize("sample", SAMPLES, ids=named)
def test_a_sample_with_bits_flipped_and_pieces_moved(sample):
    kind, path = sample
    rng = random.Random(named(sample))
    body, mapping = path.read_bytes(), mapping_of(path)
    for _ in range(120):
        changed = bytearray(body)
        for _ in range(rng.randint(1, 6)):
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
        a, b = sorted(rng.randrange(len(changed)) for _ in range(2))
        outcome(kind, bytes(changed), mapping=mapping)
        outcome(kind, body[:a] + body[b:], mapping=mapping)
        outcome(kind, body[:b] + body[a:], mapping=mapping)


WRONG = (
    b"null",
    b"-1",
    b"1e400",
    b"NaN",
    b"1e308",
    b"9" * 400,
    b'"' + b"x" * 5000 + b'"',
    b'"\\u0000"',
    b'"\\ud800"',
    b"true",
    b"{}",
    b"[[]]",
    b'{"a":[null]}',
    b'""',
)


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s[1].suffix == ".json"], ids=named)
def test_a_field_of_the_wrong_type(sample):
    kind, path = sample
    body, mapping = path.read_bytes(), mapping_of(path)
    starts = [
        at + 1 for at, char in enumerate(body) if char == ord(":") and body[at + 1 : at + 2] in (b" ", b'"')
    ]
    for number, start in enumerate(starts[:80]):
        end = min(
            (at for at in (body.find(mark, start) for mark in (b",", b"}", b"\n", b"]")) if at > 0),
            default=len(body),
        )
        outcome(kind, body[:start] + WRONG[number % len(WRONG)] + body[end:], mapping=mapping)


def zip_bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", b"[" + b"0," * (25 * 2**20) + b"0]")
    return buffer.getvalue()


HOSTILE = {
    "brackets": b"[" * 100_000,
    "braces": b'{"a":' * 100_000,
    "native nested": b'[{"kind":"event","x":' + b"[" * 100_000,
    "xovis nested": b'{"logics_data":' + b"[" * 100_000,
    "tags": b"<EventNotificationAlert>" + b"<a>" * 60_000,
    "attributes": b"<EventNotificationAlert " + b" ".join(b'a%d="1"' % n for n in range(50_000)) + b"/>",
    "laughs": b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "'
    + b"&b;" * 1000
    + b'">]><EventNotificationAlert>&d;</EventNotificationAlert>',
    "external": b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x"><EventNotificationAlert/>',
    "gzip bomb": gzip.compress(b"[" + b"0," * (25 * 2**20) + b"0]"),
    "zip bomb": zip_bomb(),
    "empty lists": b"[" + b"[]," * 2_000_000 + b"[]]",
    "empty lines": b"\n" * 7_000_000,
    "lines of braces": b"{}\n" * 2_000_000,
    "commas": b"timestamp,in,out\n" + b"," * 7_000_000,
    "quotes": b'timestamp,in,out\n"' + b'""' * 3_000_000,
    "one cell": b"t,count\n" + b"1" * 7_000_000,
    "long number": b'[{"kind":"event","t":' + b"1" * 1_000_000 + b"}]",
    "long name": b'[{"kind":"event","t":1,"in":1,"sensor":"' + b"x" * 1_000_000 + b'"}]',
    "lone surrogate": b'[{"kind":"event","t":1,"in":1,"sensor":"\\ud800"}]',
    "invalid utf-8": b'[{"kind":"event","t":1,"in":1,"sensor":"\xff\xfe\x80"}]',
    "nulls": b"\x00" * 1_000_000,
    "boundaries": b"--a\r\n" * 500_000,
    "boundary of dashes": b"-" * 8_000_000,
    "spaces": b" " * 8_000_000 + b"[",
    "xml spaces": b"<?xml " + b" " * 7_000_000,
    "gzip of nothing": gzip.compress(b""),
    "zip of nothing": b"PK\x05\x06" + b"\x00" * 18,
    "utf-16": "[1]".encode("utf-16"),
}


@pytest.mark.parametrize("kind", [*ADAPTERS, "auto"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bodies(kind, name):
    mapping = (
        {"format": "json", "rows": "$..a", "kind": "event", "t": "t", "in": "in"}
        if kind == "mapping"
        else None
    )
    began = time.process_time()
    result = outcome(kind, HOSTILE[name], mapping=mapping)
    assert time.process_time() - began < 3
    assert isinstance(result, Refusal) or (name == "long name" and kind in ("native", "auto"))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
FIELDS = {
    "native": "readings kind sensor channel start end t in out value seq quality",
    "hikvision": "EventNotificationAlert eventType peopleCounting statisticalMethods enter exit TimeRange startTime endTime"
    " RealTime time dateTime macAddress channelID regionsID FramesPeopleCounting body payload header deviceId",
    "xovis": "logics_data logics records counts name value from to live_data frames events attributes time type"
    " geometry_name counter_name counter_value track_id tracked_objects framenumber status_data states device state"
    " content element measurement label values countItem direction timestamp sensor_info id",
    "axis": "apiName topic timestamp serial message data measurements kind items direction count utcFrom utcTo sensor startTime totalHuman",
    "milesight": "device_info device_sn time_info time start_time end_time line_periodic_data line_total_data line total in out"
    " in_counted region_trigger_data region_count_data region current_total",
    "irisys": "CountLogs Counts RegisterId Name Value LogEntryId Timestamp FriendlyDeviceSerial",
    "footfallcam": "CameraSerial RoiId MetricId CombineObjectTypeId EventEndTime Timestamp ObjectCount",
    "density": "space_id doorway_id direction count",
    "terabee": "count_in count_out device_id timestamp uid type value in out time payloadHex",
    "hkt": "end_device_ids dev_eui uplink_message frm_payload received_at deviceInfo devEui data time hex",
    "dahua": "params info EnteredSubtotal ExitedSubtotal StartTime EndTime Channel RuleName AreaID",
    "mapping": "rows t in",
}
WORDS = [
    "PeopleCounting",
    "videoloss",
    "framesPeopleCounting",
    "realTime",
    "timeRange",
    "fw",
    "bw",
    "balance",
    "PERSON",
]
WORDS += [
    "LINE_CROSS_FORWARD",
    "COUNT_INCREMENT",
    "LineCount",
    "LineCrossing",
    "forward",
    "event",
    "interval",
    "2026-05-01T19:21:00",
    "counters",
    "686b74000707000500030000006400c8",
    "04cc12001600",
]


def as_json(document: object) -> bytes:
    return dumps(document).encode("utf-8", "surrogatepass")


def shaped(kind: str) -> st.SearchStrategy:
    """Documents with the field names of a kind in any order and of any type."""
    keys = st.sampled_from(FIELDS[kind].split())
    leaf = st.sampled_from(WORDS) | st.integers(-5, 2**70) | JSON
    return st.recursive(
        leaf,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=6),
        max_leaves=25,
    )


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_document_of_a_kinds_own_words(data):
    kind = data.draw(st.sampled_from(sorted(FIELDS)))
    document = data.draw(shaped(kind))
    mapping = {"format": "json", "rows": "$..rows", "kind": "event", "t": "t", "in": "`parent`.in"}
    body = as_json(document)
    outcome("milesight", body)
    outcome(kind, body, mapping=mapping if kind == "mapping" else None)
    outcome("auto", body)


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300), st.sampled_from([*ADAPTERS, "auto"]), st.text(max_size=60), st.text(max_size=20)
)
def test_any_bytes_under_any_headers(body, kind, content_type, encoding):
    outcome(kind, body, headers={"Content-Type": content_type, "content-encoding": encoding})
    outcome(
        kind,
        b"--x\r\nContent-Type: " + body + b"\r\n\r\n{}\r\n--x--",
        headers={"Content-Type": "multipart/x; boundary=x"},
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(JSON, max_size=5))
def test_the_fast_path_never_keeps_what_the_careful_one_refuses(items):
    body = as_json(items)
    try:
        _, kept, refusals = decode_items(body)
    except Refusal:
        return
    assert sorted([*kept, *(index for index, _ in refusals)]) == list(range(len(items)))
    try:
        assert len(decode_fast(body)) == len(kept)
    except Refusal:
        assert refusals


def test_a_thousand_refusals_leave_no_memory_behind():
    bodies = [body for body in HOSTILE.values() if len(body) < 5000]
    for body in bodies:
        outcome("auto", body)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for number in range(1000):
        outcome("auto", bodies[number % len(bodies)])
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 200_000


def test_good_readings_go_on_after_bad_ones():
    good = b'[{"kind":"event","t":1777634460000,"in":1}]'
    for body in [*HOSTILE.values()][:8]:
        outcome("auto", body)
        assert len(decode("auto", good)) == 1
