"""Zones, entrances and capacities handed in as tables: the one mechanism, with the columns of each kind."""

import csv
import io

import pytest
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from anlan.domains.places import actions, queries
from anlan.domains.places.models import CapacityDetermination, Entrance, PlaceImport, Zone
from anlan.domains.places.queries.sheets import read_sheet
from anlan.domains.places.rules.columns import SHEETS, read_day, read_whole
from anlan.domains.places.terms import ImportKind
from anlan.kit import geo, jobs
from anlan.kit.actions import Refused
from anlan.kit.models import Change

ZONE = {"场所编号": "P-1", "编号": "Z1", "名称": "草坪", "楼层": "1F", "有效面积（m²）": "1200"}
ENTRANCE = {
    "场所编号": "P-1",
    "编号": "1",
    "名称": "东门",
    "形式": "闸机",
    "净宽（m）": "4.5",
    "闸机台数": "8",
}
CAPACITY = {
    "场所编号": "P-1", "种类": "瞬时最大承载量", "核定值（人）": "800", "核定单位编码": "D-PARKS",
    "核定日期": "2026-11-01", "文号": "示例〔2026〕1号",
}  # fmt: skip
SOUND = {"zones": ZONE, "entrances": ENTRANCE, "capacities": CAPACITY}
MODELS = {"zones": Zone, "entrances": Entrance, "capacities": CapacityDetermination}


def as_csv(rows):
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    text = io.StringIO()
    csv.writer(text).writerows([headings, *([row.get(heading, "") for heading in headings] for row in rows)])
    return text.getvalue().encode("utf-8-sig")


@pytest.fixture
def hand_in(district, now):
    """Hand in rows of a kind, each the sound one with changes."""

    def hand_in(kind, *changes, datum="wgs84", by=None, organisation=None):
        return actions.hand_in(
            organisation or district.top, by=by or district.chief, now=now, kind=kind, file_name="a.csv", datum=datum,
            body=as_csv([SOUND[kind] | change for change in changes]),
        ).subject  # fmt: skip

    return hand_in


@pytest.fixture
def plan(hand_in, district):
    def plan(kind, *changes, by=None, **words):
        return queries.plan_import(hand_in(kind, *changes, **words), by or district.chief).rows

    return plan


@pytest.fixture
def carry_out(hand_in, district, now):
    """Hand in, confirm and do it; the import as it is afterwards."""

    def carry_out(kind, *changes, by=None, **words):
        handed_in = hand_in(kind, *changes, by=by, **words)
        actions.confirm_import(handed_in, by=by or district.chief, now=now)
        job = jobs.run_one(now)
        assert job.state == "done", job.note
        handed_in.refresh_from_db()
        return handed_in

    return carry_out


@pytest.fixture
def lawn(park, district, now):
    return actions.add_zone(
        park, by=district.chief, now=now, code="Z9", name="西草坪", effective_area_m2=500.0
    ).subject


@pytest.mark.parametrize(
    ("kind", "change", "column", "said"),
    [
        ("zones", {"场所编号": ""}, "场所编号", "必填"),
        ("zones", {"场所编号": "P-9"}, "场所编号", "P-9"),
        ("zones", {"编号": ""}, "编号", "必填"),
        ("zones", {"编号": "A/B"}, "编号", "不合规"),
        ("zones", {"编号": "长" * 21}, "编号", "20"),
        ("zones", {"名称": ""}, "名称", "必填"),
        ("zones", {"楼层": "一二三四五六七八九十层"}, "楼层", "10"),
        ("zones", {"有效面积（m²）": "大"}, "有效面积（m²）", "数字"),
        ("zones", {"有效面积（m²）": "-5"}, "有效面积（m²）", "大于 0"),
        ("zones", {"范围": "POINT(1 2)"}, "范围", "GeoJSON"),
        ("zones", {"名称": "=1+1"}, "名称", "公式"),
        ("entrances", {"形式": "窗"}, "形式", "窗"),
        ("entrances", {"形式": ""}, "形式", "必填"),
        ("entrances", {"净宽（m）": "400"}, "净宽（m）", "100 m"),
        ("entrances", {"闸机台数": "501"}, "闸机台数", "1–500"),
        ("entrances", {"闸机台数": "2.5"}, "闸机台数", "整数"),
        ("entrances", {"形式": "楼梯"}, "闸机台数", "形式为闸机"),
        ("entrances", {"区域编号": "Z7"}, "区域编号", "Z7"),
        ("entrances", {"经度": "121.4"}, "经度", "同时"),
        ("capacities", {"种类": "最大"}, "种类", "最大"),
        ("capacities", {"核定方法": "目测法"}, "核定方法", "目测法"),
        ("capacities", {"核定值（人）": "八百"}, "核定值（人）", "整数"),
        ("capacities", {"核定值（人）": "0"}, "核定值（人）", "大于 0"),
        ("capacities", {"核定单位编码": "D-NONE"}, "核定单位编码", "D-NONE"),
        ("capacities", {"核定日期": "上周"}, "核定日期", "2026-01-31"),
        ("capacities", {"核定日期": "2999-01-01"}, "核定值（人）", "今天"),
        ("capacities", {"文号": ""}, "核定值（人）", "文号"),
        ("capacities", {"区域编号": "Z7"}, "区域编号", "Z7"),
        ("capacities", {"核定方法": "座位法"}, "核定值（人）", "固定座位数"),
        ("capacities", {"核定方法": "座位法", "固定座位数": "100"}, "核定值（人）", "高于计算值"),
        ("capacities", {"核定单位编码": "O-MALL"}, "核定值（人）", "须写明理由"),
        ("capacities", {"区域编号": "Z9", "核定值（人）": "3000"}, "核定值（人）", "5 人/m²"),
    ],
)
def test_a_row_is_refused_by_column_with_its_reason(plan, park, lawn, kind, change, column, said):
    (row,) = plan(kind, change)
    assert row.finding == "refuse"
    assert [str(label) for label, _text in row.faults] == [column]
    assert said in str(row.faults[0][1])


