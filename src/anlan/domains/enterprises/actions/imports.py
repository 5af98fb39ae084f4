"""An import: a file is handed in, read and planned by the job child, seen, confirmed, carried out, and may be undone.

A batch of rows is one transaction with one statement for the enterprises and one for their change rows; each change has
a key of its own, so that doing a batch again after an interruption doubles nothing.
"""

import time

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.queries import organisation_tree
from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises.actions.register import (
    close_enterprise,
    edit_enterprise,
    kept,
    next_temporary,
    register_enterprise,
    told,
    told_after,
)
from anlan.domains.enterprises.models import Enterprise, EnterpriseImport
from anlan.domains.enterprises.queries.imports import Planner, find_by_code, open_file
from anlan.domains.enterprises.queries.register import typed_values
from anlan.domains.enterprises.rules.codes import name_key, temporary_code
from anlan.domains.enterprises.terms import EnterpriseState
from anlan.kit import jobs
from anlan.kit.actions import Done, action, done, note, record_all
from anlan.kit.imports.batches import carry_out_rows, row_key, take_back_rows
from anlan.kit.imports.steps import insist_over, keep_file, let_go, load, read_rows, step_on
from anlan.kit.models import Change
from anlan.kit.terms import Finding, ImportState

READ, CARRY_OUT, TAKE_BACK = "enterprises.read", "enterprises.import", "enterprises.undo_import"


@action("enterprises.hand_in", may=Right.ENTERPRISES_EDIT, label=_("上传企业导入文件"))
def hand_in(organisation, *, by, now, file_name, body):
    """Keep a file of enterprises and have it read; nothing is registered before the preview is confirmed."""
    return keep_file(
        EnterpriseImport, organisation, by=by, now=now, file_name=file_name, body=body, open_file=open_file,
        read_by=(READ, gettext("读取企业文件：%(name)s")),
    )  # fmt: skip


@action("enterprises.confirm_import", may=Right.ENTERPRISES_EDIT, label=_("确认企业导入"))
def confirm_import(handed_in, *, by, now):
    """Carry the import out, once."""
    title = gettext("导入企业：%(name)s")
    return step_on(handed_in, ImportState.PREVIEW, ImportState.CONFIRMED, CARRY_OUT, title, by, now)


@action("enterprises.undo_import", may=Right.ENTERPRISES_EDIT, label=_("撤销企业导入"))
def undo_import(handed_in, *, by, now):
    """Take back the enterprises that this import added and nobody has touched since; what it changed stays."""
    insist_over(handed_in)
    title = gettext("撤销企业导入：%(name)s")
    return step_on(handed_in, ImportState.CONFIRMED, ImportState.UNDONE, TAKE_BACK, title, by, now)


@action("enterprises.discard_import", may=Right.ENTERPRISES_EDIT, label=_("放弃企业导入"))
def discard_import(handed_in, *, by, now):
    """Let a previewed import go."""
    return let_go(handed_in)


@jobs.job(READ)
def read_file(asked, report, *, rest=time.sleep):
    """Read a file row by row and plan each; the preview shows them. A fault further down refuses the whole file."""
    handed_in, _now = load(EnterpriseImport, asked)
    plan = Planner(handed_in, handed_in.job.by).plan
    return read_rows(handed_in, report, open_file=open_file, plan=plan, rest=rest)


# ── carried out ─────────────────────────────────────────────────────────────────────────────────


@jobs.job(CARRY_OUT)
def run_import(asked, report, *, rest=time.sleep):
    """Carry a confirmed import out in batches; what the register says by now counts, not what the preview saw."""
    return carry_out_rows(EnterpriseImport, asked, report, do=carry_out, rest=rest)


