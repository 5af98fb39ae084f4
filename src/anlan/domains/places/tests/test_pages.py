import csv
import io
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from anlan.domains.places import actions, queries
from anlan.domains.places.models import CapacityDetermination, DeciderRule, Place, PlaceImport, RailLine
from anlan.domains.places.queries.sheets import read_sheet
from anlan.kit import jobs

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def as_(client):
    """The client, signed in as this person."""

    def sign_in(person):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def chief(as_, district):
    return as_(district.chief)


def url(name, *args):
    return reverse(f"places:{name}", args=args)


def read_csv(answer):
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


# ── the list, the map, a place ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {"P-1", "M-1", "S-1"}),
        ({"q": "东园"}, {"P-1"}),
        ({"kind": "mall"}, {"M-1"}),
        ({"organisation": "D-PARKS"}, {"P-1"}),
        ({"organisation": "D"}, {"P-1", "M-1", "S-1"}),
        ({"operator": "no"}, {"P-1", "S-1"}),
        ({"grade": "none", "kind": "square"}, {"S-1"}),
        ({"capacity": "determined"}, {"P-1"}),
        ({"capacity": "undetermined"}, {"M-1", "S-1"}),
        ({"state": "retired"}, {"OLD"}),
    ],
)
def test_the_lists_filters_live_in_the_address(
    chief, park, mall, square, district, determined, now, asked, found
):
    determined(park, district.chief)
    old = actions.register_place(
        district.top, by=district.chief, now=now, code="OLD", name="旧处", kind="mall"
    ).subject
    actions.retire_place(old, by=district.chief, now=now, why="拆除")
    rows = read_csv(chief.get(url("places"), asked | {"format": "csv"}))
    assert {row["编号"] for row in rows} == found
    assert chief.get(url("places"), asked).status_code == 200


def test_the_list_says_what_is_not_determined_and_exports_positions(chief, park, mall, district, determined):
    determined(park, district.chief, value_persons=4321)
    page = chief.get(url("places")).content.decode()
    assert "4,321" in page and "尚未核定" in page
    exported = json.loads(chief.get(url("places"), {"format": "geojson"}).content)
    assert [one["geometry"]["coordinates"] for one in exported["features"]] == [[121.45, 31.22]]


def test_everyone_sees_only_his_own(as_, park, mall, district):
    assert {
        row["编号"] for row in read_csv(as_(district.gardener).get(url("places"), {"format": "csv"}))
    } == {"P-1"}
    for name in ("place", "edit", "grade", "retire", "add_zone", "add_entrance", "determine"):
        assert as_(district.gardener).get(url(name, "M-1")).status_code == 404, name
    assert as_(district.reader).get(url("place", "P-1")).status_code == 200
    for name in ("edit", "grade", "retire", "add_zone", "determine"):
        assert as_(district.reader).get(url(name, "P-1")).status_code == 404, name
    assert as_(district.reader).get(url("add")).status_code == 404


def test_signed_out_one_sees_nothing(client, park):
    assert client.get(url("places")).status_code == 302


def test_the_map_shows_the_same_places_and_counts_those_without_position(chief, park, mall):
    answer = chief.get(url("map"))
    assert [place["code"] for place in answer.context["places"]] == ["P-1"]
    assert answer.context["unplaced"] == 1


def test_a_place_says_all_that_is_registered(chief, park, district, determined, now):

    def act(action, subject, **words):
        return action(subject, by=district.chief, now=now, **words).subject

    zone = act(actions.add_zone, park, code="Z1", name="草坪区", effective_area_m2=1500.0)
    act(actions.add_entrance, park, code="1", name="东门", form="gate", clear_width_m=4.5, zone=zone)
    west = act(actions.add_entrance, park, code="2", name="西门", form="door")
    act(actions.set_entrance_state, west, state="entry_suspended", why="客满")
    assert "尚未核定" in chief.get(url("place", "P-1")).content.decode()
    inputs = {"parts": [{"name": "草坪区", "area_m2": 1500.0, "m2_per_person": 1.5}]}
    determined(park, district.chief, method="area", inputs=inputs, value_persons=1000)
    page = chief.get(url("place", "P-1")).content.decode()
    for word in (
        "草坪区",
        "1,500",
        "4.5",
        "暂停进入，保持疏散",
        "客满",
        "有效面积法",
        "1,500 m² ÷ 1.5",
        "示例〔2026〕1号",
        "未公布",
        "登记场所",
        "核定承载量",
    ):
        assert word in page, word