@pytest.mark.parametrize("kind", SOUND)
def test_the_same_twice_in_a_file_names_the_first_row(plan, park, kind):
    first, second = plan(kind, {}, {})
    assert first.finding == "add" and second.finding == "refuse"
    assert "第 2 行" in str(second.faults[0][1])


@pytest.mark.parametrize("kind", SOUND)
def test_what_is_not_ones_own_or_retired_is_not_imported(plan, park, mall, district, now, kind):
    by = {"by": district.gardener, "organisation": district.parks}
    assert plan(kind, {"场所编号": "M-1"}, **by)[0].finding == "refuse"
    actions.retire_place(park, by=district.chief, now=now, why="拆除")
    (row,) = plan(kind, {})
    assert "注销" in str(row.faults[0][1])


@pytest.mark.parametrize("kind", SOUND)
def test_what_is_imported_again_is_the_same(carry_out, plan, park, kind):
    handed_in = carry_out(kind, {})
    assert handed_in.outcome["added"] == 1
    row = MODELS[kind].objects.get()
    change = Change.objects.of(row).get()
    assert change.key.startswith(f"places.import:{handed_in.pk}:")
    assert plan(kind, {})[0].finding == "same"


def test_zones_come_in_with_their_fields_and_change_by_code(carry_out, park):
    carry_out("zones", {}, {"编号": "Z2", "名称": "湖边"})
    zone = Zone.objects.get(code="Z1")
    assert (zone.place, zone.name, zone.level, zone.effective_area_m2) == (park, "草坪", "1F", 1200.0)
    outcome = carry_out("zones", {"名称": "大草坪", "楼层": ""}).outcome
    zone.refresh_from_db()
    assert (outcome["changed"], zone.name, zone.level) == (1, "大草坪", "1F")
    assert Change.objects.of(zone).first().after == {"name": "大草坪"}


def test_entrances_lead_to_zones_and_positions_are_moved_from_the_declared_datum(carry_out, park, lawn):
    lon, lat = geo.from_wgs84(121.45, 31.22, datum="gcj02")
    carry_out("entrances", {"区域编号": "Z9", "经度": f"{lon:.9f}", "纬度": f"{lat:.9f}"}, datum="gcj02")
    gate = Entrance.objects.get()
    assert (gate.zone, gate.form, gate.clear_width_m, gate.state) == (lawn, "gate", 4.5, "open")
    assert gate.gate_count == 8 and gate.passage_per_min == 240
    assert (gate.lon, gate.lat) == pytest.approx((121.45, 31.22), abs=1e-6)


def test_capacities_are_determined_by_their_method_with_its_inputs(carry_out, park, lawn):
    carry_out(
        "capacities",
        {"核定方法": "有效面积法", "有效面积（m²）": "1200", "人均面积（m²/人）": "1.5", "文号": ""},
        {"区域编号": "Z9", "核定值（人）": "300", "有效期至": "2027年10月31日"},
        datum="",
    )
    whole, zone = (CapacityDetermination.objects.get(zone=zone) for zone in (None, lawn))
    assert whole.method == "area" and whole.inputs["parts"][0]["area_m2"] == 1200
    assert (zone.method, zone.value_persons, zone.valid_until.isoformat()) == ("document", 300, "2027-10-31")


def test_a_determination_on_record_is_never_altered_by_an_import(carry_out, plan, park):
    carry_out("capacities", {})
    (row,) = plan("capacities", {"核定值（人）": "900"})
    assert row.finding == "refuse" and "800" in str(row.faults[0][1]) and "撤销" in str(row.faults[0][1])


