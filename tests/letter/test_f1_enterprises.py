"""F1 F2 「基础信息库」「信息共享」: one file for each enterprise, filled by hand, by tables and by itself, and shared by scope."""

import csv
import io
import json
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anlan.domains.accounts import actions as accounts
from anlan.domains.enterprises import queries
from anlan.domains.enterprises.rules.codes import check_sign
from anlan.kit import jobs
from anlan.kit.followups import of_my_organisation, remind
from anlan.kit.sealing import Sealer

LIST = "/enterprises/"
PHONE = "13800000000"


def code(number):
    body = f"91310106MA{number:07d}"
    return body + check_sign(body)


def file_of(number):
    return f"{LIST}{code(number)}/"


def register(town, number, name="示例商贸有限公司", **typed):
    trade = town.browser("trade")
    return trade.fill_in(f"{LIST}add/", code=code(number), name=name, supervisor="商务委", **typed)


def do_jobs(town):
    while jobs.run_one(town.now):
        pass


def hand_in(town, *rows):
    head = ["统一社会信用代码", "企业名称", "监管单位编码", "从业人数"]
    text = io.StringIO()
    csv.writer(text).writerows([head, *rows])
    upload = SimpleUploadedFile("list.csv", text.getvalue().encode())
    page = town.browser("trade").fill_in(f"{LIST}imports/add/", body=upload)
    do_jobs(town)
    return town.browser("trade").read(page.address)


def test_an_enterprise_has_one_file_and_its_number_is_checked(town):
    """Registered once under its code; a wrong digit is told; another department does not find it."""
    page = register(town, 1, staff_count=120, principal="某负责人", principal_phone=PHONE)
    assert "已登记" in page.text and "专职安全生产管理人员" in page.text and PHONE in page.text
    wrong = town.browser("trade").fill_in(
        f"{LIST}add/", code=code(1)[:-1] + "0", name="写错", supervisor="商务委"
    )
    assert "校验位不对" in wrong.text
    assert "已登记：示例商贸有限公司" in register(town, 1, name="又一家").text
    assert town.browser("parks").ask(file_of(1)).status == 404
    assert (
        code(1) in town.browser("trade").read(LIST).text
        and code(1) not in town.browser("parks").read(LIST).text
    )
    assert "示例商贸" in town.browser("trade").read("/search/", q=code(1)[:12]).text
    exported = town.browser("trade").read(LIST, format="csv").body.decode()
    assert code(1) in exported and PHONE not in exported


def test_a_table_is_seen_row_by_row_then_registered_and_taken_back(town):
    """The preview says what is wrong with which row; the rest is registered; undoing takes back what nobody touched."""
    trade = town.browser("trade")
    page = hand_in(
        town, [code(1), "甲公司", "TRADE", 8], [code(2), "", "TRADE", 9], ["1", "丙公司", "PARKS", "=1+1"]
    )
    assert "待确认" in page.text and "必填" in page.line(code(2))
    assert "公式" in page.text and "18 位" in page.text and code(1) not in trade.read(LIST).text
    faults = trade.read(trade.read(page.address).link("faults.csv")).body.decode()
    assert "公式" in faults
    done = trade.press(page.address, "确认导入")
    do_jobs(town)
    assert trade.read(done.address).fact("新增") == "1" and "甲公司" in trade.read(LIST).text
    trade.fill_in(f"{page.address}undo/", why="导错了")
    do_jobs(town)
    assert "甲公司" not in trade.read(LIST).text
    assert "已注销" in trade.read(file_of(1)).text


def test_what_is_registered_twice_is_merged_and_both_numbers_lead_to_it(town):
    """Names that differ only in form are laid side by side; both numbers stay; merging can be undone."""
    register(town, 1)
    register(town, 2, name="示例商贸有限责任公司")
    trade = town.browser("trade")
    assert code(1) in trade.read(f"{LIST}duplicates/").text
    page = trade.fill_in(f"{file_of(2)}merge/", into=code(1), why="同一家店")
    assert code(2) in page.text and queries.find_enterprise(code(2)).code == code(1)
    trade.fill_in(f"{file_of(2)}unmerge/", why="是两家")
    assert queries.find_enterprise(code(2)).code == code(2)


