"""SIGKILL while a broker delivers by QoS 1: what the platform had not acknowledged comes again and counts once."""

import json
import os
import random
import threading
import time

import paho.mqtt.client as paho
import pytest
from tests.browser.product import Product, until
from tests.doors.broker import own_broker
from tests.doors.clients import interval, now_ms, occupancy
from tests.doors.district import furnish

pytestmark = pytest.mark.faults

KILLS = int(os.environ.get("ANLAN_KILLS", "3"))
PLAN = {"places": [{"code": "MQ"}], "sensors": [{"code": "MQ-0", "place": "MQ"}]}
TOPIC = "anlan/v1/MQ-0/readings"
PAUSE_S = 0.003


class Publisher(threading.Thread):
    """Publishes numbered readings, each a message of its own, until it is told to stop."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="counter")
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        self.published = 0
        self.stopping = threading.Event()

    def run(self):
        start, told = now_ms() - 3 * 3_600_000, None
        while not self.stopping.wait(PAUSE_S):
            told = self.client.publish(
                TOPIC, json.dumps([interval("MQ-0", start + 100 * self.published)]), qos=1
            )
            self.published += 1
        told.wait_for_publish(30)
        self.client.disconnect()
        self.client.loop_stop()


def test_kills_while_a_broker_delivers(program, tmp_path):
    rng = random.Random()
    with own_broker(program("mosquitto"), tmp_path) as port:
        product = Product(tmp_path / "data", ("--no-demo", "--mqtt", f"mqtt://127.0.0.1:{port}?version=5"))
        keys = furnish(product, PLAN)
        product.start()
        publisher = Publisher(port)
        until(lambda: "MQ" in occupancy(product, keys.screen), "the register is not followed")
        time.sleep(1.5)  # the door has subscribed: from here on the broker keeps for it what it misses
        publisher.start()
        try:
            for _ in range(KILLS):
                time.sleep(rng.uniform(0.05, 1.5))
                product.kill()
                product.start()
            publisher.stopping.set()
            publisher.join(timeout=60)
            counted = lambda: occupancy(product, keys.screen)["MQ"]  # noqa: E731
            until(
                lambda: counted() == publisher.published,
                f"of {publisher.published} sent others are counted",
                limit_s=60,
            )
            time.sleep(1.0)
            assert counted() == publisher.published
        finally:
            product.stop()
    print(f"{KILLS} kills, {publisher.published:,} messages, each counted once")
