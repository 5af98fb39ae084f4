"""The worker loop: named sweeps, each due every so many seconds of a clock that tests can wind."""

import logging
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from anlan.kit.queries import ChangeMark

REST_AT_MOST = timedelta(minutes=1)
UNFINISHED = object()  # what a sweep returns that has more to do: it does not rest

log = logging.getLogger(__name__)


@dataclass
class Sweep:
    """One chore: `run(now)` every `every_s` seconds. Doing it twice must change nothing more.

    `follows_changes`: it has nothing to do until a change row has come; it is run once a minute all the same.
    """

    name: str
    run: object
    every_s: float
    follows_changes: bool = False
    mark: object = None  # of the change rows, when it last succeeded
    due_at: datetime | None = None
    ran_at: datetime | None = None
    error: str = ""
    is_unfinished: bool = False


@dataclass
class WorkerLoop:
    """Runs sweeps when they are due; one that fails is named and does not stop the others."""

    sweeps: list[Sweep] = field(default_factory=list)
    changes: ChangeMark = field(default_factory=ChangeMark)
    stopping: threading.Event = field(default_factory=threading.Event)

    def wind(self, now):
        """Run all sweeps due at `now`; returns the names of those that ran."""
        due = [sweep for sweep in self.sweeps if sweep.due_at is None or sweep.due_at <= now]
        mark = self.read_mark() if any(sweep.follows_changes for sweep in due) else None
        ran = []
        for sweep in due:
            sweep.due_at = now + timedelta(seconds=sweep.every_s)
            if not self.may_rest(sweep, mark, now):
                self.try_one(sweep, now)
                sweep.mark = None if sweep.error or sweep.is_unfinished else mark
                ran.append(sweep.name)
        return ran

    def read_mark(self):
        """The mark of the change rows; None, which lets nothing rest, where the database does not answer."""
        try:
            return self.changes.read()
        except DatabaseError:
            return None

    def may_rest(self, sweep, mark, now):
        """Whether no change has come since a sweep that only follows them last ran, a moment ago."""
        if not sweep.follows_changes or mark is None or mark != sweep.mark:
            return False
        return timedelta(0) <= now - sweep.ran_at < REST_AT_MOST

    def try_one(self, sweep, now):
        """Run one sweep; its failure is kept in `sweep.error` and logged once per new text."""
        try:
            sweep.is_unfinished = sweep.run(now) is UNFINISHED
        except Exception as error:
            if sweep.error != repr(error):
                log.exception("sweep %s failed; it is tried again in %s s", sweep.name, sweep.every_s)
            sweep.error = repr(error)
        else:
            sweep.error, sweep.ran_at = "", now

    def run_forever(self, *, step_s=0.25):
        """Wind by the wall clock until `stop`."""
        while not self.stopping.wait(step_s):
            self.wind(timezone.now())
            close_old_connections()

    def start(self):
        """Run in a thread of its own."""
        thread = threading.Thread(target=self.run_forever, name="worker-loop", daemon=True)
        thread.start()
        return thread

    def stop(self):
        self.stopping.set()
