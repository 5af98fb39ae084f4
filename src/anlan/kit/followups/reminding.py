"""Sweeps of follow-ups: the rungs of their ladders, each once, and dates counted again when the rules change."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.kit import deadlines
from anlan.kit.actions import action, done
from anlan.kit.followups.actions import recount_follow_up
from anlan.kit.followups.climbing import ESCALATES, began_at, new_rungs
from anlan.kit.followups.judging import judge
from anlan.kit.followups.reading import due_or_kept, extensions_of, given_rungs, open_ones, pauses_of
from anlan.kit.models import FollowUp, Reminder
from anlan.kit.terms import FollowUpState
from anlan.kit.worker import UNFINISHED, Sweep

EVERY_S = 10.0
RECOUNT_EVERY_S = 60.0
BATCH = 20  # at a time: other sweeps wait for this one


def sweeps():
    """The chores of follow-ups."""
    return [
        Sweep("reminders of follow-ups", remind, EVERY_S),
        Sweep("dates of follow-ups", recount, RECOUNT_EVERY_S),
    ]


def remind(now):
    """Note the rungs that have come since the last look; doing it twice notes nothing more."""
    ripe = FollowUp.objects.filter(state__in=FollowUpState.open_ones(), remind_at__lte=now)
    keys = list(ripe.order_by("remind_at", "pk").values_list("pk", flat=True)[:BATCH])
    for pk in keys:
        with transaction.atomic():
            row = ripe.select_for_update().filter(pk=pk).first()
            if row:
                climb(row, now)
    return UNFINISHED if len(keys) == BATCH else None


def climb(follow_up, now):
    """Note the new rungs of one follow-up in one change; while it is paused there are none."""
    due, given = due_or_kept(follow_up, now), given_rungs(follow_up)
    rungs = new_rungs(
        due, given, began_at=began_at(follow_up.opened_at, extensions_of(follow_up)), pauses=pauses_of(follow_up), now=now
    )  # fmt: skip
    if not rungs:
        judge(follow_up, now, due=due)
        return
    key = f"followups.remind/{follow_up.pk}/{follow_up.round}/{rungs[-1].days}"
    note_rungs(follow_up, by=None, now=now, key=key, rungs=rungs, due=due)


@action("followups.remind", machine=True, label=_("提醒"))
def note_rungs(follow_up, *, by, now, rungs, due):
    """Keep these rungs as reminders; from the third day overdue on the organisations above hear of it."""
    Reminder.objects.bulk_create(
        Reminder(
            follow_up=follow_up, round=follow_up.round, days=rung.days, due_at=due.at, at=now, is_told=rung.is_told,
            escalated_to=above(follow_up.organisation, rung.days),
        )
        for rung in rungs
    )  # fmt: skip
    judge(follow_up, now, due=due)
    told = {"days": rungs[-1].days}
    if heard := above(follow_up.organisation, rungs[-1].days):
        told["escalated_to"] = heard.name
    return done(follow_up, after=told)


def above(organisation, days):
    """Who hears of something so many days overdue: the next above, a week overdue the one above that; None before."""
    if days not in ESCALATES:
        return None
    first = organisation.parent
    return first if days == ESCALATES[0] or first is None else first.parent or first


def recount(now):
    """Count again whatever was counted by another state of the rules; a date that moves leaves its change row."""
    version = deadlines.version(on=timezone.localdate(now))
    stale = list(open_ones().exclude(rule_id="").exclude(judged_by=version)[:BATCH])
    for row in stale:
        due = due_or_kept(row, now)
        if (due.at, due.last_day) == (row.due_at, row.last_day):
            FollowUp.objects.filter(pk=row.pk).update(judged_by=version)
        else:
            recount_follow_up(row, by=None, now=now)
    return UNFINISHED if len(stale) == BATCH else None
