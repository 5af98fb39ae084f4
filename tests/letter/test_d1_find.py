"""D1 「排查」: whoever finds it comes through one door; duplicates within 50 m are offered; grades by standards with dates."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.letter.test_d2_close import Life

from anlan.domains.enterprises import actions as enterprises
from anlan.domains.hazards import actions as hazards
from anlan.domains.hazards.models import Hazard
from anlan.domains.hazards.tests.conftest import picture

OWN = ("self_check", "inspection", "patrol", "grid", "12345")
HERE = {"lon": "121.4900", "lat": "31.2400"}


def report(town, who="trade", **typed):
    """A report by the form; the Life at whose page it ends."""
    told = {
        "what": "疏散通道堆放货箱", "kind": "exits", "source": "patrol", "address": "示例路 1 号",
        "organisation": str(town.organisations["TRADE"].pk),
    }  # fmt: skip
    page = town.browser(who).fill_in("/hazards/report/", **told | typed)
    life = Life(town)
    life.address = page.address
    assert "/hazards/report/" not in page.address, page.wrong
    return life


def test_patrol_inspection_unit_grid_and_hotline_report_by_the_same_form(town):
    labels = ("企业自查", "行政检查", "巡查", "网格上报", "12345 热线")
    for source, label in zip(OWN, labels, strict=True):
        photo = SimpleUploadedFile("found.png", picture(), content_type="image/png")
        number = f"A-{source}" if source in ("grid", "12345") else ""
        who, code = ("keeper", "COMPANY") if source == "self_check" else ("trade", "TRADE")
        to = str(town.organisations[code].pk)
        life = report(town, who, source=source, outer_number=number, photo=photo, organisation=to)
        page = life.page("admin")
        assert page.fact("来源") == f"{label} {number}".strip() and "found.png" in page.text
        assert "SHA-256" in page.text and page.fact("状态") == "待核实"
    page = town.browser("trade").fill_in(
        "/hazards/report/", what="同一张工单", kind="exits", source="grid", address="示例路", outer_number="A-grid",
        organisation=str(town.organisations["TRADE"].pk),
    )  # fmt: skip
    assert "A-grid" in page.wrong and Hazard.objects.count() == len(OWN)


def test_a_sensor_reports_by_itself_and_decides_nothing(town):
    row = hazards.report_hazard(
        town.organisations["TRADE"], by=None, now=town.now, what="烟感离线", kind="fire", address="二层", source="sensor"
    ).subject  # fmt: skip
    life = Life(town)
    life.address = row.get_absolute_url()
    assert life.page("trade").fact("来源") == "监测设备" and life.page("trade").fact("上报").startswith(
        "系统"
    )
    assert life.offered("trade") >= {"accept", "reject"}
    choices = town.browser("trade").read("/hazards/report/").form("what").inputs["source"].value_options
    assert not {"sensor", "public"} & set(choices)  # people do not speak for a sensor or for the public


def test_duplicates_within_fifty_metres_are_offered_and_merged_with_both_numbers_kept(town):
    first, near, far = (report(town, lon=lon, lat="31.2400") for lon in ("121.4900", "121.4904", "121.4906"))
    other_kind = report(town, kind="fire", **HERE)
    for life in (first, near, far, other_kind):
        life.take("trade", "accept")
    page = near.page("trade")
    assert "附近的疑似重复隐患" in page.text and "38 m" in page.text
    links = page.html.xpath("//a/@href")
    assert first.address in links and other_kind.address not in links
    choices = town.browser("trade").read(f"{first.address}merge/").form("into").inputs["into"].value_options
    assert near.address.split("/")[-2] in choices and far.address.split("/")[-2] not in choices
    near.take("trade", "merge", into=first.address.split("/")[-2])
    numbers = {one.page("admin").fact("编号") for one in (first, near)}
    assert len(numbers) == 2 and near.state() == "已合并"
    assert first.page("admin").fact("编号") in near.page("admin").text


def test_a_grade_goes_by_a_standard_from_the_day_on_which_it_holds(town):
    life = report(town)
    life.take("trade", "accept")
    tomorrow = town.today + timedelta(days=1)
    town.browser("admin").fill_in(
        "/tables/hazards.standards/row/street/", wording="沿街商铺住人", grade="major", in_use="是",
        why="本区规定", clause="示例办〔2026〕1号第三条", valid_from=f"{tomorrow:%Y-%m-%d}",
    )  # fmt: skip
    grades = f"{life.address}grade/"
    assert (
        "street" not in town.browser("trade").read(grades).form("standard").inputs["standard"].value_options
    )
    page = life.take("trade", "grade", grade="major")
    assert "须选择判定标准" in page.wrong
    life.wind(1)
    assert "沿街商铺住人（示例办〔2026〕1号第三条）" in town.browser("trade").read(grades).text
    life.take("trade", "grade", grade="major", standard="street")
    assert "沿街商铺住人" in life.page("trade").fact("隐患级别")


@pytest.mark.parametrize("typed", ["示例商", "91350100M000100Y43"])
def test_an_enterprise_is_searched_for_never_chosen_from_all(town, typed):
    trade = town.organisations["TRADE"]
    for code, name in (("91350100M000100Y43", "示例商贸有限公司"), ("", "另一家饭店"), ("", "第三家旅馆")):
        town.act(enterprises.register_enterprise, trade, code=code, name=name)
    assert "饭店" not in town.browser("trade").read("/hazards/report/").body.decode()
    life = report(town, enterprise=typed, address="")
    assert "示例商贸有限公司" in life.page("trade").fact("位置")
    found = town.browser("trade").read("/enterprises/names.json", q="饭店").answer.json()
    assert [one["name"] for one in found["enterprises"]] == ["另一家饭店"]


def test_where_several_enterprises_match_one_is_asked_which(town):
    trade = town.organisations["TRADE"]
    made = [
        town.act(enterprises.register_enterprise, trade, name=f"示例连锁{place}店") for place in ("东", "西")
    ]
    browser = town.browser("trade")
    told = {
        "what": "灭火器过期", "kind": "fire", "source": "inspection", "enterprise": "示例连锁",
        "organisation": str(trade.pk),
    }  # fmt: skip
    page = browser.fill_in("/hazards/report/", **told)
    assert (
        "请在下面选择是哪一家" in page.wrong and "示例连锁西店" in page.text and not Hazard.objects.exists()
    )
    page = browser.send(page, page.form("picked"), picked=made[1].code)
    assert "示例连锁西店" in page.fact("位置")
    page = browser.fill_in("/hazards/report/", **told | {"enterprise": "没有这家"})
    assert "没有找到这家企业" in page.wrong
