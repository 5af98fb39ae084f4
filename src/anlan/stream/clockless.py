"""Identity of counts from a device whose clock is not believed: by the device's own time, kept beside ours.

Such an interval or total gets the time of its arrival (screen.py), so a re-sent one looks new. What the
device itself called it still tells, as long as its clock moves at all: same line, same device time, same
numbers is the same reading. A clock that stands still tells nothing, and then every reading counts.
"""

from typing import ClassVar

import numpy as np

from anlan.stream.readings import Columns, Kind
from anlan.stream.rows import Rows

KEPT = 64  # readings per slot whose device time is remembered


class Clockless(Rows):
    """A ring per slot that ever had a reading without a believable time; others cost nothing."""

    COLUMNS: ClassVar = {
        "head": ("<i8", (), KEPT - 1),
        "device_ms": ("<i8", (KEPT,), -1),
        "a": ("<i4", (KEPT,), 0),
        "b": ("<i4", (KEPT,), 0),
    }


def is_clockless(block: Columns) -> np.ndarray:
    """Which readings are told apart by the device's own time."""
    return (block.shift_ms != 0) & (block.kind <= Kind.CUMULATIVE)


def seen_before(rings: Clockless, row: np.ndarray, reading: Columns) -> bool:
    """Whether the slot had this reading; if not it is remembered. `row` is the slot's ring number, set when new."""
    if row[0] < 0:
        row[0] = rings.n
        rings.grow(rings.n + 1)
    ring = int(row[0])
    device_ms, a, b = int(reading.t_end_ms[0] - reading.shift_ms[0]), reading.n_in[0], reading.n_out[0]
    known = rings.device_ms[ring]
    clock_moves = bool(((known >= 0) & (known != device_ms)).any())
    if clock_moves and ((known == device_ms) & (rings.a[ring] == a) & (rings.b[ring] == b)).any():
        return True
    place = (int(rings.head[ring]) + 1) % KEPT
    rings.head[ring] = place
    rings.device_ms[ring, place], rings.a[ring, place], rings.b[ring, place] = device_ms, a, b
    return False
