"""Where a notice may go, and what is known of it there: the receipts."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from anlan.channels.table import KINDS
from anlan.domains.accounts.terms import Right
from anlan.domains.notices.models import NoticeTarget
from anlan.domains.notices.queries.displays import displays_in_use, health_of
from anlan.domains.notices.terms import (
    BY_HAND,
    DisplayHealth,
    NoticeState,
    OutletKind,
    ReceiptState,
)
from anlan.kit.models import Channel
from anlan.kit.outbox import messages_about
from anlan.kit.terms import MessageState

WAITS = (MessageState.QUEUED, MessageState.SENDING)


def public_channels(person=None):
    """The channels that need no address of a recipient: group robots, webhooks, accounts; `person` None: every one."""
    seen = person.reach(Right.VIEW) if person else Q()
    rows = Channel.objects.filter(seen, is_active=True).select_related("organisation")
    return [row for row in rows if (kind := KINDS.get(row.kind)) and not kind.to_zh]


def name_outlet(kind, pk=None):
    """The name of an outlet within a notice: "web", "display:3"."""
    return f"{kind}:{pk}" if pk is not None else str(kind)


def split_outlet(name):
    """(kind, primary key or None) of an outlet's name; (None, None) for what is none."""
    kind, _, pk = name.partition(":")
    wants_row = kind in (OutletKind.DISPLAY, OutletKind.CHANNEL)
    sound = kind in OutletKind.values and (pk.isdecimal() if wants_row else not pk)
    return (OutletKind(kind), int(pk) if pk else None) if sound else (None, None)


def default_outlets(places, person=None):
    """The website, and the displays in use that hang in these places."""
    hung = displays_in_use(person).filter(place__in=[place.pk for place in places])
    return [name_outlet(OutletKind.WEB), *(name_outlet(OutletKind.DISPLAY, one.pk) for one in hung)]


def key_of(target, step):
    """The outbox's key of one sending of a notice to one outlet: the same key is never sent twice."""
    return f"notice/{target.notice.uid.hex}/{target.pk}/{step}"


def is_draft_kind(channel):
    """Whether a channel only prepares what a person publishes."""
    kind = KINDS.get(channel.kind) if channel else None
    return bool(kind and kind.is_draft)


@dataclass(frozen=True)
class Receipt:
    """What is known of a notice at one outlet. `label` is the state in words; `address` where it can be seen."""

    target: NoticeTarget
    state: str
    label: str
    at: datetime | None = None
    said: str = ""
    address: str = ""
    may_resend: bool = False
    awaits_report: bool = False
    is_bad: bool = False


def receipts(notice, *, now):
    """A Receipt of each outlet of a notice, and those of earlier sendings there."""
    targets = notice.targets.select_related("display", "channel")
    sent = {}
    for message in messages_about(notice):
        sent.setdefault(message.key.split("/")[2], []).append(message)
    showings = {row.display_id: row for row in notice.showings.all()}
    found = []
    for target in targets:
        if target.kind == OutletKind.CHANNEL:
            found += receipts_of_channel(notice, target, sent.get(str(target.pk), []))
        elif target.kind == OutletKind.DISPLAY:
            found.append(receipt_of_display(notice, target, showings.get(target.display_id), now))
        elif target.kind in BY_HAND:
            found.append(receipt_by_hand(notice, target))
        else:
            found.append(receipt_of_web(notice, target))
    return found


def receipts_of_channel(notice, target, messages):
    """A Receipt of each message to a channel, the newest first; one that says so where none was sent."""
    is_held = notice.state == NoticeState.PUBLISHED
    if not messages:
        return [Receipt(target, ReceiptState.NOT_SENT, ReceiptState.NOT_SENT.label)]
    newest = messages[-1]
    return [
        Receipt(
            target, message.state, MessageState(message.state).label, message.settled_at or message.queued_at,
            message.said, target.address if message is newest else "",
            may_resend=is_held and message is newest and message.state not in WAITS,
            awaits_report=message is newest and is_draft_kind(target.channel) and not target.address,
            is_bad=message.state in (MessageState.FAILED, MessageState.UNKNOWN, MessageState.EXPIRED),
        )
        for message in reversed(messages)
    ]  # fmt: skip


def receipt_of_display(notice, target, showing, now):
    """That a display showed it, or why it did not yet."""
    if showing:
        return Receipt(target, ReceiptState.SHOWN, ReceiptState.SHOWN.label, showing.first_at)
    state = ReceiptState.NOT_SHOWN if notice.published_at else ReceiptState.NOT_SENT
    if notice.state == NoticeState.PUBLISHED and health_of(target.display, now=now) != DisplayHealth.ONLINE:
        state = ReceiptState.OFFLINE
    return Receipt(
        target, state, state.label, target.display.seen_at if state == ReceiptState.OFFLINE else None,
        is_bad=state == ReceiptState.OFFLINE,
    )  # fmt: skip


def receipt_by_hand(notice, target):
    """Whether a person has published it there, and where."""
    if target.address:
        said = str(target.reported_by or "")
        label = ReceiptState.REPORTED.label
        return Receipt(target, ReceiptState.REPORTED, label, target.reported_at, said, target.address)
    is_held = notice.state == NoticeState.PUBLISHED
    state = ReceiptState.WAITING if is_held else ReceiptState.NOT_SENT
    return Receipt(target, state, state.label, awaits_report=is_held)


def receipt_of_web(notice, target):
    """On our own pages a notice stands as soon as it is published."""
    if notice.published_at is None or notice.is_exercise:
        return Receipt(target, ReceiptState.NOT_SENT, ReceiptState.NOT_SENT.label)
    state = ReceiptState.PUBLIC if notice.state == NoticeState.PUBLISHED else ReceiptState.TAKEN_DOWN
    return Receipt(target, state, state.label, notice.ended_at or notice.published_at)
