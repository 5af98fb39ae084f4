"""What the pages show, and what the exports leave out."""

import io
import re

import pytest
from django.urls import reverse
from lxml import html
from openpyxl import load_workbook

from anlan.domains.riskmap import actions
from anlan.domains.riskmap.actions.imports import read_file, run_import
from anlan.domains.riskmap.models import RiskPoint
from anlan.domains.riskmap.pages.forms import OutlineField
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


def export(client, ending, **narrowed):
    answer = client.get(reverse("riskmap:points"), {"format": ending} | narrowed)
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def hand_in(town, ending, body):
    """An import of this file that was read; how many rows of each finding."""
    row = actions.hand_in(
        town.TRADE, by=town.clerk, now=NOW, file_name=f"points.{ending}", body=body, datum="wgs84"
    ).subject
    read_file({"handed_in": row.pk}, lambda *told: None, rest=lambda s: None)
    row.refresh_from_db()
    return row


SQUARE = [[[121.44, 31.23], [121.442, 31.23], [121.442, 31.232], [121.44, 31.232], [121.44, 31.23]]]
KEPT = (
    "name", "category", "lon", "lat", "outline", "post", "precautions", "engineering", "management", "method", "inputs",
    "value", "level",
)  # fmt: skip


@pytest.mark.parametrize("ending", ["csv", "xlsx", "geojson", "kml"])
def test_what_is_exported_imports_to_the_same_points(signed_in, town, point, ending):
    hostile = {"name": "-1+1", "precautions": "=CMD()\n第二行 <b>&</b>", "outline": {"type": "Polygon", "coordinates": SQUARE}}  # fmt: skip
    actions.register_point(town.TRADE, by=town.clerk, now=NOW, **SOUND | hostile)
    body = export(signed_in, ending)
    known = sorted(RiskPoint.objects.values_list(*KEPT), key=str)
    row = hand_in(town, ending, body)
    assert row.counts == {"add": 0, "change": 0, "same": 2, "refuse": 0}, list(row.rows.values("faults", "fields"))  # fmt: skip
    for one in RiskPoint.objects.all():
        actions.retire_point(one, by=town.clerk, now=NOW, why="试")
    body = re.sub(rb"F\d{6}", b"", body) if ending != "xlsx" else without_numbers(body)
    row = hand_in(town, ending, body)
    assert row.counts["add"] == 2, list(row.rows.values("faults"))
    actions.confirm_import(row, by=town.clerk, now=NOW)
    run_import({"handed_in": row.pk}, lambda *told: None, rest=lambda s: None)
    assert sorted(RiskPoint.objects.exclude(state="retired").values_list(*KEPT), key=str) == known


def without_numbers(body):
    """The workbook with its first column emptied below the heading."""
    book, out = load_workbook(io.BytesIO(body)), io.BytesIO()
    for line in book.active.iter_rows(min_row=2, max_col=1):
        line[0].value = None
    book.save(out)
    return out.getvalue()


def test_an_export_holds_what_the_filters_leave(signed_in, town, point):
    actions.register_point(town.TRADE, by=town.clerk, now=NOW, **SOUND | {"name": "北门", "category": "幕墙"})
    for ending in ("csv", "geojson", "kml"):
        told = export(signed_in, ending, category="幕墙").decode()
        assert "北门" in told and "示例锅炉房" not in told
    book = load_workbook(io.BytesIO(export(signed_in, "xlsx", level="2")))
    assert [line[1] for line in book.active.iter_rows(min_row=2, values_only=True)] == ["示例锅炉房"]


def test_names_of_people_are_in_no_export(signed_in, town):
    actions.register_point(town.TRADE, by=town.clerk, now=NOW, **SOUND, person_name="张示例")
    assert all("张示例".encode() not in export(signed_in, ending) for ending in ("csv", "geojson", "kml"))
    book = load_workbook(io.BytesIO(export(signed_in, "xlsx")))
    assert "张示例" not in str(list(book.active.values))


def test_a_preview_says_row_by_row_why_and_offers_the_faults(signed_in, town):
    body = "名称,责任单位编码,经度,纬度\n好,TRADE,121.4,31.2\n坏,NOWHERE,121.4,31.2\n".encode()
    row = hand_in(town, "csv", body)
    page = signed_in.get(row.get_absolute_url()).content.decode()
    assert "确认导入 1 行" in page and "NOWHERE" in page and "尚未写入任何内容" in page
    told = signed_in.get(reverse("riskmap:import_faults", args=[row.pk]))
    assert "NOWHERE" in b"".join(told.streaming_content).decode()
    assert "责任单位编码" in signed_in.get(reverse("riskmap:hand_in")).content.decode()
    for ending in ("csv", "xlsx"):
        assert signed_in.get(reverse("riskmap:template", args=[ending])).status_code == 200


def test_the_template_comes_back_without_its_example(signed_in, town):
    for ending in ("csv", "xlsx"):
        body = signed_in.get(reverse("riskmap:template", args=[ending])).content
        assert sum(hand_in(town, ending, body).counts.values()) == 0


def test_the_districts_sheet_sums_levels_and_names_what_no_sheet_takes_in(client, town, point):
    client.force_login(town.boss, backend=BACKEND)
    year = NOW.year
    page = client.get(reverse("riskmap:district_sheet", args=[year])).content.decode()
    assert "还没有风险分表" in page and "未纳入分表 1 个" in page
    actions.open_sheet(town.TRADE, by=town.clerk, now=NOW, year=year, due_on=NOW.date())
    page = client.get(reverse("riskmap:district_sheet", args=[year])).content.decode()
    assert "0 / 1" in page and "未纳入分表" not in page and "示例锅炉房" in page and "锅炉班长" in page
    assert client.get(reverse("riskmap:district_sheet", args=[1999])).status_code == 404


def test_an_outline_is_drawn_on_the_map_and_on_the_printed_sheet(signed_in, town):
    drawn = {"type": "MultiPolygon", "coordinates": [SQUARE]}
    actions.register_point(town.TRADE, by=town.clerk, now=NOW, name="化学品库", outline=drawn)
    view = signed_in.get(reverse("riskmap:view"), {"box": "121,31,122,32", "zoom": "12"}).json()
    assert view["points"][0]["outline"] == drawn
    assert '<path class="outline" d="M' in signed_in.get(reverse("riskmap:print")).content.decode()


def test_a_new_point_has_an_empty_extent(signed_in):
    page = html.fromstring(signed_in.get(reverse("riskmap:add")).content)
    (box,) = page.xpath("//textarea[@name='outline']")
    assert (box.text or "").strip() == ""
    assert OutlineField(required=False).clean(" \n") is None
