"""A6 「苗头性、趋势性问题」「第一时间」: warnings rise with their reason, fall slowly, and are on record."""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

ANLAN = Path(sys.executable).with_name("anlan")
LEVELS = ["none", "blue", "yellow", "orange", "red"]


@pytest.fixture
def hall(town):
    """A hall for 1,000 people, run by a company, in which a camera counts those present."""
    operator = town.organisations["COMPANY"]
    place = town.place("EX", "示范展厅", "exhibition_centre", "TRADE", operator=operator, capacity=1000)
    town.counter(place, "CAM-1", measures="presence")
    return place


def level_of(town):
    """The hall's level now, as the reading API says."""
    found = town.browser("trade").client.get("/api/v1/spaces").json()
    return next(one["level"] for one in found if one["code"] == "EX")


def test_each_level_is_reached_by_its_share_and_says_why(town, hall):
    """60, 80, 90 and 100 per cent of the determined capacity: blue to red, each at the very reading, in words and numbers."""
    for people, level in [(300, "none"), (620, "blue"), (810, "yellow"), (930, "orange"), (1010, "red")]:
        town.report("CAM-1", town.present(people))
        assert level_of(town) == level, people
        town.wind(seconds=1)
    trade = town.browser("trade")
    row = trade.read("/crowd/warnings/").row("示范展厅")
    assert "红色" in row["最高等级"] and "在场 1,010 人，占承载量 1,000 人的 101%" in row["原因"]
    steps = trade.read(trade.read("/crowd/warnings/").link("/crowd/warnings/", near="示范展厅")).text
    for told in (
        "占承载量 1,000 人的 62%",
        "占承载量 1,000 人的 81%",
        "占承载量 1,000 人的 93%",
        "占承载量比例",
    ):
        assert told in steps, told


def test_the_public_word_and_the_internal_level_are_kept_apart(town, hall):
    """The page of a warning says that the level is internal and no warning to the public."""
    town.report("CAM-1", town.present(810))
    trade = town.browser("trade")
    page = trade.read(trade.read("/crowd/warnings/").link("/crowd/warnings/", near="示范展厅"))
    assert "不是对公众发布的预警信息" in page.text


def test_a_trend_warns_before_the_place_is_full(town, square):
    """趋势性: not half full but filling by 40 a minute, the square is full within a quarter of an hour – orange."""
    for _minute in range(10):
        town.wind(minutes=1)
        town.report("GATE-1", town.passages(40, 0))
    street = town.browser("street")
    row = street.read("/crowd/warnings/").row("云栖广场")
    assert "橙色" in row["等级"] and "占承载量 1,000 人的 42%" in row["原因"]
    assert "净流入每分钟 40 人，约 14 分钟后达到承载量" in row["原因"]


def test_density_warns_where_no_capacity_is_determined(town):
    """苗头性: a stage without a determined capacity still has square metres: 3.2 people on each are yellow."""
    place = town.place("ST", "示范舞台", "square", "STREET", area_m2=100.0)
    town.counter(place, "CAM-1", measures="presence", into_zone=place.zones.get())
    town.report("CAM-1", town.present(320))
    row = town.browser("street").read("/crowd/warnings/").row("示范舞台")
    assert "黄色" in row["等级"] and "密度每平方米 3.2 人" in row["原因"]


def test_a_level_falls_only_after_a_margin_and_a_holding_time(town, hall):
    """No flapping: 79 % after 81 % stays yellow; well below, it stays for five minutes more; then it falls, saying so."""
    town.report("CAM-1", town.present(810))
    for _minute in range(10):
        town.wind(minutes=1)
        town.report("CAM-1", town.present(790))
    assert level_of(town) == "yellow"
    for _minute in range(4):
        town.wind(minutes=1)
        town.report("CAM-1", town.present(400))
        assert level_of(town) == "yellow"
    for _minute in range(3):
        town.wind(minutes=1)
        town.report("CAM-1", town.present(400))
    assert level_of(town) == "none"
    closed = town.browser("trade").read("/crowd/warnings/", state="closed").row("示范展厅")
    assert "黄色" in closed["最高等级"] and "降为正常" in closed["原因"]


