"""Terabee People Counting: XL over HTTP and LoRaWAN, M over HTTP. All count since they were switched on.

A device that was never told the time sends the year 1975 or 2000 (trap T3): such a time is left out and the reading
says so. XL's login travels in its body and is not read.
"""

import struct
from collections.abc import Mapping
from typing import Any

from anlan.devices.body import Part, branch, is_json, open_body, parse_json, shown
from anlan.devices.lorawan import Uplink, read_uplinks
from anlan.devices.refusal import Refusal
from anlan.devices.values import count, moment, name
from anlan.stream.readings import Reading

MADE_MS = 1_325_376_000_000  # 2012-01-01: no such device is older, so a clock before it was never set
_TOTALS = struct.Struct(">IIB")  # in, out, flags
_COUNTING_FAILS = 0b0000_0011  # flags: counting is stuck, counting has stopped


def recognises(part: Part) -> bool:
    """Whether a part is an HTTP post of XL or M; a LoRaWAN payload of XL has no mark of its own."""
    return is_json(part, lambda document: _is_xl(branch(document)) or _is_m(branch(document)))


def decode(
    body: bytes, *, headers: Mapping[str, str] | None = None, zone: str | None = None, mapping: Any = None
) -> list[Reading]:
    """The readings of a post or an uplink. Raises Refusal: neither of them, a wrong field."""
    posts = [branch(parse_json(part)) for part in open_body(body, headers) if part.looks == "json"]
    if not posts or not any(_is_xl(told) or _is_m(told) for told in posts):
        return read_uplinks(body, headers, _uplink)
    return [_xl(told) if _is_xl(told) else _m(told) for told in posts]


def _is_xl(told: dict) -> bool:
    return {"count_in", "count_out", "device_id"} <= set(told)


def _is_m(told: dict) -> bool:
    return {"uid", "type", "value"} <= set(told)


def _xl(told: dict) -> Reading:
    return _totals(told, told.get("device_id"), told.get("timestamp"), told["count_in"], told["count_out"])


def _m(told: dict) -> Reading:
    if told.get("type") != "counters":
        raise Refusal(f"type is {shown(told.get('type'))!r}: only counters are read")
    value = branch(told, "value")
    return _totals(told, told.get("uid"), told.get("time"), value.get("in"), value.get("out"))


def _totals(told: dict, sensor: Any, when: Any, count_in: Any, count_out: Any) -> Reading:
    reading = Reading(kind="cumulative", sensor=name(sensor, where="device id"))
    reading.count_in = count(count_in, where="count in")
    reading.count_out = count(count_out, where="count out")
    t = None if when is None else moment(when, where="time", form="s")
    if t is not None and t >= MADE_MS:
        reading.t = t
    else:
        reading.quality = "clock"
    return reading


def _uplink(uplink: Uplink) -> list[Reading]:
    if len(uplink.payload) != _TOTALS.size:
        raise Refusal(f"uplink has {len(uplink.payload)} bytes: XL sends {_TOTALS.size}")
    count_in, count_out, flags = _TOTALS.unpack(uplink.payload)
    quality = "bad" if flags & _COUNTING_FAILS else ""
    return [uplink.reading("cumulative", count_in=count_in, count_out=count_out, quality=quality)]
