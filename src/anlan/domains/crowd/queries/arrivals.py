"""Planned arrivals and the days they make: what the forecast and the calendar ask."""

from datetime import datetime, time, timedelta

import numpy as np
from django.utils import timezone

from anlan.domains.crowd.models import PlannedArrivals
from anlan.domains.crowd.queries.spaces import sees
from anlan.domains.crowd.rules import spread
from anlan.kit import calendar

MINUTE_S = 60
REACH = timedelta(days=2)  # a gathering's people come at most from the evening before to the night after


def planned_arrivals(place, start, end):
    """People per minute expected at `place` for gatherings, float64 [minutes]: the minutes from `start` to `end`.

    The first minute is the one that holds `start`; withdrawn gatherings bring nobody. A span that is empty or turned
    round gives an empty array.
    """
    found = arrivals_by_place(start, end, place=place)
    return found[place.pk] if place.pk in found else np.zeros(count_minutes(start, end))


def arrivals_by_place(start, end, **narrowed):
    """{place id: people per minute as `planned_arrivals` gives them} of every place that expects any, in one query."""
    minutes = count_minutes(start, end)
    days = (timezone.localdate(start) - REACH, timezone.localdate(end) + REACH)
    rows = PlannedArrivals.objects.filter(withdrawn_at=None, held_on__range=days, **narrowed)
    found: dict[int, np.ndarray] = {}
    for place_id, held_on, curve in rows.values_list("place_id", "held_on", "curve"):
        midnight = timezone.make_aware(datetime.combine(held_on, time.min))
        offset = int((midnight - start.replace(second=0, microsecond=0)).total_seconds()) // MINUTE_S
        rate = spread(curve, midnight_min=offset, minutes=minutes)
        if rate.any():
            found[place_id] = found.get(place_id, 0) + rate
    return found


def count_minutes(start, end):
    """The minutes from the one that holds `start` up to `end`."""
    first = start.replace(second=0, microsecond=0)
    return max(0, -int(-(end - first).total_seconds() // MINUTE_S))


def gathering_days(place, first, last):
    """The dates from `first` to `last`, both included, on which `place` has a gathering that stands."""
    rows = PlannedArrivals.objects.filter(place=place, withdrawn_at=None, held_on__range=(first, last))
    return set(rows.values_list("held_on", flat=True))


def days_of(place, first, last, *, today):
    """The rulebook's Day of each date at `place`: the district's calendar, and the gatherings of the place."""
    return calendar.days(first, last, today=today, gatherings=gathering_days(place, first, last))


def visible_arrivals(person):
    """The planned arrivals of the places that `person` sees, withdrawn ones too."""
    return PlannedArrivals.objects.filter(sees(person)).select_related("place__organisation")


def arrivals_ahead(place, *, today):
    """What a place expects from today on, the nearest first."""
    return PlannedArrivals.objects.filter(place=place, withdrawn_at=None, held_on__gte=today)


def find_arrivals(place, *, held_on, name):
    """The planned arrivals of this gathering that stand, or None."""
    return PlannedArrivals.objects.filter(
        place=place, held_on=held_on, name=name.strip(), withdrawn_at=None
    ).first()


def curve_points(row):
    """[[ms since 1970, people in the quarter]] for a chart: from a quarter before the first to one after the last."""
    midnight = timezone.make_aware(datetime.combine(row.held_on, time.min))
    people = dict(map(tuple, row.curve))
    minutes = range(min(people) - 15, max(people) + 16, 15) if people else ()
    return [
        [int((midnight + timedelta(minutes=one)).timestamp() * 1000), people.get(one, 0)] for one in minutes
    ]
