"""FootfallCam: what the device publishes by MQTT or WebSocket, one passage or one head count a message.

The epoch is the time; the texts beside it follow the device's own zone (trap T3). A passage of staff is told on a
channel of its own, `roi/1/staff`, so that a binding may take or leave it (trap T1). `PeopleId` is the number of a
person and is not kept.
"""

from collections.abc import Mapping
from typing import Any

from anlan.devices.body import Part, branch, is_json, many, parse_json, read_parts, shown
from anlan.devices.refusal import Refusal
from anlan.devices.values import count, moment, name, whole
from anlan.stream.readings import Reading

_DIRECTIONS = {1: "count_in", 2: "count_out"}  # MetricId
_STAFF = 21  # CombineObjectTypeId; 11 is a visitor
_SERIALS = ("CameraSerial", "DeviceSerial")


def recognises(part: Part) -> bool:
    """Whether a part is a message of such a device."""
    return is_json(part, lambda document: _is_message(_first(document)))


def decode(
    body: bytes, *, headers: Mapping[str, str] | None = None, zone: str | None = None, mapping: Any = None
) -> list[Reading]:
    """The readings of a message, or of a list of them. Raises Refusal: not such a message, a wrong field."""
    return [_message(branch(told)) for told in read_parts(body, headers, lambda part: many(parse_json(part)))]


def _first(document: Any) -> dict:
    return branch(document[0] if isinstance(document, list) and document else document)


def _is_message(told: dict) -> bool:
    return "RoiId" in told and any(serial in told for serial in _SERIALS)


def _message(told: dict) -> Reading:
    if not _is_message(told):
        raise Refusal("no RoiId with a CameraSerial: not a message of a FootfallCam device")
    return _passage(told) if "MetricId" in told else _present(told)


def _reading(told: dict, kind: Any, when: str) -> Reading:
    serial = next((told[key] for key in _SERIALS if key in told), None)
    channel = f"roi/{name(told.get('RoiId'), where='RoiId')}"
    reading = Reading(kind=kind, sensor=name(serial, where="CameraSerial"), channel=channel)
    reading.t = moment(told.get(when), where=when)
    return reading


def _passage(told: dict) -> Reading:
    reading = _reading(told, "event", "EventEndTime")
    direction = _DIRECTIONS.get(whole(told["MetricId"], where="MetricId"))
    if direction is None:
        raise Refusal(f"MetricId is {shown(told['MetricId'])!r}: only 1 (in) and 2 (out) count people")
    setattr(reading, direction, 1)
    if str(told.get("CombineObjectTypeId")) == str(_STAFF):
        reading.channel += "/staff"
    return reading


def _present(told: dict) -> Reading:
    reading = _reading(told, "occupancy", "Timestamp")
    reading.value = count(told.get("ObjectCount"), where="ObjectCount")
    return reading
