"""IMBuildings people counter over LoRaWAN (payload type 2, variant 6).

Two totals of 16 bits, which go on from 0 after 65535 (trap T2); the counts since the last uplink tell the same flow
again (trap T1). Counter A is told as `in`; a binding says which way that is. On port 26 the first ten bytes, type,
variant and device id, are left out by the device.
"""

import struct
from collections.abc import Mapping
from typing import Any

from anlan.devices.body import Part
from anlan.devices.lorawan import WRAP_16, Uplink, read_uplinks
from anlan.devices.lorawan import recognises as any_uplink
from anlan.devices.refusal import Refusal
from anlan.stream.readings import Reading

_MARK, _BARE_PORT = b"\x02\x06", 26
_HEAD = struct.Struct(">2s8s")  # mark, device id
_BODY = struct.Struct(
    ">BHHHBHHB"
)  # status, voltage, A, B, sensor status, total A, total B, number of the uplink
# Bits of the sensor status, the gravest first; the others are reserved, or say that it was just switched on.
_FAULTS = {
    0x80: "infrared beam blocked",
    0x40: "infrared receiver disturbed",
    0x20: "receiver battery low",
    0x02: "infrared signal weak",
}


def recognises(part: Part) -> bool:
    """Whether a part is an uplink of such a counter."""
    return any_uplink(part, lambda uplink: _is_whole(uplink.payload))


def decode(
    body: bytes, *, headers: Mapping[str, str] | None = None, zone: str | None = None, mapping: Any = None
) -> list[Reading]:
    """The totals of uplinks and the state of the beam. Raises Refusal: not such an uplink."""
    return read_uplinks(body, headers, _readings)


def _is_whole(payload: bytes) -> bool:
    return payload.startswith(_MARK) and len(payload) == _HEAD.size + _BODY.size


def _readings(uplink: Uplink) -> list[Reading]:
    told, sensor = uplink.payload, uplink.device
    if _is_whole(told):
        _, device = _HEAD.unpack_from(told)
        told, sensor = told[_HEAD.size :], sensor or device.hex().upper()
    elif uplink.port != _BARE_PORT or len(told) != _BODY.size:
        raise Refusal(
            "uplink is not of payload type 2, variant 6 (23 bytes, or 13 on port 26): set the counter to that"
        )
    _, _, _, _, status, total_a, total_b, _ = _BODY.unpack(told)
    total = uplink.reading("cumulative", count_in=total_a, count_out=total_b, reset=WRAP_16)
    state = next((state for bit, state in _FAULTS.items() if status & bit), "ok")
    readings = [total, uplink.reading("health", state=state)]
    for reading in readings:
        reading.sensor = sensor
    return readings
