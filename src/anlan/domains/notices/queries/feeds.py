"""Reads of what others say."""

from django.db.models import Q

from anlan.domains.accounts.terms import Right
from anlan.domains.notices.models import Bulletin, Feed
from anlan.domains.notices.terms import BulletinState

REAL = "Actual"


def visible_feeds(person):
    """The feeds of the organisations that `person` sees."""
    return Feed.objects.filter(person.reach(Right.VIEW)).select_related("organisation")


def visible_bulletins(person):
    """The alerts from outside that `person` sees."""
    seen = person.reach(Right.VIEW, through="feed__organisation")
    return Bulletin.objects.filter(seen).select_related("feed")


def bulletins_now(person, *, now):
    """The alerts from outside that hold now; exercises and tests of others are none."""
    holds = Q(expires_at=None) | Q(expires_at__gt=now)
    return (
        visible_bulletins(person)
        .filter(holds, state=BulletinState.ACTIVE, status=REAL)
        .exclude(msg_type="Cancel")
    )


def due_feeds(now):
    """The feeds that are to be read now."""
    active = Feed.objects.filter(is_active=True).select_related("organisation")
    return [
        feed
        for feed in active
        if feed.fetched_at is None or (now - feed.fetched_at).total_seconds() >= feed.every_s
    ]
