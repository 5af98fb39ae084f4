"""A5 「动态监测」: how many are where, how densely, how many come and go, and when a place will be full."""

import pytest


@pytest.fixture
def filling(town, square):
    """Ten minutes in which 30 people a minute come and 10 leave; the square holds 1,000 on 1,000 m²."""
    for _minute in range(10):
        town.wind(minutes=1)
        town.report("GATE-1", town.passages(30, 10))
    return town


def spaces(town, username):
    """{code: the space} as the reading API tells this person."""
    return {one["code"]: one for one in town.browser(username).client.get("/api/v1/spaces").json()}


def test_a_place_says_how_many_how_dense_how_fast_and_until_when(filling):
    """Occupancy 200 is conserved from 300 in and 100 out: 20 % of 1,000, 0.20 per m², +20 a minute, full in 40 minutes."""
    page = filling.browser("street").read("/place/SQ/")
    assert "200 ± 15" in page.text
    assert "占核定承载量 20%" in page.text
    assert page.fact("密度") == "0.20 人/m²"
    assert page.fact("每分钟净增") == "20 人"
    assert page.fact("预计到达承载量") == "约 40 分钟后"
    assert page.row("北口")["今日进 / 出"] == "300 / 100"


def test_the_same_numbers_are_there_for_other_programs(filling):
    """The reading API gives occupancy, capacity, share, density, net flow and time to capacity, with their units."""
    square = spaces(filling, "street")["SQ"]
    assert (square["occupancy"], square["capacity"], square["share"]) == (200, 1000, 0.2)
    assert square["density_per_m2"] == pytest.approx(0.2)
    assert square["net_flow_per_min"] == pytest.approx(20)
    assert square["time_to_capacity_min"] == pytest.approx(40)
    assert square["level"] == "none"


def test_zones_are_watched_for_themselves(town, square):
    """People before the stage are counted there, with the stage's own density, and in the square as a whole."""
    stage = square.zones.get()
    town.counter(square, "CAM-1", measures="presence", into_zone=stage)
    town.report("CAM-1", town.present(1500))
    page = town.browser("street").read("/place/SQ/")
    assert page.row("大厅")["在场人数"] == "1,500" and page.row("大厅")["人/m²"] == "1.50"


def test_a_late_reading_corrects_the_count_and_a_second_copy_changes_nothing(town, square):
    """Counters repeat themselves and report late: each passage counts once, whenever it arrives."""
    town.wind(minutes=20)
    first = town.passages(100, 0)
    town.report("GATE-1", first)
    assert town.report("GATE-1", first)["duplicate"] == 1
    town.report("GATE-1", town.passages(40, 0, back_min=15))
    assert spaces(town, "street")["SQ"]["occupancy"] == 140
    assert (
        town.report("GATE-1", first | {"in": 90})["accepted"] == 1
    )  # a correction: the same minute, another number
    assert spaces(town, "street")["SQ"]["occupancy"] == 130


def test_people_may_recount_and_the_count_goes_on_from_there(town, square):
    """What a patrol counted becomes the number present, on record, and later passages are added to it."""
    town.report("GATE-1", town.passages(100, 0))
    street = town.browser("street")
    page = street.fill_in("/crowd/recount/SQ/", persons=320, counted_by="巡查一组")
    assert "清点结果已记录" in page.text and "巡查一组" in page.text
    town.follow()
    assert spaces(town, "street")["SQ"]["occupancy"] == 320
    town.wind(minutes=1)
    town.report("GATE-1", town.passages(10, 30))
    assert spaces(town, "street")["SQ"]["occupancy"] == 300


def test_what_is_not_known_is_not_shown_as_zero(town, square):
    """A place whose counter is silent says 数据中断 and keeps its last number; one without counter says so."""
    town.place("M-1", "示范百货", "mall", "TRADE")
    town.report("GATE-1", town.passages(50, 0))
    town.wind(minutes=10)
    page = town.browser("street").read("/place/SQ/")
    assert "数据中断" in page.text and "50" in page.text
    assert "还没有计数设备" in town.browser("trade").read("/place/M-1/").text
    assert spaces(town, "trade")["M-1"]["occupancy"] is None


def test_the_day_can_be_looked_back_on(filling):
    """The place's history as a chart's numbers and as a table for Excel, with the thresholds as numbers of people."""
    street = filling.browser("street")
    found = street.client.get("/place/SQ/history.json?hours=3").json()
    assert sum(found["in"]) == 300 and sum(found["out"]) == 100
    assert {"level": "red", "value": 1000} in found["thresholds"]
    table = street.read("/place/SQ/history.csv", hours=3).body
    assert (
        table.startswith(b"\xef\xbb\xbf")
        and table.decode("utf-8-sig").splitlines()[0] == "时间,在场人数,误差（±人）,进,出"
    )
