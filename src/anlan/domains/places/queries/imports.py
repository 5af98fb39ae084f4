"""What will become of each row of an import, seen against the register and the rights of who imports."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils import timezone

from anlan.domains.accounts.queries import organisation_tree
from anlan.domains.accounts.terms import Right
from anlan.domains.places import rules
from anlan.domains.places.models import CapacityDetermination, Place, PlaceImport, RailLine
from anlan.domains.places.queries.capacity import check_determiner, own_deciders, weigh_determination
from anlan.domains.places.queries.cells import (
    Unread,
    name_words,
    place_in_outline,
    read_cell,
    read_outline_cell,
    read_point,
)
from anlan.domains.places.queries.register import answers_for
from anlan.domains.places.rules.columns import INPUTS, columns_by_name
from anlan.domains.places.terms import CapacityMethod, Finding, ImportKind, RowFault

SAME_DEGREES = 1e-6  # a tenth of a metre: a position that came back through another datum has not moved
CODES_AT_ONCE = 500  # a database takes only so many parameters


@dataclass
class PlannedRow:
    """One row: what will be done, with which fields, and why not (pairs of column label and text).

    `place` is the place that a zone, an entrance or a capacity belongs to; `subject` the row that is there already.
    """

    number: int
    code: str
    name: str
    columns: dict = field(repr=False)
    finding: str = Finding.ADD
    fields: dict = field(default_factory=dict)
    faults: list = field(default_factory=list)
    changes: list = field(default_factory=list)
    place: Place | None = None
    subject: object = None

    def refuse(self, column, text):
        """Refuse the row because of this column."""
        self.finding = Finding.REFUSE
        self.faults.append((self.columns[column].label, text))


@dataclass
class Plan:
    """All rows of an import, in the file's order."""

    rows: list

    @property
    def counts(self):
        """{finding: number of rows}, with a zero for those that do not occur."""
        found = Counter(row.finding for row in self.rows)
        return {finding.value: found[finding] for finding in Finding}

    @property
    def refused(self):
        return [row for row in self.rows if row.finding == Finding.REFUSE]

    @property
    def doable(self):
        return [row for row in self.rows if row.finding in {Finding.ADD, Finding.CHANGE}]


@dataclass
class Known:
    """The register as the rows are held against it; `kinds` and `seen` grow by the rows already planned."""

    person: object
    datum: str
    columns: dict
    words: dict
    organisations: dict
    lines: dict
    places: dict
    zones: dict
    entrances: dict
    determinations: dict
    deciders: dict
    today: object
    kinds: dict
    seen: dict = field(default_factory=dict)


def visible_imports(person):
    """Imports of the organisations that `person` sees, newest first, without their rows."""
    imports = PlaceImport.objects.select_related("organisation", "job").defer("rows")
    return imports.filter(person.reach(Right.PLACES_EDIT) | person.reach(Right.PLACES_DETERMINE))


def plan_import(handed_in, person):
    """The Plan for a PlaceImport when `person` imports it now."""
    sheet, known = SHEET_PLANS[handed_in.kind], know(handed_in, person)
    return Plan([plan_row(row, sheet, known) for row in handed_in.rows])


def know(handed_in, person):
    """What the register says of everything that the rows name."""
    sheet, columns = SHEET_PLANS[handed_in.kind], columns_by_name(handed_in.kind)
    named = {str(row["cells"].get(name, "")) for row in handed_in.rows for name in sheet.place_columns}
    places = {place.code: place for place in find_by_codes(named, sheet.beside)}
    beside = {
        name: [one for place in places.values() for one in getattr(place, name).all()]
        for name in sheet.beside
    }
    return Known(
        person=person, datum=handed_in.datum, columns=columns, places=places, today=timezone.localdate(),
        words={column.name: name_words(column.words) for column in columns.values() if column.words},
        organisations={one.code: one for one in organisations_for(handed_in.kind, person)},
        lines={line.code: line for line in RailLine.objects.all()}, deciders=own_deciders(),
        zones={(one.place.code, one.code): one for one in beside.get("zones", ())},
        entrances={(one.place.code, one.code): one for one in beside.get("entrances", ())},
        determinations={name_capacity(one): one for one in beside.get("determinations", ()) if not one.withdrawn_at},
        kinds={code: place.kind for code, place in places.items() if place.retired_at is None},
    )  # fmt: skip


def find_by_codes(codes, beside):
    """Places with these codes, each with the rows `beside` it, in batches."""
    codes = sorted(codes)
    for start in range(0, len(codes), CODES_AT_ONCE):
        some = Place.objects.filter(code__in=codes[start : start + CODES_AT_ONCE])
        yield from some.select_related("organisation", "operator", "parent").prefetch_related(*beside)


