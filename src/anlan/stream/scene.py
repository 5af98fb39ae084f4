"""A scene: a core with a clock, a folder, a feed and an engine thread. Everything after a reading belongs to one.

The way of a batch is listed in core.py; here is who may call, when time passes, and what is kept.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np

from anlan.stream import settle
from anlan.stream.clock import Clock, LiveClock, SteppedClock
from anlan.stream.core import Core, Receipt
from anlan.stream.engine import Closed, Engine, Work
from anlan.stream.estimates import Estimates
from anlan.stream.feed import NUMBERS_EVERY_MS, Feed
from anlan.stream.fold import LATE_AFTER_MS
from anlan.stream.frames import Frame
from anlan.stream.history import History
from anlan.stream.journal import FileJournal, Journal, JournalFull, MemoryJournal
from anlan.stream.judging import Judge, correction_news, numbers_news, silent_judge, to_json
from anlan.stream.keeping import Keeper, Retention
from anlan.stream.minutes import Past
from anlan.stream.outlook import Outlooks
from anlan.stream.readings import Columns
from anlan.stream.register import Register
from anlan.stream.spaces import FlowLinks, LineView, SpacesView, flow_links, line_view, spaces_view
from anlan.stream.state import LEVELS, MINUTE_MS
from anlan.stream.topology import Topology
from anlan.stream.vitals import Vitals, vitals
from anlan.stream.volatile import Volatile

FOR_LONG = Retention()
SETTLE_MS = 60_000
TICK_MS = 1_000

T = TypeVar("T")


class Scene:
    """One scene. With start=True an engine thread serves all callers; without, each call works at once.

    folder None keeps everything in memory. Opening a folder recovers it: newest sound snapshot, then the
    journal's tail; a level change that a crash left unsaid is said then. Raises JournalLocked when another
    process has the folder open.
    """

    def __init__(
        self,
        name: str,
        folder: Path | None = None,
        judge: Judge = silent_judge,
        clock: Clock | None = None,
        feed: Feed | None = None,
        start: bool = True,
        *,
        late_after_ms: int = LATE_AFTER_MS,
        journal: Journal | None = None,
        retention: Retention = FOR_LONG,
    ) -> None:
        self.name, self.folder = name, Path(folder) if folder else None
        self.clock: Clock = clock or LiveClock()
        self.feed = feed or Feed(boot_ms=self.clock.now_ms())
        self.journal: Journal = journal or (
            FileJournal(self.folder / "journal") if self.folder else MemoryJournal()
        )
        self._make_core = lambda: Core(
            name,
            journal=self.journal,
            history=History(self.folder / "history" if self.folder else None),
            judge=judge,
            told=self._tell_change,
            late_after_ms=late_after_ms,
        )
        self.state_of_engine = "running"  # running | disk_full | stopped
        self._lock = threading.RLock()
        self._ticked_ms = 0
        self._numbers_due_s = 0.0
        self._volatile: Volatile | None = None
        self._settler: threading.Thread | None = None
        live = self.clock.live
        self._keeper = (
            Keeper(self.folder, self.journal, live=live, retention=retention) if self.folder else None
        )
        self.core = self._recovered()
        self._engine = Engine(name, take_all=self._take_all, beat=self._beat) if start else None
        if self._engine:
            self._engine.start()

    def _recovered(self) -> Core:
        try:
            return self._keeper.recover(self._make_core) if self._keeper else self._make_core()
        except BaseException:
            self.journal.close()
            raise

    # ---- what senders and pages call ------------------------------------------------------------------

    @property
    def register(self) -> Register:
        """The lines of this scene; `readings.columns` needs it."""
        return self.core.register

    @property
    def history(self) -> History:
        """The minutes of all lines."""
        return self.core.history

    @property
    def topology(self) -> Topology:
        """The topology in force."""
        return self.core.wiring.topology

    def submit(self, columns: Columns, *, sender: Hashable = None) -> "Future[Receipt]":
        """Hand in readings; the receipt comes when they are durable, counted and judged.

        Raises Busy when the backlog, or the part of it that one `sender` may fill, is full, Closed after close().
        The future raises JournalFull when the disk is: nothing was taken then.
        """
        if columns.line.max(initial=-1) >= len(self.register):
            raise ValueError("these readings name lines of another register: make them with this scene's")
        if self._engine is not None:
            return self._engine.put(Work(block=columns, sender=sender))
        future: Future[Receipt] = Future()
        future.set_result(self._order(lambda: self._take([columns])[0]))
        return future

    def run(self, columns: Columns) -> Receipt:
        """submit, and wait for the receipt."""
        return self.submit(columns).result()

    def tick(self, now_ms: int) -> None:
        """Let the scene's time pass: minutes turn, levels may fall. A live scene with an engine ticks by itself."""
        self._order(lambda: self._tick(now_ms))

    def set_topology(self, topology: Topology) -> bool:
        """Change spaces and bindings from now on; False when nothing differs. Raises ValueError if unsound."""
        topology.check()
        return self._order(lambda: self.core.set_topology(topology))

    def baseline(self, space: str, value: int, at_ms: int) -> None:
        """A recount: `value` people were present in the space at `at_ms`.

        Raises ValueError on an unknown space and where a newer baseline stands.
        """
        if space not in self.core.wiring.index or not 0 <= value <= 10**9:
            raise ValueError(f"no recount of {space!r} to {value}: name a known space and a number of people")
        self._order(lambda: self.core.recount(space, int(value), int(at_ms)))

    def baselines(self, space: str, limit: int) -> list[dict]:
        """The newest baselines of a space, newest first: a dict of the columns of record.BaselineRows and at_ms."""
        with self._lock:
            rows = self.core.history.record.of(space)
        columns = {name: column[::-1][:limit].tolist() for name, column in rows.items()}
        return [
            {**dict(zip(columns, row, strict=True)), "at_ms": columns["minute"][at] * MINUTE_MS}
            for at, row in enumerate(zip(*columns.values(), strict=True))
        ]

    def flow_links(self) -> FlowLinks:
        """Which line counts into which space, and what the spaces' last days left over, as copies."""
        with self._lock:
            return flow_links(self.core.state, self.core.wiring)

    def estimate(self, estimates: Estimates) -> None:
        """What silent doors would have counted; it stands until the next one or the next baseline of each space.

        Raises ValueError where it is unsound. A space that is not watched (any more) is passed over.
        """
        estimates.check()
        self._order(lambda: self.core.estimate(estimates))

    def look_ahead(self, outlooks: Outlooks) -> None:
        """What is coming, as a forecaster says; it stands until the next one or for VALID_MS.

        Raises ValueError where it is unsound. A space that is not watched (any more) is passed over.
        """
        outlooks.check(LEVELS)
        self._order(lambda: self.core.look_ahead(outlooks))

    def view(self) -> SpacesView:
        """All spaces now, as a copy."""
        with self._lock:
            return spaces_view(self._shown.state, self._shown.wiring)

    def unkept(self) -> set[str]:
        """The spaces whose newest change of level a full disk has kept out of the journal so far."""
        with self._lock:
            in_memory = self._volatile.unlike(self.core) if self._volatile is not None else ()
            return {*self.core.unsaid, *(code for code, _ in in_memory)}

    def line_view(self) -> LineView:
        """Health and totals of all lines, as a copy."""
        with self._lock:
            return line_view(self.core.state, self.core.register.names)

    def vitals(self) -> Vitals:
        """How the scene fares, cheaply enough to be asked every second."""
        with self._lock:
            return vitals(
                self.core.state,
                now_ms=self.clock.now_ms(),
                n_waiting=self._engine.n_waiting if self._engine else 0,
                journal_bytes=self.journal.end - self.journal.start,
                n_faults=self.core.faults.total,
            )

    def space_minutes(self, space: str, from_ms: int, to_ms: int, step_min: int = 1) -> dict[str, np.ndarray]:
        """History of a space: arrays t_ms (start of step), occupancy (at its end, nan unknown), in, out (passages)."""
        return self.spaces_minutes([space], from_ms, to_ms, step_min)[space]

    def spaces_minutes(
        self, spaces: Sequence[str], from_ms: int, to_ms: int, step_min: int = 1
    ) -> dict[str, dict[str, np.ndarray]]:
        """space_minutes of many spaces by code, with one look at the history for all."""
        with self._lock:
            past = Past(self.history, self.core.wiring, self.core.state)
        return past.minutes(spaces, from_ms=from_ms, to_ms=to_ms, step_min=step_min)

    def changes_since(self, offset: int = -1) -> list[tuple[int, dict]]:
        """Level changes journalled after an offset: (offset of the CHANGE frame, the change), oldest first."""
        with self._lock:
            if offset + 1 >= self.core.changes_from:
                return [(at, news) for at, news in self.core.changes if at > offset]
        records = self.journal.read(offset + 1)
        return [
            (each.offset, msgspec.json.decode(each.payload)) for each in records if each.type == Frame.CHANGE
        ]

    def recent_changes(self, limit: int) -> list[dict]:
        """The newest level changes, newest first, at most `limit`."""
        with self._lock:
            return [news for _, news in list(self.core.changes)[-limit:]][::-1]

    def corrections(self, limit: int) -> list[dict]:
        """The newest corrections, newest first: sensor, channel, kind, t_end_ms, was, now, t_received_ms.

        was and now are [in, out] of a count, [value] of an occupancy or a density. At most 2,000 are kept.
        """
        with self._lock:
            newest = list(self.core.state.corrections)[-limit:][::-1] if limit > 0 else []
        return [correction_news(each, self.register.names) for each in newest]

    def close(self) -> None:
        """Serve what waits, keep a snapshot, let the folder go."""
        if self._engine:
            self._engine.close()
        if self._settler is not None:
            self._settler.join()
        with self._lock:
            self.state_of_engine = "stopped"
            if self._keeper:
                self._keeper.keep(self.core, now_ms=self.clock.now_ms(), wait=True)
            self.journal.close()
        self.feed.close()

    # ---- what the engine does -------------------------------------------------------------------------

    def _order(self, act: Callable[[], T]) -> T:
        """Have something done in order with everything else."""
        if self._engine is not None:
            return self._engine.put(Work(order=lambda: self._locked(act))).result()
        result = self._locked(act)
        self._beat()
        return result

    def _locked(self, act: Callable[[], T]) -> T:
        with self._lock:
            try:
                result = act()
            except JournalFull:
                self.state_of_engine = "disk_full"
                raise
            full = self._volatile is not None or self.core.unsaid
            self.state_of_engine = "disk_full" if full else "running"
            return result

    def _take(self, blocks: list[Columns]) -> list[Receipt]:
        """Take batches; what a full disk refuses is still judged, from memory."""
        try:
            receipts = self.core.take(blocks)
        except JournalFull:
            self._volatile = self._volatile or Volatile(self.core, self._tell_change)
            self._volatile.take(blocks)
            raise
        self._end_volatile()
        return receipts

    def _end_volatile(self) -> None:
        if self._volatile is not None:
            self._volatile.end(self.core)
            self._volatile = None
            self.core.dirty[:] = True

    @property
    def _shown(self) -> Core:
        """The core whose numbers are shown: while the disk is full, the one in memory."""
        return self._volatile.core if self._volatile is not None else self.core

    def _take_all(self, works: list[Work]) -> None:
        blocks = [work.block for work in works if work.block is not None]
        receipts = self._locked(lambda: self._take(blocks))
        for work, receipt in zip(works, receipts, strict=True):
            work.future.set_result(receipt)

    def _tick(self, now_ms: int) -> None:
        self._ticked_ms = now_ms
        if isinstance(self.clock, SteppedClock):
            self.clock.step_to(now_ms)
        calm = self._volatile is not None and self._volatile.tick(now_ms)
        self.core.tick(now_ms)
        if calm:
            self._end_volatile()

    def _beat(self) -> float | None:
        """Between the rounds: tick a live clock, tell numbers, settle, save. Returns seconds until the next beat."""
        pauses: list[float | None] = []
        if self._engine is not None and self.clock.live:
            now_ms = self.clock.now_ms()
            if now_ms // TICK_MS != self._ticked_ms // TICK_MS:
                with contextlib.suppress(JournalFull):  # told by state_of_engine
                    self._locked(lambda: self._tick(now_ms))
            pauses.append((TICK_MS - now_ms % TICK_MS) / 1000)
        with self._lock, contextlib.suppress(JournalFull):
            self.core.say_unsaid()
        pauses.append(self._tell_numbers())
        with self._lock:
            self._settle_if_due()
            if self._keeper:
                self._keeper.keep(self.core, now_ms=self.clock.now_ms(), due=True)
        return min((pause for pause in pauses if pause is not None), default=None)

    def _tell_change(self, news: dict) -> None:
        self.feed.publish("change", to_json({**news, "at": news["at_ms"], "level": news["to"]}))

    def _tell_numbers(self) -> float | None:
        """Publish the numbers of changed spaces, the first at once, then at most five times a second."""
        core = self._shown
        if not core.dirty.any():
            return None
        now_s = time.monotonic()
        if now_s < self._numbers_due_s:
            return self._numbers_due_s - now_s
        with self._lock:
            chosen, core.dirty = np.flatnonzero(core.dirty), np.zeros_like(core.dirty)
            message = to_json(numbers_news(self.view(), chosen))
        self.feed.publish("spaces", message)
        self._numbers_due_s = now_s + NUMBERS_EVERY_MS / 1000
        return None

    def _settle_if_due(self) -> None:
        """Look OLD readings up, gathered for a minute, beside the engine: the journal may be long."""
        state = self.core.state
        busy = self._settler is not None and self._settler.is_alive()
        if busy or not state.aside or state.now_ms - state.aside_since_ms < SETTLE_MS:
            return
        aside = list(state.aside)
        if self._engine is None:
            self.core.settle(settle.look_up(self.journal, aside))
        else:
            self._settler = threading.Thread(
                target=self._settle, args=(self._engine, aside), name=f"settler {self.name}"
            )
            self._settler.start()

    def _settle(self, engine: Engine, aside: list[tuple[int, Columns]]) -> None:
        try:
            verdicts = settle.look_up(self.journal, aside)
            engine.put(Work(order=lambda: self._locked(lambda: self.core.settle(verdicts)))).result()
        except Closed:
            pass  # they stay aside, and are looked up after the next start
        except Exception as error:
            self.core.faults.append(f"settling: {error!r}")


SCENES: dict[str, Scene] = {}


def open_scene(name: str, *arguments, **keywords) -> Scene:
    """Open a scene and list it in SCENES. Raises ValueError when one of that name is open."""
    if name in SCENES:
        raise ValueError(f"scene {name!r} is open already: close it first, or choose another name")
    SCENES[name] = Scene(name, *arguments, **keywords)
    return SCENES[name]


def close_scene(name: str) -> None:
    """Close a scene and take it off the list; a name that is not listed is fine."""
    scene = SCENES.pop(name, None)
    if scene is not None:
        scene.close()
