import csv
import io
import itertools
import json
import zipfile

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from anlan.domains.places import actions, queries
from anlan.domains.places.actions import imports
from anlan.domains.places.models import Place, PlaceImport
from anlan.domains.places.queries import sheets
from anlan.domains.places.queries.sheets import read_sheet
from anlan.kit import geo, jobs
from anlan.kit.actions import Refused
from anlan.kit.models import Change
from anlan.kit.workbooks import UnreadableSheet

HEADINGS = ["编号", "名称", "类型", "主管部门编码"]
SOUND = ["X-1", "某商场", "商场", "D-PARKS"]


def as_csv(*rows, headings=HEADINGS, coding="utf-8-sig"):
    text = io.StringIO()
    csv.writer(text).writerows([headings, *rows])
    return text.getvalue().encode(coding)


def as_xlsx(*rows, headings=HEADINGS):
    book = Workbook()
    for row in [headings, *rows]:
        book.active.append(row)
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def as_geojson(*features):
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


def rewrite(body, name, change):
    """The workbook with one member's bytes changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            kept = old.read(member)
            new.writestr(member, change(kept) if member == name else kept)
    return out.getvalue()


# ── reading files ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_is_read_in_the_codings_that_offices_use(coding):
    assert read_sheet("a.csv", as_csv(SOUND, coding=coding)).rows[0]["cells"]["name"] == "某商场"


def test_code_names_labels_and_stars_are_known_as_headings():
    sheet = read_sheet("a.csv", as_csv(SOUND, headings=["code", "名称*", "kind", "主管部门编码"]))
    assert sheet.columns == ["code", "name", "kind", "organisation"]


def test_unknown_columns_are_named_and_left_out():
    sheet = read_sheet("a.csv", as_csv([*SOUND, "红"], headings=[*HEADINGS, "颜色"]))
    assert sheet.unknown == ["颜色"]
    assert set(sheet.rows[0]["cells"]) == {"code", "name", "kind", "organisation"}


def test_explanations_and_empty_rows_are_left_out_and_rows_keep_their_numbers():
    sheet = read_sheet("a.xlsx", as_xlsx(["# 说明"], [], SOUND))
    assert [row["row"] for row in sheet.rows] == [4]


def test_numbers_come_as_numbers_and_codes_stay_codes():
    cells = read_sheet("a.xlsx", as_xlsx([1001.0, *SOUND[1:], 121.45], headings=[*HEADINGS, "经度"])).rows[0][
        "cells"
    ]
    assert cells["code"] == 1001 and cells["lon"] == 121.45


def test_a_million_declared_rows_are_not_believed():
    body = rewrite(
        as_xlsx(SOUND),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b'<dimension ref="A1:D2"', b'<dimension ref="A1:XFD1048576"'),
    )
    assert b"1048576" in zipfile.ZipFile(io.BytesIO(body)).read("xl/worksheets/sheet1.xml")
    assert len(read_sheet("a.xlsx", body).rows) == 1


def test_a_million_empty_rows_end_the_reading():
    body = rewrite(
        as_xlsx(SOUND), "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b"</sheetData>", b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'),
    )  # fmt: skip
    assert len(read_sheet("a.xlsx", body).rows) == 1


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (sheets.LIMITS.unpacked_most + 1))
    return out.getvalue()


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "xxxxxxxxxx">]><worksheet>&x;</worksheet>'


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("a.xls", b"", "xlsx"),
        ("a.pdf", b"%PDF", "a.pdf"),
        ("noending", b"x", "格式"),
        ("a.xlsx", b"not a zip", "XLSX"),
        ("a.xlsx", as_xlsx(SOUND)[:-200], "XLSX"),
        ("a.xlsx", rewrite(as_xlsx(SOUND), "xl/worksheets/sheet1.xml", lambda xml: ENTITIES), "实体"),
        ("a.xlsx", rewrite(as_xlsx(SOUND), "xl/worksheets/sheet1.xml", lambda xml: b"<worksheet"), "XLSX"),
        ("a.csv", b"", "缺少"),
        ("a.csv", as_csv(), "没有数据"),
        ("a.csv", as_csv(SOUND[:2], headings=HEADINGS[:2]), "类型"),
        ("a.csv", as_csv([*SOUND, "y"], headings=[*HEADINGS, "名称"]), "重复"),
        ("a.csv", b"\xff\xfe\x00", "编码"),
        ("a.csv", as_csv(["x"] * 99, headings=["h"] * 99), "列"),
        ("a.csv", as_csv(["x" * 200_000, *SOUND[1:]]), "CSV"),
        ("a.geojson", b"{", "GeoJSON"),
        ("a.geojson", b"[" * 100_000, "GeoJSON"),
        ("a.geojson", b"[]", "FeatureCollection"),
        ("a.geojson", b'{"features": [1]}', "FeatureCollection"),
    ],
)
def test_an_unreadable_file_is_refused_with_what_to_do(name, body, said):
    with pytest.raises(UnreadableSheet, match=said):
        read_sheet(name, body)


def test_files_that_are_too_large_or_too_long_are_refused(monkeypatch):
    with pytest.raises(UnreadableSheet, match="MB"):
        read_sheet("a.csv", b"x" * (sheets.LIMITS.bytes_most + 1))
    with pytest.raises(UnreadableSheet, match="解压"):
        read_sheet("a.xlsx", bomb())
    monkeypatch.setattr(sheets, "LIMITS", sheets.LIMITS._replace(rows_most=2))
    for name, body in [
        ("a.csv", as_csv(SOUND, SOUND, SOUND)),
        ("a.geojson", as_geojson(*[{"properties": {}}] * 3)),
    ]:
        with pytest.raises(UnreadableSheet, match="2 行"):
            read_sheet(name, body)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["csv", "xlsx", "geojson"]))
def test_any_bytes_are_read_or_refused(body, ending):
    try:
        read_sheet(f"a.{ending}", body)
    except UnreadableSheet as refusal:
        assert str(refusal)


# ── the plan ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def hand_in(district, now):
    def hand_in(body, name="a.csv", datum="wgs84", by=None):
        return actions.hand_in(
            district.top, by=by or district.chief, now=now, file_name=name, body=body, datum=datum
        ).subject

    return hand_in


@pytest.fixture
def plan(hand_in, district):
    """The planned rows of a CSV whose sound row is changed as told, one row per dict of changes."""

    def plan(*changes, datum="wgs84", by=None):
        rows = [dict(zip(HEADINGS, SOUND, strict=True)) | change for change in changes]
        headings = sorted({heading for row in rows for heading in row})
        body = as_csv(*([row.get(heading, "") for heading in headings] for row in rows), headings=headings)
        return queries.plan_import(hand_in(body, datum=datum), by or district.chief).rows

    return plan


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        ({"编号": ""}, "编号", "必填"),
        ({"编号": "A B"}, "编号", "不合规"),
        ({"名称": ""}, "名称", "必填"),
        ({"名称": "长" * 121}, "名称", "120"),
        ({"名称": "=HYPERLINK(1)"}, "名称", "公式"),
        ({"类型": ""}, "类型", "必填"),
        ({"类型": "城堡"}, "类型", "城堡"),
        ({"主管部门编码": ""}, "主管部门编码", "必填"),
        ({"主管部门编码": "D-NONE"}, "主管部门编码", "D-NONE"),
        ({"运营单位编码": "O-NONE"}, "运营单位编码", "O-NONE"),
        ({"所属场所编号": "P-NONE"}, "所属场所编号", "P-NONE"),
        ({"类型": "轨交出入口"}, "所属场所编号", "轨交站点"),
        ({"轨交线路编号": "L9"}, "轨交线路编号", "L9"),
        ({"经度": "东"}, "经度", "东"),
        ({"经度": "121.4"}, "经度", "同时"),
        ({"经度": "31.2", "纬度": "121.4"}, "经度", "颠倒"),
        ({"经度": "nan", "纬度": "31"}, "经度", "数字"),
        ({"范围": "POLYGON((1 2))"}, "范围", "GeoJSON"),
        (
            {"范围": '{"type":"Polygon","coordinates":[[[121,31],[122,32],[122,31],[121,32],[121,31]]]}'},
            "范围",
            "自相交",
        ),
        ({"在公众页面显示": "也许"}, "在公众页面显示", "也许"),
    ],
)
def test_a_row_is_refused_by_column_with_its_reason(plan, change, column, said):
    (row,) = plan(change)
    assert row.finding == "refuse"
    assert [str(label) for label, _text in row.faults] == [column]
    assert said in str(row.faults[0][1])


def test_a_sound_row_is_added_with_its_fields(plan, district):
    (row,) = plan(
        {"运营单位编码": "O-MALL", "经度": "121.45", "纬度": "31.22", "在公众页面显示": "是", "类型": "mall"}
    )
    assert row.finding == "add"
    assert row.fields["operator"] == district.mall and row.fields["is_public"] is True
    assert (row.fields["lon"], row.fields["kind"]) == (121.45, "mall")


def test_a_chinese_file_is_understood_on_an_english_page(plan):
    with translation.override("en"):
        assert plan({"类型": "商场"}, {"编号": "X-2", "类型": "mall"})[0].finding == "add"


def test_duplicate_codes_name_the_first_row(plan):
    first, second = plan({}, {"名称": "另一处"})
    assert first.finding == "add" and second.finding == "refuse"
    assert "第 2 行" in str(second.faults[0][1])


def test_a_parent_may_stand_above_in_the_same_file(plan):
    station, way_out, lost = plan(
        {"编号": "R-1", "类型": "轨交站点"},
        {"编号": "R-1-1", "类型": "轨交出入口", "所属场所编号": "R-1"},
        {"编号": "R-2-1", "类型": "轨交出入口", "所属场所编号": "R-2"},
    )
    assert [station.finding, way_out.finding, lost.finding] == ["add", "add", "refuse"]


def test_a_known_code_is_changed_or_the_same_and_empty_cells_change_nothing(plan, park):
    same, changed = (
        {"编号": "P-1", "名称": "东园", "类型": "公园绿地"},
        {"编号": "P-1", "名称": "东大园", "类型": "", "地址": ""},
    )
    assert plan(same)[0].finding == "same"
    (row,) = plan(changed)
    assert row.finding == "change" and row.fields == {"name": "东大园"}
    assert [str(label) for label in row.changes] == ["名称"]


def test_what_is_not_ones_own_is_not_imported(plan, park, mall, district):
    (others,) = plan({"编号": "M-1", "名称": "我的"}, by=district.gardener)
    (above,) = plan({"主管部门编码": "D"}, by=district.gardener)
    assert "不归您管理" in str(others.faults[0][1]) and "权限" in str(above.faults[0][1])


def test_a_retired_code_is_not_taken_again(plan, park, district, now):
    actions.retire_place(park, by=district.chief, now=now, why="拆除")
    assert "恢复" in str(plan({"编号": "P-1"})[0].faults[0][1])


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_positions_are_moved_from_the_declared_datum(plan, datum):
    lon, lat = geo.from_wgs84(121.45, 31.22, datum=datum)
    (row,) = plan({"经度": f"{lon:.9f}", "纬度": f"{lat:.9f}"}, datum=datum)
    assert (row.fields["lon"], row.fields["lat"]) == pytest.approx((121.45, 31.22), abs=1e-6)


def test_outlines_are_moved_too_and_give_the_position(hand_in, district):
    ring = [
        geo.from_wgs84(*corner, datum="gcj02")
        for corner in [(121.4, 31.2), (121.41, 31.2), (121.41, 31.21), (121.4, 31.2)]
    ]
    feature = {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"code": "X-1", "name": "某处", "kind": "park", "organisation": "D-PARKS"},
    }
    handed_in = hand_in(as_geojson(feature), name="a.geojson", datum="gcj02")
    (row,) = queries.plan_import(handed_in, district.chief).rows
    assert row.finding == "add"
    assert row.fields["outline"]["coordinates"][0][0] == pytest.approx([121.4, 31.2], abs=1e-6)
    assert 121.4 < row.fields["lon"] < 121.41


def test_without_a_datum_nothing_is_read(hand_in):
    with pytest.raises(Refused, match="坐标系"):
        hand_in(as_csv(SOUND), datum="")
    assert not PlaceImport.objects.exists()


# ── carrying it out ─────────────────────────────────────────────────────────────────────────────


def carry_out(handed_in, district, now):
    actions.confirm_import(handed_in, by=district.chief, now=now)
    job = jobs.run_one(now)
    handed_in.refresh_from_db()
    return job


def test_an_import_adds_changes_and_names_what_it_refuses(hand_in, park, district, now):
    rows = [SOUND, ["P-1", "东大园", "公园绿地", "D-PARKS"], ["X-2", "", "商场", "D-PARKS"]]
    handed_in = hand_in(as_csv(*rows))
    job = carry_out(handed_in, district, now)
    assert job.state == "done", job.note
    assert job.outcome == {"added": 1, "changed": 1, "same": 0, "refused": 1}
    assert handed_in.outcome["refusals"] == [[4, "X-2", "名称：必填"]]
    assert Place.objects.get(code="X-1").name == "某商场" and Place.objects.get(code="P-1").name == "东大园"
    change = Change.objects.get(what="places.register", after__code="X-1")
    assert change.by == district.chief and change.why == "a.csv"


def test_an_import_is_confirmed_once_and_doing_its_job_again_doubles_nothing(hand_in, district, now):
    handed_in = hand_in(as_csv(SOUND))
    carry_out(handed_in, district, now)
    with pytest.raises(Refused):
        actions.confirm_import(handed_in, by=district.chief, now=now)
    told = Change.objects.count()
    actions.run_import({"place_import": handed_in.pk}, lambda *words: None)
    assert Place.objects.count() == 1 and Change.objects.count() == told


def test_a_cancelled_import_keeps_what_it_did_and_says_it(hand_in, district, now, monkeypatch):
    monkeypatch.setattr(imports, "BATCH_ROWS", 1)
    handed_in = hand_in(as_csv(SOUND, ["X-2", "又一处", "商场", "D-PARKS"]))
    actions.confirm_import(handed_in, by=district.chief, now=now)

    def cancel(*words):
        raise jobs.Cancelled

    with pytest.raises(jobs.Cancelled):
        actions.run_import({"place_import": handed_in.pk}, cancel)
    handed_in.refresh_from_db()
    assert handed_in.outcome["added"] == 1 == Place.objects.count()


def test_a_batch_ends_when_its_time_is_up_and_the_writers_who_wait_get_in(hand_in, district, now):
    handed_in = hand_in(as_csv(*([f"X-{n}", "某处", "商场", "D-PARKS"] for n in range(7))))
    actions.confirm_import(handed_in, by=district.chief, now=now)
    ticks, rests, reports = itertools.count(0, 0.2), [], []
    actions.run_import(
        {"place_import": handed_in.pk}, lambda *words: reports.append(words[0]), clock=lambda: next(ticks), rest=rests.append
    )  # fmt: skip
    assert reports == [3, 6, 7]  # 0.2 s a row: the third takes a batch over its half second
    assert len(rests) == 3 and min(rests) >= 0.1


def test_a_row_that_fails_within_a_batch_takes_no_other_with_it(hand_in, district, now):
    handed_in = hand_in(
        as_csv(SOUND, ["X-2", "又一处", "商场", "D-PARKS"], ["X-3", "第三处", "商场", "D-PARKS"])
    )
    actions.confirm_import(handed_in, by=district.chief, now=now)
    rows = queries.plan_import(handed_in, district.chief).rows
    actions.register_place(district.top, by=district.chief, now=now, code="X-2", name="抢先", kind="mall")
    became = imports.carry_out_batch(rows, PlaceImport.objects.get(pk=handed_in.pk), lambda: 0)
    assert [one if isinstance(one, str) else one[:2] for one in became] == ["added", [3, "X-2"], "added"]
    assert set(Place.objects.values_list("code", "name")) == {
        ("X-1", "某商场"),
        ("X-2", "抢先"),
        ("X-3", "第三处"),
    }


def test_undoing_retires_what_was_added_and_not_touched_since(hand_in, district, now):
    handed_in = hand_in(as_csv(SOUND, ["X-2", "又一处", "商场", "D-PARKS"]))
    with pytest.raises(Refused):
        actions.undo_import(handed_in, by=district.chief, now=now)
    carry_out(handed_in, district, now)
    actions.edit_place(Place.objects.get(code="X-2"), by=district.chief, now=now, address="某路")
    actions.undo_import(handed_in, by=district.chief, now=now)
    assert Place.objects.get(code="X-1").retired_at == now
    assert Place.objects.get(code="X-2").retired_at is None
    assert (handed_in.outcome["retired"], handed_in.outcome["kept"]) == (1, 1)


def test_a_discarded_import_cannot_be_confirmed(hand_in, district, now):
    handed_in = hand_in(as_csv(SOUND))
    actions.discard_import(handed_in, by=district.chief, now=now)
    with pytest.raises(Refused):
        actions.confirm_import(handed_in, by=district.chief, now=now)


def test_who_may_not_edit_hands_nothing_in(hand_in, district):
    with pytest.raises(Refused, match="权限"):
        hand_in(as_csv(SOUND), by=district.reader)
