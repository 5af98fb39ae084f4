"""Feeds of others: set up by a person, read by the machine; each bulletin kept once, ended by later ones that refer to it."""

from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.notices import rules
from anlan.domains.notices.models import Bulletin, Feed
from anlan.domains.notices.terms import BulletinState, Refusal
from anlan.kit.actions import action, check, done, note

SET = ("name", "kind", "url", "every_s", "is_active")
ENDS = {"Update": BulletinState.UPDATED, "Cancel": BulletinState.CANCELLED}
MOST_RAW = 200_000


@action("notices.add_feed", may=Right.CHANNELS_EDIT, label=_("登记外部预警源"))
def add_feed(organisation, *, by, now, **settings):
    """Read alerts of others from an address. Settings: see SET."""
    feed = Feed(organisation=organisation)
    put(feed, settings)
    feed.save()
    return done(feed, after=note(feed, *SET))


@action("notices.edit_feed", may=Right.CHANNELS_EDIT, label=_("修改外部预警源"))
def edit_feed(feed, *, by, now, **settings):
    """Change where and how often it is read; what was known of the address is forgotten."""
    before = note(feed, *SET)
    put(feed, settings)
    feed.etag, feed.modified, feed.seen, feed.fault, feed.fetched_at = "", "", [], "", None
    feed.save()
    return done(feed, before=before)


@action("notices.receive_bulletin", machine=True, label=_("收到外部预警"))
def receive_bulletin(feed, *, by, now, **words):
    """Keep one bulletin as it came; words: the fields of Bulletin. What it updates or cancels ends, in either order.

    Asked again with the same sender, identifier and time it must not be: see `is_known`.
    """
    words["raw"] = words.get("raw", "")[:MOST_RAW]
    bulletin = Bulletin.objects.create(feed=feed, received_at=now, **words)
    if state := ENDS.get(bulletin.msg_type):
        earlier = Bulletin.objects.filter(sender=bulletin.sender, state=BulletinState.ACTIVE).exclude(
            pk=bulletin.pk
        )
        hit = [one.pk for one in earlier if rules.refers(bulletin.references, one.sender, one.identifier)]
        Bulletin.objects.filter(pk__in=hit).update(state=state)
    for later in Bulletin.objects.filter(sender=bulletin.sender, msg_type__in=ENDS).exclude(pk=bulletin.pk):
        if rules.refers(later.references, bulletin.sender, bulletin.identifier):
            bulletin.state = ENDS[later.msg_type]
            bulletin.save(update_fields=["state"])
    return done(bulletin, after=note(bulletin, "sender", "identifier", "headline", "msg_type", "state"))


def is_known(sender, identifier, sent_at):
    """Whether this bulletin is kept already."""
    return Bulletin.objects.filter(sender=sender, identifier=identifier, sent_at=sent_at).exists()


def note_read(feed, *, now, fault="", kept=None):
    """Remember that a feed was asked, what came of it and what it need not say again: telemetry, no change of record."""
    feed.fetched_at, feed.fault = now, fault[:300]
    if kept is not None:
        feed.read_at = now
        feed.etag, feed.modified = kept.get("etag", "")[:200], kept.get("modified", "")[:80]
        feed.seen = list(kept.get("seen") or ())
    feed.save(update_fields=["fetched_at", "fault", "read_at", "etag", "modified", "seen"])


def put(feed, settings):
    """Put settings into a feed. Raises Refused."""
    for name in SET:
        if name in settings:
            value = settings[name]
            setattr(feed, name, value.strip() if isinstance(value, str) else value)
    check(None if feed.name else Refusal.NAME_MISSING)
    parts = urlsplit(feed.url)
    check(None if parts.scheme in ("http", "https") and parts.netloc else Refusal.ADDRESS_FORM)
