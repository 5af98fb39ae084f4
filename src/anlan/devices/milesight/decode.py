"""Milesight VS125 and VS13x over HTTP or MQTT (JSON); what is not such a report is read as LoRaWAN (`uplink.py`).

One message may tell one flow three times: the last period, the total, the total at the last passage. The period
speaks where it is sent, else the passage, else the total (trap T1); `group`, `children` and `staff` are parts of
`total`. Lines are keyed by number: names are edited, and uuids have been seen twice (trap T8). `capacity_counted`
may be negative and is not read (trap T7).
"""

from collections.abc import Mapping
from typing import Any

from anlan.devices.body import Part, branch, is_json, many, open_body, parse_json
from anlan.devices.lorawan import read_uplinks
from anlan.devices.lorawan import recognises as any_uplink
from anlan.devices.milesight.uplink import is_sound, reader
from anlan.devices.refusal import Refusal
from anlan.devices.values import count, moment, name
from anlan.stream.readings import Reading

_PERIOD, _PASSAGE, _TOTAL = "line_periodic_data", "line_trigger_data", "line_total_data"
_REGIONS = "region_count_data"


def recognises(part: Part) -> bool:
    """Whether a part is a report of such a sensor, or an uplink that can be taken apart as theirs."""
    return _is_report(part) or any_uplink(part, is_sound)


def decode(
    body: bytes, *, headers: Mapping[str, str] | None = None, zone: str | None = None, mapping: Any = None
) -> list[Reading]:
    """The readings of reports or uplinks; one without any counts is a sign of life.

    `mapping` may say that a LoRaWAN sensor sends only periods, {"period_s": 600}. Raises Refusal: a wrong field.
    """
    read = reader(mapping)
    parts = open_body(body, headers)
    if not any(_is_report(part) for part in parts):
        return read_uplinks(body, headers, read)
    return [reading for part in parts for reading in _report(branch(parse_json(part)), zone)]


def _is_report(part: Part) -> bool:
    return is_json(part, lambda document: "device_info" in branch(document))


def _report(report: dict, zone: str | None) -> list[Reading]:
    if "device_sn" not in branch(report, "device_info"):
        raise Refusal("no device_info.device_sn: not a report of a Milesight people counter")
    sensor = name(report["device_info"]["device_sn"], where="device_sn")
    told = [*_lines(report, sensor, zone), *_regions(report, sensor, zone)]
    return told or [Reading(kind="heartbeat", sensor=sensor)]


def _lines(report: dict, sensor: str, zone: str | None) -> list[Reading]:
    source = next((source for source in (_PERIOD, _PASSAGE, _TOTAL) if many(report.get(source))), "")
    readings = []
    for line in map(branch, many(report.get(source))):
        reading = Reading(
            kind="cumulative", sensor=sensor, channel=f"line/{name(line.get('line'), where='line')}"
        )
        if source == _PERIOD:
            reading.kind = "interval"
            reading.start, reading.end = _time(report, zone, "start_time"), _time(report, zone, "end_time")
        else:
            reading.t = _time(report, zone, "time", "trigger_time", "end_time")
        ending = "_counted" if source == _TOTAL else ""
        total = branch(line, "total") or line
        reading.count_in = count(total.get(f"in{ending}"), where=f"{reading.channel}: in")
        reading.count_out = count(total.get(f"out{ending}"), where=f"{reading.channel}: out")
        readings.append(reading)
    return readings


def _regions(report: dict, sensor: str, zone: str | None) -> list[Reading]:
    told = report.get(_REGIONS) or branch(report, "region_trigger_data").get(_REGIONS)
    readings = []
    for region in map(branch, many(told)):
        number = name(region.get("region"), where="region")
        reading = Reading(kind="occupancy", sensor=sensor, channel=f"region/{number}" if number else "region")
        reading.t = _time(report, zone, "time", "trigger_time", "end_time")
        present = (branch(region, "total") or region).get("current_total")
        reading.value = count(present, where=f"{reading.channel}: current_total")
        readings.append(reading)
    return readings


def _time(report: dict, zone: str | None, *fields: str) -> int:
    told = branch(report, "time_info")
    field = next((field for field in fields if told.get(field) is not None), fields[0])
    return moment(told.get(field), where=f"time_info.{field}", zone=zone)
