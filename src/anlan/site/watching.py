"""Who may watch live: a short signed pass that a Django page hands to its script, checked at the live door."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.core import signing
from django.http import HttpRequest

from anlan.domains.accounts import queries as accounts
from anlan.domains.places import queries as places

SALT = "anlan.live"
VALID_S = 12 * 3600


class NoPass(Exception):
    """The pass is missing, forged, too old, or its holder may no longer watch."""


@dataclass(frozen=True)
class Watcher:
    """Someone who watches: the place codes they may see (None: all), and the organisations' paths behind them."""

    codes: frozenset | None
    paths: tuple | None = None

    def sees(self, space_code):
        """Whether a place or a zone of it ("PLACE/ZONE") may be seen."""
        return self.codes is None or space_code.partition("/")[0] in self.codes


def make_pass(*, person=None, screen=None):
    """A signed pass for a signed-in person or a screen with a read-only token."""
    holder = {"person": person.pk} if person is not None else {"screen": screen.pk}
    return signing.dumps(holder, salt=SALT, compress=True)


def read_pass(text):
    """The watcher behind a pass; asks the database whether its holder may still watch. Raises NoPass."""
    try:
        holder = signing.loads(text, salt=SALT, max_age=VALID_S)
    except signing.BadSignature as why:
        raise NoPass(str(why)) from why
    return watcher_of(person_id=holder.get("person"), screen_id=holder.get("screen"))


def read_session(cookies):
    """The watcher behind a signed-in person's cookies; asks the database. Raises NoPass."""
    key = cookies.get(settings.SESSION_COOKIE_NAME)
    if not key:
        raise NoPass("nobody is signed in")
    request = HttpRequest()
    request.session = SessionStore(key)
    person = get_user(request)
    if not person.is_authenticated or person.must_change_password:
        raise NoPass("nobody is signed in, or only with a one-time password")
    return watcher_of(person_id=person.pk)


def watcher_of(*, person_id=None, screen_id=None):
    """The watcher that a person or a screen is. Raises NoPass where it may not watch (any more)."""
    scope = accounts.watch_scope(person_id=person_id, screen_id=screen_id)
    if scope is None:
        raise NoPass("its holder may no longer watch")
    if accounts.root().path in scope:
        return Watcher(None)
    return Watcher(places.codes_within(scope), tuple(scope))
