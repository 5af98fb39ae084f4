"""The day pack of a patrol who sees 20,000 risk points and 5,000 places: its size (limit 50 MB), time, and what was left out.

python bench/field.py [--points 20000] [--places 5000]   DATABASE_URL says which database; without it SQLite in a folder of its own.
"""

import argparse
import gzip
import json
import os
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

FOLDER = tempfile.TemporaryDirectory(prefix="anlan-bench-")
os.environ |= {"DJANGO_SETTINGS_MODULE": "anlan.site.settings", "ANLAN_DATA": FOLDER.name}

import django

django.setup()

from django.core.management import call_command
from django.test import Client

from anlan.domains.accounts.models import Organisation, Person, Role, RoleHolding
from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises.models import Enterprise
from anlan.domains.hazards.models import Hazard
from anlan.domains.places.models import Place, Zone
from anlan.domains.riskmap.models import RiskPoint
from anlan.site.field.daypack import MOST_HAZARDS
from anlan.site.field.packing import MOST_BYTES
from anlan.site.tests.field_phone import Phone, by_client

NOW = datetime(2026, 11, 24, tzinfo=UTC)
WEST, SOUTH, EAST, NORTH = 121.40, 31.19, 121.50, 31.31
ENTERPRISES, HAZARDS, CORNERS, TIMES = 5_000, 5_000, 8, 3
LONG = "名称较长的示例用于量得保守一些的上限"


def people_the_town(points, places):
    """A district with so many points and places, 5,000 enterprises, 5,000 open hazards; one who sees all."""
    root = Organisation.objects.create(code="bench-root", name="示范区", path="000001")
    role = Role.objects.create(
        code="bench", name="巡逻", rights=[Right.VIEW, Right.HAZARDS_REPORT, Right.HAZARDS_VERIFY]
    )
    person = Person.objects.create(username="bench", name="某人", organisation=root)
    RoleHolding.objects.create(person=person, role=role, organisation=root)
    chance = random.Random(7)
    rows = (
        Place(
            code=f"P{n:05d}", name=f"示例场所{n}{LONG}", kind="mall", organisation=root, address=f"示例路 {n} 号{LONG}", grade="B",
            lon=chance.uniform(WEST, EAST), lat=chance.uniform(SOUTH, NORTH), outline=outline(chance),
        )
        for n in range(places)
    )  # fmt: skip
    kept = Place.objects.bulk_create(rows, batch_size=500)
    Zone.objects.bulk_create(
        (Zone(place=one, code=f"Z{n}", name=f"区域{n}") for one in kept for n in (1, 2)), batch_size=500
    )
    told = {"organisation": root, "written_by": person, "changed_at": NOW}
    RiskPoint.objects.bulk_create(
        (
            RiskPoint(
                number=f"F{n:06d}", name=f"风险点{n}{LONG}", place=kept[n % len(kept)], lon=chance.uniform(WEST, EAST),
                lat=chance.uniform(SOUTH, NORTH), level=chance.choice((1, 2, 3, 3, 4, 4, 4, None)), **told,
            )
            for n in range(points)
        ),
        batch_size=500,
    )  # fmt: skip
    Enterprise.objects.bulk_create(
        (
            Enterprise(code=f"T{n:017d}", name=f"示例企业{n}{LONG}", name_key=str(n), address=f"示例路 {n} 号", supervisor=root, registered_at=NOW, changed_at=NOW)
            for n in range(ENTERPRISES)
        ),
        batch_size=500,
    )  # fmt: skip
    Hazard.objects.bulk_create(
        (
            Hazard(organisation=root, source="patrol", what=f"隐患{n}：{LONG * 8}", kind="exits", place=kept[n % len(kept)], reported_at=NOW, reported_by=person)
            for n in range(HAZARDS)
        ),
        batch_size=500,
    )  # fmt: skip
    return person


def outline(chance):
    """A polygon of some corners."""
    lon, lat = chance.uniform(WEST, EAST), chance.uniform(SOUTH, NORTH)
    ring = [[lon + chance.uniform(0, 0.001), lat + chance.uniform(0, 0.001)] for _ in range(CORNERS)]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def main():
    """Print what the pack measures; exits with 1 where it is beyond its limit or leaves out more than the hazards beyond their number."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--points", type=int, default=20_000)
    options.add_argument("--places", type=int, default=5_000)
    asked = options.parse_args()
    call_command("migrate", verbosity=0, interactive=False)
    person = people_the_town(asked.points, asked.places)
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    phone, taken = Phone(by_client(client)).prepare(), []
    for _time in range(TIMES):
        began, worked = time.perf_counter(), time.process_time()
        answer = client.get(f"/field/pack.json?device={phone.uid}", headers={"accept-encoding": "gzip"})
        taken.append((time.perf_counter() - began, time.process_time() - worked))
        assert answer.status_code == 200, answer.content[:500]
    body = gzip.decompress(answer.content)
    told = json.loads(body)
    print(
        f"{asked.points:,} risk points, {asked.places:,} places, {ENTERPRISES:,} enterprises, {HAZARDS:,} open hazards"
    )
    print(
        f"{len(body) / 1e6:.1f} MB of {MOST_BYTES / 1e6:.0f}, {len(answer.content) / 1e6:.2f} MB on the line, {statistics.median(wall for wall, _cpu in taken):.1f} s, of them {statistics.median(cpu for _wall, cpu in taken):.1f} s of one core"
    )
    for name in ("targets", "hazards", "articles", "checklists"):
        size = len(json.dumps(told[name], ensure_ascii=False, separators=(",", ":")).encode())
        print(f"  {name}: {len(told[name]):,} rows, {size / 1e6:.2f} MB")
    print(f"  map: {len(told['map']['features']):,} features; left out: {told['left_out'] or 'nothing'}")
    return int(len(body) > MOST_BYTES or told["left_out"] != {"hazards": HAZARDS - MOST_HAZARDS})


if __name__ == "__main__":
    sys.exit(main())