def test_the_enterprise_keeps_its_own_record_up_to_date(town):
    """Its people ask; the supervisor sees old and new side by side and accepts; nobody else's record is touched."""
    register(town, 1, address="旧址 1 号")
    trade, keeper = town.browser("trade"), town.browser("keeper")
    assert "没有关联企业" in keeper.read(f"{LIST}own/").text
    trade.fill_in(f"{file_of(1)}account/", account="百货公司")
    keeper.fill_in(f"{LIST}own/update/", address="新址 2 号", safety_officer="某人")
    assert "待审核" in keeper.read(f"{LIST}own/").text
    assert "示例商贸" in trade.read("/my-matters/").text
    page = trade.read(trade.read(f"{LIST}requests/").link("/requests/", near="示例商贸"))
    assert "旧址 1 号" in page.line("新址 2 号")
    trade.press(page.address, "采纳")
    assert "新址 2 号" in trade.read(file_of(1)).text and "已采纳" in keeper.read(f"{LIST}own/").text
    assert town.browser("street").ask(page.address).status == 404


def test_a_licence_that_runs_out_is_followed_up_until_it_is_renewed(town):
    """Its day is watched by the supervisor; the renewal ends that and watches the new day."""
    register(town, 1)
    trade, soon = town.browser("trade"), town.today + timedelta(days=5)
    trade.fill_in(f"{file_of(1)}licences/add/", kind="食品经营许可证", number="JY1", valid_until=f"{soon}")
    remind(town.now)
    person = town.organisations["TRADE"].people.get()
    (waits,) = of_my_organisation(person)
    assert waits.last_day == soon and "食品经营许可证" in waits.title
    assert "食品经营许可证" in trade.read(f"/enterprise/{code(1)}/").text
    assert "JY1" in trade.read(f"{LIST}licences/", due="soon").text
    licence = trade.read(file_of(1)).link("/licences/", near="JY1")
    trade.fill_in(licence, valid_until=f"{soon.replace(year=soon.year + 5)}")
    assert [one.last_day for one in of_my_organisation(person)] == [soon.replace(year=soon.year + 5)]


def test_the_page_of_an_enterprise_gathers_what_happens_at_its_places(town):
    """Its sites with the count of people there now, and open alarms."""
    register(town, 1)
    town.place("MALL", "示例商场", "mall", "TRADE", capacity=100)
    town.counter(town.places["MALL"], "M-1", measures="presence")
    town.report("M-1", town.present(40))
    town.wind(seconds=30)
    trade = town.browser("trade")
    trade.fill_in(f"{file_of(1)}sites/add/", place="示例商场")
    line = trade.read(f"/enterprise/{code(1)}/").line("示例商场")
    assert "40" in line
    assert "示例商贸" in trade.read("/place/MALL/").text
    assert town.browser("street").ask(f"/enterprise/{code(1)}/").status == 404


def ask(token, address):
    answer = Client().get(address, headers={"authorization": f"Bearer {token}"} if token else {})
    return answer.status_code, json.loads(answer.content)


def test_other_systems_read_what_their_department_may_and_go_on_where_they_were(town):
    """By token: scoped, paged, nothing lost or doubled, contacts only where granted; a withdrawn token reads nothing."""
    for number in range(3):
        register(town, number, name=f"示例{number}店", principal="某人", principal_phone=PHONE)
    Sealer().seal_all(town.now)
    trade = town.organisations["TRADE"]
    plain = town.act(accounts.issue_access, trade, name="市平台")
    full = town.act(accounts.issue_access, trade, name="区平台", sees_contacts=True)
    other = town.act(accounts.issue_access, town.organisations["PARKS"], name="绿化系统")
    assert ask("", "/api/v1/enterprises")[0] == 401 and ask("nobody", "/api/v1/enterprises")[0] == 401
    since, seen = 0, []
    for _page in range(50):
        _status, answer = ask(plain.token, f"/api/v1/enterprises?since={since}&limit=1")
        seen += [one["code"] for one in answer["rows"]]
        since = answer["since"]
        if not answer["has_more"]:
            break
    assert seen == [code(0), code(1), code(2)]
    town.browser("trade").fill_in(f"{file_of(1)}edit/", address="新址")
    Sealer().seal_all(town.now)
    _status, answer = ask(plain.token, f"/api/v1/enterprises?since={since}")
    assert [(one["code"], one["address"], one["contacts"]) for one in answer["rows"]] == [
        (code(1), "新址", None)
    ]
    assert ask(other.token, "/api/v1/enterprises")[1]["rows"] == []
    assert ask(other.token, f"/api/v1/enterprises/{code(1)}")[0] == 404
    assert ask(full.token, f"/api/v1/enterprises/{code(1)}")[1]["contacts"]["principal_phone"] == PHONE
    town.act(accounts.revoke_access, plain)
    assert ask(plain.token, "/api/v1/enterprises")[0] == 401
    assert json.loads(town.browser("trade").ask("/api/v1/enterprises").body)["rows"]
