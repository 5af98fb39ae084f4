"""Irisys Vector: its HTTP post of count logs.

A log holds registers, running totals that fall only with the power or by an explicit reset (trap T2); which register
counts in and which out is known to nobody but the installer. A *register map* says it:

    {"registers": {"0": {"direction": "in", "channel": "East door"}, "1": {"direction": "out", "channel": "East door"}}}

Without one, each register is told as it is, as a `value`: it can be looked at, but the stream counts nobody by it.
"""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from anlan.devices.body import Part, branch, is_json, many, parse_json, read_parts, shown
from anlan.devices.refusal import Refusal
from anlan.devices.settings import as_settings
from anlan.devices.values import count, moment, name
from anlan.stream.readings import Reading


class Register(msgspec.Struct, forbid_unknown_fields=True):
    """Which way a register counts, and on which channel; in and out of one door share a channel."""

    direction: Literal["in", "out"]
    channel: str = ""


class RegisterMap(msgspec.Struct, forbid_unknown_fields=True):
    """Registers by their id; those not named (zones, dwell times) are not read."""

    registers: dict[str, Register]


def recognises(part: Part) -> bool:
    """Whether a part is a post of count logs."""
    return is_json(part, lambda document: "CountLogs" in branch(document))


def check(mapping: Any) -> RegisterMap:
    """A register map, to tell its author what is wrong. Raises Refusal."""
    known = as_settings(mapping, RegisterMap)
    ways = [(register.channel, register.direction) for register in known.registers.values()]
    if not ways:
        raise Refusal("mapping: registers is empty: name at least one register and its direction")
    for channel, direction in ways:
        if ways.count((channel, direction)) > 1:
            raise Refusal(f"mapping: two registers count {direction} on channel {shown(channel)!r}: keep one")
    return known


def decode(
    body: bytes, *, headers: Mapping[str, str] | None = None, zone: str | None = None, mapping: Any = None
) -> list[Reading]:
    """The readings of a post, `mapping` being the register map. Raises Refusal: no count log, a wrong field."""
    known = None if mapping is None else check(mapping)
    return read_parts(body, headers, lambda part: _post(branch(parse_json(part)), zone, known))


def _post(document: dict, zone: str | None, known: RegisterMap | None) -> list[Reading]:
    if "CountLogs" not in document:
        raise Refusal("no CountLogs: not a post of an Irisys Vector")
    sensor = name(document.get("FriendlyDeviceSerial"), where="FriendlyDeviceSerial")
    readings = []
    for log in map(branch, many(document["CountLogs"])):
        readings += _mapped(log, sensor, zone, known) if known else _registers(log, sensor, zone)
    return readings


def _reading(log: dict, sensor: str, zone: str | None, channel: str) -> Reading:
    reading = Reading(kind="cumulative", sensor=sensor, channel=channel)
    reading.t = moment(log.get("Timestamp"), where="Timestamp", zone=zone)
    if log.get("LogEntryId") is not None:  # the same entry sent again (trap T4)
        reading.seq = count(log["LogEntryId"], where="LogEntryId")
    return reading


def _registers(log: dict, sensor: str, zone: str | None) -> list[Reading]:
    readings = []
    for told in map(branch, many(log.get("Counts"))):
        label = f"{name(told.get('RegisterId'), where='RegisterId')} {name(told.get('Name'), where='Name')}"
        reading = _reading(log, sensor, zone, label.strip())
        reading.value = count(told.get("Value"), where=f"register {reading.channel}")
        readings.append(reading)
    return readings


def _mapped(log: dict, sensor: str, zone: str | None, known: RegisterMap) -> list[Reading]:
    """One reading per channel: in and out of one moment belong together."""
    doors: dict[str, Reading] = {}
    for told in map(branch, many(log.get("Counts"))):
        number = name(told.get("RegisterId"), where="RegisterId")
        if register := known.registers.get(number):
            door = doors.setdefault(register.channel, _reading(log, sensor, zone, register.channel))
            setattr(door, f"count_{register.direction}", count(told.get("Value"), where=f"register {number}"))
    return list(doors.values())
