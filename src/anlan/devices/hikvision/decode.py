"""Hikvision ISAPI: alerts pushed by the camera (XML, JSON, multipart) and the answer of a counting search.

XML comes without a namespace or with one of three; JSON has the same field names; the vendor's cloud wraps the
XML as text in JSON. `realTime` is the running total since the daily reset, `timeRange` counts an interval.
`pass`, `childCounting` and vehicles are other quantities and never added (trap T1).
"""

from collections.abc import Mapping
from typing import Any

from anlan.devices.body import Part, branch, many, open_body, parse_tree, shown, word
from anlan.devices.refusal import Refusal
from anlan.devices.values import count, moment, name
from anlan.stream.readings import Reading

CLOCKS_APART_MS = 120_000  # two clocks of one message may differ by the 2 minutes that screening allows
_ROOTS = ("EventNotificationAlert", "CountingStatisticsResult", "countingStatisticsResult")


def recognises(part: Part) -> bool:
    """Whether a part is an ISAPI alert or search result."""
    try:
        root, node = _root(part)
    except Refusal:
        return False
    return root in _ROOTS and ("eventType" in node or "Statistics" in root)


def decode(
    body: bytes, *, headers: Mapping[str, str] | None = None, zone: str | None = None, mapping: Any = None
) -> list[Reading]:
    """The readings of an ISAPI body. Alerts about other things are passed over where a body also holds counts.

    Raises Refusal: no part can be read, a count or a time is wrong, nothing in it counts people.
    """
    readings, foreign, read = [], "", False
    for part in open_body(body, headers):
        root, node = _root(part)
        if root not in _ROOTS:
            foreign = f"{shown(root)} is not an ISAPI alert or counting result"
        elif "Statistics" in root:
            readings += _search_result(node, zone)
            read = True
        elif reader := _READERS.get(word(node, "eventType").lower()):
            readings += reader(node, zone)
            read = True
        else:
            foreign = (
                f"eventType {shown(node.get('eventType'))!r} counts no people: switch it off for this address"
            )
    if not read:
        raise Refusal(foreign)
    return readings


def _root(part: Part) -> tuple[str, dict]:
    """(name, fields) of a part's outermost element, out of the cloud's wrapping and of bare JSON alike."""
    tree = parse_tree(part)
    if isinstance(payload := branch(tree, "body").get("payload"), str):
        inner = parse_tree(Part(payload.encode("utf-8", "replace")))
        if isinstance(inner, dict) and (alert := branch(inner, _ROOTS[0])):
            device = name(branch(tree, "header").get("deviceId"), where="deviceId")
            return _ROOTS[0], {"macAddress": device} | alert
        tree = inner
    if isinstance(tree, dict) and "eventType" in tree:
        return _ROOTS[0], tree
    if isinstance(tree, dict) and tree:
        root = next(iter(tree))
        return root, branch(tree, root)
    return "a list", {}


def _people_counting(alert: dict, zone: str | None) -> list[Reading]:
    blocks = many(alert.get("peopleCounting", alert.get("PeopleCounting")))
    if not blocks:
        raise Refusal("an alert of PeopleCounting without its peopleCounting block: nothing to read")
    return [_counting(alert, branch(block), zone) for block in blocks]


def _counting(alert: dict, counting: dict, zone: str | None) -> Reading:
    reading = Reading(
        kind="interval",
        sensor=_sensor(alert),
        channel=_channel(alert, counting),
        count_in=count(counting.get("enter"), where="peopleCounting.enter"),
        count_out=count(counting.get("exit"), where="peopleCounting.exit"),
    )
    method = counting.get("statisticalMethods")
    if method == "timeRange":
        span = branch(counting, "TimeRange") or branch(counting, "timeRange")
        reading.start = moment(span.get("startTime"), where="TimeRange.startTime", zone=zone)
        reading.end = moment(span.get("endTime"), where="TimeRange.endTime", zone=zone)
    elif method == "realTime":
        reading.kind, reading.reset = "cumulative", "daily"
        reading.t, reading.quality = _count_time(alert, counting, zone)
    else:
        raise Refusal(f"statisticalMethods is {shown(method)!r}: set realTime or timeRange in the camera")
    return reading


def _count_time(alert: dict, counting: dict, zone: str | None) -> tuple[int, str]:
    """(time, quality) of a running total: the counting's own clock speaks; if the alert's clock is far off, neither
    can be trusted, and the reading says so (trap T3). A re-sent alert may well be younger than its count."""
    sent = alert.get("dateTime")
    counted = (branch(counting, "RealTime") or branch(counting, "realTime")).get("time") or sent
    t = moment(counted, where="RealTime.time", zone=zone)
    if sent is None or str(alert.get("isDataRetransmission")).lower() == "true":
        return t, ""
    apart = abs(moment(sent, where="dateTime", zone=zone) - t)
    return t, "clock" if apart > CLOCKS_APART_MS else ""


def _frames_people_counting(alert: dict, zone: str | None) -> list[Reading]:
    readings = []
    for frame in many(alert.get("FramesPeopleCounting") or alert.get("framesPeopleCounting")):
        present = branch(frame)
        readings.append(
            Reading(
                kind="occupancy",
                sensor=_sensor(alert),
                channel=_channel(alert, present),
                t=moment(alert.get("dateTime"), where="dateTime", zone=zone),
                value=count(present.get("framesPeopleCountingNum"), where="framesPeopleCountingNum"),
            )
        )
    return readings


def _alive(alert: dict, zone: str | None) -> list[Reading]:
    """`videoloss` `inactive` is the keep-alive of an alert stream, not a fault (trap T9)."""
    sent = alert.get("dateTime")
    reading = Reading(kind="heartbeat", sensor=_sensor(alert), channel=_channel(alert, {}))
    reading.t = None if sent is None else moment(sent, where="dateTime", zone=zone)
    if word(alert, "eventType").lower() == "videoloss" and alert.get("eventState") != "inactive":
        reading.kind, reading.state = "health", "videoloss"
    return [reading]


def _search_result(result: dict, zone: str | None) -> list[Reading]:
    readings = []
    for found in many(branch(result, "matchList").get("matchElement")):
        match = branch(found)
        span = branch(match, "timeSpan") or match
        readings.append(
            Reading(
                kind="interval",
                start=moment(span.get("startTime"), where="matchElement.startTime", zone=zone),
                end=moment(span.get("endTime"), where="matchElement.endTime", zone=zone),
                count_in=count(match.get("enterCount"), where="enterCount"),
                count_out=count(match.get("exitCount"), where="exitCount"),
            )
        )
    return readings


def _sensor(alert: dict) -> str:
    return name(alert.get("macAddress"), where="macAddress")


def _channel(alert: dict, counting: dict) -> str:
    """`channelID/regionsID`: ids, because names are edited (trap T8); the camera's first region may have none."""
    channel = name(alert.get("channelID"), where="channelID")
    region = name(counting.get("regionsID", counting.get("regionID")), where="regionsID")
    return f"{channel}/{region}" if region else channel


_READERS = {
    "peoplecounting": _people_counting,
    "framespeoplecounting": _frames_people_counting,
    "videoloss": _alive,
    "heartbeat": _alive,
}
