"""D5 「安全自查、隐患自除、责任自负」: a shop's page by its QR code, from the checklist to the hazard that somebody else closes."""

import io
import json
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from pyxform.xls2xform import convert
from tests.letter.browser import Browser, Page

from anlan.domains.accounts.models import Person
from anlan.domains.crowd.models import Observation
from anlan.domains.hazards import actions as hazards
from anlan.domains.hazards import workers
from anlan.domains.hazards.models import DueCheck, Hazard, SelfCheck
from anlan.domains.hazards.queries import checklist_for_pack
from anlan.domains.hazards.tests.conftest import picture
from anlan.domains.places import actions as places
from anlan.kit.models import Change, FollowUp

SURVEY = [
    ("type", "name", "label", "required", "relevant", "constraint", "calculation", "clause", "hazard_kind", "photo"),
    ("begin group", "exits", "出口", "", "", "", "", "", "", ""),
    ("select_one yn", "clear", "疏散通道畅通", "yes", "", "", "", "区规定第一条", "疏散通道和安全出口", "yes"),
    ("text", "why", "为什么不畅通", "yes", "${clear} = 'no'", "", "", "", "", ""),
    ("end group", "", "", "", "", "", "", "", "", ""),
    ("integer", "staff", "值班人数", "yes", "", ". > 0", "", "", "", ""),
    ("calculate", "double", "", "", "", "", "${staff} * 2", "", "", ""),
]  # fmt: skip
CHOICES = [("list_name", "name", "label"), ("yn", "yes", "是"), ("yn", "no", "否")]
SIGNED = {"signer": "店长（示例）", "post": "店长", "is_confirmed": True}


def workbook(survey=SURVEY, choices=CHOICES, name="list.xlsx"):
    book, body = Workbook(), io.BytesIO()
    book.active.title = "survey"
    sheets = [(book.active, survey), (book.create_sheet("choices"), choices)]
    for sheet, rows in sheets:
        for line in rows:
            sheet.append(list(line))
    book.save(body)
    return SimpleUploadedFile(name, body.getvalue())


def photo(name="exit.png", colour="red"):
    return SimpleUploadedFile(name, picture(colour), content_type="image/png")


@pytest.fixture
def shop(town):
    """A department store of grade A with 500 people, run by the company; its department has published a checklist."""
    place = town.place(
        "SHOP", "示例百货", "mall", "TRADE", capacity=500, operator=town.organisations["COMPANY"]
    )
    town.act(places.grade_place, place, grade="A", reason="示例", review_on=town.today + timedelta(days=365))
    trade = town.browser("trade")
    page = trade.fill_in(
        "/hazards/checklists/add/", name="消防自查", code="fire", organisation=str(town.organisations["TRADE"].pk), audience="any",
        body=workbook(),
    )  # fmt: skip
    assert "待发布" in page.text and "疏散通道畅通" in page.text, page.text
    trade.press(page.address, "核对无误，发布")
    return place


@pytest.fixture
def link(town, shop):
    """The page behind the shop's link, as the sheet shows its address this once."""
    page = town.browser("trade").fill_in(
        "/hazards/links/issue/", place=str(shop.pk), holder="店长", days="365"
    )
    assert "只显示这一次" in page.text and "<svg" in page.body.decode()
    address = next(word for word in page.text.split() if "/v/" in word)
    return "/v/" + address.partition("/v/")[2]


@pytest.fixture
def keeper():
    """A phone without account."""
    return Browser()


def start(keeper, link):
    page = keeper.press(link, "消防自查")
    assert "/checks/" in page.address
    return page


def hand_in(keeper, page, **typed):
    return keeper.send(page, page.button("签名并提交"), **SIGNED | typed)


def test_a_failed_answer_becomes_a_hazard_that_another_closes(town, shop, link, keeper):
    """From the QR code to the closure: the shop removes it, the department verifies; every step on record by link."""
    page = hand_in(keeper, start(keeper, link), clear="no", staff="2")
    assert "还有 1 题需要填写" in page.wrong and "为什么不畅通" in page.text  # asked because of the answer
    page = hand_in(keeper, page, why="堆了货")
    assert "请拍照上传" in page.text and not Hazard.objects.exists()
    page = keeper.send(
        page, page.button("签名并提交"), **SIGNED | {"photo:clear": photo(), "is_confirmed": False}
    )
    assert "请勾选确认" in page.wrong
    page = hand_in(keeper, page)
    assert "1 项不合格" in page.text and "内容与提交时一致" in page.text, page.text
    assert keeper.read(page.link("/photos/")).body[:4] == b"\x89PNG"
    assert keeper.read(page.link("/hazards/")).fact("状态") == "待核实"

    check, hazard = SelfCheck.objects.get(), Hazard.objects.get()
    assert check.answers == {"clear": "no", "why": "堆了货", "staff": 2, "double": 4}
    assert (hazard.source, hazard.organisation, hazard.kind) == (
        "self_check",
        town.organisations["TRADE"],
        "exits",
    )
    assert "区规定第一条" in hazard.what and hazard.evidence.filter(stage="before").count() == 1
    told = Change.objects.get(what="hazards.hand_in_check")
    assert (
        told.by is None and told.on_behalf_of == "凭链接：示例百货" and told.after["sha256"] == check.sha256
    )

    trade, office = town.browser("trade"), f"/hazards/{hazard.pk}/"
    seen = trade.read(f"/hazards/checks/{check.pk}/")
    assert trade.read(seen.address + seen.link("photos/")).body[:4] == b"\x89PNG"
    trade.press(f"{office}accept/", "核实受理")
    trade.fill_in(f"{office}grade/", grade="general")
    own = f"{link}hazards/{hazard.pk}/"
    assert "缺少整改后的照片" in keeper.read(own).text
    page = keeper.read(own)
    keeper.send(page, page.button("上传照片"), photo=photo("after.png", "green"))
    page = keeper.press(own, "立行立改")
    assert "待复查" in page.text and "等待监管单位复查" in page.text
    forged = keeper.client.post(own, {"step": "close", "close-why": "好"})
    assert forged.status_code == 404 and Hazard.objects.get().state == "verifying"  # nobody closes one's own
    page = trade.fill_in(f"{office}close/", why="现场看过，通道畅通")
    assert "已销号" in page.text
    assert "最近办结的隐患" in keeper.read(link).text


