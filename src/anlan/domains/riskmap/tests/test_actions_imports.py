"""Files of risk points: planned row by row, carried out once, taken back; hostile ones are refused."""

import csv
import io
import itertools
import json
import zipfile

import pytest
from openpyxl import Workbook

from anlan.domains.places.models import Place
from anlan.domains.riskmap import actions
from anlan.domains.riskmap.actions.imports import read_file, run_import, run_undo
from anlan.domains.riskmap.models import RiskImport, RiskPoint
from anlan.domains.riskmap.tests.conftest import LEC, NOW, SOUND
from anlan.kit.actions import Refused
from anlan.kit.models import Change, Job
from anlan.kit.terms import ImportState

HEADINGS = ["编号", "名称", "责任单位编码", "经度", "纬度", "风险类别", "评估方法", "L 发生的可能性", "E 暴露的频繁程度", "C 后果的严重程度"]  # fmt: skip
BOILER = ["", "1号楼锅炉房", "TRADE", "121.4475", "31.2338", "锅炉", "LEC", "3", "6", "15"]
SQUARE = [[[121.44, 31.23], [121.442, 31.23], [121.442, 31.232], [121.44, 31.232], [121.44, 31.23]]]
KML = """<?xml version="1.0" encoding="UTF-8"?>{doctype}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>"""


def as_csv(*lines, headings=HEADINGS):
    out = io.StringIO()
    csv.writer(out).writerows([headings, *lines])
    return out.getvalue().encode()


def as_kml(*marks, doctype=""):
    return KML.format(doctype=doctype, marks="".join(marks)).encode()


def mark(name, drawn, **told):
    data = "".join(f'<Data name="{key}"><value>{value}</value></Data>' for key, value in told.items())
    return f"<Placemark><name>{name}</name><ExtendedData>{data}</ExtendedData>{drawn}</Placemark>"


def quiet(*_told):
    """Where a job would report."""


def hand_in(town, name, body, *, by=None, datum="wgs84"):
    """An import that was read; its rows by name."""
    row = actions.hand_in(
        town.TRADE, by=by or town.clerk, now=NOW, file_name=name, body=body, datum=datum
    ).subject
    read_file({"handed_in": row.pk}, quiet, rest=quiet)
    row.refresh_from_db()
    return row, {one.name: one for one in row.rows.all()}


def carry_out(town, row, *, by=None):
    actions.confirm_import(row, by=by or town.clerk, now=NOW)
    return run_import({"handed_in": row.pk}, quiet, rest=quiet)


def why(planned):
    return "；".join(text for _label, text in planned.faults)


def test_rows_are_seen_then_registered_and_again_change_nothing(town):
    row, rows = hand_in(town, "点.csv", as_csv(BOILER))
    assert rows["1号楼锅炉房"].finding == "add" and not RiskPoint.objects.exists()
    assert carry_out(town, row) == {"added": 1, "changed": 0, "left": 0}
    point = RiskPoint.objects.get()
    assert (point.level, point.value, point.state, point.lon) == (2, 270, "draft", 121.4475)
    assert point.assessments.count() == 1
    run_import({"handed_in": row.pk}, quiet, rest=quiet)
    assert RiskPoint.objects.count() == point.assessments.count() == 1
    again, rows = hand_in(town, "点.csv", as_csv(BOILER))
    assert again.counts == {"add": 0, "change": 0, "same": 1, "refuse": 0}


def test_a_number_changes_the_point_and_an_empty_cell_does_not(town, point):
    body = as_csv([point.number, "", "", "", "", "压力容器", "", "", "", ""])
    row, rows = hand_in(town, "a.csv", body)
    assert [one.fields for one in rows.values()] == [{"category": "压力容器"}]
    assert carry_out(town, row)["changed"] == 1
    point.refresh_from_db()
    assert (point.category, point.name, point.level) == ("压力容器", SOUND["name"], 2)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"编号": "F999999"}, "新增的风险点请把编号留空"),
        ({"名称": ""}, "必填"),
        ({"名称": "甲" * 121}, "超过 120"),
        ({"责任单位编码": "STREET"}, "STREET"),
        ({"经度": "31.2", "纬度": "121.4"}, "颠倒"),
        ({"经度": ""}, "经度和纬度"),
        ({"经度": "", "纬度": ""}, "请选择场所"),
        ({"经度": "东经"}, "不是数字"),
        ({"L 发生的可能性": "4"}, "评分表"),
        ({"L 发生的可能性": ""}, "L"),
        ({"评估方法": ""}, "评估方法"),
        ({"评估方法": "RPN"}, "RPN"),
        ({"名称": "=1+1"}, "公式"),
    ],
)
def test_a_row_that_is_not_sound_is_refused_with_its_reason(town, words, said):
    cells = [words.get(heading, cell) for heading, cell in zip(HEADINGS, BOILER, strict=True)]
    row, rows = hand_in(town, "a.csv", as_csv(cells, ["", "好", *BOILER[2:]]))
    (bad,) = [one for one in rows.values() if one.name != "好"]
    assert bad.finding == "refuse" and said in why(bad)
    assert carry_out(town, row)["added"] == 1


