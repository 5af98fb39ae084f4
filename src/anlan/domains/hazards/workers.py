"""What runs beside the pages: overdue hazards climb, statements are drawn up when a quarter or a year has ended."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from anlan.domains.hazards import actions, queries
from anlan.domains.hazards.actions.statements import DRAW
from anlan.domains.hazards.rules.statements import ended_spans
from anlan.kit import jobs
from anlan.kit.actions import Refused
from anlan.kit.models import Job
from anlan.kit.terms import JobState
from anlan.kit.worker import Sweep

ESCALATE_EVERY_S = 60.0
DRAW_EVERY_S = 600.0
AGAIN_AFTER = timedelta(hours=6)  # a job that failed is asked for again
DRAW_TITLE = _("生成隐患统计表")


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


def sweeps():
    """The chores of this room."""
    return [
        Sweep("overdue hazards", escalate_overdue, ESCALATE_EVERY_S),
        Sweep("statements of hazards", ask_statements, DRAW_EVERY_S),
    ]
