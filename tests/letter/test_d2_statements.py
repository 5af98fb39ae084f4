"""D2 「制度化、规范化、常态化」: the quarter's statement is drawn up on its first day and signed; production stops and resumes."""

from tests.letter.browser import even
from tests.letter.test_d1_find import report
from tests.letter.test_d2_close import FIVE, day_in
from tests.letter.town import ZONE

from anlan.domains.hazards import workers
from anlan.kit import jobs
from anlan.kit.models import Document


def wind_to(town, day):
    """The morning of a local day; what the worker loop and the job child do then."""
    town.clock.step_to(town.clock.now_ms() + (day - town.today).days * 86_400_000)
    town.browsers.clear()
    workers.ask_statements(town.now)
    while jobs.run_one(town.now):
        pass


def cells(page, label):
    """The numbers beside a measure: general, major, not graded, in all."""
    row = next(one for one in page.html.xpath("//table//tr") if even(one[0]) == label)
    return [even(cell) for cell in row[1:]]


def close(life, *, major=False):
    """From the report to the closure by a second person."""
    town = life.town
    life.take("trade", "accept")
    life.take("trade", "grade", grade="major" if major else "general", standard="major" if major else "")
    told = {
        "responsible": str(town.organisations["COMPANY"].pk), "responsible_post": "店长", "due_on": day_in(town, 20),
        "funds_yuan": "1500.50",
    }  # fmt: skip
    life.take("trade", "order_major" if major else "order", **told, **(FIVE if major else {}))
    if major:
        yield
        life.take("keeper", "interim", why="围挡")
    life.show("keeper", "after")
    life.take("keeper", "ask_verification")
    life.take("trade", "close", why="已现场核对")
    yield


def test_the_statement_of_a_quarter_is_drawn_up_signed_by_the_principal_and_corrected(town):
    """Start on 2026-05-03: one closed, one open, one only reported; the second quarter ends on 06-30."""
    list(close(report(town)))
    open_one = report(town, what="配电箱无漏电保护", kind="electric")
    open_one.take("trade", "accept")
    report(town, what="待核实的一件")
    wind_to(town, town.today.replace(month=6, day=30))
    assert "还没有统计表" in town.browser("trade").read("/hazards/statements/").text
    wind_to(town, town.today.replace(month=7, day=1))

    page = town.browser("trade").read("/hazards/statements/", scope="watched")
    line = page.row("商务委")
    assert (line["统计期"], line["本期发现"], line["本期销号"], line["期末未销号"], line["整改率"]) == (
        "2026-Q2", "2", "1", "1", "50%",
    )  # fmt: skip
    address = page.link("/hazards/statements/", near="商务委")
    page = town.browser("trade").read(address)
    assert cells(page, "本期发现") == ["1", "0", "1", "2"] and cells(page, "落实资金（元）")[0] == "1,500.50"
    assert "2026-07-15" in page.fact("签字报送期限") and "待核实" in page.fact("签字报送期限")
    assert "签字并报送：商务委 2026-Q2" in town.browser("trade").read("/my-matters/").text
    unit = town.browser("keeper").read("/hazards/statements/").row("百货公司")
    assert unit["本期发现"] == "1" and unit["本期销号"] == "1"

    assert "商务委" not in town.browser("police").read("/hazards/statements/").text
    page = town.browser("trade").press(address, "签字", post="主任", is_checked=True)
    assert "已签字" in page.fact("状态") and "主任" in page.fact("主要负责人签字")
    paper = Document.objects.get(kind="hazard_statement")
    assert page.fact("文号") == paper.number == "商务委隐统〔2026〕1号"
    assert paper.number in town.browser("").read(f"/verify/{paper.code}/").text
    csv = town.browser("trade").read(address, format="csv").body.decode("utf-8-sig")
    assert "本期发现,1,0,1,2" in csv
    assert town.browser("trade").read(address, format="xlsx").body[:2] == b"PK"

    page = town.browser("trade").fill_in(f"{address}correct/", why="补录一件")
    assert page.address != address and "第 2 版" in page.fact("状态")
    page = town.browser("trade").press(page.address, "签字", post="主任", is_checked=True)
    assert "已签字" in page.fact("状态")
    old = town.browser("trade").read(address)
    assert "已被更正" in old.fact("状态") and cells(old, "本期发现")[3] == "2"
    assert "已作废" in town.browser("").read(f"/verify/{paper.code}/").text


def test_production_stops_and_is_resumed_after_review_with_consent_of_a_second_person(town):
    life = report(town, what="违规分隔库房", kind="fire")
    steps = close(life, major=True)
    next(steps)
    page = life.page("trade")
    assert page.text.count("尚未报告") == 2
    told_at = f"{town.now.astimezone(ZONE):%Y-%m-%dT%H:%M}"
    for who, audience in (("trade", "department"), ("keeper", "workers")):
        town.browser(who).fill_in(f"{life.address}tell/", audience=audience, means="meeting", told_at=told_at)
    assert "尚未报告" not in life.page("trade").text

    stop = {"scope": "part", "what": "库房区域", "decision_number": "示例停〔2026〕1号"}
    assert town.browser("keeper").ask(f"{life.address}stop/").status == 404
    page = town.browser("trade").fill_in(f"{life.address}stop/", **stop)
    assert "停产停业中" in page.text

    def stop_step(who, name, why):
        link = next(
            one
            for one in life.page(who).html.xpath("//a/@href")
            if one.endswith(f"/{name}/") and "stops" in one
        )
        return town.browser(who).fill_in(link, why=why)

    stop_step("keeper", "apply", "已拆除")
    assert "现场审查恢复生产经营申请" in life.page("trade").text
    stop_step("trade", "pass", "现场已恢复原状")
    assert "隐患复查销号后才能同意" in life.page("admin").text
    next(steps)
    assert "不能自己同意恢复" in life.page("trade").text  # who reviewed does not consent
    page = stop_step("admin", "consent", "同意")
    assert "已同意恢复" in page.text and Document.objects.get(kind="resume_consent").number in page.text


def test_the_board_of_supervision_shows_days_left_and_who_answers(town):
    life = report(town, what="塔吊限位器失灵", kind="works")
    next(close(life, major=True))
    life.take("trade", "list", listed_until=day_in(town, 45))
    page = town.browser("trade").read("/hazards/board/")
    assert "还剩 45 天" in page.text and "百货公司 店长" in page.text
    page = town.browser("trade").press("/hazards/board/", "标记为公布")
    assert "已向社会公布" in page.text
    town.clock.step_to(town.clock.now_ms() + 50 * 86_400_000)
    workers.escalate_overdue(town.now)
    town.browsers.clear()
    board = town.browser("trade").read("/hazards/board/", standing="over")
    assert "超期 5 天" in board.text
    here = board.html.xpath("//ol[@class='ladder']/li[@class='is-here']")[0].text_content()
    assert here == "示范区"