def test_the_same_point_twice_in_a_file_is_one(town):
    row, _rows = hand_in(town, "a.csv", as_csv(BOILER, BOILER))
    assert (row.counts["add"], row.counts["refuse"]) == (1, 1)
    assert "与第 2 行重复" in why(row.rows.get(finding="refuse"))


def test_degrees_are_moved_from_the_declared_datum(town):
    with pytest.raises(Refused, match="坐标系"):
        hand_in(town, "a.csv", as_csv(BOILER), datum="")
    _row, rows = hand_in(town, "a.csv", as_csv(BOILER), datum="gcj02")
    moved = rows["1号楼锅炉房"].fields["lon"]
    assert 0.003 < 121.4475 - moved < 0.006


def test_geojson_and_kml_bring_points_and_outlines(town):
    polygon = {"type": "Polygon", "coordinates": SQUARE}
    feature = {"type": "Feature", "geometry": polygon, "properties": {"name": "化学品库", "organisation": "TRADE"}}  # fmt: skip
    body = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    row, rows = hand_in(town, "a.geojson", body)
    assert rows["化学品库"].fields["outline"]["type"] == "Polygon"
    carry_out(town, row)
    point = RiskPoint.objects.get()
    assert point.outline["coordinates"] == SQUARE and 121.44 < point.lon < 121.442
    ring = " ".join(f"{lon},{lat},0" for lon, lat in SQUARE[0])
    drawn = f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
    marks = (
        mark("化学品库", drawn, organisation="TRADE"),
        mark("北门", "<Point><coordinates>121.45,31.24,0</coordinates></Point>", 责任单位编码="TRADE"),
    )
    row, rows = hand_in(town, "a.kml", as_kml(*marks))
    assert {name: one.finding for name, one in rows.items()} == {"化学品库": "same", "北门": "add"}
    assert (rows["北门"].fields["lon"], rows["北门"].fields["lat"]) == (121.45, 31.24)


@pytest.mark.parametrize("drawn", [
    "<LineString><coordinates>121.4,31.2 121.5,31.3</coordinates></LineString>",
    "<Point><coordinates>东,31</coordinates></Point>",
    "<Polygon><outerBoundaryIs><LinearRing><coordinates>121.4,31.2 121.5,31.3</coordinates></LinearRing></outerBoundaryIs></Polygon>",
])  # fmt: skip
def test_what_is_no_point_or_polygon_is_refused_by_row(town, drawn):
    _row, rows = hand_in(town, "a.kml", as_kml(mark("线", drawn, organisation="TRADE")))
    assert rows["线"].finding == "refuse"


