"""The canonical reading: `Reading` on the wire, `Columns` (one array per field) everywhere behind the door."""

import dataclasses
import enum
from array import array
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

import msgspec
import numpy as np

from anlan.stream.blocks import from_blocks, to_blocks
from anlan.stream.register import Register


class Kind(enum.IntEnum):
    """What a reading says; the name on the wire is the lower-case name."""

    INTERVAL = 0  # passages counted in [start, end)
    CUMULATIVE = 1  # running totals since an epoch, at t
    EVENT = 2  # one passage at t
    OCCUPANCY = 3  # number present at t
    DENSITY = 4  # people per m² at t
    HEARTBEAT = 5
    HEALTH = 6


KINDS: dict[str, int] = {kind.name.lower(): int(kind) for kind in Kind}
CLOCK, PARTIAL, BAD, NEGATIVE = 1, 2, 4, 8  # quality flags
RESET_KNOWN = 16  # a cumulative whose reset policy is declared: after a fall, count from 0
FAULT = 32  # a health reading whose state is not a good one
WRAP_16 = 64  # a cumulative of 16 bits: after 65535 it goes on from 0
WRAPS = frozenset({"wrap16", "65536"})  # the values of `reset` that say so
QUALITIES: dict[str, int] = {"": 0, "clock": CLOCK, "partial": PARTIAL, "bad": BAD}
_DATED = frozenset(
    {"cumulative", "event", "occupancy", "density"}
)  # without a time of its own: flagged CLOCK
GOOD_STATES = frozenset({"", "ok", "online", "normal", "running", "active"})
ABSENT = -1  # a total or a sequence number that was not given
MISSING = -(2**40)  # the same while a batch is checked, where -1 must still be told from it
COUNTS = ("n_in", "n_out")
_TIMED = frozenset({"interval", "cumulative", "event", "occupancy", "density"})

MAX_COUNT = 10**9
PIECE = 250
MAX_MS = 253_402_300_800_000  # year 10000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Reading(msgspec.Struct, omit_defaults=True, gc=False, rename={"count_in": "in", "count_out": "out"}):
    """One canonical reading as native JSON has it and as `anlan decode` prints it.

    Times are UTC milliseconds or RFC 3339 text with an offset. `interval` uses start and end, all other
    kinds use t, the receive time where it is absent. `epoch` and `reset` belong to cumulative, `state` to health.
    """

    kind: Literal["interval", "cumulative", "event", "occupancy", "density", "heartbeat", "health"]
    sensor: str = ""
    channel: str = ""
    start: int | str | None = None
    end: int | str | None = None
    t: int | str | None = None
    count_in: int | None = None
    count_out: int | None = None
    value: float | int | None = None
    seq: int | None = None
    epoch: int | str | None = None
    reset: str | None = None
    state: str | None = None
    quality: str = ""


def time_ms(when: int | str) -> int:
    """UTC milliseconds of a wire time. Raises ValueError: naive text, not a time, out of range."""
    if isinstance(when, str):
        try:
            moment = datetime.fromisoformat(when)
        except ValueError:
            raise ValueError(f"{when[:40]!r} is not a time: send UTC milliseconds or RFC 3339 text") from None
        if moment.tzinfo is None:
            raise ValueError(f"{when[:40]!r} carries no zone: append an offset such as +08:00 or Z")
        when = (moment - _EPOCH) // timedelta(milliseconds=1)
    if not isinstance(when, int) or not 0 <= when < MAX_MS:
        raise ValueError(f"time {str(when)[:24]} is out of range: send UTC milliseconds since 1970")
    return when


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
        given = _EMPTY | arrays
        return cls(
            **{name: np.array(np.broadcast_to(given[name], n), dtype) for name, dtype in DTYPES.items()}
        )

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
_EMPTY: dict[str, int | float] = dict.fromkeys(DTYPES, 0) | {"value": np.nan, "seq": ABSENT}


class Checked(NamedTuple):
    """What `columns` made of a batch: the readings kept, where they stood in it, and who was refused why."""

    columns: Columns
    kept: np.ndarray
    refusals: list[tuple[int, str]]


