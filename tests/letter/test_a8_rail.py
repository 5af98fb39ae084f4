"""A8 「3线5站15个地面出入口」: rail lines, stations and ground exits, loaded as data and left again."""

import json

import pytest

from anlan.domains.crowd import actions as crowd
from anlan.domains.crowd.models import Sensor
from anlan.domains.hazards.queries import tally
from anlan.domains.hazards.rules.statements import ended_spans
from anlan.site.demo import load as demo


@pytest.fixture
def district(town, settings, tmp_path):
    """The demonstration district, loaded into the founded installation."""
    settings.DATA = tmp_path
    demo.load(by=town.admin, now=town.now)
    town.follow()
    return town


def features(person, **asked):
    return json.loads(person.read("/places/", format="geojson", **asked).body)["features"]


def test_three_lines_five_stations_fifteen_ground_exits(district):
    """The lines' page counts 3 lines, 5 stations and 15 exits; each exit lies on the map, in its station, and is a door."""
    admin = district.browser("admin")
    page = admin.read("/places/lines/")
    assert "3 线 5 站 15 个地面出入口" in page.text
    exits = features(admin, kind="station_exit")
    assert len(exits) == 15 and len(features(admin, kind="rail_station")) == 5
    assert all(exit["geometry"]["type"] == "Point" for exit in exits)
    station = admin.read("/places/ST2/")
    assert "示范1号线" in station.text and "示范2号线" in station.text  # a transfer station lies on two lines
    assert station.text.count("澜桥站1号口") == 1


def test_what_is_counted_at_an_exit_is_counted_in_its_station(district):
    """A counter above an exit counts into the station, whose capacity is determined and whose platform is watched."""
    sensor = Sensor.objects.get(code="DEMO-ST2-D1")
    district.tokens[sensor.code] = crowd.give_credential(sensor, by=district.admin, now=district.now)
    district.follow()
    district.report(sensor.code, district.passages(2600, 0))
    page = district.browser("admin").read("/place/ST2/")
    assert page.fact("核定承载量") == "4,200 人" and "占核定承载量 62%" in page.text
    assert page.row("1号口")["今日进 / 出"] == "2,600 / 0" and page.row("站台")
    assert "蓝色" in district.browser("admin").read("/crowd/warnings/").row("澜桥站")["等级"]


def test_it_is_marked_as_an_example_on_every_page_and_in_public(district):
    """Nobody takes the invented district for a real one: 示范数据 stands on the pages and on the public one."""
    assert "示范数据" in district.browser("admin").read("/").text
    assert "示范数据" in district.browser("admin").read("/public/").text


def test_the_district_is_left_for_a_real_one(district):
    """`anlan demo leave`: every demonstration place and sensor is retired, on record; what is real stays."""
    real = district.place("REAL", "真实广场", "square", "STREET", is_public=True)
    assert "【示范数据】" in district.browser("admin").read("/hazards/").text
    sensors, places = demo.leave(by=district.admin, now=district.now)
    district.follow()
    assert places >= 20 + 8 and sensors > 20
    admin = district.browser("admin")
    assert {one["properties"]["code"] for one in features(admin)} == set()
    assert admin.read("/places/").row(real.name)
    assert len(admin.read("/places/").html.xpath("//tbody/tr")) == 1
    assert "DEMO-" not in admin.read("/crowd/sensors/").text
    assert "示范数据" not in admin.read("/public/").text and "真实广场" in admin.read("/public/").text
    for page in (
        "/hazards/",
        "/hazards/public/",
        "/hazards/cases/",
        "/hazards/cases/results/",
        "/hazards/board/",
    ):
        assert "【示范数据】" not in admin.read(page).text and "DEMO-" not in admin.read(page).text, page
    quarter = ended_spans(district.today)[0].name
    assert "示范" not in admin.ask("/hazards/", format="csv").body.decode()
    assert not any(cells["grades"]["total"]["found"] for cells in tally(quarter).values())
    assert demo.leave(by=district.admin, now=district.now) == (0, 0)
    assert "示范数据" in admin.read("/places/ST1/").text  # the story says why it was retired
