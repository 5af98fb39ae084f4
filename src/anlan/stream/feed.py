"""The feed of a scene: every message to every subscriber, at once and in order; the slow are dropped.

Ids rise by one and start from the boot time, so that they keep rising across restarts and a page that
reconnects with its last id gets what it missed, or learns (`resumed` is False) that it must read anew.
One ring keeps the newest messages for all; a subscriber is but a place in it.
"""

import asyncio
import contextlib
import threading
from collections import deque
from typing import NamedTuple

KEPT = 10_000  # a batch may change the level of every place of a district at once
KEPT_BYTES = 16 * 2**20
NUMBERS_EVERY_MS = 200  # `spaces` messages: at most five a second


class Message(NamedTuple):
    """One live message: a rising id, its kind (spaces, change, health …) and a JSON payload."""

    id: int
    kind: str
    payload: bytes


class Subscription:
    """One reader's place in the feed; over when closed, or when what comes next is no longer kept (dropped)."""

    def __init__(self, feed: "Feed", loop: asyncio.AbstractEventLoop, last_id: int, *, resumed: bool) -> None:
        self.resumed = resumed
        self.loop = loop
        self.wake = asyncio.Event()  # set in the reader's loop whenever there is something to look at
        self._feed = feed
        self._last_id = last_id
        self._ends_at: int | None = None  # the id of the last message to be told, once closed

    @property
    def dropped(self) -> bool:
        """Whether the reader fell so far behind that it must come again."""
        return not self._feed.keeps(self._last_id)

    @property
    def is_over(self) -> bool:
        """Whether nothing will come any more."""
        return self.dropped or (self._ends_at is not None and self._last_id >= self._ends_at)

    async def take(self) -> list[Message]:
        """Every message that waits; none when the reader was only woken, or the subscription is over."""
        if self._last_id == self._feed.last_id and self._ends_at is None:
            self.wake.clear()
            await self.wake.wait()
        taken = self._feed.since(self._last_id)
        if taken:
            self._last_id = taken[-1].id
        return taken

    def close(self) -> None:
        """Leave the feed; a waiting reader ends."""
        if self._ends_at is None:
            self._ends_at = self._feed.last_id
            self._feed.leave(self)
            _wake([self])


def _wake(subscriptions: list[Subscription]) -> None:
    """Wake readers, with one call for each loop: a call costs a write to the loop's pipe."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Subscription]] = {}
    for each in subscriptions:
        by_loop.setdefault(each.loop, []).append(each)
    for loop, of_loop in by_loop.items():
        with contextlib.suppress(RuntimeError):  # a loop that is gone took its readers with it
            loop.call_soon_threadsafe(_set_all, of_loop)


def _set_all(subscriptions: list[Subscription]) -> None:
    for each in subscriptions:
        each.wake.set()


class Feed:
    """Thread-safe broadcast of one scene's messages."""

    def __init__(self, boot_ms: int = 0) -> None:
        self._next_id = (boot_ms << 20) + 1  # a million messages per millisecond of up-time never collide
        self._kept: deque[Message] = deque()
        self._kept_bytes = 0
        self._subscribers: list[Subscription] = []
        self._lock = threading.Lock()

    @property
    def last_id(self) -> int:
        """The id of the newest message (or the one before the first)."""
        return self._next_id - 1

    def publish(self, kind: str, payload: bytes) -> int:
        """Send to all subscribers at once. Returns the message's id."""
        with self._lock:
            message = Message(self._next_id, kind, payload)
            self._kept.append(message)
            self._kept_bytes += len(payload)
            self._next_id += 1
            while len(self._kept) > KEPT or (self._kept_bytes > KEPT_BYTES and len(self._kept) > 1):
                self._kept_bytes -= len(self._kept.popleft().payload)
            self._subscribers = [each for each in self._subscribers if not each.loop.is_closed()]
            told = self._subscribers
        _wake(told)
        return message.id

    def keeps(self, last_id: int) -> bool:
        """Whether everything after this id is still at hand."""
        with self._lock:
            return self._next_id - 1 - len(self._kept) <= last_id < self._next_id

    def since(self, last_id: int) -> list[Message]:
        """The messages after this id, oldest first; none where some of them are gone."""
        with self._lock:
            n = self._next_id - 1 - last_id
            if not 0 < n <= len(self._kept):
                return []
            return [self._kept[at] for at in range(-n, 0)]

    def subscribe(self, loop: asyncio.AbstractEventLoop, last_id: int | None = None) -> Subscription:
        """Join. With last_id the messages missed since then come first, if they are still kept."""
        resumed = last_id is not None and self.keeps(last_id)
        with self._lock:
            start = last_id if last_id is not None and resumed else self._next_id - 1
            subscription = Subscription(self, loop, start, resumed=resumed)
            self._subscribers.append(subscription)
        return subscription

    def leave(self, subscription: Subscription) -> None:
        """Forget a subscriber."""
        with self._lock:
            self._subscribers = [each for each in self._subscribers if each is not subscription]

    def __len__(self) -> int:
        return len(self._subscribers)

    def close(self) -> None:
        """End every subscription."""
        for subscription in list(self._subscribers):
            subscription.close()