def columns(
    readings: Sequence[Reading], *, register: Register, t_received_ms: int, default_sensor: str = ""
) -> Checked:
    """Check readings and lay them out as Columns, in their order.

    Batches of one kind with whole-number times take a vectorised way; of others only the pieces in which
    something is unusual or wrong are looked at one by one, and only the wrong readings are refused, with a
    reason. `default_sensor` names the sensor of readings that name none (the credential's sensor).
    """
    quick = _columns_at_once(readings, register, t_received_ms, default_sensor) if readings else None
    if quick is not None:
        return Checked(quick, np.arange(len(readings)), [])
    parts, kept, refusals = [], [], []
    for positions in _pieces(readings):
        piece = [readings[position] for position in positions]
        quick = _columns_at_once(piece, register, t_received_ms, default_sensor)
        if quick is not None:
            checked = Checked(quick, np.arange(len(piece)), [])
        else:
            checked = _columns_one_by_one(piece, register, t_received_ms, default_sensor)
        parts.append(checked.columns)
        kept.append(np.array(positions, np.int64)[checked.kept])
        refusals += [(positions[position], why) for position, why in checked.refusals]
    places = np.concatenate([np.zeros(0, np.int64), *kept])
    order = np.argsort(places)
    return Checked(Columns.concat(parts).take(order), places[order], sorted(refusals))


def _pieces(readings: Sequence[Reading]) -> Iterator[list[int]]:
    """Positions of readings of one kind and quality, some hundred at a time."""
    alike: dict[tuple[str, str], list[int]] = {}
    for position, reading in enumerate(readings):
        alike.setdefault((reading.kind, reading.quality), []).append(position)
    for positions in alike.values():
        for start in range(0, len(positions), PIECE):
            yield positions[start : start + PIECE]


def _columns_at_once(
    readings: Sequence[Reading], register: Register, t_received_ms: int, default_sensor: str
) -> Columns | None:
    """Columns of a plain batch of one kind with numbers for times, or None: not plain, look one by one."""
    n, kind, quality = len(readings), readings[0].kind, readings[0].quality
    if [r.kind for r in readings].count(kind) != n or [r.quality for r in readings].count(quality) != n:
        return None
    flag, reset = QUALITIES.get(quality), readings[0].reset
    if kind == "cumulative":
        alike = [r.reset for r in readings].count(reset) == n
        flag = flag | _reset_flag(reset) if alike and flag is not None else None
    if flag is None or kind not in _TIMED:
        return None
    given = _given_of_kind(readings, kind)
    try:
        index = register.by_sensor
        given["line"] = [index[r.sensor or default_sensor][r.channel] for r in readings]
        # array() takes no text, no None and (for "q") no fraction, where numpy would convert silently.
        packed = {
            column: array("d" if column == "value" else "q", numbers) for column, numbers in given.items()
        }
    except (KeyError, TypeError, OverflowError):
        return None
    arrays = {
        column: np.frombuffer(numbers, "<f8" if column == "value" else "<i8")
        for column, numbers in packed.items()
    }  # by these names: numpy's own name for "q" is another type, with which ufunc.at is 20 times slower
    arrays.setdefault("t_start_ms", arrays["t_end_ms"])
    block = Columns.filled(n, **arrays, kind=KINDS[kind], quality=flag, t_received_ms=t_received_ms)
    if not _all_sound(block):
        return None
    absent = ABSENT if kind == "cumulative" else 0
    counts = {
        name: np.where(getattr(block, name) == MISSING, absent, getattr(block, name)) for name in COUNTS
    }
    return block.replace(**counts) if (block.n_in.min() < 0 or block.n_out.min() < 0) else block


def _given_of_kind(readings: Sequence[Reading], kind: str) -> dict[str, list]:
    """The fields that readings of one kind carry, as lists by column."""
    n, seq = len(readings), [r.seq for r in readings]
    given: dict[str, list] = {} if seq.count(None) == n else {"seq": seq}
    if kind == "interval":
        given |= {"t_start_ms": [r.start for r in readings], "t_end_ms": [r.end for r in readings]}
    else:
        given["t_end_ms"] = [r.t for r in readings]
    if kind in ("occupancy", "density"):
        return given | {"value": [r.value for r in readings]}
    epoch = [r.epoch for r in readings] if kind == "cumulative" else []
    given |= {} if epoch.count(None) == len(epoch) else {"epoch_ms": epoch}
    # Comprehensions: CPython reads a slot in them at half the cost of attrgetter.
    both = {"n_in": [r.count_in for r in readings], "n_out": [r.count_out for r in readings]}
    for name, counts in both.items():
        given[name] = [MISSING if count is None else count for count in counts] if None in counts else counts
    return given


def _all_sound(block: Columns) -> bool:
    """Whether every reading of a plain batch is within the bounds that `_row` explains one by one."""
    times = block.t_start_ms.min() >= 0 and block.t_end_ms.max() < MAX_MS and block.seq.min() >= ABSENT
    if block.kind[0] >= Kind.OCCUPANCY:
        return bool(times and (block.value >= 0).all() and (block.value <= MAX_COUNT).all())
    for counts in (block.n_in, block.n_out):
        times = times and counts.max() <= MAX_COUNT
        times = times and (counts.min() >= 0 or bool(((counts >= 0) | (counts == MISSING)).all()))
    either = max(block.n_in.min(), block.n_out.min()) >= 0 or (np.maximum(block.n_in, block.n_out) >= 0).all()
    if block.kind[0] == Kind.INTERVAL:
        return bool(times and either and (block.t_end_ms > block.t_start_ms).all())
    epochs = block.epoch_ms.min() >= 0 and block.epoch_ms.max() < MAX_MS
    return bool(times and either and epochs)


