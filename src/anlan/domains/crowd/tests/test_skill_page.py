"""The page of skill: what was caught and what rang for nothing, by place and in sum, learning said as such."""

from datetime import date

import pytest
from django.urls import reverse

from anlan.domains.crowd.actions.learning import fit_levels
from anlan.domains.crowd.models import ChannelLevels, ChannelSkill
from anlan.domains.crowd.tests.conftest import NOW

UNTIL = date(2026, 3, 1)


def keep(place, channel="A", **given):
    words = {
        "space_code": place.code, "space_name": place.name, "quantity": "occupancy", "place": place,
        "channel": channel, "until": UNTIL, "crossings": 8, "caught_15": 6, "caught_30": 4, "false_alarms": 1,
        "months": 1.0, "budget": 2.0, "brier_skill": 0.61, "like_days": 40,
    }  # fmt: skip
    return ChannelSkill.objects.create(**words | given)


def read(client, query=""):
    response = client.get(reverse("crowd:skill") + query)
    assert response.status_code == 200
    return b"".join(response).decode()


def test_an_empty_page_says_what_will_come(browse, town):
    assert "还没有成效数据" in read(browse())


def test_skill_is_told_by_place_and_in_sum(browse, town):
    keep(town.square)
    keep(town.mall, caught_15=2, caught_30=0, false_alarms=9, like_days=40)
    keep(town.mall, "B", crossings=0, caught_15=0, caught_30=0, brier_skill=None, like_days=4)
    page = read(browse())
    assert "6/8（75%）" in page and "8/16（50%）" in page
    assert "0.61" in page and "学习中（4/10 天）" in page
    assert "超出限额，已收紧" in page and "限额之内" in page
    page = read(browse(), "?state=over")
    assert page.count("示范百货") >= 1 and "示范广场</a>" not in page


def test_each_sees_the_places_that_are_his(browse, town):
    keep(town.square)
    keep(town.mall)
    page = read(browse("gardener"))
    assert "示范广场" in page and "示范百货" not in page


def test_older_nights_are_not_shown(browse, town):
    keep(town.square, until=date(2026, 2, 1), caught_15=1)
    keep(town.square)
    assert "1/8" not in read(browse())


@pytest.mark.parametrize(
    "query", ["?format=csv", "?channel=A", "?state=learning", "?sort=-budget", "?q=广场"]
)
def test_it_can_be_filtered_sorted_and_taken_away(browse, town, query):
    keep(town.square)
    read(browse(), query)


def test_the_alarm_levels_tell_their_story(browse, town):
    keep(town.square)
    row = ChannelLevels(channel="A")
    fit_levels(row, by=None, now=NOW, levels={"15": 0.4, "30": 0.45, "60": 0.5}, budget=2.0, fitted_days=20)
    fit_levels(row, by=None, now=NOW, levels={"15": 0.4, "30": 0.45, "60": 0.62}, budget=2.0, fitted_days=21)
    assert "60′ 0.50 → 0.62" in read(browse())
