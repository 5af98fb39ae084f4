"""X3 Skill shown openly: what the warnings caught and what rang for nothing, on the district's own days."""

import pytest

from anlan.kit import jobs


@pytest.fixture
def days(town, hall, settings, tmp_path):
    """Three days of a hall of 1,000 that is over-full for an hour each noon, reported every quarter of an hour."""
    settings.DATA = tmp_path
    for _ in range(3):
        for quarter in range(96):
            town.watch.scene.tick(town.clock.now_ms() + 15 * 60_000)
            town.report("CAM-1", town.present(1080 if quarter in range(48, 52) else 350))
        run_jobs(town)


def run_jobs(town):
    """What the job child does."""
    while jobs.run_one(town.now):
        pass


@pytest.fixture
def hall(town):
    place = town.place("EX", "示范展厅", "exhibition_centre", "TRADE", capacity=1000)
    town.counter(place, "CAM-1", measures="presence")
    return place


def test_nothing_is_claimed_before_anything_was_learned(town, hall):
    assert "还没有成效数据" in town.browser("trade").read("/crowd/skill/").text


def test_each_night_tells_how_good_the_warnings_were(town, days):
    """The machine learns by itself; who may see the place reads the figures, those of few days marked as learning."""
    row = town.browser("trade").read("/crowd/skill/").row("示范展厅")
    assert "学习中" in row["状态"] and row["虚警限额"] == "2"
    told = row["提前 15 分钟以上"]
    assert told == "–" or "/" in told
    street = town.browser("street")
    assert "示范展厅" not in street.read("/crowd/skill/").text


def test_the_budget_is_the_districts_own(town, hall):
    page = town.browser("admin").read("/tables/crowd.alarm_budgets/")
    assert "每场所每月虚警" in page.text and "每个渠道每场所每月 2 次" in page.text
