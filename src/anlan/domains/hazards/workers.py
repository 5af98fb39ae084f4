"""What runs beside the pages: overdue hazards climb, statements are drawn up when a quarter or a year has ended."""

import contextlib
from datetime import time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from anlan.domains.hazards import actions, queries
from anlan.domains.hazards.actions.exercises import forget_exercises
from anlan.domains.hazards.actions.patterns import FIND
from anlan.domains.hazards.actions.selfchecks import release_check, require_check
from anlan.domains.hazards.actions.statements import DRAW
from anlan.domains.hazards.queries.keepers import idle_due_checks, keeper_of, keepers_without_due
from anlan.domains.hazards.queries.rhythms import moved_due_checks
from anlan.domains.hazards.rules import warning_due
from anlan.domains.hazards.rules.statements import ended_spans
from anlan.kit import jobs
from anlan.kit.actions import Refused
from anlan.kit.models import Job
from anlan.kit.terms import JobState, MessageState
from anlan.kit.worker import Sweep

ESCALATE_EVERY_S = 60.0
CHECKS_EVERY_S = 600.0
DRAW_EVERY_S = 600.0
ERASE_EVERY_S, FOLLOW_EVERY_S, WARN_EVERY_S = 600.0, 5.0, 60.0
PUSH_AGAIN_AFTER = timedelta(hours=1)  # the outbox itself tries for some ten minutes
AGAIN_AFTER = timedelta(hours=6)  # a job that failed is asked for again
DRAW_TITLE = _("生成隐患统计表")
MOVED = gettext_lazy("自查周期改为 %(days)d 天，日期已重新计算")
FIND_AT, FIND_EVERY_S = time(3, 20), 60.0  # at night, when nobody asks the database for anything else
FIND_TITLE = _("研判普遍性、苗头性、倾向性问题")


def escalate_overdue(now):
    """A sweep: whoever stands above hears of each overdue hazard that has not climbed high enough yet."""
    for hazard in queries.overdue_hazards(now).iterator(chunk_size=500):
        try:
            actions.escalate_hazard(hazard, by=None, now=now)
        except Refused:
            continue  # it stands where it belongs


def ask_statements(now):
    """A sweep: once for the quarter and the year that ended last, have the job child draw up everybody's statement.

    Who comes onto the register later has no statement of a time before; a person may draw one up all the same.
    """
    for span in ended_spans(timezone.localdate(now)):
        rows = Job.objects.filter(kind=DRAW, asked__span=span.name)
        is_asked = rows.filter(state__in=(JobState.QUEUED, JobState.RUNNING, JobState.DONE)).exists()
        if is_asked or rows.filter(asked_at__gt=now - AGAIN_AFTER).exists():
            continue
        if queries.missing_statements(span):
            jobs.ask(DRAW, title=DRAW_TITLE, by=None, now=now, at=now.isoformat(), span=span.name)


def erase_reporters(now):
    """A sweep: whence the public's reports came is forgotten after a day, contacts when their time is over."""
    actions.erase_senders(now)
    kept_for = timedelta(days=queries.public_limit("contact_days", on=timezone.localdate(now)))
    for report in queries.contacts_over(now - kept_for):
        actions.forget_contact(report, by=None, now=now)


def follow_cases(now):
    """A sweep: cases stand with their hazards, and the channels are told; what they answered to a push is kept."""
    for case in queries.cases_to_follow():
        attempt_quietly(actions.follow_case, case, now=now)
    for result in queries.unreceived_pushes():
        message = queries.last_push(result)
        if message is not None and message.state in (MessageState.ACCEPTED, MessageState.DELIVERED):
            words = {
                "receipt": message.vendor_id or message.said or str(message.pk),
                "received_by": str(message.channel),
            }
            attempt_quietly(actions.receive_result, result, now=now, **words)
        elif is_to_push_again(result, message, now):
            attempt_quietly(actions.push_result, result, now=now)


def is_to_push_again(result, message, now):
    """Whether a push that surely did not arrive is to be made again by itself."""
    has_failed = message is not None and message.state in (MessageState.FAILED, MessageState.EXPIRED)
    return has_failed and result.pushes < actions.PUSHES_MOST and message.settled_at < now - PUSH_AGAIN_AFTER


def warn_cases(now):
    """A sweep: a street office hears of a case whose own deadline is near, and of one that is over."""
    ahead = timedelta(hours=queries.public_limit("case_warn_hours", on=timezone.localdate(now)))
    for case in queries.cases_to_warn(now + ahead):
        warned = warning_due(case.due_at, now, ahead)
        if warned > case.warned:
            attempt_quietly(actions.warn_case, case, now=now, warned=warned)


def attempt_quietly(act, subject, *, now, **words):
    """Do it by the machine; who was faster has done it."""
    with contextlib.suppress(Refused):
        act(subject, by=None, now=now, **words)


def require_checks(now):
    """A sweep: a date for each unit that must check itself and has none; units off their register have none any more.

    A date to come follows where the unit's grade or the table of rhythms changed; one that is over stands.
    """
    for due in idle_due_checks():
        forget_exercises(keeper_of(due), now=now)
        release_check(due, by=None, now=now)
    for due, days in moved_due_checks(on=timezone.localdate(now)):
        keeper = keeper_of(due)
        with transaction.atomic():
            release_check(due, by=None, now=now, outcome=MOVED % {"days": days})
            require_check(keeper.row, by=None, now=now, keeper=keeper, since=due.opened_at)
    for keeper in keepers_without_due(now):
        try:
            require_check(keeper.row, by=None, now=now, keeper=keeper)
        except Refused:
            continue  # somebody else was faster


def ask_patterns(now):
    """A sweep: once a day, after the night's hour, have the job child look for problems across hazards."""
    local = timezone.localtime(now)
    if local.time() < FIND_AT:
        return
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    asked = Job.objects.filter(kind=FIND, asked_at__gte=midnight)
    if asked.exclude(state=JobState.FAILED).exists() or asked.filter(asked_at__gt=now - AGAIN_AFTER).exists():
        return
    jobs.ask(FIND, title=FIND_TITLE, by=None, now=now, at=now.isoformat())


def sweeps():
    """The chores of this room."""
    return [
        Sweep("overdue hazards", escalate_overdue, ESCALATE_EVERY_S),
        Sweep("self-checks due", require_checks, CHECKS_EVERY_S),
        Sweep("problems across hazards", ask_patterns, FIND_EVERY_S),
        Sweep("statements of hazards", ask_statements, DRAW_EVERY_S),
        Sweep("traces of reporters", erase_reporters, ERASE_EVERY_S),
        Sweep("results of cases", follow_cases, FOLLOW_EVERY_S),
        Sweep("deadlines of cases", warn_cases, WARN_EVERY_S),
    ]
