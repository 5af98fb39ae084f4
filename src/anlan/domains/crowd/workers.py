"""The live watch: the engine's scene, kept in step with the register, and its warnings kept on record.

The engine does not wait for the database: it journals a change and tells it at once. The sweeps here follow
when the database answers, so an outage delays rows and loses none.
"""

import logging
import random
import threading
import time
from collections import deque
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils.dateparse import parse_datetime

from anlan.devices.calling import Means, SourceFault, open_client, read_source_settings
from anlan.devices.refusal import Refusal
from anlan.devices.sources import SOURCES
from anlan.domains.crowd import queries, rules
from anlan.domains.crowd.actions.health import note_health
from anlan.domains.crowd.actions.quarantine import keep_unread
from anlan.domains.crowd.actions.warnings import (
    MACHINE_DEEDS,
    close_lost_warning,
    key_of,
    record_warning_change,
)
from anlan.domains.crowd.models import Warning
from anlan.domains.crowd.queries.stillness import note_values
from anlan.domains.crowd.queries.topology import build_topology, place_ids_of_spaces
from anlan.domains.places.queries import places_by_id
from anlan.kit.actions import take
from anlan.kit.models import Change
from anlan.kit.queries import LATE_IDS
from anlan.kit.worker import Sweep
from anlan.stream.clock import LiveClock
from anlan.stream.estimates import Estimates
from anlan.stream.readings import columns
from anlan.stream.scene import Scene, close_scene, open_scene

log = logging.getLogger(__name__)

LIVE = "live"
SOURCE_DOOR = "source"
ENGINE_WAIT_S = 10  # the engine answers within milliseconds unless the disk is stuck
UNREAD_WAITING = 200  # payloads that wait for the database
RECOUNT = "crowd.recount"
TAKER = "crowd.live_watch"
FOLLOWED = Q(what__startswith="places.") | Q(what__startswith="crowd.")  # changes that may alter the topology
REBUILD_EVERY = timedelta(minutes=10)  # capacities also begin and expire by date, without any change row


class WarningRecord:
    """Keeps one scene's level changes on record as warnings; forgets nothing that the journal knows."""

    def __init__(self, scene, place_ids=None):
        self.scene = scene
        self.place_ids = place_ids if place_ids is not None else {}
        self.told = None  # the journal offset up to which all changes are on record; None: not asked yet
        self.topology = None  # the one under which all open warnings are known to be watched

    def record(self, now):
        """Record what is new, in order; then end the warnings of spaces that are no longer watched."""
        if self.told is None:
            self.told = self.last_recorded()
        topology, news = self.scene.topology, self.scene.changes_since(self.told)
        for offset, change in news:
            self.record_one(change)
            self.told = offset
        if news or topology is not self.topology:
            self.close_lost({space.code for space in topology.spaces}, now)
            self.topology = topology

    def close_lost(self, watched, now):
        """End the open warnings of spaces that are not in `watched`."""
        for warning in Warning.objects.filter(scene=self.scene.name, closed_at=None):
            if warning.space_code not in watched:
                close_lost_warning(warning, by=None, now=now, scene=self.scene.name)

    def record_one(self, change):
        place_id = self.place_ids.get(change["code"])
        place = places_by_id([place_id]).get(place_id) if place_id else None
        at = datetime.fromtimestamp(change["at_ms"] / 1000, UTC)
        record_warning_change(
            place, by=None, now=at, scene=change["scene"], key=key_of(change), change=change
        )

    def last_recorded(self):
        """Where to go on: at the frame that caused the newest change on record, or the start of a shorter journal.

        Going over changes again is harmless: each has its key.
        """
        rows = Change.objects.filter(what=record_warning_change.verb, scene=self.scene.name)
        newest = rows.order_by("-id").first()
        offset = newest.after["offset"] if newest else -1
        return offset if offset < self.scene.journal.end else -1


def record_of_replay(scene):
    """The WarningRecord of a replay's scene, or None where an earlier run of it is on record: it says the same."""
    return None if Warning.objects.filter(scene=scene.name).exists() else WarningRecord(scene)


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


