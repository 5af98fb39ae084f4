"""「安全风险防控点分布图」「责任单位与责任人、注意事项和管控措施」: a risk point through the front door, onto map and sheet."""

import json

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
