"""Columns: checked readings, one array per field – what moves everywhere behind the door."""

import dataclasses
import enum
from collections.abc import Sequence

import numpy as np

from anlan.stream.blocks import from_blocks, to_blocks

CLOCK, PARTIAL, BAD, NEGATIVE = 1, 2, 4, 8  # quality flags
RESET_KNOWN = 16  # a cumulative whose reset policy is declared: after a fall, count from 0
FAULT = 32  # a health reading whose state is not a good one
WRAP_16 = 64  # a cumulative of 16 bits: after 65535 it goes on from 0
ESTIMATE = 128  # a person's estimate by eye: a density so marked may raise a space's number, never lower it
ABSENT = -1  # a total or a sequence number that was not given
MAX_COUNT = 10**9
MAX_MS = 253_402_300_800_000  # year 10000


class Kind(enum.IntEnum):
    """What a reading says; the name on the wire is the lower-case name."""

    INTERVAL = 0  # passages counted in [start, end)
    CUMULATIVE = 1  # running totals since an epoch, at t
    EVENT = 2  # one passage at t
    OCCUPANCY = 3  # number present at t
    DENSITY = 4  # people per m² at t
    HEARTBEAT = 5
    HEALTH = 6


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Readings as arrays of one length n. Kinds other than interval have t_start_ms == t_end_ms.

    n_in and n_out of a cumulative are `ABSENT` where the device gave only one direction.
    """

    t_end_ms: np.ndarray  # int64
    t_start_ms: np.ndarray  # int64
    n_in: np.ndarray  # int64
    n_out: np.ndarray  # int64
    value: np.ndarray  # float64, nan = none
    epoch_ms: np.ndarray  # int64, 0 = none
    seq: np.ndarray  # int64, ABSENT = none
    t_received_ms: np.ndarray  # int64
    line: np.ndarray  # int32, index in the Register
    kind: np.ndarray  # uint8
    quality: np.ndarray  # uint8 flags
    shift_ms: np.ndarray  # int64, t_end_ms less the device's own time; 0 where that was believed

    def __len__(self) -> int:
        return len(self.line)

    def take(self, which: np.ndarray | slice) -> "Columns":
        """The readings that a mask, an index array or a slice names."""
        return Columns(**{name: getattr(self, name)[which] for name in DTYPES})

    def replace(self, **arrays: np.ndarray) -> "Columns":
        """The same readings with some columns exchanged."""
        return dataclasses.replace(self, **arrays)

    @classmethod
    def concat(cls, parts: Sequence["Columns"]) -> "Columns":
        """All readings of the parts, in order."""
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return cls.filled(0)
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in DTYPES})

    @classmethod
    def filled(cls, n: int, **arrays: np.ndarray | int | float) -> "Columns":
        """n readings from the columns given (array or one number for all); the rest are the empty values."""
        given = EMPTY | arrays
        return cls(**{name: np.full(n, given[name], dtype) for name, dtype in DTYPES.items()})

    def to_bytes(self) -> bytes:
        """One block per column in the order of DTYPES (see blocks.py)."""
        return to_blocks({name: getattr(self, name) for name in DTYPES})

    @classmethod
    def from_bytes(cls, payload: bytes) -> "Columns":
        """The inverse of to_bytes; the arrays may be read-only. Raises ValueError on a wrong length."""
        return cls(**from_blocks(payload, DTYPES, later=LATER))


DTYPES: dict[str, str] = {
    "t_end_ms": "<i8",  # first, so that a journal frame's span of time can be read from its head
    "t_start_ms": "<i8",
    "n_in": "<i8",
    "n_out": "<i8",
    "value": "<f8",
    "epoch_ms": "<i8",
    "seq": "<i8",
    "t_received_ms": "<i8",
    "line": "<i4",
    "kind": "u1",
    "quality": "u1",
    "shift_ms": "<i8",
}
LATER = frozenset({"shift_ms"})  # absent from journals of before it was kept
EMPTY: dict[str, int | float] = dict.fromkeys(DTYPES, 0) | {"value": np.nan, "seq": ABSENT}
