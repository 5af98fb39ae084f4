"""The MQTT door: listens on a broker and acknowledges a message only when its readings are durable.

The topic says whose readings they are – `anlan/v1/<sensor>/readings`, or a sensor's own topic – and the
broker's access list lets each device write only its own (see deploy/mosquitto.conf). Retained messages are
old news and never taken as new.

Messages are taken together: what comes within GATHER_S is one batch for the engine, and is acknowledged with it.
While a batch waits, the broker's window (or, in bytes, the socket) fills, and the broker keeps what comes after.
"""

import logging
import threading
import time
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from anlan.devices.refusal import Refusal
from anlan.site import intake
from anlan.site.doorkeeper import Caller
from anlan.stream.engine import Busy, Closed

log = logging.getLogger(__name__)

OWN_TOPIC = "anlan/v1/{sensor}/readings"
SESSION_S = 24 * 3600  # the broker keeps what arrives while we restart
RETRY_S = 2.0
STOP_S = 5.0
BUSY_S = 0.05
GATHER_S = (
    0.02  # a batch costs the engine about a millisecond: fifty of them a second, however many messages come
)
IN_FLIGHT = 2_000  # messages the broker may send before the first is acknowledged
WAITING_BYTES = 32 * 2**20  # of payloads; beyond it the socket is not read
PACKETS = 100  # read in one turn, before acknowledgements are written


class Client(paho.Client):
    """paho's client, which reads what has come before it looks up again: paho itself takes one packet a turn."""

    n_read = 0  # messages so far, counted by on_message

    def loop_read(self, max_packets=PACKETS):
        for _ in range(max_packets):
            before, result = self.n_read, super().loop_read()
            if result != paho.MQTT_ERR_SUCCESS or self.n_read == before:
                break
        return result


class Letter(NamedTuple):
    """A message that waits, and the session of the broker in which it came."""

    session: object
    mid: int
    qos: int
    topic: str
    payload: bytes


class Inbox:
    """Letters on their way from paho's thread to the door's; who brings too many waits."""

    def __init__(self):
        self.letters, self.n_bytes, self.closed = [], 0, False
        self.changed = threading.Condition()

    def put(self, letter):
        """Add a letter, when there is room."""
        with self.changed:
            self.changed.wait_for(lambda: self.has_room or self.closed)
            self.letters.append(letter)
            self.n_bytes += len(letter.payload)
            if len(self.letters) == 1:
                self.changed.notify_all()

    @property
    def has_room(self):
        return len(self.letters) < IN_FLIGHT and self.n_bytes < WAITING_BYTES

    def take(self):
        """What came in GATHER_S from the first that waits; None when the inbox is closed."""
        with self.changed:
            self.changed.wait_for(lambda: self.letters or self.closed)
        if self.closed:
            return None
        time.sleep(GATHER_S)
        with self.changed:
            taken, self.letters, self.n_bytes = self.letters, [], 0
            self.changed.notify_all()
        return taken

    def close(self):
        """Nobody waits from now on."""
        with self.changed:
            self.closed = True
            self.changed.notify_all()


