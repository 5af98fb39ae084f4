"""Rounds from a phone: begun, checked in, ended, whatever comes first; what is seen on the spot never waits."""

import uuid
from datetime import time

import pytest

from anlan.domains.accounts.terms import Right
from anlan.domains.crowd.models import CheckIn, Observation, PatrolRound, PatrolRoute, PatrolStop
from anlan.domains.hazards.tests.conftest import NOW, picture, town  # noqa: F401 – the fixture
from anlan.domains.places.models import Place, Zone
from anlan.kit.attachments import attachments_of
from anlan.kit.models import UploadRecord
from anlan.site.tests.test_field_pack import read
from anlan.site.tests.test_field_uploads import HAZARD, phone_of

AT = "2026-11-24T01:{:02d}:00.000Z"


@pytest.fixture
def route(town, monkeypatch):  # noqa: F811
    """A route of TRADE with a stop at a place and one at a point; patrol may walk it. The pages' clock stands at NOW."""
    monkeypatch.setattr("anlan.site.field.doors.timezone.now", lambda: NOW)
    role = town.patrol.holds.get().role
    role.rights = [*role.rights, Right.PATROLS_WALK]
    role.save()
    mall = Place.objects.create(
        code="MALL", name="示例商场", kind="mall", organisation=town.TRADE, lon=121.47, lat=31.23
    )
    zone = Zone.objects.create(place=mall, code="Z1", name="中庭")
    row = PatrolRoute.objects.create(
        name="商场一线",
        organisation=town.TRADE,
        starts_at=time(8),
        ends_at=time(20),
        every_min=60,
        lasts_min=45,
        planned_from=NOW,
    )
    row.mall_stop = PatrolStop.objects.create(route=row, order=1, name="商场北门", place=mall, zone=zone)
    row.quay_stop = PatrolStop.objects.create(route=row, order=2, name="轮渡口", lon=121.48, lat=31.24)
    return row


@pytest.fixture
def walker(town, route):  # noqa: F811
    return phone_of(town.patrol).prepare()


def states(said):
    return [one["state"] for one in said[1]["records"]]


def start(walker, route, minute=10):
    return walker.write("round_start", {"route": str(route.pk)}, made_at=AT.format(minute))


def test_a_round_arrives_whole(walker, route):
    begun = start(walker, route)
    stop = {"stop": str(route.mall_stop.pk), "place": "MALL", "lon": 121.47, "lat": 31.23, "note": "正常"}
    walker.write("check_in", stop, round=begun, made_at=AT.format(12))
    walker.write(
        "observation",
        {"place": "MALL", "zone": "Z1", "kind": "density", "value": 2.5, "class": "busy", "note": ""},
        round=begun,
        made_at=AT.format(13),
    )
    walker.write("hazard", HAZARD | {"place": "MALL"}, round=begun, made_at=AT.format(14))
    walker.write(
        "check_in",
        {"stop": str(route.quay_stop.pk), "place": None, "lon": None, "lat": None, "note": None},
        round=begun,
        made_at=AT.format(20),
    )
    signature = [("signature.png", picture(), "")]
    walker.write("round_end", {"signature_file": None}, round=begun, files=signature, made_at=AT.format(25))
    said = walker.send()
    assert states(said) == ["taken"] * 6, said
    assert walker.send()[1]["records"] == said[1]["records"]
    row = PatrolRound.objects.get()
    assert (str(row.uid), row.state, row.route, row.check_ins.count()) == (begun, "ended", route, 2)
    assert Observation.objects.get().round == row and Observation.objects.get().zone.code == "Z1"
    assert row.findings.count() == 1
    assert [one.name for one in attachments_of(row)] == ["signature.png"]
    assert f"{row.started_at:%H:%M}" == "01:10"


def test_what_comes_before_its_beginning_waits_and_is_taken_by_itself(walker, route):
    begun = str(uuid.uuid4())
    walker.write("check_in", {"stop": str(route.mall_stop.pk)}, round=begun, made_at=AT.format(12))
    walker.write("round_end", {}, round=begun, made_at=AT.format(20))
    said = walker.send()
    assert states(said) == ["refused", "refused"] and "自动办理" in said[1]["records"][0]["reason"]
    assert not CheckIn.objects.exists()
    walker.forget()
    walker.write("round_start", {"route": str(route.pk)}, uid=begun, made_at=AT.format(10))
    assert states(walker.send()) == ["taken"]
    assert {row.state for row in UploadRecord.objects.all()} == {"taken"}
    assert CheckIn.objects.count() == 1 and PatrolRound.objects.get().state == "ended"


def test_what_is_seen_never_waits_for_its_round(walker, route):
    begun = str(uuid.uuid4())
    walker.write(
        "observation",
        {"place": "MALL", "zone": None, "kind": "too_many", "value": None, "note": ""},
        round=begun,
    )
    assert states(walker.send()) == ["taken"]
    assert Observation.objects.get().kind == "too_many" and Observation.objects.get().round is None


@pytest.mark.parametrize("body", [
    {"place": "NONE", "kind": "note", "note": "x"}, {"place": "MALL", "kind": "wish"}, {"place": "MALL", "kind": "density", "value": 13},
    {"place": "MALL", "kind": "count", "value": 1.5}, {"place": "MALL", "zone": "Z9", "kind": "count", "value": 1},
    {"place": "MALL", "kind": "density", "value": None},
], ids=range(6))  # fmt: skip
def test_observations_that_are_none_are_refused_and_kept(walker, route, body):
    walker.write("observation", body)
    said = walker.send()
    assert states(said) == ["refused"] and said[1]["records"][0]["reason"]
    assert UploadRecord.objects.count() == 1 and not Observation.objects.exists()


def test_whoever_may_not_walk_is_refused(town, route):  # noqa: F811
    guest = phone_of(town.guest).prepare()
    start(guest, route)
    guest.write("round_start", {"route": "999999"})
    guest.write("round_start", {"route": "x" * 40})
    guest.write("round_start", {"route": None})
    guest.write("observation", {"place": "MALL", "kind": "count", "value": 3})
    assert states(guest.send()) == ["refused"] * 5
    assert not PatrolRound.objects.exists()


def test_the_day_pack_has_the_routes_that_one_walks(town, route):  # noqa: F811
    told = read(town.patrol)[0]["routes"]
    assert [one["name"] for one in told] == ["商场一线"]
    first, second = told[0]["stops"]
    assert (first["id"], first["place"], first["zone"], first["lon"]) == (
        str(route.mall_stop.pk),
        "MALL",
        "Z1",
        121.47,
    )
    assert (second["place"], second["lon"]) == (None, 121.48)
    assert read(town.guest)[0]["routes"] == []
