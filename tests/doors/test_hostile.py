"""More than a thousand broken and hostile payloads on every door: each is refused plainly, and good readings go on."""

import itertools
import json
import socket
import time
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.browser.product import until
from tests.doors.clients import Device, interval, now_ms, occupancy
from tests.doors.conftest import SAMPLES
from tests.doors.hostile import constructed, harmed_samples, native, wrong_fields

KINDS = ("auto", "hikvision", "xovis", "mapping", "csv_replay", "milesight")
REFUSALS = {400, 403, 404, 405, 408, 413, 415, 422, 429}
GROWTH_MIB = 96.0  # one body unpacks to at most 32 MiB, and freed memory is not always given back
HEADERS = "Host: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"


def rss_mib(product):
    return int(Path(f"/proc/{product.process.pid}/statm").read_text().split()[1]) * 4096 / 2**20


def is_refusal(status, answer):
    """Whether an answer says no, and why."""
    if status not in REFUSALS or not isinstance(answer, dict):
        return False
    reasons = [answer.get("error", "")] + [item.get("reason", "") for item in answer.get("items", ())]
    return any(reasons)


@pytest.fixture
def good(device):
    """Sends one more good reading, which must be taken at once."""
    steady, numbers = device("S-TRAPPED"), itertools.count()

    def send():
        status, answer = steady.send([interval("S-TRAPPED", now_ms() - 60_000 + next(numbers))])
        assert status == 202, (status, answer)

    return send


@pytest.fixture
def alive(served, good):
    """After the test the server is the same process, takes a good reading, and has not grown."""
    product, _ = served
    good()
    process, before = product.process.pid, rss_mib(product)
    yield
    assert product.process.poll() is None and product.process.pid == process
    good()
    assert rss_mib(product) - before < GROWTH_MIB


def test_no_door_takes_what_is_no_payload(device, good, alive):
    sender = device("S-TRAPPED")
    for number, body in enumerate(constructed()):
        kind = KINDS[number % len(KINDS)]
        for path in ("/ingest/v1/readings", f"/ingest/v1/{kind}/S-TRAPPED"):
            status, answer = sender.send(body, path)
            empty = (
                answer == {"accepted": 0, "refused": 0, "items": []} if isinstance(answer, dict) else False
            )
            assert is_refusal(status, answer) or empty, (number, path, body[:60], status, answer)
        if number % 20 == 0:
            good()


def test_a_reading_that_cannot_be_is_refused_with_its_reason(device, alive):
    sender = device("S-TRAPPED")
    taken = {}
    for body in wrong_fields():
        status, answer = sender.send(body)
        if status == 202:
            taken[body[:200]] = answer
        else:
            assert is_refusal(status, answer), (body[:200], status, answer)
    assert len(taken) <= 8, taken


def test_samples_cut_and_flipped_never_break_a_door(device, good, alive):
    sender = device("S-TRAPPED")
    for number, (kind, body) in enumerate(harmed_samples(900)):
        status, answer = sender.send(body, f"/ingest/v1/{kind}/S-TRAPPED")
        assert status in {200, 207} or is_refusal(status, answer), (kind, body[:100], status, answer)
        if number % 100 == 0:
            good()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
fields = st.sampled_from(
    ["kind", "sensor", "channel", "start", "end", "t", "in", "out", "value", "seq", "quality", "epoch"]
)
kinds = st.sampled_from(["interval", "cumulative", "event", "occupancy", "density", "heartbeat", "health"])
readings = st.builds(
    lambda kind, rest: {"kind": kind} | rest, kinds, st.dictionaries(fields, json_values, max_size=6)
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.lists(readings, max_size=5)
    | st.builds(lambda rows: {"readings": rows}, st.lists(json_values, max_size=3))
    | json_values
)
def test_whatever_is_json_is_answered(served, body):
    sender = Device(served[0], served[1].tokens["S-TRAPPED"])
    status, answer = sender.send(json.dumps(body).encode())
    sender.connection.close()
    assert status in {202, 207} or is_refusal(status, answer), (status, answer)


def test_more_than_the_limit_is_refused_before_it_is_read(device, alive):
    sender = device("S-TRAPPED")
    status, answer = sender.send(b"[" + b" " * (8 * 2**20) + b"]")
    assert status == 413 and "smaller" in answer["error"]


