"""What would become of the rows of a file of risk points: read one by one, held against what is registered batch by batch."""

import json
from dataclasses import dataclass, field

from django.db import models

from anlan.domains.accounts.queries import organisation_tree
from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises.queries import visible_enterprises
from anlan.domains.places.queries import visible_places
from anlan.domains.riskmap.models import RiskImport, RiskImportRow
from anlan.domains.riskmap.queries.points import visible_points
from anlan.domains.riskmap.rules.columns import (
    BY_NAME,
    COLUMNS,
    Unread,
    find_column,
    read_assessment,
    read_number,
    read_text,
)
from anlan.domains.riskmap.rules.levels import Unsound, read_inputs
from anlan.domains.riskmap.rules.life import must_be, words_are_sound
from anlan.domains.riskmap.terms import PointState, Refusal
from anlan.kit.features import READERS as FEATURES
from anlan.kit.features import open_features
from anlan.kit.geo import UnsoundGeometry, check_point, find_inner_point, read_outline, to_wgs84
from anlan.kit.listing import RISKY_STARTS
from anlan.kit.terms import Finding
from anlan.kit.workbooks import MIB, Limits, open_rows

LIMITS = Limits(bytes_most=30 * MIB, unpacked_most=300 * MIB)
ASKED_AT_ONCE = 500  # a database takes only so many parameters
SAME_DEGREES = 1e-6  # a tenth of a metre: a position that came back through another datum has not moved
SPOT_DIGITS = 5  # a metre: two rows of one name and organisation this near are one point
LABELS = {column.name: column.label for column in COLUMNS}
KEYS = ("organisation", "place", "enterprise")  # told by the code of the row that they lead to


def visible_imports(person):
    """Imports of the organisations where `person` may register, newest first."""
    rows = RiskImport.objects.filter(person.reach(Right.RISKMAP_EDIT))
    return rows.select_related("organisation", "job", "by")


def is_drawn(name):
    """Whether a file of this name holds drawn features rather than a sheet of rows."""
    return name.lower().rpartition(".")[2] in FEATURES


def open_file(name, body):
    """(Headings, iterator of SheetRows) of a file of risk points. Raises UnreadableSheet."""
    opened = open_features if is_drawn(name) else open_rows
    needed = [column.name for column in COLUMNS if column.is_required]
    return opened(name, body, find=find_column, labels=LABELS, needed=needed, limits=LIMITS)


def find_rows(rows, name, wanted):
    """{value of `name`: row} of those rows that have one of the wanted values."""
    asked, found = sorted({str(one).strip() for one in wanted if one not in ("", None)}), {}
    for start in range(0, len(asked), ASKED_AT_ONCE):
        for row in rows.filter(**{f"{name}__in": asked[start : start + ASKED_AT_ONCE]}):
            found[getattr(row, name)] = row
    return found


def tell_spot(lon, lat, place, enterprise):
    """Where a point stands, as two mentions of it are compared; the codes count where there are no degrees."""
    if lon is not None:
        return f"{lon:.{SPOT_DIGITS}f},{lat:.{SPOT_DIGITS}f}"
    return place or enterprise or ""


def tell_point(point):
    """What a registered point is known by where its number is not told: organisation, name, spot."""
    spot = tell_spot(point.lon, point.lat, code_of(point, "place"), code_of(point, "enterprise"))
    return point.organisation.code, point.name, spot


@dataclass
class Known:
    """The rows that a batch of a file names, by their codes, and the points that it may be about."""

    places: dict
    enterprises: dict
    by_number: dict
    by_spot: dict


@dataclass
class Planner:
    """Plans the rows of one import by one person; what the file says twice is refused the second time."""

    handed_in: RiskImport
    person: models.Model
    seen: dict = field(default_factory=dict)

    def __post_init__(self):
        self.is_drawn = is_drawn(self.handed_in.file_name)
        tree = organisation_tree(self.person)
        self.organisations = {
            one.code: one for one in tree if one.is_active and self.person.may(Right.RISKMAP_EDIT, one)
        }

    def plan(self, rows):
        """RiskImportRows, not kept yet, for a batch of SheetRows."""
        known = self.know([row.cells for row in rows])
        return [self.plan_row(row, known) for row in rows]

    def know(self, cells):
        """What is registered of everything that these rows name."""
        points = visible_points(self.person, retired=True)
        named, names = [], sorted({str(one.get("name", "")).strip() for one in cells})
        for start in range(0, len(names), ASKED_AT_ONCE):
            some = points.exclude(state=PointState.RETIRED)
            named += some.filter(name__in=names[start : start + ASKED_AT_ONCE])
        return Known(
            find_rows(visible_places(self.person), "code", [one.get("place") for one in cells]),
            find_rows(visible_enterprises(self.person), "code", [one.get("enterprise") for one in cells]),
            find_rows(points, "number", [one.get("number") for one in cells]),
            {tell_point(point): point for point in named},
        )

    def plan_row(self, row, known):
        """One row: its fields, and whether it is new, changes something, or is refused, and why."""
        fields, faults = read_cells(row.cells, self.handed_in.datum, has_formulas=not self.is_drawn)
        subject = self.find_subject(row, fields, faults, known)
        self.judge(fields, faults, row, known, subject)
        if subject is not None and not faults:
            fields = differing(fields, subject)
        finding = Finding.ADD if subject is None else Finding.CHANGE if fields else Finding.SAME
        return RiskImportRow(
            handed_in=self.handed_in, number=row.number, code=subject.number if subject else "",
            name=str(row.cells.get("name", ""))[:120], fields=fields, finding=Finding.REFUSE if faults else finding,
            faults=[[str(BY_NAME[name].label), text] for name, text in faults.items()],
        )  # fmt: skip

    def find_subject(self, row, fields, faults, known):
        """The registered point that a row is about: by its number, else by organisation, name and spot."""
        number = str(row.cells.get("number", "")).strip()
        place = known.places.get(fields.get("place"))
        spot = (fields["lon"], fields["lat"]) if "lon" in fields else (place.lon, place.lat) if place else (None, None)  # fmt: skip
        key = (
            fields.get("organisation"), fields.get("name"),
            tell_spot(*spot, fields.get("place"), fields.get("enterprise")),
        )  # fmt: skip
        subject = known.by_number.get(number) if number else known.by_spot.get(key)
        may = subject is not None and self.person.may(Right.RISKMAP_EDIT, subject.organisation)
        if number and not may:
            faults["number"] = str(Refusal.NUMBER_UNKNOWN % {"number": number[:20]})
            return None
        key = subject.number if subject else key
        if (first := self.seen.setdefault(key, row.number)) != row.number:
            faults["number" if number else "name"] = str(Refusal.TWICE_IN_FILE % {"row": first})
        return subject

    def judge(self, fields, faults, row, known, subject):
        """Add what is wrong with the row as a whole to its faults."""
        for name in ("name", "organisation"):
            if not row.cells.get(name) and subject is None:
                faults.setdefault(name, str(Refusal.MISSING))
        asked = fields.get("organisation")
        if asked and asked not in self.organisations:
            faults.setdefault("organisation", str(Refusal.ORGANISATION_UNKNOWN % {"code": asked[:40]}))
        for name, rows, refusal in (
            ("place", known.places, Refusal.PLACE_UNKNOWN),
            ("enterprise", known.enterprises, Refusal.ENTERPRISE_UNKNOWN),
        ):
            asked = fields.get(name)
            if asked and asked not in rows and not (subject and code_of(subject, name) == asked):
                faults.setdefault(name, str(refusal % {"code": asked[:40]}))
        if subject is not None and (refusal := must_be(subject.state, *PointState.alive())):
            faults.setdefault("number", str(refusal))
        if subject is None and not faults and (refusal := is_nowhere(fields)):
            faults["lon"] = str(refusal)


