"""A9 「重点区域巡逻防控」 with a phone: the day pack, what is found arrives once, a lost phone's file is handed in, nothing is thrown back."""

import json

from django.core.files.uploadedfile import SimpleUploadedFile

from anlan.domains.hazards.models import Hazard
from anlan.domains.hazards.tests.conftest import picture
from anlan.site.tests.field_phone import Phone, sha

WHAT = "疏散通道堆放货箱"


def phone_of(browser):
    """A phone in this person's hands; its app sends the token against forgery as the pages do."""

    def ask(method, address, body, media_type):
        token = browser.client.cookies["csrftoken"].value
        answer = browser.client.generic(
            method, address, body or b"", content_type=media_type or "", headers={"X-CSRFToken": token}
        )
        return answer.status_code, json.loads(answer.content) if "json" in answer["Content-Type"] else None

    return Phone(ask, name="巡查一号").prepare()


def test_what_a_patrol_finds_arrives_once_even_from_a_lost_phone(town):
    town.place("MALL", "示例商场", "mall", "TRADE", operator=town.organisations["COMPANY"], area_m2=500.0)
    town.place("PARK", "示例公园", "park", "PARKS")
    keeper, trade, parks = town.browser("keeper"), town.browser("trade"), town.browser("parks")
    phone = phone_of(keeper)

    status, pack = phone.ask("GET", f"/field/pack.json?device={phone.uid}", None, None)
    assert status == 200 and [one["code"] for one in pack["targets"]] == ["MALL"], "only what its person sees"

    told = {"what": WHAT, "kind": "exits", "place": "MALL", "address": "中庭北侧"}
    made_at = f"{town.now:%Y-%m-%dT%H:%M:%S}Z"
    uid = phone.write("hazard", told, files=[("a.png", picture(), "before")], made_at=made_at)
    status, said = phone.send()
    assert status == 200 and [one["state"] for one in said["records"] + said["files"]] == ["taken", "kept"]
    assert phone.send()[1]["records"] == said["records"], "sent again, it is the same"
    assert Hazard.objects.count() == 1
    page = trade.read(said["records"][0]["address"])
    assert WHAT in page.text and "整改前" in page.text
    assert "移动巡查，现场记录时间" in page.text
    status, arrived = phone.ask("GET", "/field/arrived.json", None, None)
    assert [(one["uid"], one["files"][0]["sha256"]) for one in arrived] == [(uid, sha(picture()))]

    phone.forget()
    phone.write("hazard", told | {"what": "安全出口上锁"}, made_at=made_at)
    phone.write("hazard", told | {"what": "灭火器过期", "kind": "no-such-kind"}, made_at=made_at)
    listed = keeper.read("/field/devices/")
    lost = keeper.press(listed.link("/revoke/"), "停用", why="遗失")
    assert "终端已停用" in lost.text
    status, refused = phone.post("/field/uploads/", phone.manifest())
    assert status == 403 and "可导出" in refused["error"]

    def file():
        return SimpleUploadedFile("a.anlanbox", phone.export())

    assert "不在您的权限范围内" in parks.press("/field/hand-in/", "交入", file=file()).text
    for _ in range(2):
        page = trade.press("/field/hand-in/", "交入", file=file())
        assert "已办理 1 条记录" in page.text and "1 条未能办理" in page.text
    assert Hazard.objects.count() == 2 and Hazard.objects.filter(what="安全出口上锁").count() == 1

    waiting = trade.read("/field/arrived/?state=waiting")
    address = waiting.link("/field/records/", near="被退回")
    assert "灭火器过期" in trade.read(address).text
    assert "仍未能办理" in trade.press(address, "再次办理").text
    done = trade.fill_in(f"{address}set-aside/", why="类别已停用，另行上报")
    assert "不再办理" in done.text and "另行上报" in done.text
    assert (
        "没有符合条件" in trade.read("/field/arrived/?state=waiting").text
        or "还没有" in trade.read("/field/arrived/?state=waiting").text
    )
    assert parks.ask(address).status == 404
