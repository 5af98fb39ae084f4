"""The sender: takes what waits in the outbox, marks it in hand, hands it to its channel, writes down the answer.

    claim (its own committed transaction) → judge → call the service → record (message, story, the channel's health)

Each channel has a lane of its own, so that a slow or dead one delays no other. `sending` stands in the database before
the service is called: what is found there after a stop becomes `unknown` and is never sent again under its key.
"""

import logging
import os
import random
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import (
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    connections,
    transaction,
)
from django.db.models import Exists, F, OuterRef, Q

from anlan.channels.sending import Answer, Means, Outcome, Outgoing
from anlan.kit.models import Channel, Message
from anlan.kit.terms import LIVE, MessageState, SenderWord

# Ours, not any service's: a refused connection is tried for some ten minutes, then a person decides.
MOST_TRIES = 8
FIRST_PAUSE_S, LONGEST_PAUSE_S = 5, 300
LONGEST_REST_S = 60  # of a lane whose service refuses: one message in a while asks whether it is back

LONGEST_CALL = timedelta(minutes=2)  # beyond any time-out: whoever has a message in hand that long is gone
TIDIED_EVERY = timedelta(seconds=5)
ASKS_AFTER_S = (
    10,
    30,
    90,
    300,
    900,
    2700,
    8100,
    24_300,
    86_400,
)  # growing; the last one looks back a day and a half
TURN_MOST = 500  # messages and questions of one lane before it looks round again
WRITE_PAUSES_S = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)  # before an answer is written once more

WAITING_FOR_WORD = (MessageState.ACCEPTED, MessageState.UNKNOWN)

log = logging.getLogger(__name__)


def name_sender(rng):
    """A name for a sender of this process: host, process and a chance number, by which a later one knows it is gone."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{rng.getrandbits(48):x}"


def is_gone(name, mine):
    """Whether the sender of this name surely ended: it ran on this host in a process that is no more, or was this one."""
    host, _colon, rest = name.rpartition(":")[0].rpartition(":")
    my_host, _colon, my_process = mine.rpartition(":")[0].rpartition(":")
    if name == mine or host != my_host or not rest.isdecimal():
        return False
    return rest == my_process or not is_running(int(rest))


def is_running(process):
    """Whether a process of this number runs on this machine."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class Threads:
    """Runs each lane in a thread of its own, one for each channel that is busy; none holds up the end of the process."""

    def submit(self, run, *words):
        """Begin to run it."""
        threading.Thread(target=run, args=words, name="lane", daemon=True).start()


