"""Axis: the push of the people counters (`Axis Retail Data`) and messages of Object Analytics.

A people counter sends minutes, also empty ones: they prove life (trap T9). Object Analytics counts since its
`startTime`, in numbers sent as text, all classes in one message: only `totalHuman` is people (traps T1, T7).
One of its scenarios is one line in one direction, told as `in`; binding it says which way that is.
"""

from collections.abc import Mapping
from typing import Any

from anlan.devices.body import Part, branch, is_json, many, parse_json, read_parts, word
from anlan.devices.refusal import Refusal
from anlan.devices.values import count, moment, name
from anlan.stream.readings import Reading

_DIRECTIONS = {"in": "count_in", "out": "count_out"}


def recognises(part: Part) -> bool:
    """Whether a part is a push of an Axis people counter or a message of Object Analytics."""
    return is_json(part, _reader)


def decode(
    body: bytes, *, headers: Mapping[str, str] | None = None, zone: str | None = None, mapping: Any = None
) -> list[Reading]:
    """The readings of a push or message. Raises Refusal: not such a one, a count or a time is wrong."""
    return read_parts(body, headers, lambda part: _read(parse_json(part), zone))


def _read(document: Any, zone: str | None) -> list[Reading]:
    reader = _reader(document)
    if reader is None:
        raise Refusal(
            "neither Axis Retail Data nor an Object Analytics message: check what the camera sends here"
        )
    return reader(document, zone)


def _reader(document: Any) -> Any:
    if word(branch(document), "apiName") == "Axis Retail Data":
        return _retail
    return _analytics if "/ObjectAnalytics/" in word(branch(document), "topic") else None


def _retail(document: dict, zone: str | None) -> list[Reading]:
    sensor = name(branch(document, "sensor").get("serial"), where="sensor.serial")
    readings = []
    for entry in many(branch(document, "data").get("measurements")):
        measurement = branch(entry)
        if measurement.get("kind") != "people-counts":
            continue
        reading = Reading(kind="interval", sensor=sensor, count_in=0, count_out=0)
        reading.start = moment(
            measurement.get("utcFrom"), where="utcFrom"
        )  # local* carries no offset (trap T3)
        reading.end = moment(measurement.get("utcTo"), where="utcTo")
        for told in map(branch, many(measurement.get("items"))):
            if direction := _DIRECTIONS.get(word(told, "direction")):
                passed = count(told.get("count"), where=f"count {told['direction']}")
                setattr(reading, direction, getattr(reading, direction) + passed)
        readings.append(reading)
    if not readings:
        raise Refusal("no measurement of kind people-counts: switch them on in the camera's report")
    return readings


def _analytics(document: dict, zone: str | None) -> list[Reading]:
    told = branch(document, "message", "data")
    if "totalHuman" not in told or "startTime" not in told:
        raise Refusal("no totalHuman since a startTime: only crossline counting of the human class is read")
    reading = Reading(kind="cumulative", sensor=name(document.get("serial"), where="serial"))
    reading.channel = name(word(document, "topic").rsplit("/", 1)[-1], where="topic")
    reading.t = moment(document.get("timestamp"), where="timestamp", zone=zone)
    reading.epoch = moment(told["startTime"], where="startTime", zone=zone)
    reading.count_in = count(told["totalHuman"], where="totalHuman")
    return [reading]
