"""How a scene fares, in a handful of numbers: for gauges that are read every few seconds."""

import dataclasses
from collections import deque

import numpy as np

from anlan.stream.fold import N_LOST
from anlan.stream.identity import Status
from anlan.stream.state import LEVELS, State


class Faults(deque[str]):
    """The newest faults in words, and how many there have been since the start."""

    def __init__(self, kept: int) -> None:
        super().__init__(maxlen=kept)
        self.total = 0

    def append(self, fault: str) -> None:
        """Note a fault; the oldest words go when there is no room."""
        self.total += 1
        super().append(fault)


@dataclasses.dataclass(frozen=True, slots=True)
class Vitals:
    """readings: number taken by status; spaces: number by level; newest_received_ms: 0 when nothing ever came."""

    now_ms: int
    newest_received_ms: int
    n_waiting: int
    journal_bytes: int
    n_faults: int
    readings: dict[str, int]
    spaces: dict[str, int]


def vitals(state: State, *, now_ms: int, n_waiting: int, journal_bytes: int, n_faults: int) -> Vitals:
    """Read the vitals off a state that nobody changes meanwhile."""
    received = state.lines.last_received_ms[: state.lines.n]
    readings = {status.name.lower(): int(state.tally[status]) for status in Status}
    spaces = np.bincount(state.levels.level, minlength=len(LEVELS)).tolist()
    return Vitals(
        now_ms=now_ms,
        newest_received_ms=int(received.max(initial=0)),
        n_waiting=n_waiting,
        journal_bytes=journal_bytes,
        n_faults=n_faults,
        readings=readings | {"lost": int(state.tally[N_LOST])},
        spaces=dict(zip(LEVELS, spaces, strict=True)),
    )