def _columns_one_by_one(
    readings: Sequence[Reading], register: Register, t_received_ms: int, default_sensor: str
) -> Checked:
    rows, kept, refusals = [], [], []
    for position, reading in enumerate(readings):
        try:
            row = _row(reading, t_received_ms)
            row["line"] = register.line(reading.sensor or default_sensor, reading.channel)
        except ValueError as why:
            refusals.append((position, str(why)))
            continue
        rows.append(row)
        kept.append(position)
    given = {name: np.array([row[name] for row in rows], dtype) for name, dtype in DTYPES.items()}
    return Checked(Columns(**given), np.array(kept, np.int64), refusals)


def _row(reading: Reading, t_received_ms: int) -> dict[str, int | float]:
    """One reading's fields for Columns. Raises ValueError with the reason of a refusal."""
    if reading.kind not in KINDS:
        raise ValueError(f"kind {reading.kind!r} is unknown: use one of {', '.join(KINDS)}")
    if reading.quality not in QUALITIES:
        raise ValueError(f"quality {reading.quality[:20]!r} is unknown: use partial, bad or clock")
    row: dict[str, int | float] = _EMPTY | {"kind": KINDS[reading.kind], "t_received_ms": t_received_ms}
    is_undated = reading.t is None and reading.kind in _DATED
    row["quality"] = QUALITIES[reading.quality] | (CLOCK if is_undated else 0)
    if reading.seq is not None:
        row["seq"] = _count("seq", reading.seq, limit=2**63 - 1)
    row["t_start_ms"], row["t_end_ms"] = _times(reading, t_received_ms)
    _ROW_OF_KIND[reading.kind](reading, row)
    return row


def _times(reading: Reading, t_received_ms: int) -> tuple[int, int]:
    if reading.kind == "interval":
        if reading.start is None or reading.end is None:
            raise ValueError("an interval needs start and end")
        start, end = time_ms(reading.start), time_ms(reading.end)
        if end <= start:
            raise ValueError(f"interval ends at {end}, not after its start {start}")
        return start, end
    # A device without a clock, like a sign of life, says "now": the receive time will do.
    return (t := t_received_ms if reading.t is None else time_ms(reading.t)), t


def _count(name: str, number: int, *, limit: int = MAX_COUNT) -> int:
    if not isinstance(number, int) or not 0 <= number <= limit:
        raise ValueError(f"{name} is {str(number)[:24]}: a whole number from 0 to {limit} is needed")
    return int(number)


def _row_counts(reading: Reading, row: dict) -> None:
    if reading.count_in is None and reading.count_out is None:
        if reading.kind == "cumulative" and reading.value is not None:
            raise ValueError(
                "a total of which nobody knows whether it counts in or out: say so in the sensor's mapping"
            )
        raise ValueError(f"a reading of kind {reading.kind} needs in or out")
    absent = ABSENT if reading.kind == "cumulative" else 0
    for column, name, number in (("n_in", "in", reading.count_in), ("n_out", "out", reading.count_out)):
        row[column] = absent if number is None else _count(name, number)


def _row_cumulative(reading: Reading, row: dict) -> None:
    _row_counts(reading, row)
    if reading.epoch is not None:
        row["epoch_ms"] = time_ms(reading.epoch)
    row["quality"] |= _reset_flag(reading.reset)


def _reset_flag(reset: str | None) -> int:
    return 0 if not reset else WRAP_16 if reset in WRAPS else RESET_KNOWN


def _row_value(reading: Reading, row: dict) -> None:
    value = reading.value
    if not isinstance(value, int | float) or not abs(value) <= MAX_COUNT:  # nan compares false
        raise ValueError(f"value is {str(value)[:24]}: a number of at most {MAX_COUNT} is needed")
    if value < 0:
        row["quality"] |= NEGATIVE
    row["value"] = float(value)


def _row_health(reading: Reading, row: dict) -> None:
    if (reading.state or "").strip().lower() not in GOOD_STATES:
        row["quality"] |= FAULT


_ROW_OF_KIND: dict[str, Callable[[Reading, dict], None]] = {
    "interval": _row_counts,
    "cumulative": _row_cumulative,
    "event": _row_counts,
    "occupancy": _row_value,
    "density": _row_value,
    "heartbeat": lambda reading, row: None,
    "health": _row_health,
}
