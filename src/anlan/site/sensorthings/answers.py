"""Answers to GET: a resource path and a question, resolved over what the caller may see."""

from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlencode

import numpy as np

from anlan.site.sensorthings.addresses import (
    RELATIONS,
    SETS,
    address,
    read_observation,
    read_stream,
    write_id,
)
from anlan.site.sensorthings.minutes import Minutes, read_minute, read_minutes
from anlan.site.sensorthings.refusals import Refused, shown
from anlan.site.sensorthings.relations import ONE, members
from anlan.site.sensorthings.tables import choose

MOST_READS = 200  # of the history for one answer
STANDARD = "http://www.opengis.net/spec/iot_sensing/1.1/req"
DATA_ARRAY = f"{STANDARD}/data-array/data-array"
CONFORMANCE = [
    f"{STANDARD}/{name}"
    for name in (
        "datamodel", "resource-path/resource-path-to-entities", "request-data/order", "request-data/select",
        "request-data/status-code", "request-data/query-status-code", "request-data/orderby", "request-data/top",
        "request-data/skip", "request-data/count", "request-data/filter", "request-data/pagination",
    )
]  # fmt: skip


class Found(NamedTuple):
    """Where a path leads: one entity of a kind, or without `entity` the set of them below `parent`, a (kind, entity)."""

    kind: str
    entity: object = None
    parent: object = None


class Moment(NamedTuple):
    """What an Observation stands for: row `at` of the Minutes of a Stream."""

    stream: object
    minutes: Minutes
    at: int


