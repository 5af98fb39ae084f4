"""Devices that do not report by themselves: one thread calls each."""

import random
import threading
import time
from collections import deque
from datetime import UTC, datetime

from anlan.devices.calling import Means, SourceFault, open_client, read_source_settings
from anlan.devices.refusal import Refusal
from anlan.devices.sources import SOURCES
from anlan.domains.crowd import queries
from anlan.domains.crowd.actions.quarantine import keep_unread
from anlan.stream.readings import columns

SOURCE_DOOR = "source"
ENGINE_WAIT_S = 10  # the engine answers within milliseconds unless the disk is stuck
UNREAD_WAITING = 200  # payloads that wait for the database


class CallingThread(threading.Thread):
    """Calls one sensor in a thread of its own until told to stop. It knows no database: what is unread waits."""

    def __init__(self, scene, card, unread):
        super().__init__(name=f"source {card.code}", daemon=True)
        self.scene, self.card, self.unread = scene, card, unread
        self.stopping = threading.Event()

    def run(self):
        settings = read_source_settings(self.card.source)
        with open_client(settings) as client:
            means = Means(
                client=client, deliver=self.deliver, tell=self.tell, clock_s=time.monotonic,
                sleep=self.stopping.wait, is_stopped=self.stopping.is_set, rng=random.Random(),
            )  # fmt: skip
            SOURCES[self.card.kind](settings, means)

    def tell(self, fault):
        queries.note_answer(self.card.code, fault, at_ms=self.scene.clock.now_ms())

    def deliver(self, body, headers):
        """Decode, hand to the scene, wait until it is durable. Raises SourceFault where the engine cannot take it."""
        now_ms, readings, reason = self.scene.clock.now_ms(), [], ""
        try:
            readings = queries.decode_payload(self.card, body, headers=headers)
            made = columns(readings, register=self.scene.register, t_received_ms=now_ms)
            reason = made.refusals[0][1] if made.refusals else ""
            self.scene.submit(made.columns).result(timeout=ENGINE_WAIT_S)
        except Refusal as why:
            reason = str(why)
        except (TimeoutError, RuntimeError, OSError) as why:
            raise SourceFault(
                f"readings are not stored ({type(why).__name__}): they are asked for again"
            ) from why
        if reason:
            self.unread.append((self.card, body, headers.get("content-type", ""), reason, now_ms))
        at = datetime.fromtimestamp(now_ms / 1000, UTC)
        queries.remember_payload(self.card.code, door=SOURCE_DOOR, body=body, readings=readings, at=at)


class SourceWatch:
    """Keeps one thread for each sensor that must be called, as the register says now."""

    def __init__(self, scene):
        self.scene = scene
        self.threads = {}
        self.unread = deque(maxlen=UNREAD_WAITING)

    def follow(self, now):
        """Start and stop threads so that they are those of the register; put down what could not be read."""
        wanted = {card.code: card for card in queries.called_sensors() if card.kind in SOURCES}
        for code, thread in list(self.threads.items()):
            if wanted.get(code) != thread.card or not thread.is_alive():
                self.threads.pop(code).stopping.set()
                queries.forget_answer(code)
        for code in wanted.keys() - self.threads.keys():
            self.threads[code] = CallingThread(self.scene, wanted[code], self.unread)
            self.threads[code].start()
        while self.unread:
            self.put_aside(*self.unread.popleft())

    def put_aside(self, card, body, content_type, reason, now_ms):
        keep_unread(
            sensor=queries.sensor_for_readings(card.code), door=SOURCE_DOOR, kind=card.kind, body=body,
            content_type=content_type, reason=reason, received_at=datetime.fromtimestamp(now_ms / 1000, UTC),
        )  # fmt: skip

    def stop(self):
        """Let every thread end after what it is about; none is waited for."""
        for code, thread in self.threads.items():
            thread.stopping.set()
            queries.forget_answer(code)
        self.threads.clear()
