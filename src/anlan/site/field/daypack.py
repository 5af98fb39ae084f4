"""What a patrol takes along for a day: only what its person may see, at most 50 MB (`dev.py bench field` measures it)."""

from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from django.db.models import Case, IntegerField, Max, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan import rulebook as book
from anlan.domains.crowd import queries as crowd
from anlan.domains.enterprises.queries import visible_enterprises
from anlan.domains.enterprises.terms import EnterpriseState
from anlan.domains.hazards import queries as hazards
from anlan.domains.hazards.terms import HazardGrade, HazardState
from anlan.domains.places import queries as places
from anlan.domains.places.terms import Grade
from anlan.domains.riskmap.queries import visible_points
from anlan.domains.riskmap.terms import RiskLevel
from anlan.kit.models import Change
from anlan.site.field import keys
from anlan.site.field.packing import MOST_BYTES, pack
from anlan.site.rulebook_words import columns_of, describe, heading_of

VERSION = 1
HOLDS_FOR = timedelta(hours=24)
ENDED = (HazardState.CLOSED, HazardState.MERGED, HazardState.REJECTED)
MOST_HAZARDS = 2_000
CHUNK = 500
COLON = "："
ARTICLES = {
    # table of the rulebook: the column that says what it is about
    "deadlines": "action_zh", "capacity_norms": "zh", "event_penalties": "violation_zh", "accident_grades": "zh",
    "penalty_thresholds": "meaning", "risk_levels": "zh",
}  # fmt: skip


def make_pack(person, *, now, most_bytes=MOST_BYTES):
    """(JSON bytes, {section: rows left out}) of a person's day pack."""
    on = timezone.localdate(now)
    head = {
        "version": VERSION, "made_at": now.isoformat(), "good_until": (now + HOLDS_FOR).isoformat(), "mode": "patrol",
        "person": {"id": person.pk, "name": person.name, "organisation": str(person.organisation)}, "key": keys.tell_key(),
        "kinds": [{"key": key, "name": name} for key, name in hazards.kinds(on=on).items()],
        "density_classes": tell_classes(on),
    }  # fmt: skip
    register = list_places(person)
    points = list_points(person)
    waiting, more = tell_hazards(person, now)
    units = hazards.units_to_check(person)
    sections = [
        ("hazards", waiting), ("routes", tell_routes(person)), ("checklists", hazards.checklist_for_pack(units)),
        ("articles", tell_articles(on)),
        ("targets", with_checks([*tell_places(person, register, on), *tell_points(points), *tell_enterprises(person)], units)),
        ("map", [*draw_places(register), *draw_points(points)]),
    ]  # fmt: skip
    return pack(sections, head=head, most_bytes=most_bytes, left_out={"hazards": more} if more else {})


# ── targets and the map ─────────────────────────────────────────────────────────────────────────


class SeenPlace(NamedTuple):
    """What the pack tells of a place; thousands of them are read as plain values."""

    pk: int
    code: str
    name: str
    address: str
    lon: float | None
    lat: float | None
    grade: str
    outline: dict | None


def list_places(person):
    """The registered places that a person sees."""
    return [SeenPlace(*row) for row in places.visible_places(person).values_list(*SeenPlace._fields)]


def tell_places(person, register, on):
    """Places as targets, with their zones."""
    held, grades = places.capacities(on), {key: str(label) for key, label in Grade.choices}
    zones, seen = defaultdict(list), places.visible_places(person).exclude(zones=None)
    for pk, code, name in seen.order_by("code", "zones__code").values_list(
        "pk", "zones__code", "zones__name"
    ):
        zones[pk].append({"code": code, "name": name})
    return [
        {
            "kind": "place", "id": row.code, "code": row.code, "name": row.name, "address": row.address, "lon": row.lon,
            "lat": row.lat, "grade": grades.get(row.grade, ""), "capacity": held.get((row.pk, None)),
            "zones": zones.get(row.pk, []),
        }
        for row in register
    ]  # fmt: skip


def list_points(person):
    """(number, name, lon, lat, level, place's name) of the risk points that a person sees, the worst first."""
    rank = Case(When(level=None, then=Value(9)), default="level", output_field=IntegerField())
    rows = visible_points(person).order_by(rank, "number")
    return list(rows.values_list("number", "name", "lon", "lat", "level", "place__name"))


def tell_points(points):
    """Risk points as targets."""
    levels = {level.value: str(level.label) for level in RiskLevel}
    return [
        {
            "kind": "riskpoint", "id": number, "code": number, "name": name, "address": place or "", "lon": lon,
            "lat": lat, "grade": levels.get(level, ""), "capacity": None, "zones": [],
        }
        for number, name, lon, lat, level, place in points
    ]  # fmt: skip