LAUGHS = "<!DOCTYPE kml [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {name} '{f'&{before};' * 10}'>" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def many(lines, start):
    """A workbook that declares a million rows and holds `lines` from the row `start` on."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEADINGS)
    for _blank in range(start):
        sheet.append([])
    for line in lines:
        sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def swollen():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (400 * 2**20))
    return out.getvalue()


@pytest.mark.parametrize(("name", "body", "said"), [
    ("a.kml", as_kml(mark("&i;", ""), doctype=LAUGHS + "]>"), "实体|KML"),
    ("a.kml", as_kml(mark("&x;", ""), doctype="<!DOCTYPE kml [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>"), "实体"),
    ("a.kml", b"<kml>" * 5000, "KML"),
    ("a.kml", b"not xml", "KML"),
    ("a.kml", b"<html></html>", "KML"),
    ("a.geojson", b"[" * 100_000, "GeoJSON"),
    ("a.geojson", b'{"type":"FeatureCollection","features":[1]}', "FeatureCollection"),
    ("a.xlsx", b"PK\x03\x04junk", "XLSX"),
    ("a.xlsx", swollen(), "过大"),
    ("a.exe", b"MZ", "格式"),
    ("a.csv", "名称,责任单位编码\n".encode() + "甲,TRADE\n".encode() * 20_001, "20000 行"),
    ("a.csv", "颜色\n红\n".encode(), "缺少必需的列"),
])  # fmt: skip
def test_a_hostile_or_broken_file_is_refused_and_nothing_is_kept(town, name, body, said):
    try:
        row, _rows = hand_in(town, name, body)
    except Refused as refusal:
        assert any(one in str(refusal) for one in said.split("|"))
        assert not RiskImport.objects.exists()
    else:  # a fault further down
        assert row.state == ImportState.REFUSED and said in row.fault and not row.rows.exists()
    assert not RiskPoint.objects.exists()


def test_a_sheet_of_empty_rows_ends_and_formulas_are_refused(town):
    row, _rows = hand_in(town, "a.xlsx", many([["", "=HYPERLINK(1)", *BOILER[2:]], BOILER], 500))
    assert row.counts["refuse"] == row.counts["add"] == 1 and "公式" in why(row.rows.get(finding="refuse"))
    row, _rows = hand_in(town, "a.xlsx", many([BOILER], 1_200))
    assert sum(row.counts.values()) == 0


def test_undoing_takes_off_what_was_added_and_not_touched(town, point):
    lines = [BOILER, ["", "北门", *BOILER[2:]], [point.number, "改名", "TRADE", *[""] * 7]]
    row, _rows = hand_in(town, "a.csv", as_csv(*lines))
    carry_out(town, row)
    touched = RiskPoint.objects.get(name="北门")
    actions.check_point(actions.edit_point(touched, by=town.clerk, now=NOW, post="班长", engineering="x").subject, by=town.chief, now=NOW)  # fmt: skip
    row.refresh_from_db()
    row.job.state = "done"
    row.job.save()
    actions.undo_import(row, by=town.clerk, now=NOW)
    outcome = run_undo({"handed_in": row.pk}, quiet, rest=quiet)
    assert (outcome["closed"], outcome["kept"]) == (1, 1)
    states = dict(RiskPoint.objects.values_list("name", "state"))
    assert states == {"1号楼锅炉房": "retired", "北门": "checked", "改名": "draft"}


def test_a_place_gives_the_position_and_one_unseen_is_not_named(town):
    Place.objects.create(code="P1", name="商场", kind="mall", organisation=town.TRADE, lon=121.4, lat=31.2)
    Place.objects.create(code="P2", name="别处", kind="mall", organisation=town.STREET, lon=121.4, lat=31.2)
    headings = ["名称", "责任单位编码", "场所编号"]
    row, rows = hand_in(town, "a.csv", as_csv(["扶梯", "TRADE", "P1"], ["电梯", "TRADE", "P2"], headings=headings))  # fmt: skip
    assert rows["扶梯"].finding == "add" and "P2" in why(rows["电梯"])
    carry_out(town, row)
    assert RiskPoint.objects.get().lon == 121.4
    again, _rows = hand_in(town, "a.csv", as_csv(["扶梯", "TRADE", "P1"], headings=headings))
    assert again.counts["same"] == 1


def test_each_row_leaves_its_changes_with_a_key_and_no_names_of_people(town):
    headings = [*HEADINGS, "责任人"]
    row, _rows = hand_in(town, "a.csv", as_csv([*BOILER, "张示例"], headings=headings))
    carry_out(town, row)
    told = Change.objects.filter(key__startswith=f"riskmap.import:{row.pk}:")
    assert {one.what for one in told} == {"riskmap.register", "riskmap.assess"}
    assert RiskPoint.objects.get().person_name == "张示例"
    assert not [one for one in Change.objects.all() if "张示例" in f"{one.before}{one.after}"]


def test_only_who_may_register_there_imports(town):
    with pytest.raises(Refused):
        hand_in(town, "a.csv", as_csv(BOILER), by=town.guest)
    row = actions.hand_in(
        town.STREET, by=town.other, now=NOW, file_name="a.csv", body=as_csv(BOILER), datum="wgs84"
    ).subject
    read_file({"handed_in": row.pk}, quiet, rest=quiet)
    assert row.rows.get().finding == "refuse"


def test_an_assessment_that_says_the_same_is_not_done_again(town, point):
    body = as_csv([point.number, "", "", "", "", "", "LEC", *(str(one) for one in LEC["inputs"].values())])
    row, _rows = hand_in(town, "a.csv", body)
    assert row.counts["same"] == 1


def test_a_batch_that_takes_long_ends_early_and_the_next_goes_on_behind_it(town):
    """So that nobody waits long for SQLite's one write lock; forward and back."""
    row, _rows = hand_in(town, "a.csv", as_csv(*([*BOILER[:1], f"锅炉房{n}", *BOILER[2:]] for n in range(3))))
    actions.confirm_import(row, by=town.clerk, now=NOW)
    told, rests, seconds = [], [], itertools.count()
    slow = {"clock": lambda: next(seconds), "rest": rests.append}
    assert run_import({"handed_in": row.pk}, lambda *one: told.append(one), **slow)["added"] == 3
    assert told == [(1, 3, "锅炉房0"), (2, 3, "锅炉房1"), (3, 3, "锅炉房2")] and len(rests) == 3
    Job.objects.update(state="done")
    actions.undo_import(RiskImport.objects.get(), by=town.clerk, now=NOW)
    assert run_undo({"handed_in": row.pk}, quiet, **slow)["closed"] == 3 and len(rests) == 6
    assert RiskImport.objects.get().outcome == {"added": 3, "changed": 0, "left": 0, "closed": 3, "kept": 0}
