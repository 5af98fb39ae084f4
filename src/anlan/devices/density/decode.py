"""Density.io: the webhook of one passage, with the number present afterwards.

It carries no time, so the receive time will do (trap T3), and its ids are used again (trap T4): none is kept.
The doorway is the channel of the passage, the space that of the number present.
"""

from collections.abc import Mapping
from typing import Any

from anlan.devices.body import Part, branch, is_json, many, parse_json, read_parts, shown
from anlan.devices.refusal import Refusal
from anlan.devices.values import name, whole
from anlan.stream.readings import Reading

_DIRECTIONS = {1: "count_in", -1: "count_out"}


def recognises(part: Part) -> bool:
    """Whether a part is such a webhook."""
    return is_json(part, lambda document: _is_passage(branch(document)))


def decode(
    body: bytes, *, headers: Mapping[str, str] | None = None, zone: str | None = None, mapping: Any = None
) -> list[Reading]:
    """The readings of a webhook. Raises Refusal: not such a one, a wrong field."""
    passages = read_parts(body, headers, lambda part: many(parse_json(part)))
    return [reading for told in map(branch, passages) for reading in _readings(told)]


def _is_passage(told: dict) -> bool:
    return {"space_id", "doorway_id", "direction"} <= set(told)


def _readings(told: dict) -> list[Reading]:
    if not _is_passage(told):
        raise Refusal("no doorway_id with a direction: not a count webhook of Density")
    direction = _DIRECTIONS.get(whole(told["direction"], where="direction"))
    if direction is None:
        raise Refusal(f"direction is {shown(told['direction'])!r}: 1 (in) or -1 (out) is needed")
    passage = Reading(kind="event", channel=name(told["doorway_id"], where="doorway_id"))
    setattr(passage, direction, 1)
    if told.get("count") is None:
        return [passage]
    present = Reading(kind="occupancy", channel=name(told["space_id"], where="space_id"))
    present.value = whole(told["count"], where="count")
    return [passage, present]