def tell_enterprises(person):
    """Active enterprises as targets: where the first of their sites in use is."""
    rows = visible_enterprises(person).filter(state=EnterpriseState.ACTIVE)
    first = {}
    sites = rows.filter(sites__closed_at=None, sites__place__isnull=False)
    for code, lon, lat in sites.values_list("code", "sites__place__lon", "sites__place__lat"):
        first.setdefault(code, (lon, lat))
    return [
        {
            "kind": "enterprise", "id": code, "code": code, "name": name, "address": address,
            "lon": first.get(code, (None, None))[0], "lat": first.get(code, (None, None))[1], "grade": "",
            "capacity": None, "zones": [],
        }
        for code, name, address in rows.values_list("code", "name", "address")
    ]  # fmt: skip


def with_checks(targets, units):
    """Targets, those of `units` with the checklists by which they check themselves, the last time and the next day due."""
    known = {unit.key: unit for unit in units}
    for target in targets:
        unit = known.get((target["kind"], target["code"]))
        if unit:
            target["checklists"] = [version.checklist.code for version in unit.versions]
            target["checked_on"], target["check_due_on"] = unit.last_on, unit.due_on
    return targets


def draw_places(register):
    """Places on the map: their outline, else their point."""
    for row in register:
        geometry = row.outline or (point_of(row.lon, row.lat) if row.lon is not None else None)
        if geometry:
            yield feature(geometry, kind="place", code=row.code, name=row.name)


def draw_points(points):
    """Risk points on the map, with the colour's level."""
    for number, name, lon, lat, level, _place in points:
        if lon is not None:
            yield feature(point_of(lon, lat), kind="riskpoint", code=number, name=name, level=level)


def point_of(lon, lat):
    """A GeoJSON point in WGS-84."""
    return {"type": "Point", "coordinates": [lon, lat]}


def feature(geometry, **properties):
    """A GeoJSON feature."""
    return {"type": "Feature", "geometry": geometry, "properties": properties}


# ── hazards ─────────────────────────────────────────────────────────────────────────────────────


def tell_hazards(person, now):
    """(hazards on their way that a person sees, the soonest due first, how many more there are).

    `base` is the newest change of each: by it is told what has changed when something comes back.
    """
    rows = hazards.visible_hazards(person).exclude(state__in=ENDED).order_by("due_at", "-pk")
    more = max(rows.count() - MOST_HAZARDS, 0)
    rows = list(rows[:MOST_HAZARDS])
    base = newest_changes([str(row.pk) for row in rows])
    states, grades = ({key: str(label) for key, label in one.choices} for one in (HazardState, HazardGrade))
    return [
        {
            "id": str(row.pk), "number": row.number or "", "state": row.state, "state_label": states[row.state],
            "grade": grades.get(row.grade, ""), "what": row.what, "due_at": row.due_at,
            "place": str(row.place or row.enterprise or row.address), "base": str(base.get(str(row.pk), "")),
            "steps": [stage.value for stage in hazards.stages_for(row, person)],
        }
        for row in rows
    ], more  # fmt: skip


def newest_changes(ids):
    """{hazard id: id of its newest change row}."""
    found = {}
    for at in range(0, len(ids), CHUNK):
        rows = Change.objects.filter(subject_kind="hazards.hazard", subject_id__in=ids[at : at + CHUNK])
        found |= dict(rows.values_list("subject_id").annotate(newest=Max("pk")).order_by())
    return found


# ── words to look up ────────────────────────────────────────────────────────────────────────────


def tell_articles(on):
    """What can be looked up: the judgement standards in force, and the rulebook's tables, each with basis and mark."""
    for line in hazards.standard_lines(on=on):
        yield article(f"standards/{line.key}", _("隐患判定标准"), line.values["wording"], line)
    for name, told in ARTICLES.items():
        sheet = book.sheets()[name]
        for row in book.rows(name, on=on):
            cells = describe(row, columns_of(sheet))["cells"]
            words = [
                f"{heading_of(column)}{COLON}{text}"
                for column, text in cells
                if text and column.name not in (told, *sheet.key)
            ]
            text = "\n".join([str(row.values[told]), *words])
            yield article(f"{name}/{row.key}", sheet.zh, text, row, basis=row.basis_zh or row.basis)


def article(key, title, text, row, *, basis=""):
    """One article; `is_unconfirmed` is to be shown as 待核实."""
    return {
        "key": key, "title": str(title), "text": str(text), "basis": str(basis or row.basis), "mark": str(row.mark),
        "is_unconfirmed": row.is_unconfirmed,
    }  # fmt: skip


def tell_classes(on):
    """Density classes by eye, the sparsest first; bounds and value in people per m²."""
    return [
        {"key": one.key, "label": one.label, "low": one.low, "high": one.high, "value": one.value, "words": one.words}
        for one in crowd.density_classes(on=on)
    ]  # fmt: skip


def tell_routes(person):
    """The routes that a person may walk, with their stops in order."""
    return [
        {"id": str(route.pk), "name": route.name, "stops": [tell_stop(stop) for stop in route.stops_now]}
        for route in crowd.walkable_routes(person)
    ]


def tell_stop(stop):
    """One stop: a place, a zone of it, or a point."""
    lon, lat = stop.point or (None, None)
    return {
        "id": str(stop.pk), "name": stop.name, "place": stop.place.code if stop.place else None,
        "zone": stop.zone.code if stop.zone else None, "lon": lon, "lat": lat,
    }  # fmt: skip
