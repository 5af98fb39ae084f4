"""Who sees which places, and the register as the watch and the public need it."""

from typing import NamedTuple

from django.db.models import Count, OuterRef, Q, Subquery

from anlan.domains.accounts.terms import Right
from anlan.domains.places import rules
from anlan.domains.places.models import Assessment, Place, RailLine
from anlan.domains.places.queries.capacity import capacities, determinations_on
from anlan.domains.places.terms import AssessmentState, CapacityKind
from anlan.kit.models import Change


class WatchedSpace(NamedTuple):
    """A place or one of its zones as the watch sees it; zone codes are "PLACE/ZONE".

    `area_m2` is the effective area (of a place: the sum of its zones, None when one is unknown);
    `exit_per_min` the determined exit capacity; widths are those of entrances that let people out;
    `passage_per_min` what all its entrances in use let through together, None where the size of one is not known.
    """

    code: str
    name: str
    parent: str | None
    kind: str
    place_id: int
    zone_id: int | None
    organisation_path: str
    lon: float | None
    lat: float | None
    outline: dict | None
    capacity_persons: int | None
    area_m2: float | None
    exit_per_min: int | None
    exit_width_m: float | None
    narrowest_exit_m: float | None
    passage_per_min: float | None
    is_demo: bool


def sees(person, right=Right.VIEW):
    """The condition for places that `person` reaches with `right`: by the supervising or by the operating side."""
    return person.reach(right) | person.reach(right, through="operator")


def visible_places(person, *, retired=False):
    """Places that `person` sees as supervisor or operator; `retired` adds those taken off the register."""
    places = Place.objects.select_related("organisation", "operator", "parent").filter(sees(person))
    return places if retired else places.filter(retired_at=None)


def editable_places(person):
    """Registered places that `person` may edit."""
    return Place.objects.filter(person.reach(Right.PLACES_EDIT), retired_at=None)


def find_place(code, person):
    """The place with this code that `person` sees, also a retired one, or None."""
    return visible_places(person, retired=True).filter(code=code).first()


def with_assessment(places):
    """`places` annotated with `assessed_on` and `assess_next_on` of the latest assessment, else None."""
    latest = Assessment.objects.filter(place=OuterRef("pk")).order_by("-assessed_on", "-id")
    return places.annotate(
        assessed_on=Subquery(latest.values("assessed_on")[:1]),
        assess_next_on=Subquery(latest.values("next_on")[:1]),
    )


def assessment_state(assessed_on, next_on, today):
    """How the latest assessment (its date and the next one's, None where there is none) stands on `today`."""
    if assessed_on is None:
        return AssessmentState.NEVER
    return AssessmentState.OVERDUE if next_on is not None and next_on < today else AssessmentState.DONE


def answers_for(person, right, place):
    """Whether `person` holds `right` over the place: on the supervising or on the operating side."""
    sides = [place.organisation, place.operator]
    return any(person.may(right, side) for side in sides if side is not None)


def search(text, person, *, most=20):
    """Places whose code, name, English name or address contains `text`."""
    text = text.strip()
    if not text:
        return []
    found = Q()
    for name in ("code", "name", "name_en", "address"):
        found |= Q(**{f"{name}__icontains": text})
    return list(visible_places(person).filter(found)[:most])


def public_places():
    """Registered places that the public page shows, with their entrances."""
    places = Place.objects.filter(is_public=True, retired_at=None)
    return places.select_related("organisation", "operator").prefetch_related("entrances")


def operated_places():
    """Registered places that somebody operates."""
    rows = Place.objects.filter(retired_at=None).exclude(operator=None)
    return rows.select_related("organisation", "operator")


def places_by_id(ids):
    """{id: place} of these ids, for pages that join other records to places."""
    return Place.objects.select_related("organisation", "operator").in_bulk(ids)


def registered_places(codes):
    """{code: place} of those of these codes that are on the register, whoever asks."""
    found = Place.objects.filter(code__in=codes, retired_at=None).select_related("organisation", "operator")
    return {place.code: place for place in found}


