"""D6 「社会综合治理、网格化、12345、一网统管」: cases come in with their number, results go back, each acknowledged once."""

import io
import random
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook
from standardwebhooks.webhooks import Webhook

from anlan.channels.calling import open_client
from anlan.channels.table import KINDS
from anlan.channels.tests.mock_service import answering, says, shows
from anlan.domains.accounts import actions as accounts
from anlan.domains.accounts.models import Role
from anlan.domains.hazards import workers
from anlan.domains.hazards.models import CaseResult, Hazard, IncomingCase
from anlan.domains.hazards.tests.conftest import picture
from anlan.kit.models import Change, Channel, Message
from anlan.kit.outbox.sender import Sender

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
GRID = {
    "channel": "grid",
    "number": "W202605030001",
    "text": "二层疏散通道堆放货箱",
    "address": "示例路 8 号",
}


@pytest.fixture
def leader(town):
    """The street's leader, who takes cases and returns them."""
    person = town.act(
        accounts.add_person, town.organisations["STREET"], username="leader", name="leader",
        role=Role.objects.get(code="duty_leader"),
    )  # fmt: skip
    town.choose_password(person)
    return town.browser("leader")


class Grid:
    """The other side: a program with an access token."""

    def __init__(self, town, token):
        self.town, self.client = town, Client(headers={"authorization": f"Bearer {token}"})

    def post(self, path, **told):
        return self.client.post(f"/api/v1/cases{path}", told, content_type="application/json")

    def hand_in(self, **told):
        words = GRID | {"received_at": self.town.now.isoformat(), "organisation": "STREET"}
        return self.post("", **(words | told))

    def get(self, path, **query):
        return self.client.get(f"/api/v1/cases{path}", query)


@pytest.fixture
def grid(town):
    token = town.act(accounts.issue_access, town.organisations[""], name="网格平台", hands_in_cases=True)
    return Grid(town, token.token)


def close(town, leader, address):
    """Bring the hazard of a case from accepted to closed at its pages."""
    role = Role.objects.get(code="duty_officer")
    role.rights = sorted({*role.rights, "hazards.rectify"})
    role.save()
    town.sign_in_again("street")
    leader.fill_in(f"{address}grade/", grade="general")
    leader.fill_in(
        f"{address}order/", responsible=str(town.organisations["STREET"].pk), responsible_post="店长",
        due_on=f"{town.today + timedelta(days=3):%Y-%m-%d}",
    )  # fmt: skip
    photo = SimpleUploadedFile("after.png", picture("green"), content_type="image/png")
    town.browser("street").fill_in(address, stage="after", file=photo)
    town.browser("street").press(f"{address}ask_verification/", "提请复查")
    leader.fill_in(f"{address}close/", why="通道畅通")


def test_a_case_becomes_a_hazard_and_each_result_goes_back_once(town, leader, grid):
    due = town.now + timedelta(days=2)
    assert grid.hand_in(due_at=due.isoformat()).status_code == 201
    again = grid.hand_in(
        due_at=due.isoformat(), received_at=IncomingCase.objects.get().received_at.isoformat()
    )
    assert again.status_code == 200 and again.json()["state"] == "waiting"
    assert grid.hand_in(text="别的内容").status_code == 409
    assert IncomingCase.objects.count() == 1

    case = leader.read("/hazards/cases/", standing="waiting")
    assert "W202605030001" in case.text
    address = IncomingCase.objects.get().get_absolute_url()
    leader.fill_in(f"{address}take/", kind="exits")
    hazard = Hazard.objects.get()
    assert (hazard.source, hazard.outer_number, hazard.state) == ("grid", "W202605030001", "accepted")
    rows = grid.get("/results").json()
    assert [(one["outcome"], one["hazard_number"]) for one in rows["rows"]] == [("accepted", hazard.number)]

    close(town, leader, hazard.get_absolute_url())
    page = leader.read(address)
    assert "整改期限晚于案件时限" in page.text and page.fact("案件时限").startswith(f"{due.astimezone():%Y}")
    for _n in range(3):
        workers.follow_cases(town.now)
    more = grid.get("/results", since=rows["since"]).json()
    assert [(one["outcome"], one["text"]) for one in more["rows"]] == [("closed", "通道畅通")]
    assert leader.read(address).fact("状态") == "已办结"
    assert grid.get("/grid/W202605030001").json()["state"] == "ended"

    position = more["rows"][0]["position"]
    assert grid.post(f"/results/{position}/receipt", receipt="R-1").json()["receipt"] == "R-1"
    assert grid.post(f"/results/{position}/receipt", receipt="R-2").json()["receipt"] == "R-1"
    assert [one["position"] for one in grid.get("/results", pending="true").json()["rows"]] == [1]
    assert "R-1" in leader.read("/hazards/cases/results/", receipt="have").line("已办结")

    leader.fill_in(f"{hazard.get_absolute_url()}reopen/", why="又堆上了")
    workers.follow_cases(town.now)
    told = [one["outcome"] for one in grid.get("/results").json()["rows"]]
    assert told == ["accepted", "closed", "reopened"]
    assert grid.get("/grid/W202605030001").json()["state"] == "taken"
    assert CaseResult.objects.count() == 3


