"""The canonical reading: `Reading` on the wire, and how readings are checked into `Columns`."""

from array import array
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

import msgspec
import numpy as np

from anlan.stream.columns import (
    ABSENT,
    BAD,
    CLOCK,
    DTYPES,
    EMPTY,
    ESTIMATE,
    FAULT,
    MAX_COUNT,
    MAX_MS,
    NEGATIVE,
    PARTIAL,
    RESET_KNOWN,
    WRAP_16,
    Columns,
    Kind,
)
from anlan.stream.register import Register
from anlan.stream.sheet import UNKNOWN, YES, Field, Sheet, lay_out

KINDS: dict[str, int] = {kind.name.lower(): int(kind) for kind in Kind}
WRAPS = frozenset({"wrap16", "65536"})  # the values of `reset` that say so
QUALITIES: dict[str, int] = {"": 0, "clock": CLOCK, "partial": PARTIAL, "bad": BAD, "estimate": ESTIMATE}
_DATED = frozenset(
    {"cumulative", "event", "occupancy", "density"}
)  # without a time of its own: flagged CLOCK
GOOD_STATES = frozenset({"", "ok", "online", "normal", "running", "active"})
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


class Checked(NamedTuple):
    """What `columns` made of a batch: the readings kept, where they stood in it, and who was refused why."""

    columns: Columns
    kept: np.ndarray
    refusals: list[tuple[int, str]]


def columns(
    readings: Sequence[Reading], *, register: Register, t_received_ms: int, default_sensor: str = ""
) -> Checked:
    """Check readings and lay them out as Columns, in their order; wrong ones are refused singly, with a reason.

    `default_sensor` names the sensor of readings that name none (the credential's sensor).
    """
    if not readings:
        return Checked(Columns.filled(0), np.zeros(0, np.int64), [])
    sheet = _sheet_of(readings, register, default_sensor)
    return check_sheet(
        sheet,
        readings.__getitem__,
        register=register,
        t_received_ms=t_received_ms,
        default_sensor=default_sensor,
    )


def check_sheet(
    sheet: Sheet,
    reading_at: Callable[[int], Reading],
    *,
    register: Register,
    t_received_ms: int,
    default_sensor: str = "",
) -> Checked:
    """The same for readings that are a sheet already: only those in which something is unusual or wrong are
    looked at one by one, as `reading_at` gives them by their place."""
    block, sound = lay_out(sheet, t_received_ms)
    odd = np.flatnonzero(~sound)
    if not len(odd):
        return Checked(block, np.arange(len(block)), [])
    again = _columns_one_by_one(
        [reading_at(place) for place in odd.tolist()], register, t_received_ms, default_sensor
    )
    mended = odd[again.kept]
    for name in DTYPES:
        getattr(block, name)[mended] = getattr(again.columns, name)
    sound[mended] = True
    kept = np.flatnonzero(sound)
    refusals = [(int(odd[place]), why) for place, why in again.refusals]
    return Checked(block if len(kept) == len(block) else block.take(kept), kept, refusals)


def _sheet_of(readings: Sequence[Reading], register: Register, default_sensor: str) -> Sheet:
    # Comprehensions: CPython reads a slot in them at half the cost of attrgetter.
    kinds = [r.kind for r in readings]
    kind = _codes(kinds, KINDS)
    present = set(np.flatnonzero(np.bincount(kind)).tolist())
    sheet = Sheet(
        kind, _lines(readings, register, default_sensor), _codes([r.quality for r in readings], QUALITIES)
    )
    if Kind.CUMULATIVE in present:
        words = [r.reset for r in readings]
        sheet.reset = _codes(words, {word: reset_flag(word) for word in set(words)})
        _add(sheet, "epoch", [r.epoch for r in readings])
    if Kind.HEALTH in present:
        states = [r.state for r in readings]
        sheet.state = _codes(states, {word: state_flag(word) for word in set(states)})
    if Kind.INTERVAL in present:
        _add(sheet, "start", [r.start for r in readings])
        _add(sheet, "end", [r.end for r in readings])
    if present - {Kind.INTERVAL}:
        _add(sheet, "t", [r.t for r in readings])
    if present & {Kind.INTERVAL, Kind.CUMULATIVE, Kind.EVENT}:
        _add(sheet, "in", [r.count_in for r in readings])
        _add(sheet, "out", [r.count_out for r in readings])
    if present & {Kind.OCCUPANCY, Kind.DENSITY}:
        _add(sheet, "value", [r.value for r in readings])
    _add(sheet, "seq", [r.seq for r in readings])
    return sheet


