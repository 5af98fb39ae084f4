"""From "tell this person" or "tell this organisation" to messages: contacts, quiet hours, group channels."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from anlan.channels.table import KINDS
from anlan.kit.models import Channel, Contact
from anlan.kit.outbox.queueing import queue
from anlan.kit.terms import LIVE


def tell(
    person, *, about, key, title, text, now, is_urgent=False, link="", words=None, send_by=None, scene=LIVE
):  # fmt: skip
    """Queue what a person is to hear: at every contact when urgent, else at the first, after its quiet hours.

    Returns the messages; an empty list means that the person cannot be reached, which the caller must show. Telling
    again under the same `key` changes nothing.
    """
    contacts = contacts_of(person)
    if not is_urgent:
        contacts = contacts[:1]
    return [
        queue(
            about, key=f"{key}/c{contact.pk}" if is_urgent else f"{key}/p{person.pk}", channel=contact.channel,
            to=contact.address, recipient=str(person), person=person, title=title, text=text, link=link, words=words,
            is_urgent=is_urgent, send_by=send_by, scene=scene, now=now,
            not_before=None if is_urgent else end_of_quiet(contact, now),
        )
        for contact in contacts
    ]  # fmt: skip


def tell_organisation(
    organisation, *, about, key, title, text, now, is_urgent=False, link="", words=None, send_by=None, scene=LIVE
):  # fmt: skip
    """Queue one message to each group channel of an organisation, else of the nearest above that has one.

    Returns the messages; an empty list means that no group hears it, which the caller must show.
    """
    return [
        queue(
            about, key=f"{key}/ch{channel.pk}", channel=channel, recipient=str(channel.organisation), title=title,
            text=text, link=link, words=words, is_urgent=is_urgent, send_by=send_by, scene=scene, now=now,
        )
        for channel in routes(organisation)
    ]  # fmt: skip


def contacts_of(person):
    """The contacts in use of a person who is in use, the preferred first."""
    if not person.is_active:
        return []
    wanted = Contact.objects.filter(person=person, is_active=True, channel__is_active=True)
    return [one for one in wanted.select_related("channel") if has_address(one.channel)]


def routes(organisation):
    """The group channels (robots, webhooks) that hear for an organisation: its own, else those of the nearest above."""
    while organisation is not None:
        own = Channel.objects.filter(organisation=organisation, is_active=True, is_for_staff=True)
        if heard := [channel for channel in own.select_related("organisation") if is_group(channel)]:
            return heard
        organisation = organisation.parent
    return []


def channels_for(organisation):
    """The channels in use, with an address for each recipient, that people of an organisation may be reached by."""
    above = []
    while organisation is not None:
        above.append(organisation.pk)
        organisation = organisation.parent
    own = Channel.objects.filter(organisation__in=above, is_active=True)
    return [channel for channel in own.select_related("organisation") if has_address(channel)]


def has_address(channel):
    """Whether the channel's kind sends to one recipient's address."""
    kind = KINDS.get(channel.kind)
    return kind is not None and bool(kind.to_zh) and not kind.is_draft


def is_group(channel):
    """Whether the channel's kind speaks to a group, without an address."""
    kind = KINDS.get(channel.kind)
    return kind is not None and not kind.to_zh and not kind.is_draft


def end_of_quiet(contact, now):
    """When the quiet hours of a contact that hold at `now` end; None outside of them."""
    begin, end = contact.quiet_from, contact.quiet_to
    if begin is None or end is None or begin == end:
        return None
    local = timezone.localtime(now)
    at = local.time()
    if not (begin <= at < end if begin < end else at >= begin or at < end):
        return None
    day = local.date() + timedelta(days=at >= end)
    return timezone.make_aware(datetime.combine(day, end))


@dataclass(frozen=True)
class Reach:
    """How a person is reached: contacts in use, the preferred first; nobody can be reached without one."""

    contacts: list

    @property
    def is_reachable(self):
        return bool(self.contacts)


def reach(person):
    """How reachable a person is, for pages."""
    return Reach(contacts_of(person))
