"""What a person's digest would say now."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from anlan.kit import calendar
from anlan.kit.models import Digest, DigestWish

ONE_DAY = timedelta(days=1)
NEW_FOR = timedelta(days=3)  # how long a page shows a thing as new, whether or not a digest told of it
FARTHEST_DAYS = 15  # the longest holiday there is, and more


class DigestLine(NamedTuple):
    """One thing to do: what, a note beside it (when it is due), and where it is done."""

    text: str
    note: str = ""
    url: str = ""


class DigestPart(NamedTuple):
    """Things of one kind under their heading; `more` is how many are not listed. `is_late`: they should be done by now."""

    title: str
    lines: tuple[DigestLine, ...]
    more: int = 0
    is_late: bool = False


def wish_of(person):
    """How a person wants the digest: his own row, or the defaults in a row that is not kept."""
    return DigestWish.objects.filter(person=person).first() or DigestWish(person=person)


def last_digest(person):
    """The digest made for a person last, or None."""
    return Digest.objects.filter(person=person).order_by("-day").first()


def compose(person, contributors, *, now, wish=None, since=None):
    """The DigestParts that have something in them, in the order of the contributors: what is new since the last digest.

    `since`: another moment, for pages.
    """
    if since is None:
        last = last_digest(person)
        since = last.made_at if last else now - NEW_FOR
    until = next_digest(timezone.localdate(now), wish or wish_of(person))
    parts = [part for one in contributors for part in one(person, since=since, until=until, now=now)]
    return [part for part in parts if part.lines]


def next_digest(today, wish):
    """When the digest after today's comes: on the next working day, over a holiday after it."""
    day = today + ONE_DAY
    is_workday = calendar.reader(today=today)
    while not wish.on_rest_days and (day - today).days < FARTHEST_DAYS and not is_workday(day).is_workday:
        day += ONE_DAY
    return timezone.make_aware(datetime.combine(day, wish.at))
