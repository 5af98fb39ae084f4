"""A6 「苗头性、趋势性」「倾向性」: what is coming is said with its chance and the clock, or why it cannot be said."""

from datetime import timedelta

import pytest
from django.utils import timezone

QUARTERS = (15, 30, 45)


@pytest.fixture
def hall(town):
    """A hall for 1,000 people in which a camera counts those present."""
    place = town.place("EX", "示范展厅", "exhibition_centre", "TRADE", capacity=1000)
    town.counter(place, "CAM-1", measures="presence")
    return place


def announce(town, persons):
    """A gathering that brings so many in each quarter of the coming hour, entered by the department."""
    local = timezone.localtime(town.now)
    first = local.replace(minute=local.minute // 15 * 15, second=0)
    lines = [f"{first + timedelta(minutes=ahead):%H:%M} {persons}" for ahead in QUARTERS]
    town.browser("trade").fill_in(
        "/crowd/arrivals/new/", place="示范展厅", name="开幕式", held_on=f"{local:%Y-%m-%d}",
        starts_at=f"{first + timedelta(minutes=60):%H:%M}", ends_at=f"{first + timedelta(minutes=120):%H:%M}",
        shape="own", persons="", curve="\n".join(lines), approval_number="公许〔2026〕9号", note="",
    )  # fmt: skip


def test_capacity_that_will_be_reached_is_told_ahead(town, hall):
    """趋势性: 150 people are there, 1,200 are coming: a forecast warns long before any threshold, with the clock."""
    announce(town, 400)
    for _minute in range(3):
        town.report("CAM-1", town.present(150))
        town.wind(minutes=1)
    trade = town.browser("trade")
    row = trade.read("/crowd/warnings/").row("示范展厅")
    assert (row["性质"], row["渠道"]) == ("趋势性", "A 预报")
    assert "示范展厅" in trade.read("/crowd/warnings/?kind=trend&channel=A").text
    warning = trade.read(trade.read("/crowd/warnings/").link("/crowd/warnings/", near="示范展厅")).text
    assert "预计到达承载量" in warning and "未校准" in warning
    place = trade.read("/place/EX/").text
    for told in ("未来一小时", "其中活动预计到达", "+1,200", "学习中（0/10 天）", "尚无往常数据"):
        assert told in place, told


def test_without_a_forecast_it_is_said_why(town, hall):
    """Counters that are silent foresee nothing; nobody is told a number then."""
    town.report("CAM-1", town.present(150))
    town.wind(minutes=1)
    assert "还没有足够的往日数据" in town.browser("trade").read("/place/EX/").text
    town.wind(minutes=11)
    text = town.browser("trade").read("/place/EX/").text
    assert "超过 10 分钟没有读数，没有预报" in text and "预计在场人数" not in text
