"""The MQTT door: listens on a broker and acknowledges a message only when its readings are durable.

The topic says whose readings they are – `anlan/v1/<sensor>/readings`, or a sensor's own topic – and the
broker's access list lets each device write only its own (see deploy/mosquitto.conf). Retained messages are
old news and never taken as new.
"""

import functools
import logging
import threading
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
IN_FLIGHT = 2_000  # messages the broker may send before the first is acknowledged


class MqttDoor:
    """One connection to one broker. `url` is mqtt://[user:password@]host[:port][?version=3|5]."""

    def __init__(self, url, doorkeeper, scene, *, client_id="anlan"):
        parts = urlsplit(url)
        if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
            raise ValueError(f"ANLAN_MQTT_URL: expected mqtt://host:port, got {url!r}")
        self.doorkeeper, self.scene, self.parts = doorkeeper, scene, parts
        self.is_v3 = parse_qs(parts.query).get("version") == ["3"]
        session = {"clean_session": False} if self.is_v3 else {}
        self.client = paho.Client(
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
        self.stopping = threading.Event()

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

    def stop(self):
        self.stopping.set()
        self.client.disconnect()
        self.client.loop_stop()

    def on_connect(self, client, userdata, flags, reason_code, properties):
        if reason_code.is_failure:
            log.error("broker %s refuses us: %s – check ANLAN_MQTT_URL", self.parts.hostname, reason_code)
            return
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
        """Decode and submit; acknowledge when durable. What cannot be read is set aside, then acknowledged."""
        settle = functools.partial(client.ack, message.mid, message.qos)
        card = self.sensor_of(message.topic)
        if message.retain:
            return settle()
        now_ms = self.scene.clock.now_ms()
        try:
            if card is None:
                raise Refusal(
                    f"no sensor reports on topic {message.topic[:120]!r}: register it, or set its topic"
                )
            readings = intake.read(card, message.payload)
        except Refusal as why:
            self.set_aside(card, message, str(why), now_ms)
            return settle()
        batch = intake.check_batch(
            readings, list(range(len(readings))), [],
            caller=Caller(0, "mqtt", {card.code: card}), register=self.scene.register, now_ms=now_ms,
        )  # fmt: skip
        intake.remember(card.code, "mqtt", message.payload, readings, now_ms)
        if batch.refused:
            self.set_aside(card, message, batch.refused[0][1], now_ms)
        return self.submit(batch.kept, settle)

    def submit(self, kept, settle):
        """Hand over; while the engine is busy we wait here, so the broker's window fills and senders slow down."""
        while not self.stopping.is_set():
            try:
                future = self.scene.submit(kept)
            except Busy:
                self.stopping.wait(0.05)
            except Closed:  # not acknowledged: the broker sends it again after the restart
                return
            else:
                future.add_done_callback(lambda done: self.settle(done, kept, settle))
                return

    def settle(self, future, kept, settle):
        """Acknowledge after the journal has it; after a failure (disk full) try the same readings again later."""
        if future.exception() is None:
            settle()
        elif not self.stopping.is_set():
            log.error("mqtt readings not stored (%s): trying again in %s s", future.exception(), RETRY_S)
            again = threading.Timer(RETRY_S, self.submit, (kept, settle))
            again.daemon = True
            again.start()

    def set_aside(self, card, message, reason, now_ms):
        kind = card.kind if card else "native"
        intake.set_aside(
            card.code if card else None, "mqtt", kind, message.payload, message.topic, reason, now_ms
        )