def test_hostile_texts_are_inert(chief, district, now):
    words = {
        "code": "X-1",
        "name": HOSTILE,
        "kind": "mall",
        "surroundings": HOSTILE,
        "lon": 121.4,
        "lat": 31.2,
    }
    actions.register_place(district.top, by=district.chief, now=now, **words)
    for address in (url("places"), url("place", "X-1"), url("map"), url("progress"), url("edit", "X-1")):
        assert "<script>alert" not in chief.get(address).content.decode(), address


# ── forms ───────────────────────────────────────────────────────────────────────────────────────


def test_a_place_is_registered_through_the_form_with_its_datum(chief, district):
    told = {
        "code": "X-1", "name": "某商场", "kind": "mall", "organisation": district.top.pk, "operator": district.mall.pk,
        "datum": "gcj02", "lon": "121.4546", "lat": "31.2181", "is_capacity_due": "on",
    }  # fmt: skip
    answer = chief.post(url("add"), told)
    assert answer.status_code == 302, answer.context["form"].errors
    place = Place.objects.get()
    assert place.operator == district.mall and place.lon == pytest.approx(121.4501, abs=5e-4)
    assert "编号" in chief.post(url("add"), told | {"code": "A/B"}).content.decode()
    assert "已存在" in chief.post(url("add"), told).content.decode()


def test_an_exit_starts_from_its_station(chief, district, now):
    words = {"code": "R-1", "name": "东站", "kind": "rail_station"}
    station = actions.register_place(district.top, by=district.chief, now=now, **words).subject
    form = chief.get(url("add"), {"parent": "R-1", "kind": "station_exit"}).context["form"]
    assert form["parent"].value() == station.pk and form["is_capacity_due"].value() is False


def test_an_edit_that_changes_nothing_says_nothing_new(chief, park):
    form = chief.get(url("edit", "P-1")).context["form"]
    told = {name: form[name].value() for name in form.fields}
    told = {name: value for name, value in told.items() if value not in (None, False, [])}
    assert chief.post(url("edit", "P-1"), told).status_code == 302
    assert queries.story(park).first().after == {}
    assert chief.post(url("edit", "P-1"), told | {"name": "东大园"}).status_code == 302
    assert queries.story(park).first().after == {"name": "东大园"}


def test_zones_and_entrances_through_their_forms(chief, park):
    assert (
        chief.post(
            url("add_zone", "P-1"),
            {"code": "Z1", "name": "草坪", "datum": "wgs84", "effective_area_m2": "900"},
        ).status_code
        == 302
    )
    assert (
        chief.post(
            url("edit_zone", "P-1", "Z1"), {"code": "Z1", "name": "大草坪", "datum": "wgs84"}
        ).status_code
        == 302
    )
    gate = {
        "code": "1",
        "name": "东门",
        "form": "gate",
        "datum": "wgs84",
        "clear_width_m": "3",
        "zone": park.zones.get().pk,
    }
    assert chief.post(url("add_entrance", "P-1"), gate).status_code == 302
    assert (
        "最后一个" in chief.post(url("entrance_state", "P-1", "1"), {"state": "entry_only"}).content.decode()
    )
    assert (
        chief.post(url("entrance_state", "P-1", "1"), {"state": "exit_only", "why": "散场"}).status_code
        == 302
    )
    assert chief.post(url("remove_zone", "P-1", "Z1"), {"why": "合并"}).status_code == 200
    assert park.zones.exists()
    assert (
        chief.post(url("edit_entrance", "P-1", "1"), gate | {"zone": "", "name": "正门"}).status_code == 302
    )
    assert chief.post(url("remove_entrance", "P-1", "1"), {"why": "封闭"}).status_code == 302
    assert chief.post(url("remove_zone", "P-1", "Z1"), {"why": "合并"}).status_code == 302
    assert not park.zones.exists() and not park.entrances.exists()


def test_every_confirming_page_asks_first(chief, park):
    assert chief.get(url("retire", "P-1")).status_code == 200
    assert "理由" in chief.post(url("retire", "P-1"), {"why": ""}).content.decode()
    assert chief.post(url("retire", "P-1"), {"why": "拆除"}).status_code == 302
    assert "该场所已注销" in chief.get(url("place", "P-1")).content.decode()
    assert chief.post(url("restore", "P-1"), {"why": "误操作"}).status_code == 302


def test_grading_through_the_form(chief, park):
    told = {"grade": "A", "reason": "客流大"}
    assert "复评" in chief.post(url("grade", "P-1"), told).content.decode()
    assert chief.post(url("grade", "P-1"), told | {"review_on": "2999-01-01"}).status_code == 302
    park.refresh_from_db()
    assert park.grade == "A"


# ── capacity ────────────────────────────────────────────────────────────────────────────────────

PARTS = {
    "form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-name": "草坪", "form-0-area_m2": "1200",
    "form-0-m2_per_person": "1.5", "form-1-name": "", "form-1-area_m2": "", "form-1-m2_per_person": "",
}  # fmt: skip
CHOICE = "?kind=instantaneous&method=area"