def rail_lines():
    """Rail lines with `station_count` of registered stations."""
    active = Count("stations", filter=Q(stations__retired_at=None))
    return RailLine.objects.select_related("organisation").annotate(station_count=active)


def map_places(places):
    """These places as `web/lib/map.js` draws them; level "undetermined" where a capacity is due and missing."""
    return [
        {
            "code": place.code, "name": place.name, "lon": place.lon, "lat": place.lat, "outline": place.outline,
            "level": "undetermined" if place.is_capacity_due and place.capacity_persons is None else "none",
        }
        for place in places
    ]  # fmt: skip


PARTS = ("places.zone", "places.entrance", "places.capacitydetermination", "places.assessment")


def story(place):
    """The place's change rows, newest first: its own, and those of its zones, entrances and capacities.

    A part's first row names its place; so parts that were removed since are found too.
    """
    first = Change.objects.filter(subject_kind__in=PARTS, after__place__id=place.pk)
    told = Q(subject_kind="places.place", subject_id=str(place.pk))
    for kind in PARTS:
        ids = list(first.filter(subject_kind=kind).values_list("subject_id", flat=True))
        told |= Q(subject_kind=kind, subject_id__in=ids)
    return Change.objects.filter(told).select_related("by", "organisation")


def watched_spaces(on):
    """Every registered place and zone as a WatchedSpace, parents before children; `on` is the date.

    Four queries whatever their number.
    """
    places = Place.objects.filter(retired_at=None).select_related("organisation", "parent")
    places = list(places.prefetch_related("zones", "entrances"))
    held = capacities(on)
    exits = determinations_on(on, kinds=[CapacityKind.EXIT])
    per_min = {(place_id, zone_id): row.value_persons for (place_id, zone_id, _kind), row in exits.items()}
    spaces = []
    for place in sorted(places, key=lambda place: (place.parent_id is not None, place.code)):
        spaces.append(watch_place(place, held, per_min))
        spaces += [watch_zone(place, zone, held, per_min) for zone in place.zones.all()]
    return spaces


def watch_place(place, held, per_min):
    areas = [zone.effective_area_m2 for zone in place.zones.all()]
    parent = place.parent if place.parent_id and place.parent.retired_at is None else None
    return WatchedSpace(
        code=place.code, name=place.name, parent=parent.code if parent else None, zone_id=None,
        lon=place.lon, lat=place.lat, outline=place.outline,
        area_m2=sum(areas) if areas and None not in areas else None,
        **watch(place, held, per_min, zone_id=None, entrances=place.entrances.all()),
    )  # fmt: skip


def watch_zone(place, zone, held, per_min):
    own = [entrance for entrance in place.entrances.all() if entrance.zone_id == zone.pk]
    return WatchedSpace(
        code=f"{place.code}/{zone.code}", name=str(zone), parent=place.code, zone_id=zone.pk,
        lon=None, lat=None, outline=zone.outline, area_m2=zone.effective_area_m2,
        **watch(place, held, per_min, zone_id=zone.pk, entrances=own),
    )  # fmt: skip


def watch(place, held, per_min, *, zone_id, entrances):
    widths = [
        entrance.clear_width_m
        for entrance in entrances
        if entrance.clear_width_m is not None and rules.may_leave(entrance.state)
    ]
    passages = rules.sum_passages([(entrance.state, entrance.passage_per_min) for entrance in entrances])
    return {
        "kind": place.kind, "place_id": place.pk, "organisation_path": place.organisation.path,
        "capacity_persons": held.get((place.pk, zone_id)), "exit_per_min": per_min.get((place.pk, zone_id)),
        "exit_width_m": sum(widths) if widths else None, "narrowest_exit_m": min(widths, default=None),
        "passage_per_min": passages, "is_demo": place.is_demo,
    }  # fmt: skip


def operators_in_use():
    """The ids of the organisations that operate places of the register."""
    rows = Place.objects.filter(retired_at=None).exclude(operator=None).order_by()
    return set(rows.values_list("operator", flat=True).distinct())
