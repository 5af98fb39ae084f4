"""What runs beside the pages: notices that run out are noted, feeds of others are read."""

import threading

from django.db import close_old_connections

from anlan.channels.calling import open_client
from anlan.channels.feeds.read import fetch, read_warning
from anlan.channels.markup import Unreadable
from anlan.channels.sending import Means
from anlan.domains.notices import actions, queries
from anlan.domains.notices.models import Notice
from anlan.domains.notices.rules import digest
from anlan.domains.notices.terms import NoticeState, Signature
from anlan.kit.actions import Refused
from anlan.kit.worker import Sweep

EXPIRE_EVERY_S = 10.0
READ_EVERY_S = 10.0


def expire_notices(now):
    """A sweep: note each notice that has run out. Nothing was shown past its time before; this is the record."""
    due = Notice.objects.filter(state=NoticeState.PUBLISHED, expires_at__lte=now)
    for notice in due:
        try:
            actions.expire_notice(notice, by=None, now=now, scene=notice.scene)
        except Refused:
            continue  # lifted or updated in this moment


class FeedReader:
    """Reads the feeds that are due in a thread of its own: a slow address must not hold up the other sweeps."""

    def __init__(self):
        self.thread = None

    def sweep(self, now):
        """A sweep: read what is due, unless the last round still goes on."""
        if (self.thread is None or not self.thread.is_alive()) and (due := queries.due_feeds(now)):
            self.thread = threading.Thread(target=self.run, args=[due, now], name="feed-reader", daemon=True)
            self.thread.start()

    def run(self, feeds, now):
        """One round."""
        try:
            with open_client() as client:
                read_feeds(feeds, client, now=now)
        finally:
            close_old_connections()


def read_feeds(feeds, client, *, now):
    """Read these feeds one after the other; each says itself what was wrong with it."""
    for feed in feeds:
        kept = {"etag": feed.etag, "modified": feed.modified, "seen": list(feed.seen)}
        try:
            fetched = fetch(feed.url, Means(client=client, now=now, kept=kept))
        except Unreadable as why:
            actions.note_read(feed, now=now, fault=why.zh)
            continue
        faults = [fault.zh for fault in fetched.faults]
        for body in fetched.documents:
            try:
                receive(feed, read_warning(body), now=now)
            except Unreadable as why:
                faults.append(why.zh)
        actions.note_read(feed, now=now, kept=kept, fault="; ".join(dict.fromkeys(faults)))


def receive(feed, told, *, now):
    """Keep an alert of others, once."""
    if actions.is_known(told.sender, told.identifier, told.sent_at):
        return
    info = told.info("zh")
    area = ", ".join(area.words for area in info.areas) if info else ""
    actions.receive_bulletin(
        feed, by=None, now=now, sender=told.sender[:200], identifier=told.identifier[:200], sent_at=told.sent_at,
        status=told.status[:12], msg_type=told.msg_type[:12], references=list(told.references),
        sender_name=(info.sender_name if info else "")[:200], hazard_name=(info.hazard if info else "")[:120],
        degree=((info.colour or info.severity) if info else "")[:12], headline=(info.headline if info else "")[:300],
        description=info.description if info else "", instruction=info.instruction if info else "", area=area[:400],
        effective_at=info.effective_at if info else None, expires_at=info.expires_at if info else None,
        signature=Signature.PRESENT if told.signature else Signature.NONE, faults=[fault.zh for fault in told.faults],
        raw=told.raw.decode("utf-8", "replace"),
        key=f"notices.bulletin/{digest(f'{told.sender}|{told.identifier}|{told.sent_at.isoformat()}')}",
    )  # fmt: skip


def sweeps():
    """The sweeps of notices."""
    return [
        Sweep("notices that run out", expire_notices, EXPIRE_EVERY_S),
        Sweep("alerts of others", FeedReader().sweep, READ_EVERY_S),
    ]
