"""Who is on duty: posts, and their watches computed from rosters, fixed shifts and swaps.

`find_posts(kind, organisation)` and `on_duty(post, at)` are what reporting up asks.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone

from anlan.domains.accounts.queries import visible
from anlan.domains.emergency.models import DutyPost, DutySwap, FixedShift, Roster
from anlan.domains.emergency.rules import rosters as rules
from anlan.domains.emergency.terms.duty import DutyRole, SwapState
from anlan.kit import calendar

DECIDED = (SwapState.ACCEPTED, SwapState.ASSIGNED)
AROUND = 2 * rules.LONGEST  # a shift that holds a moment begins and ends within it
ORDER = {role: at for at, role in enumerate(DutyRole)}


@dataclass(frozen=True)
class Watch:
    """One person on duty at a post, as which role, from when until when; `instead_of` whom the roster names."""

    person: object
    role: str
    since: datetime
    until: datetime
    seat: int = 1
    instead_of: object = None
    swaps: tuple = ()
    source: str = ""

    @property
    def role_label(self):
        return DutyRole(self.role).label


def find_posts(kind, organisation):
    """The duty posts in use of this kind that serve `organisation`: its own, else those of the nearest one above."""
    rows = DutyPost.objects.filter(kind=kind, retired_at=None).select_related("organisation")
    serving = [post for post in rows if organisation.path.startswith(post.organisation.path)]
    nearest = max((len(post.organisation.path) for post in serving), default=0)
    return [post for post in serving if len(post.organisation.path) == nearest]


def on_duty(post, at):
    """The Watches at `post` at the moment `at`: leader first, then chief, then officers. Who left does not count."""
    return on_duty_by_post([post], at)[post.pk]


def on_duty_by_post(posts, at):
    """{post id: Watches at the moment `at`} of several posts in one go."""
    found = watches_by_post(posts, at - AROUND, at + AROUND)
    return {pk: [one for one in rows if one.since <= at < one.until and one.person.is_active]
            for pk, rows in found.items()}  # fmt: skip


def watches(post, since, until):
    """The Watches at `post` that touch [since, until), cut to it, in order of time; people who left are in it."""
    return watches_by_post([post], since, until)[post.pk]


def watches_by_post(posts, since, until):
    """{post id: Watches over [since, until)} of several posts in one go."""
    seated = seated_by_post(posts, since, until)
    ids = {pk for rows in seated.values() for one in rows for pk in (one.person, one.own)}
    people = get_user_model().objects.in_bulk(ids)
    return {pk: [make_watch(one, people) for one in rows] for pk, rows in seated.items()}


def make_watch(one, people):
    """A computed interval with its people."""
    return Watch(
        people[one.person], one.role, one.since, one.until, one.seat,
        people[one.own] if one.own != one.person else None, one.via, one.source,
    )  # fmt: skip


def seated_by_post(posts, since, until):
    """{post id: rules.rosters.Seated over [since, until)} in order of time, leaders first."""
    facts = read_facts(posts, since, until)
    works = reader(since)
    found = {}
    for post in posts:
        rows = rules.watches(*facts[post.pk], since=since, until=until, works=works)
        found[post.pk] = sorted(rows, key=lambda one: (one.since, ORDER[one.role], one.seat))
    return found


def read_facts(posts, since, until):
    """{post id: (RosterFacts, FixedFacts, SwapFacts)} that may decide about [since, until)."""
    facts = defaultdict(lambda: ([], [], []))
    first, last = (since - AROUND).date(), (until + AROUND).date()
    stands = Q(ends_on=None) | Q(ends_on__gte=first)
    for row in Roster.objects.filter(stands, post__in=posts, starts_on__lte=last):
        facts[row.post_id][0].append(facts_of(row))
    shifts = FixedShift.objects.filter(
        post__in=posts, withdrawn_at=None, since__lt=until + AROUND, until__gt=since - AROUND
    )
    for row in shifts:
        facts[row.post_id][1].append(
            rules.FixedFacts(row.pk, row.role, row.seat, row.person_id, row.since, row.until)
        )
    for row in decided_swaps(posts, since - AROUND, until + AROUND):
        facts[row.post_id][2].append(swap_facts(row))
    return facts


def facts_of(roster):
    """A roster, kept or only drafted, as the rules read it."""
    return rules.RosterFacts(
        key=roster.pk or 0, role=roster.role, shifts=tuple(rules.ShiftPattern(*one) for one in roster.shifts),
        teams=tuple(tuple(team) for team in roster.teams), starts_on=roster.starts_on, ends_on=roster.ends_on,
        turn=roster.turn, seat=roster.seat, zone=roster.zone,
    )  # fmt: skip


def swap_facts(row):
    """A decided swap as the rules read it."""
    return rules.SwapFacts(
        row.pk, row.giver_id, row.taker_id, row.since, row.until, row.back_since, row.back_until
    )


def decided_swaps(posts, since, until):
    """The swaps that change who is on duty over [since, until), in the order in which they were decided."""
    touches = Q(since__lt=until, until__gt=since) | Q(back_since__lt=until, back_until__gt=since)
    rows = DutySwap.objects.filter(touches, post__in=posts, state__in=DECIDED)
    return rows.order_by("decided_at", "pk")


def reader(at):
    """Whether offices work on a date, by the district's calendar as it stands at `at`; each date is read once."""
    day = calendar.reader(today=timezone.localdate(at))
    return cache(lambda on: day(on).is_workday)


def visible_posts(person):
    """The duty posts in use that `person` sees."""
    return visible(DutyPost.objects.filter(retired_at=None), person).select_related("organisation")


def next_watches(found, at, *, within=timedelta(days=8)):
    """Of Watches in order of time, those that come next after `at`: one for each role and seat, by other people."""
    now_on = {(one.role, one.seat): one.person.pk for one in found if one.since <= at < one.until}
    coming = {}
    for one in found:
        key = (one.role, one.seat)
        if at < one.since <= at + within and one.person.pk != now_on.get(key):
            coming.setdefault(key, one)
    return sorted(coming.values(), key=lambda one: (one.since, ORDER[one.role], one.seat))


def people_for(organisation):
    """The people in use who may be put on duty for an organisation: those in it, below it and above it."""
    path = organisation.path
    step = len(path) // (organisation.depth + 1)
    above = [path[:end] for end in range(step, len(path), step)]
    within = Q(organisation__path__startswith=path) | Q(organisation__path__in=above)
    people = get_user_model().objects.filter(within, is_active=True)
    return people.select_related("organisation").order_by("organisation__path", "name", "username")


def is_on_duty(post, person, at, *, grace=timedelta(0)):
    """Whether `person` is on duty at `post` at a moment, or was or will be within `grace` of it."""
    found = watches(post, at - AROUND, at + AROUND)
    return any(one.person == person and one.since - grace <= at < one.until + grace for one in found)