def organisations_for(kind, person):
    """Those that rows may name: a capacity any in use, as its form does; all else those that the person sees."""
    if kind == ImportKind.CAPACITIES:
        return CapacityDetermination._meta.get_field("determined_by").related_model.objects.filter(
            is_active=True
        )
    return organisation_tree(person)


def plan_row(row, sheet, known):
    """One row: find what it is about, read it cell by cell, and hold it against what is registered."""
    cells = row["cells"]
    named = [str(cells[name]) for name in sheet.naming if name in cells]
    planned = PlannedRow(row["row"], "/".join(named)[:80], str(cells.get("name", ""))[:120], known.columns)
    for name, cell in cells.items():
        if isinstance(cell, str) and cell.startswith("="):
            planned.refuse(name, RowFault.FORMULA)
    if planned.finding != Finding.REFUSE:
        sheet.identify(planned, cells, known)
        read_cells(planned, cells, known)
        sheet.conclude(planned, cells, known)
    if planned.finding != Finding.REFUSE:
        compare(planned)
    return planned


def read_cells(planned, cells, known):
    """Every cell by its column; an empty cell leaves what is registered as it is."""
    for name, column in known.columns.items():
        if column.read == "own":
            continue
        if name in cells:
            try:
                planned.fields[name] = read_cell(column, cells[name], planned, known)
            except Unread as fault:
                planned.refuse(name, str(fault))
        elif column.is_required and planned.subject is None:
            planned.refuse(name, RowFault.MISSING)


def see_once(planned, known, *key):
    """Refuse a row that says again what a row above said."""
    if (first := known.seen.setdefault(key, planned.number)) != planned.number:
        column = "code" if "code" in known.columns else "place"
        fault = RowFault.CODE_TWICE if column == "code" else RowFault.SAME_TWICE
        planned.refuse(column, fault % {"row": first})


# ── places ──────────────────────────────────────────────────────────────────────────────────────


def identify_place(planned, cells, known):
    """The code is sound, new or known, not seen before in this file, and the place is the person's to edit."""
    planned.subject = place = known.places.get(planned.code)
    planned.fields["code"] = planned.code
    if not planned.code:
        planned.refuse("code", RowFault.MISSING)
    elif fault := rules.check_code(planned.code):
        planned.refuse("code", fault)
    elif place and place.retired_at:
        planned.refuse("code", RowFault.RETIRED)
    elif place and not known.person.may(Right.PLACES_EDIT, place.organisation):
        planned.refuse("code", RowFault.NOT_YOURS)
    else:
        see_once(planned, known, planned.code)


def conclude_place(planned, cells, known):
    """Position, outline and the place it lies within, which may stand above in the same file."""
    read_point(planned, cells, known)
    read_outline_cell(planned, cells, known)
    place_in_outline(planned)
    registered = planned.subject.parent if planned.subject else None
    parent = str(cells.get("parent", "")) or (registered.code if registered else None)
    if "parent" in cells:
        planned.fields["parent_code"] = parent
        if parent not in known.kinds:
            planned.refuse("parent", RowFault.PARENT_UNKNOWN % {"text": parent[:40]})
    kind = planned.fields.get("kind") or (planned.subject and planned.subject.kind)
    above = [planned.code] if parent == planned.code else []
    if kind and (fault := rules.check_parent(
        kind, code=planned.code, parent_kind=known.kinds.get(parent), parent_retired=False, above=above
    )):  # fmt: skip
        planned.refuse("parent", fault)
    if planned.finding != Finding.REFUSE:
        known.kinds[planned.code] = kind


# ── zones, entrances, capacities ────────────────────────────────────────────────────────────────


def find_its_place(planned, cells, known, *, may):
    """The registered place that a row belongs to, if `may` says that it is the person's to change."""
    code = str(cells.get("place", ""))
    place = known.places.get(code)
    if not code:
        planned.refuse("place", RowFault.MISSING)
    elif place is None or not may(place):
        planned.refuse("place", RowFault.PLACE_UNKNOWN % {"text": code[:40]})
    elif place.retired_at:
        planned.refuse("place", RowFault.PLACE_RETIRED % {"text": code[:40]})
    else:
        planned.place = place


def identify_part(parts):
    """How the row of a zone or an entrance finds its place and what is registered there under its code."""

    def identify(planned, cells, known):
        find_its_place(
            planned, cells, known, may=lambda place: answers_for(known.person, Right.PLACES_EDIT, place)
        )
        code = planned.fields["code"] = str(cells.get("code", ""))
        if not code:
            planned.refuse("code", RowFault.MISSING)
        elif len(code) > known.columns["code"].most:
            planned.refuse("code", RowFault.TOO_LONG % {"most": known.columns["code"].most})
        elif not rules.CODE.fullmatch(code):
            planned.refuse("code", rules.check_code(code))
        elif planned.place:
            planned.subject = getattr(known, parts).get((planned.place.code, code))
            see_once(planned, known, planned.place.code, code)

    return identify


