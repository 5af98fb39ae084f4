"""Writes of follow-ups. Whoever works on one: its owner, or who holds `followups.run` over its organisation."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from anlan.kit.actions import action, check, done, note
from anlan.kit.followups.climbing import is_paused
from anlan.kit.followups.judging import judge, refuse_unlawful
from anlan.kit.followups.reading import RIGHT, due_now, find_follow_up, follow_ups_about, pauses_of
from anlan.kit.models import FollowUp, FollowUpExtension, FollowUpPause
from anlan.kit.terms import LIVE, FollowUpRefusal, FollowUpState
from anlan.rulebook.clock import Due, Extension

LONGEST_DAYS = 365
DATES = ("due_at", "last_day")
STATE = ("state", "settled_at", "settled_by", "outcome")


def open_follow_up(about, *, key, title, organisation, due, owner=None, link="", by, now, why="", scene=LIVE):
    """Open a follow-up about a row; the one already there under this `key` (at most 180 signs), if any.

    `due`: what `deadlines.due_of` gave (counted again from its rule and start), a date, or a moment.
    """
    if known := find_follow_up(key):
        return known
    words = {"title": title, "organisation": organisation, "due": due, "owner": owner, "link": link}
    change = begin(
        about, by=by, now=now, why=why, scene=scene, key=f"followups.open/{key}", task_key=key, at_scene=scene, **words
    )  # fmt: skip
    return change.subject


@action("followups.open", machine=True, label=_("登记跟踪事项"))
def begin(about, *, by, now, task_key, title, organisation, due, owner, link, at_scene):
    """Keep a new follow-up about a row; its date is counted at once. Raises Refused for an owner from elsewhere."""
    check(None if title.strip() else FollowUpRefusal.NO_TITLE)
    check(refuse_owner(owner, organisation))
    made = FollowUp(
        key=task_key, scene=at_scene, about_kind=about._meta.label_lower, about_id=str(about.pk),
        about_name=str(about)[:200], link=link, title=title.strip()[:200], organisation=organisation, owner=owner,
        opened_at=now, new_at=now, **when(due, now),
    )  # fmt: skip
    judge(made, now)
    return done(made, after=note(made, "title", "organisation", "owner", "rule_id", *DATES))


def when(due, now):
    """The columns from which a date is counted again."""
    if isinstance(due, Due) and due.limit.key:
        return {"rule_id": due.limit.key, "started_at": due.start}
    if isinstance(due, Due):
        due = due.last_day if due.limit.is_whole_days else due.at
    if isinstance(due, datetime):
        return {"set_at": due, "started_at": min(now, due)}
    return {"set_day": due, "started_at": now}


@action("followups.hand_over", may=RIGHT, label=_("移交跟踪事项"))
def hand_over_follow_up(follow_up, *, by, now, why, owner=None, organisation=None):
    """Give it to another person (None: to whoever works there) or another organisation, with the reason."""
    insist_open(follow_up)
    check(None if why.strip() else FollowUpRefusal.NO_REASON)
    organisation = organisation or follow_up.organisation
    is_same = (organisation.pk, owner and owner.pk) == (follow_up.organisation_id, follow_up.owner_id)
    check(FollowUpRefusal.SAME if is_same else refuse_owner(owner, organisation))
    before = note(follow_up, "organisation", "owner")
    follow_up.organisation, follow_up.owner, follow_up.new_at = organisation, owner, now
    follow_up.save(update_fields=["organisation", "owner", "new_at"])
    return done(follow_up, before=before)


@action("followups.do", label=_("办结跟踪事项"))
def do_follow_up(follow_up, *, by, now, outcome):
    """It is done, and what came of it; by its owner or somebody with the right there."""
    is_theirs = follow_up.owner_id == by.pk or by.may(RIGHT, follow_up.organisation)
    check(None if is_theirs else FollowUpRefusal.NOT_YOURS)
    check(None if outcome.strip() else FollowUpRefusal.NO_OUTCOME)
    return settle(follow_up, FollowUpState.DONE, by=by, now=now, outcome=outcome)


def settle_follow_up(key, *, by, now, outcome=""):
    """What it follows was done, says the domain that opened it; None where there is none or it is settled already."""
    found = find_follow_up(key)
    return finish(found, by=by, now=now, outcome=outcome).subject if found and found.is_open else None


def settle_follow_ups(about, *, by, now, outcome="", begins=""):
    """Settle what is open about a row: nobody need be reminded of it any more; `begins`: only keys that begin so."""
    for one in follow_ups_about(about).filter(key__startswith=begins, state__in=FollowUpState.open_ones()):
        settle_follow_up(one.key, by=by, now=now, outcome=outcome)


@action("followups.settle", machine=True, label=_("跟踪事项随办理办结"))
def finish(follow_up, *, by, now, outcome):
    """It is done because its subject is: the right was asked where that was done."""
    return settle(follow_up, FollowUpState.DONE, by=by, now=now, outcome=outcome)


@action("followups.return", may=RIGHT, label=_("退回跟踪事项"))
def return_follow_up(follow_up, *, by, now, why):
    """What was done is not enough: open again, with the reason; not by the one who called it done."""
    check(None if follow_up.state == FollowUpState.DONE else FollowUpRefusal.NOT_DONE)
    check(None if why.strip() else FollowUpRefusal.NO_REASON)
    check(FollowUpRefusal.SAME_RETURNER if follow_up.settled_by_id == by.pk else None)
    before = note(follow_up, *STATE)
    follow_up.state, follow_up.settled_at, follow_up.settled_by = FollowUpState.RETURNED, None, None
    follow_up.new_at = now
    follow_up.save(update_fields=["state", "settled_at", "settled_by", "new_at"])
    judge(follow_up, now)
    return done(follow_up, before=before)


@action("followups.drop", may=RIGHT, label=_("撤销跟踪事项"))
def drop_follow_up(follow_up, *, by, now, why):
    """It need not be done any more, with the reason."""
    check(None if why.strip() else FollowUpRefusal.NO_REASON)
    return settle(follow_up, FollowUpState.DROPPED, by=by, now=now, outcome="")


@action("followups.extend", may=RIGHT, label=_("延长跟踪事项"))
def extend_follow_up(follow_up, *, by, now, days, why):
    """So many more days of its own kind, before it has run out; within what its rule allows."""
    insist_running(follow_up, now, FollowUpRefusal.OVERDUE)
    check(None if why.strip() else FollowUpRefusal.NO_REASON)
    check(None if 1 <= days <= LONGEST_DAYS else FollowUpRefusal.DAYS)
    with refuse_unlawful():
        due_now(follow_up, now, more=[Extension(days, now, why)])
    before = note(follow_up, *DATES)
    FollowUpExtension.objects.create(follow_up=follow_up, days=days, granted_at=now, reason=why, by=by)
    follow_up.round += 1
    follow_up.save(update_fields=["round"])
    judge(follow_up, now)
    return done(follow_up, before=before, after={"days": days})


@action("followups.pause", may=RIGHT, label=_("中止计时"))
def pause_follow_up(follow_up, *, by, now, why):
    """Its time stands still from now on, with the reason, until it is resumed."""
    insist_running(follow_up, now, FollowUpRefusal.OVERDUE_PAUSE)
    check(None if why.strip() else FollowUpRefusal.NO_REASON)
    before = note(follow_up, *DATES)
    FollowUpPause.objects.create(follow_up=follow_up, since=now, reason=why, by=by)
    with refuse_unlawful():
        due = due_now(follow_up, now)
    judge(follow_up, now, due=due)
    return done(follow_up, before=before)


@action("followups.resume", may=RIGHT, label=_("恢复计时"))
def resume_follow_up(follow_up, *, by, now):
    """Its time runs on; the date is later by the pause."""
    insist_open(follow_up)
    pause = follow_up.pauses.filter(until=None).first()
    check(None if pause else FollowUpRefusal.NOT_PAUSED)
    before = note(follow_up, *DATES)
    pause.until = max(now, pause.since)
    pause.save(update_fields=["until"])
    judge(follow_up, now)
    return done(follow_up, before=before)


@action("followups.recount", machine=True, label=_("重新计算期限"))
def recount_follow_up(follow_up, *, by, now):
    """Count its date again: the district's limits or its calendar have changed."""
    before = note(follow_up, *DATES, "judged_by")
    judge(follow_up, now)
    return done(follow_up, before=before)


