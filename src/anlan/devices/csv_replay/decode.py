"""Our own plain CSV of readings, for replays: a header, then one reading a line.

`start,end` with `in,out` are interval counts. `timestamp` with `in,out` is too: the timestamp is the start, and the
interval lasts until the next timestamp of the file (its smallest step). `t` or `timestamp` with `count` or `value`
is the number present. `sensor`, `channel`, `kind`, `quality`, `seq` and `epoch` may be added; a kind that is given wins.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from anlan.devices.body import Part, parse_csv, read_parts, shown
from anlan.devices.refusal import Refusal
from anlan.devices.values import count, moment, name, number, whole
from anlan.stream.readings import KINDS, QUALITIES, Reading

_TIMES = ("timestamp", "time", "t")
_COLUMNS = {
    *_TIMES,
    *["start", "end", "sensor", "channel", "kind", "in", "out", "count", "value", "quality", "seq", "epoch"],
}

_NUMBERS = {"count_in": ("in", count), "count_out": ("out", count), "seq": ("seq", whole)}


def recognises(part: Part) -> bool:
    """Whether the first line is such a header."""
    try:
        return part.looks == "text" and _is_header(_lower(next(parse_csv(part), [])))
    except Refusal:
        return False


def decode(
    body: bytes, *, headers: Mapping[str, str] | None = None, zone: str | None = None, mapping: Any = None
) -> list[Reading]:
    """The readings of the file, in its order. Raises Refusal with the line that is wrong."""
    return read_parts(body, headers, lambda part: _lines(parse_csv(part), zone))


def _lines(lines: Iterator[list[str]], zone: str | None) -> list[Reading]:
    header = _lower(next(lines, []))
    if not _is_header(header):
        raise Refusal(
            f"the first line {shown(','.join(header), 80)!r} is no header: timestamp,sensor,in,out or the like"
        )
    rows = (dict(zip(header, line, strict=False)) for line in lines)
    readings = [_reading(row, f"line {position}", zone) for position, row in enumerate(rows, start=2)]
    _end([reading for reading in readings if reading.kind == "interval" and reading.end is None])
    return readings


def _reading(row: dict[str, str], where: str, zone: str | None) -> Reading:
    kind = row.get("kind") or _kind(row, where)
    quality = row.get("quality", "")
    if kind not in KINDS or quality not in QUALITIES:
        raise Refusal(f"{where}: kind {shown(kind)!r} with quality {shown(quality)!r} is unknown")
    reading = Reading(kind=kind, quality=quality)  # type: ignore[arg-type]
    reading.sensor = name(row.get("sensor"), where=f"{where}: sensor")
    reading.channel = name(row.get("channel"), where=f"{where}: channel")
    at = next((row[column] for column in _TIMES if row.get(column)), None)
    times = {"start": row.get("start") or at, "end": row.get("end")} if kind == "interval" else {"t": at}
    for field, when in (times | {"epoch": row.get("epoch")}).items():
        if when:
            setattr(reading, field, moment(when, where=f"{where}: {field}", zone=zone))
    if reading.t is None and reading.start is None:
        raise Refusal(f"{where}: a time is missing")
    for field, (column, read) in _NUMBERS.items():
        if row.get(column):
            setattr(reading, field, read(row[column], where=f"{where}: {column}"))
    if told := row.get("count") or row.get("value"):
        reading.value = number(told, where=f"{where}: value")
    return reading


def _kind(row: dict[str, str], where: str) -> str:
    if row.get("in") or row.get("out"):
        return "interval"
    if row.get("count") or row.get("value"):
        return "occupancy"
    raise Refusal(f"{where}: neither in, out, count nor value is given")


def _end(readings: list[Reading]) -> None:
    """Give intervals of which only the start is known the smallest step between starts as their length."""
    starts = sorted({int(reading.start or 0) for reading in readings})
    if len(starts) == 1:
        raise Refusal("an interval's length cannot be told from a single timestamp: give start and end")
    step_ms = min((after - before for before, after in pairwise(starts)), default=0)
    for reading in readings:
        reading.end = int(reading.start or 0) + step_ms


def _is_header(header: list[str]) -> bool:
    known = set(header) & _COLUMNS
    return bool(known & {*_TIMES, "start"}) and bool(known & {"in", "out", "count", "value", "kind"})


def _lower(header: list[str]) -> list[str]:
    return [column.lower() for column in header]
