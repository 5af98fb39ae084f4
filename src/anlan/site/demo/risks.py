"""示范数据: invented risk points at the demonstration's places, assessed, most of them checked by a second person."""

import tomllib
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from anlan.domains.accounts import actions as accounts
from anlan.domains.accounts import queries as organisations
from anlan.domains.places import queries as places
from anlan.domains.riskmap import actions as riskmap
from anlan.domains.riskmap import queries as riskmap_reads
from anlan.domains.riskmap.terms import RiskMethod, SheetState
from anlan.kit.models import Change
from anlan.site.demo.district import MARK, box, offset

SOURCE = Path(__file__).with_name("risks.toml")
CHECKER, CHECKER_NAME, CHECKER_ROLE = "demo-risk", "示范核对员", "department"
DEPARTMENTS = ("D-TRANSPORT", "D-COMMERCE")  # whose sheets of the year are under way
SHEET_KEY, SHEET_DAYS = "demo/risk-sheet/", 30
WAITS_EVERY = 4  # every fourth point waits to be checked, so that the sheets of the district are under way


def add_risks(district, *, by, now):
    """Register, assess and mostly check the demonstration's risk points; `district` is the top organisation."""
    role = organisations.find_role(CHECKER_ROLE)
    checker = accounts.add_person(
        district, by=by, now=now, username=CHECKER, name=CHECKER_NAME, role=role
    ).subject
    lines = tomllib.loads(SOURCE.read_text(encoding="utf-8"))["points"]
    for number, line in enumerate(lines):
        point = add_risk(line, by=by, now=now)
        if number % WAITS_EVERY:
            riskmap.check_point(point, by=checker, now=now)
    today = timezone.localdate(now)
    for code in DEPARTMENTS:
        department = organisations.find_organisation(code)
        riskmap.open_sheet(
            department, by=by, now=now, why=MARK, key=f"{SHEET_KEY}{code}", year=today.year,
            due_on=today + timedelta(days=SHEET_DAYS),
        )  # fmt: skip


def add_risk(line, *, by, now):
    """One line of risks.toml as an assessed risk point of the organisation that supervises its place."""
    code, name, category, east_m, north_m, *scores = line[:8]
    post, precautions, engineering, management, emergency, *size = line[8:]
    place = places.find_place(code, by)
    lon, lat = offset([place.lon, place.lat], east_m=east_m, north_m=north_m)
    point = riskmap.register_point(
        place.organisation, by=by, now=now, name=f"{place.name}{name}", category=category, place=place, lon=lon, lat=lat,
        outline=box([lon, lat], size[0]) if size else None, post=post, precautions=precautions, engineering=engineering,
        management=management, emergency=emergency, is_demo=True,
    ).subject  # fmt: skip
    inputs = dict(zip(("L", "E", "C"), scores, strict=True))
    return riskmap.assess_point(point, by=by, now=now, method=RiskMethod.LEC, inputs=inputs).subject


def leave_risks(*, by, now, why):
    """Take the demonstration's sheets back, and its risk points off the map, on record; how many points."""
    opened = Change.objects.filter(key__startswith=SHEET_KEY).values_list("subject_id", flat=True)
    for sheet in riskmap_reads.visible_sheets(by).filter(pk__in=[int(key) for key in opened]):
        if sheet.state == SheetState.OPEN:
            riskmap.withdraw_sheet(sheet, by=by, now=now, why=why)
    points = list(riskmap_reads.visible_points(by).filter(is_demo=True))
    for point in points:
        riskmap.retire_point(point, by=by, now=now, why=why)
    return len(points)
