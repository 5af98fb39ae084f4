"""An import: a file is handed in, seen row by row, confirmed, carried out by the job child, and may be undone."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.places.actions.register import edit_place, register_place, retire_place
from anlan.domains.places.models import Place, PlaceImport
from anlan.domains.places.queries import plan_import
from anlan.domains.places.rules.sheets import UnreadableSheet, read_sheet
from anlan.domains.places.terms import Datum, Finding, ImportState, Refusal
from anlan.kit import jobs
from anlan.kit.actions import Refused, action, check, done, note
from anlan.kit.models import Change

BATCH = 100  # rows between two reports; each row is a transaction of its own, so no lock is held long
REFUSALS_KEPT = 1_000


@action("places.hand_in", may=Right.PLACES_EDIT, label=_("上传导入文件"))
def hand_in(organisation, *, by, now, file_name, body, datum):
    """Read a file for import and keep its rows for the preview. Raises Refused with what is wrong with it."""
    check(None if datum in Datum.values else Refusal.DATUM_MISSING)
    try:
        sheet = read_sheet(file_name, body)
    except UnreadableSheet as error:
        raise Refused(str(error)) from error
    row = PlaceImport.objects.create(
        organisation=organisation, file_name=file_name[-200:], datum=datum, columns=sheet.columns,
        unknown_columns=sheet.unknown, rows=sheet.rows, uploaded_at=now,
    )  # fmt: skip
    return done(row, after=note(row, "file_name", "datum") | {"rows": len(sheet.rows)})


@action("places.confirm_import", may=Right.PLACES_EDIT, label=_("确认导入"))
def confirm_import(handed_in, *, by, now):
    """Queue the job that carries the import out, once."""
    check(None if handed_in.state == ImportState.PREVIEW else Refusal.IMPORT_NOT_WAITING)
    before = note(handed_in, "state")
    title = gettext("导入场所：%(name)s") % {"name": handed_in.file_name}
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


@action("places.undo_import", may=Right.PLACES_EDIT, label=_("撤销导入"))
def undo_import(handed_in, *, by, now):
    """Retire the places that this import added and nobody has touched since; each on its own record.

    What was changed by the import, and what was touched afterwards, stays and is counted.
    """
    is_over = handed_in.state == ImportState.CONFIRMED and not (handed_in.job and handed_in.job.is_open)
    check(None if is_over else Refusal.IMPORT_NOT_DONE)
    why, taken_back, kept = str(Refusal.UNDONE % {"number": handed_in.pk}), 0, 0
    for place in added_by(handed_in):
        if is_untouched(place):
            retire_place(place, by=by, now=now, why=why)
            taken_back += 1
        else:
            kept += 1
    before = note(handed_in, "state")
    handed_in.state = ImportState.UNDONE
    handed_in.outcome = handed_in.outcome | {"retired": taken_back, "kept": kept}
    handed_in.save(update_fields=["state", "outcome"])
    return done(handed_in, before=before, after={"retired": taken_back, "kept": kept})


def added_by(handed_in):
    """Places that this import added and that are still registered, the deepest first."""
    added = Change.objects.filter(key__startswith=f"places.import:{handed_in.pk}:", what="places.register")
    ids = [int(number) for number in added.order_by("-id").values_list("subject_id", flat=True)]
    found = Place.objects.select_related("organisation").in_bulk(ids)
    return [found[number] for number in ids if number in found and found[number].retired_at is None]


def is_untouched(place):
    """Whether nothing was recorded of the place since it was added, and nothing hangs on it."""
    hangs = place.zones.exists() or place.entrances.exists() or place.determinations.exists()
    return (
        not hangs
        and not place.parts.filter(retired_at=None).exists()
        and Change.objects.of(place).count() == 1
    )


@jobs.job("places.import")
def run_import(asked, report):
    """Carry out a confirmed import row by row; rows that are refused are named, the others stay.

    Doing it again after an interruption doubles nothing: each row's change has a key of its own.
    """
    handed_in = PlaceImport.objects.select_related("job__by", "organisation").get(pk=asked["place_import"])
    person, outcome = handed_in.job.by, {"added": 0, "changed": 0, "same": 0, "refusals": []}
    plan = plan_import(handed_in, person)
    try:
        for step, row in enumerate(plan.rows):
            carry_out(row, handed_in, person, outcome)
            if step % BATCH == 0:
                report(step, len(plan.rows), row.name)
        report(len(plan.rows), len(plan.rows))
    finally:
        outcome["refused"] = len(outcome["refusals"])
        del outcome["refusals"][REFUSALS_KEPT:]
        PlaceImport.objects.filter(pk=handed_in.pk).update(outcome=outcome)
    return {name: outcome[name] for name in ("added", "changed", "same", "refused")}


def carry_out(row, handed_in, person, outcome):
    """Do one planned row and count what became of it."""
    if row.finding == Finding.SAME:
        outcome["same"] += 1
        return
    key = f"places.import:{handed_in.pk}:{row.number}"
    words = {
        "by": person,
        "now": handed_in.job.started_at or handed_in.job.asked_at,
        "key": key,
        "why": handed_in.file_name,
    }
    try:
        if row.finding == Finding.REFUSE:
            raise Refused("；".join(f"{label}：{text}" for label, text in row.faults))
        fields = dict(row.fields)
        if parent := fields.pop("parent_code", None):
            fields["parent"] = Place.objects.get(code=parent, retired_at=None)
        if row.finding == Finding.ADD:
            register_place(fields.pop("organisation"), code=row.code, **fields, **words)
            outcome["added"] += 1
        else:
            edit_place(row.place, **fields, **words)
            outcome["changed"] += 1
    except (Refused, Place.DoesNotExist) as refusal:
        outcome["refusals"].append([row.number, row.code, str(refusal)[:300]])
