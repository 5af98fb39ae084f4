"""Brickstream and HELLA counters: the XML of `Metrics` that they push over HTTP.

Minutes in the device's local time, the date beside them, no zone (trap T3): the sensor's zone is needed. A minute
whose `Status` is not 0 is told as bad. Lines are keyed by their number, names are edited (trap T8).
"""

from collections.abc import Mapping
from typing import Any

from lxml import etree

from anlan.devices.body import Part, parse_xml, read_parts
from anlan.devices.refusal import Refusal
from anlan.devices.values import count, moment, name
from anlan.stream.readings import Reading

_DAY_MS = 86_400_000
_FORM = "%Y-%m-%d %H:%M:%S"


def recognises(part: Part) -> bool:
    """Whether a part is such a push."""
    try:
        return part.looks == "xml" and _is_push(parse_xml(part))
    except Refusal:
        return False


def decode(
    body: bytes, *, headers: Mapping[str, str] | None = None, zone: str | None = None, mapping: Any = None
) -> list[Reading]:
    """The minutes of a push; one without any is a sign of life. Raises Refusal: not such a push, a wrong field."""
    return read_parts(body, headers, lambda part: _push(parse_xml(part), zone))


def _is_push(root: etree._Element) -> bool:
    return root.tag == "Metrics" and root.find("ReportData") is not None


def _push(root: etree._Element, zone: str | None) -> list[Reading]:
    if not _is_push(root):
        raise Refusal("no Metrics with ReportData: not a push of a Brickstream or HELLA counter")
    sensor = name(root.findtext("Properties/SerialNumber"), where="SerialNumber")
    minutes = [_minute(told, sensor, zone) for told in root.iterfind("ReportData/Report/Object/Count")]
    return minutes or [Reading(kind="heartbeat", sensor=sensor)]


def _minute(told: etree._Element, sensor: str, zone: str | None) -> Reading:
    line: Any = told.getparent()
    date = line.getparent().get("Date", "")
    channel = name(line.get("Id") or line.get("Name"), where="Object Id")
    where = f"{channel}: "
    start, end = (
        moment(f"{date} {told.get(field, '')}", where=where + field, zone=zone, form=_FORM)
        for field in ("StartTime", "EndTime")
    )
    return Reading(
        kind="interval",
        sensor=sensor,
        channel=channel,
        start=start,
        end=end if end > start else end + _DAY_MS,  # the last minute ends at 00:00:00 of the next day
        count_in=count(told.get("Enters"), where=where + "Enters"),
        count_out=count(told.get("Exits"), where=where + "Exits"),
        quality="" if told.get("Status", "0") == "0" else "bad",
    )