def settle(follow_up, state, *, by, now, outcome):
    """Close it in this state; nothing is reminded any more."""
    insist_open(follow_up)
    before = note(follow_up, *STATE)
    follow_up.state, follow_up.settled_at, follow_up.settled_by = state, now, by
    follow_up.outcome, follow_up.remind_at = outcome.strip(), None
    follow_up.save(update_fields=[*STATE, "remind_at"])
    return done(follow_up, before=before)


def insist_open(follow_up):
    """Raise Refused where there is nothing to do any more; the row is locked and read again."""
    follow_up.refresh_from_db(from_queryset=FollowUp.objects.select_for_update())
    check(None if follow_up.is_open else FollowUpRefusal.SETTLED % {"state": follow_up.get_state_display()})


def insist_running(follow_up, now, refusal):
    """Raise Refused for a follow-up that is settled, paused, or has run out (`refusal`)."""
    insist_open(follow_up)
    check(FollowUpRefusal.PAUSED if is_paused(pauses_of(follow_up), now) else None)
    check(refusal if follow_up.due_at and now > follow_up.due_at else None)


def refuse_owner(owner, organisation):
    """Refuses an owner who is not in use, or not of the organisation or below it."""
    if owner is None:
        return None
    if not owner.is_active:
        return FollowUpRefusal.OWNER_CLOSED % {"person": owner}
    if not owner.organisation.path.startswith(organisation.path):
        return FollowUpRefusal.OWNER_ELSEWHERE % {"person": owner}
    return None
