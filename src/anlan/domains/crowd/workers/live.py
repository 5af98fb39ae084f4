"""The live watch: the engine's scene, kept in step with the register, and its warnings kept on record.

The engine does not wait for the database: it journals a change and tells it at once. The sweeps here follow
when the database answers, so an outage delays rows and loses none.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils.dateparse import parse_datetime

from anlan.domains.crowd import rules
from anlan.domains.crowd.actions import MACHINE_DEEDS
from anlan.domains.crowd.queries.stillness import note_values
from anlan.domains.crowd.queries.topology import build_topology, place_ids_of_spaces
from anlan.domains.crowd.workers.calling import SourceWatch
from anlan.domains.crowd.workers.health import HealthWatch
from anlan.domains.crowd.workers.observing import ObservationSender
from anlan.domains.crowd.workers.outlook import OutlookWatch
from anlan.domains.crowd.workers.patrols import follow_patrols
from anlan.domains.crowd.workers.recording import WarningRecord
from anlan.domains.crowd.workers.tendencies import ask_tendencies
from anlan.kit.actions import take
from anlan.kit.models import Change
from anlan.kit.queries import LATE_IDS
from anlan.kit.worker import Sweep
from anlan.stream.clock import LiveClock
from anlan.stream.scene import Scene, close_scene, open_scene

log = logging.getLogger(__name__)

LIVE = "live"
RECOUNT = "crowd.recount"
TAKER = "crowd.live_watch"
FOLLOWED = Q(what__startswith="places.") | Q(what__startswith="crowd.")  # changes that may alter the topology
REBUILD_EVERY = timedelta(minutes=10)  # capacities also begin and expire by date, without any change row


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
        self.observations = ObservationSender(self.scene, self.follow_register)
        self.outlook = OutlookWatch(self.scene, self.place_ids)
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
            Sweep("crowd.send_observations", self.observations.send, 0.5, follows_changes=True),
            Sweep("crowd.record_warnings", self.record_warnings, 0.5),
            Sweep("crowd.note_values", self.note_values, 60),
            Sweep("crowd.note_health", self.health.note, 60),
            Sweep("crowd.follow_patrols", follow_patrols, 30),
            Sweep("crowd.sources", self.sources.follow, 2),
            Sweep("crowd.look_ahead", self.outlook.look, 60),
            Sweep("crowd.ask_learning", self.outlook.ask_learning, 600),
            Sweep("crowd.ask_tendencies", ask_tendencies, 600),
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