class Answers:
    """Answers for one caller: `catalogue` is what it may see."""

    def __init__(self, catalogue):
        self.catalogue = catalogue
        self.reads = 0

    def root(self):
        """The service root: what there is, and what of the standard is kept."""
        base = self.catalogue.base
        return {
            "value": [{"name": name, "url": f"{base}/{name}"} for name in SETS],
            "serverSettings": {
                "conformance": [*CONFORMANCE, DATA_ARRAY],
                DATA_ARRAY: {"endpoints": [f"{base}/CreateObservations"]},
            },
        }

    def answer(self, steps, question):
        """The body for a resource path. Raises Refused."""
        if not steps:
            return self.root()
        found = self.resolve(steps)
        if found.entity is not None:
            return self.show(found.kind, found.entity, question)
        path = "/".join(address(step.name, step.id) if step.id is not None else step.name for step in steps)
        return self.page(found, question, path)

    # ---- from a path to entities -----------------------------------------------------------------------

    def resolve(self, steps):
        """The Found at the end of a path. Raises Refused (404)."""
        if steps[0].name not in SETS:
            raise Refused(404, f"no such resource: {shown(steps[0].name)}; there are {', '.join(SETS)}")
        found = self.pick(Found(steps[0].name), steps[0].id)
        for step in steps[1:]:
            if found.entity is None:
                raise Refused(404, f"{found.kind} is a set: name one of it before {shown(step.name)}")
            found = self.pick(self.follow(found, step.name), step.id)
        return found

    def pick(self, found, id_text):
        """One of a set by its id; without an id the set itself."""
        if id_text is None:
            return found
        entity = self.find(found, id_text) if found.entity is None else None
        if entity is None:
            raise Refused(404, f"no {found.kind} {shown(id_text)}, or not for this caller")
        return Found(found.kind, entity)

    def find(self, found, id_text):
        """The entity with this id in a set, or None."""
        if found.kind == "Observations":
            stream, minute_ms = read_observation(id_text)
            if not self.has(stream) or not self.is_below(stream, found.parent):
                return None
            minutes = read_minute(self.catalogue.scene, stream, minute_ms)
            known = np.flatnonzero(minutes.minute_ms == minute_ms).tolist()
            return Moment(stream, minutes, known[-1]) if known else None
        if found.kind == "Datastreams" and found.parent is None:
            stream = read_stream(id_text)
            return stream if self.has(stream) else None
        entity = read_stream(id_text) if found.kind == "Datastreams" else id_text
        return entity if entity in members(self.catalogue, found.kind, found.parent) else None

    def is_below(self, stream, parent):
        """Whether a stream's Observations belong to `parent`: any, the stream itself, or the place it watches."""
        return parent in (
            None, ("Datastreams", stream), ("FeaturesOfInterest", self.catalogue.site_of(stream.sensor)),
        )  # fmt: skip

    def has(self, stream):
        return stream.sensor in self.catalogue.cards and stream in self.catalogue.streams_of(stream.sensor)

    def follow(self, found, name):
        """The Found that a relation of an entity leads to."""
        kind, entity = RELATIONS[found.kind].get(name), found.entity
        if kind is None:
            raise Refused(
                404,
                f"{found.kind} have no {shown(name)}; they have {', '.join(RELATIONS[found.kind]) or 'none'}",
            )
        if name in ONE:
            return Found(kind, ONE[name](self.catalogue, entity))
        return Found(kind, parent=(found.kind, entity))

    def rows(self, found, where):
        """(number of rows, columns by property, the entity at a position) of a set."""
        if found.kind != "Observations":
            entities = members(self.catalogue, found.kind, found.parent)
            return len(entities), self.catalogue.columns(found.kind, entities), entities.__getitem__
        of_kind, stream = found.parent or ("", None)
        if of_kind != "Datastreams":
            raise Refused(
                501 if of_kind else 400,
                "Observations are read of one Datastream: ask Datastreams('<id>')/Observations",
            )
        self.reads += 1
        if self.reads > MOST_READS:
            raise Refused(
                400, f"Observations of more than {MOST_READS} Datastreams at once: ask with a smaller $top"
            )
        minutes = read_minutes(self.catalogue.scene, stream, where)
        return len(minutes.result), minutes.columns(), lambda at: Moment(stream, minutes, at)

    # ---- from entities to a body -----------------------------------------------------------------------

    def page(self, found, question, path):
        """A page of a set, with a link to the next where there is more."""
        n, columns, entity_at = self.rows(found, question.where)
        chosen, total = choose(question, columns, n)
        body = {"@iot.count": total} if question.count else {}
        if chosen and question.skip + len(chosen) < total:
            words = question.words | {"$skip": str(question.skip + len(chosen))}
            body["@iot.nextLink"] = f"{self.catalogue.base}/{path}?{urlencode(words)}"
        return body | {"value": [self.show(found.kind, entity_at(at), question) for at in chosen]}

    def show(self, kind, entity, question):
        """An entity as asked for: some of its properties, some of its relations expanded."""
        shown_now = self.describe(kind, entity)
        for name, deeper in question.expand.items():
            if name not in RELATIONS[kind]:
                raise Refused(400, f"$expand: {kind} have no {shown(name)}")
            found = self.follow(Found(kind, entity), name)
            if found.entity is not None:
                shown_now[name] = self.show(found.kind, found.entity, deeper)
            else:
                own = shown_now["@iot.selfLink"].removeprefix(f"{self.catalogue.base}/")
                page = self.page(found, deeper, f"{own}/{name}")
                shown_now[name] = page.pop("value")
                shown_now |= {f"{name}{key}": value for key, value in page.items()}
        return select(kind, shown_now, question)

    def describe(self, kind, entity):
        return (
            self.describe_moment(entity) if kind == "Observations" else self.catalogue.describe(kind, entity)
        )

    def describe_moment(self, moment):
        minutes, at = moment.minutes, moment.at
        start, end, result = int(minutes.start_ms[at]), int(minutes.end_ms[at]), float(minutes.result[at])
        id_text = write_id(*moment.stream, int(minutes.minute_ms[at]))
        return self.catalogue.linked("Observations", id_text) | {
            "phenomenonTime": clock(start) if start == end else f"{clock(start)}/{clock(end)}",
            "resultTime": clock(end),
            "result": int(result) if result.is_integer() else result,
        }


def select(kind, described, question):
    """Only what $select names, and what was expanded. Raises Refused (400) for what the kind does not have."""
    if not question.select:
        return described
    kept = {}
    for name in question.select:
        name = "@iot.id" if name == "id" else name
        key = f"{name}@iot.navigationLink" if name in RELATIONS[kind] else name
        if key not in described:
            raise Refused(400, f"$select: {kind} have no {shown(name)}")
        if name not in question.expand:
            kept[key] = described[key]
    expanded = {key: value for key, value in described.items() if key.partition("@")[0] in question.expand}
    return kept | {key: value for key, value in expanded.items() if not key.endswith("navigationLink")}


def clock(time_ms):
    """UTC milliseconds as the standard writes times."""
    return (
        datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )
