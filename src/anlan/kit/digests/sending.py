"""The sweep that makes each person's digest once a day, by day only."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import override

from anlan.kit import calendar
from anlan.kit.address import absolute
from anlan.kit.digests.actions import EARLIEST, LATEST, make_digest
from anlan.kit.digests.composing import compose
from anlan.kit.models import Digest, DigestWish
from anlan.kit.worker import Sweep

EVERY_S = 60.0


class Digester:
    """Makes digests from what its contributors know. Doing it twice a day makes one.

    `path`: the page that shows the same, where the message leads.
    """

    def __init__(self, contributors, *, path=""):
        self.contributors, self.path = contributors, path
        self.looked = (None, set())  # the day, and for whom there was nothing on it

    def sweep(self):
        """The chore for the worker loop."""
        return Sweep("daily digests", self.send, EVERY_S)

    def send(self, now):
        """Make the digests that are due: of those who want one at this hour, have none today, and have something to do."""
        local = timezone.localtime(now)
        if not EARLIEST <= local.time() < LATEST:
            return
        today = local.date()
        if self.looked[0] != today:
            self.looked = (today, set())
        is_workday = calendar.find_day(today, today=today).is_workday
        for person, wish in waiting(today):
            is_wanted = wish.is_on and wish.at <= local.time() and (is_workday or wish.on_rest_days)
            if is_wanted and person.pk not in self.looked[1]:
                self.look(person, wish, now)

    def look(self, person, wish, now):
        """Make one person's digest, or remember that there is nothing to say today."""
        with override(person.language or settings.LANGUAGE_CODE):
            parts = compose(person, self.contributors, now=now, wish=wish)
        self.looked[1].add(person.pk)
        if parts:
            key = f"digests.make/{person.pk}/{timezone.localdate(now)}"
            make_digest(person, by=None, now=now, key=key, parts=parts, link=absolute(self.path))


def waiting(today):
    """Each person in use without a digest today, with how he wants it."""
    wishes = {wish.person_id: wish for wish in DigestWish.objects.all()}
    people = get_user_model().objects.filter(is_active=True).select_related("organisation")
    people = people.exclude(pk__in=Digest.objects.filter(day=today).values("person"))
    return [(person, wishes.get(person.pk) or DigestWish(person=person)) for person in people]
