"""A6 「监测预警」: the watch knows what day it is, and whom an approved gathering brings to which place."""

from datetime import date, datetime, timedelta

from tests.letter.town import ZONE

from anlan.domains.crowd import queries
from anlan.kit import calendar

EVENING = {
    "starts_at": "19:30",
    "ends_at": "21:30",
    "shape": "before_start",
    "persons": "900",
    "curve": "",
    "note": "",
}


def test_the_calendar_knows_holidays_and_make_up_workdays(town):
    """Whoever signs in reads what kind each day is: off, made up for, the eve of a holiday."""
    text = town.browser("street").read("/calendar/2026/").html
    titles = {cell.get("data-on"): cell.get("title") for cell in text.xpath("//a[@data-on]")}
    assert len(titles) == 365
    assert "节前日" in titles["2026-09-30"] and "休息日 · 国庆节" in titles["2026-10-01"]
    assert "调休上班" in titles["2026-10-10"] and "工作日" in titles["2026-10-09"]


def test_the_district_lays_a_day_down_on_record_and_takes_it_back(town):
    """A reason and a clause are asked for; the edit shows its author; undone, the notice holds again."""
    admin, address = town.browser("admin"), "/tables/calendar.days/row/2026-05-08/"
    typed = {"kind": "gathering", "name": "全区灯会", "valid_from": f"{town.today:%Y-%m-%d}"}
    assert admin.fill_in(address, **typed, clause="", why="灯会").wrong
    admin.fill_in(address, **typed, clause="区府办通知", why="灯会")
    assert calendar.find_day(date(2026, 5, 8), today=town.today).kind == "gathering"
    story = town.browser("street").read(address).text
    assert "工作日 → 大型活动日；全区灯会" in story and "系统管理员" in story
    admin.fill_in(admin.read(address).link("/undo/"), why="改期")
    assert calendar.find_day(date(2026, 5, 8), today=town.today).kind == "workday"
    assert town.browser("parks").ask("/tables/calendar.days/import/").status == 404


def test_a_year_not_announced_says_so_until_its_notice_is_entered(town):
    """Beyond the announced years every day is assumed, openly; entering the notice ends that."""
    admin, year = town.browser("admin"), 2050
    assert "2050 年的放假安排尚未公布" in admin.read(f"/calendar/{year}/").text
    admin.fill_in(
        f"/tables/calendar.years/row/{year}/", notice="放假安排通知", valid_from=f"{town.today:%Y-%m-%d}",
        clause="国办发明电〔2049〕1号", why="已公布",
    )  # fmt: skip
    assert "尚未公布" not in admin.read(f"/calendar/{year}/").text


def test_an_approved_gathering_brings_its_people(town, square):
    """Entered once, its people are expected minute by minute, its day is a gathering day there, the place's page says so."""
    duty, day = town.browser("street"), town.today + timedelta(days=5)
    words = {
        "name": "广场音乐会",
        "held_on": f"{day:%Y-%m-%d}",
        "approval_number": "公许〔2026〕7号",
    } | EVENING
    page = duty.fill_in("/crowd/arrivals/new/?place=SQ", place="云栖广场", **words)
    assert "900" in page.text and page.fact("批准文号或来源") == "公许〔2026〕7号"
    assert "同名活动" in duty.fill_in("/crowd/arrivals/new/?place=SQ", place="云栖广场", **words).wrong
    midnight = datetime.combine(day, datetime.min.time(), ZONE)
    rate = queries.planned_arrivals(square, midnight, midnight + timedelta(days=1))
    assert round(rate.sum()) == 900 and rate[18 * 60 : 20 * 60].sum() > 800
    assert queries.days_of(square, day, day, today=town.today)[0].kind == "gathering"
    assert "广场音乐会" in duty.read("/place/SQ/").text
    duty.fill_in(page.address + "withdraw/", why="改期另报")
    assert not queries.planned_arrivals(square, midnight, midnight + timedelta(days=1)).any()
    assert "改期另报" in duty.read(page.address).text


def test_whom_it_does_not_concern_sees_and_plans_nothing(town, square):
    """A department plans gatherings only at places it answers for."""
    day = town.today + timedelta(days=5)
    town.browser("street").fill_in(
        "/crowd/arrivals/new/?place=SQ", place="云栖广场", name="灯会", held_on=f"{day:%Y-%m-%d}",
        approval_number="公许〔2026〕8号", **EVENING,
    )  # fmt: skip
    assert "灯会" not in town.browser("trade").read("/crowd/arrivals/").text
    assert town.browser("trade").ask("/crowd/arrivals/1/").status == 404
