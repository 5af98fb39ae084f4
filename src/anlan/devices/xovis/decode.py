"""Xovis sensors: firmware 5 (`logics_data`, `live_data`, `status_data`, `connection_test`) and firmware 3 and 4.

`fw` is in, `bw` is out, `balance` and `queue-length` are people present. Sub-counts (`fw-male`, `bw-mask`, …) are
parts of the total, a GROUP is made of PERSONs, a line crossing and its counter are one flow: each is counted once
(trap T1). Times may be ms, s or RFC 3339: all three are settings of the sensor (trap T3).
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from anlan.devices.body import Part, branch, is_json, many, parse_json, read_parts, word
from anlan.devices.refusal import Refusal
from anlan.devices.values import count, moment, name, number, whole
from anlan.devices.xovis.legacy import crossings, elements
from anlan.devices.xovis.live import frames
from anlan.stream.readings import Reading

_PRESENT = ("balance", "queue-length")


def recognises(part: Part) -> bool:
    """Whether a part is a push of a Xovis sensor."""
    return is_json(part, _reader)


def decode(
    body: bytes, *, headers: Mapping[str, str] | None = None, zone: str | None = None, mapping: Any = None
) -> list[Reading]:
    """The readings of a push, in its order. Raises Refusal: not such a push, a count or a time is wrong."""
    return read_parts(body, headers, lambda part: _read(parse_json(part), zone))


def _read(document: Any, zone: str | None) -> list[Reading]:
    reader = _reader(document)
    if reader is None:
        raise Refusal(
            "not a Xovis push: one of logics_data, live_data, status_data, content or values is needed"
        )
    return reader(document, zone)


def _reader(document: Any) -> Any:
    if not isinstance(document, dict):
        return None
    if "values" in document or "content" in document:
        values, content = document.get("values"), document.get("content")
        if isinstance(content, dict) and "element" in content:
            return elements
        return (
            crossings if isinstance(values, list) and all(_is_crossing(entry) for entry in values) else None
        )
    return next((reader for key, reader in _READERS.items() if key in document), None)


def _is_crossing(entry: Any) -> bool:
    return isinstance(entry, dict) and "countItem" in entry and "type" in entry


def _logics(document: dict, zone: str | None) -> list[Reading]:
    push = branch(document, "logics_data")
    logics = [branch(logic) for logic in many(push.get("logics"))]
    names = Counter(name(logic.get("name"), where="logic name") for logic in logics)
    readings = []
    for logic in logics:
        channel = name(logic.get("name"), where="logic name")
        if names[channel] > 1:  # two logics of one name: the sensor's numeric id tells them apart (trap T8)
            channel = f"{channel}/{name(logic.get('id'), where='logic id')}"
        for record in many(logic.get("records")):
            readings += _record(branch(record), _sensor(push), channel, zone)
    return readings


def _record(record: dict, sensor: str, channel: str, zone: str | None) -> list[Reading]:
    counts = {word(branch(entry), "name"): branch(entry).get("value") for entry in many(record.get("counts"))}
    end = moment(record.get("to"), where=f"{channel}: to", zone=zone)
    readings = []
    if "fw" in counts or "bw" in counts:
        readings.append(
            Reading(
                kind="interval",
                sensor=sensor,
                channel=channel,
                start=moment(record.get("from"), where=f"{channel}: from", zone=zone),
                end=end,
                count_in=count(counts.get("fw", 0), where=f"{channel}: fw"),
                count_out=count(counts.get("bw", 0), where=f"{channel}: bw"),
            )
        )
    for label in _PRESENT:
        if label in counts:
            present = whole(counts[label], where=f"{channel}: {label}")
            readings.append(Reading(kind="occupancy", sensor=sensor, channel=channel, t=end, value=present))
    expected = record.get("samples_expected")
    if expected is not None and number(record.get("samples", 0), where="samples") < number(
        expected, where="samples"
    ):
        for reading in readings:
            reading.quality = "partial"
    return readings


def _live(document: dict, zone: str | None) -> list[Reading]:
    push = branch(document, "live_data")
    return frames(push, _sensor(push), zone)


def _status(document: dict, zone: str | None) -> list[Reading]:
    """The first state that is not OK speaks; the sensor's clock gives the time."""
    push = branch(document, "status_data")
    states = {part: branch(push, "states", part, "state") for part in ("device", "time", "network")}
    bad = [f"{part} {state['state']}" for part, state in states.items() if state.get("state", "OK") != "OK"]
    reading = Reading(kind="health", sensor=_sensor(push), state=name(bad[0] if bad else "OK", where="state"))
    told = branch(states["time"], "details").get("time")
    reading.t = None if told is None else moment(told, where="status time", zone=zone)
    return [reading]


def _connection_test(document: dict, zone: str | None) -> list[Reading]:
    return [Reading(kind="heartbeat", sensor=_sensor(document))]


def _sensor(push: dict) -> str:
    """The serial number, or the id of a multi-sensor; "" where the push says nothing (a setting)."""
    described = branch(push, "sensor_info")
    key = "id" if described.get("type") == "MULTI_SENSOR" and "id" in described else "serial_number"
    return name(described.get(key), where=f"sensor_info.{key}")


_READERS = {
    "logics_data": _logics,
    "live_data": _live,
    "status_data": _status,
    "connection_test": _connection_test,
}
