"""The day pack: only what its person sees, within the limit, what found no room is said."""

import gzip
import json

import pytest
from django.utils import timezone

from anlan.domains.hazards import actions as hazards
from anlan.domains.hazards.tests.conftest import NOW, graded, report, town  # noqa: F401 – the fixture
from anlan.domains.places.models import Place, Zone
from anlan.domains.riskmap.models import RiskPoint
from anlan.kit.models import Change
from anlan.site.field.daypack import make_pack
from anlan.site.field.packing import pack
from anlan.site.tests.test_field_uploads import phone_of


@pytest.fixture
def register(town):  # noqa: F811
    """A place with a zone and two risk points of TRADE, one of each of STREET."""
    mall = Place.objects.create(
        code="MALL", name="示例商场", kind="mall", organisation=town.TRADE, lon=121.47, lat=31.23, grade="A"
    )
    Zone.objects.create(place=mall, code="Z1", name="中庭")
    Place.objects.create(code="PARK", name="示例公园", kind="park", organisation=town.STREET)
    Place.objects.create(code="GONE", name="旧址", kind="park", organisation=town.TRADE, retired_at=NOW)
    told = {"written_by": town.boss, "changed_at": NOW}
    RiskPoint.objects.create(
        number="F000001",
        name="扶梯口",
        organisation=town.TRADE,
        place=mall,
        lon=121.471,
        lat=31.231,
        level=2,
        **told,
    )
    RiskPoint.objects.create(number="F000002", name="卸货区", organisation=town.TRADE, **told)
    RiskPoint.objects.create(
        number="F000003", name="码头", organisation=town.STREET, lon=121.4, lat=31.2, level=1, **told
    )
    return mall


def read(person, **words):
    body, left_out = make_pack(person, now=timezone.now(), **words)
    return json.loads(body), left_out


def test_it_holds_what_its_person_sees_and_nothing_else(town, register):  # noqa: F811
    told, left_out = read(town.clerk)
    assert left_out == told["left_out"] == {}
    assert [one["code"] for one in told["targets"]] == ["MALL", "F000001", "F000002"]
    mall, point, _other = told["targets"]
    assert mall["zones"] == [{"code": "Z1", "name": "中庭"}] and mall["grade"].startswith("A")
    assert point["grade"] == "较大风险" and point["address"] == "示例商场" and point["id"] == "F000001"
    assert [one["properties"]["code"] for one in told["map"]["features"]] == ["MALL", "F000001"]
    assert "码头" not in json.dumps(told, ensure_ascii=False)
    assert told["person"] == {"id": town.clerk.pk, "name": town.clerk.name, "organisation": "商务委"}
    assert {
        "key",
        "routes",
        "checklists",
        "density_classes",
        "kinds",
        "articles",
        "made_at",
        "good_until",
    } <= set(told)
    assert len(told["density_classes"]) >= 5 and told["version"] == 1 and told["mode"] == "patrol"


def test_open_hazards_come_with_what_their_person_may_do(town, register):  # noqa: F811
    row = graded(town, what="通道堆物")
    closed = report(town, what="已不是隐患")
    hazards.reject_hazard(closed, by=town.clerk, now=NOW, why="重复")
    told = read(town.clerk)[0]["hazards"]
    assert [one["id"] for one in told] == [str(row.pk)]
    assert told[0]["steps"] == ["after"] and told[0]["number"] == row.number
    assert told[0]["base"] == str(Change.objects.of(row).first().pk)
    assert read(town.other)[0]["hazards"] == []


def test_every_article_has_its_basis_and_mark(town):  # noqa: F811
    articles = read(town.clerk)[0]["articles"]
    assert len(articles) > 50 and len({one["key"] for one in articles}) == len(articles)
    assert all(one["basis"] and one["mark"] and one["title"] and one["text"] for one in articles)
    assert any(one["is_unconfirmed"] for one in articles) and not all(
        one["is_unconfirmed"] for one in articles
    )


def test_what_finds_no_room_is_counted(town, register):  # noqa: F811
    whole = len(make_pack(town.clerk, now=timezone.now())[0])
    body, left_out = make_pack(town.clerk, now=timezone.now(), most_bytes=whole - 100 + 2_000)
    told = json.loads(body)
    assert len(body) < whole and left_out == told["left_out"] and left_out
    assert len(told["map"]["features"]) == 2 - left_out.get("map", 0)


@pytest.mark.parametrize("most", [2_300, 2_400, 2_600, 10_000])
def test_the_limit_holds(most):
    sections = [(name, [{"n": "长" * size} for size in range(20)]) for name in ("a", "b", "map")]
    body, left_out = pack(sections, head={"x": 1}, most_bytes=most)
    told = json.loads(body)
    assert len(body) <= most
    counts = {"a": len(told["a"]), "b": len(told["b"]), "map": len(told["map"]["features"])}
    assert all(counts[name] + left_out.get(name, 0) == 20 for name in counts)


def test_it_is_fetched_by_a_registered_phone_alone_and_packed_small(town, register):  # noqa: F811
    phone = phone_of(town.clerk)
    assert phone.ask("GET", f"/field/pack.json?device={phone.uid}", None, None)[0] == 404
    assert phone.ask("GET", "/field/pack.json?device=x", None, None)[0] == 404
    phone.prepare()
    answer = phone.client.get(f"/field/pack.json?device={phone.uid}", headers={"accept-encoding": "gzip, br"})
    assert answer["Content-Encoding"] == "gzip" and answer["Cache-Control"] == "no-store"
    assert json.loads(gzip.decompress(answer.content))["key"] == phone.key
    assert phone.client.get(f"/field/pack.json?device={phone.uid}").json()["key"] == phone.key
    assert phone_of(town.other).ask("GET", f"/field/pack.json?device={phone.uid}", None, None)[0] == 403
