"""Dahua NumberStat: the answer to `getSummary` (text, key=value) and to `doFind` (JSON).

The summary gives Hour, Today and Total, three resets of one quantity: Today is read, it falls at midnight (traps
T1, T2). `doFind` gives interval counts in local time without a zone (trap T3).
"""

from collections.abc import Mapping
from typing import Any

from anlan.devices.body import Part, branch, is_json, many, parse_json, read_parts, text
from anlan.devices.refusal import Refusal
from anlan.devices.values import count, moment, name
from anlan.stream.readings import Reading

_MAX_LINES = 1000
_SUMMARY = "summary."


def recognises(part: Part) -> bool:
    """Whether a part is a summary or the result of a search."""
    return recognises_summary(part.content) if part.looks == "text" else is_json(part, _found)


def recognises_summary(answer: bytes) -> bool:
    """Whether an answer is a summary, by its first word."""
    return answer.lstrip().startswith(_SUMMARY.encode())


def decode(
    body: bytes, *, headers: Mapping[str, str] | None = None, zone: str | None = None, mapping: Any = None
) -> list[Reading]:
    """The readings of an answer. Raises Refusal: not such an answer, a count or a time is wrong."""
    return read_parts(body, headers, lambda part: _answer(part, zone))


def _answer(part: Part, zone: str | None) -> list[Reading]:
    if part.looks != "json":
        return [_summary(text(part))]
    document = parse_json(part)
    if not isinstance(branch(document, "params").get("info"), list):
        raise Refusal("no params.info: not the answer to doFind of videoStatServer")
    return [_interval(branch(entry), zone) for entry in _found(document)]


def _found(document: Any) -> list:
    entries = many(branch(document, "params").get("info"))
    return entries if all("EnteredSubtotal" in branch(entry) for entry in entries) else []


def _summary(answer: str) -> Reading:
    pairs = (line.partition("=") for line in answer.splitlines()[:_MAX_LINES])
    told = {key.strip().removeprefix(_SUMMARY): value.strip() for key, equals, value in pairs if equals}
    if "EnteredSubtotal.Today" not in told:
        raise Refusal("no summary.EnteredSubtotal.Today: not the answer to getSummary of videoStatServer")
    return Reading(
        kind="cumulative",
        channel=_channel(told.get("Channel"), told.get("RuleName")),
        t=moment(told.get("UTC"), where="summary.UTC", form="s"),
        count_in=count(told["EnteredSubtotal.Today"], where="EnteredSubtotal.Today"),
        count_out=count(told.get("ExitedSubtotal.Today"), where="ExitedSubtotal.Today"),
        reset="midnight",
    )


def _interval(entry: dict, zone: str | None) -> Reading:
    return Reading(
        kind="interval",
        channel=_channel(entry.get("Channel"), entry.get("RuleName"), entry.get("AreaID")),
        start=moment(entry.get("StartTime"), where="StartTime", zone=zone),
        end=moment(entry.get("EndTime"), where="EndTime", zone=zone),
        count_in=count(entry.get("EnteredSubtotal"), where="EnteredSubtotal"),
        count_out=count(entry.get("ExitedSubtotal"), where="ExitedSubtotal"),
    )


def _channel(*pieces: Any) -> str:
    """`channel/rule` and, where areas are told apart, `/area`."""
    return "/".join(filter(None, (name(piece, where="channel") for piece in pieces)))
