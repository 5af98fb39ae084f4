"""Which places are counted, which are not yet, and by when: the plan 「增设计划」 of mission row A4."""

from dataclasses import dataclass

from django.db.models import F, OuterRef, Subquery

from anlan.domains.crowd.models import CounterPlan, Sensor
from anlan.domains.crowd.rules import PlannedPlace, plan_months, sum_progress
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


@dataclass(frozen=True)
class Plan:
    """The progress to be expected: `whole` of all places, `departments` of each supervising organisation.

    `months` are the first days of the months that the progress of each speaks of.
    """

    months: list
    whole: object
    departments: list


def coverage(person):
    """The Coverage of the places `person` sees. A place is covered when a sensor in use there is bound.

    A station's exits are its doors: they are no places to be covered by themselves, and what is counted at an
    exit covers its station. `without` is the queryset of the others, each with `planned_on` and `plan_note`, what
    is planned first; `unbound` the ids of those whose sensors count nothing yet.
    """
    places = countable_places(person)
    plan = CounterPlan.objects.filter(place=OuterRef("pk"))
    without = places.exclude(pk__in=covered_place_ids()).annotate(
        planned_on=Subquery(plan.values("planned_on")), plan_note=Subquery(plan.values("note"))
    )
    in_use = Sensor.objects.filter(retired_at=None, is_manual=False, place__in=without.values("pk"))
    total = places.count()
    return Coverage(
        total,
        total - without.count(),
        without.order_by(F("planned_on").asc(nulls_last=True), "code"),
        frozenset(in_use.values_list("place_id", flat=True)),
    )


def countable_places(person):
    """The places that `person` sees and that are to be counted: all but the exits of stations."""
    return visible_places(person).exclude(kind=PlaceKind.STATION_EXIT)


def coverage_plan(person, *, today):
    """The Plan of the places `person` sees: how many are counted now, and by each month's end if it is kept."""
    planned = dict(CounterPlan.objects.values_list("place_id", "planned_on"))
    covered = covered_place_ids()
    places = [
        PlannedPlace(place.organisation, place.pk in covered, planned.get(place.pk))
        for place in countable_places(person).order_by("organisation__path")
    ]
    months = plan_months(places, today=today)
    groups = {}
    for place in places:
        groups.setdefault(place.group, []).append(place)
    return Plan(
        months=months,
        whole=sum_progress(None, places, months=months, today=today),
        departments=[sum_progress(group, rows, months=months, today=today) for group, rows in groups.items()],
    )


def find_plan(place):
    """The place's CounterPlan, also one without a date, or None while it never had one."""
    return CounterPlan.objects.filter(place=place).first()


def covered_place_ids():
    """The ids of all places with a sensor in use that is bound, there or at one of their exits."""
    counting = Sensor.objects.filter(retired_at=None, is_manual=False, bindings__isnull=False)
    at_exits = counting.filter(place__kind=PlaceKind.STATION_EXIT, place__parent__isnull=False)
    own = set(counting.values_list("place_id", flat=True))
    return own | set(at_exits.values_list("place__parent_id", flat=True))