class HealthWatch:
    """Once a minute: what sensors usually count, who of them fails, since when, and what was missed by it."""

    def __init__(self, scene):
        self.scene, self.usual = scene, queries.Usual(scene)
        self.estimated = None

    def note(self, now):
        """Learn, judge, keep the episodes on record, and hand the estimates to the engine."""
        sensors = list(queries.sensors_in_use())
        self.usual.learn(now, blind_on=queries.blind_sensors)
        queries.look_for_signs(self.scene, self.usual, {one.code: one.place_id for one in sensors}, now)
        health = queries.health_of(sensors, now_ms=round(now.timestamp() * 1000), scene=self.scene.name)
        note_health({one.code: one.pk for one in sensors}, health, now=now)
        estimates = Estimates(queries.estimate_gaps(self.scene, self.usual, queries.gaps_now(now), now))
        if estimates.rows or estimates != self.estimated:
            self.scene.estimate(estimates)
            self.estimated = estimates


class LiveWatch:
    """The scene `live` in the data folder. Open it in the process that takes readings; wind its sweeps."""

    def __init__(self, folder=None, clock=None):
        self.folder, self.clock = folder or settings.DATA / LIVE, clock or LiveClock()
        self.scene = None
        self.place_ids = {}
        self.floor = self.mark = self.built_at = None

    def start(self) -> Scene:
        """Open the scene: it recovers from its journal and takes readings at once, without the database.

        Raises JournalLocked when another process has the folder.
        """
        self.scene = open_scene(LIVE, self.folder, judge=rules.judge, clock=self.clock)
        self.warnings = WarningRecord(self.scene, self.place_ids)
        self.sources = SourceWatch(self.scene)
        self.health = HealthWatch(self.scene)
        return self.scene

    def stop(self):
        """Serve what waits, keep a snapshot, close."""
        self.sources.stop()
        close_scene(LIVE)

    def sweeps(self):
        """The chores of the worker loop; each is harmless to repeat."""
        return [
            Sweep("crowd.follow_register", self.follow_register, 1, follows_changes=True),
            Sweep("crowd.apply_recounts", self.apply_recounts, 1, follows_changes=True),
            Sweep("crowd.record_warnings", self.record_warnings, 0.5),
            Sweep("crowd.note_values", self.note_values, 60),
            Sweep("crowd.note_health", self.health.note, 60),
            Sweep("crowd.sources", self.sources.follow, 2),
        ]

    def follow_register(self, now):
        """Give the scene the topology that places, bindings and thresholds say now, where anything changed.

        The whole is built anew, so nothing need be taken change by change: it is enough to see that some came.
        """
        mark = self.read_mark()
        if mark == self.mark and now - self.built_at < REBUILD_EVERY:
            return
        self.place_ids |= place_ids_of_spaces(now)
        if self.scene.set_topology(build_topology(now)):
            log.info(
                "live: %s spaces, %s bindings",
                *map(len, (self.scene.topology.spaces, self.scene.topology.bindings)),
            )
        self.mark, self.built_at = mark, now
        if mark[0] > 5 * LATE_IDS:
            self.floor = mark[1] - LATE_IDS

    def read_mark(self):
        """(number, highest id) of the newer change rows of places and crowd: differs when one has come."""
        if self.floor is None:
            self.floor = (Change.objects.aggregate(top=Max("id"))["top"] or 0) - LATE_IDS
        rows = Change.objects.filter(FOLLOWED, id__gt=self.floor)
        rows = rows.exclude(what__in=MACHINE_DEEDS)
        return tuple(rows.aggregate(n=Count("id"), top=Max("id")).values())

    def apply_recounts(self, now):
        """Hand each recount on record to the scene as the space's new baseline, once."""
        for change in Change.objects.untaken(TAKER, kinds=[RECOUNT]):
            with transaction.atomic():
                take(change, taker=TAKER, now=now)
                self.apply_recount(change)

    def apply_recount(self, change):
        counted = change.after
        at_ms = round(parse_datetime(counted["counted_at"]).timestamp() * 1000)
        try:
            self.scene.baseline(counted["space"], counted["persons"], at_ms)
        except ValueError as error:
            log.warning("recount %s of %s is not applied: %s", change.pk, change.subject_name, error)

    def record_warnings(self, now):
        """Bring the rows of warnings up to what the scene has journalled."""
        self.warnings.record(now)

    def note_values(self, now):
        """Remember which counters still show the same number (queries.stillness)."""
        note_values(self.scene.line_view(), scene=LIVE)
