"""Which Things and Datastreams there are for a caller, and how they are described."""

from functools import cached_property

from anlan.site.sensorthings.addresses import RELATIONS, Stream, address, write_id
from anlan.site.sensorthings.sites import read_sites
from anlan.site.sensorthings.tables import texts
from anlan.stream.readings import Kind

FIRST_CHANNEL = "1"  # of a sensor that was never heard of and is bound by no channel of its own
FLOW = ("in", "out")
OF_BINDING = {"flow": FLOW, "presence": ("occupancy",), "density": ("density",), "passage": FLOW}
OF_KIND = {
    Kind.INTERVAL: FLOW, Kind.CUMULATIVE: FLOW, Kind.EVENT: FLOW, Kind.OCCUPANCY: ("occupancy",),
    Kind.DENSITY: ("density",),
}  # fmt: skip
PROPERTIES = {
    "in": ("passages in", "People who passed in the direction that the counter calls in, by minute."),
    "out": ("passages out", "People who passed in the direction that the counter calls out, by minute."),
    "occupancy": ("people present", "Number of people present in the watched area."),
    "density": ("density", "People per square metre in the watched area."),
}
COUNT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_CountObservation"
DECIMAL = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
GEOJSON = "application/geo+json"
UCUM = "http://unitsofmeasure.org/ucum.html"
PERSONS = {"name": "person", "symbol": "{person}", "definition": UCUM}
PER_M2 = {"name": "person per square metre", "symbol": "{person}/m2", "definition": UCUM}


class Catalogue:
    """What one caller may see: `cards` are its sensors by code, `base` the service root's address."""

    def __init__(self, scene, cards, base):
        self.scene, self.cards, self.base = scene, cards, base
        self.bound = {}
        for binding in scene.topology.bindings:
            self.bound.setdefault(binding.sensor, []).append(binding)
        self.heard = scene.line_view().heard

    @cached_property
    def sites(self):
        """The places that the sensors hang at, as Sites by code."""
        return {site.code: site for site in self._site_by_id.values()}

    @cached_property
    def _site_by_id(self):
        return read_sites({card.place_id for card in self.cards.values()})

    def site_of(self, code):
        """The code of the place that a sensor hangs at."""
        return self._site_by_id[self.cards[code].place_id].code

    def streams_of(self, code):
        """The Datastreams of a sensor: for each channel heard of or bound, what it said or is bound to say."""
        bound = self.bound.get(code, ())
        lines = {self.scene.register.names[line][1]: line for line in self.scene.register.lines_of(code)}
        channels = lines.keys() | {binding.channel for binding in bound if binding.channel != "*"}
        found = []
        for channel in sorted(channels or {FIRST_CHANNEL}):
            measures = self.heard_on(lines.get(channel, -1))
            for binding in bound:
                if binding.channel in {"*", channel}:
                    measures |= {*OF_BINDING[binding.measures]}
            found += [
                Stream(code, channel, measure) for measure in PROPERTIES if measure in (measures or FLOW)
            ]
        return found

    def heard_on(self, line):
        """The measures of which a line was heard to speak."""
        kinds = self.heard[line].nonzero()[0].tolist() if 0 <= line < len(self.heard) else ()
        return {measure for kind in kinds for measure in OF_KIND.get(kind, ())}

    def streams(self):
        """Every Datastream."""
        return [stream for code in sorted(self.cards) for stream in self.streams_of(code)]

    # ---- columns to filter and order by ----------------------------------------------------------------

    def columns(self, kind, entities):
        """The columns of a kind's entities by property."""
        columns = {
            "@iot.id": texts([id_of(kind, entity) for entity in entities]),
            "name": texts([self.name_of(kind, entity) for entity in entities]),
        }
        if kind == "Things":
            columns["properties/kind"] = texts([self.cards[code].kind for code in entities])
        if kind == "Datastreams":
            sensors = texts([stream.sensor for stream in entities])
            columns |= {
                "properties/channel": texts([stream.channel for stream in entities]),
                "properties/measure": texts([stream.measure for stream in entities]),
                "Thing/@iot.id": sensors, "Thing/id": sensors,
                "ObservedProperty/@iot.id": texts([stream.measure for stream in entities]),
            }  # fmt: skip
        return columns

    def name_of(self, kind, entity):
        """The name of an entity of any kind but Observations."""
        if kind == "Datastreams":
            return stream_name(entity)
        if kind == "ObservedProperties":
            return PROPERTIES[entity][0]
        return self.sites[entity].name if kind in {"Locations", "FeaturesOfInterest"} else entity

    # ---- descriptions ----------------------------------------------------------------------------------

    def describe(self, kind, entity):
        """An entity of any kind but Observations, with links to what belongs to it."""
        return {
            "Things": self.describe_thing, "Locations": self.describe_spot, "Datastreams": self.describe_stream,
            "Sensors": self.describe_format, "ObservedProperties": self.describe_property,
            "FeaturesOfInterest": self.describe_feature,
        }[kind](entity)  # fmt: skip

    def linked(self, kind, id_text):
        """The @iot properties of an entity: its id, its address, and where its relations are found."""
        own = f"{self.base}/{address(kind, id_text)}"
        links = {f"{each}@iot.navigationLink": f"{own}/{each}" for each in RELATIONS[kind]}
        return {"@iot.id": id_text, "@iot.selfLink": own} | links

    def describe_thing(self, code):
        card = self.cards[code]
        spaces = {space for one in self.bound.get(code, ()) for space in (one.into, one.out_of) if space}
        return self.linked("Things", code) | {
            "name": code,
            "description": f"People counter, format {card.kind}",
            "properties": {"kind": card.kind, "zone": card.zone_name, "spaces": sorted(spaces)},
        }

    def describe_stream(self, stream):
        is_density = stream.measure == "density"
        return self.linked("Datastreams", write_id(*stream)) | {
            "name": stream_name(stream),
            "description": PROPERTIES[stream.measure][1],
            "observationType": DECIMAL if is_density else COUNT,
            "unitOfMeasurement": PER_M2 if is_density else PERSONS,
            "properties": stream._asdict(),
        }

    def describe_property(self, measure):
        name, description = PROPERTIES[measure]
        glossary = f"{self.base}/{address('ObservedProperties', measure)}"
        return self.linked("ObservedProperties", measure) | {
            "name": name, "definition": glossary, "description": description,
        }  # fmt: skip

    def describe_format(self, kind):
        return self.linked("Sensors", kind) | {
            "name": kind, "description": f"People counters that report in the format {kind}",
            "encodingType": "text/html",
            "metadata": f"<p>People counter; its payloads are read as <code>{kind}</code>.</p>",
        }  # fmt: skip

    def describe_spot(self, code):
        site = self.sites[code]
        return self.linked("Locations", code) | {
            "name": site.name, "description": site.described, "encodingType": GEOJSON, "location": site.geometry,
        }  # fmt: skip

    def describe_feature(self, code):
        site = self.sites[code]
        feature = {"type": "Feature", "geometry": site.geometry, "properties": {"code": code}}
        return self.linked("FeaturesOfInterest", code) | {
            "name": site.name, "description": site.described, "encodingType": GEOJSON, "feature": feature,
        }  # fmt: skip


def id_of(kind, entity):
    """The id of an entity of any kind but Observations."""
    return write_id(*entity) if kind == "Datastreams" else entity


def stream_name(stream):
    return f"{stream.sensor} {stream.channel} {stream.measure}".replace("  ", " ")
