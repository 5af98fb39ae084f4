"""Each second: mutes end, steps that are due are told, promised looks that brought nothing fall back.

Nothing is stored for it but the records: what was told, answered, muted. The `next_at` kept in memory only saves looking
at an alarm again before anything can happen to it.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError
from django.utils import timezone

from anlan.domains.emergency.actions.alarms import fall_back
from anlan.domains.emergency.actions.ladder import (
    is_over,
    promisers_of,
    remind_look,
    restart_chain,
    step_key,
    tell_step,
)
from anlan.domains.emergency.actions.mutes import end_mute
from anlan.domains.emergency.models import Alarm
from anlan.domains.emergency.queries.ladder import is_muted, ladder_of, ladders_of, reporting_on
from anlan.domains.emergency.queries.mutes import open_mutes
from anlan.domains.emergency.rules.alarms import may_step
from anlan.domains.emergency.rules.mutes import mute_end
from anlan.domains.emergency.terms import Deed
from anlan.kit.actions import Refused
from anlan.kit.models import Message
from anlan.kit.terms import MessageState
from anlan.kit.worker import UNFINISHED

LOOK_AGAIN = timedelta(seconds=30)  # a table, a roster or a contact may have been edited meanwhile
LOOKS_MOST, UNSEEN_MOST, CHUNK = (
    2000,
    300,
    500,
)  # alarms in one sweep, of them long unseen, in one go of queries
TELL_MOST = (
    30  # steps told in one sweep, some 0.9 s of work: other sweeps have their turn, the rest is told late
)
REPLAYS = (
    "replay:"  # their time is not the wall's: measured by it, a night of 2014 would be told anew for ever
)
TURNS_MOST = 20  # tellings of one alarm in one look: six steps, each with what follows an empty one
BAD = (MessageState.FAILED, MessageState.UNKNOWN, MessageState.EXPIRED)
MARKED = ("pk", "round", "level", "answered_at", "next_look_at", "muted_until", "changed_at")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Look:
    """What is remembered of an alarm: its mark, when something may next happen to it, when it was looked at."""

    mark: tuple
    next_at: datetime | None
    at: datetime

    def is_due(self, now):
        """Whether its next moment has come."""
        return self.next_at is not None and self.next_at <= now


@dataclass
class LadderWatch:
    """The sweep of reporting up. Doing it twice changes nothing more; two beside each other tell each step once."""

    known: dict = field(default_factory=dict)  # alarm id: Look
    settled_to: datetime | None = None
    told: int = 0  # steps in the present sweep

    def sweep(self, now):
        """End mutes, then look at every open alarm to which something may happen at `now`, the worst first."""
        self.told = 0
        self.end_mutes(now)
        due = self.find_due(now)
        if not due:
            return None
        reporting = reporting_on(timezone.localdate(now))
        for first in range(0, min(len(due), LOOKS_MOST), CHUNK):
            alarms = self.read(due[first : first + CHUNK])
            ladders = ladders_of(alarms, now, known=reporting)
            for alarm in alarms:
                if self.told >= TELL_MOST:
                    return UNFINISHED
                self.look(alarm, ladders[alarm.pk], reporting, now)
        return UNFINISHED if len(due) > LOOKS_MOST else None

    def end_mutes(self, now):
        """Let mutes end whose time is over or whose cause is gone."""
        for mute in open_mutes():
            alarm = mute.alarm
            if mute_end(
                round_muted=mute.round,
                until=mute.until,
                alarm_round=alarm.round,
                is_open=alarm.is_open,
                now=now,
            ):
                attempt(end_mute, alarm, now=now, key=f"mute/{mute.pk}/end")

    def find_due(self, now):
        """Ids of the open alarms to look at: first those to which something happened or is due, then the long unseen."""
        ringing = Alarm.objects.filter(lifted_at=None).exclude(scene__startswith=REPLAYS)
        rows = ringing.order_by("-rank", "round_at", "pk").values_list(*MARKED)
        marks = {row[0]: row[1:] for row in rows}
        self.known = {pk: look for pk, look in self.known.items() if marks.get(pk) == look.mark}
        failed = self.read_failed(now) if marks else set()
        known = self.known
        at_once = [pk for pk in marks if pk not in known or pk in failed or known[pk].is_due(now)]
        unseen = [pk for pk in marks if pk in known and known[pk].at + LOOK_AGAIN <= now]
        return list(dict.fromkeys(at_once + unseen[:UNSEEN_MOST]))

    def read_failed(self, now):
        """Ids of alarms of which a message came to nothing since the last look."""
        since = (self.settled_to or now) - LOOK_AGAIN
        rows = Message.objects.filter(
            about_kind=Alarm._meta.label_lower, settled_at__gte=since, state__in=BAD
        )
        self.settled_to = now
        return {int(pk) for pk in rows.order_by().values_list("about_id", flat=True).distinct()}

    def read(self, ids):
        """The alarms of these ids, in this order."""
        found = Alarm.objects.select_related("place", "organisation").in_bulk(ids)
        return [found[pk] for pk in ids if pk in found]

    def look(self, alarm, ladder, reporting, now):
        """Do what is due about one alarm, and remember when something may happen next."""
        mark = tuple(getattr(alarm, name) for name in MARKED[1:])
        grace = timedelta(seconds=reporting.timers_of(alarm.level).grace_s)
        for _turn in range(TURNS_MOST):
            if not ladder.due:
                break
            due = ladder.due[0]
            step, repeat = due.step.number, due.repeat
            if not attempt(
                tell_step, alarm, now=now, step=step, repeat=repeat, key=step_key(alarm, step, repeat)
            ):
                break
            self.told += 1
            ladder = ladder_of(alarm, now, known=reporting)
        if is_over(ladder, now):
            attempt(restart_chain, alarm, now=now, key=f"alarm/{alarm.pk}/{alarm.round}/restart")
        elif not is_muted(alarm, now):
            self.fall_back(alarm, grace, now) or self.remind(alarm, now)
        moments = [
            ladder.next_at,
            ladder.restart_at,
            alarm.next_look_at,
            alarm.next_look_at and alarm.next_look_at + grace,
        ]
        coming = [at for at in moments if at is not None and at > now]
        self.known[alarm.pk] = Look(mark, now if ladder.due else min(coming, default=None), now)

    def fall_back(self, alarm, grace, now):
        """Take an answered alarm back to unanswered when nothing followed the promised look; whether it was."""
        is_due = alarm.answered_at and alarm.next_look_at and alarm.next_look_at + grace <= now
        if is_due and may_step(alarm.state, Deed.FALL_BACK):
            key = f"alarm/{alarm.pk}/{alarm.round}/fall_back"
            return attempt(fall_back, alarm, now=now, grace=grace, key=key)
        return False

    def remind(self, alarm, now):
        """Remind whoever promised the look that is due, once."""
        if promisers_of(alarm, now):
            key = f"alarm/{alarm.pk}/{alarm.round}/look/{alarm.next_look_at.timestamp():.0f}"
            attempt(remind_look, alarm, now=now, key=key)


def attempt(act, alarm, *, now, key, **words):
    """Let the machine act; whether it did. Refused, or done by another in the same moment, it is as if it were not due."""
    try:
        act(alarm, by=None, now=now, key=key, scene=alarm.scene, **words)
    except Refused as refusal:
        log.info("alarm %s: %s", alarm.number, refusal)
    except IntegrityError:
        log.info("alarm %s: done by another process", alarm.number)
    else:
        return True
    return False
