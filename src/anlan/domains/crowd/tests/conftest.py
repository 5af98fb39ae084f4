"""A small district with a square that is counted, people with and without rights, and a scene that stands still."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from anlan.domains.accounts.models import Organisation, Person, Role, RoleHolding
from anlan.domains.accounts.terms import Right
from anlan.domains.crowd import actions, rules
from anlan.domains.crowd.queries import build_topology, forget_payloads
from anlan.domains.places.models import CapacityDetermination, Entrance, Place, Zone
from anlan.stream.clock import SteppedClock
from anlan.stream.readings import Reading, columns
from anlan.stream.scene import close_scene, open_scene

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NOW_MS = round(NOW.timestamp() * 1000)
MINUTE_MS = 60_000


def add_organisation(code, name, parent=None):
    row = Organisation.objects.create(code=code, name=name, parent=parent, path=f"new-{code}")
    row.path = (parent.path if parent else "") + f"{row.pk:06d}"
    row.save()
    return row


def add_person(username, organisation, rights):
    role = Role.objects.create(code=username, name=username, rights=[str(right) for right in rights])
    person = Person.objects.create(username=username, name=username, organisation=organisation)
    RoleHolding.objects.create(person=person, role=role, organisation=organisation)
    return person


@pytest.fixture
def town(db):
    """The district, a department with its square, an operator with its mall, and their people."""
    top = add_organisation("D", "示范区")
    parks, trade = add_organisation("D-PARKS", "绿化局", top), add_organisation("D-TRADE", "商务委", top)
    firm = add_organisation("O-MALL", "商场公司", trade)
    square = Place.objects.create(
        code="SQ", name="示范广场", kind="square", organisation=parks, lon=121.4, lat=31.2
    )
    mall = Place.objects.create(code="M", name="示范百货", kind="mall", organisation=trade, operator=firm)
    stage = Zone.objects.create(place=square, code="A", name="舞台前", effective_area_m2=500)
    gate = Entrance.objects.create(place=square, code="1", name="北口", form="passage", clear_width_m=6)
    CapacityDetermination.objects.create(
        place=square, kind="instantaneous", method="area", value_persons=1000, determined_by=parks,
        determined_on=NOW.date(),
    )  # fmt: skip
    return SimpleNamespace(
        top=top, parks=parks, trade=trade, firm=firm, square=square, mall=mall, stage=stage, gate=gate,
        chief=add_person("chief", top, Right), gardener=add_person("gardener", parks, Right),
        trader=add_person("trader", trade, Right),
        keeper=add_person("keeper", firm, [Right.VIEW, Right.COUNTS_CORRECT]),
        reader=add_person("reader", parks, [Right.VIEW]),
    )  # fmt: skip


@pytest.fixture
def browse(client, town):
    """Sign somebody in: `browse("gardener").get(…)`; every page is asked for with its answer as text."""

    def sign_in(name="chief"):
        client.force_login(getattr(town, name), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def sensor(town):
    return register(town, "cam-1")


def register(town, code, *, place=None, **settings):
    words = {
        "name": "北入口相机",
        "interval_s": 60,
        "zone_name": "Asia/Shanghai",
        "mqtt_topic": "",
        "mapping": None,
    }
    change = actions.register_sensor(
        place or town.square, by=town.chief, now=NOW, code=code, **words | settings
    )
    return change.subject


@pytest.fixture
def scene():
    """The scene `live` without a folder and without a thread of its own, at NOW."""
    forget_payloads()
    yield open_scene("live", judge=rules.judge, clock=SteppedClock(NOW_MS), start=False)
    close_scene("live")
    forget_payloads()


def wire(scene):
    """Give the scene what the register says."""
    scene.set_topology(build_topology(NOW))


def count(scene, *readings, received_ms=NOW_MS):
    """Let the scene take readings."""
    scene.run(columns(readings, register=scene.register, t_received_ms=received_ms).columns)


def minute(n_in, n_out, *, sensor="cam-1", channel="1", end_ms=NOW_MS):
    """A minute's passages."""
    return Reading(
        kind="interval",
        sensor=sensor,
        channel=channel,
        start=end_ms - MINUTE_MS,
        end=end_ms,
        count_in=n_in,
        count_out=n_out,
    )