@dataclass
class Sender:
    """Sends what is due: `wind(now)` is a sweep. Without a `pool` it works off all lanes at once, at that moment.

    `kinds` are the senders of the live scene, the only scene that has any. `client` is the httpx client that they may
    use, `rng` the chance in the pauses, `clock` the time of the lanes that run in the pool.
    """

    name: str
    kinds: dict
    rng: random.Random
    client: object = None
    pool: object = None
    clock: Callable | None = None
    running: set = field(default_factory=set)
    rests: dict = field(default_factory=dict)  # channel id: (refusals in a row, until when)
    kept: dict = field(default_factory=dict)  # channel id: (settings, what its kind keeps, such as tokens)
    tidied_at: object = None
    is_stopping: bool = False

    def __post_init__(self):
        self.tables = {LIVE: self.kinds}  # by scene: an exercise has no senders, whatever its rows say

    def wind(self, now):
        """Tidy up after senders that are gone, then start a lane for each channel that has work."""
        if self.tidied_at is None or not timedelta(0) <= now - self.tidied_at < TIDIED_EVERY:
            self.tidied_at = now
            self.bury(now)
            self.expire(now)
        for channel_id in find_work(now):
            if self.is_resting(channel_id, now) or channel_id in self.running:
                continue
            if self.pool is None:
                self.run_lane(channel_id, lambda: now)
            else:
                self.running.add(channel_id)
                self.pool.submit(self.run_beside, channel_id)

    def is_resting(self, channel_id, now):
        """Whether the channel refused a moment ago."""
        return channel_id in self.rests and now < self.rests[channel_id][1]

    def run_beside(self, channel_id):
        """A lane in a thread of the pool, with a database connection of its own that it gives back."""
        try:
            if (
                connection.vendor == "sqlite"
            ):  # what is in hand must be on the disk before the service is called
                connection.cursor().execute("PRAGMA synchronous=FULL")
            self.run_lane(channel_id, self.clock)
        except Exception:
            log.exception("the lane of channel %s stopped; it starts again with the next sweep", channel_id)
        finally:
            connections.close_all()
            self.running.discard(channel_id)

    def run_lane(self, channel_id, clock):
        """Send what is due on one channel, urgent first, then ask what became of what was sent."""
        for step in (self.send_next, self.ask_next):
            for _turn in range(TURN_MOST):
                if self.is_stopping or self.is_resting(channel_id, clock()) or not step(channel_id, clock):
                    break

    def stop(self, *, wait_s):
        """Begin nothing new, and give what is in hand so long to end; what does not is unknown at the next start."""
        self.is_stopping = True
        deadline = time.monotonic() + wait_s
        while self.running and time.monotonic() < deadline:
            time.sleep(0.05)

    # ── sending ─────────────────────────────────────────────────────────────────────────────────

    def send_next(self, channel_id, clock):
        """Send one message of a channel; whether there was one."""
        message = self.claim(channel_id, clock())
        if message is None:
            return False
        answer = self.hand_over(message, clock())
        insist(lambda: self.record(message, answer, clock()))
        return True

    def claim(self, channel_id, now):
        """Take the next message that is due, marked as in this sender's hand and committed; None where there is none."""
        due = waiting(now).filter(channel_id=channel_id).order_by("-is_urgent", "id")
        for pk in due.values_list("pk", flat=True)[:5]:  # the others: where another sender was faster
            with transaction.atomic(durable=True):
                taken = waiting(now).filter(pk=pk)
                if taken.update(
                    state=MessageState.SENDING, sender=self.name, started_at=now, tries=F("tries") + 1
                ):
                    return Message.objects.select_related("channel").get(pk=pk)
        return None

    def hand_over(self, message, now):
        """The service's answer to one message, or ours where it cannot even be asked."""
        channel, kind = message.channel, self.kind_of(message)
        if not channel.is_active:
            return Answer(Outcome.FAILED, said=SenderWord.CHANNEL_OFF)
        if kind is None:
            return Answer(Outcome.FAILED, said=SenderWord.KIND_GONE)
        outgoing = Outgoing(
            key=message.key, title=message.title, text=message.text, to=message.to, link=message.link,
            words=message.words, is_urgent=message.is_urgent,
        )  # fmt: skip
        means = self.means_of(channel, now)
        self.let_go()
        try:
            return kind.send(channel.settings, outgoing, means)
        except Exception as error:  # its text may hold an address with a key in it: only its name is kept
            log.warning("channel %s (%s) broke off: %s", channel.code, channel.kind, type(error).__name__)
            return Answer(Outcome.UNKNOWN, said=type(error).__name__)

    def let_go(self):
        """Wait for a service without one of PostgreSQL's few connections in hand."""
        if self.pool is not None:
            close_old_connections()

    def means_of(self, channel, now):
        """What the channel's kind may use; what it kept is forgotten when the settings were changed."""
        settings, kept = self.kept.get(channel.pk, (None, None))
        if settings != channel.settings:
            settings, kept = channel.settings, {}
            self.kept[channel.pk] = settings, kept
        return Means(self.client, now, kept)

    def record(self, message, answer, now):
        """Write down what came of it: the message's state and story, and the channel's health."""
        if answer.outcome == Outcome.BUSY:
            columns, own = self.put_back(message, answer, now), (MessageState.SENDING,)
        else:
            columns, own = self.settle(message, answer, now), (MessageState.SENDING, MessageState.UNKNOWN)
            self.rests.pop(message.channel_id, None)
        told = {
            "said": str(answer.said)[:300],
            "settled_at": now,
            "story": told_on(message, columns["state"], answer, now),
        }
        with transaction.atomic():
            Message.objects.filter(pk=message.pk, sender=self.name, state__in=own).update(**columns, **told)
            note_health(message.channel_id, answer, now)

    def put_back(self, message, answer, now):
        """The columns of a message that was surely not taken: tried again after a pause, a bounded number of times."""
        refusals = self.rests.get(message.channel_id, (0, None))[0] + 1
        rest_s = answer.retry_after_s or min(2**refusals, LONGEST_REST_S)
        self.rests[message.channel_id] = refusals, now + timedelta(seconds=rest_s)
        if message.tries >= MOST_TRIES:
            return {"state": MessageState.FAILED}
        pause_s = answer.retry_after_s or min(FIRST_PAUSE_S * 2 ** (message.tries - 1), LONGEST_PAUSE_S)
        pause_s *= self.rng.uniform(1, 1.25)  # never sooner than the service asked for
        return {"state": MessageState.QUEUED, "next_try_at": now + timedelta(seconds=pause_s)}

    def settle(self, message, answer, now):
        """The columns of a message that was answered, well or not."""
        state = MessageState(answer.outcome.value)
        vendor_id = str(answer.vendor_id or self.recall(message, state))[:200]
        columns = {"state": state, "vendor_id": vendor_id}
        if vendor_id and self.can_be_asked(message) and state in WAITING_FOR_WORD:
            columns["ask_at"] = now + timedelta(seconds=ASKS_AFTER_S[0])
        return columns

    # ── asking ──────────────────────────────────────────────────────────────────────────────────

    def kind_of(self, message):
        """The kind of channel that a message of this scene may use, or None."""
        return self.tables.get(message.scene, {}).get(message.channel.kind)

    def can_be_asked(self, message):
        """Whether the service tells what became of a message."""
        kind = self.kind_of(message)
        return kind is not None and kind.ask is not None

    def recall(self, message, state):
        """What to ask the service for where it gave no number of its own: the sender stopped, or heard nothing."""
        kind = self.kind_of(message)
        if state != MessageState.UNKNOWN or kind is None or kind.recall is None or message.started_at is None:
            return ""
        return kind.recall(message.key, message.started_at)

    def ask_next(self, channel_id, clock):
        """Ask what became of one message of a channel; whether there was one to ask about."""
        now = clock()
        message = (
            asked(now).filter(channel_id=channel_id).select_related("channel").order_by("ask_at").first()
        )
        if message is None:
            return False
        again = (
            message.asks + 1 < len(ASKS_AFTER_S) and message.channel.is_active and self.can_be_asked(message)
        )
        next_at = now + timedelta(seconds=ASKS_AFTER_S[message.asks + 1]) if again else None
        own = Message.objects.filter(pk=message.pk, ask_at=message.ask_at)
        if own.update(ask_at=next_at, asks=F("asks") + 1) and self.can_be_asked(message):
            self.ask(message, clock)
        return True

    def ask(self, message, clock):
        """Ask the service about one message, and write down what is new."""
        channel = message.channel
        means = self.means_of(channel, clock())
        self.let_go()
        try:
            answer = self.kind_of(message).ask(channel.settings, message.vendor_id, message.to, means)
        except Exception as error:
            log.warning("channel %s could not be asked: %s", channel.code, type(error).__name__)
            return
        if answer.outcome in (Outcome.BUSY, Outcome.UNKNOWN) or answer.outcome.value == message.state:
            return
        now, state = clock(), MessageState(answer.outcome.value)
        columns = {"state": state, "said": str(answer.said)[:300], "settled_at": now}
        if answer.vendor_id:
            columns["vendor_id"] = str(answer.vendor_id)[:200]
        if state not in WAITING_FOR_WORD:
            columns["ask_at"] = None
        own = Message.objects.filter(pk=message.pk, state=message.state)
        own.update(**columns, story=told_on(message, state, answer, now))

    # ── what others left ────────────────────────────────────────────────────────────────────────

    def bury(self, now):
        """What a sender that is gone had in hand becomes unknown: nobody can say whether it went out."""
        for message in Message.objects.filter(state=MessageState.SENDING).select_related("channel"):
            overdue = message.started_at is None or message.started_at < now - LONGEST_CALL
            if not overdue and not is_gone(message.sender, self.name):
                continue
            answer = Answer(Outcome.UNKNOWN, said=SenderWord.STOPPED)
            own = Message.objects.filter(pk=message.pk, state=MessageState.SENDING, sender=message.sender)
            own.update(
                **self.settle(message, answer, now), said=answer.said, settled_at=now,
                story=told_on(message, MessageState.UNKNOWN, answer, now),
            )  # fmt: skip

    def expire(self, now):
        """What was not sent by its last moment is not sent any more."""
        late = Message.objects.filter(state=MessageState.QUEUED, send_by__lte=now)
        for message in late.order_by("id")[:TURN_MOST]:
            story = told_on(message, MessageState.EXPIRED, Answer(Outcome.FAILED), now)
            own = Message.objects.filter(pk=message.pk, state=MessageState.QUEUED)
            own.update(state=MessageState.EXPIRED, settled_at=now, story=story)