def exchange(port, request, *, wait_s=3.0):
    """Send raw bytes, then listen until the server closes or says nothing more; what it said."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait_s) as connection:
        said = b""
        try:
            for part in request if isinstance(request, list) else [request]:
                connection.sendall(part)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                said += part
        except OSError:
            pass
    return said


def broken_requests(token):
    """(name, bytes): HTTP that is none, lies about its length, or never ends."""
    head = HEADERS.format(token=token)
    post = "POST /ingest/v1/readings HTTP/1.1\r\n"
    body = native().decode()
    lines = {
        "too short": f"{post}{head}Content-Length: 500\r\n\r\n{body}",
        "too long": f"{post}{head}Content-Length: 5\r\n\r\n{body}",
        "negative": f"{post}{head}Content-Length: -1\r\n\r\n{body}",
        "no number": f"{post}{head}Content-Length: many\r\n\r\n{body}",
        "two lengths": f"{post}{head}Content-Length: 5\r\nContent-Length: 9\r\n\r\n{body}",
        "smuggled": f"{post}{head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "bad chunk": f"{post}{head}Transfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n",
        "unknown coding": f"{post}{head}Transfer-Encoding: magic\r\n\r\nabc",
        "no version": "POST /ingest/v1/readings\r\n\r\n",
        "not http": "\x16\x03\x01\x02\x00\x01\x00\x01",
        "many headers": post + "".join(f"X-{n}: {'y' * 100}\r\n" for n in range(5000)) + "\r\n",
        "long header": f"{post}X: {'y' * 300_000}\r\n\r\n",
        "long path": f"POST /ingest/v1/{'a' * 200_000}/b HTTP/1.1\r\n\r\n",
    }
    endless = [f"{post}{head}Transfer-Encoding: chunked\r\n\r\n".encode()] + [
        b"10000\r\n" + b" " * 65536 + b"\r\n"
    ] * 160
    odd = f"{post}Host: x\r\nAuthorization: Bearer \xff\xfe\r\nContent-Length: 2\r\n\r\n[]".encode("latin-1")
    return [(name, text.encode()) for name, text in lines.items()] + [
        ("endless", endless),
        ("odd bytes", odd),
    ]


def test_broken_http_is_refused_or_hung_up_on(served, good, alive):
    product, keys = served
    for name, request in broken_requests(keys.tokens["S-TRAPPED"]):
        said = exchange(product.port, request)
        status = int(said.split(b" ", 2)[1]) if said.startswith(b"HTTP/1.1 ") else None
        assert status is None or 400 <= status < 500 or (name == "smuggled" and status < 500), (
            name,
            said[:300],
        )
        good()


PATHS = [
    "/ingest/v1/native/../../../etc/passwd", "/ingest/v1/native/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/ingest/v1/native/%00",
    "/ingest/v1/native/%ff%fe", "/ingest/v1//S-TRAPPED", "/ingest/v1/native/", "/ingest/v1/native/S-TRAPPED/",
    "/ingest/v1/native/S-TRAPPED%2f..%2fS-PLAIN", "/ingest/v1/../v1/readings", "/ingest/v2/readings", "/ingest/", "/ingest/v1/readings/",
    "/ingest/v1/NATIVE/S-TRAPPED", "/ingest/v1/native/S-TRAPPED%0d%0aX: y", "/ingest/v1/native/s-trapped", "/ingest/v1/%00/S-TRAPPED",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_tricks_with_the_path_reach_nothing(device, path):
    status, answer = device("S-TRAPPED").send(native(), path.replace(" ", "%20"))
    assert is_refusal(status, answer), (status, answer)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD"])
def test_other_methods_are_pointed_to_the_right_one(served, method):
    said = exchange(
        served[0].port,
        f"{method} /ingest/v1/readings HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode(),
    )
    assert said.startswith(b"HTTP/1.1 405 ")


def test_slow_senders_hold_up_nobody(served, good, alive):
    product, keys = served
    head = f"POST /ingest/v1/readings HTTP/1.1\r\n{HEADERS.format(token=keys.tokens['S-TRAPPED'])}Content-Length: 1000000\r\n\r\n["
    slow = [socket.create_connection(("127.0.0.1", product.port)) for _ in range(200)]
    for number, connection in enumerate(slow):
        connection.sendall(head.encode()[: None if number % 2 else 60])
    started = time.monotonic()
    for _ in range(20):
        good()
    assert time.monotonic() - started < 5.0
    for connection in slow:
        connection.close()


def test_the_broker_brings_the_same_and_good_messages_go_on(served_mqtt, broker):
    product, keys = served_mqtt
    sender = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="hostile")
    sender.connect("127.0.0.1", broker)
    sender.loop_start()
    before, rss = occupancy(product, keys.screen)["PACKED"] or 0, rss_mib(product)
    bodies = [(f"{kind}-harmed", body) for kind, body in harmed_samples(250, seed=5) if kind in SAMPLES]
    bodies += [(f"{list(SAMPLES)[n % len(SAMPLES)]}-harmed", body) for n, body in enumerate(constructed())]
    topics = [
        "anlan/v1/S-PACKED",
        "anlan/v1/../x/readings",
        "anlan/v1//readings",
        "anlan/v1/S-NOBODY/readings",
    ]
    for number, (sensor, body) in enumerate(bodies):
        sender.publish(f"anlan/v1/{sensor}/readings", body, qos=1)
        if number % 50 == 0:
            sender.publish(
                "anlan/v1/S-PACKED/readings", json.dumps([interval("", now_ms() - 60_000 + number)]), qos=1
            )
    for topic in topics:
        sender.publish(topic, native(), qos=1)
    good = 1 + (len(bodies) - 1) // 50
    until(
        lambda: occupancy(product, keys.screen)["PACKED"] == before + good,
        "good messages do not go on",
        limit_s=60,
    )
    assert product.process.poll() is None
    assert rss_mib(product) - rss < GROWTH_MIB
    sender.disconnect()
    sender.loop_stop()
