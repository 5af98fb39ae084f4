"""Clocks: a scene asks its clock, never the machine. Live scenes run on LiveClock, replays on SteppedClock."""

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the scene's time in UTC milliseconds; `live` says whether it runs by itself."""

    live: bool

    def now_ms(self) -> int: ...


class LiveClock:
    """The machine's clock. The only place in `stream` that reads it."""

    live = True

    def now_ms(self) -> int:
        """The machine's time."""
        return time.time_ns() // 1_000_000


class SteppedClock:
    """A clock that stands still until it is stepped; it never goes back."""

    live = False

    def __init__(self, now_ms: int = 0) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        """The time it was last stepped to."""
        return self._now_ms

    def step_to(self, now_ms: int) -> None:
        """Wind forward to now_ms; an earlier time changes nothing."""
        self._now_ms = max(self._now_ms, now_ms)