def insist(write):
    """Carry out a write that a moment's lock or a broken connection must not lose: what it says is known only here."""
    for pause_s in WRITE_PAUSES_S:
        try:
            return write()
        except (OperationalError, InterfaceError):
            close_old_connections()
            time.sleep(pause_s)
    return write()


def waiting(now):
    """The messages that may be sent now."""
    due = Message.objects.filter(state=MessageState.QUEUED, scene=LIVE, next_try_at__lte=now)
    return due.filter(Q(send_by=None) | Q(send_by__gt=now))


def asked(now):
    """The messages about which the service is to be asked now."""
    return Message.objects.filter(ask_at__lte=now, state__in=WAITING_FOR_WORD)


def find_work(now):
    """The ids of the channels on which something is to be sent or asked now."""
    own = {"channel": OuterRef("pk")}
    work = Exists(waiting(now).filter(**own)) | Exists(asked(now).filter(**own))
    return list(Channel.objects.filter(work).order_by("pk").values_list("pk", flat=True))


def told_on(message, state, answer, now):
    """The message's story with one more line."""
    return [*message.story, {"at": now, "state": state, "said": str(answer.said)[:300]}]


def note_health(channel_id, answer, now):
    """Keep when a channel last answered well, or when and how it last failed."""
    channel = Channel.objects.filter(pk=channel_id)
    if answer.outcome in (Outcome.FAILED, Outcome.BUSY, Outcome.UNKNOWN):
        channel.update(last_failed_at=now, last_said=str(answer.said)[:300])
    else:
        channel.update(last_ok_at=now)
