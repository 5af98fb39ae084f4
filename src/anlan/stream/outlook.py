"""Outlooks: what a forecaster beside the engine says is coming, journalled as readings are.

The engine never computes a forecast and never waits for one. Whoever can (a worker of the crowd watch) hands in
an outlook each minute; it is an input like any other, so a journal read again warns as it warned. An outlook
that is not renewed ends by itself: a forecaster that dies leaves the hard rules as they are.
"""

from collections.abc import Collection
from typing import Any

import msgspec

VALID_MS = 3 * 60_000  # two missed minutes are forgiven


class Outlook(msgspec.Struct, frozen=True):
    """What is coming in one space: the level it justifies, by which channel and rule, and why.

    reason is {"zh": …, "en": …}; numbers is a flat dict that joins those of the change.
    """

    space: str
    level: str
    channel: str
    rule: str
    reason: dict[str, str]
    numbers: dict[str, Any] = {}


class Outlooks(msgspec.Struct, frozen=True):
    """The outlook of all spaces at a moment (an OUTLOOK frame); a space that is not named has nothing coming."""

    at_ms: int
    rows: list[Outlook] = []

    def check(self, levels: Collection[str]) -> None:
        """Raises ValueError where a level is none of `levels` or a space is named twice."""
        if unknown := {row.level for row in self.rows} - set(levels):
            raise ValueError(f"outlook with levels {sorted(unknown)}: choose from {', '.join(levels)}")
        if len({row.space for row in self.rows}) < len(self.rows):
            raise ValueError("outlook with two rows for one space: let the worst speak")

    def standing(self, now_ms: int) -> dict[str, Outlook]:
        """The rows by space; none once they are older than VALID_MS."""
        return {row.space: row for row in self.rows} if now_ms - self.at_ms < VALID_MS else {}


NO_OUTLOOK = Outlooks(0)
