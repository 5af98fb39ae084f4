"""D1, D2 「以隐患排查治理为主线」: a major hazard's life through the pages, by five roles and a wound clock."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from anlan.domains.accounts import actions as accounts
from anlan.domains.accounts.models import Role
from anlan.domains.hazards import workers
from anlan.domains.hazards.tests.conftest import picture
from anlan.kit.models import Change

FIVE = {
    "measures": "拆除搭建，恢复通道",
    "responsibility": "店长负责",
    "funds": "自筹 3 万元",
    "plan": "专人看守，备好手电",
}


class Life:
    """One hazard and the people who act on it at their pages."""

    def __init__(self, town):
        self.town, self.address = town, ""

    def page(self, who):
        return self.town.browser(who).read(self.address)

    def offered(self, who):
        """The steps whose buttons this person sees."""
        hrefs = self.page(who).html.xpath("//div[@class='deeds']//a/@href")
        return {href.rstrip("/").rsplit("/", 1)[1] for href in hrefs}

    def take(self, who, step, **typed):
        """Press the button of a step that is offered, fill in its form; the page that follows."""
        assert step in self.offered(who), (who, step, self.page(who).text[:1500])
        browser = self.town.browser(who)
        page = browser.read(f"{self.address}{step}/")
        return browser.send(page, page.button(page.html.findtext(".//h1").strip()), **typed)

    def is_refused(self, who, step):
        """Whether this person is neither offered the step nor let through when he forges it."""
        is_hidden = step not in self.offered(who)
        answer = self.town.browser(who).forge(f"{self.address}{step}/", why="试")
        return is_hidden and (
            answer.status == 404 or "wrong" in answer.body.decode() or "alert-danger" in answer.body.decode()
        )

    def show(self, who, stage):
        photo = SimpleUploadedFile(f"{stage}.png", picture("green"), content_type="image/png")
        return self.town.browser(who).fill_in(self.address, stage=stage, file=photo)

    def state(self, who="admin"):
        return self.page(who).fact("状态")

    def wind(self, days):
        """Let days pass, a sweep each; whoever sat at a page signs in again."""
        for _day in range(days):
            self.town.clock.step_to(self.town.clock.now_ms() + 86_400_000)
            workers.escalate_overdue(self.town.now)
        self.town.browsers.clear()


@pytest.fixture
def life(town):
    leader = town.act(
        accounts.add_person, town.organisations["STREET"], username="leader", name="leader",
        role=Role.objects.get(code="duty_leader"),
    )  # fmt: skip
    town.choose_password(leader)
    life = Life(town)
    photo = SimpleUploadedFile("found.png", picture(), content_type="image/png")
    page = town.browser("street").fill_in(
        "/hazards/report/", what="二层疏散通道被搭建封堵", kind="exits", source="patrol", address="示例路 8 号", photo=photo,
    )  # fmt: skip
    assert "待核实" in page.text and "found.png" in page.text
    life.address = page.address
    return life


def day_in(town, days):
    return f"{town.today + timedelta(days=days):%Y-%m-%d}"


def order(life):
    """From the report to the order: the street's leader accepts and hands over, the department grades and orders."""
    town = life.town
    life.take("leader", "accept")
    life.take(
        "leader",
        "transfer",
        organisation=str(town.organisations["TRADE"].pk),
        why="属百货公司，由商务委督促整改",
    )
    assert life.state("street") == "待定级"  # whoever found it goes on seeing it
    life.take("trade", "grade", grade="major", standard="major")
    told = {
        "responsible": str(town.organisations["COMPANY"].pk),
        "responsible_post": "店长",
        "due_on": day_in(town, 10),
    }
    missing = life.take("trade", "order_major", **told, **(FIVE | {"funds": " "}))
    assert missing.address.endswith("/order_major/") and life.state() == "待整改"
    life.take("trade", "order_major", **told, **FIVE)
    assert life.state() == "待落实临时措施"


def test_a_major_hazard_is_found_ordered_extended_listed_closed_by_a_second_person_and_delisted(life):
    """Street officer, street leader, department, operator and administrator, each with his own buttons only."""
    town = life.town
    assert life.offered("street") == set() and "accept" in life.offered("leader")
    order(life)
    life.take("admin", "list", listed_until=day_in(town, 60))
    assert "挂牌督办中" in life.state() and "依据待核实" in life.page("trade").text

    assert life.offered("keeper") == {"interim"}
    life.take("keeper", "interim", why="拆除前派人看守，另开通道")
    life.wind(4)
    life.take("keeper", "ask_extension", days="5", why="材料未到")
    assert life.offered("keeper").isdisjoint({"grant", "refuse"})
    life.take("trade", "grant", why="同意延期五日")
    assert day_in(town, 11) in life.page("keeper").fact("整改期限")

    assert "ask_verification" not in life.offered("keeper")  # nothing shows yet that it is done
    assert "缺少整改后的照片" in life.page("keeper").text
    life.show("keeper", "after")
    life.take("keeper", "ask_verification")
    assert life.is_refused("keeper", "close") and life.is_refused("street", "close")
    life.take("trade", "return", why="通道口仍有杂物")
    life.show("keeper", "after")
    life.take("keeper", "ask_verification")
    life.take("trade", "close", why="通道畅通，已现场核对")
    assert "已销号" in life.state() and "挂牌督办中" in life.state()
    assert "delist" not in life.offered("trade")  # who closed it does not delist it
    life.take("admin", "delist")
    assert "挂牌督办中" not in life.state() and "已摘牌" in life.page("trade").text

    page = life.page("admin")
    assert page.fact("整改人").startswith("keeper") and page.fact("复查人").startswith("trade")
    story = [one.what for one in Change.objects.filter(subject_kind="hazards.hazard").order_by("id")]
    assert story[0] == "hazards.report" and story[-1] == "hazards.delist" and "hazards.return" in story
    town.sign_in_again("street")
    life.take("street", "contest", why="第二天又封上了")
    life.take("trade", "reopen", why="属实，重新整改")
    assert life.state() == "待整改" and page.fact("编号") == life.page("admin").fact("编号")


def test_an_overdue_one_climbs_and_no_more_time_can_be_asked(life):
    order(life)
    life.take("keeper", "interim", why="派人看守")
    life.wind(13)
    page = life.page("keeper")
    assert "逾期" in page.fact("整改期限") and "ask_extension" not in life.offered("keeper")
    assert "不能再申请延期" in page.text
    told = [one.after["told"] for one in Change.objects.filter(what="hazards.escalate").order_by("id")]
    assert told == ["商务委"]
    life.wind(6)
    told = [one.after["told"] for one in Change.objects.filter(what="hazards.escalate").order_by("id")]
    assert told == ["商务委", "示范区", "示范区"]
    late = life.town.browser("admin").read("/hazards/", standing="overdue")
    assert "二层疏散通道" in late.text


def test_nobody_closes_what_he_rectified_himself(life):
    """The department itself rectifies on the street's order: its own people cannot close it; the administrator can."""
    order(life)
    life.take("trade", "interim", why="派人看守")
    life.show("trade", "after")
    life.take("trade", "ask_verification")
    assert life.is_refused("trade", "close")
    assert "同一人不能既整改又复查销号" in life.page("trade").text
    life.take("admin", "close", why="已现场核对")
    assert life.state() == "已销号"