def is_nowhere(fields):
    """The same rule as the form's."""
    return words_are_sound(
        name=fields["name"], has_place="place" in fields, has_enterprise="enterprise" in fields,
        lon=fields.get("lon"), lat=fields.get("lat"),
    )  # fmt: skip


def read_cells(cells, datum, *, has_formulas):
    """({field: value}, {column name: what is wrong with it}) of a row's cells; an empty cell says nothing."""
    fields, faults = {}, {}
    told = {name: make_plain(value) for name, value in cells.items()}
    for name, value in told.items():
        column = BY_NAME[name]
        if has_formulas and str(cells[name]).startswith("="):
            faults[name] = str(Refusal.FORMULA)
        elif column.read != "own":
            read_into(fields, faults, name, lambda column=column, value=value: read_text(column, value))
    read_outline_cell(told, fields, faults, datum)
    read_spot(told, fields, faults, datum)
    read_into(fields, faults, "method", lambda: read_method(told))
    return fields, faults


def make_plain(value):
    """A cell without the mark that an export put before a text that spreadsheets would run."""
    is_inert = isinstance(value, str) and value[:1] == "'" and value[1:2] in RISKY_STARTS
    return value[1:] if is_inert else value


def read_into(fields, faults, name, read):
    """Keep what `read` gives as a field unless it is None; what it refuses as a fault."""
    try:
        value = read()
    except (Unread, Unsound, UnsoundGeometry) as error:
        faults.setdefault(name, str(error))
        return
    if value is not None:
        fields[name] = value


def read_method(cells):
    """{"method", "inputs"} with scores of the method's table, or None. Raises Unread, Unsound."""
    told = read_assessment(cells)
    return told and {"method": told[0], "inputs": read_inputs(*told)}


def read_outline_cell(cells, fields, faults, datum):
    """The outline, drawn or as a text of GeoJSON, moved to WGS-84."""
    if (cell := cells.get("outline")) is None:
        return
    try:
        drawn = cell if isinstance(cell, dict) else json.loads(str(cell))
    except (ValueError, RecursionError):
        drawn = None
    read_into(fields, faults, "outline", lambda: read_outline(drawn, datum=datum))


def read_spot(cells, fields, faults, datum):
    """The position, moved from the declared datum; an outline without one gives a point within it."""
    numbers = {}
    for name in ("lon", "lat"):
        if name in cells:
            read_into(numbers, faults, name, lambda name=name: read_number(cells[name]))
    if len(numbers) == 1 and not {"lon", "lat"} & set(faults):
        faults["lon"] = str(Refusal.HALF_POINT)
    if len(numbers) == 2:
        try:
            check_point(**numbers)
            moved = to_wgs84(**numbers, datum=datum)
            fields["lon"], fields["lat"] = (round(value, 7) for value in moved)
        except UnsoundGeometry as error:
            faults["lon"] = str(error)
    elif not numbers and "outline" in fields:
        fields["lon"], fields["lat"] = find_inner_point(fields["outline"])


def code_of(point, name):
    """The code of the row that a point's key leads to; empty for none."""
    known = getattr(point, name)
    return known.code if known else ""


def differing(fields, subject):
    """The fields that would change: {name: value}."""
    return {name: value for name, value in fields.items() if differs(subject, name, value)}


def differs(subject, name, value):
    """Whether a field of a file says something else than what is registered."""
    if name == "method":
        return (subject.method, subject.inputs) != (value["method"], value["inputs"])
    if name in KEYS:
        return code_of(subject, name) != value
    known = getattr(subject, name)
    if name in {"lon", "lat"} and known is not None:
        return abs(known - value) > SAME_DEGREES
    return known != value
