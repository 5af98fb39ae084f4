"""「安全风险防控点分布图」「责任单位与责任人、注意事项和管控措施」: a risk point through the front door, onto map and sheet;
files of points in and out; the departments' sheets rolled up into one paper."""

import json

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from anlan.kit import jobs

VIEW = {"box": "121,31,122,32", "zoom": "13"}


def seen_on_map(browser, **narrowed):
    return json.loads(browser.read("/riskmap/view.json", **VIEW | narrowed).body)["total"]


def test_a_risk_point_is_assessed_checked_by_another_and_stands_on_the_map(town):
    parks, admin = town.browser("parks"), town.browser("admin")
    page = parks.fill_in(
        "/riskmap/points/add/", name="云栖广场玻璃幕墙", category="玻璃幕墙", lon="121.44", lat="31.23", post="物业主任",
        organisation=str(town.organisations["PARKS"].pk), precautions="大风时禁止停留", engineering="每年检测松动",
        emergency="围挡下方通道",
    )  # fmt: skip
    point = page.address
    assert "还没有评估" in page.text
    page = parks.fill_in(f"{point}assess/LEC/", L="3", E="6", C="15")
    assert page.fact("风险等级") == "较大风险 LEC 270"  # 3 × 6 × 15 = 270; the second level is 160 to 320
    assert parks.press(f"{point}check/", "核对风险点").wrong  # who wrote it does not check it
    admin.press(f"{point}check/", "核对风险点")
    parks.press(f"{point}put-in-force/", "生效")
    assert parks.read(point).fact("状态").startswith("已生效")
    assert seen_on_map(parks) == 1
    assert seen_on_map(parks, level="1") == 0
    assert seen_on_map(town.browser("trade")) == 0
    sheet = parks.read("/riskmap/print/").text
    assert "云栖广场玻璃幕墙" in sheet
    assert "物业主任" in sheet


KML = """<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>
<Placemark><name>游船码头</name><ExtendedData><Data name="责任单位编码"><value>PARKS</value></Data>
<Data name="评估方法"><value>LEC</value></Data><Data name="L"><value>3</value></Data><Data name="E"><value>6</value></Data>
<Data name="C"><value>15</value></Data><Data name="责任岗位"><value>码头班长</value></Data>
<Data name="管理措施"><value>六级风停航</value></Data></ExtendedData>
<Polygon><outerBoundaryIs><LinearRing><coordinates>121.44,31.23 121.442,31.23 121.442,31.232 121.44,31.23</coordinates>
</LinearRing></outerBoundaryIs></Polygon></Placemark>
<Placemark><name>别人的点</name><ExtendedData><Data name="责任单位编码"><value>TRADE</value></Data></ExtendedData>
<Point><coordinates>121.45,31.24</coordinates></Point></Placemark></Document></kml>"""


def hand_in(town, browser, name, body):
    """Upload a file of WGS-84 and let the job child read it; the import's page."""
    told = SimpleUploadedFile(name, body)
    page = browser.fill_in("/riskmap/imports/add/", body=told, datum="wgs84", organisation=str(town.organisations["PARKS"].pk))  # fmt: skip
    assert jobs.run_one(town.now)
    return browser.read(page.address)


def carry_out(town, browser, page, label):
    """Press a button that asks for a job, and let the job child do it; the import's page."""
    browser.press(page, label)
    assert jobs.run_one(town.now)


def test_points_come_in_from_a_file_go_out_and_come_back_the_same(town):
    parks = town.browser("parks")
    page = hand_in(town, parks, "码头.kml", KML.encode())
    assert page.line("游船码头").startswith("1") and "新增" in page.line("游船码头")
    assert "TRADE" in page.line("别人的点") and "不予导入" in page.line("别人的点")
    assert seen_on_map(parks) == 0  # nothing is kept before it is confirmed
    carry_out(town, parks, page.address, "确认导入")
    assert parks.read(page.address).fact("新增") == "1"
    assert seen_on_map(parks, level="2") == 1
    for ending in ("kml", "geojson", "csv", "xlsx"):
        body = parks.read("/riskmap/points/", format=ending, level="2").body
        again = hand_in(town, parks, f"points.{ending}", body)
        assert "无变化" in again.line("游船码头"), ending
    carry_out(town, parks, f"{page.address}undo/", "撤销本次导入")
    assert parks.read(page.address).fact("撤销时收回") == "1"
    assert seen_on_map(parks) == 0


def test_a_file_that_hides_entities_is_refused(town):
    bomb = KML.replace("<kml", "<!DOCTYPE kml [<!ENTITY a 'x'>]><kml", 1)
    told = SimpleUploadedFile("a.kml", bomb.encode())
    page = town.browser("parks").fill_in(
        "/riskmap/imports/add/", body=told, datum="wgs84", organisation=str(town.organisations["PARKS"].pk)
    )
    assert "实体" in page.wrong


def test_the_departments_sheets_are_rolled_up_into_one_paper(town):
    parks, admin, year = town.browser("parks"), town.browser("admin"), timezone.localdate().year
    page = hand_in(town, parks, "码头.kml", KML.encode())
    carry_out(town, parks, page.address, "确认导入")
    parks.fill_in(
        "/riskmap/sheets/add/", organisation=str(town.organisations["PARKS"].pk), year=str(year),
        due_on=f"{year + 1}-01-31",
    )  # fmt: skip
    address = f"/riskmap/sheets/district/{year}/"
    assert "0 / 1" in admin.read(address).text
    point = admin.read("/riskmap/points/").link("/riskmap/points/", near="游船码头")
    admin.press(f"{point}check/", "核对风险点")
    page = admin.press(f"{address}issue/", "签发汇总表")
    assert (
        "1 / 1" in page.text
        and "游船码头" in page.text
        and "码头班长" in page.text
        and "六级风停航" in page.text
    )
    paper = admin.read(page.link("/documents/"))
    assert f"风险汇〔{timezone.localdate().year}〕1号" in paper.text
    assert parks.ask(f"{address}issue/").status == 404
