"""The MQTT door without a broker: when it acknowledges, what comes twice, whose fault holds up whom."""

import itertools
import threading
from types import SimpleNamespace

import paho.mqtt.client as paho
import pytest

from anlan.domains.crowd import queries
from anlan.domains.crowd.queries.reporting import SensorCard
from anlan.site import intake, mqtt
from anlan.site.mqtt import MqttDoor
from anlan.stream import engine as engine_module
from anlan.stream.journal import JournalFull
from anlan.stream.scene import Scene

PASSAGE = b'{"kind":"event","channel":"1","t":%d,"in":1}'


class Broker:
    """Stands for paho's client and the broker behind it: keeps what was acknowledged."""

    def __init__(self, door):
        self.door, self.acknowledged, self.n_read = door, [], 0
        door.client = self
        self.numbers = itertools.count(1)
        self.connect(is_known=False)

    def connect(self, *, is_known):
        flags = SimpleNamespace(session_present=is_known)
        self.door.on_connect(self, None, flags, SimpleNamespace(is_failure=False), None)

    def lose_connection(self):
        self.door.on_disconnect(self, None, None, None, None)

    def subscribe(self, topic, qos):
        assert qos == 1

    def ack(self, mid, qos):
        self.acknowledged.append(mid)

    def send(self, sensor, payload, *, mid=None, is_again=False, is_retained=False):
        """Deliver a message; its number."""
        message = paho.MQTTMessage(mid or next(self.numbers), f"anlan/v1/{sensor}/readings".encode())
        message.payload, message.qos, message.dup, message.retain = payload, 1, is_again, is_retained
        self.door.on_message(self, None, message)
        return message.mid


@pytest.fixture
def scene():
    scene = Scene("live", None)
    yield scene
    scene.close()


@pytest.fixture
def aside(monkeypatch):
    """What was set aside: (sensor, reason)."""
    kept = []
    monkeypatch.setattr(
        intake, "set_aside", lambda sensor, door, kind, body, topic, why, now_ms: kept.append((sensor, why))
    )
    return kept


@pytest.fixture
def door(scene, aside, monkeypatch):
    monkeypatch.setattr(mqtt, "RETRY_S", 0.02)
    monkeypatch.setattr(mqtt, "BUSY_S", 0.01)
    cards = {
        code: SensorCard(code, "native", "Asia/Shanghai", None, number, "", 0)
        for number, code in enumerate("ABC")
    }
    door = MqttDoor("mqtt://broker", SimpleNamespace(sensors=cards, topics={}), scene)
    Broker(door)
    yield door
    door.stopping.set()
    door.inbox.close()


def passages(scene):
    """How many people came in by each sensor."""
    lines = scene.line_view()
    return {sensor: int(total) for (sensor, _), total in zip(lines.names, lines.total_in, strict=True)}


def take(door):
    """One round of the door's own thread."""
    door.take(door.inbox.take())


def now(scene):
    return PASSAGE % scene.clock.now_ms()


def test_many_messages_are_one_batch_and_each_is_acknowledged(door, scene):
    broker, groups = door.client, []
    submit = scene.submit
    scene.submit = lambda kept, **who: groups.append(len(kept)) or submit(kept, **who)
    sent = [broker.send(sensor, now(scene)) for sensor in "AABCC"]
    assert broker.acknowledged == []
    take(door)
    assert (groups, broker.acknowledged, passages(scene)) == ([5], sent, {"A": 2, "B": 1, "C": 2})
    assert queries.last_payload("C").door == "mqtt"


def test_what_cannot_be_read_is_set_aside_alone(door, scene, aside):
    broker = door.client
    bodies = [("A", now(scene)), ("B", b"[{]"), ("X", now(scene)), ("C", b'{"kind":"event","in":-5}'), ("C", now(scene))]  # fmt: skip
    sent = [broker.send(*each) for each in bodies]
    broker.send("A", now(scene), is_retained=True)
    take(door)
    assert passages(scene) == {"A": 1, "C": 1}
    assert sorted(broker.acknowledged) == [*sent, 6]
    assert [sensor for sensor, _ in aside] == ["B", None, "C"] and "register it" in aside[1][1]


def test_a_message_under_way_that_comes_again_counts_once(door, scene):
    broker = door.client
    sent = broker.send("A", now(scene))
    broker.lose_connection()
    broker.connect(is_known=True)
    broker.send("A", now(scene), mid=sent, is_again=True)
    take(door)
    assert (broker.acknowledged, passages(scene)) == ([sent], {"A": 1})


def test_what_became_durable_without_a_connection_is_acknowledged_when_it_comes_again(door, scene):
    broker = door.client
    sent = broker.send("A", now(scene))
    broker.lose_connection()
    take(door)
    assert broker.acknowledged == []
    broker.connect(is_known=True)
    broker.send("A", now(scene), mid=sent, is_again=True)
    assert (broker.acknowledged, passages(scene), door.inbox.letters) == ([sent], {"A": 1}, [])


def test_a_broker_that_forgot_us_gets_no_acknowledgement_of_before(door, scene):
    """Its numbers begin anew: the old number would be another message's."""
    broker = door.client
    broker.send("A", now(scene))
    broker.lose_connection()
    broker.connect(is_known=False)
    take(door)
    assert (broker.acknowledged, passages(scene)) == ([], {"A": 1})


def test_a_busy_engine_and_a_full_disk_are_waited_for(door, scene):
    broker, troubles = door.client, [engine_module.Busy("full"), JournalFull("no room")]
    submit = scene.submit

    def troubled(kept, **who):
        if troubles:
            raise troubles.pop(0)
        return submit(kept, **who)

    scene.submit = troubled
    sent = broker.send("A", now(scene))
    take(door)
    assert (troubles, broker.acknowledged, passages(scene)) == ([], [sent], {"A": 1})


def test_who_is_closed_acknowledges_nothing(door, scene):
    broker = door.client
    broker.send("A", now(scene))
    scene.close()
    take(door)
    assert broker.acknowledged == []


def test_a_fault_of_ours_with_one_message_holds_up_no_other(door, scene, aside, monkeypatch):
    broker, read = door.client, intake.read

    def faulty(card, payload):
        return read(card, payload) if card.code != "B" else 1 / 0

    monkeypatch.setattr(intake, "read", faulty)
    sent = [broker.send(sensor, now(scene)) for sensor in "ABC"]
    door.thread.start()
    wait_until = threading.Event()
    while len(broker.acknowledged) < 3:
        assert not wait_until.wait(0.01) and door.thread.is_alive()
    assert (sorted(broker.acknowledged), passages(scene)) == (sent, {"A": 1, "C": 1})
    assert "ZeroDivisionError" in aside[0][1]


def test_who_brings_too_many_waits(door, scene, monkeypatch):
    monkeypatch.setattr(mqtt, "WAITING_BYTES", 1_000)
    broker, body = door.client, now(scene)
    bringing = threading.Thread(
        target=lambda: [broker.send("A", PASSAGE % n) for n in range(100)], daemon=True
    )
    bringing.start()
    bringing.join(0.2)
    assert bringing.is_alive() and door.inbox.n_bytes < 1_000 + len(body)
    door.thread.start()
    bringing.join(10)
    assert not bringing.is_alive()


def test_versions(door):
    assert door.is_v3 and not MqttDoor("mqtt://broker?version=5", door.doorkeeper, door.scene).is_v3
    for url in ("mqtt://broker?version=4", "http://broker", "mqtt://"):
        with pytest.raises(ValueError, match="ANLAN_MQTT_URL"):
            MqttDoor(url, door.doorkeeper, door.scene)