def test_the_methods_are_shown_with_what_is_unconfirmed(chief, park):
    page = chief.get(url("determine", "P-1")).content.decode()
    assert "LB/T 034-2014" in page and "待核实" in page and "主管部门" in page


def test_the_value_is_computed_while_typing_and_nothing_is_stored(chief, park, district, now):
    actions.add_zone(park, by=district.chief, now=now, code="Z1", name="草坪", effective_area_m2=150.0)
    page = chief.post(url("compute", "P-1") + CHOICE, PARTS).content.decode()
    assert "800" in page and "超过 5 人/m²" in page
    page = chief.post(url("determine", "P-1") + CHOICE, PARTS | {"compute": "1"}).content.decode()
    assert "800" in page and not CapacityDetermination.objects.exists()
    assert (
        "待核实"
        in chief.post(
            url("compute", "P-1") + "?kind=daily&method=turnover", {"open_h": "12"}
        ).content.decode()
    )


def test_a_capacity_is_determined_published_and_withdrawn_through_the_pages(chief, park, district):
    today = timezone.localdate().isoformat()
    told = PARTS | {"value_persons": "800", "determined_by": district.parks.pk, "determined_on": today}
    answer = chief.post(url("determine", "P-1") + CHOICE, told | {"value_persons": "801"})
    assert "高于计算值" in answer.content.decode()
    assert chief.post(url("determine", "P-1") + CHOICE, told).status_code == 302
    row = CapacityDetermination.objects.get()
    assert row.inputs == {"parts": [{"name": "草坪", "area_m2": 1200.0, "m2_per_person": 1.5}]}
    paper = {"published_at": today, "published_where": "入口公示牌"}
    assert chief.post(url("publish", "P-1", row.pk), paper).status_code == 302
    assert "入口公示牌" in chief.get(url("place", "P-1")).content.decode()
    assert chief.post(url("withdraw", "P-1", row.pk), {"why": "面积有误"}).status_code == 302
    assert "尚未核定" in chief.get(url("place", "P-1")).content.decode()


def test_progress_by_department(chief, park, mall, square, district, determined):
    determined(park, district.chief)
    rows = read_csv(chief.get(url("progress"), {"format": "csv"}))
    assert [(row["主管部门编码"], row["应核定"], row["已核定"]) for row in rows] == [
        ("D", "2", "0"),
        ("D-PARKS", "1", "1"),
    ]
    page = chief.get(url("progress")).content.decode()
    assert "33%" in page and "广场" in page and "东园" not in page


def test_the_district_lays_down_who_determines(chief, as_, district):
    assert chief.get(url("deciders")).status_code == 200
    told = {"who": ["police"], "basis": "示例规定第一条"}
    assert chief.post(url("edit_decider", "mall"), told).status_code == 302
    assert "示例规定第一条" in chief.get(url("deciders")).content.decode()
    assert as_(district.gardener).post(url("edit_decider", "park"), told).status_code == 404
    assert as_(district.chief).post(url("reset_decider", "mall"), {"why": ""}).status_code == 302
    assert not DeciderRule.objects.exists()


# ── lines ───────────────────────────────────────────────────────────────────────────────────────


def test_lines_with_stations_and_exits(chief, district, now):
    assert chief.get(url("lines")).status_code == 200
    told = {"code": "L1", "name": "一号线", "colour": "#E4002B", "organisation": district.top.pk}
    assert chief.post(url("add_line"), told).status_code == 302
    line = RailLine.objects.get()

    def register(**words):
        return actions.register_place(district.top, by=district.chief, now=now, **words).subject

    station = register(code="R-1", name="东站", kind="rail_station", rail_lines=[line])
    register(code="R-1-1", name="1号口", kind="station_exit", parent=station)
    page = chief.get(url("lines"))
    assert page.context["totals"] == {"lines": 1, "stations": 1, "exits": 1}
    assert chief.post(url("edit_line", line.pk), told | {"name": "1 号线"}).status_code == 302
    assert "1 个站点" in chief.post(url("remove_line", line.pk), {"why": ""}).content.decode()


# ── import ──────────────────────────────────────────────────────────────────────────────────────


def upload(client, district, text, **more):
    body = SimpleUploadedFile("places.csv", text.encode("utf-8-sig"))
    return client.post(
        url("hand_in"),
        {"kind": "places", "body": body, "datum": "wgs84", "organisation": district.top.pk} | more,
    )


GOOD = "编号,名称,类型,主管部门编码,颜色\nX-1,某商场,商场,D,红\nX-2,,商场,D,\n"


