"""The MQTT door behind a real Mosquitto: mosquitto_pub in both versions, QoS 1, retained messages (kills: tests/faults)."""

import json
import subprocess
import time

import pytest
from tests.browser.product import until
from tests.doors.clients import SOON_S, Person, Watcher, interval, now_ms, occupancy
from tests.doors.conftest import SAMPLES
from tests.doors.district import sample


@pytest.fixture
def publish(program, broker):
    """Publishes a body with mosquitto_pub."""

    def send(sensor, body, *, version="mqttv5", retain=False):
        command = [program("mosquitto_pub"), "-p", str(broker), "-q", "1", "-V", version, "-s"]
        command += ["-t", f"anlan/v1/{sensor}/readings", *(["-r"] if retain else [])]
        subprocess.run(
            command, input=body if isinstance(body, bytes) else json.dumps(body).encode(), check=True
        )

    return send


@pytest.fixture
def watcher(served_mqtt):
    watcher = Watcher(served_mqtt[0], served_mqtt[1].screen)
    yield watcher
    watcher.close()


@pytest.mark.parametrize("version", ["mqttv311", "mqttv5"])
@pytest.mark.parametrize("kind", SAMPLES)
def test_a_published_sample_shows_at_once(kind, version, publish, watcher):
    name, people = SAMPLES[kind]
    publish(f"{kind}-{version}", sample(kind, name), version=version)
    assert watcher.wait_for(f"{kind}-{version}".upper(), people, limit_s=SOON_S)


def test_a_number_moves_within_a_second(publish, watcher, served_mqtt):
    """From mosquitto_pub's start to the live message, the best of five."""
    product, keys = served_mqtt
    people, delays_s = occupancy(product, keys.screen)["STEADY"] or 0, []
    for _ in range(5):
        begun, people = time.monotonic(), people + 1
        publish("S-STEADY", [{"channel": "1", "kind": "event", "t": now_ms(), "in": 1}])
        assert watcher.wait_for("STEADY", people, limit_s=SOON_S)
        delays_s.append(time.monotonic() - begun)
    assert min(delays_s) < 1.0, delays_s


def test_what_the_broker_kept_is_no_news(publish, watcher, served_mqtt, broker):
    """A retained message counts when it is sent, and not again when the platform subscribes anew."""
    product, keys = served_mqtt
    publish("S-RETAINED", [{"channel": "1", "kind": "event", "t": now_ms(), "in": 1}], retain=True)
    assert watcher.wait_for("RETAINED", 1, limit_s=SOON_S)
    product.stop()
    product.start()
    until(lambda: is_connected(product, keys), "the door does not come back")
    before = occupancy(product, keys.screen)["STEADY"] or 0
    publish("S-STEADY", [{"channel": "1", "kind": "event", "t": now_ms(), "in": 1}])
    until(lambda: occupancy(product, keys.screen)["STEADY"] == before + 1, "a fresh message does not count")
    assert occupancy(product, keys.screen)["RETAINED"] == 1


def is_connected(product, keys):
    """Whether the server takes readings again and its register is loaded."""
    return "STEADY" in occupancy(product, keys.screen)


def test_a_broken_message_is_set_aside_and_the_next_is_read(publish, served_mqtt):
    product, keys = served_mqtt
    before = occupancy(product, keys.screen)["STEADY"] or 0
    publish("hikvision-mqttv5", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>")
    publish("S-NOBODY", b"[]")
    publish("S-STEADY", [interval("S-STEADY", now_ms(), count_in=3)])
    until(lambda: occupancy(product, keys.screen)["STEADY"] == before + 3, "the good message is not counted")
    listed = Person(product, keys.password).get("/crowd/quarantine/")
    assert "DOCTYPE" in listed and "S-NOBODY" in listed