def test_what_is_not_ours_goes_back_with_the_reason(town, leader, grid):
    grid.hand_in()
    address = IncomingCase.objects.get().get_absolute_url()
    leader.fill_in(f"{address}return/", why="属市政道路，请派养护单位")
    told = grid.get("/results").json()["rows"][0]
    assert (told["outcome"], told["text"], told["hazard_number"]) == (
        "returned",
        "属市政道路，请派养护单位",
        None,
    )
    assert grid.get("/grid/W202605030001").json()["returned_why"] == "属市政道路，请派养护单位"
    assert leader.ask(f"{address}take/").status == 404 and not Hazard.objects.exists()


def test_a_case_about_a_known_hazard_makes_no_second_one(town, leader, grid):
    grid.hand_in()
    grid.hand_in(number="W202605030002", text="同一处通道堵塞")
    one, two = IncomingCase.objects.order_by("pk")
    leader.fill_in(f"{one.get_absolute_url()}take/", kind="exits")
    number = Hazard.objects.get().number
    leader.fill_in(f"{two.get_absolute_url()}take/", known=number)
    assert Hazard.objects.count() == 1
    assert {one["number"] for one in grid.get("/results").json()["rows"]} == {
        "W202605030001",
        "W202605030002",
    }


def workbook(*rows):
    book, body = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(body)
    return body.getvalue()


HEADINGS = (
    "渠道",
    "案件编号",
    "案件内容",
    "原类别",
    "地址",
    "场所编号",
    "经度",
    "纬度",
    "渠道受理时间",
    "案件时限",
    "承办单位编码",
)
SHEET = [
    (
        "12345热线",
        "H-1",
        "电梯经常停",
        "电梯",
        "示例路 2 号",
        "",
        "",
        "",
        "2026-05-03 09:00",
        "2026-05-05 18:00",
        "STREET",
    ),
    ("网格", "W-1", "灭火器过期", "", "示例路 3 号", "", 121.44, 31.23, "2026/5/3 9:00", "", "STREET"),
    ("微信", "X-1", "内容", "", "", "", "", "", "2026-05-03 09:00", "", "STREET"),
    ("网格", "", "没有编号", "", "", "", "", "", "2026-05-03 09:00", "", "STREET"),
    ("网格", "W-1", "重复", "", "", "", "", "", "2026-05-03 09:00", "", "STREET"),
    ("网格", "W-3", "时间不对", "", "", "", "", "", "昨天", "", "STREET"),
    ("网格", "W-4", "时限不对", "", "", "", "", "", "2026-05-03 09:00", "2026-05-02", "STREET"),
    ("网格", "W-5", "别人的", "", "", "", "", "", "2026-05-03 09:00", "", "TRADE"),
    ("网格", "W-6", "半个坐标", "", "", "", 121.44, "", "2026-05-03 09:00", "", "STREET"),
    ("一网统管", "Y-1", "=1+1 招牌松动", "", "", "", "", "", "2026-05-03 09:00", "", "STREET"),
]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_file_is_seen_row_by_row_and_kept_once(town, leader, ending):
    lines = [HEADINGS, *SHEET]
    if ending == "xlsx":
        body = workbook(*lines)
    else:
        body = "\n".join(",".join(map(str, line)) for line in lines).encode()
    upload = SimpleUploadedFile(f"cases.{ending}", body)
    page = leader.fill_in("/hazards/cases/import/", body=upload)
    said = {name: page.line(name) for name in ("X-1", "W-3", "W-4", "W-5", "W-6")}
    assert all("不予导入" in line for line in said.values())
    for name, part in (
        ("X-1", "渠道"),
        ("W-3", "昨天"),
        ("W-4", "早于"),
        ("W-5", "TRADE"),
        ("W-6", "经纬度"),
    ):
        assert part in said[name]
    assert not IncomingCase.objects.exists()
    leader.send(page, page.button("确认导入 3 行"))
    assert sorted(IncomingCase.objects.values_list("number", flat=True)) == ["H-1", "W-1", "Y-1"]
    row = IncomingCase.objects.get(number="H-1")
    assert row.channel == "12345" and f"{row.due_at.astimezone(town.now.tzinfo):%d %H}" == "05 10"
    page = leader.fill_in("/hazards/cases/import/", body=SimpleUploadedFile(f"cases.{ending}", body))
    assert "无变化" in page.line("H-1") and page.html.xpath("//button[@disabled]")
    csv = b"".join(leader.client.get("/hazards/cases/?format=csv").streaming_content).decode()
    assert "H-1" in csv and "'=1+1" in csv


