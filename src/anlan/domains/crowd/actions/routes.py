"""Patrol routes 巡逻路线: laid down, changed, stopped, and the rounds that are planned from them."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.crowd.models import PatrolRound, PatrolRoute, PatrolStop
from anlan.domains.crowd.queries.patrols import days_of_route
from anlan.domains.crowd.rules import patrols as rules
from anlan.domains.crowd.terms import PatrolRefusal, RoundState
from anlan.domains.places.queries import visible_places
from anlan.kit.actions import Done, action, check, done, note
from anlan.kit.days import start_of

PLANNED = ("name", "days", "starts_at", "ends_at", "every_min", "lasts_min", "grace_min", "note")
AHEAD = timedelta(hours=12)  # rounds stand on the board so long before their time


@action("crowd.add_route", may=Right.PATROLS_PLAN, label=_("新建巡逻路线"))
def add_route(organisation, *, by, now, stops, is_demo=False, **words):
    """Lay down a route that `organisation` walks. `words`: PLANNED; `stops`: dicts of name, place, zone, dwell_min, lon, lat."""
    check_words(words, stops, by)
    row = PatrolRoute.objects.create(organisation=organisation, planned_from=now, is_demo=is_demo, **words)
    put_stops(row, stops)
    return done(row, after=note(row, *PLANNED) | {"stops": [one["name"] for one in stops]})


@action("crowd.edit_route", may=Right.PATROLS_PLAN, label=_("修改巡逻路线"))
def edit_route(route, *, by, now, stops, **words):
    """Change a route from now on: rounds that have not begun are planned anew, those that have keep their stops."""
    check_words(words, stops, by)
    before = note(route, *PLANNED) | {"stops": [stop.name for stop in route.stops_in_use]}
    for name, value in words.items():
        setattr(route, name, value)
    if stops != [describe_stop(stop) for stop in route.stops_in_use]:
        route.stops_in_use.update(dropped_at=now)
        put_stops(route, stops)
    route.planned_from = now
    route.save()
    drop_ahead(route, now)
    return Done(route, before, note(route, *PLANNED) | {"stops": [one["name"] for one in stops]})


@action("crowd.stop_route", may=Right.PATROLS_PLAN, label=_("停用巡逻路线"))
def stop_route(route, *, by, now, why):
    """Plan no more rounds of it, with the reason; what was walked stays."""
    check(PatrolRefusal.STOPPED if route.stopped_at else None)
    check(None if why.strip() else PatrolRefusal.NO_REASON)
    before = note(route, "stopped_at")
    route.stopped_at = now
    route.save(update_fields=["stopped_at"])
    drop_ahead(route, now)
    return done(route, before=before)


@action("crowd.resume_route", may=Right.PATROLS_PLAN, label=_("恢复巡逻路线"))
def resume_route(route, *, by, now):
    """Plan rounds of it again, from now on."""
    before = note(route, "stopped_at")
    route.stopped_at, route.planned_from = None, now
    route.save(update_fields=["stopped_at", "planned_from"])
    return done(route, before=before)


def check_words(words, stops, by):
    """Refuse words that make no route, and stops at places that the person does not see."""
    told = {name: words[name] for name in PLANNED if name not in ("days", "note")}
    check(rules.check_route(**told, stops=len(stops)))
    seen = set(visible_places(by).values_list("pk", flat=True)) if by else None
    for stop in stops:
        place = stop.get("place")
        strange = place is not None and seen is not None and place.pk not in seen
        check(PatrolRefusal.PLACE_NOT_YOURS % {"name": place.name} if strange else None)


def describe_stop(stop):
    """A stop as `add_route` takes it."""
    return {name: getattr(stop, name) for name in ("name", "place", "zone", "dwell_min", "lon", "lat")}


def put_stops(route, stops):
    """Keep the stops of a route, in their order."""
    PatrolStop.objects.bulk_create(
        PatrolStop(route=route, order=order, **stop) for order, stop in enumerate(stops, 1)
    )


def drop_ahead(route, now):
    """Forget the rounds that have not come yet: nobody has walked them."""
    PatrolRound.objects.filter(route=route, state=RoundState.PLANNED, planned_at__gt=now).delete()


@action("crowd.plan_rounds", machine=True, label=_("排定巡逻班次"))
def keep_rounds(route, *, by, now, times, until):
    """Keep rounds of a route at `times`; what is planned already stays one."""
    stops, rows = [stop.pk for stop in route.stops_in_use], []
    for at in times:
        due_at = at + timedelta(minutes=route.lasts_min + route.grace_min)
        rows.append(PatrolRound(
            route=route, organisation=route.organisation, stop_ids=stops, planned_at=at, due_at=due_at,
            start_by=at + timedelta(minutes=route.grace_min), is_demo=route.is_demo,
        ))  # fmt: skip
    PatrolRound.objects.bulk_create(rows, ignore_conflicts=True)
    route.planned_from = until
    route.save(update_fields=["planned_from"])
    return Done(route, {}, {"rounds": [at.isoformat() for at in times]})


def plan_ahead(route, *, now):
    """Plan the rounds of a route that begin in the next twelve hours. Returns how many.

    Those of a time in which nothing was planned (the server stood still) are not made up for: of them nobody can tell
    whether they were walked.
    """
    since, until = max(route.planned_from, now - timedelta(minutes=route.grace_min)), now + AHEAD
    if until - route.planned_from < timedelta(minutes=1):
        return 0
    times = times_between(route, since, until, now=now)
    if times:
        keep_rounds(route, by=None, now=now, times=times, until=until)
    return len(times)


def times_between(route, since, until, *, now):
    """The moments after `since`, up to `until`, at which rounds of a route begin."""
    first = timezone.localdate(since) - timedelta(days=1)  # a window may reach over midnight
    days, held = days_of_route(route, first, timezone.localdate(until), now=now)
    times = []
    for day in days:
        if not rules.is_patrol_day(route.days, day, has_gathering=day.on in held):
            continue
        minutes = rules.round_times(
            starts_at=route.starts_at, ends_at=route.ends_at, every_min=route.every_min
        )
        times += [start_of(day.on) + timedelta(minutes=minute) for minute in minutes]
    return sorted(at for at in times if since < at <= until)