def conclude_zone(planned, cells, known):
    """Area and outline."""
    read_outline_cell(planned, cells, known)
    if fault := rules.check_area(planned.fields.get("effective_area_m2")):
        planned.refuse("effective_area_m2", fault)


def conclude_entrance(planned, cells, known):
    """Width and position."""
    read_point(planned, cells, known)
    if fault := rules.check_width(planned.fields.get("clear_width_m")):
        planned.refuse("clear_width_m", fault)
    form, gate_count = planned.fields.get("form"), planned.fields.get("gate_count")
    if form and (fault := rules.check_gates(form, gate_count)):
        planned.refuse("gate_count", fault)


def identify_capacity(planned, cells, known):
    """The place, if the person may record determinations there at all; who determined is asked at the end."""

    def may(place):
        return check_determiner(known.person, place, own=known.deciders) is None

    find_its_place(planned, cells, known, may=may)


def conclude_capacity(planned, cells, known):
    """The same rules as the form's; a determination that is on record is never altered."""
    fields = planned.fields
    method = fields.setdefault("method", CapacityMethod.DOCUMENT)
    inputs = {name: fields.pop(name) for name in INPUTS if name in fields}
    planned.name = planned.name or (fields["kind"].label if "kind" in fields else "")
    if planned.finding == Finding.REFUSE:
        return
    fields["inputs"] = pick_inputs(method, inputs)
    zone = fields.setdefault("zone", None)
    key = (planned.place.pk, zone and zone.pk, fields["kind"].value, fields["determined_on"])
    see_once(planned, known, *key)
    if same := known.determinations.get(key):
        planned.subject = same
        if any(getattr(same, name) != value for name, value in fields.items()):
            planned.refuse("determined_on", RowFault.KNOWN_DETERMINATION % {"value": same.value_persons})
        return
    told = {"valid_until": None, "document_number": "", "reason": ""} | fields
    fault = check_determiner(
        known.person, planned.place, determined_by=fields["determined_by"], own=known.deciders
    ) or weigh_determination(planned.place, today=known.today, own=known.deciders, **told)
    if fault:
        planned.refuse("value_persons", fault)


def pick_inputs(method, inputs):
    """The numbers that a method takes; an area over an area per person is one part."""
    wanted = rules.METHODS[method].inputs
    if "parts" in wanted:
        return {"parts": [{"name": "", **{name: inputs.get(name) for name in ("area_m2", "m2_per_person")}}]}
    return {name: inputs[name] for name in wanted if name in inputs}


def name_capacity(row):
    """What tells one determination from another: place, zone, kind and day."""
    return row.place_id, row.zone_id, row.kind, row.determined_on


# ── the kinds of import, and the comparison ─────────────────────────────────────────────────────


class SheetPlan(NamedTuple):
    """How the rows of one kind are planned: what names a row, where places are named, what is read beside them."""

    identify: object
    conclude: object
    naming: tuple
    place_columns: tuple
    beside: tuple


SHEET_PLANS = {
    ImportKind.PLACES: SheetPlan(identify_place, conclude_place, ("code",), ("code", "parent"), ("rail_lines",)),
    ImportKind.ZONES: SheetPlan(identify_part("zones"), conclude_zone, ("place", "code"), ("place",), ("zones",)),
    ImportKind.ENTRANCES: SheetPlan(
        identify_part("entrances"), conclude_entrance, ("place", "code"), ("place",), ("zones", "entrances")
    ),
    ImportKind.CAPACITIES: SheetPlan(
        identify_capacity, conclude_capacity, ("place", "zone"), ("place",), ("zones", "determinations")
    ),
}  # fmt: skip


def compare(planned):
    """Against what is registered: keep only the fields that differ; name them; say so when none does."""
    subject = planned.subject
    if subject is None:
        return
    planned.fields = {name: value for name, value in planned.fields.items() if differs(subject, name, value)}
    planned.changes = [planned.columns[name.removesuffix("_code")].label for name in planned.fields]
    planned.finding = Finding.CHANGE if planned.fields else Finding.SAME


def differs(subject, name, value):
    if name == "parent_code":
        return (subject.parent.code if subject.parent else None) != value
    if name == "rail_lines":
        return {line.pk for line in subject.rail_lines.all()} != {line.pk for line in value}
    known = getattr(subject, name)
    if name in {"lon", "lat"} and known is not None:
        return abs(known - value) > SAME_DEGREES
    return known != value
