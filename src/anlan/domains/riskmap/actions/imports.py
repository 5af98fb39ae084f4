"""An import of risk points: handed in, read and planned by the job child, seen, confirmed, carried out, and taken back.

Each row is done by the room's own actions within a savepoint, and a batch of rows is one transaction. Each change has a
key of its own, so that doing a batch again after an interruption doubles nothing.
"""

import time

from django.db import IntegrityError, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.queries import organisation_tree
from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises.queries import visible_enterprises
from anlan.domains.places.queries import visible_places
from anlan.domains.riskmap.actions.assessing import assess_point
from anlan.domains.riskmap.actions.points import edit_point, register_point, retire_point
from anlan.domains.riskmap.models import RiskImport, RiskPoint
from anlan.domains.riskmap.queries.imports import KEYS, Planner, find_rows, open_file
from anlan.domains.riskmap.terms import PointState, Refusal
from anlan.kit import jobs
from anlan.kit.actions import Refused, action, check
from anlan.kit.imports.batches import carry_out_rows, row_key, take_back_rows
from anlan.kit.imports.steps import insist_over, keep_file, let_go, load, read_rows, step_on
from anlan.kit.models import Change
from anlan.kit.terms import Finding, ImportState

READ, CARRY_OUT, TAKE_BACK = "riskmap.read", "riskmap.import", "riskmap.undo_import"
BATCH_ROWS = 200
BATCH_S = 0.5  # how long one transaction may hold SQLite's one write lock, for which the wall's writers wait


@action("riskmap.hand_in", may=Right.RISKMAP_EDIT, label=_("上传风险点导入文件"))
def hand_in(organisation, *, by, now, file_name, body, datum):
    """Keep a file of risk points and have it read; nothing is registered before the preview is confirmed.

    Raises Refused for a file that cannot be read, and where the datum of its coordinates is not told.
    """
    check(None if datum in dict(RiskImport._meta.get_field("datum").choices) else Refusal.DATUM_MISSING)
    return keep_file(
        RiskImport, organisation, by=by, now=now, file_name=file_name, body=body, open_file=open_file,
        read_by=(READ, gettext("读取风险点文件：%(name)s")), datum=datum,
    )  # fmt: skip


@action("riskmap.confirm_import", may=Right.RISKMAP_EDIT, label=_("确认风险点导入"))
def confirm_import(handed_in, *, by, now):
    """Carry the import out, once."""
    title = gettext("导入风险点：%(name)s")
    return step_on(handed_in, ImportState.PREVIEW, ImportState.CONFIRMED, CARRY_OUT, title, by, now)


@action("riskmap.undo_import", may=Right.RISKMAP_EDIT, label=_("撤销风险点导入"))
def undo_import(handed_in, *, by, now):
    """Take off the map what this import added and nobody has touched since; what it changed stays."""
    insist_over(handed_in)
    title = gettext("撤销风险点导入：%(name)s")
    return step_on(handed_in, ImportState.CONFIRMED, ImportState.UNDONE, TAKE_BACK, title, by, now)


@action("riskmap.discard_import", may=Right.RISKMAP_EDIT, label=_("放弃风险点导入"))
def discard_import(handed_in, *, by, now):
    """Let a previewed import go."""
    return let_go(handed_in)


@jobs.job(READ)
def read_file(asked, report, *, rest=time.sleep):
    """Read a file row by row and plan each; the preview shows them. A fault further down refuses the whole file."""
    handed_in, _now = load(RiskImport, asked)
    plan = Planner(handed_in, handed_in.job.by).plan
    return read_rows(handed_in, report, open_file=open_file, plan=plan, rest=rest)


# ── carried out ─────────────────────────────────────────────────────────────────────────────────


