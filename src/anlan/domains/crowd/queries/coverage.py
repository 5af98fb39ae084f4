"""Which places are counted and which are not yet: the plan 「增设计划」 of mission row A4."""

from dataclasses import dataclass

from anlan.domains.crowd.models import Sensor
from anlan.domains.places.queries import visible_places


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

    `without` is the queryset of the others; `unbound` the ids of those whose sensors count nothing yet.
    """
    places = visible_places(person).filter(retired_at=None)
    in_use = Sensor.objects.filter(retired_at=None)
    counted = in_use.filter(bindings__isnull=False).values("place_id")
    without = places.exclude(pk__in=counted)
    unbound = frozenset(in_use.filter(place__in=without).values_list("place_id", flat=True))
    total = places.count()
    return Coverage(total, total - without.count(), without, unbound)


def covered_place_ids():
    """The ids of all places with a sensor in use that is bound."""
    in_use = Sensor.objects.filter(retired_at=None, bindings__isnull=False)
    return set(in_use.values_list("place_id", flat=True))
