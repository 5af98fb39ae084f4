"""Xovis firmware 3 and 4: interval pushes (`content.element`, dashes in the keys) and event pushes (`values`)."""

from collections import Counter

from anlan.devices.body import branch, many, word
from anlan.devices.values import count, moment, name, whole
from anlan.stream.readings import Reading

_PRESENT = ("balance", "queue-length", "fill-level")
_DIRECTIONS = {"forward": "count_in", "backward": "count_out"}


def elements(document: dict, zone: str | None) -> list[Reading]:
    """Interval counts of each line, people present of each zone. Raises Refusal."""
    sensor = name(branch(document, "sensor-info").get("serial-number"), where="serial-number")
    found = [branch(entry) for entry in many(branch(document, "content").get("element"))]
    names = Counter(name(element.get("element-name"), where="element-name") for element in found)
    readings = []
    for element in found:
        channel = name(element.get("element-name"), where="element-name")
        if names[channel] > 1:  # trap T8
            channel = f"{channel}/{name(element.get('element-id'), where='element-id')}"
        for measurement in many(element.get("measurement")):
            readings += _measurement(branch(measurement), sensor, channel, zone)
    return readings


def _measurement(measurement: dict, sensor: str, channel: str, zone: str | None) -> list[Reading]:
    values = {word(branch(v), "label"): branch(v).get("value") for v in many(measurement.get("value"))}
    end = moment(measurement.get("to"), where=f"{channel}: to", zone=zone)
    readings = []
    if "fw" in values or "bw" in values:
        reading = Reading(kind="interval", sensor=sensor, channel=channel, end=end)
        reading.start = moment(measurement.get("from"), where=f"{channel}: from", zone=zone)
        reading.count_in = count(values.get("fw", 0), where=f"{channel}: fw")
        reading.count_out = count(values.get("bw", 0), where=f"{channel}: bw")
        readings.append(reading)
    for label in _PRESENT:
        if label in values:
            present = whole(values[label], where=f"{channel}: {label}")
            readings.append(Reading(kind="occupancy", sensor=sensor, channel=channel, t=end, value=present))
    return readings


def crossings(document: dict, zone: str | None) -> list[Reading]:
    """One event per person and line. `LineCount` and `LineCrossing` tell one passage twice: per line, the first
    speaks where it is sent at all (trap T1). Groups are made of people already counted. Raises Refusal."""
    told = [
        entry
        for entry in document["values"]
        if entry["type"] in ("LineCount", "LineCrossing") and entry.get("objectType", "PERSON") != "GROUP"
    ]
    counted = {_line(entry) for entry in told if entry["type"] == "LineCount"}
    readings = []
    for entry in told:
        sensor, channel = _line(entry)
        if entry["type"] == "LineCrossing" and (sensor, channel) in counted:
            continue
        if direction := _DIRECTIONS.get(word(entry, "direction").lower()):
            reading = Reading(kind="event", sensor=sensor, channel=channel)
            reading.t = moment(entry.get("timestamp"), where=f"{channel}: timestamp", zone=zone)
            setattr(reading, direction, 1)
            readings.append(reading)
    return readings


def _line(entry: dict) -> tuple[str, str]:
    line = branch(entry, "countItem")
    return name(entry.get("serial"), where="serial"), name(line.get("name"), where="countItem name")
