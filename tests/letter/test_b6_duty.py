"""B6 「应急值守」「值守信息网络」: who is on duty is known at every moment, gaps are told ahead, watches hand over on record."""

import random
from datetime import timedelta

from tests.letter.browser import Browser

from anlan.domains.emergency import workers as emergency
from anlan.domains.emergency.queries.duty import find_posts, on_duty

POST = {"code": "STREET-DUTY", "name": "云栖街道值班室", "kind": "duty_room", "phone": "021-00000110", "roll_call_days": "0"}  # fmt: skip
BOARD = "/emergency/duty/"
ROOM = f"{BOARD}posts/STREET-DUTY/"


def staff(town):
    """The street's duty room with a rota: its officer and the district's leader in turn, a day each, for four days."""
    admin = town.browser("admin")
    admin.fill_in(f"{BOARD}posts/new/", organisation=str(town.organisations["STREET"].pk), **POST)
    typed = {"teams": "street\n系统管理员", "shifts": "20:30 24", "starts_on": f"{town.today}"}
    typed |= {"ends_on": f"{town.today + timedelta(days=3)}"}
    preview = admin.press(f"{ROOM}rosters/new/", "预览四周", **typed)
    assert "预览" in preview.text and "street" in preview.text and not town_is_staffed(town)
    admin.send(preview, preview.button("保存值班表"))


def town_is_staffed(town):
    (post,) = find_posts("duty_room", town.organisations["STREET"])
    return [one.person.name for one in on_duty(post, town.now + timedelta(hours=2))]


def wind(town, hours):
    """Let hours pass, with duty's sweeps at each."""
    sweeps = emergency.DutySweeps(random.Random(1)).sweeps()
    for _hour in range(hours):
        town.clock.step_to(town.clock.now_ms() + 3_600_000)
        for sweep in sweeps:
            sweep.run(town.now)


def test_the_board_says_who_is_on_until_when_and_warns_where_nobody_is(town):
    """A roster is seen before it is kept; the board names who is on and who is next; its end is a gap, told ahead."""
    admin = town.browser("admin")
    staff(town)
    assert "现在没有值班员" in admin.read(BOARD).text
    wind(town, 2)
    line = admin.read(BOARD).row("云栖街道值班室")
    assert (
        "street" in line["现在值班"]
        and "至 05-04 20:30" in line["现在值班"]
        and "系统管理员" in line["下一班"]
    )
    page = admin.read(ROOM).text
    assert "自 05-07 20:30 起没有排班" in page and "缺值班员，自 05-07 20:30" in page
    assert town.browser("parks").ask(ROOM).status == 404


def test_a_watch_hands_over_with_everything_open_and_two_signatures(town, square):
    """Who goes off signs what is open; the same person cannot sign on; who comes on does; lateness stays visible."""
    staff(town)
    wind(town, 26)
    street, admin = town.browser("street"), town.sign_in_again("admin")
    assert "逾时未交班" in admin.read(BOARD).text
    page = street.fill_in(f"{ROOM}hand-over/", notes="北口闸机报修")
    assert "须由接班人本人" in page.text
    assert "逾时未接班" in admin.read(f"{BOARD}handovers/").line("云栖街道值班室")
    admin.fill_in(admin.read(f"{BOARD}handovers/").link("/handovers/"), on_notes="知悉")
    assert "逾时交接" in admin.read(f"{BOARD}handovers/").line("云栖街道值班室")


def test_a_roll_call_is_answered_by_who_is_on_duty_or_marked(town):
    """点名抽查: answered in time, or marked as missed; the results leave as a file."""
    staff(town)
    wind(town, 2)
    admin, street = town.browser("admin"), town.browser("street")
    page = admin.fill_in(f"{ROOM}call/", within_min="5")
    assert "待应答" in page.text
    street.press(page.address, "应答")
    assert "已应答" in admin.read(f"{BOARD}roll-calls/").line("street")
    assert "已应答" in admin.read(f"{BOARD}roll-calls/", format="csv").body.decode()


def test_each_morning_has_its_sheet_and_each_holiday_its_report(town):
    """The 3rd to the 5th of May 2026 are holidays: a report a day, a zero report where there is nothing, signed."""
    staff(town)
    wind(town, 26)
    admin = town.sign_in_again("admin")
    sheets = admin.read(f"{BOARD}sheets/")
    assert (
        "逾时未签发" in sheets.line("节假日每日报告")
        and "节假日每日报告" in sheets.text
        and "值班日报" in sheets.text
    )
    street = town.browser("street")
    page = street.fill_in(sheets.link("/sheets/", near="节假日每日报告"), is_zero="on")
    assert "零报告" in page.text and "street" in page.fact("签发人")


def test_a_calendar_program_reads_ones_duty_without_signing_in(town):
    """An address of one's own, shown once and kept as a fingerprint, gives one's shifts in local time."""
    staff(town)
    street = town.browser("street")
    page = street.fill_in(f"{BOARD}calendars/", post="")
    (address,) = page.html.xpath("//code[@id='address']/text()")
    text = Browser().ask(address.partition("testserver")[2]).body.decode()
    assert text.startswith("BEGIN:VCALENDAR") and "DTSTART;TZID=Asia/Shanghai:20260503T203000" in text