def test_the_same_failure_again_is_one_hazard(town, shop, link, keeper):
    for _time in range(2):
        page = hand_in(keeper, start(keeper, link), clear="no", staff="2")
        page = keeper.send(page, page.button("签名并提交"), **SIGNED | {"why": "货", "photo:clear": photo()})
    assert SelfCheck.objects.count() == 2 and Hazard.objects.count() == 1
    assert "此前已登记" in page.text


def test_what_was_handed_in_is_never_altered_and_shows_if_it_were(town, shop, link, keeper):
    page = hand_in(keeper, start(keeper, link), clear="yes", staff="3")
    sent = keeper.client.post(page.address, {"staff": "9", "seen": "staff", "save": "1"})
    check = SelfCheck.objects.get()
    assert sent.status_code == 200 and check.answers["staff"] == 3
    office = f"/hazards/checks/{check.pk}/"
    assert "内容与提交时一致" in town.browser("trade").read(office).text
    SelfCheck.objects.update(answers=check.answers | {"staff": 9})
    assert "内容与提交时不一致" in town.browser("trade").read(office).text


def test_old_versions_stay_with_the_checks_made_by_them(town, shop, link, keeper):
    hand_in(keeper, start(keeper, link), clear="yes", staff="3")
    trade = town.browser("trade")
    renamed = [line if line[1] != "staff" else (*line[:2], "在岗人数", *line[3:]) for line in SURVEY]
    page = trade.fill_in("/hazards/checklists/fire/import/", body=workbook(renamed))
    trade.press(page.address, "核对无误，发布")
    assert "在岗人数" in start(keeper, link).text
    assert (
        "值班人数" in trade.read(f"/hazards/checks/{SelfCheck.objects.filter(state='done').get().pk}/").text
    )
    assert [one["version"] for one in checklist_for_pack()] == [2]
    json.dumps(checklist_for_pack())


def test_the_exported_workbook_is_an_xlsform_and_comes_back_the_same(town, shop):
    trade = town.browser("trade")
    body = trade.read("/hazards/checklists/fire/v1/form.xlsx").body
    form = convert(io.BytesIO(body), validate=False, file_type=".xlsx").xform
    assert "疏散通道畅通" in form and "/exits/clear" in form and "relevant=" in form
    page = trade.fill_in("/hazards/checklists/fire/import/", body=SimpleUploadedFile("again.xlsx", body))
    assert "v2" in page.text
    first, second = (trade.read(f"/hazards/checklists/fire/v{n}/").fact("校验值") for n in (1, 2))
    assert first == second


def test_hostile_workbooks_are_refused_row_by_row_and_nothing_is_kept(town, shop):
    trade = town.browser("trade")
    faulty = [
        *SURVEY,
        ("audit", "x", "暗中记录", *[""] * 7),
        ("text", "y", '=HYPERLINK("http://x")', *[""] * 7),
    ]
    page = trade.fill_in("/hazards/checklists/fire/import/", body=workbook(faulty))
    assert (
        "第 8 行" in page.text
        and "不支持题型“audit”" in page.text
        and "第 9 行" in page.text
        and "是公式" in page.text
    )
    for name, body in (
        ("x.xlsx", b"PK\x03\x04 not a zip"), ("x.xlsx", b""), ("x.csv", b"type,name"), ("big.xlsx", b"0" * (3 * 2**20)),
        ("x.xlsx", workbook([("a", "b")]).read()),
    ):  # fmt: skip
        page = trade.fill_in("/hazards/checklists/fire/import/", body=SimpleUploadedFile(name, body or b" "))
        assert page.wrong, (name, page.text[:500])
    assert "v2" not in trade.read("/hazards/checklists/fire/").text


