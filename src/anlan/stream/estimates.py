"""Estimates: what silent doors would have counted, as whoever knows their usual share hands it in.

Journalled like readings, so that a journal read again gives the same numbers; whole people, kept apart from what
was counted, and gone with the next baseline.
"""

import msgspec
import numpy as np

from anlan.stream.history import History
from anlan.stream.state import MINUTE_MS, State
from anlan.stream.topology import Wiring

PATCHY_SHARE = 0.02  # of the people counted in; with more estimated than so the day tells nothing of drift


class Estimate(msgspec.Struct, frozen=True):
    """Of one space: people who passed silent doors since its baseline, and the share of the usual flow they have."""

    space: str
    made_in: int
    made_out: int
    dead_share: float


class Estimates(msgspec.Struct, frozen=True):
    """The estimates of all spaces (an ESTIMATE frame); nothing is estimated for one that is not named."""

    rows: list[Estimate] = []

    def check(self) -> None:
        """Raises ValueError where a number cannot be or a space is named twice."""
        for row in self.rows:
            if min(row.made_in, row.made_out) < 0 or not 0 <= row.dead_share <= 1:
                raise ValueError(f"estimate of {row.space!r}: people are not below 0, a share is 0..1")
        if len({row.space for row in self.rows}) < len(self.rows):
            raise ValueError("estimates with two rows for one space: add them up")


def apply_estimates(state: State, wiring: Wiring, history: History, estimates: Estimates) -> np.ndarray:
    """Put estimates in the place of those before, on record by minute; returns which spaces changed (bool)."""
    spaces, n = state.spaces, state.spaces.n
    rows = [row for row in estimates.rows if row.space in wiring.index]
    chosen = np.array([wiring.index[row.space] for row in rows], np.int64)
    made_in, made_out, dead_share = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n)
    for column, name in ((made_in, "made_in"), (made_out, "made_out"), (dead_share, "dead_share")):
        column[chosen] = [getattr(row, name) for row in rows]
    added = spaces.factor[:n] * (made_in - spaces.made_in[:n]) - (made_out - spaces.made_out[:n])
    moved = np.flatnonzero(added != 0)
    if len(moved):
        minute = state.now_ms // MINUTE_MS
        history.record.add_estimates(
            [state.codes[at] for at in moved.tolist()], minute=minute, added=added[moved]
        )
    changed = (added != 0) | (dead_share != spaces.dead_share[:n])
    spaces.made_in[:n], spaces.made_out[:n], spaces.dead_share[:n] = made_in, made_out, dead_share
    spaces.is_patchy[:n] |= made_in + made_out > PATCHY_SHARE * (spaces.day_in[:n] + spaces.came[:n])
    return changed
