"""An import: a file is handed in, seen row by row, confirmed, carried out by the job child, and may be undone."""

import time
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.places.actions.capacity import determine_capacity, withdraw_determination
from anlan.domains.places.actions.parts import (
    add_entrance,
    add_zone,
    edit_entrance,
    edit_zone,
    remove_entrance,
    remove_zone,
)
from anlan.domains.places.actions.register import edit_place, register_place, retire_place
from anlan.domains.places.models import CapacityDetermination, Entrance, Place, PlaceImport, Zone
from anlan.domains.places.queries import plan_import
from anlan.domains.places.queries.sheets import read_sheet
from anlan.domains.places.rules.columns import columns_by_name
from anlan.domains.places.terms import Datum, Finding, ImportKind, ImportState, Refusal
from anlan.kit import jobs
from anlan.kit.actions import Refused, action, check, done, note
from anlan.kit.models import Change
from anlan.kit.workbooks import UnreadableSheet

BATCH_ROWS = 500  # rows to a transaction at most …
BATCH_S = 0.5  # … and how long it may hold SQLite's one write lock, for which the wall's writers wait
REST_S = 0.1  # between two transactions: those who wait for SQLite's lock ask again every 100 ms at most
REFUSALS_KEPT = 1_000


@action("places.hand_in", may=Right.PLACES_EDIT, label=_("上传导入文件"))
def hand_in(organisation, *, by, now, file_name, body, datum, kind=ImportKind.PLACES):
    """Read a file of rows of `kind` and keep them for the preview. Raises Refused with what is wrong with it.

    The datum is asked wherever rows of this kind have a position or an outline.
    """
    is_drawn = not {"lon", "outline"}.isdisjoint(columns_by_name(kind))
    check(Refusal.DATUM_MISSING if is_drawn and datum not in Datum.values else None)
    try:
        sheet = read_sheet(file_name, body, kind=kind)
    except UnreadableSheet as error:
        raise Refused(str(error)) from error
    row = PlaceImport.objects.create(
        organisation=organisation, kind=kind, file_name=file_name[-200:], datum=datum if is_drawn else "", columns=sheet.columns,
        unknown_columns=sheet.unknown, rows=sheet.rows, uploaded_at=now,
    )  # fmt: skip
    return done(row, after=note(row, "kind", "file_name", "datum") | {"rows": len(sheet.rows)})


@action("places.confirm_import", may=Right.PLACES_EDIT, label=_("确认导入"))
def confirm_import(handed_in, *, by, now):
    """Queue the job that carries the import out, once."""
    check(None if handed_in.state == ImportState.PREVIEW else Refusal.IMPORT_NOT_WAITING)
    before = note(handed_in, "state")
    title = gettext("导入%(kind)s：%(name)s") % {
        "kind": handed_in.get_kind_display(), "name": handed_in.file_name,
    }  # fmt: skip
    handed_in.job = jobs.ask("places.import", title=title[:200], by=by, now=now, place_import=handed_in.pk)
    handed_in.state = ImportState.CONFIRMED
    handed_in.save(update_fields=["job", "state"])
    return done(handed_in, before=before)


@action("places.discard_import", may=Right.PLACES_EDIT, label=_("放弃导入"))
def discard_import(handed_in, *, by, now):
    """Let a previewed import go without carrying it out."""
    check(None if handed_in.state == ImportState.PREVIEW else Refusal.IMPORT_NOT_WAITING)
    before = note(handed_in, "state")
    handed_in.state = ImportState.DISCARDED
    handed_in.save(update_fields=["state"])
    return done(handed_in, before=before)


class Deeds(NamedTuple):
    """The actions that carry out one kind of row, the model of what they add, and the one that takes it back."""

    model: type
    add: object
    edit: object
    take_back: object


DEEDS = {
    ImportKind.PLACES: Deeds(Place, register_place, edit_place, retire_place),
    ImportKind.ZONES: Deeds(Zone, add_zone, edit_zone, remove_zone),
    ImportKind.ENTRANCES: Deeds(Entrance, add_entrance, edit_entrance, remove_entrance),
    ImportKind.CAPACITIES: Deeds(CapacityDetermination, determine_capacity, None, withdraw_determination),
}


