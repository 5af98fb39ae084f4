"""Mutes 暂停提醒至…: with owner, reason and end; at its end the chain begins anew where nobody has answered."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.domains.emergency.actions.alarms import STEPS, keep, lock, restart
from anlan.domains.emergency.models import Mute
from anlan.domains.emergency.queries.answers import party_of
from anlan.domains.emergency.queries.ladder import timers_for
from anlan.domains.emergency.queries.mutes import mute_of
from anlan.domains.emergency.rules import mutes as rules
from anlan.domains.emergency.terms import AnswerEnd, AnswerRefusal
from anlan.domains.emergency.terms.mutes import MuteEnd, MuteRefusal
from anlan.kit.actions import action, check, done, note

MUTED = ("muted_until",)


@action("emergency.mute_alarm", label=_("暂停提醒"))
def mute_alarm(alarm, *, by, now, until, why):
    """Tell nobody of this alarm until then, with a reason; it stays on the board, unanswered as it was.

    Raises Refused without the right to answer it, without a reason, beyond the level's longest time, or muted already.
    """
    alarm = lock(alarm)
    check(None if party_of(by, alarm) else AnswerRefusal.NO_RIGHT)
    known, zone = mute_of(alarm), timezone.localtime
    check(MuteRefusal.MUTED % {"who": known.owner, "until": f"{zone(known.until):%H:%M}"} if known else None)
    check(rules.refuse_mute(
        is_open=alarm.is_open, why=why, now=now, until=until, level=str(alarm.get_level_display()),
        most_min=timers_for(alarm, now).mute_most_min,
    ))  # fmt: skip
    before = note(alarm, *MUTED)
    Mute.objects.create(
        alarm=alarm, round=alarm.round, owner=by, why=why.strip()[:500], since=now, until=until
    )
    alarm.muted_until = until
    keep(alarm, now)
    return done(alarm, before=before)


@action("emergency.unmute_alarm", label=_("恢复提醒"))
def unmute_alarm(alarm, *, by, now):
    """End a mute before its time; the chain begins anew where nobody has answered."""
    alarm = lock(alarm)
    check(None if party_of(by, alarm) else AnswerRefusal.NO_RIGHT)
    mute = mute_of(alarm)
    check(None if mute else MuteRefusal.NOT_MUTED)
    return close(mute, alarm, MuteEnd.BY_HAND, now)


@action("emergency.end_mute", machine=True, label=_("暂停提醒结束"))
def end_mute(alarm, *, by, now):
    """End a mute whose time is over or whose cause is gone: it re-fires, unless somebody answered meanwhile."""
    alarm = lock(alarm)
    mute = mute_of(alarm)
    check(None if mute else MuteRefusal.NOT_MUTED)
    end = rules.mute_end(
        round_muted=mute.round, until=mute.until, alarm_round=alarm.round, is_open=alarm.is_open, now=now
    )
    check(None if end else MuteRefusal.NOT_MUTED)
    return close(mute, alarm, end, now)


def close(mute, alarm, end, now):
    """Put the end on record; a new round begins where the muted one would have gone on."""
    before = note(alarm, *STEPS, *MUTED)
    mute.ended_at, mute.ended_by = now, end
    mute.save(update_fields=["ended_at", "ended_by"])
    alarm.muted_until = None
    if end in {MuteEnd.DUE, MuteEnd.BY_HAND} and alarm.is_unanswered:
        restart(alarm, now, AnswerEnd.ROSE)
    keep(alarm, now)
    return done(alarm, before=before, after=note(alarm, *STEPS, *MUTED) | {"mute_end": str(end)})
