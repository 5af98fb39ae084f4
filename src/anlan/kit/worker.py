"""The worker loop: named sweeps, each due every so many seconds of a clock that tests can wind."""

import logging
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import close_old_connections
from django.utils import timezone

log = logging.getLogger(__name__)


@dataclass
class Sweep:
    """One chore: `run(now)` every `every_s` seconds. Doing it twice must change nothing more."""

    name: str
    run: object
    every_s: float
    due_at: datetime | None = None
    ran_at: datetime | None = None
    error: str = ""


@dataclass
class WorkerLoop:
    """Runs sweeps when they are due; one that fails is named and does not stop the others."""

    sweeps: list[Sweep] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def wind(self, now):
        """Run all sweeps due at `now`; returns the names of those that ran."""
        ran = []
        for sweep in self.sweeps:
            if sweep.due_at is None or sweep.due_at <= now:
                sweep.due_at = now + timedelta(seconds=sweep.every_s)
                self.try_one(sweep, now)
                ran.append(sweep.name)
        return ran

    def try_one(self, sweep, now):
        """Run one sweep; its failure is kept in `sweep.error` and logged once per new text."""
        try:
            sweep.run(now)
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