class MqttDoor:
    """One connection to one broker. `url` is mqtt://[user:password@]host[:port][?version=3|5].

    Without a version it speaks MQTT 3.1.1: paho needs half as long for a message as in 5 (measured: 24 of 52 µs),
    and a broker translates for devices that speak the other.
    """

    def __init__(self, url, doorkeeper, scene, *, client_id="anlan"):
        parts = urlsplit(url)
        if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
            raise ValueError(f"ANLAN_MQTT_URL: expected mqtt://host:port, got {url!r}")
        self.doorkeeper, self.scene, self.parts = doorkeeper, scene, parts
        version = parse_qs(parts.query).get("version", ["3"])[-1]
        if version not in {"3", "5"}:
            raise ValueError(f"ANLAN_MQTT_URL: version is 3 or 5, not {version!r}")
        self.is_v3 = version == "3"
        session = {"clean_session": False} if self.is_v3 else {}
        self.client = Client(
            paho.CallbackAPIVersion.VERSION2, client_id=client_id, manual_ack=True,
            protocol=paho.MQTTv311 if self.is_v3 else paho.MQTTv5, **session,
        )  # fmt: skip
        if parts.username:
            self.client.username_pw_set(unquote(parts.username), unquote(parts.password or ""))
        if parts.scheme == "mqtts":
            self.client.tls_set()
        self.client.on_connect, self.client.on_message = self.on_connect, self.on_message
        self.client.on_disconnect = self.on_disconnect
        self.subscribed = set()
        self.is_connected = False
        self.inbox, self.stopping = Inbox(), threading.Event()
        self.session = (
            object()
        )  # the broker's memory of us: what came in another is not acknowledged in this one
        self.unsettled = {}  # number of each message not acknowledged yet: whether it is durable
        self.thread = threading.Thread(target=self.run, name="mqtt door", daemon=True)

    def start(self):
        """Connect in the background; a broker that is away is tried again by itself."""
        self.client.reconnect_delay_set(1, 30)
        options = {}
        if not self.is_v3:
            asked = Properties(PacketTypes.CONNECT)
            asked.SessionExpiryInterval, asked.ReceiveMaximum = SESSION_S, IN_FLIGHT
            options = {"clean_start": False, "properties": asked}
        port = self.parts.port or (8883 if self.parts.scheme == "mqtts" else 1883)
        self.client.connect_async(self.parts.hostname, port, keepalive=30, **options)
        self.client.loop_start()
        self.thread.start()

    def stop(self):
        """Finish what was taken, then leave; the broker keeps the rest."""
        self.stopping.set()
        self.inbox.close()
        self.thread.join(STOP_S)
        self.client.disconnect()
        self.client.loop_stop()

    def on_connect(self, client, userdata, flags, reason_code, properties):
        if reason_code.is_failure:
            log.error("broker %s refuses us: %s – check ANLAN_MQTT_URL", self.parts.hostname, reason_code)
            return
        if not flags.session_present:
            self.session, self.unsettled = object(), {}
        self.is_connected = True
        self.subscribed = set()
        self.follow()

    def on_disconnect(self, client, userdata, flags, reason_code, properties):
        self.is_connected = False

    def follow(self):
        """Subscribe to the own topic and to every sensor's topic that is not followed yet."""
        if not self.is_connected:
            return
        wanted = {OWN_TOPIC.format(sensor="+"), *self.doorkeeper.topics}
        for topic in sorted(wanted - self.subscribed):
            self.client.subscribe(topic, qos=1)
        for topic in sorted(self.subscribed - wanted):
            self.client.unsubscribe(topic)
        self.subscribed = wanted

    def sensor_of(self, topic):
        """The sensor whose topic this is, or None."""
        if topic in self.doorkeeper.topics:
            return self.doorkeeper.topics[topic]
        words = topic.split("/")
        return self.doorkeeper.sensors.get("/".join(words[2:-1])) if len(words) >= 4 else None

    def on_message(self, client, userdata, message):
        """Into the inbox; what is under way already, and comes again after a lost connection, is not counted twice."""
        client.n_read += 1
        letter = Letter(self.session, message.mid, message.qos, topic_of(message), message.payload)
        if message.retain:
            self.client.ack(letter.mid, letter.qos)
        elif message.dup and letter.mid in self.unsettled:
            if self.unsettled[letter.mid]:
                self.settle([letter])
        else:
            if letter.qos:
                self.unsettled[letter.mid] = False
            self.inbox.put(letter)

    def run(self):
        """Take what waits, again and again, until the inbox is closed."""
        while (letters := self.inbox.take()) is not None:
            try:
                self.take(letters)
            except Exception:
                log.exception("%s mqtt messages could not be taken together: one by one", len(letters))
                for letter in letters:
                    self.take_alone(letter)

    def take(self, letters):
        """Decode and submit; acknowledge when durable. What cannot be read is set aside, then acknowledged."""
        now_ms = self.scene.clock.now_ms()
        batch = self.check(letters, now_ms)
        if not self.keep(batch):
            return
        refused = dict(reversed(batch.refused))  # of each message the first reason
        self.settle(letter for at, letter in enumerate(letters) if at not in refused)
        for at, reason in sorted(refused.items()):
            self.set_aside(letters[at], reason, now_ms)
            self.settle([letters[at]])

    def take_alone(self, letter):
        """A fault of ours with one message must not hold up the others: it is set aside."""
        try:
            self.take([letter])
        except Exception as fault:
            log.exception("an mqtt message on %r", letter.topic)
            reason = f"the platform failed on it ({type(fault).__name__}): it is kept, please report it"
            self.set_aside(letter, reason, self.scene.clock.now_ms())
            self.settle([letter])

    def check(self, letters, now_ms):
        """One Batch of all letters; its positions are theirs."""
        readings, positions, refused, cards = [], [], [], {}
        for at, letter in enumerate(letters):
            try:
                card = self.sensor_of(letter.topic) or refuse_topic(letter.topic)
                own = intake.read(card, letter.payload)
            except Refusal as why:
                refused.append((at, str(why)))
                continue
            cards[card.code] = card
            intake.remember(card.code, "mqtt", letter.payload, own, now_ms)
            readings += own
            positions += [at] * len(own)
        caller = Caller(0, "mqtt", cards)
        return intake.check_batch(
            readings, positions, refused, caller=caller, register=self.scene.register, now_ms=now_ms
        )

    def keep(self, batch):
        """Hand over and wait until it is durable, however often that takes; False when we stop before.

        Meanwhile nothing is acknowledged, so that the broker's window fills and it keeps what comes.
        """
        while not self.stopping.is_set():
            try:
                if len(batch.kept):
                    self.scene.submit(batch.kept, sender=batch.sender).result()
                return True
            except Busy:
                self.stopping.wait(BUSY_S)
            except Closed:  # not acknowledged: the broker sends it again after the restart
                return False
            except Exception as why:  # the disk is full, or worse
                log.error("mqtt readings not stored (%s): trying again in %s s", why, RETRY_S)
                self.stopping.wait(RETRY_S)
        return False

    def settle(self, letters):
        """Acknowledge letters; without a connection, note that they may be when they come again."""
        for letter in letters:
            if letter.session is not self.session or not letter.qos:
                continue
            if self.is_connected:
                self.unsettled.pop(letter.mid, None)
                self.client.ack(letter.mid, letter.qos)
            else:
                self.unsettled[letter.mid] = True

    def set_aside(self, letter, reason, now_ms):
        card = self.sensor_of(letter.topic)
        code, kind = (card.code, card.kind) if card else (None, "native")
        intake.set_aside(code, "mqtt", kind, letter.payload, letter.topic, reason, now_ms)


def topic_of(message):
    """A message's topic; one that is not even text is nobody's."""
    try:
        return message.topic
    except UnicodeDecodeError:
        return ""


def refuse_topic(topic):
    """Raises Refusal: nobody's topic."""
    raise Refusal(f"no sensor reports on topic {topic[:120]!r}: register it, or set its topic")
