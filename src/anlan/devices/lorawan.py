"""Uplinks of LoRaWAN counters, taken out of their network server's envelope once for all such kinds.

Known are The Things Stack v3 and ChirpStack v4, a plain {"payloadHex": …}, and bare hex or base64, one uplink a line.
The envelope's EUI names the sensor, and the network's time is the reading's: these counters have no clock.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from anlan.devices.body import Part, branch, many, open_body, parse_json, shown, text, word
from anlan.devices.refusal import Refusal
from anlan.devices.values import moment, name, whole
from anlan.stream.readings import Reading

MAX_PAYLOAD = 255  # bytes, of one uplink at the fastest data rate
MAX_UPLINKS = 10_000  # of one body
WRAP_16 = "65536"  # the `reset` of a 16-bit total: it goes on from 0
_HEX = re.compile(r"([0-9A-Fa-f]{2})+", re.ASCII)
_HEX_KEYS, _BASE64_KEYS = ("payloadHex", "payload_hex", "hex"), ("data", "frm_payload", "payload_raw")


@dataclass(frozen=True, slots=True)
class Uplink:
    """What a device sent: its payload (empty: only a sign of life), its EUI, the port, the network's time."""

    payload: bytes
    device: str = ""
    port: int | None = None
    t_ms: int | None = None

    def reading(self, kind: Any, **fields: Any) -> Reading:
        """A reading of this device at the network's time."""
        return Reading(kind=kind, sensor=self.device, t=self.t_ms, **fields)


def read_uplinks(
    body: bytes, headers: Mapping[str, str] | None, read: Callable[[Uplink], list[Reading]]
) -> list[Reading]:
    """The readings of all uplinks of a body; one without any is a sign of life. Raises Refusal."""
    readings = []
    for part in open_body(body, headers):
        for uplink in uplinks(part):
            readings += (read(uplink) if uplink.payload else []) or [uplink.reading("heartbeat")]
    return readings


def recognises(part: Part, is_mine: Callable[[Uplink], bool]) -> bool:
    """Whether a part holds uplinks and the first with a payload belongs to a kind."""
    try:
        first = next((uplink for uplink in uplinks(part) if uplink.payload), None)
    except Refusal:
        return False
    return first is not None and is_mine(first)


def uplinks(part: Part) -> list[Uplink]:
    """The uplinks in a part, without their envelopes. Raises Refusal: none known, no hex or base64, too long."""
    if part.looks == "json":
        found = [_unwrap(branch(document)) for document in many(parse_json(part))[: MAX_UPLINKS + 1]]
    else:
        found = [Uplink(_of_text(line)) for line in text(part).split()[: MAX_UPLINKS + 1]]
    if not found or len(found) > MAX_UPLINKS:
        raise Refusal(f"body holds {'no uplink' if not found else f'more than {MAX_UPLINKS} uplinks'}")
    if any(len(uplink.payload) > MAX_PAYLOAD for uplink in found):
        raise Refusal(f"an uplink has more than {MAX_PAYLOAD} bytes: no LoRaWAN device sends so many")
    return found


def _unwrap(document: dict) -> Uplink:
    """One message of a network server. Join, status and the like carry no payload: signs of life."""
    if "end_device_ids" in document:
        told = branch(document, "uplink_message")
        when = told.get("received_at", document.get("received_at"))
        device = branch(document, "end_device_ids").get("dev_eui")
        return _uplink(_of_base64(word(told, "frm_payload")), device, told.get("f_port"), when)
    if "deviceInfo" in document:
        device = branch(document, "deviceInfo").get("devEui")
        payload = _of_base64(word(document, "data"))
        return _uplink(payload, device, document.get("fPort"), document.get("time"))
    port, when = document.get("port", document.get("fPort")), document.get("time")
    device = document.get("devEui", document.get("dev_eui"))
    for key in _HEX_KEYS:
        if key in document:
            return _uplink(_of_hex(word(document, key)), device, port, when)
    for key in _BASE64_KEYS:
        if key in document:
            return _uplink(_of_text(word(document, key)), device, port, when)
    raise Refusal(
        "not an uplink: the JSON of The Things Stack v3 or ChirpStack v4, or payloadHex, is needed here"
    )


def _uplink(payload: bytes, device: Any, port: Any, when: Any) -> Uplink:
    return Uplink(
        payload,
        name(device, where="device EUI").upper(),
        None if port is None else whole(port, where="port"),
        None if when is None else moment(when, where="time of the uplink"),
    )


def _of_text(line: str) -> bytes:
    return _of_hex(line) if _HEX.fullmatch(line) else _of_base64(line)


def _of_hex(line: str) -> bytes:
    if not _HEX.fullmatch(line):
        raise Refusal(f"payload {shown(line)!r} is not hex: two digits a byte are needed")
    return bytes.fromhex(line)


def _of_base64(line: str) -> bytes:
    try:
        return base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(f"payload {shown(line)!r} is neither hex nor base64") from None
