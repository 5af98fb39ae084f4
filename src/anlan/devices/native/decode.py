"""Native JSON: the canonical reading itself, as a list, as {"readings": […]}, or one per line (NDJSON).

`decode` reads a whole body or refuses it, like every other adapter. `decode_fast` and `decode_items` serve the
ingest door: the first is one pass of msgspec, the second says for each wrong item why, and keeps the others.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from anlan.devices.body import Part, open_body, parse_json, shown, text
from anlan.devices.refusal import Refusal
from anlan.devices.unpack import MAX_BODY_BYTES
from anlan.devices.values import moment
from anlan.stream.readings import KINDS, Reading

MAX_ITEMS = 100_000  # readings of one body


class Batch(msgspec.Struct):
    """The form with an envelope; its `sensor` speaks for readings that name none."""

    readings: list[Reading]
    sensor: str = ""


class RawBatch(msgspec.Struct):
    """The same with the readings left unread."""

    readings: list[msgspec.Raw]
    sensor: str = ""


_LIST = msgspec.json.Decoder(list[Reading])
_BATCH = msgspec.json.Decoder(Batch)
_ITEM = msgspec.json.Decoder(Reading)
_RAW_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_RAW_BATCH = msgspec.json.Decoder(RawBatch)
_BROKEN = (msgspec.MsgspecError, ValueError, OverflowError, RecursionError)


def recognises(part: Part) -> bool:
    """Whether a part is native JSON, judged by its first reading."""
    if part.looks != "json":
        return False
    if not part.content.lstrip().startswith(b"["):
        first = part.content.lstrip().split(b"\n", 1)[0]
        part = Part(first) if b'"kind"' in first and b'"readings"' not in first else part
    try:
        document = parse_json(part)
    except Refusal:
        return False
    if isinstance(document, dict) and isinstance(document.get("readings"), list):
        document = document["readings"]
    first = document[0] if isinstance(document, list) and document else document
    return document == [] or (
        isinstance(first, dict) and isinstance(kind := first.get("kind"), str) and kind in KINDS
    )


def decode(
    body: bytes, *, headers: Mapping[str, str] | None = None, zone: str | None = None, mapping: Any = None
) -> list[Reading]:
    """The readings of a native body, times as UTC milliseconds. Raises Refusal if any one is wrong."""
    readings, _, refusals = decode_items(body, headers=headers)
    if refusals:
        index, reason = refusals[0]
        more = f" ({len(refusals)} readings refused in all)" if len(refusals) > 1 else ""
        raise Refusal(f"reading {index}: {reason}{more}")
    for index, reading in enumerate(readings):
        for field in ("start", "end", "t", "epoch"):
            if (when := getattr(reading, field)) is not None:
                form = "rfc3339" if isinstance(when, str) else "ms"
                setattr(reading, field, moment(when, where=f"reading {index}: {field}", zone=zone, form=form))
    return readings


def decode_fast(body: bytes) -> list[Reading]:
    """The readings of a plain UTF-8 body, unchecked beyond their types; times as they were sent.

    Raises Refusal if anything is wrong anywhere; `decode_items` then tells the good readings from the bad.
    """
    try:
        if body[:1] == b"[" or body.lstrip()[:1] == b"[":
            return _counted(_LIST.decode(body))
        if b'"readings"' in body[:4096]:
            batch = _BATCH.decode(body)
            return _counted(_named(batch.readings, batch.sensor))
        return _counted(_ITEM.decode_lines(body))
    except _BROKEN as why:
        raise Refusal(f"not native readings: {shown(str(why), 120)}") from None


def decode_items(
    body: bytes, *, headers: Mapping[str, str] | None = None
) -> tuple[list[Reading], list[int], list[tuple[int, str]]]:
    """(readings kept, the index of each in the body, (index, reason) of each refused).

    An index counts items of the list or non-empty lines, from 0. Raises Refusal where the body as a whole cannot
    be read: not JSON, too large, not one of the three forms.
    """
    content = body
    if not _is_plain(body):
        content = "\n".join(text(part) for part in open_body(body, headers)).encode()
    try:
        readings = decode_fast(content)
        return readings, list(range(len(readings))), []
    except Refusal:
        raws, sensor = _raw_items(content)
    readings, kept, refusals = [], [], []
    for index, raw in enumerate(_counted(raws)):
        try:
            readings.append(_ITEM.decode(raw))
            kept.append(index)
        except _BROKEN as why:
            refusals.append((index, f"not a native reading: {shown(str(why), 120)}"))
    return _named(readings, sensor), kept, refusals


def _is_plain(body: bytes) -> bool:
    """Whether the bytes are JSON as they stand: not packed, not in parts, the same in every charset."""
    is_short = len(body) <= MAX_BODY_BYTES
    return is_short and body[:1] in (b"[", b"{") and body.isascii() and b"\x00" not in body[:4]


def _raw_items(content: bytes) -> tuple[list, str]:
    """The items of a body, unread, and the sensor of its envelope."""
    stripped = content.strip()
    try:
        if stripped[:1] == b"[":
            return _RAW_LIST.decode(stripped), ""
        if stripped[:1] != b"{":
            raise Refusal(
                "not native JSON: a list, an object with readings, or one object per line is needed"
            )
        if b'"readings"' in stripped[:4096]:
            batch = _RAW_BATCH.decode(stripped)
            return batch.readings, batch.sensor
    except _BROKEN as why:
        raise Refusal(f"not valid JSON: {shown(str(why), 120)}") from None
    return [line for line in stripped.splitlines() if line.strip()], ""


def _named(readings: list[Reading], sensor: str) -> list[Reading]:
    for reading in readings if sensor else ():
        reading.sensor = reading.sensor or sensor
    return readings


def _counted(items: list) -> list:
    if len(items) > MAX_ITEMS:
        raise Refusal(f"body holds {len(items)} readings: the limit is {MAX_ITEMS}, send smaller batches")
    return items
