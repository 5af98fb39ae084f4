"""Which places are counted and which are not yet: the plan 「增设计划」 of mission row A4."""

from dataclasses import dataclass

from anlan.domains.crowd.models import Sensor
from anlan.domains.places.queries import visible_places
from anlan.domains.places.terms import PlaceKind


@dataclass(frozen=True)
class Coverage:
    """Places in use, how many have a counter that counts, and those that have none."""

    total: int
    covered: int
    without: object
    unbound: frozenset

    @property
    def share(self):
        """Covered places over all, 0 to 1; None where there are no places."""
        return self.covered / self.total if self.total else None


def coverage(person):
    """The Coverage of the places `person` sees. A place is covered when a sensor in use there is bound.

    A station's exits are its doors: they are no places to be covered by themselves, and what is counted at an
    exit covers its station. `without` is the queryset of the others; `unbound` the ids of those whose sensors
    count nothing yet.
    """
    places = visible_places(person).exclude(kind=PlaceKind.STATION_EXIT)
    without = places.exclude(pk__in=covered_place_ids())
    in_use = Sensor.objects.filter(retired_at=None, place__in=without)
    total = places.count()
    return Coverage(
        total, total - without.count(), without, frozenset(in_use.values_list("place_id", flat=True))
    )


def covered_place_ids():
    """The ids of all places with a sensor in use that is bound, there or at one of their exits."""
    counting = Sensor.objects.filter(retired_at=None, bindings__isnull=False)
    at_exits = counting.filter(place__kind=PlaceKind.STATION_EXIT, place__parent__isnull=False)
    own = set(counting.values_list("place_id", flat=True))
    return own | set(at_exits.values_list("place__parent_id", flat=True))
