"""What will become of each row of an import, seen against the register and the rights of who imports."""

import json
from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import override

from anlan.domains.accounts.queries import organisation_tree
from anlan.domains.accounts.terms import Right
from anlan.domains.places import rules
from anlan.domains.places.models import Place, PlaceImport, RailLine
from anlan.domains.places.rules.columns import (
    BY_NAME,
    TEXT_COLUMNS,
    YES_NO_COLUMNS,
    read_number,
    read_yes_no,
)
from anlan.domains.places.terms import Finding, PlaceKind, Refusal, RowFault
from anlan.kit.geo import UnsoundGeometry, check_point, find_inner_point, read_outline, to_wgs84

SAME_DEGREES = 1e-6  # a tenth of a metre: a position that came back through another datum has not moved


@dataclass
class PlannedRow:
    """One row: what will be done, with which fields, and why not (pairs of column label and text)."""

    number: int
    code: str
    name: str
    finding: str = Finding.ADD
    fields: dict = field(default_factory=dict)
    faults: list = field(default_factory=list)
    changes: list = field(default_factory=list)
    place: Place | None = None

    def refuse(self, column, text):
        """Refuse the row because of this column."""
        self.finding = Finding.REFUSE
        self.faults.append((BY_NAME[column].label, text))


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
    """The register as the rows are held against it; grows by the rows already planned."""

    person: object
    organisations: dict
    places: dict
    lines: dict
    kinds: dict
    kind_words: dict
    seen: dict = field(default_factory=dict)


def visible_imports(person):
    """Imports of the organisations that `person` sees, newest first, without their rows."""
    imports = PlaceImport.objects.select_related("organisation", "job").defer("rows")
    return imports.filter(person.reach(Right.PLACES_EDIT))


def plan_import(handed_in, person):
    """The Plan for a PlaceImport when `person` imports it now."""
    codes = {str(row["cells"].get("code", "")) for row in handed_in.rows}
    codes |= {str(row["cells"].get("parent", "")) for row in handed_in.rows}
    places = {place.code: place for place in find_by_codes(codes)}
    known = Known(
        person=person,
        organisations={organisation.code: organisation for organisation in organisation_tree(person)},
        places=places,
        lines={line.code: line for line in RailLine.objects.all()},
        kinds={code: place.kind for code, place in places.items() if place.retired_at is None},
        kind_words=name_kinds(),
    )
    return Plan([plan_row(row, known, datum=handed_in.datum) for row in handed_in.rows])


def name_kinds():
    """{what a cell may say: kind of place}: its code, its Chinese label, and its label in the page's language."""
    words = {kind.value: kind for kind in PlaceKind} | {str(kind.label).lower(): kind for kind in PlaceKind}
    with override("zh-hans"):
        return words | {str(kind.label): kind for kind in PlaceKind}


def find_by_codes(codes, *, batch=500):
    """Places with these codes, in batches: a database takes only so many parameters."""
    codes = sorted(codes)
    for start in range(0, len(codes), batch):
        some = Place.objects.filter(code__in=codes[start : start + batch])
        yield from some.select_related("organisation", "operator", "parent").prefetch_related("rail_lines")


def plan_row(row, known, *, datum):
    """One row: check it cell by cell, then hold it against the place of that code, if there is one."""
    cells = row["cells"]
    planned = PlannedRow(row["row"], str(cells.get("code", ""))[:80], str(cells.get("name", ""))[:120])
    planned.place = known.places.get(planned.code)
    for name in cells:
        if isinstance(cells[name], str) and cells[name].startswith("="):
            planned.refuse(name, RowFault.FORMULA)
    if planned.finding != Finding.REFUSE:
        check_identity(planned, known)
        read_texts(planned, cells, known)
        read_links(planned, cells, known)
        read_position(planned, cells, datum)
    if planned.finding != Finding.REFUSE:
        compare(planned)
        known.kinds[planned.code] = planned.fields.get("kind") or planned.place.kind
    return planned


def check_identity(planned, known):
    """The code is sound, new or known, not seen before in this file, and the place is the person's to edit."""
    if not planned.code:
        planned.refuse("code", RowFault.MISSING)
    elif fault := rules.check_code(planned.code):
        planned.refuse("code", fault)
    elif planned.code in known.seen:
        planned.refuse("code", RowFault.CODE_TWICE % {"row": known.seen[planned.code]})
    elif planned.place and planned.place.retired_at:
        planned.refuse("code", RowFault.RETIRED)
    elif planned.place and not known.person.may(Right.PLACES_EDIT, planned.place.organisation):
        planned.refuse("code", RowFault.NOT_YOURS)
    known.seen.setdefault(planned.code, planned.number)