def test_silence_lowers_nothing(town, hall):
    """A counter that is cut off cannot end a warning: the level stands until readings come back."""
    town.report("CAM-1", town.present(950))
    town.wind(minutes=30)
    assert "橙色" in town.browser("trade").read("/crowd/warnings/", state="open").row("示范展厅")["等级"]


def test_a_late_reading_corrects_history_and_raises_nothing(town, square):
    """A counter that was offline delivers its evening at last: the count is put right, nobody is alarmed by the past."""
    town.report("GATE-1", town.passages(100, 0))
    town.wind(minutes=60)
    town.report("GATE-1", *(town.passages(30, 0, back_min=50 - minute) for minute in range(30)))
    street = town.browser("street")
    assert "没有符合条件的预警" in street.read("/crowd/warnings/").text
    town.report("GATE-1", town.passages(0, 0))
    assert street.client.get("/api/v1/spaces").json()[0]["occupancy"] == 1000
    now = street.read("/crowd/warnings/").row("云栖广场")
    assert "红色" in now["等级"]  # the present is judged by a present reading


def test_thresholds_are_a_places_own_with_reason_and_record(town, hall):
    """The department sets yellow at 50 % with why; it holds within seconds; a ladder that makes no sense is refused."""
    trade = town.browser("trade")
    address = "/crowd/thresholds/EX/"
    assert trade.fill_in(address, share_blue=0.4, share_yellow=0.5, why="").wrong
    refused = trade.fill_in(address, share_blue=0.7, share_yellow=0.5, why="试验")
    assert "应大于前一级" in refused.wrong
    page = trade.fill_in(
        address, share_blue=0.4, share_yellow=0.5, why="应急演练结论", untested_why="今晚演练"
    )
    assert "应急演练结论" in page.text and "trade" in page.text
    town.follow()
    town.report("CAM-1", town.present(510))
    assert level_of(town) == "yellow"
    keeper = town.browser("keeper")
    page = keeper.read(address)
    assert "应急演练结论" in page.text  # may be read
    assert not page.html.xpath("//input[@name='share_red']")  # and not be changed
    assert "试行结束" in trade.fill_in(address + "reset/", why="试行结束").text


def test_the_list_of_warnings_is_filtered_and_exported(town, hall, square):
    """Open ones first; by level, state, place and day; as a table for Excel and on a map."""
    town.report("CAM-1", town.present(650))
    town.report("GATE-1", town.passages(950, 0))
    admin = town.browser("admin")
    assert len(admin.read("/crowd/warnings/", level="blue").html.xpath("//tbody/tr")) == 1
    assert admin.read("/crowd/warnings/", level="orange").row("云栖广场")
    assert admin.read("/crowd/warnings/", place="EX").row("示范展厅")
    assert "没有符合条件的预警" in admin.read("/crowd/warnings/", until="2026-05-01").text
    assert admin.read("/crowd/warnings/", format="csv").body.startswith(b"\xef\xbb\xbf")
    (feature,) = json.loads(admin.read("/crowd/warnings/", format="geojson").body)["features"]
    assert feature["geometry"]["coordinates"] == [121.44, 31.23]


def test_the_bund_would_have_been_warned_of(tmp_path):
    """The published head counts of 2014-12-31: blue by 22:00, orange by 22:35, red before 23:23, each with its reason."""
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DJANGO_SETTINGS_MODULE", "DATABASE_URL"}
    }
    ran = subprocess.run(
        [ANLAN, "replay", "bund-2014", "--headless", "--json"],
        env=env | {"ANLAN_DATA": str(tmp_path / "none")}, cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert all(set(line) == {"at", "place", "level", "channel", "reason"} for line in lines)
    assert all(
        line["channel"] == "D" and line["level"] in LEVELS and "占承载量" in line["reason"] for line in lines
    )
    first = {}
    for line in lines:
        first.setdefault(line["level"], datetime.fromisoformat(line["at"]))
    night = "2014-12-31T{}:00+08:00"
    assert first["blue"] <= datetime.fromisoformat(night.format("22:00"))
    assert first["orange"] <= datetime.fromisoformat(night.format("22:35"))
    assert first["red"] < datetime.fromisoformat(night.format("23:23"))
    assert not (tmp_path / "none").exists()  # a replay needs no server and no data folder
