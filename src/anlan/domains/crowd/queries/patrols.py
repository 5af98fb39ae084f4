"""Patrols: routes, the rounds of a day, what each has checked in and missed, which are due or overdue."""

from datetime import timedelta

from django.db.models import Count, F, Prefetch, Q
from django.utils import timezone

from anlan.domains.accounts.terms import Right
from anlan.domains.crowd.models import CheckIn, PatrolRound, PatrolRoute, PatrolStop, PlannedArrivals
from anlan.domains.crowd.rules.patrols import EARLY, fits
from anlan.domains.crowd.terms import RoundState
from anlan.kit import calendar
from anlan.kit.days import start_of

RIGHT = Right.VIEW


def visible_routes(person):
    """The routes of organisations that `person` sees, those in use first."""
    rows = PatrolRoute.objects.filter(person.reach(RIGHT)).select_related("organisation")
    return rows.annotate(
        n_stops=Count("stops", filter=Q(stops__dropped_at=None)),
    ).order_by(F("stopped_at").asc(nulls_first=True), "name", "id")


def visible_rounds(person):
    """The rounds of organisations that `person` sees, with the number of stops checked in, newest first."""
    rows = PatrolRound.objects.filter(person.reach(RIGHT))
    return rows.select_related("route", "organisation", "by").annotate(
        n_done=Count("check_ins__stop", distinct=True)
    )


def rounds_of_day(person, day):
    """The rounds planned for, or begun on, a local day, in the order of their time."""
    span = (start_of(day), start_of(day + timedelta(days=1)))
    on = Q(planned_at__gte=span[0], planned_at__lt=span[1])
    on |= Q(planned_at=None, started_at__gte=span[0], started_at__lt=span[1])
    return visible_rounds(person).filter(on).order_by("planned_at", "started_at", "id")


def find_route(pk, person):
    """The route if `person` sees it, else None."""
    return visible_routes(person).filter(pk=pk).first()


def find_round(pk, person):
    """The round if `person` sees it, else None."""
    return visible_rounds(person).filter(pk=pk).first()


def find_round_by_uid(uid):
    """The round that a client began under this uid, or None."""
    return PatrolRound.objects.select_related("route", "organisation").filter(uid=uid).first()


def walkable_routes(person):
    """The routes in use that `person` may walk, with their stops."""
    stops = PatrolStop.objects.filter(dropped_at=None).select_related("place", "zone")
    rows = PatrolRoute.objects.filter(person.reach(Right.PATROLS_WALK), stopped_at=None)
    return rows.prefetch_related(Prefetch("stops", stops, to_attr="stops_now"))


def find_stop(pk):
    """A stop by its key, or None."""
    return PatrolStop.objects.select_related("place", "zone", "route").filter(pk=pk).first()


def stops_of(row):
    """The stops of a round as they were planned, in their order."""
    known = PatrolStop.objects.select_related("place", "zone").in_bulk(row.stop_ids)
    return [known[pk] for pk in row.stop_ids if pk in known]


def missed_stops(row):
    """The stops of a round that nobody checked in at."""
    seen = set(CheckIn.objects.filter(round=row).values_list("stop_id", flat=True))
    return [stop for stop in stops_of(row) if stop.pk not in seen]


def open_round_of(person):
    """The round that `person` is on, the newest; or None."""
    rows = PatrolRound.objects.filter(by=person, state=RoundState.STARTED).select_related(
        "route", "organisation"
    )
    return rows.order_by("-started_at").first()


def fitting_round(route, at):
    """The round of a route, not begun yet, that one begun at `at` is: the nearest of those that fit. Or None."""
    rows = PatrolRound.objects.filter(
        route=route, state__in=(RoundState.PLANNED, RoundState.MISSED), planned_at__lte=at + EARLY, due_at__gte=at
    )  # fmt: skip
    rows = [one for one in rows if fits(at=at, planned_at=one.planned_at, due_at=one.due_at)]
    return min(rows, key=lambda one: (abs(one.planned_at - at), one.pk), default=None)


def overdue_rounds(now):
    """(rounds that nobody has begun in time, rounds begun that nobody has ended in time)."""
    rows = PatrolRound.objects.select_related("route", "organisation")
    missed = rows.filter(state=RoundState.PLANNED, start_by__lt=now)
    lapsed = rows.filter(state=RoundState.STARTED, due_at__isnull=False)
    grace = timedelta(hours=1)  # a phone without a net hands in late
    return list(missed), list(lapsed.filter(due_at__lt=now - grace))


def routes_in_use():
    """Every route that rounds are planned from."""
    return PatrolRoute.objects.filter(stopped_at=None).select_related("organisation")


def days_of_route(route, first, last, *, now):
    """The rulebook's Day of each date from `first` to `last`, and the dates on which something is held along the route."""
    places = PatrolStop.objects.filter(route=route, dropped_at=None, place__isnull=False)
    held = PlannedArrivals.objects.filter(
        place__in=places.order_by().values("place"), withdrawn_at=None, held_on__range=(first, last)
    )
    days = calendar.days(first, last, today=timezone.localdate(now))
    return days, set(held.values_list("held_on", flat=True))
