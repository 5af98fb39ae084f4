"""What is queued leaves a running server, and a channel that fails is named: /metrics, `anlan doctor`, the wall's feed."""

import http.server
import json
import subprocess
import sys
import threading

import pytest
from tests.browser.product import Product, until
from tests.doors.clients import Watcher
from tests.doors.district import furnish
from tests.doors.test_metrics import scrape
from tests.faults.test_kills_outbox import QUEUEING, states_of


class Gate(http.server.BaseHTTPRequestHandler):
    """Takes what comes to /well, refuses what comes to /closed."""

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        is_well = self.path == "/well"
        body = b"{}" if is_well else b"no such group"
        self.send_response(200 if is_well else 404)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """(product, keys) of a server whose outbox was filled for a moment: two channels, one of which is refused."""
    gate = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gate)
    threading.Thread(target=gate.serve_forever, daemon=True).start()
    product = Product(tmp_path_factory.mktemp("outbox"), ("--no-demo",))
    keys = furnish(product, {"places": [], "sensors": [], "credentials": []})
    urls = [f"http://127.0.0.1:{gate.server_port}/{name}" for name in ("well", "closed")]
    product.start()
    filling = subprocess.Popen(
        [sys.executable, QUEUEING, "queue", *urls],
        env=product.env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    for _ in range(10):
        filling.stdout.readline()
    filling.communicate()
    yield product, keys
    product.stop()
    gate.shutdown()


def test_what_is_queued_is_sent_and_what_fails_is_named(town):
    product, _keys = town
    until(
        lambda: set(states_of(product).values()) == {"accepted", "failed"}, "not all was settled", limit_s=60
    )
    metric = ("anlan_channel_up", "hook-1")
    until(lambda: scrape(product).get(metric) == 0, "the failing channel is not told", limit_s=20)
    found = scrape(product)
    assert found["anlan_channel_up", "hook-0"] == 1
    assert (found["anlan_outbox_pending",], found["anlan_outbox_unknown",]) == (0, 0)
    assert found["anlan_sweep_failing", "messages"] == 0
    said = product.anlan("doctor")
    assert "hook-1" in said and "no such group" in said and "hook-0" not in said


def test_the_wall_hears_of_channels(town):
    product, keys = town
    watcher, counts = Watcher(product, keys.screen), {"up": 1, "total": 2}
    try:
        until(lambda: counts in told(watcher), "the wall is not told", limit_s=20)
    finally:
        watcher.close()


def told(watcher):
    """What the wall heard of channels so far."""
    return [json.loads(message)["channels"] for _at, kind, message in list(watcher.heard) if kind == "health"]
