"""The steps of an import that do not depend on what its rows are; a room's actions and jobs are made of them."""

from itertools import islice

from django.db import transaction

from anlan.kit import jobs, store
from anlan.kit.actions import Refused, check, done, note
from anlan.kit.terms import Finding, ImportRefusal, ImportState
from anlan.kit.workbooks import UnreadableSheet

AT_ONCE = 1_000
REST_S = 0.02  # between two transactions: those who wait for SQLite's lock get it then


def keep_file(model, organisation, *, by, now, file_name, body, open_file, read_by, **more):
    """Keep a file and ask `read_by` = (kind of job, its title) to read it. Raises Refused where it cannot be read at all."""
    try:
        open_file(file_name, body)
    except UnreadableSheet as error:
        raise Refused(str(error)) from error
    row = model.objects.create(
        organisation=organisation, file_name=file_name[-200:], sha256=store.put(body), by=by, uploaded_at=now, **more
    )  # fmt: skip
    queue(row, *read_by, by, now)
    return done(row, after=note(row, "file_name", "sha256", *more))


def step_on(handed_in, since, state, kind, title, by, now):
    """The next step of an import, with its job; refused where it is not at `since`."""
    check(None if handed_in.state == since else ImportRefusal.NOT_WAITING)
    before = note(handed_in, "state")
    handed_in.state = state
    handed_in.save(update_fields=["state"])
    queue(handed_in, kind, title, by, now)
    return done(handed_in, before=before)


def queue(handed_in, kind, title, by, now):
    """Ask for the job of a step; `title` names the file as %(name)s."""
    title = (title % {"name": handed_in.file_name})[:200]
    handed_in.job = jobs.ask(kind, title=title, by=by, now=now, handed_in=handed_in.pk)
    handed_in.save(update_fields=["job"])


def insist_over(handed_in):
    """Refuse to take back what is still being carried out."""
    is_over = handed_in.job is not None and not handed_in.job.is_open
    check(None if is_over else ImportRefusal.NOT_DONE)


def let_go(handed_in):
    """Discard an import that waits to be confirmed."""
    check(None if handed_in.state == ImportState.PREVIEW else ImportRefusal.NOT_WAITING)
    before = note(handed_in, "state")
    handed_in.state = ImportState.DISCARDED
    handed_in.save(update_fields=["state"])
    return done(handed_in, before=before)


def load(model, asked):
    """The import that a job is for, and the moment that its changes are recorded with."""
    row = model.objects.select_related("job__by", "organisation").get(pk=asked["handed_in"])
    return row, row.job.started_at or row.job.asked_at


def read_rows(handed_in, report, *, open_file, plan, rest):
    """Read a file row by row and keep each as planned by `plan(rows)`, for the preview.

    A fault further down refuses the whole file. Returns the counts by finding, or {"refused": why}.
    """
    count, rows_kept, imports = 0, handed_in.rows.model.objects, type(handed_in).objects
    handed_in.rows.all().delete()
    try:
        headings, rows = open_file(handed_in.file_name, store.get(handed_in.sha256))
        while batch := list(islice(rows, AT_ONCE)):
            planned = plan(batch)
            with transaction.atomic():
                rows_kept.bulk_create(planned, batch_size=500)
            count += len(batch)
            report(count, 0, planned[-1].name)
            rest(REST_S)
    except UnreadableSheet as error:
        handed_in.rows.all().delete()
        imports.filter(pk=handed_in.pk).update(state=ImportState.REFUSED, fault=str(error)[:300])
        return {"refused": str(error)[:300]}
    counts = {finding.value: handed_in.rows.filter(finding=finding).count() for finding in Finding}
    imports.filter(pk=handed_in.pk, state=ImportState.READING).update(
        state=ImportState.PREVIEW, counts=counts, unknown_columns=headings.unknown
    )
    return counts
