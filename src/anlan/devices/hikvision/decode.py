"""Hikvision ISAPI: alerts pushed by the camera (XML, JSON, multipart) and the answer of a counting search.

XML comes without a namespace or with one of three; JSON has the same field names; the vendor's cloud wraps the
XML as text in JSON. `realTime` is the running total since the daily reset, `timeRange` counts an interval.
`pass`, `childCounting` and vehicles are other quantities and never added (trap T1).
"""

from collections.abc import Mapping
from typing import Any

from anlan.devices.body import Part, branch, many, open_body, parse_tree, shown, word
from anlan.devices.hikvision.alert import READERS
from anlan.devices.refusal import Refusal
from anlan.devices.values import count, moment, name
from anlan.stream.readings import Reading

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
        elif reader := READERS.get(word(node, "eventType").lower()):
            readings += reader(node, zone)
            read = True
        else:
            foreign = (
                f"eventType {shown(node.get('eventType'))!r} counts no people: switch it off for this address"
            )
    if not read:
        raise Refusal(foreign)
    return readings


def counts_people(part: Part, channel: str = "") -> bool:
    """Whether an alert of a mixed stream is for us, of this channel if one is named; what cannot be read is, too:
    decoding says why."""
    if part.looks == "binary":
        return False
    try:
        root, alert = _root(part)
        number = name(alert.get("channelID"), where="channelID")
    except Refusal:
        return True
    if channel and number not in ("", channel):
        return False
    return root not in _ROOTS or word(alert, "eventType").lower() in READERS


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
