"""What the pages show, and what the exports leave out."""

import pytest
from django.urls import reverse

from anlan.domains.riskmap import actions
from anlan.domains.riskmap.models import RiskPoint
from anlan.domains.riskmap.tests.conftest import NOW, SOUND

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def signed_in(client, town):
    client.force_login(town.clerk, backend=BACKEND)
    return client


def test_a_viewport_is_answered_under_the_maps_filters(signed_in, point):
    view = {"box": "121,31,122,32", "zoom": "12"}
    assert signed_in.get(reverse("riskmap:view"), view).json()["total"] == 1
    for narrowed, total in (
        ({"level": "1"}, 0),
        ({"level": "2"}, 1),
        ({"state": "retired"}, 0),
        ({"category": "锅炉"}, 1),
    ):
        assert signed_in.get(reverse("riskmap:view"), view | narrowed).json()["total"] == total


@pytest.mark.parametrize("bad", [{"box": "1,2"}, {"zoom": "nan"}, {"zoom": "x"}, {"box": "121,31,120,32"}])
def test_an_unsound_viewport_is_refused(signed_in, point, bad):
    assert (
        signed_in.get(reverse("riskmap:view"), {"box": "121,31,122,32", "zoom": "12"} | bad).status_code
        == 400
    )


def test_the_drawer_says_who_answers_and_what_holds_it_down(signed_in, point):
    told = signed_in.get(reverse("riskmap:drawer", args=[point.number])).json()
    assert (told["colour"], told["level"], told["answerer"]) == ("orange", "较大风险", "锅炉班长")
    assert told["measures"] == [["工程技术措施", "安全阀每年校验"]]


def test_levels_are_shown_by_shape_and_words(signed_in, point):
    for name in ("map", "points", "print"):
        page = signed_in.get(reverse(f"riskmap:{name}")).content.decode()
        assert "较大风险" in page and 'class="level-orange"' in page


def test_exports_hold_degrees_and_no_names_of_people(signed_in, town):
    actions.register_point(town.TRADE, by=town.clerk, now=NOW, **SOUND, person_name="张示例")
    sheet = b"".join(signed_in.get(reverse("riskmap:points"), {"format": "csv"}).streaming_content).decode()
    assert "示例锅炉房" in sheet and "张示例" not in sheet and "<svg" not in sheet
    drawn = signed_in.get(reverse("riskmap:points"), {"format": "geojson"}).json()
    assert drawn["features"][0]["geometry"]["coordinates"] == [121.45, 31.23]
    assert "张示例" not in str(drawn)


def test_degrees_are_typed_in_the_datum_that_is_declared(signed_in, town):
    words = SOUND | {"organisation": town.TRADE.pk, "datum": "gcj02"}
    signed_in.post(reverse("riskmap:add"), words)
    made = RiskPoint.objects.get()
    assert made.lon != SOUND["lon"] and abs(made.lon - SOUND["lon"]) < 0.01


def test_a_form_offers_the_scores_of_the_table_and_keeps_others_out(signed_in, point):
    address = reverse("riskmap:assess", args=[point.number, "LEC"])
    assert "相当可能" in signed_in.get(address).content.decode()
    assert signed_in.post(address, {"L": "4", "E": "6", "C": "15"}).status_code == 200
    assert point.assessments.count() == 1
    assert signed_in.get(reverse("riskmap:assess", args=[point.number, "XX"])).status_code == 404


def test_the_printed_sheet_numbers_its_points(signed_in, town, point):
    actions.register_point(town.TRADE, by=town.clerk, now=NOW, **SOUND | {"name": "北门", "lat": 31.3})
    page = signed_in.get(reverse("riskmap:print")).content.decode()
    assert page.count('class="mark level-') == 2 and "锅炉班长" in page


def test_a_number_of_the_hostile_kind_finds_nothing(signed_in, point):
    assert signed_in.get(reverse("riskmap:drawer", args=["-"])).status_code == 404
