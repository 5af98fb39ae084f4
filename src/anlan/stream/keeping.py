"""What a scene keeps and for how long: snapshots, history, readings as Parquet; and how it is found again."""

import dataclasses
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

from anlan.stream.archive import Archive
from anlan.stream.core import Core
from anlan.stream.history import Taken
from anlan.stream.journal import Journal
from anlan.stream.screen import RETENTION_MS
from anlan.stream.snapshot import snapshots, sound_snapshots, write_snapshot

SNAPSHOT_BYTES = 64 * 2**20  # of journal
SNAPSHOT_MS = 60 * 60_000
DAY_MS = 86_400_000


@dataclasses.dataclass(frozen=True, slots=True)
class Retention:
    """For how long a live scene keeps readings as Parquet and minutes; None for ever.

    The journal itself is kept as long as the screen believes a device's time (30 days): settling looks back
    that far.
    """

    readings_ms: int | None = 400 * DAY_MS
    history_ms: int | None = None


class Keeper:
    """Keeps one scene's folder, in a thread of its own."""

    def __init__(self, folder: Path, journal: Journal, *, live: bool, retention: Retention) -> None:
        self.folder, self.journal, self.live, self.retention = folder, journal, live, retention
        self.archive = Archive(folder / "readings")
        self._kept_at = (0, 0)  # journal offset and scene time of the newest snapshot
        self._thread: threading.Thread | None = None

    def recover(self, make_core: Callable[[], Core]) -> Core:
        """Newest sound snapshot that this version can read, then the journal's tail; else the whole journal."""
        core, offset = make_core(), 0
        for at, arrays in sound_snapshots(self.folder / "snapshot", at_most=self.journal.end):
            try:
                core.load(arrays)
                offset = at
                break
            except Exception as error:  # of another version: older ones or the journal serve
                core = make_core()
                core.faults.append(f"snapshot {at} cannot be read and is passed over: {error!r}")
        if offset < self.journal.start:
            core.faults.append(
                f"the journal begins at {self.journal.start}: counts of what lies between {offset} and it are lost"
            )
        begin = max(offset, self.journal.start)
        # Minutes that a chunk holds across the beginning are not counted into the history again.
        known_to = core.history.drop_beyond(begin, whole=offset >= self.journal.start)
        core.replay(self.journal.read(begin), history_from=known_to)
        self._kept_at = (offset, core.state.now_ms)
        return core

    def keep(self, core: Core, *, now_ms: int, wait: bool = False, due: bool = False) -> None:
        """Close the history so far and keep a snapshot where there is news: now, or `due` only once it is time."""
        offset, (kept, kept_ms) = self.journal.end, self._kept_at
        if due and offset - kept < SNAPSHOT_BYTES and core.state.now_ms - (kept_ms or now_ms) < SNAPSHOT_MS:
            return
        if self._thread is not None:
            if self._thread.is_alive() and not wait:
                return
            self._thread.join()
        if offset == kept:
            return
        self._kept_at = (offset, core.state.now_ms)
        taken, arrays = core.history.begin_closing(), core.to_arrays(closed_to=offset)
        self._thread = threading.Thread(
            target=self._keep, args=(core, offset, taken, arrays, now_ms), name=f"keeper {core.name}"
        )
        self._thread.start()
        if wait:
            self._thread.join()

    def _keep(
        self, core: Core, offset: int, taken: Taken, arrays: dict[str, np.ndarray], now_ms: int
    ) -> None:
        try:
            core.history.finish_closing(taken, offset=offset)
        except Exception as error:
            core.history.take_back(taken)
            core.faults.append(f"history: {error!r}")
            return
        try:
            write_snapshot(self.folder / "snapshot", offset, arrays)
            if self.live:
                self._tidy(core, now_ms)
        except Exception as error:
            core.faults.append(f"snapshot: {error!r}")

    def _tidy(self, core: Core, now_ms: int) -> None:
        """Archive closed segments, merge small chunks, and let go what is too old.

        Recovery may fall back to the older snapshot: nothing newer than it is merged or pruned.
        """
        self.archive.follow(self.journal, core.register.names)
        oldest = int(snapshots(self.folder / "snapshot")[-1].stem)
        core.history.merge(before_offset=oldest)
        self.journal.prune(
            min(oldest, self.archive.closed_to), modified_before_ms=now_ms - RETENTION_MS - SNAPSHOT_MS
        )
        if self.retention.readings_ms is not None:
            self.archive.prune(modified_before_ms=now_ms - self.retention.readings_ms)
        if self.retention.history_ms is not None:
            core.history.prune(before_ms=now_ms - self.retention.history_ms)
