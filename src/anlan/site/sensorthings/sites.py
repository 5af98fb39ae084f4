"""The places that sensors hang at, with their geometry: WGS-84 as the register keeps it."""

from typing import NamedTuple

from anlan.domains.places import queries as places


class Site(NamedTuple):
    """A place as SensorThings tells of it; `geometry` is GeoJSON, None where the register has none."""

    code: str
    name: str
    described: str
    geometry: dict | None


def read_sites(ids):
    """{place id: Site}."""
    return {id_: site_of(place) for id_, place in places.places_by_id(ids).items()}


def site_of(place):
    """A place's outline, or where it has none its point (datum WGS-84, EPSG:4326, longitude first)."""
    point = {"type": "Point", "coordinates": [place.lon, place.lat]} if place.lon is not None else None
    return Site(
        place.code, place.name, f"{place.get_kind_display()} {place.code}, WGS-84", place.outline or point
    )