def test_a_wrong_file_is_taken_back_at_once_and_may_come_again(town, leader, grid):
    grid.hand_in(number="OTHER")
    town.wind(minutes=1)
    body = "\n".join(",".join(map(str, line)) for line in (HEADINGS, *SHEET)).encode()
    page = leader.fill_in("/hazards/cases/import/", body=SimpleUploadedFile("cases.csv", body))
    leader.send(page, page.button("确认导入 3 行"))
    taken = IncomingCase.objects.get(number="H-1")
    leader.fill_in(f"{taken.get_absolute_url()}take/", kind="fire")

    page = leader.read("/hazards/cases/withdraw/")
    (link,) = page.html.xpath("//a[starts-with(@href, '?at=')]/@href")
    leader.fill_in(f"/hazards/cases/withdraw/{link}", why="文件传错")
    states = dict(IncomingCase.objects.values_list("number", "state"))
    assert states == {"OTHER": "waiting", "H-1": "taken", "W-1": "withdrawn", "Y-1": "withdrawn"}
    page = leader.fill_in(
        "/hazards/cases/import/", body=SimpleUploadedFile("cases.csv", body.replace("灭火器过期".encode(), "改正".encode()))
    )  # fmt: skip
    leader.send(page, page.button("确认导入 2 行"))
    again = IncomingCase.objects.get(number="W-1")
    assert (again.state, again.text) == ("waiting", "改正")


def test_its_own_deadline_warns_once_before_and_once_after(town, leader, grid):
    channel = Channel.objects.create(
        code="bot", kind="webhook", name="群", organisation=town.organisations["STREET"],
        settings={"url": "http://127.0.0.1:9/", "secret": SECRET, "source": "anlan"},
    )  # fmt: skip
    grid.hand_in(due_at=(town.now + timedelta(hours=30)).isoformat())

    def told(hours):
        for _n in range(3):
            workers.warn_cases(town.now + timedelta(hours=hours))
        return list(Message.objects.filter(channel=channel).order_by("id").values_list("title", flat=True))

    assert told(0) == []
    assert told(7) == ["案件时限将到"]
    assert told(31) == ["案件时限将到", "案件已超过时限"]
    town.clock.step_to(town.clock.now_ms() + 31 * 3_600_000)
    assert "逾期" in town.sign_in_again("leader").read("/hazards/cases/", standing="late").line(
        "W202605030001"
    )


class Push:
    """The channel's webhook on this machine, and the sender that knocks at it."""

    def __init__(self, town, service):
        self.town = town
        Channel.objects.create(
            code="grid-hook", kind="webhook", name="网格回调", organisation=town.organisations[""], is_for_staff=False,
            settings={"url": service.url, "secret": SECRET, "source": "anlan"},
        )  # fmt: skip
        town.browser("admin").fill_in(
            "/tables/hazards.case_channels/row/grid/", push_by="grid-hook", clause="示例", why="示例",
            valid_from=f"{town.today:%Y-%m-%d}",
        )  # fmt: skip
        self.sender = Sender("here:1:a", KINDS, random.Random(7), client=open_client())

    def send(self, hours=0.0):
        now = self.town.now + timedelta(hours=hours)
        self.sender.wind(now)
        workers.follow_cases(now)
        return CaseResult.objects.get()


