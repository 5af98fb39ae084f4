"""The feed of a scene: every message to every subscriber, at once and in order; the slow are dropped.

Ids rise by one and start from the boot time, so that they keep rising across restarts and a page that
reconnects with its last id gets what it missed, or learns (`resumed` is False) that it must read anew.
"""

import asyncio
import contextlib
import threading
from collections import deque
from typing import NamedTuple

KEPT = 1_000
QUEUE = 256
NUMBERS_EVERY_MS = 200  # `spaces` messages: at most five a second


class Message(NamedTuple):
    """One live message: a rising id, its kind (spaces, change, health …) and a JSON payload."""

    id: int
    kind: str
    payload: bytes


class Subscription:
    """What one reader has still to read; over when closed, or when its reader fell QUEUE messages behind."""

    def __init__(
        self, feed: "Feed", loop: asyncio.AbstractEventLoop, missed: list[Message], resumed: bool
    ) -> None:
        self.resumed = resumed
        self.dropped = False
        self.loop = loop
        self.wake = asyncio.Event()  # set in the reader's loop whenever there is something to look at
        self._feed = feed
        self._waiting: deque[Message] = deque(missed)
        self._limit = len(missed) + QUEUE
        self._closed = False

    @property
    def is_over(self) -> bool:
        """Whether nothing will come any more."""
        return self._closed and (self.dropped or not self._waiting)

    def push(self, message: Message) -> bool:
        """Called by the feed from any thread; False when this subscriber is too slow and was dropped."""
        if len(self._waiting) >= self._limit:
            self.dropped = self._closed = True
        else:
            self._waiting.append(message)
        return not self._closed

    async def take(self) -> list[Message]:
        """Every message that waits; none when the reader was only woken, or the subscription is over."""
        if not self._waiting and not self._closed:
            self.wake.clear()
            await self.wake.wait()
        if self.dropped:
            return []
        taken = [self._waiting.popleft() for _ in range(len(self._waiting))]  # others may come meanwhile
        self._limit = QUEUE
        return taken

    def close(self) -> None:
        """Leave the feed; a waiting reader ends."""
        self._closed = True
        self._feed.leave(self)
        _wake([self])


def _wake(subscriptions: list[Subscription]) -> None:
    """Wake readers, with one call for each loop: a call costs a write to the loop's pipe."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Subscription]] = {}
    for each in subscriptions:
        by_loop.setdefault(each.loop, []).append(each)
    for loop, of_loop in by_loop.items():
        # A loop that is gone takes its readers with it.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_set_all, of_loop)


def _set_all(subscriptions: list[Subscription]) -> None:
    for each in subscriptions:
        each.wake.set()


class Feed:
    """Thread-safe broadcast of one scene's messages."""

    def __init__(self, boot_ms: int = 0) -> None:
        self._next_id = (boot_ms << 20) + 1  # a million messages per millisecond of up-time never collide
        self._kept: deque[Message] = deque(maxlen=KEPT)
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
            self._next_id += 1
            self._kept.append(message)
            told = [each for each in self._subscribers if not each.loop.is_closed()]
            self._subscribers = [each for each in told if each.push(message)]
        _wake(told)
        return message.id

    def subscribe(self, loop: asyncio.AbstractEventLoop, last_id: int | None = None) -> Subscription:
        """Join. With last_id the messages missed since then come first, if they are still kept."""
        with self._lock:
            oldest = self._kept[0].id if self._kept else self._next_id
            resumed = last_id is not None and oldest - 1 <= last_id < self._next_id
            missed = (
                [message for message in self._kept if message.id > last_id] if resumed and last_id else []
            )
            subscription = Subscription(self, loop, missed, resumed)
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
