"""A9 「重点区域巡逻防控」: a route, its round on a phone, what is seen enters the wall's number, 人太多了 rings, a miss shows."""

from datetime import timedelta

from anlan.domains.crowd.queries import live_space
from anlan.domains.emergency.workers import ObservationTaker

ROUTE = {
    "name": "云栖广场巡逻", "days": "every", "starts_at": "19:00", "ends_at": "23:00", "every_min": "60", "lasts_min": "40",
    "grace_min": "15",
}  # fmt: skip


def follow(town):
    """What the worker loop does between two taps."""
    town.wind(seconds=5)
    ObservationTaker().run(town.now)


def lay_down(town, place):
    """The street's duty officer lays down a route of two stops; the page that follows."""
    stops = {
        "stops-0-place": str(place.pk), "stops-0-name": "北口", "stops-1-place": str(place.pk), "stops-1-zone": "Z1",
    }  # fmt: skip
    return town.browser("street").fill_in(
        "/crowd/patrols/routes/new/", organisation="云栖街道", **ROUTE, **stops
    )


def test_a_round_is_planned_walked_and_what_is_seen_is_counted_and_rings(town, square):
    route = lay_down(town, square)
    assert "北口" in route.text and "大厅" in route.text and not route.wrong
    town.wind(minutes=31)
    street = town.browser("street")
    assert "待开始" in street.read("/crowd/patrols/").line("20:00")

    begun = street.press("/crowd/patrols/walk/", "开始巡逻")
    assert "已打卡 0/2" in begun.text
    street.press("/crowd/patrols/walk/", "打卡")
    assert "已打卡 1/2" in street.read("/crowd/patrols/walk/").text

    town.report("GATE-1", town.passages(600, 0))
    assert live_space("SQ").people == 600
    before = live_space("SQ/Z1").density_per_m2
    street.press(
        "/crowd/patrols/walk/see/SQ/?zone=Z1", "肩挨着肩"
    )  # the second tap; the first chose the place
    follow(town)
    assert before is None and live_space("SQ/Z1").density_per_m2 == 4.5
    assert live_space("SQ/Z1").level == "orange"
    assert live_space("SQ").people == 600  # an estimate of a spot overwrites no counter

    street.press("/crowd/patrols/walk/see/SQ/", "人太多了")
    street.press("/crowd/patrols/walk/see/SQ/", "人太多了")
    follow(town)
    alarms = street.read("/emergency/alarms/").text
    assert alarms.count("人太多了：云栖广场") == 1

    ended = street.press("/crowd/patrols/walk/", "结束巡逻")
    assert "漏巡" in ended.line("大厅") and "漏巡" not in ended.line("北口")
    assert "4.5 人/平方米" in ended.text
    assert "漏巡：云栖广场巡逻（大厅）" in street.read("/follow-ups/").text


def test_a_form_sent_twice_counts_once_and_an_old_estimate_ends(town, square):
    street = town.browser("street")
    page = street.read("/crowd/patrols/walk/see/SQ/")
    for _ in range(2):
        street.send(page, page.button("肩挨着肩"))
    town.wind(minutes=1)
    assert street.read("/crowd/observations/").text.count("目测密度") == 2  # one row, and the filter's choice
    assert live_space("SQ").density_per_m2 == 4.5
    town.wind(minutes=16)
    assert live_space("SQ").density_per_m2 is None


def test_a_round_that_nobody_begins_is_on_the_board_and_followed(town, square):
    lay_down(town, square)
    town.wind(minutes=50)
    street = town.browser("street")
    assert "未巡" in street.read("/crowd/patrols/").line("20:00")
    assert "未巡：云栖广场巡逻" in street.read("/follow-ups/").text
    assert f"{town.today + timedelta(days=1):%m-%d}" in street.read("/follow-ups/").text


def test_who_has_no_right_walks_and_plans_nothing(town, square):
    watcher = town.browser("police")
    assert "您没有巡逻的权限" in watcher.read("/crowd/patrols/walk/").text
    assert watcher.ask("/crowd/patrols/walk/see/SQ/").status == 404  # it does not see the square at all
    refused = watcher.forge("/crowd/patrols/walk/start/", uid="6f1c2f6e-0000-4000-8000-000000000009")
    assert refused.status == 302 and "没有在该单位巡逻的权限" in watcher.read("/crowd/patrols/walk/").text
    assert watcher.read("/crowd/observations/").text.count("人太多了") == 1  # the filter's choice alone


def test_the_board_exports_its_rounds(town, square):
    lay_down(town, square)
    town.wind(minutes=1)
    table = town.browser("street").read("/crowd/patrols/?format=csv").body.decode("utf-8-sig")
    assert "云栖广场巡逻" in table and "0/2" in table
