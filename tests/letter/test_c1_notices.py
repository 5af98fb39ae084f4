"""C1 「微博、微信、网站、小区电子显示屏」: drafted, signed by who may, on every outlet at once, with receipts; corrected, lifted."""

import json
from datetime import timedelta

import pytest
from lxml import etree
from tests.letter.browser import Browser
from tests.letter.town import ZONE

from anlan.channels.cap.read import read
from anlan.domains.accounts import actions as accounts
from anlan.domains.accounts.models import Role
from anlan.domains.notices.models import Notice
from anlan.domains.notices.workers import expire_notices
from anlan.kit.models import Channel, Message

NEW = "/notices/desk/new/?template=crowd-busy&place=SQ"


@pytest.fixture
def publicist(town):
    """Somebody of the publicity department 区委宣传部, at a browser."""
    role = Role.objects.get(code="publicity")
    person = town.act(
        accounts.add_person, town.organisations[""], username="publicist", name="宣传员", role=role
    )
    town.choose_password(person)
    return town.browser("publicist")


@pytest.fixture
def outlets(town, square):
    """A display on the square and a group of the public; the display's address as it was shown once."""
    Channel.objects.create(
        code="public",
        kind="wecom_bot",
        name="公众服务群",
        organisation=town.organisations["STREET"],
        is_for_staff=False,
    )
    admin = Browser(town.admin.username, "lantern-Quay-37")
    page = admin.fill_in(
        "/notices/desk/displays/new/", name="广场电子屏", organisation="云栖街道", place="云栖广场", signs="12", lines="3",
        fallback_zh="欢迎光临",
    )  # fmt: skip
    return page.html.get_element_by_id("address").text_content().strip().removeprefix("http://testserver")


def until(town, hours):
    return (town.now.astimezone(ZONE) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


def draft(town, hours=2):
    """The street's duty officer drafts from the template and submits; the notice's page."""
    street = town.browser("street")
    page = street.read(NEW)
    wanted = set(page.form("outlets").inputs["outlets"].value_options)
    page = street.fill_in(NEW, expires_at=until(town, hours), outlets=wanted)
    return street.press(page.address, "送审").address


def publish(town, publicist, address):
    publicist.press(f"{address}sign/", "签发")
    return town.browser("street").press(f"{address}publish/", "发布")


def beat(address, shown=()):
    """What a display that says it shows these is told to show."""
    answer = Browser().client.post(
        f"{address}heartbeat/", json.dumps({"shown": list(shown)}), content_type="application/json"
    )
    return {line for frame in answer.json()["frames"] for line in frame["lines"]}


def test_at_the_first_moment_everywhere_and_only_by_two_people(town, square, outlets, publicist):
    """Nothing is public before a second person, of the publicity department, has signed exactly this text."""
    address = draft(town)
    street = town.browser("street")
    assert "不能是拟稿人" in street.read(f"{address}sign/").text
    street.forge(f"{address}publish/", why="")
    assert beat(outlets) == set() and "云栖广场人流较大" not in Browser().read("/notices/").text
    page = publish(town, publicist, address)
    assert "云栖广场人流较大" in Browser().read("/public/").text
    assert "人流较大" in "".join(beat(outlets))
    beat(outlets, ["2026-0001"])
    page = street.read(address)
    assert page.row("网站和订阅源")["渠道回执"] == "已上网"
    assert page.row("广场电子屏")["渠道回执"] == "已显示"
    assert page.row("公众服务群")["渠道回执"] == "待发送"
    assert page.row("微博")["渠道回执"] == "待人工发布"
    message = Message.objects.get()
    assert message.channel.code == "public" and "2026-0001" in message.text
    street.fill_in(street.read(address).link("/report/", near="微博"), address="https://weibo.example/77")
    assert "weibo.example/77" in street.read(address).line("微博")


def test_the_feeds_say_it_in_the_worlds_own_format(town, square, outlets, publicist):
    """RSS and Atom with CAP 1.2 enclosed: Alert, then Update, then Cancel, each referring to the one before."""
    address = draft(town)
    publish(town, publicist, address)
    rss = etree.fromstring(Browser().ask("/notices/rss.xml").body)
    enclosed = rss.find("channel/item/enclosure").get("url").removeprefix("http://testserver")
    first = read(Browser().ask(enclosed).body)
    assert (first.msg_type, first.status, first.faults) == ("Alert", "Actual", ())
    update = town.browser("street").press(address, "更正")
    page = town.browser("street").fill_in(
        update.address, headline_zh="云栖广场仍然拥挤", expires_at=until(town, 3)
    )
    address = town.browser("street").press(page.address, "送审").address
    publish(town, publicist, address)
    second = read(Browser().ask("/notices/cap/2026-0002/alert.xml").body)
    assert second.msg_type == "Update" and first.identifier in second.references[0]
    assert "已更正" in Browser().read("/notice/2026-0001/").text
    publicist.fill_in(f"{address}lift/", why="人流回落")
    third = read(Browser().ask("/notices/cap/2026-0002/cancel.xml").body)
    assert third.msg_type == "Cancel" and second.identifier in third.references[0]
    assert "已解除" in Browser().read("/notice/2026-0002/").text
    assert Message.objects.filter(title__startswith="【解除】").count() == 1


def test_what_has_run_out_is_gone_by_itself(town, square, outlets, publicist):
    """No notice outlives its time, on no outlet, whoever forgot it."""
    publish(town, publicist, draft(town, hours=1))
    assert beat(outlets)
    town.wind(minutes=61)
    assert beat(outlets) == set()
    assert "已到期" in Browser().read("/notice/2026-0001/").text
    expire_notices(town.now)
    assert Notice.objects.get().state == "expired"


def test_a_coloured_warning_leaves_only_by_the_hand_that_takes_it(town, square, outlets, publicist):
    """预警信息 is for governments to issue: here it is drafted with the statutory fields, signed, exported, handed over."""
    street = town.browser("street")
    page = street.fill_in(
        "/notices/desk/new/?template=wind&kind=statutory_warning&place=SQ", expires_at=until(town, 5)
    )
    address = page.address
    assert "法定要素" in street.press(address, "送审").text
    street.fill_in(
        f"{address}edit/", sender_name="示范区人民政府", sender_code="31010141600000", event_type="11B06",
        colour="蓝色（四级）", channels="广播、网站", special_places="逐户告知",
    )  # fmt: skip
    street.press(address, "送审")
    publicist.press(f"{address}sign/", "签发")
    street.forge(f"{address}publish/", why="")
    assert Notice.objects.get().state == "signed"
    assert b"31010141600000_" in street.ask(f"{address}12379.xml").body
    page = street.fill_in(f"{address}hand-over/", taken_by="市预警信息发布中心")
    assert "已移交" in page.text and "市预警信息发布中心" in page.text
    assert Browser().ask("/notice/2026-0001/").status == 404
    assert beat(outlets) == set() and not Message.objects.exists()