def test_what_is_due_by_grade_shows_climbs_and_is_settled(town, shop, link, keeper):
    """A place of grade A checks itself weekly; a missed one shows to the unit and the office, a done one settles it."""
    workers.require_checks(town.now)
    workers.require_checks(town.now)
    due = DueCheck.objects.get()
    task = FollowUp.objects.get(key=f"hazards/self-check/{due.pk}")
    assert due.days == 7 and task.organisation == town.organisations["COMPANY"]
    DueCheck.objects.update(due_on=due.due_on - timedelta(days=400))
    assert "已逾期" in keeper.read(link).text
    trade = town.browser("trade")
    assert "1 个单位逾期未自查" in trade.read("/hazards/checks/").text
    assert "示例百货" in trade.read("/hazards/checks/rates/").text
    hand_in(keeper, start(keeper, link), clear="yes", staff="3")
    task.refresh_from_db()
    assert not task.is_open and "逾期未自查。" not in trade.read("/hazards/checks/").text
    workers.require_checks(town.now)
    assert DueCheck.objects.filter(settled_at=None).count() == 1
    csv = trade.read("/hazards/checks/", format="csv").body.decode()
    assert "示例百货" in csv and "店长（示例）" in csv


def test_an_exercise_is_recorded_and_the_next_falls_due(town, shop, link, keeper):
    """A crowded place holds an exercise every half year; its page says so until one is recorded, and so does the office's."""
    assert "还没有演练记录" in keeper.read(link).text
    held = town.today - timedelta(days=10)
    words = {
        "rule_id": "DR-SITE",
        "held_on": held.isoformat(),
        "form": "live",
        "what": "客流激增时的限流和引导",
    }
    page = keeper.fill_in(f"{link}exercise/", **words, attendee_count="0")
    assert page.wrong and "客流激增时的限流和引导" in page.body.decode()
    page = keeper.fill_in(f"{link}exercise/", **words, attendee_count="40")
    assert "已登记演练" in page.text and held.isoformat() in page.text
    change = Change.objects.get(what="hazards.record_exercise")
    assert change.by is None and change.on_behalf_of == "凭链接：示例百货"
    task = FollowUp.objects.get(key__startswith="hazards/exercise/")
    assert task.is_open and task.rule_id == "DR-SITE" and str(task.last_day) in keeper.read(link).text
    assert "安委办〔2023〕1号" in keeper.read(link).text  # whence the limit comes
    assert str(task.last_day) in town.browser("trade").read(shop.get_absolute_url()).text


def test_too_many_people_and_the_clicker_enter_the_stream_once(town, shop, link, keeper):
    keeper.press(link, "人太多了")
    told = Observation.objects.get(kind="too_many")
    assert told.place == shop and told.on_behalf_of == "凭链接：示例百货" and told.by is None
    uids = [str(uuid.uuid4()) for _press in range(3)]
    now = told.at.isoformat()
    batch = [{"uid": uid, "place": "SHOP", "kind": "press_in", "n": 2, "at": now} for uid in uids]
    batch.append({"uid": str(uuid.uuid4()), "place": "OTHER", "kind": "press_in", "n": 1, "at": now})
    for _time in range(2):
        answer = keeper.client.post(
            f"{link}presses/", json.dumps(batch), content_type="application/json"
        ).json()
        assert set(answer["kept"]) == set(uids) and len(answer["refused"]) == 1
    assert sum(one.value for one in Observation.objects.filter(kind="press_in")) == 6
    for rubbish in (
        "",
        "{",
        "{}",
        '[{"uid":1}]',
        '["x"]',
    ):
        assert (
            keeper.client.post(f"{link}presses/", rubbish, content_type="application/json").status_code == 400
        )


def test_a_link_is_one_units_own_and_stops_when_it_is_revoked(town, shop, link, keeper):
    other = town.place("PARK", "示例公园", "park", "PARKS")
    hazard = town.act(
        hazards.report_hazard, town.organisations["PARKS"], what="台阶破损",
        kind="structure", place=other,
    )  # fmt: skip
    assert keeper.ask(f"{link}hazards/{hazard.pk}/").status == 404
    assert "示例公园" not in keeper.read(link).text
    trade = town.browser("trade")
    row = trade.read("/hazards/links/").link("/hazards/links/", near="示例百货")
    page = trade.press(f"{row}again/", "停用旧码并重新发放", days="30")
    assert "只显示这一次" in page.text
    gone = keeper.ask(link)
    assert gone.status == 410 and "已停用" in gone.text
    assert keeper.ask("/v/nothing-of-ours/").status == 404
    assert not Browser().client.cookies


def test_the_units_own_people_do_the_same_by_account(town, shop):
    own = town.browser("keeper")
    page = Page(own.client.get("/hazards/keepers/", follow=True), "/hazards/keepers/")
    assert "示例百货" in page.text and "人太多了" in page.text
    address = page.answer.redirect_chain[-1][0]
    page = own.press(address, "消防自查")
    page = own.send(page, page.button("签名并提交"), **SIGNED | {"clear": "yes", "staff": "4"})
    assert "全部合格" in page.text
    assert SelfCheck.objects.get().by == Person.objects.get(username="keeper")
    assert town.browser("parks").ask(address).status == 404
