"""The engine: one thread per scene that does all its writing, in order, for many senders at once."""

import logging
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any

from anlan.stream.readings import Columns
from anlan.stream.turns import Room, Turns

MAX_WAITING = 1_000_000  # readings, of all senders; see Room for how many may be one sender's
GROUP = 50_000  # readings journalled and folded at once at most: whoever comes next waits for one such group

log = logging.getLogger(__name__)


class Busy(RuntimeError):
    """The backlog is full, or this sender's part of it: send again a little later."""


class Closed(RuntimeError):
    """The scene is closed."""


class Work:
    """A batch of a sender's readings, or an order to the scene, that waits for the engine."""

    __slots__ = ("block", "future", "order", "sender")

    def __init__(
        self,
        *,
        block: Columns | None = None,
        order: Callable[[], Any] | None = None,
        sender: Hashable = None,
    ) -> None:
        self.block, self.order, self.sender = block, order, sender
        self.future: Future = Future()

    def __len__(self) -> int:
        return 0 if self.block is None else len(self.block)


class Engine:
    """Runs `take_all` for all batches that wait together and orders one by one, and `beat` in between.

    Each sender's batches are served in order; senders take turns, so that one who sends without pause makes
    nobody wait for more than a group. Orders have turns of their own.

    beat() is called after every round and returns the seconds until it wants to be called again, or None.
    """

    def __init__(
        self, name: str, *, take_all: Callable[[list[Work]], None], beat: Callable[[], float | None]
    ) -> None:
        self._take_all, self._beat = take_all, beat
        self._waiting: Turns[Work] = Turns()
        self._room = Room(MAX_WAITING)
        self._ready = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name=f"engine {name}", daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    @property
    def n_waiting(self) -> int:
        """Readings in the backlog."""
        return self._room.used

    def put(self, work: Work) -> Future:
        """Queue work. Raises Busy when the backlog or the sender's part of it is full, Closed after close()."""
        with self._ready:
            if self._closing:
                raise Closed("the scene is closed: open it again before sending")
            if not self._room.take(work.sender, len(work)):
                raise Busy(f"{self.n_waiting} readings wait already: send again in a second")
            self._waiting.put(work)
            self._ready.notify()
        return work.future

    def close(self) -> None:
        """Serve what waits, then end."""
        with self._ready:
            self._closing = True
            self._ready.notify()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        pause: float | None = 0.0
        while True:
            with self._ready:
                if not self._waiting and not self._closing:
                    self._ready.wait(pause)
                group = self._next_group()
                if not group and self._closing:
                    return
            self._serve(group)
            try:
                pause = self._beat()
            except Exception:
                log.exception("the engine's beat failed; it goes on")
                pause = 1.0

    def _next_group(self) -> list[Work]:
        """One order, or all batches up to the next order or the size of a group."""
        group: list[Work] = []
        size = 0
        while (work := self._waiting.first) is not None:
            if group and (work.order is not None or size + len(work) > GROUP):
                break
            group.append(self._waiting.pop())
            size += len(work)
            self._room.leave(work.sender, len(work))
            if work.order is not None:
                break
        return group

    def _serve(self, group: list[Work]) -> None:
        group = [work for work in group if work.future.set_running_or_notify_cancel()]
        if not group:
            return
        try:
            if group[0].order is not None:
                group[0].future.set_result(group[0].order())
            else:
                self._take_all(group)
        except Exception as error:
            log.warning("the engine refused work: %s", error)
            for work in group:
                if not work.future.done():
                    work.future.set_exception(error)