def _lines(readings: Sequence[Reading], register: Register, default_sensor: str) -> np.ndarray:
    known = register.by_sensor
    try:
        lines = [known[r.sensor or default_sensor][r.channel] for r in readings]
    except KeyError:
        index = register.index
        lines = [index.get((r.sensor or default_sensor, r.channel), -1) for r in readings]
    return np.fromiter(lines, np.int64, len(lines))


def _codes(words: list, meaning: Mapping) -> np.ndarray:
    """What each word means; UNKNOWN where nobody knows it."""
    if words.count(words[0]) == len(words):
        return np.full(len(words), meaning.get(words[0], UNKNOWN), np.uint8)
    return np.array([meaning.get(word, UNKNOWN) for word in words], np.uint8)


def _add(sheet: Sheet, name: str, numbers: list) -> None:
    """Add a field to the sheet, as far as numbers were given. What no array holds (times as text, numbers without
    end) makes its reading odd."""
    form, given = "d" if name == "value" else "q", YES
    packed = _pack(form, numbers)
    if packed is None and None in numbers:
        if numbers.count(None) == len(numbers):
            return
        given = np.array([number is not None for number in numbers])
        numbers = [0 if number is None else number for number in numbers]
        packed = _pack(form, numbers)
    if packed is None:
        whole = [isinstance(number, int) and -MAX_MS < number < MAX_MS for number in numbers]
        sheet.odd = sheet.odd | ~np.array(whole)
        packed = array(form, [number if fits else 0 for number, fits in zip(numbers, whole, strict=True)])
    # The type is named: numpy's own name for "q" is another one, with which ufunc.at is 20 times slower.
    sheet.fields[name] = Field(np.frombuffer(packed, "<f8" if form == "d" else "<i8"), given)


def _pack(form: str, numbers: list) -> array | None:
    """The numbers side by side, or None: array() takes no text, no None and (for "q") no fraction, where numpy would
    convert silently."""
    try:
        return array(form, numbers)
    except (TypeError, OverflowError):
        return None


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
        raise ValueError(f"quality {reading.quality[:20]!r} is unknown: use partial, bad, clock or estimate")
    row: dict[str, int | float] = EMPTY | {"kind": KINDS[reading.kind], "t_received_ms": t_received_ms}
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
    row["quality"] |= reset_flag(reading.reset)


def reset_flag(reset: str | None) -> int:
    """How a total falls: not known, known to restart, or 16 bits wide."""
    return 0 if not reset else WRAP_16 if reset in WRAPS else RESET_KNOWN


def _row_value(reading: Reading, row: dict) -> None:
    value = reading.value
    if not isinstance(value, int | float) or not abs(value) <= MAX_COUNT:  # nan compares false
        raise ValueError(f"value is {str(value)[:24]}: a number of at most {MAX_COUNT} is needed")
    if value < 0:
        row["quality"] |= NEGATIVE
    row["value"] = float(value)


def state_flag(state: str | None) -> int:
    """FAULT where a health reading's state is not a good one."""
    return 0 if (state or "").strip().lower() in GOOD_STATES else FAULT


def _row_health(reading: Reading, row: dict) -> None:
    row["quality"] |= state_flag(reading.state)


_ROW_OF_KIND: dict[str, Callable[[Reading, dict], None]] = {
    "interval": _row_counts,
    "cumulative": _row_cumulative,
    "event": _row_counts,
    "occupancy": _row_value,
    "density": _row_value,
    "heartbeat": lambda reading, row: None,
    "health": _row_health,
}
