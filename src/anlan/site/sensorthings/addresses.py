"""Resource paths: `Things('GATE-1')/Datastreams`, and the ids that stand in them.

A Thing's id is the sensor's code. A Datastream's id is "<sensor>!<channel>!<measure>", an Observation's adds
"!<start of its minute, UTC ms>"; inside a name "!" is written "~1", "/" "~2" and "~" "~0", so that an id is one
segment of a path and can be taken apart in one way only.
"""

import re
from typing import NamedTuple
from urllib.parse import quote

from anlan.site.sensorthings.refusals import Refused, shown

MEASURES = ("in", "out", "occupancy", "density")
SETS = (
    "Things", "Locations", "HistoricalLocations", "Datastreams", "Sensors", "ObservedProperties", "Observations",
    "FeaturesOfInterest",
)  # fmt: skip
RELATIONS = {
    "Things": {
        "Locations": "Locations", "HistoricalLocations": "HistoricalLocations", "Datastreams": "Datastreams",
    },
    "Locations": {"Things": "Things", "HistoricalLocations": "HistoricalLocations"},
    "HistoricalLocations": {"Thing": "Things", "Locations": "Locations"},
    "Datastreams": {
        "Thing": "Things", "Sensor": "Sensors", "ObservedProperty": "ObservedProperties",
        "Observations": "Observations",
    },
    "Sensors": {"Datastreams": "Datastreams"},
    "ObservedProperties": {"Datastreams": "Datastreams"},
    "Observations": {"Datastream": "Datastreams", "FeatureOfInterest": "FeaturesOfInterest"},
    "FeaturesOfInterest": {"Observations": "Observations"},
}  # fmt: skip
MOST_PATH_CHARS = 2_000
STEP = re.compile(r"/?([A-Za-z]+)(?:\((?:'((?:[^']|'')*)'|(-?\d+))\))?(?=/|$)")
ESCAPES = (("~", "~0"), ("!", "~1"), ("/", "~2"))


class Step(NamedTuple):
    """One step of a resource path: a set of entities, or with an id one of them, or a property's name."""

    name: str
    id: str | None


class Stream(NamedTuple):
    """What a Datastream stands for: one measure of one channel of one sensor."""

    sensor: str
    channel: str
    measure: str


def read_path(path):
    """The steps of a path below the service root. Raises Refused (404) where it is none."""
    steps, at = [], 0
    path = path.rstrip("/")
    while at < len(path):
        found = STEP.match(path, at) if len(path) <= MOST_PATH_CHARS else None
        if found is None:
            raise Refused(404, f"no such resource: {shown(path)}")
        name, text, number = found.groups()
        steps.append(Step(name, text.replace("''", "'") if text is not None else number))
        at = found.end()
    return steps


def write_id(*names):
    """Names, and at the end of an Observation's id a time, as one id."""
    return "!".join(escape(str(name)) for name in names)


def escape(name):
    for plain, escaped in ESCAPES:
        name = name.replace(plain, escaped)
    return name


def unescape(name):
    for plain, escaped in reversed(ESCAPES):
        name = name.replace(escaped, plain)
    return name


def read_stream(text):
    """The Stream of a Datastream's id. Raises Refused (404) where it cannot be one."""
    parts = [unescape(part) for part in text.split("!")]
    if len(parts) != 3 or parts[2] not in MEASURES:
        raise Refused(
            404, f"no Datastream {shown(text)}: an id reads <sensor>!<channel>!<{'|'.join(MEASURES)}>"
        )
    return Stream(*parts)


def read_observation(text):
    """(Stream, start of the minute in UTC ms) of an Observation's id. Raises Refused (404)."""
    stream, _, minute = text.rpartition("!")
    if not re.fullmatch(r"\d{1,14}", minute, re.ASCII):
        raise Refused(
            404, f"no Observation {shown(text)}: an id reads <Datastream>!<start of its minute, UTC ms>"
        )
    return read_stream(stream), int(minute)


def address(name, id_text):
    """The path of one entity below the service root."""
    inside = quote(id_text.replace("'", "''"), safe="!~':")
    return f"{name}('{inside}')"
