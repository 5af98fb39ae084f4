"""A3 「确定场所最大人流承载量」「已核定 / 应核定」: capacities are determined, shown, published, urged."""

import csv
import io
from datetime import timedelta

import pytest

NOT_YET = "尚未核定"


@pytest.fixture
def hall(town):
    """A hall of 1,500 m² without a determined capacity, supervised by the commerce department."""
    operator = town.organisations["COMPANY"]
    return town.place("EX", "示范展厅", "exhibition_centre", "TRADE", operator=operator, area_m2=1500.0)


def determine(town, person="trade", **typed):
    """Fill in the form of the area method: 1,500 m² at 1.5 m² each; by the department, today."""
    words = {
        "form-0-name": "大厅", "form-0-area_m2": 1500, "form-0-m2_per_person": 1.5, "value_persons": 1000,
        "determined_by": "商务委", "determined_on": town.today, "document_number": "示例〔2026〕7号",
    }  # fmt: skip
    browser = town.browser(person)
    return browser.fill_in("/places/EX/capacity/?kind=instantaneous&method=area", **words | typed)


def test_what_is_not_determined_is_said_everywhere(town, hall):
    """尚未核定 is a state that one sees: on the list, on both of the place's pages, on the progress page."""
    trade = town.browser("trade")
    assert trade.read("/places/").row("示范展厅")["核定状态"] == NOT_YET
    assert NOT_YET in trade.read("/places/EX/").text
    assert NOT_YET in trade.read("/place/EX/").text
    assert "示范展厅" in trade.read("/places/progress/").text


def test_a_capacity_has_method_inputs_decider_date_document_and_validity(town, hall):
    """C = Σ X / Y computes 1,000 people; who determined it, when, on which paper, until when, stands beside it."""
    until = town.today + timedelta(days=365)
    page = determine(town, valid_until=until)
    assert page.address == "/places/EX/"
    line = page.line("示例〔2026〕7号")
    told = (
        "1,000",
        "有效面积法",
        "1,500 m² ÷ 1.5",
        "商务委",
        f"{town.today:%Y-%m-%d}",
        f"{until:%Y-%m-%d}",
        "未公布",
    )
    assert [one for one in told if one not in line] == []
    assert page.row("示例〔2026〕7号")["状态"] == "有效"
    town.follow()
    assert town.browser("trade").read("/place/EX/").fact("核定承载量") == "1,000 人"
    assert town.browser("trade").read("/places/").row("示范展厅")["核定状态"] == "已核定"


def test_a_value_above_what_was_computed_needs_a_reason_and_a_crush_is_refused(town, hall):
    """1,200 where 1,000 were computed: only with why. Beyond 5 people per m²: never."""
    assert "须写明理由" in determine(town, value_persons=1200).wrong
    assert "踩踏危险密度" in determine(town, value_persons=8000, why="试验").wrong
    assert determine(town, value_persons=1200, why="分时预约").row("分时预约")["核定值"] == "1,200"


def test_the_law_names_who_determines(town, hall):
    """A mall's capacity is its operator's to determine; another organisation is recorded only with a reason."""
    town.place("M-1", "示范百货", "mall", "TRADE", operator=town.organisations["COMPANY"])
    address = "/places/M-1/capacity/?kind=instantaneous&method=document"
    words = {"value_persons": 800, "determined_on": town.today, "document_number": "示例8号"}
    trade = town.browser("trade")
    assert "运营单位" in trade.read(address).text
    assert "由运营单位核定" in trade.fill_in(address, determined_by="商务委", **words).wrong
    assert trade.fill_in(address, determined_by="百货公司", **words).line("示例8号").count("百货公司") == 1


def test_a_later_one_supersedes_one_that_ran_out_is_said_to_be_expired_one_that_was_wrong_is_withdrawn(
    town, hall
):
    """The newest holds; when its day is over the place is no longer determined; a mistake gives way to what it replaced."""
    determine(town, valid_until=town.today + timedelta(days=10))
    second = determine(town, value_persons=900, document_number="示例〔2026〕9号")
    assert [row["状态"] for row in (second.row("7号"), second.row("9号"))] == ["已被取代", "有效"]
    page = town.browser("trade").fill_in(second.link("withdraw", near="9号"), why="面积有误")
    assert (page.row("9号")["状态"], page.row("7号")["状态"]) == ("已撤销", "有效")
    town.clock.step_to(town.clock.now_ms() + 11 * 86_400_000)
    trade = town.sign_in_again("trade")
    assert trade.read("/places/EX/").row("7号")["状态"] == "已过期"
    assert "示范展厅" in trade.read("/places/progress/").text


def test_departments_are_counted_and_urged(town, hall):
    """已核定 / 应核定 by department, as a page and as a table; what is left is the list to urge by."""
    town.place("PK", "示范公园", "park", "PARKS", capacity=5000)
    town.place("PK2", "示范绿地", "park", "PARKS", is_capacity_due=False)
    admin = town.browser("admin")
    page = admin.read("/places/progress/")
    parks, trade = page.row("绿化局"), page.row("商务委")
    assert (parks["应核定"], parks["已核定"], parks["尚未核定"]) == ("1", "1", "0")
    assert (trade["应核定"], trade["已核定"], trade["尚未核定"]) == ("1", "0", "1")
    exported = admin.read("/places/progress/", format="csv").body
    assert exported.startswith(b"\xef\xbb\xbf")
    rows = {row["主管部门"]: row for row in csv.DictReader(io.StringIO(exported.decode("utf-8-sig")))}
    assert rows["商务委"]["完成率（%）"] == "0.0" and rows["绿化局"]["完成率（%）"] == "100.0"
    determine(town)
    assert "应核定的场所均已核定" in admin.read("/places/progress/").text


def test_a_capacity_is_published(town, hall):
    """When and where the public was told; never before it was determined."""
    page = determine(town)
    publish = page.link("/publish/")
    trade = town.browser("trade")
    assert trade.fill_in(
        publish, published_at=town.today - timedelta(days=1), published_where="入口公示牌"
    ).wrong
    page = trade.fill_in(publish, published_at=town.today, published_where="入口公示牌")
    assert "入口公示牌" in page.line("示例〔2026〕7号") and "未公布" not in page.line("示例〔2026〕7号")
