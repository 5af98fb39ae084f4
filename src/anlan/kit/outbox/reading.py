"""Reads of the outbox: how each channel fares, and how many messages wait or are unknown."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db.models import Count
from django.utils.translation import get_language, gettext

from anlan.channels.spoken import in_english
from anlan.channels.table import KINDS
from anlan.kit.models import Channel, Message
from anlan.kit.terms import ChannelState, MessageState

DAY = timedelta(hours=24)
WENT_OUT = (MessageState.SENT, MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.READ)
UNDER_WAY = (MessageState.QUEUED, MessageState.SENDING)


@dataclass(frozen=True)
class Health:
    """How a channel fares: its state, and what became of the messages of the last 24 hours on it."""

    channel: Channel
    state: ChannelState
    counts: Counter = field(default_factory=Counter)

    @property
    def kind(self):
        return name_kind(self.channel.kind)

    @property
    def sent(self):
        return sum(self.counts[state] for state in WENT_OUT)

    @property
    def failed(self):
        return self.counts[MessageState.FAILED] + self.counts[MessageState.EXPIRED]

    @property
    def unknown(self):
        return self.counts[MessageState.UNKNOWN]

    @property
    def pending(self):
        return sum(self.counts[state] for state in UNDER_WAY)


def healths(channels, now):
    """The Health of each of these channels."""
    settled = Message.objects.filter(channel__in=channels, settled_at__gte=now - DAY).exclude(
        state__in=UNDER_WAY
    )
    waits = Message.objects.filter(channel__in=channels, state__in=UNDER_WAY)
    counts = {}
    for rows in (settled, waits):
        for channel, state, n in rows.order_by().values_list("channel", "state").annotate(n=Count("pk")):
            counts.setdefault(channel, Counter())[state] = n
    return [Health(one, state_of(one), counts.get(one.pk, Counter())) for one in channels]


def state_of(channel):
    """Whether a channel is off, unused, well, or failed when it was last used."""
    if not channel.is_active:
        return ChannelState.OFF
    if channel.last_failed_at and (channel.last_ok_at is None or channel.last_failed_at > channel.last_ok_at):
        return ChannelState.FAILING
    return ChannelState.WELL if channel.last_ok_at else ChannelState.UNUSED


def outbox_figures():
    """What the wall, the home page and /metrics show: channels in use and well, messages that wait or are unknown."""
    in_use = list(Channel.objects.filter(is_active=True))
    states = {channel.code: state_of(channel) for channel in in_use}
    rows = Message.objects.filter(state__in=(*UNDER_WAY, MessageState.UNKNOWN)).order_by()
    counts = Counter(dict(rows.values_list("state").annotate(n=Count("pk"))))
    up = {code: int(state != ChannelState.FAILING) for code, state in states.items()}
    return {
        "up": up,
        "well": sum(up.values()),
        "pending": sum(counts[state] for state in UNDER_WAY),
        "unknown": counts[MessageState.UNKNOWN],
    }


def failing_channels():
    """The channels in use that failed when they were last used."""
    return [one for one in Channel.objects.filter(is_active=True) if state_of(one) == ChannelState.FAILING]


def name_kind(code):
    """What a kind of channel is called in the reader's language; its code where nobody knows it any more."""
    kind = KINDS.get(code)
    return code if kind is None else kind.en if (get_language() or "").startswith("en") else kind.zh


def say(said):
    """What a service said as it stands; what the sender and the channels themselves say in the reader's language."""
    if not said:
        return ""
    told = gettext(said)
    return told if get_language() == settings.LANGUAGE_CODE else in_english(told)
