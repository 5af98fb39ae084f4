"""Who may decide what: 「任何措施都不得阻断疏散」 – no measure ever closes a door to people leaving."""

from datetime import timedelta

import pytest


@pytest.fixture
def hall(town):
    """A mall with two gates, run by its operator."""
    place = town.place("M-1", "示范百货", "mall", "TRADE", operator=town.organisations["COMPANY"])
    for code, name in (("N", "北门"), ("S", "南门")):
        town.entrance(place, code, name, clear_width_m=3)
    return place


@pytest.fixture
def switch(town, hall):
    """Somebody puts an entrance into a state on its page."""

    def by(username, code, state, **typed):
        return town.browser(username).fill_in(f"/places/M-1/entrances/{code}/state/", state=state, **typed)

    return by


@pytest.mark.parametrize("state", ["open", "exit_only", "entry_suspended"])
def test_measures_stop_people_coming_in_and_never_going_out(switch, state):
    """只出不进 and 暂停进入 are for those who come; whoever is inside leaves through every such door."""
    switch("trade", "N", state, why="限流")
    page = switch("trade", "S", state, why="限流")
    assert [page.row(name)["可以离开"] for name in ("北门", "南门")] == ["是", "是"]


def test_the_last_way_out_stays(switch):
    """Neither works nor a one-way rule may close the last door through which people leave; nor may it be removed."""
    switch("trade", "N", "entry_only", why="单向通行")
    refused = "任何措施都不得阻断疏散"
    assert refused in switch("trade", "S", "entry_only", why="单向通行").wrong


def test_the_last_way_out_cannot_be_taken_off_the_register(town, switch):
    """An entrance is not removed while the others let nobody out."""
    switch("trade", "N", "entry_only", why="单向通行")
    assert (
        "不得阻断疏散" in town.browser("trade").fill_in("/places/M-1/entrances/S/remove/", why="拆除").wrong
    )


def test_out_of_use_is_for_works_with_a_reason_and_an_end(town, switch):
    """停用（施工） is refused without why, without until, or until a time that is past."""
    past, tomorrow = (f"{town.now + timedelta(days=days):%Y-%m-%dT%H:%M}" for days in (-1, 1))
    assert "理由" in switch("trade", "S", "out_of_use", until=tomorrow).wrong
    assert "截止" in switch("trade", "S", "out_of_use", why="更换门体").wrong
    assert "截止" in switch("trade", "S", "out_of_use", why="更换门体", until=past).wrong
    page = switch("trade", "S", "out_of_use", why="更换门体", until=tomorrow)
    south = page.row("南门")
    assert south["可以离开"] == "否" and "更换门体" in south["状态"] and "截止时间" in south["状态"]
    assert page.row("北门")["可以离开"] == "是"
    assert "不得阻断疏散" in switch("trade", "N", "out_of_use", why="更换门体", until=tomorrow).wrong


def test_inside_its_premises_the_operator_limits_the_flow(switch):
    """The company that runs the mall suspends entry at its own gates; the street outside is not its own (H4)."""
    page = switch("keeper", "N", "entry_suspended", why="馆内已满")
    assert page.row("北门")["状态"].startswith("暂停进入，保持疏散") and page.row("北门")["可以离开"] == "是"


def test_a_state_is_on_record_with_who_and_why(town, switch):
    """The story of the place tells each state, its reason and who set it."""
    switch("trade", "N", "entry_suspended", why="馆内已满")
    story = town.browser("admin").read("/places/M-1/").text
    assert "正常通行 → 暂停进入，保持疏散" in story and "馆内已满" in story