def carry_out(batch, handed_in, now, outcome):
    """Register and change the enterprises of a batch, with their change rows; how many rows that was."""
    by, keys = handed_in.job.by, {row.pk: row_key(CARRY_OUT, handed_in, row.number) for row in batch}
    done_before = set(Change.objects.filter(key__in=list(keys.values())).values_list("key", flat=True))
    supervisors = {one.code: one for one in organisation_tree(by)}
    known = find_by_code([row.code for row in batch])
    added, changed, temporary = [], [], None
    for row in batch:
        if keys[row.pk] in done_before:
            continue
        fields, subject = typed_fields(row.fields, supervisors), known.get(row.code)
        if subject is None and row.finding == Finding.ADD:
            temporary = temporary or (None if row.code else next_temporary())
            code = row.code or temporary
            temporary = None if row.code else temporary_code(int(temporary[1:]) + 1)
            added.append((make(code, fields, now), keys[row.pk]))
        elif subject is not None and subject.is_active and by.may(Right.ENTERPRISES_EDIT, subject.supervisor):
            changed.append((change(subject, fields, now), keys[row.pk]))
        else:
            outcome["left"] += 1
    Enterprise.objects.bulk_create([one for one, _key in added], batch_size=250)
    record_all(
        register_enterprise, [(Done(one, after=kept(one)), key) for one, key in added], by=by, now=now,
        why=handed_in.file_name,
    )  # fmt: skip
    for one, _key in changed:
        one.subject.save()
    record_all(edit_enterprise, changed, by=by, now=now, why=handed_in.file_name)
    outcome["added"] += len(added)
    outcome["changed"] += len(changed)
    return len(batch)


def typed_fields(fields, supervisors):
    """The fields of a planned row as the model has them."""
    words = {name: value for name, value in fields.items() if name != "supervisor"}
    typed = typed_values(words)
    if supervisor := supervisors.get(fields.get("supervisor")):
        typed["supervisor"] = supervisor
    return typed


def make(code, fields, now):
    """An enterprise, not kept yet."""
    words = {"name_key": name_key(fields["name"]), "registered_at": now, "changed_at": now}
    return Enterprise(code=code, **words, **fields)


def change(subject, fields, now):
    """Change a registered enterprise, not kept yet: what is recorded of it."""
    words = {
        name: value for name, value in fields.items() if name != "supervisor" or value != subject.supervisor
    }
    before, was = told(subject, *words), note(subject, *words)
    for name, value in words.items():
        setattr(subject, name, value)
    subject.name_key, subject.changed_at = name_key(subject.name), now
    return Done(subject, before, told_after(subject, before, was))


# ── taken back ──────────────────────────────────────────────────────────────────────────────────


@jobs.job(TAKE_BACK)
def run_undo(asked, report, *, rest=time.sleep):
    """Close what the import added and nobody touched since."""
    return take_back_rows(
        EnterpriseImport, asked, report, kind=CARRY_OUT, verb=register_enterprise.verb, do=take_back, rest=rest
    )  # fmt: skip


def take_back(batch, handed_in, now, outcome):
    """Close the enterprises of these change rows that have no other change and no parts; how many rows that was."""
    ids = [int(one.subject_id) for one in batch]
    later = Change.objects.filter(
        subject_kind=Enterprise._meta.label_lower, subject_id__in=[str(pk) for pk in ids]
    )
    touched = {
        int(one)
        for one in later.exclude(pk__in=[row.pk for row in batch]).values_list("subject_id", flat=True)
    }
    rows = Enterprise.objects.filter(pk__in=ids, state=EnterpriseState.ACTIVE, sites=None, licences=None)
    free = [row for row in rows.select_related("supervisor") if row.pk not in touched]
    told = []
    for row in free:
        before = note(row, "state")
        row.state, row.changed_at = EnterpriseState.CLOSED, now
        told.append((done(row, before=before), None))
    Enterprise.objects.bulk_update(free, ["state", "changed_at"], batch_size=250)
    record_all(close_enterprise, told, by=handed_in.job.by, now=now, why=str(_("撤销导入")))
    outcome["closed"] += len(free)
    outcome["kept"] += len(batch) - len(free)
    return len(batch)