@jobs.job(CARRY_OUT)
def run_import(asked, report, *, clock=time.monotonic, rest=time.sleep):
    """Carry a confirmed import out in batches; a row that a rule refuses by now is left and counted."""

    def do(batch, handed_in, now, outcome):
        known = know(batch, handed_in.job.by)
        return in_time(batch, lambda row: carry_out(row, handed_in, known, now), outcome, clock)

    return carry_out_rows(RiskImport, asked, report, do=do, rest=rest, at_once=BATCH_ROWS)


def in_time(batch, do_one, outcome, clock):
    """Do rows until they are done or BATCH_S is over, counting what `do_one` says of each; how many were done."""
    began = clock()
    for count, row in enumerate(batch, 1):
        outcome[do_one(row)] += 1
        if clock() - began > BATCH_S:
            return count
    return len(batch)


def know(rows, person):
    """The rows that these rows' keys lead to, by field and code, and the points that they change, by number."""
    told = {name: [row.fields.get(name) for row in rows] for name in KEYS}
    points = RiskPoint.objects.select_related("organisation", "place", "enterprise")
    return {
        "organisation": {one.code: one for one in organisation_tree(person)},
        "place": find_rows(visible_places(person), "code", told["place"]),
        "enterprise": find_rows(visible_enterprises(person), "code", told["enterprise"]),
        "point": find_rows(points, "number", [row.code for row in rows]),
    }


def carry_out(row, handed_in, known, now):
    """Do one planned row; which count of the outcome it belongs to."""
    by, key = handed_in.job.by, row_key(CARRY_OUT, handed_in, row.number)
    words = {"by": by, "now": now, "why": handed_in.file_name}
    fields = dict(row.fields)
    assessed = fields.pop("method", None)
    try:
        with transaction.atomic():
            fields |= {name: known[name][fields[name]] for name in KEYS if name in fields}
            if row.finding == Finding.CHANGE:
                point, became = known["point"][row.code], "changed"
                edit_point(point, key=key, **words, **fields) if fields else None
            else:
                change = register_point(fields.pop("organisation"), key=key, **words, **fields)
                point, became = getattr(change, "subject", None), "added"
            if assessed and point is not None:
                assess_point(point, key=f"{key}:assess", **words, **assessed)
    except (Refused, KeyError, IntegrityError):  # the last: somebody else took the same number just now
        return "left"
    return became


# ── taken back ──────────────────────────────────────────────────────────────────────────────────


@jobs.job(TAKE_BACK)
def run_undo(asked, report, *, clock=time.monotonic, rest=time.sleep):
    """Take off the map what the import added and nobody touched since, each on its own record."""

    def do(batch, handed_in, now, outcome):
        free = untouched(batch, row_key(CARRY_OUT, handed_in))
        return in_time(
            batch, lambda change: take_back(free.get(change.subject_id), handed_in, now), outcome, clock
        )

    return take_back_rows(
        RiskImport, asked, report, kind=CARRY_OUT, verb=register_point.verb, do=do, rest=rest, at_once=BATCH_ROWS
    )  # fmt: skip


def untouched(batch, prefix):
    """{id as text: point} of those that these changes added, that stand on the map, and that only the import touched."""
    ids = [change.subject_id for change in batch]
    theirs = Change.objects.filter(subject_kind=RiskPoint._meta.label_lower, subject_id__in=ids)
    touched = set(theirs.exclude(key__startswith=prefix).values_list("subject_id", flat=True))
    touched |= set(theirs.filter(key=None).values_list("subject_id", flat=True))
    points = RiskPoint.objects.filter(pk__in=[int(one) for one in ids], state__in=PointState.alive())
    return {str(point.pk): point for point in points if str(point.pk) not in touched}


def take_back(point, handed_in, now):
    """Take one point off the map; which count of the outcome it belongs to."""
    if point is None:
        return "kept"
    why = str(Refusal.UNDONE % {"number": handed_in.pk})
    try:
        retire_point(point, by=handed_in.job.by, now=now, why=why)
    except Refused:
        return "kept"
    return "closed"
