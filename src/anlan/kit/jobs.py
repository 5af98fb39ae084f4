"""Long work: a row is queued, the job child does it, reports how far it is, and can be told to stop.

@job("places.import")
def import_places(asked, report):
    '''Import the rows of a checked upload.'''
    for step, row in enumerate(rows):
        ...
        report(step, len(rows), "…")        # raises Cancelled when someone pressed cancel
    return {"added": 12, "refused": 1}
"""

import logging
import time

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils import timezone
from django.utils.translation import get_language, override

from anlan.kit.models import Job
from anlan.kit.terms import JobState

log = logging.getLogger(__name__)

JOBS = {}
REPORT_EVERY_S = 0.5  # a progress row per half second: smooth for the eye, cheap for SQLite


class Cancelled(Exception):
    """Someone asked to cancel the job; what was done so far stays and is said."""


def job(kind):
    """Register `function(asked, report) -> outcome dict` as the doer of jobs of this kind."""

    def wrap(function):
        JOBS[kind] = function
        return function

    return wrap


def ask(kind, *, title, by, now, **asked):
    """Queue a job; returns its row. It will speak the language of this page. Raises KeyError for a kind nobody does."""
    if kind not in JOBS:
        raise KeyError(f"no job of kind {kind!r}; known: {', '.join(sorted(JOBS))}")
    asked["language"] = get_language()
    return Job.objects.create(kind=kind, title=title, asked=asked, by=by, asked_at=now)


def ask_cancel(row):
    """Ask a job to stop: a queued one is cancelled at once, a running one at its next report."""
    Job.objects.filter(pk=row.pk, state=JobState.RUNNING).update(cancel_asked=True)
    Job.objects.filter(pk=row.pk, state=JobState.QUEUED).update(
        state=JobState.CANCELLED, ended_at=timezone.now()
    )


def claim(now):
    """Take the oldest queued job, or None; what a person waits for goes before the machine's own chores."""
    is_chore = ExpressionWrapper(Q(by=None), BooleanField())
    with transaction.atomic():
        row = Job.objects.filter(state=JobState.QUEUED).order_by(is_chore, "id").first()
        if row is None:
            return None
        taken = Job.objects.filter(pk=row.pk, state=JobState.QUEUED)
        if not taken.update(state=JobState.RUNNING, started_at=now):
            return None
    row.refresh_from_db()
    return row


def make_report(row, *, clock=time.monotonic):
    """The function a job calls to say how far it is: `report(done, total, note="")`."""
    last = [-REPORT_EVERY_S]

    def report(done, total, note=""):
        if clock() - last[0] < REPORT_EVERY_S and done < total:
            return
        last[0] = clock()
        Job.objects.filter(pk=row.pk).update(done_steps=done, total_steps=total, note=str(note)[:300])
        if Job.objects.filter(pk=row.pk, cancel_asked=True).exists():
            raise Cancelled

    return report


def run_one(now):
    """Do the next queued job to its end; returns its row, or None when there was none."""
    row = claim(now)
    if row is None:
        return None
    state, outcome, note = JobState.DONE, {}, None
    try:
        with override(row.asked.get("language")):
            outcome = JOBS[row.kind](row.asked, make_report(row)) or {}
    except Cancelled:
        state = JobState.CANCELLED
    except Exception as error:
        log.exception("job %s (%s) failed", row.pk, row.kind)
        state, note = JobState.FAILED, f"{type(error).__name__}: {error}"[:300]
    ended = {"state": state, "outcome": outcome, "ended_at": timezone.now()}
    Job.objects.filter(pk=row.pk).update(**ended, **({"note": note} if note else {}))
    row.refresh_from_db()
    return row


def fail_orphans(now):
    """At start: jobs that a stopped child left running are marked failed, so that nobody waits for them."""
    return Job.objects.filter(state=JobState.RUNNING).update(
        state=JobState.FAILED, ended_at=now, note="interrupted: the job child stopped; start it again"
    )


def run_forever(*, stopping, idle_s=0.5):
    """The job child's life: do jobs one after another until `stopping()` is true."""
    fail_orphans(timezone.now())
    while not stopping():
        if run_one(timezone.now()) is None:
            time.sleep(idle_s)