def test_a_reason_lets_another_organisation_determine_but_the_file_name_is_none(carry_out, district, park):
    other = {"核定单位编码": "O-MALL"}
    assert carry_out("capacities", other).outcome["refused"] == 1
    assert carry_out("capacities", other | {"说明": "受托核定"}).outcome["added"] == 1
    assert CapacityDetermination.objects.get().reason == "受托核定"


@pytest.mark.parametrize("kind", SOUND)
def test_undoing_takes_back_what_was_added_and_not_touched_since(carry_out, district, park, now, kind):
    other = {"编号": "2"} if kind != "capacities" else {"核定日期": "2026-10-01"}
    handed_in = carry_out(kind, {}, other)
    touched = MODELS[kind].objects.order_by("pk").last()
    if kind == "zones":
        actions.edit_zone(touched, by=district.chief, now=now, name="改名")
    elif kind == "entrances":
        actions.set_entrance_state(touched, by=district.chief, now=now, state="exit_only", why="散场")
    else:
        words = {"published_at": touched.determined_on, "published_where": "官网"}
        actions.publish_determination(touched, by=district.chief, now=now, **words)
    actions.undo_import(handed_in, by=district.chief, now=now)
    assert (handed_in.outcome["retired"], handed_in.outcome["kept"]) == (1, 1)
    left = (
        MODELS[kind].objects.filter(withdrawn_at=None) if kind == "capacities" else MODELS[kind].objects.all()
    )
    assert list(left) == [touched]


def test_undoing_keeps_a_zone_that_others_refer_to(carry_out, district, park, now):
    handed_in = carry_out("zones", {})
    zone = Zone.objects.get()
    actions.add_entrance(park, by=district.chief, now=now, code="1", name="东门", form="door", zone=zone)
    actions.undo_import(handed_in, by=district.chief, now=now)
    assert handed_in.outcome["kept"] == 1 and Zone.objects.exists()


def test_only_capacities_need_no_datum(hand_in, park):
    for kind in ("zones", "entrances"):
        with pytest.raises(Refused, match="坐标系"):
            hand_in(kind, {}, datum="")
    assert hand_in("capacities", {}, datum="").datum == ""


def test_days_of_spreadsheets_are_read():
    book = Workbook()
    book.active.append(["场所编号", "核定日期", "种类", "核定值（人）", "核定单位编码"])
    book.active.append(["P-1", read_day("2026-01-31"), "daily", 900, "D"])
    body = io.BytesIO()
    book.save(body)
    cells = read_sheet("a.xlsx", body.getvalue(), kind=ImportKind.CAPACITIES).rows[0]["cells"]
    assert read_day(cells["determined_on"]).isoformat() == "2026-01-31"
    assert [read_day(text) for text in ("2026-02-30", "31.1.2026", "20260131", "")] == [None] * 4
    assert [read_whole(cell) for cell in (900, 900.0, "900", 9.5, "-1", "x", True)] == [900, 900, 900] + [
        None
    ] * 4


@pytest.mark.parametrize("kind", [kind.value for kind in ImportKind])
def test_each_kind_has_its_template_which_can_be_handed_in(client, district, park, kind):
    client.force_login(district.chief, backend="django.contrib.auth.backends.ModelBackend")
    for ending in ("csv", "xlsx"):
        answer = client.get(reverse("places:template", args=[kind, ending]))
        assert answer.status_code == 200 and f"{kind}-template.{ending}" in answer["Content-Disposition"]
    book = load_workbook(io.BytesIO(answer.content))
    book.active.append(["x"] * len(SHEETS[kind]))
    body = io.BytesIO()
    book.save(body)
    sheet = read_sheet("t.xlsx", body.getvalue(), kind=kind)
    assert (
        sheet.columns == [column.name for column in SHEETS[kind]]
        and sheet.unknown == []
        and len(sheet.rows) == 1
    )


def test_the_page_asks_what_the_file_holds(client, district, park):
    client.force_login(district.chief, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("places:hand_in")
    page = client.get(address, {"kind": "zones"})
    assert page.context["form"]["kind"].value() == "zones"
    told = {"kind": "zones", "organisation": district.top.pk, "datum": "wgs84"}
    body = io.BytesIO(as_csv([ZONE, ZONE | {"编号": ""}]))
    body.name = "zones.csv"
    preview = client.post(address, told | {"body": body}, follow=True).content.decode()
    assert "P-1/Z1" in preview and "确认导入 1 行" in preview and "必填" in preview
    client.post(reverse("places:confirm_import", args=[PlaceImport.objects.get().pk]))
    assert not Zone.objects.exists()
