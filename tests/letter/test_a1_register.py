"""A1 「排查、评估大人流场所」「底数清、情况明」: the register of crowd places."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from anlan.kit import jobs

LETTERS_KINDS = [
    "建筑工地", "商务楼宇", "商场", "文体娱乐场所", "餐饮场所", "集贸市场", "公园绿地", "展览中心", "轨交站点",
    "长途客运站", "客运码头", "医院", "学校", "宗教活动场所", "道路路口", "广场", "道路", "区域、商圈",
]  # fmt: skip
HEADINGS = ["编号", "名称", "类型", "主管部门编码", "经度", "纬度"]
GCJ02, WGS84 = [121.4737, 31.2304], [121.4691, 31.2323]  # one point of Shanghai in both, to a few metres


def csv_file(rows, name="场所.csv"):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return SimpleUploadedFile(name, text.getvalue().encode("gb18030"), "text/csv")


def xlsx_file(rows):
    book, body = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(body)
    return SimpleUploadedFile("场所.xlsx", body.getvalue())


def geojson_file(rows):
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": row[4:6]},
            "properties": dict(zip(HEADINGS[:4], row, strict=False)),
        }
        for row in rows[1:]
    ]
    return SimpleUploadedFile(
        "场所.geojson", json.dumps({"type": "FeatureCollection", "features": features}).encode()
    )


def read_csv(page):
    assert page.body.startswith(b"\xef\xbb\xbf"), "Excel reads UTF-8 only behind a byte-order mark"
    return list(csv.DictReader(io.StringIO(page.body.decode("utf-8-sig"))))


def hand_in(person, file, datum="wgs84", **words):
    """The preview of a file that was handed in."""
    return person.fill_in("/places/imports/add/", body=file, datum=datum, **words)


def test_a_place_is_registered_with_all_that_a_department_knows_of_it(town):
    """A mall comes onto the register through the pages: operator, person, surroundings, zone, entrance."""
    trade = town.browser("trade")
    page = trade.fill_in(
        "/places/add/", code="M-1", name="示范百货", kind="商场", organisation="商务委", operator="百货公司",
        responsible_person="示范人", responsible_phone="000-0000", address="示范路1号",
        surroundings="东侧为云栖广场，北侧为2号线出入口", lon=121.45, lat=31.23,
    )  # fmt: skip
    assert page.address == "/places/M-1/"
    trade.fill_in("/places/M-1/zones/add/", code="1F", name="一层中庭", level="1F", effective_area_m2=1500)
    page = trade.fill_in(
        "/places/M-1/entrances/add/",
        code="N",
        name="北门",
        form="门",
        zone="示范百货 · 一层中庭",
        clear_width_m=4.5,
    )
    for told in ("商场", "百货公司", "示范人", "示范路1号", "东侧为云栖广场", "一层中庭", "1,500"):
        assert told in page.text, told
    gate = page.row("北门")
    assert (gate["形式"], gate["通向区域"], gate["状态"]) == ("门", "一层中庭", "正常通行")
    assert float(gate["净宽（m）"]) == 4.5


def test_where_nobody_operates_a_department_answers(town):
    """A square without operator names the organisation that is responsible for it."""
    page = town.browser("street").ask("/places/add/")
    assert page.status == 404  # a duty officer reads the register
    town.browser("admin").fill_in(
        "/places/add/", code="SQ", name="云栖广场", kind="广场", organisation="云栖街道"
    )
    assert town.browser("street").read("/place/SQ/").fact("运营单位") == "无运营单位，由云栖街道负责"


def test_every_kind_of_place_that_the_letter_names_comes_in_from_a_table(town):
    """Building sites … squares and roads: a preview first, nothing written; then, confirmed, all on the list."""
    rows = [
        HEADINGS,
        *([f"K-{n}", f"示范{kind}", kind, "STREET", *WGS84] for n, kind in enumerate(LETTERS_KINDS)),
    ]
    admin = town.browser("admin")
    preview = hand_in(admin, csv_file(rows))
    assert f"确认导入 {len(LETTERS_KINDS)} 行" in preview.text
    assert read_csv(admin.read("/places/", format="csv")) == []
    admin.press(preview.address, "确认导入")
    jobs.run_one(town.now)
    listed = read_csv(admin.read("/places/", format="csv"))
    assert [row["类型"] for row in sorted(listed, key=lambda row: int(row["编号"][2:]))] == LETTERS_KINDS
    admin.press(preview.address + "undo/", "撤销本次导入", why="试验")
    assert read_csv(admin.read("/places/", format="csv")) == []


@pytest.mark.parametrize("make", [csv_file, xlsx_file, geojson_file])
def test_each_wrong_row_is_refused_with_its_reason_and_the_others_come_in(town, make):
    """The same table as CSV, XLSX and GeoJSON; each fault names its row, its column and what is wrong."""
    rows = [
        HEADINGS,
        ["OK-1", "甲处", "商场", "TRADE", *WGS84],
        ["BAD KIND", "乙处", "商场", "TRADE", *WGS84],
        ["B-2", "丙处", "游乐星球", "TRADE", *WGS84],
        ["B-3", "丁处", "广场", "D-NOBODY", *WGS84],
        ["OK-1", "戊处", "广场", "TRADE", *WGS84],
    ]
    admin = town.browser("admin")
    preview = hand_in(admin, make(rows))
    faults = {(row["编号"], row["列"]) for row in read_csv(admin.read(preview.address + "faults.csv"))}
    assert faults == {("BAD KIND", "编号"), ("B-2", "类型"), ("B-3", "主管部门编码"), ("OK-1", "编号")}
    assert "游乐星球" in preview.row("丙处")["说明"] and "D-NOBODY" in preview.row("丁处")["说明"]
    admin.press(preview.address, "确认导入")
    jobs.run_one(town.now)
    assert [row["名称"] for row in read_csv(admin.read("/places/", format="csv"))] == ["甲处"]
    again = hand_in(admin, make(rows[:2]))
    assert again.row("甲处")["结果"] == "无变化"  # what was exported or handed in twice changes nothing


def test_the_datum_is_declared_and_wgs84_is_kept(town):
    """A table in the datum of Gaode or Tencent is converted; a file without a declared datum is not taken."""
    admin = town.browser("admin")
    rows = [HEADINGS, ["G-1", "甲处", "广场", "STREET", *GCJ02]]
    assert hand_in(admin, csv_file(rows), datum="").address == "/places/imports/add/"
    preview = hand_in(admin, csv_file(rows), datum="gcj02")
    admin.press(preview.address, "确认导入")
    jobs.run_one(town.now)
    exported = json.loads(admin.read("/places/", format="geojson").body)
    assert exported["type"] == "FeatureCollection"
    (feature,) = exported["features"]
    assert feature["properties"]["code"] == "G-1"
    assert feature["geometry"]["coordinates"] == pytest.approx(WGS84, abs=2e-4)
    moved_degrees = abs(feature["geometry"]["coordinates"][0] - GCJ02[0])
    assert moved_degrees > 3e-3  # hundreds of metres


def test_zones_entrances_and_capacities_come_in_as_tables_too(town):
    """What a department keeps in spreadsheets beside the register: parts by the place's code, each row by itself."""
    town.place("EX", "示范展厅", "exhibition_centre", "TRADE", operator=town.organisations["COMPANY"])
    trade, day = town.browser("trade"), f"{town.today:%Y-%m-%d}"
    tables = {
        "zones": [
            ["场所编号", "编号", "名称", "有效面积（m²）"],
            ["EX", "A", "甲厅", 1500],
            ["NO", "A", "乙厅", 10],
        ],
        "entrances": [
            ["场所编号", "编号", "名称", "形式", "区域编号", "净宽（m）"],
            ["EX", "1", "北门", "门", "A", 4.5],
            ["EX", "2", "南门", "传送门", "A", 4.5],
        ],
        "capacities": [
            ["场所编号", "种类", "核定方法", "核定值（人）", "核定单位编码", "核定日期", "文号"],
            ["EX", "瞬时最大承载量（人）", "依据文件直接核定", 1000, "TRADE", day, "示例3号"],
            ["EX", "容纳能力（人）", "依据文件直接核定", 9000, "TRADE", day, "示例4号"],
        ],
    }
    for kind, rows in tables.items():
        preview = hand_in(trade, csv_file(rows), kind=kind)
        assert len(read_csv(trade.read(preview.address + "faults.csv"))) == 1, kind
        trade.press(preview.address, "确认导入")
        jobs.run_one(town.now)
    page = trade.read("/places/EX/")
    assert page.row("甲厅")["有效面积（m²）"] == "1,500" and "1,000" in page.line("示例3号")
    assert page.row("北门")["通向区域"] == "甲厅" and "南门" not in page.text