@action("places.undo_import", may=Right.PLACES_EDIT, label=_("撤销导入"))
def undo_import(handed_in, *, by, now):
    """Take back what this import added and nobody has touched since; each on its own record.

    Places are retired, zones and entrances removed, capacities withdrawn. What was changed by the import, what
    was touched afterwards and what others now refer to stays and is counted.
    """
    is_over = handed_in.state == ImportState.CONFIRMED and not (handed_in.job and handed_in.job.is_open)
    check(None if is_over else Refusal.IMPORT_NOT_DONE)
    take_back, why = DEEDS[handed_in.kind].take_back, str(Refusal.UNDONE % {"number": handed_in.pk})
    counts = {"retired": 0, "kept": 0}
    for row in added_by(handed_in):
        try:
            check(None if is_untouched(row) else Refusal.TOUCHED)
            take_back(row, by=by, now=now, why=why)
            counts["retired"] += 1
        except Refused:
            counts["kept"] += 1
    before = note(handed_in, "state")
    handed_in.state = ImportState.UNDONE
    handed_in.outcome = handed_in.outcome | counts
    handed_in.save(update_fields=["state", "outcome"])
    return done(handed_in, before=before, after=counts)


def added_by(handed_in):
    """What this import added and is still there, the latest first."""
    deeds = DEEDS[handed_in.kind]
    added = Change.objects.filter(key__startswith=f"places.import:{handed_in.pk}:", what=deeds.add.verb)
    ids = [int(number) for number in added.order_by("-id").values_list("subject_id", flat=True)]
    found = deeds.model.objects.in_bulk(ids)
    return [found[number] for number in ids if number in found]


def is_untouched(row):
    """Whether nothing was recorded of the row since it was added, and, of a place, nothing hangs on it."""
    hanging = (
        (row.zones, row.entrances, row.determinations, row.assessments) if isinstance(row, Place) else ()
    )
    return (
        not any(rows.exists() for rows in hanging)
        and not (isinstance(row, Place) and row.parts.filter(retired_at=None).exists())
        and Change.objects.of(row).count() == 1
    )


@jobs.job("places.import")
def run_import(asked, report, *, clock=time.monotonic, rest=time.sleep):
    """Carry out a confirmed import; rows that are refused are named, the others stay.

    Each row is an action of its own within a savepoint; a batch of them is one transaction. Doing it again after
    an interruption doubles nothing: each row's change has a key of its own.
    """
    handed_in = PlaceImport.objects.select_related("job__by", "organisation").get(pk=asked["place_import"])
    rows, outcome = (
        plan_import(handed_in, handed_in.job.by).rows,
        {"added": 0, "changed": 0, "same": 0, "refusals": []},
    )
    done_rows = 0
    try:
        while done_rows < len(rows):
            became = carry_out_batch(rows[done_rows : done_rows + BATCH_ROWS], handed_in, clock)
            count(became, outcome)
            done_rows += len(became)
            report(done_rows, len(rows), rows[done_rows - 1].name)
            rest(REST_S)
    finally:
        outcome["refused"] = len(outcome["refusals"])
        del outcome["refusals"][REFUSALS_KEPT:]
        PlaceImport.objects.filter(pk=handed_in.pk).update(outcome=outcome)
    return {name: outcome[name] for name in ("added", "changed", "same", "refused")}


def carry_out_batch(rows, handed_in, clock):
    """Do these rows in one transaction until its time is up; what became of those that were done, in order."""
    began, became = clock(), []
    with transaction.atomic():
        for row in rows:
            became.append(carry_out(row, handed_in))
            if clock() - began > BATCH_S:
                break
    return became


def count(became, outcome):
    """Add what became of rows to the outcome: a name of its counts, or a refusal as [row, code, reason]."""
    for one in became:
        if isinstance(one, str):
            outcome[one] += 1
        else:
            outcome["refusals"].append(one)


def carry_out(row, handed_in):
    """Do one planned row; says what became of it, as `count` takes it."""
    if row.finding == Finding.SAME:
        return "same"
    deeds, fields = DEEDS[handed_in.kind], dict(row.fields)
    words = {
        "by": handed_in.job.by,
        "now": handed_in.job.started_at or handed_in.job.asked_at,
        "key": f"places.import:{handed_in.pk}:{row.number}",
        "why": fields.pop("reason", "") if handed_in.kind == ImportKind.CAPACITIES else handed_in.file_name,
    }
    try:
        if row.finding == Finding.REFUSE:
            colon, semicolon = gettext("："), gettext("；")
            raise Refused(semicolon.join(f"{label}{colon}{text}" for label, text in row.faults))
        if parent := fields.pop("parent_code", None):
            fields["parent"] = Place.objects.get(code=parent, retired_at=None)
        if row.finding == Finding.CHANGE:
            deeds.edit(row.subject, **fields, **words)
            return "changed"
        deeds.add(row.place or fields.pop("organisation"), **fields, **words)
        return "added"
    except (Refused, Place.DoesNotExist) as refusal:
        return [row.number, row.code, str(refusal)[:300]]
