"""SIGKILL at any moment while readings come in: nothing acknowledged is lost, nothing is counted twice.

Three kills in the suite, more by ANLAN_KILLS (`dev.py bench faults`).
"""

import http.client
import os
import random
import threading
import time

import pytest
from tests.browser.product import Product, until
from tests.doors.clients import Device, interval, now_ms, occupancy
from tests.doors.district import furnish

pytestmark = pytest.mark.faults

KILLS = int(os.environ.get("ANLAN_KILLS", "3"))
SENDERS = 4
BATCH = 50
STEP_MS = 50  # so short that the fastest sender stays behind the clock: what lies ahead of it is not counted


class Numbered(threading.Thread):
    """A sender of numbered readings, one place to itself; what was not acknowledged it sends again, as it was."""

    def __init__(self, product, token, number):
        super().__init__(daemon=True)
        self.product, self.token, self.number = product, token, number
        self.acknowledged = self.resent = self.cut = 0
        self.stopping = threading.Event()
        self.trouble = None

    def batch(self, first):
        """Readings first … first + BATCH − 1: their number is their time, so that each has an identity."""
        sensor = f"K{self.number}-0"
        ends = (self.start_ms + STEP_MS * (first + step) for step in range(BATCH))
        return [interval(sensor, end_ms, length_ms=STEP_MS) for end_ms in ends]

    def run(self):
        self.start_ms = now_ms() - 3 * 3_600_000
        device = Device(self.product, self.token)
        while not self.stopping.is_set():
            try:
                status, answer = device.send(self.batch(self.acknowledged))
            except (OSError, http.client.HTTPException) as why:
                self.cut += not isinstance(why, ConnectionRefusedError)
                self.resent += 1
                device = Device(self.product, self.token)
                time.sleep(0.05)
                continue
            if status not in (202, 503):
                self.trouble = (status, answer)
                return
            self.acknowledged += BATCH if status == 202 else 0


def plan():
    codes = [f"K{number}" for number in range(SENDERS)]
    sensors = [{"code": f"{code}-0", "place": code, "credential": "gateway"} for code in codes]
    return {"credentials": ["gateway"], "places": [{"code": code} for code in codes], "sensors": sensors}


def settled(product, keys, senders):
    """Whether every place counts exactly what its sender was told is durable."""
    found = occupancy(product, keys.screen)
    return all(found.get(f"K{one.number}") == one.acknowledged for one in senders)


def test_kills_lose_nothing_acknowledged_and_count_nothing_twice(tmp_path):
    seed = random.randrange(2**32)
    rng = random.Random(seed)
    product = Product(tmp_path, ("--no-demo",))
    keys = furnish(product, plan())
    product.start()
    senders = [Numbered(product, keys.tokens["gateway"], number) for number in range(SENDERS)]
    for sender in senders:
        sender.start()
    try:
        for _ in range(KILLS):
            time.sleep(rng.uniform(0.05, 1.5))
            product.kill()
            product.start()
        time.sleep(0.5)
    finally:
        for sender in senders:
            sender.stopping.set()
        for sender in senders:
            sender.join(timeout=30)
    assert not [sender.trouble for sender in senders if sender.trouble]
    assert sum(sender.cut for sender in senders) >= KILLS, "no kill hit a batch on its way"
    sent = sum(sender.acknowledged for sender in senders)
    until(
        lambda: settled(product, keys, senders),
        f"seed {seed}: the places do not count what was acknowledged",
        limit_s=10,
    )
    product.kill()  # once more, with nothing under way: all of it comes back from the disk
    product.start()
    try:
        until(lambda: settled(product, keys, senders), f"seed {seed}: a restart counts otherwise", limit_s=10)
    finally:
        product.stop()
    print(
        f"{KILLS} kills, {sent:,} readings acknowledged, {sum(sender.resent for sender in senders)} batches sent again"
    )