def test_results_are_pushed_signed_tried_again_and_acknowledged_by_the_answer(
    town, leader, grid, monkeypatch
):
    with answering(shows(b"down", 503, "text/plain"), says({"receipt": "G-77"})) as service:
        push = Push(town, service)
        grid.hand_in()
        leader.fill_in(f"{IncomingCase.objects.get().get_absolute_url()}take/", kind="exits")
        assert push.send().received_at is None and len(service.asked) == 1
        result = push.send(hours=0.05)
        assert (
            result.received_at is not None and "G-77" in result.receipt and result.received_by == "网格回调"
        )
        for hours in (0.1, 2, 30):
            push.send(hours=hours)
    assert len(service.asked) == 2 and len({one.headers["webhook-id"] for one in service.asked}) == 1
    words = service.last.json["data"]["words"]
    assert (words["position"], words["number"], words["outcome"]) == (1, "W202605030001", "accepted")
    checker, head = Webhook(SECRET), service.last.headers
    monkeypatch.setattr(
        checker, "_Webhook__verify_timestamp", lambda told: datetime.fromtimestamp(int(told), UTC)
    )
    checker.verify(
        service.last.body.decode(),
        {name: head[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")},
    )


def test_a_push_that_was_refused_comes_again_under_the_same_position(town, leader, grid):
    with answering(shows(b"no", 400, "text/plain"), says({"ok": True})) as service:
        push = Push(town, service)
        grid.hand_in()
        address = IncomingCase.objects.get().get_absolute_url()
        leader.fill_in(f"{address}take/", kind="exits")
        push.send()
        assert "发送失败" in leader.read(address).text
        push.send(hours=0.5)
        assert len(service.asked) == 1
        push.send(hours=1.1)
        result = push.send(hours=1.2)
    assert len(service.asked) == 2 and result.received_at and result.pushes == 2
    assert len({one.json["data"]["words"]["position"] for one in service.asked}) == 1


def test_a_file_that_was_sent_is_acknowledged_by_hand(town, leader, grid):
    grid.hand_in()
    leader.fill_in(f"{IncomingCase.objects.get().get_absolute_url()}return/", why="不属本街道")
    csv = b"".join(
        leader.client.get("/hazards/cases/results/?receipt=none&format=csv").streaming_content
    ).decode()
    assert "W202605030001" in csv and "不属本街道" in csv
    result = CaseResult.objects.get()
    leader.fill_in(f"/hazards/cases/results/{result.pk}/receipt/", receipt="收文 12 号")
    assert grid.get("/results", pending="true").json()["rows"] == []
    assert Change.objects.get(what="hazards.receive_result").by.username == "leader"


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"number": ""}, 422), ({"text": "a\x00b"}, 422), ({"channel": "微信"}, 422), ({"received_at": "2026-05-03T09:00:00"}, 422),
        ({"received_at": "9999-12-31T23:59:59-12:00"}, 422), ({"organisation": "NONE"}, 400), ({"lon": 121.4}, 400),
        ({"place_code": "NONE"}, 400), ({"due_at": "2026-05-01T00:00:00Z"}, 400), ({"lon": 0, "lat": 0}, 400),
    ],
)  # fmt: skip
def test_bad_cases_are_refused_and_nothing_is_kept(town, grid, told, status):
    answer = grid.hand_in(**told)
    assert answer.status_code == status and answer.json()["detail"]
    assert not IncomingCase.objects.exists()


def test_who_may_not_gets_nothing(town, leader, grid):
    grid.hand_in()
    reader = town.act(accounts.issue_access, town.organisations[""], name="只读")
    trade = town.act(accounts.issue_access, town.organisations["TRADE"], name="商务", hands_in_cases=True)
    assert Grid(town, reader.token).get("/results").status_code == 401
    assert Grid(town, "nothing").hand_in().status_code == 401
    other = Grid(town, trade.token)
    assert other.get("/grid/W202605030001").status_code == 404
    assert other.hand_in().status_code == 400 and other.get("/results").json()["rows"] == []
    address = IncomingCase.objects.get().get_absolute_url()
    assert town.browser("trade").ask(address).status == 404
    assert town.browser("street").read(address).status == 200
    assert town.browser("street").ask(f"{address}take/").status == 404
    assert Client().get("/hazards/cases/").status_code == 302
