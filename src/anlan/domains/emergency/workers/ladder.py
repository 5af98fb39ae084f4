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
from anlan.domains.emergency.actions.ladder import is_over, restart_chain, step_key, tell_step
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
TURN_MOST = 200  # alarms looked at before other sweeps have their turn
ROUNDS_MOST = 20  # tellings of one alarm in one look: six steps, each with what follows an empty one
BAD = (MessageState.FAILED, MessageState.UNKNOWN, MessageState.EXPIRED)
MARKED = ("pk", "round", "level", "answered_at", "next_look_at", "muted_until", "changed_at")

log = logging.getLogger(__name__)


@dataclass
class LadderWatch:
    """The sweep of reporting up. Doing it twice changes nothing more; two beside each other tell each step once."""

    known: dict = field(default_factory=dict)  # alarm id: (mark, when to look again)
    settled_to: datetime | None = None

    def sweep(self, now):
        """End mutes, then look at every open alarm to which something may happen at `now`, the worst first."""
        self.end_mutes(now)
        due = self.find_due(now)
        reporting = reporting_on(timezone.localdate(now)) if due else None
        for alarm in self.read(due[:TURN_MOST]):
            self.look(alarm, reporting, now)
        return UNFINISHED if len(due) > TURN_MOST else None

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
        """Ids of the open alarms that changed, whose messages came to nothing, or whose next moment has come."""
        rows = Alarm.objects.filter(lifted_at=None).order_by("-rank", "round_at", "pk").values_list(*MARKED)
        marks = {row[0]: row[1:] for row in rows}
        self.known = {pk: kept for pk, kept in self.known.items() if marks.get(pk) == kept[0]}
        failed = self.read_failed(now) if marks else set()
        return [pk for pk in marks if pk in failed or pk not in self.known or self.known[pk][1] <= now]

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

    def look(self, alarm, reporting, now):
        """Do what is due about one alarm, and remember when to look again."""
        mark = tuple(getattr(alarm, name) for name in MARKED[1:])
        timers = reporting.timers_of(alarm.level)
        ladder = ladders_of([alarm], now, known=reporting)[alarm.pk]
        for _turn in range(ROUNDS_MOST):
            if not ladder.due:
                break
            due = ladder.due[0]
            step, repeat = due.step.number, due.repeat
            if not attempt(
                tell_step, alarm, now=now, step=step, repeat=repeat, key=step_key(alarm, step, repeat)
            ):
                break
            ladder = ladder_of(alarm, now, known=reporting)
        if is_over(ladder, now):
            attempt(restart_chain, alarm, now=now, key=f"alarm/{alarm.pk}/{alarm.round}/restart")
        elif not is_muted(alarm, now):
            self.fall_back(alarm, timedelta(seconds=timers.grace_s), now)
        ends = [
            ladder.next_at,
            ladder.restart_at,
            alarm.next_look_at and alarm.next_look_at + timedelta(seconds=timers.grace_s),
        ]
        self.known[alarm.pk] = (mark, min([now + LOOK_AGAIN, *(at for at in ends if at and at > now)]))

    def fall_back(self, alarm, grace, now):
        """Take an answered alarm back to unanswered when nothing followed the promised look."""
        is_due = alarm.answered_at and alarm.next_look_at and alarm.next_look_at + grace <= now
        if is_due and may_step(alarm.state, Deed.FALL_BACK):
            key = f"alarm/{alarm.pk}/{alarm.round}/fall_back"
            attempt(fall_back, alarm, now=now, grace=grace, key=key)


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
