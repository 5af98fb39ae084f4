"""F4 「责任制、承诺制」「自我约束」: texts by version, signed by the enterprise, held a year, broken on record; who answers for what."""

from datetime import timedelta

from tests.letter.test_f1_enterprises import LIST, code, file_of, register

from anlan.domains.enterprises import queries
from anlan.kit.followups import of_my_organisation


def lay_down(town, text="我单位承诺：落实安全生产主体责任。"):
    return town.browser("trade").fill_in(
        f"{LIST}pledges/texts/add/", text=text, organisation="商务委", valid_from=f"{town.today}"
    )


def test_an_enterprise_signs_the_text_that_it_read_and_is_held_to_it_for_a_year(town):
    """The enterprise's own people sign; the pledge names text, signer, day; a new version asks for a new signature."""
    register(town, 1)
    trade, keeper = town.browser("trade"), town.browser("keeper")
    trade.fill_in(f"{file_of(1)}account/", account="百货公司")
    assert "还没有承诺书文本" in keeper.read(f"{LIST}own/").text
    lay_down(town)
    assert "落实安全生产主体责任" in keeper.read(f"{LIST}own/pledge/").text
    keeper.fill_in(f"{LIST}own/pledge/", signer="某店长", post="店长")
    page = keeper.read(f"{LIST}own/")
    assert "承诺有效" in page.text and "v1 · 某店长" in page.text
    assert "某店长" in trade.read(f"{LIST}pledges/").line("示例商贸")
    lay_down(town, "新文本")
    page = keeper.read(f"{LIST}own/")
    assert "承诺书有新文本" in page.text
    stale = keeper.read(f"{LIST}own/pledge/")
    lay_down(town, "更新的文本")
    assert "文本已更新" in keeper.send(stale, stale.form("signer"), signer="某店长", post="店长").text


def test_a_pledge_runs_out_is_told_ahead_and_may_be_broken(town):
    """The supervisor is reminded of its last day; a broken one says when and why; both are counted."""
    register(town, 1)
    lay_down(town)
    trade = town.browser("trade")
    trade.fill_in(f"{file_of(1)}pledge/", signer="某人", post="经理", published_at="店堂公示栏")
    (waits,) = of_my_organisation(town.organisations["TRADE"].people.get())
    assert waits.last_day == town.today.replace(year=town.today.year + 1)
    assert trade.read(f"{LIST}pledges/").fact("承诺有效") == "1 家"
    pledge = trade.read(file_of(1)).link("/pledges/", near="某人")
    trade.fill_in(f"{pledge}break/", why="安全出口上锁")
    page = trade.read(f"{LIST}pledges/")
    assert page.fact("已违背承诺") == "1 家" and "已违背承诺" in page.line("某人")
    assert "安全出口上锁" in trade.read(pledge).text
    row = queries.find_enterprise(code(1))
    assert queries.pledge_standing(row, on=town.today + timedelta(days=1))[1] is False


def test_who_answers_for_what_is_a_list_by_version(town):
    """Each saving is a version of its own; names are shown to who keeps the record."""
    register(town, 1)
    trade = town.browser("trade")
    page = trade.read(f"{file_of(1)}responsibilities/")
    typed = {"form-0-post": "店长", "form-0-person": "某店长", "form-0-duty": "每日开门前检查疏散通道"}
    assert "至少填写一项" in trade.send(page, page.form("form-0-post")).text
    saved = trade.send(page, page.form("form-0-post"), **typed)
    assert "检查疏散通道" in saved.text and "版本 1" in saved.text and "某店长" in saved.text
    trade.fill_in(f"{file_of(1)}responsibilities/", **{"form-0-duty": "每日两次检查疏散通道"})
    assert "版本 2" in trade.read(file_of(1)).text