def test_an_import_from_upload_to_undoing(chief, district, now):
    answer = upload(chief, district, GOOD)
    row = PlaceImport.objects.get()
    assert answer.url == url("import", row.pk)
    page = chief.get(answer.url).content.decode()
    assert "颜色" in page and "确认导入 1 行" in page and "必填" in page
    assert not Place.objects.exists()
    assert [
        (fault["行号"], fault["列"], fault["原因"])
        for fault in read_csv(chief.get(url("import_faults", row.pk)))
    ] == [("3", "名称", "必填")]
    assert "X-2" not in chief.get(answer.url, {"finding": "add"}).content.decode()
    chief.post(url("confirm_import", row.pk))
    assert chief.get(answer.url).context["row"].job.is_open
    jobs.run_one(now)
    page = chief.get(answer.url).content.decode()
    assert "已完成" in page and "X-2" in page
    assert len(read_csv(chief.get(url("import_faults", row.pk)))) == 1
    assert chief.get(url("imports")).status_code == 200
    assert chief.post(url("undo_import", row.pk), {"why": ""}).status_code == 302
    assert Place.objects.get().retired_at is not None
    assert "已撤销" in chief.get(answer.url).content.decode()


def test_the_datum_is_a_required_choice(chief, district):
    answer = upload(chief, district, GOOD, datum="")
    assert answer.status_code == 200 and "datum" in answer.context["form"].errors
    assert not PlaceImport.objects.exists()


def test_an_unreadable_file_is_refused_on_the_form(chief, district):
    assert "缺少必需的列" in upload(chief, district, "a,b\n1,2\n").content.decode()


def test_an_import_can_be_let_go(chief, district):
    upload(chief, district, GOOD)
    row = PlaceImport.objects.get()
    chief.post(url("discard_import", row.pk))
    assert "已放弃" in chief.get(url("import", row.pk)).content.decode()
    assert "已确认或已放弃" in chief.post(url("confirm_import", row.pk), follow=True).content.decode()


def test_others_imports_are_not_seen(as_, district):
    upload(as_(district.chief), district, GOOD)
    row = PlaceImport.objects.get()
    assert as_(district.gardener).get(url("import", row.pk)).status_code == 404
    assert as_(district.reader).get(url("imports")).status_code == 404


def test_the_templates_can_be_handed_in_as_they_are_once_a_row_is_added(chief, district):
    text = chief.get(url("template", "places", "csv")).content.decode("utf-8-sig")
    assert upload(chief, district, text).status_code == 200, "explanations alone are no rows"
    assert upload(chief, district, text + "X-1,某商场,,商场,D\n").status_code == 302
    body = io.BytesIO(chief.get(url("template", "places", "xlsx")).content)
    book = load_workbook(body)
    book.active.append(["X-2", "某广场", "", "广场", "D"])
    out = io.BytesIO()
    book.save(out)
    assert read_sheet("t.xlsx", out.getvalue()).rows[0]["cells"]["code"] == "X-2"
    assert chief.get(url("template", "places", "exe")).status_code == 404


# ── assessments ─────────────────────────────────────────────────────────────────────────────────


def test_assessments_through_the_form_the_latest_first_and_what_is_overdue(
    chief, park, mall, square, district
):
    today = timezone.localdate()
    told = {"assessed_by": district.police.pk, "summary": "疏散通道畅通", "findings": "西门灯坏"}
    past, due = today - timedelta(days=400), today - timedelta(days=35)
    answer = chief.post(url("assess", "P-1"), told | {"assessed_on": past, "next_on": past})
    assert "晚于本次" in answer.content.decode()
    assert chief.post(url("assess", "P-1"), told | {"assessed_on": past, "next_on": due}).status_code == 302
    page = chief.get(url("place", "P-1")).content.decode()
    assert "评估逾期" in page and "西门灯坏" in page and "登记排查评估" in page
    chief.post(url("assess", "M-1"), told | {"assessed_on": past, "next_on": today})

    def listed(**asked):
        return {
            row["编号"]: row["排查评估"]
            for row in read_csv(chief.get(url("places"), asked | {"format": "csv"}))
        }

    assert listed() == {"P-1": "评估逾期", "M-1": "已评估", "S-1": "尚未评估"}
    assert set(listed(assessed="overdue")) == {"P-1"} and set(listed(assessed="never")) == {"S-1"}
    chief.post(url("assess", "P-1"), told | {"assessed_on": today, "summary": "已整改"})
    page = chief.get(url("place", "P-1")).content.decode()
    assert "评估逾期" not in page and page.index("已整改") < page.index("疏散通道畅通")
    assert listed(assessed="overdue") == {}


def test_who_may_not_edit_assesses_nothing(as_, park, district):
    assert as_(district.reader).get(url("assess", "P-1")).status_code == 404
