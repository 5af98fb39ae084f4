"""Milesight VS121, VS133 and VS350 over LoRaWAN: pieces of [channel, type, content], little-endian.

Layouts from the maker's published tables. A line's total survives lost uplinks, so the totals are read and the
counts of the last period, which tell the same flow again, are not (trap T1) – unless the sensor's settings say that
it sends nothing else, and how long its period is: {"period_s": 600}. Then only the periods are read, also those
kept during an outage and sent later with their own time (trap T5). 16-bit totals go on from 0 (trap T2).
"""

import struct
from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

import msgspec

from anlan.devices.lorawan import WRAP_16, Uplink
from anlan.devices.refusal import Refusal
from anlan.devices.settings import as_settings
from anlan.stream.readings import Reading

_PAIR, _TOTAL = struct.Struct("<HH"), struct.Struct("<I")
_HISTORY = struct.Struct("<IB")  # seconds, what follows: 0 the period's pair, 1 also the total's


class Periods(msgspec.Struct, forbid_unknown_fields=True):
    """The settings of a sensor that sends only the counts of its last period."""

    period_s: Annotated[float, msgspec.Meta(ge=1, le=86_400)]


class Piece(NamedTuple):
    """What one piece says: `kind` total, period, in, out, present or history; of which channel; its content."""

    kind: str
    channel: str
    content: bytes


Key = tuple[int, int]  # channel, type
# What counts people: (size, kind, our channel).
_READ: dict[Key, tuple[int, str, str]] = {
    (0x04, 0xCC): (4, "total", "line/1"),
    (0x0D, 0xCC): (4, "total", "line/1"),
    (0x84, 0xCC): (5, "total", "line/1"),
    (0x85, 0xCC): (5, "period", "line/1"),
    (0x04, 0xC9): (4, "present", "all"),
    (0x0F, 0xE3): (4, "present", "region/1"),
    (0x07, 0xD5): (8, "present", "region/1"),
    (0x08, 0xD5): (8, "present", "region/9"),
}
for _line in range(4):
    _READ[(0x03 + 3 * _line, 0xD2)] = (4, "in", f"line/{_line + 1}")
    _READ[(0x04 + 3 * _line, 0xD2)] = (4, "out", f"line/{_line + 1}")
    _READ[(0x05 + 3 * _line, 0xCC)] = (4, "period", f"line/{_line + 1}")
# What does not: the sensor itself, temperature, largest number, dwell times, ways between edges, its clock.
_PASSED: dict[Key, int] = {
    (0x01, 0x75): 1,
    (0x03, 0x67): 2,
    (0x83, 0x67): 3,
    (0x06, 0xCD): 1,
    (0x0E, 0xE4): 5,
    (0x10, 0xE4): 5,
    (0x0A, 0xEF): 4,
    (0x0F, 0x85): 4,
}
_PASSED |= {(channel, 0xDA): 8 for channel in range(0x09, 0x0D)}
_PASSED |= {(0xFF, kind): 1 for kind in (0x01, 0x0B, 0x0F, 0xFE)}
_PASSED |= {
    (0xFF, 0x09): 2,
    (0xFF, 0x0A): 2,
    (0xFF, 0xFF): 2,
    (0xFF, 0x08): 6,
    (0xFF, 0x16): 8,
    (0xFF, 0x1F): 4,
}


def check(mapping: Any) -> Periods:
    """The settings of such a sensor, to tell their author what is wrong. Raises Refusal."""
    return as_settings(mapping, Periods)


def reader(mapping: Any) -> Callable[[Uplink], list[Reading]]:
    """How uplinks are read under these settings (None: by their totals). Raises Refusal."""
    if mapping is None:
        return _by_totals
    period_ms = round(check(mapping).period_s * 1000)
    return lambda uplink: _by_periods(uplink, period_ms)


def is_sound(uplink: Uplink) -> bool:
    """Whether a payload can be taken apart to its last byte."""
    try:
        pieces(uplink.payload)
        return True
    except Refusal:
        return False


def pieces(payload: bytes) -> list[Piece]:
    """The pieces that count people. Raises Refusal: an unknown one, or one cut short."""
    found, at = [], 0
    while at < len(payload):
        key = (payload[at], payload[at + 1] if at + 1 < len(payload) else -1)
        size, kind, channel = _READ.get(key) or (_PASSED.get(key, 0), "", "")
        if key == (0x20, 0xCE):
            size, kind, channel = 13 if payload[at + 6 : at + 7] == b"\x01" else 9, "history", "line/1"
        if not size:
            raise Refusal(
                f"piece {payload[at : at + 2].hex()} at byte {at} is unknown: nothing after it is read"
            )
        content = payload[at + 2 : at + 2 + size]
        if len(content) < size:
            raise Refusal(f"piece {payload[at : at + 2].hex()} at byte {at} is cut short")
        if kind:
            found.append(Piece(kind, channel, content))
        at += 2 + size
    return found


def _by_totals(uplink: Uplink) -> list[Reading]:
    lines: dict[str, Reading] = {}
    readings = _present(uplink)
    for piece in pieces(uplink.payload):
        if piece.kind in ("in", "out"):
            line = lines.setdefault(piece.channel, uplink.reading("cumulative", channel=piece.channel))
            setattr(line, f"count_{piece.kind}", *_TOTAL.unpack(piece.content))
        elif piece.kind == "total":
            readings.append(_narrow(uplink, piece.channel, piece.content))
        elif piece.kind == "history" and len(piece.content) == 13:
            readings.append(_narrow(uplink, piece.channel, piece.content[9:]))
            readings[-1].t = _HISTORY.unpack_from(piece.content)[0] * 1000
    return [*lines.values(), *readings]


def _narrow(uplink: Uplink, channel: str, content: bytes) -> Reading:
    count_in, count_out = _PAIR.unpack_from(content)
    return uplink.reading(
        "cumulative", channel=channel, count_in=count_in, count_out=count_out, reset=WRAP_16
    )


def _by_periods(uplink: Uplink, period_ms: int) -> list[Reading]:
    readings = _present(uplink)
    for piece in pieces(uplink.payload):
        if piece.kind not in ("period", "history"):
            continue
        is_kept = piece.kind == "history"
        end = _HISTORY.unpack_from(piece.content)[0] * 1000 if is_kept else uplink.t_ms
        if end is None:
            raise Refusal("a period without the network's time: send the whole message of the network server")
        reading = Reading(kind="interval", sensor=uplink.device, channel=piece.channel)
        reading.start, reading.end = end - period_ms, end
        reading.count_in, reading.count_out = _PAIR.unpack_from(
            piece.content, _HISTORY.size if is_kept else 0
        )
        readings.append(reading)
    return readings


def _present(uplink: Uplink) -> list[Reading]:
    readings = []
    for piece in pieces(uplink.payload):
        if piece.kind == "present" and piece.channel == "all":  # then follow regions and which are occupied
            readings.append(uplink.reading("occupancy", channel="all", value=piece.content[0]))
        elif piece.kind == "present":
            first = int(piece.channel.removeprefix("region/"))
            for number, value in enumerate(piece.content, first):
                readings.append(uplink.reading("occupancy", channel=f"region/{number}", value=value))
    return readings