def read_texts(planned, cells, known):
    """Texts, the kind and the yes/no columns; an empty cell leaves a known place as it is."""
    if "name" not in cells and not planned.place:
        planned.refuse("name", RowFault.MISSING)
    for name in TEXT_COLUMNS:
        if name in cells and len(str(cells[name])) > BY_NAME[name].most:
            planned.refuse(name, RowFault.TOO_LONG % {"most": BY_NAME[name].most})
        elif name in cells:
            planned.fields[name] = str(cells[name])
    for name in YES_NO_COLUMNS:
        if name in cells and (said := read_yes_no(cells[name])) is None:
            planned.refuse(name, RowFault.NOT_YES_NO % {"text": str(cells[name])[:20]})
        elif name in cells:
            planned.fields[name] = said
    if "kind" in cells:
        planned.fields["kind"] = known.kind_words.get(str(cells["kind"]).strip().lower())
        if planned.fields["kind"] is None:
            planned.refuse("kind", RowFault.KIND_UNKNOWN % {"text": str(cells["kind"])[:40]})
    elif not planned.place:
        planned.refuse("kind", RowFault.MISSING)


def read_links(planned, cells, known):
    """Organisations, the parent and rail lines, all named by their codes."""
    for name in ("organisation", "operator"):
        if name in cells:
            found = known.organisations.get(str(cells[name]))
            allowed = found and (name == "operator" or known.person.may(Right.PLACES_EDIT, found))
            if not allowed:
                planned.refuse(name, RowFault.ORGANISATION_UNKNOWN % {"text": str(cells[name])[:40]})
            planned.fields[name] = found
    if "organisation" not in cells and not planned.place:
        planned.refuse("organisation", RowFault.MISSING)
    parent = str(cells.get("parent", "")) or (
        planned.place and planned.place.parent and planned.place.parent.code
    )
    if "parent" in cells:
        planned.fields["parent_code"] = parent
        if parent not in known.kinds:
            planned.refuse("parent", RowFault.PARENT_UNKNOWN % {"text": parent[:40]})
    if "rail_lines" in cells:
        wanted = [
            code
            for code in str(cells["rail_lines"]).replace("，", ",").replace("、", ",").split(",")
            if code.strip()
        ]
        planned.fields["rail_lines"] = [known.lines.get(code.strip()) for code in wanted]
        if None in planned.fields["rail_lines"]:
            missing = next(code for code in wanted if code.strip() not in known.lines)
            planned.refuse("rail_lines", RowFault.LINE_UNKNOWN % {"text": missing[:20]})
    kind = planned.fields.get("kind") or (planned.place and planned.place.kind)
    above = [planned.code] if parent == planned.code else []
    if kind and (fault := rules.check_parent(
        kind, code=planned.code, parent_kind=known.kinds.get(parent), parent_retired=False, above=above
    )):  # fmt: skip
        planned.refuse("parent", fault)


def read_position(planned, cells, datum):
    """Position and outline, moved from the declared datum to WGS-84; an outline alone gives the position too."""
    numbers = {name: read_number(cells[name]) for name in ("lon", "lat") if name in cells}
    for name, number in numbers.items():
        if number is None:
            planned.refuse(name, RowFault.NOT_NUMBER % {"text": str(cells[name])[:20]})
    sound = None not in numbers.values()
    if len(numbers) == 1 and sound:
        planned.refuse(*numbers, Refusal.HALF_POINT)
    elif numbers and sound:
        try:
            check_point(**numbers)
            lon, lat = to_wgs84(**numbers, datum=datum)
            planned.fields |= {"lon": round(lon, 7), "lat": round(lat, 7)}
        except UnsoundGeometry as error:
            planned.refuse("lon", str(error))
    if "outline" in cells:
        try:
            planned.fields["outline"] = outline = read_outline(parse_outline(cells["outline"]), datum=datum)
        except UnsoundGeometry as error:
            planned.refuse("outline", str(error))
        else:
            if not numbers and not (planned.place and planned.place.lon is not None):
                planned.fields["lon"], planned.fields["lat"] = find_inner_point(outline)


def parse_outline(cell):
    """An outline cell as GeoJSON: itself, or parsed from its text. Raises UnsoundGeometry by way of read_outline."""
    if isinstance(cell, dict):
        return cell
    try:
        return json.loads(cell)
    except (TypeError, ValueError, RecursionError):
        return None


def compare(planned):
    """Against a known place: keep only the fields that differ; name them; say so when none does."""
    place = planned.place
    if place is None:
        return
    planned.fields = {name: value for name, value in planned.fields.items() if differs(place, name, value)}
    planned.changes = [BY_NAME[name.removesuffix("_code")].label for name in planned.fields]
    planned.finding = Finding.CHANGE if planned.fields else Finding.SAME


def differs(place, name, value):
    if name == "parent_code":
        return (place.parent.code if place.parent else None) != value
    if name == "rail_lines":
        return {line.pk for line in place.rail_lines.all()} != {line.pk for line in value}
    known = getattr(place, name)
    if name in {"lon", "lat"} and known is not None:
        return abs(known - value) > SAME_DEGREES
    return known != value