def test_an_area_of_several_places_has_a_joint_count_and_a_joint_capacity(town):
    """「区域、商圈」: what is counted in its places is counted in the area, against the area's own capacity."""
    area = town.place("AREA", "云栖商圈", "area", "TRADE", capacity=3000)
    for code in ("M-1", "M-2"):
        town.counter(
            town.place(code, f"商场{code}", "mall", "TRADE", parent=area, capacity=2000), f"G-{code}"
        )
        town.report(f"G-{code}", town.passages(600, 0, channel="1"))
    page = town.browser("trade").read("/place/AREA/")
    assert "1,200" in page.text and page.fact("核定承载量") == "3,000 人"
    assert "商场M-1、商场M-2" in page.fact("下级场所")


def test_places_are_assessed_on_dates_and_what_is_overdue_is_found(town, square):
    """「排查、评估」: who looked, when, what was found, when next; never assessed and overdue are states one can ask for."""
    admin, next_on = town.browser("admin"), town.today + timedelta(days=90)
    assert admin.read("/places/", assessed="never").row("云栖广场")
    words = {
        "assessed_on": town.today,
        "assessed_by": "云栖街道",
        "summary": "夜间出口拥挤",
        "findings": "北口有摊位",
    }
    tomorrow = town.today + timedelta(days=1)
    assert admin.fill_in("/places/SQ/assess/", **words | {"assessed_on": tomorrow}).wrong
    line = admin.fill_in("/places/SQ/assess/", **words, next_on=next_on).line("夜间出口拥挤")
    for told in (f"{town.today:%Y-%m-%d}", "云栖街道", "北口有摊位", f"{next_on:%Y-%m-%d}"):
        assert told in line, told
    town.clock.step_to(town.clock.now_ms() + 91 * 86_400_000)
    assert town.sign_in_again("admin").read("/places/", assessed="overdue").row("云栖广场")


def test_a_place_leaves_the_register_with_a_reason_and_its_story_stays(town, square):
    """What was registered, changed and taken off is on record: who, when, why."""
    admin = town.browser("admin")
    assert "请写明理由" in admin.fill_in("/places/SQ/retire/", why=" ").wrong
    page = admin.fill_in("/places/SQ/retire/", why="整体改造")
    assert "整体改造" in page.text and "登记场所" in page.text
    assert read_csv(admin.read("/places/", format="csv")) == []
    assert [row["编号"] for row in read_csv(admin.read("/places/", format="csv", state="retired"))] == ["SQ"]
