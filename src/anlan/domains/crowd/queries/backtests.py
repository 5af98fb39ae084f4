"""Back-tests: what thresholds would have said of a place's past, and who has looked at the result."""

from datetime import datetime, timedelta

from django.utils import timezone

from anlan.domains.crowd.models import BackTest
from anlan.domains.crowd.queries.spaces import sees
from anlan.domains.crowd.rules import DEFAULT_THRESHOLDS

SEEN_COUNTS = timedelta(days=30)  # a result looked at longer ago is of another season


def visible_backtests(person):
    """The back-tests of the places that a person may see, newest first."""
    return BackTest.objects.filter(sees(person)).select_related("place", "asked_by", "job").order_by("-id")


def find_backtest(person, number, place):
    """The back-test of this number of the place that a person may see, or None; any text may be asked for."""
    if not str(number or "").isdecimal():
        return None
    return visible_backtests(person).filter(place=place, pk=min(int(number), 2**62)).first()


def own_only(values):
    """Those of these thresholds that are not the default, by name."""
    return {name: value for name, value in values.items() if value != DEFAULT_THRESHOLDS.get(name)}


def has_seen_backtest(place, values, person, *, now):
    """Whether the person has looked at the result of a back-test of exactly these thresholds of the place."""
    seen = BackTest.objects.filter(place=place, asked_by=person, seen_at__gte=now - SEEN_COUNTS)
    return any(own_only(row.values) == own_only(values) for row in seen)


def bounds_ms(backtest):
    """[from, to) of a back-test's local days in UTC milliseconds."""
    first, after = (
        timezone.make_aware(datetime.combine(day, datetime.min.time()))
        for day in (backtest.first_day, backtest.last_day + timedelta(days=1))
    )
    return round(first.timestamp() * 1000), round(after.timestamp() * 1000)
