"""SIGKILL at any moment while messages are sent: each is told once, or shown as unknown; none twice, none lost silently.

Three kills in the suite, more by ANLAN_KILLS (`dev.py bench faults`).
"""

import collections
import http.server
import json
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from tests.browser.product import Product, until
from tests.doors.district import furnish

pytestmark = pytest.mark.faults

KILLS = int(os.environ.get("ANLAN_KILLS", "3"))
QUEUEING = Path(__file__).with_name("queueing.py")
OPEN = {"queued", "sending"}


class Receiver(http.server.ThreadingHTTPServer):
    """Counts what arrives by its webhook-id: /quick at once, /slow after a while, /moody refuses a few for now."""

    daemon_threads = True

    def __init__(self, rng):
        super().__init__(("127.0.0.1", 0), Answering)
        self.rng, self.arrived, self.lock = rng, collections.Counter(), threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def urls(self):
        return [f"http://127.0.0.1:{self.server_port}/{name}" for name in ("quick", "slow", "moody")]

    def take(self, path, key):
        """The status and the wait of an answer; only what is taken is counted."""
        with self.lock:
            if path == "/moody" and self.rng.random() < 0.03:
                return 429, 0
            self.arrived[key] += 1
            return 200, self.rng.uniform(0.01, 0.04) if path == "/slow" else 0

    def handle_error(self, request, address):
        """The product was killed while it was answered: that is the test."""


class Answering(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        status, wait_s = self.server.take(self.path, self.headers["webhook-id"])
        time.sleep(wait_s)
        body = b"{}"
        self.send_response(status)
        if status == 429:
            self.send_header("retry-after", "1")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


class Queueing:
    """The process that fills the outbox; `keys` are those that it said were committed."""

    def __init__(self, product, urls):
        self.keys = []
        self.process = subprocess.Popen(
            [sys.executable, QUEUEING, "queue", *urls], env=product.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        self.keys.extend(line.strip() for line in self.process.stdout)

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.reader.join(timeout=10)


def states_of(product):
    told = subprocess.run(
        [sys.executable, QUEUEING, "states"], env=product.env, capture_output=True, text=True, timeout=60
    )
    assert told.returncode == 0, told.stderr[-2000:]
    return json.loads(told.stdout)


def kill_often(product, rng):
    """Kill and start the product again, at moments that chance picks; how often a message was in its hand."""
    for _ in range(KILLS):
        time.sleep(rng.uniform(0.2, 1.5))
        product.kill()
        product.start()


def test_kills_tell_nobody_twice_and_lose_nothing_silently(tmp_path):
    seed = random.randrange(2**32)
    rng = random.Random(seed)
    product = Product(tmp_path, ("--no-demo",))
    furnish(product, {"places": [], "sensors": [], "credentials": []})
    receiver = Receiver(random.Random(seed))
    product.start()
    queueing = Queueing(product, receiver.urls)
    try:
        until(lambda: receiver.arrived, "nothing arrives", limit_s=60)
        kill_often(product, rng)
    finally:
        queueing.stop()
    try:
        until(
            lambda: OPEN.isdisjoint(states_of(product).values()),
            f"seed {seed}: messages still wait", limit_s=240,
        )  # fmt: skip
        states = states_of(product)
    finally:
        product.stop()
    judge(states, queueing.keys, receiver.arrived, seed)


def judge(states, keys, arrived, seed):
    """Every key that was committed is told once or unknown."""
    by_state = collections.Counter(states.values())
    twice = {key: n for key, n in arrived.items() if n > 1}
    unknown = [key for key, state in states.items() if state == "unknown"]
    print(
        f"{KILLS} kills, {len(keys):,} messages queued: {dict(by_state)}; of the {len(unknown)} unknown"
        f" {sum(arrived[key] for key in unknown)} had arrived; {len(twice)} arrived twice"
    )
    assert len(keys) > 50 and set(keys) <= set(states), f"seed {seed}: a committed message is gone"
    assert not twice, f"seed {seed}"
    assert set(by_state) <= {"accepted", "unknown"}, f"seed {seed}"
    assert not [key for key in keys if states[key] == "accepted" and arrived[key] != 1], f"seed {seed}"
    assert set(arrived) <= set(states), f"seed {seed}: something was told that nobody queued"
