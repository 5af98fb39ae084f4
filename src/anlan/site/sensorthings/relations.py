"""Which entities there are of each kind, and which of them belong together (OGC 18-088, chapter 8)."""

from anlan.site.sensorthings.catalogue import PROPERTIES

ONE = {
    "Thing": lambda catalogue, stream: stream.sensor,
    "Sensor": lambda catalogue, stream: catalogue.cards[stream.sensor].kind,
    "ObservedProperty": lambda catalogue, stream: stream.measure,
    "Datastream": lambda catalogue, moment: moment.stream,
    "FeatureOfInterest": lambda catalogue, moment: catalogue.site_of(moment.stream.sensor),
}
ALL = {
    "Things": lambda catalogue: sorted(catalogue.cards),
    "Locations": lambda catalogue: [code for code, site in sorted(catalogue.sites.items()) if site.geometry],
    "HistoricalLocations": lambda catalogue: [],  # where a sensor hung before is not on record
    "Datastreams": lambda catalogue: catalogue.streams(),
    "Sensors": lambda catalogue: sorted({card.kind for card in catalogue.cards.values()}),
    "ObservedProperties": lambda catalogue: list(PROPERTIES),
    "FeaturesOfInterest": lambda catalogue: sorted(catalogue.sites),
}
OF = {
    ("Things", "Datastreams"): lambda catalogue, code: catalogue.streams_of(code),
    ("Things", "Locations"): lambda catalogue, code: [
        place for place in [catalogue.site_of(code)] if catalogue.sites[place].geometry
    ],
    ("Locations", "Things"): lambda catalogue, place: [
        code for code in sorted(catalogue.cards) if catalogue.site_of(code) == place
    ],
    ("Sensors", "Datastreams"): lambda catalogue, kind: [
        stream for stream in catalogue.streams() if catalogue.cards[stream.sensor].kind == kind
    ],
    ("ObservedProperties", "Datastreams"): lambda catalogue, measure: [
        stream for stream in catalogue.streams() if stream.measure == measure
    ],
}


def members(catalogue, kind, parent=None):
    """Every entity of a kind, or those that belong to `parent`, a (kind, entity)."""
    if parent is None:
        return ALL[kind](catalogue)
    of_kind, entity = parent
    return OF[of_kind, kind](catalogue, entity) if (of_kind, kind) in OF else []
