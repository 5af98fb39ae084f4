"""The desk's pages, what the public sees, and hostile texts: through the front door."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from docx import Document
from lxml import etree

from anlan.channels.cap.read import read
from anlan.domains.notices import actions, queries
from anlan.domains.notices.models import Notice
from anlan.domains.notices.tests.conftest import draft_at, publish, sha, sign, submit
from anlan.domains.notices.tests.test_actions import warning

HOSTILE = "\"><script>alert(1)</script>&'{{7*7}}\u202e=1+1"
LIMIT_BYTES = 50 * 1024


@pytest.fixture
def soon(town):
    """A published notice that holds now, by the wall clock of the pages."""
    return publish_now(town)


def publish_now(town, **words):
    now = timezone.now()
    outlets = ["web", f"display:{town.screen.pk}", f"channel:{town.group.pk}", "weibo"]
    draft = draft_at(town, **{"expires_at": now + timedelta(hours=2), "outlets": outlets} | words)
    return publish(draft, town, now=now)


def form_of(town, **words):
    until = (timezone.localtime() + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")
    return {
        "organisation": town.parks.pk, "hazard": "crowd", "headline_zh": "{places}人多", "description_zh": "人多。",
        "instruction_zh": "请绕行。", "places": [town.square.pk], "expires_at": until,
        "outlets": ["web", f"display:{town.screen.pk}"],
    } | words  # fmt: skip


def text_of(answer):
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


def test_from_the_template_to_the_street_by_hand(browse, town):
    """What a drafter and a signer click, one after the other."""
    desk = browse("drafter")
    assert "人多提示" in text_of(desk.get(reverse("notices:add")))
    first = text_of(desk.get(reverse("notices:add") + "?template=crowd-busy&place=SQ"))
    assert f'value="display:{town.screen.pk}" class="form-check-input" id="id_outlets_1" checked' in first
    desk.post(reverse("notices:add") + "?template=crowd-busy", form_of(town))
    row = Notice.objects.get()
    assert row.headline_zh == "示范广场人多"
    desk.post(reverse("notices:submit", args=[row.pk]))
    assert "签发人不能是拟稿人" in text_of(desk.get(reverse("notices:sign", args=[row.pk])))
    signing = browse("signer")
    page = text_of(signing.get(reverse("notices:sign", args=[row.pk])))
    seen = sha(queries.frozen_of(Notice.objects.get()))
    assert seen in page
    signing.post(reverse("notices:sign", args=[row.pk]), {"seen_sha256": seen})
    browse("drafter").post(reverse("notices:publish", args=[row.pk]), {"why": ""})
    row.refresh_from_db()
    assert row.state == "published"
    page = text_of(desk.get(row.get_absolute_url()))
    assert "已上网" in page
    assert row.number in text_of(Client().get("/public/")) + row.number
    assert row.headline_zh in text_of(Client().get("/public/"))


def test_the_list_filters_and_exports(browse, town, soon):
    desk = browse("reader")
    assert soon.headline_zh in text_of(desk.get("/notices/desk/?state=published"))
    assert soon.headline_zh not in text_of(desk.get("/notices/desk/?state=draft"))
    sheet = list(csv.reader(io.StringIO(text_of(desk.get("/notices/desk/?format=csv")).lstrip("\ufeff"))))
    assert sheet[1][0] == soon.number


def test_the_public_pages_need_nothing_and_are_small(soon):
    stranger = Client()
    for address in (
        "/notices/",
        f"/notice/{soon.number}/",
        "/notices/advice/",
        "/notices/advice/fire/",
        "/public/",
    ):
        answer = stranger.get(address)
        page = text_of(answer)
        assert answer.status_code == 200
        assert "<script" not in page
        assert len(page.encode()) < LIMIT_BYTES
        assert not answer.cookies
    page = text_of(stranger.get(f"/notice/{soon.number}/"))
    assert soon.headline_zh in page
    assert soon.headline_en in page
    assert soon.headline_en in text_of(stranger.get("/notices/?language=en"))


def test_drafts_exercises_and_warnings_have_no_public_page(town):
    publish_now(town, scene="exercise:1")
    signed = sign(submit(warning(town), town), town)
    actions.hand_over(signed, by=town.drafter, now=signed.signed_at, taken_by="市预警中心")
    stranger = Client()
    listing = text_of(stranger.get("/notices/"))
    for row in Notice.objects.all():
        assert row.number
        assert stranger.get(f"/notice/{row.number}/").status_code == 404
        assert row.number not in listing


def test_lifted_and_run_out_stay_readable_and_say_so(town, soon):
    actions.lift_notice(soon, by=town.signer, now=timezone.now(), why="人流回落")
    page = text_of(Client().get(f"/notice/{soon.number}/"))
    assert "已解除" in page
    assert "人流回落" not in page  # the reason is for the record
    assert soon.headline_zh not in text_of(Client().get("/public/"))
    later = publish_now(town)
    Notice.objects.filter(pk=later.pk).update(expires_at=timezone.now())
    assert "已到期" in text_of(Client().get(f"/notice/{later.number}/"))


def test_the_feeds_enclose_the_cap_document(town, soon):
    rss = etree.fromstring(Client().get("/notices/rss.xml").content)
    atom = etree.fromstring(Client().get("/notices/atom.xml").content)
    assert rss.findtext("channel/item/title") == soon.headline_zh
    assert rss.find("channel/item/enclosure").get("type") == "application/cap+xml"
    assert b"/notices/cap/2026" in Client().get("/notices/atom.xml").content or atom is not None
    alert = read(Client().get(f"/notices/cap/{soon.number}/alert.xml").content)
    assert not alert.faults
    assert (alert.status, alert.scope, alert.msg_type) == ("Actual", "Public", "Alert")
    assert alert.info("en").headline == soon.headline_en


def test_a_warnings_draft_is_exported_for_who_may_issue_it(browse, town):
    row = warning(town)
    desk = browse("drafter")
    body = desk.get(reverse("notices:export_12379", args=[row.pk])).content
    assert b"31010141600000" in body
    assert b"11B06" in body
    docx = Document(io.BytesIO(desk.get(reverse("notices:export_docx", args=[row.pk])).content))
    cells = [cell.text for line in docx.tables[0].rows for cell in line.cells]
    assert "蓝色（四级）" in cells
    assert "电话告知学校、医院" in text_of(desk.get(reverse("notices:print", args=[row.pk])))


def test_hostile_texts_are_inert_everywhere(browse, town):
    texts = dict.fromkeys(queries.TEXT_NAMES, HOSTILE[:60])
    row = publish_now(town, **texts)
    town.screen.name = HOSTILE
    town.screen.save()
    desk, stranger = browse("signer"), Client()
    for address in (
        "/notices/desk/", row.get_absolute_url(), f"/notices/desk/{row.pk}/sign/", f"/notices/desk/{row.pk}/edit/",
        town.screen.get_absolute_url(), "/notices/desk/displays/",
    ):  # fmt: skip
        assert "<script>alert" not in text_of(desk.get(address))
    for address in ("/notices/", f"/notice/{row.number}/", "/public/", f"/display/{town.screen.token}/"):
        page = text_of(stranger.get(address))
        assert "<script>alert" not in page
        assert "49" not in page.partition("alert(1)")[2][:40]
    for address in ("/notices/rss.xml", "/notices/atom.xml", f"/notices/cap/{row.number}/alert.xml"):
        root = etree.fromstring(stranger.get(address).content)
        assert not root.xpath("//*[local-name()='script']")
    sheet = text_of(desk.get("/notices/desk/?format=csv"))
    assert "<script>" in sheet  # as text
    assert all(cell[:1] not in "=+-@" for line in csv.reader(io.StringIO(sheet)) for cell in line if cell)


def test_what_is_signed_waits_among_the_matters_of_whoever_submitted_it(town, draft):
    sign(submit(draft, town), town)
    parts = queries.my_notices(town.drafter, since=None, until=None, now=None)
    assert [line.url for part in parts for line in part.lines] == [draft.get_absolute_url()]
    assert not any(part.lines for part in queries.my_notices(town.signer, since=None, until=None, now=None))


def test_a_preview_says_what_is_cut(browse, town):
    words = form_of(town, headline_zh="很长的标题" * 8, kind="tip", instruction_zh="很长的措施，" * 20)
    found = browse("drafter").post(reverse("notices:preview"), words).json()
    assert "显示不下" in found["html"]
    assert found["signs"] > 36


def test_the_display_asks_and_tells(town, soon):
    stranger, token = Client(enforce_csrf_checks=True), town.screen.token
    page = text_of(stranger.get(f"/display/{token}/"))
    assert "notices/display/screen.js" in page
    beat = f"/display/{token}/heartbeat/"
    told = stranger.post(beat, '{"shown": []}', content_type="application/json").json()
    assert {one["number"] for one in told["frames"]} == {soon.number}
    assert told["fallback"][0]["lines"] == ["欢迎光临"]
    assert not soon.showings.exists()
    stranger.post(beat, f'{{"shown": ["{soon.number}", "1999-0001", 7]}}', content_type="application/json")
    assert soon.showings.get().display == town.screen
    for rubbish in ("", "[]", "null", '{"shown": 7}', "x" * 9000):
        assert stranger.post(beat, rubbish, content_type="application/json").status_code == 200
    actions.lift_notice(soon, by=town.signer, now=timezone.now(), why="试")
    assert stranger.post(beat, '{"shown": []}', content_type="application/json").json()["frames"] == []
    assert stranger.get("/display/anld_wrong/").status_code == 404
    assert stranger.post("/display/anld_wrong/heartbeat/").status_code == 404


def test_an_alert_of_others_begins_a_tip(browse, town):
    now = timezone.now()
    feed = actions.add_feed(
        town.parks, by=town.signer, now=now, name="气象", kind="cap", url="http://x.example/"
    ).subject
    words = {
        "sender": "met.example",
        "identifier": "a1",
        "sent_at": now,
        "status": "Actual",
        "msg_type": "Alert",
    }
    alert = actions.receive_bulletin(feed, by=None, now=now, headline="大风蓝色预警", **words).subject
    browse("drafter").post(reverse("notices:bulletin_draft", args=[alert.pk]))
    row = Notice.objects.get()
    assert (row.kind, row.state, row.headline_zh) == ("tip", "draft", "大风蓝色预警")
    assert row.source["name"] == "大风蓝色预警"
