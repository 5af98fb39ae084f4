"""Counting a follow-up's date anew, and what the law says where it refuses."""

from contextlib import contextmanager

from django.utils import timezone

from anlan.kit import deadlines
from anlan.kit.actions import Refused
from anlan.kit.followups.climbing import next_rung
from anlan.kit.followups.reading import due_or_kept, given_rungs
from anlan.kit.terms import FollowUpRefusal
from anlan.rulebook.clock import Fault, Unlawful

COUNTED = ["due_at", "last_day", "is_unconfirmed", "judged_by", "remind_at"]
SAID = {
    Fault.NOT_EXTENDABLE: FollowUpRefusal.NO_EXTENSION,
    Fault.TOO_LONG: FollowUpRefusal.EXTENSION_LONG,
    Fault.TOO_OFTEN: FollowUpRefusal.EXTENSION_OFTEN,
    Fault.TOO_LATE: FollowUpRefusal.OVERDUE,
    Fault.RUNS_BACK: FollowUpRefusal.RUNS_BACK,
    Fault.EMPTY: FollowUpRefusal.DAYS,
    Fault.NO_REASON: FollowUpRefusal.NO_REASON,
}


def judge(follow_up, now, *, due=None):
    """Count its date by its records and the rules as known, and keep what came out with the version of the rules.

    `due`: where it was counted just now. A new follow-up is kept with it.
    """
    due = due or due_or_kept(follow_up, now)
    follow_up.due_at, follow_up.last_day = due.at, due.last_day
    follow_up.is_unconfirmed = due.is_unconfirmed
    follow_up.judged_by = deadlines.version(on=timezone.localdate(now)) if follow_up.rule_id else ""
    rung = next_rung(due, given_rungs(follow_up), now) if follow_up.is_open else None
    follow_up.remind_at = rung.at if rung else None
    follow_up.save(update_fields=COUNTED if follow_up.pk else None)


@contextmanager
def refuse_unlawful():
    """Say in words what the statutory clock does not allow. Raises Refused."""
    try:
        yield
    except Unlawful as error:
        if error.fault not in SAID:
            raise
        raise Refused(str(SAID[error.fault])) from error
