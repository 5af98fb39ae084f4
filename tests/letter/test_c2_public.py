"""C2 「避险须知、安全提示」: the public learns how full a place is, in bands, and what to do."""

import re

import pytest
from tests.letter.browser import Browser

LEVEL_WORDS = re.compile("蓝色|黄色|橙色|红色|预警|blue|yellow|orange|red alert")


@pytest.fixture
def park(town):
    """A park for 1,000 people with two gates; a camera counts those present."""
    place = town.place(
        "PK", "示范公园", "park", "PARKS", capacity=1000, is_public=True, name_en="Example Park"
    )
    for code, name in (("N", "北门"), ("S", "南门")):
        town.entrance(place, code, name)
    town.counter(place, "CAM-1", measures="presence")
    return place


def public():
    """The page as somebody without an account sees it."""
    return Browser().read("/public/")


def band(page):
    return " ".join(page.html.xpath("//*[contains(@class, 'band')]")[0].text_content().split())


def test_anyone_reads_it_without_account_or_scripts(town, park):
    """At most 50 KB with its styles, no script, no sign-in, however many places: more of them are further pages."""
    for number in range(120):
        place = town.place(f"P-{number}", f"示范公园{number}", "park", "PARKS", is_public=True)
        town.entrance(place, "1", "北门")
    page = public()
    styles = page.html.xpath("//link[@rel='stylesheet']/@href")
    weight = len(page.body) + sum(len(Browser().ask(address).body) for address in styles)
    assert weight <= 50_000
    assert not page.html.xpath("//script | //@onclick | //@onload")
    assert "sessionid" not in page.answer.cookies and "csrftoken" not in page.answer.cookies
    assert page.text.count("北门") == 50
    assert Browser().read("/public/?page=3").text.count("北门") == 21
    assert Browser().read("/public/?q=示范公园119").text.count("北门") == 1
    assert "没有找到" in Browser().read("/public/?q=别处").text


def test_bands_not_levels_and_no_exact_numbers(town, park):
    """舒适, 较拥挤, 拥挤 by the share of the capacity; the internal colours and the count itself stay inside."""
    for people, said in [(300, "舒适"), (650, "较拥挤"), (985, "拥挤"), (1100, "拥挤")]:
        town.report("CAM-1", town.present(people))
        page = public()
        assert band(page) == said, people
        assert not LEVEL_WORDS.search(page.text), LEVEL_WORDS.search(page.text)
        assert not re.search(rf"\b{people}\b|{people:,}", page.text)
        town.wind(seconds=1)


def test_entry_suspended_comes_only_from_doors_that_a_person_set(town, park):
    """However full: 暂停进入 is said when a person has closed every door to those who come, and who is inside may leave."""
    town.report("CAM-1", town.present(1500))
    assert "暂停进入" not in public().text
    parks = town.browser("parks")
    parks.fill_in("/places/PK/entrances/N/state/", state="entry_suspended", why="园内已满")
    assert band(public()) == "拥挤"  # one door still lets people in
    parks.fill_in("/places/PK/entrances/S/state/", state="exit_only", why="园内已满")
    page = public()
    assert band(page) == "暂停进入" and "请勿前往" in page.text
    ways_out = " ".join(one.text_content() for one in page.html.xpath("//ul[@class='ways']"))
    assert "北门" in ways_out and "南门" in ways_out
    assert "园内已满" not in page.text  # the reason is for the record
    parks.fill_in("/places/PK/entrances/N/state/", state="open")
    assert band(public()) == "拥挤"


def test_an_old_number_is_not_shown_as_if_it_were_now(town, park):
    """After ten silent minutes the page says that there is no data, and when the last count was."""
    town.report("CAM-1", town.present(300))
    assert "计数时间" in public().text
    town.wind(minutes=11)
    assert band(public()) == "暂无数据"


def test_advice_stands_beside_the_band(town, park):
    """What to do: keep away, do not stand still, mind children and old people; and whom to call."""
    town.report("CAM-1", town.present(900))
    assert "改时间或改去别处" in public().text
    town.wind(seconds=1)
    town.report("CAM-1", town.present(650))
    page = public()
    assert "看护好老人和孩子" in page.text and "110、119、120" in page.text


def test_only_places_meant_for_the_public_are_shown(town, park):
    """A place is shown when its department says so; in English where asked."""
    town.place("B-1", "示范工地", "building_site", "TRADE")
    assert "示范工地" not in public().text
    english = Browser().read("/public/", language="en").text
    assert "Example Park" in english


def test_other_programs_get_the_same_bands(town, park):
    """The public reading API says bands, never levels or counts."""
    town.report("CAM-1", town.present(650))
    (told,) = Browser().client.get("/api/v1/public/places").json()
    assert told["band"] == "busy" and set(told) == {"name", "name_en", "band", "updated_ms"}


def test_safety_advice_is_there_for_everyone_by_hazard(town):
    """避险须知: what to do, what not to do, whom to call; in both languages, without account or scripts."""
    page = Browser().read("/notices/advice/")
    for hazard in ("人员密集", "火灾", "大风", "暴雨", "高温"):
        assert hazard in page.text
    page = Browser().read(page.link("crowd-busy"))
    assert "应当做的" in page.text and "不要逆行" in page.text and "119" in page.text
    assert not page.html.xpath("//script")
    assert "Do not walk against the flow" in Browser().read("/notices/advice/crowd-busy/?language=en").text
