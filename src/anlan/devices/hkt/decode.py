"""HKT infrared people counter over LoRaWAN: typed fields after a five-byte head that begins with `hkt`.

The totals of both directions are read; the counts of the last period tell the same flow again (trap T1). Direction A
is told as `in`; a binding says which way that is.
"""

import struct
from collections.abc import Iterator, Mapping
from typing import Any

from anlan.devices.body import Part
from anlan.devices.lorawan import Uplink, read_uplinks
from anlan.devices.lorawan import recognises as any_uplink
from anlan.devices.refusal import Refusal
from anlan.stream.readings import Reading

_MARK, _HEAD = b"hkt", 5  # the mark, and the bytes before the first field
_COUNTS, _INFRARED = 0x07, 0x83
# Bytes of each field: versions, battery, way and interval of reporting, threshold, counts, infrared, installed.
_SIZES = {0x01: 2, 0x03: 1, 0x04: 1, 0x05: 2, 0x06: 2, _COUNTS: 12, _INFRARED: 1, 0x84: 1}
_TOTALS = struct.Struct(">4xII")  # after the two counts of the period


def recognises(part: Part) -> bool:
    """Whether a part is an uplink of such a counter."""
    return any_uplink(part, lambda uplink: uplink.payload.startswith(_MARK))


def decode(
    body: bytes, *, headers: Mapping[str, str] | None = None, zone: str | None = None, mapping: Any = None
) -> list[Reading]:
    """The readings of uplinks; battery and settings are signs of life. Raises Refusal: not such an uplink."""
    return read_uplinks(body, headers, _readings)


def _readings(uplink: Uplink) -> list[Reading]:
    if not uplink.payload.startswith(_MARK):
        raise Refusal("uplink does not begin with hkt: not one of an HKT people counter")
    readings = []
    for kind, content in _fields(uplink.payload):
        if kind == _COUNTS:
            count_in, count_out = _TOTALS.unpack(content)
            readings.append(uplink.reading("cumulative", count_in=count_in, count_out=count_out))
        elif kind == _INFRARED:
            readings.append(uplink.reading("health", state="infrared fault" if any(content) else "ok"))
    return readings


def _fields(payload: bytes) -> Iterator[tuple[int, bytes]]:
    at = _HEAD
    while at < len(payload):
        kind = payload[at]
        size = _SIZES.get(kind)
        if size is None:
            raise Refusal(f"field 0x{kind:02x} at byte {at} is unknown: nothing after it can be read")
        content = payload[at + 1 : at + 1 + size]
        if len(content) < size:
            raise Refusal(f"field 0x{kind:02x} at byte {at} is cut short")
        yield kind, content
        at += 1 + size
