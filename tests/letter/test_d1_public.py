"""D1 「排查」 by the public: a report with a photo, without account or scripts, followed by its code to the end and beyond."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from tests.letter.browser import Browser

from anlan.domains.accounts import actions as accounts
from anlan.domains.accounts.models import Role
from anlan.domains.hazards import workers
from anlan.domains.hazards.models import Hazard, PublicReport, ReporterContact
from anlan.domains.hazards.tests.conftest import picture
from anlan.kit import store
from anlan.kit.models import Attachment, Change

PHONE = "13812345678"
FORM = "/report/"
SEEN = {"what": "二层疏散通道被货箱封堵，走不过去", "kind": "exits", "address": "示例路 8 号二层东侧"}


@pytest.fixture(autouse=True)
def nobody_knocked():
    cache.clear()


@pytest.fixture
def leader(town):
    """The street's leader, who verifies; the street answers for everything around 示例路."""
    person = town.act(
        accounts.add_person, town.organisations["STREET"], username="leader", name="leader",
        role=Role.objects.get(code="duty_leader"),
    )  # fmt: skip
    town.choose_password(person)
    town.browser("admin").fill_in(
        "/tables/hazards.areas/row/STREET/", area="", words="示例路、云栖广场", clause="示例", why="示例",
        valid_from=f"{town.today:%Y-%m-%d}",
    )  # fmt: skip
    return town.browser("leader")


def with_notes():
    """A photo as a phone takes it: with the place and the maker noted."""
    body, exif = io.BytesIO(), Image.Exif()
    exif[0x010F], exif[0x0110] = "PhoneMaker", "Model-X"
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 14.0, 0.0), 3: "E", 4: (121.0, 26.0, 0.0)})
    Image.new("RGB", (64, 48), "orange").save(body, "JPEG", exif=exif)
    return body.getvalue()


def file(name, body, kind="image/jpeg"):
    return SimpleUploadedFile(name, body, content_type=kind)


def send(town, browser=None, **typed):
    """Open the form, take a while, send it; the page that follows."""
    browser = browser or Browser()
    page = browser.read(FORM)
    town.wind(seconds=30)
    return browser.send(page, page.form("what", "ticket"), **(SEEN | typed))


def code_of(page):
    found = re.search(r"/report/([0-9A-Z-]{19})/", page.address)
    assert found, page.text[:800]
    return found.group(1)


def test_from_the_photo_to_solved_and_not_solved(town, leader):
    """Report → code → accepted with a number → rectified → closed → 仍未解决 → reopened; each step read by the code."""
    page = send(town, phone=PHONE, photos=file("IMG_1.jpg", with_notes()))
    code = code_of(page)
    assert "已收到上报，等待核实" in page.text and "云栖街道" in page.text and "<svg" in page.body.decode()
    hazard = Hazard.objects.get()
    assert hazard.number is None and hazard.organisation == town.organisations["STREET"]

    line = leader.read("/hazards/public/", standing="new").row("二层疏散通道")
    assert line["留有电话"] == "是" and line["可疑之处"] in ("", "–")
    address = hazard.get_absolute_url()
    leader.press(f"{address}accept/", "核实受理")
    hazard.refresh_from_db()
    assert hazard.number in Browser().read(f"/report/{code}/").text
    leader.fill_in(f"{address}grade/", grade="general")
    leader.fill_in(
        f"{address}order/", responsible=str(town.organisations["STREET"].pk), responsible_post="店长",
        due_on=f"{town.today + timedelta(days=2):%Y-%m-%d}",
    )  # fmt: skip
    street = town.browser("street")
    Role.objects.filter(code="duty_officer").update(
        rights=[*Role.objects.get(code="duty_officer").rights, "hazards.rectify"]
    )
    street.fill_in(address, stage="after", file=file("after.png", picture("green"), "image/png"))
    street.press(f"{address}ask_verification/", "提请复查")
    assert "责任单位已整改，等待复查" in Browser().read(f"/report/{code}/").text
    assert not Browser().read(f"/report/{code}/").html.xpath("//img")
    leader.press(address, "向上报人公开")
    shown = Browser().read(f"/report/{code}/").html.xpath("//img/@src")
    assert len(shown) == 1 and Browser().ask(shown[0]).answer["Content-Type"] == "image/png"
    leader.fill_in(f"{address}close/", why="通道畅通，店长某某在场")
    page = Browser().read(f"/report/{code}/")
    assert "谢谢您的上报，隐患已经消除" in page.text and "店长某某" not in page.text

    page = Browser().press(f"/report/{code}/", "仍未解决", why="第二天又堆上了")
    assert "已反映仍未解决，等待复核" in page.text
    hazard.refresh_from_db()
    assert hazard.state == "contested"
    change = Change.objects.of(hazard).first()
    assert change.why == "第二天又堆上了" and change.by is None and "上报人" in change.on_behalf_of
    leader.fill_in(f"{address}reopen/", why="属实")
    page = Browser().read(f"/report/{code}/")
    assert "已重新整改" in page.text and "属实" not in page.text
    hazard.refresh_from_db()
    assert hazard.round == 2
    for name in ("leader", "street", "admin"):
        assert not re.search(rf"\b{name}\b", page.text)


def test_who_is_not_accepted_reads_why_and_may_appeal(town, leader):
    code = code_of(send(town))
    address = Hazard.objects.get().get_absolute_url()
    leader.fill_in(f"{address}reject/", why="该处不是疏散通道")
    page = Browser().read(f"/report/{code}/")
    assert "未予受理" in page.text and "该处不是疏散通道" in page.text
    assert Browser().ask(f"/report/{code}/").status == 200
    page = Browser().press(f"/report/{code}/", "提出异议", why="墙上有疏散标识")
    assert "已提出异议" in page.text
    leader.press(f"{address}accept/", "核实受理")
    assert "已核实受理" in Browser().read(f"/report/{code}/").text


def test_a_merged_report_goes_on_telling_by_its_own_code(town, leader):
    """Two report the same within 50 m; the officer is offered the other one; both codes tell, neither tells of the other."""
    first = code_of(send(town, lon="121.4401", lat="31.23", what="甲看到通道堵了"))
    second = code_of(send(town, lon="121.44012", lat="31.23", what="乙也看到通道堵了"))
    one, two = Hazard.objects.order_by("pk")
    assert one.get_absolute_url() in leader.read(two.get_absolute_url()).body.decode()
    leader.press(f"{one.get_absolute_url()}accept/", "核实受理")
    leader.fill_in(f"{two.get_absolute_url()}merge/", into=str(one.pk))
    leader.fill_in(f"{one.get_absolute_url()}grade/", grade="general")
    leader.fill_in(
        f"{one.get_absolute_url()}order/",
        responsible=str(town.organisations["STREET"].pk),
        responsible_post="店长",
        due_on=f"{town.today:%Y-%m-%d}",
    )
    page = Browser().read(f"/report/{second}/")
    assert "与反映同一问题的上报合并办理" in page.text and "已要求责任单位整改" in page.text
    assert "乙也看到" in page.text and "甲看到" not in page.text
    assert "乙也看到" not in Browser().read(f"/report/{first}/").text
    Hazard.objects.filter(pk=one.pk).update(state="closed")
    Browser().press(f"/report/{second}/", "仍未解决", why="还堵着")
    one.refresh_from_db()
    assert one.state == "contested"


def test_photos_lose_what_the_camera_noted_and_contacts_are_kept_apart(town, leader, tmp_path):
    code = code_of(send(town, phone=PHONE, photos=file("IMG_1.jpg", with_notes())))
    kept = Attachment.objects.get()
    body = store.get(kept.sha256)
    assert b"PhoneMaker" not in body and b"Exif" not in body
    contact = ReporterContact.objects.get()
    assert PHONE not in contact.phone_enciphered and contact.phone_masked == "138****5678"
    every = "".join(str(one) for one in Change.objects.values_list("before", "after", "why", "subject_name"))
    assert PHONE not in every and PHONE not in Browser().read(f"/report/{code}/").text
    address = Hazard.objects.get().get_absolute_url()
    assert "138****5678" in leader.read(address).text
    assert "138****" not in town.browser("street").read(address).text
    assert (
        town.browser("street").ask(address.replace("/hazards/", "/hazards/public/") + "contact/").status
        == 404
    )
    pk = address.rstrip("/").rsplit("/", 1)[1]
    page = leader.fill_in(f"/hazards/public/{pk}/contact/", why="核实位置")
    assert page.fact("联系电话") == PHONE
    assert Change.objects.get(what="hazards.see_contact").why == "核实位置"
    csv = b"".join(leader.client.get("/hazards/public/?format=csv").streaming_content).decode()
    assert "二层疏散通道" in csv and PHONE not in csv and "138****" not in csv
    workers.erase_reporters(town.now + timedelta(days=179))
    assert ReporterContact.objects.exists()
    workers.erase_reporters(town.now + timedelta(days=181))
    assert not ReporterContact.objects.exists()
    assert Change.objects.filter(what="hazards.forget_contact").count() == 1


def swelling():
    """A zip of a few kilobytes that unpacks to hundreds of megabytes."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * (210 * 2**20))
    return body.getvalue()


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.svg", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("a.jpg", lambda: b"<!doctype html><script>alert(1)</script>"),
        ("a.html", lambda: b"<html><body>x</body></html>"),
        ("a.png", with_notes),
        ("a.txt", lambda: "文字".encode()),
        ("a.gif", lambda: b"GIF89a/*" + b"\0" * 40 + b"*/=1;alert(1)//"),
        ("a.jpg", lambda: with_notes()[:200]),
        ("a.docx", swelling),
        ("a.zip", swelling),
        ("a.pdf", lambda: b"%PDF-1.4 x"),
        ("a.jpg", lambda: b""),
    ],
)
def test_hostile_files_are_refused_with_words_and_nothing_typed_is_lost(town, leader, name, make):
    page = send(town, photos=file(name, make()))
    assert name in page.text or "空" in page.text or "empty" in page.text, page.text[:600]
    assert page.html.xpath("//*[@role='alert']")
    assert page.html.get_element_by_id("id_what").text.strip() == SEEN["what"]
    assert not Hazard.objects.exists() and not Attachment.objects.exists()


def test_a_picture_with_something_behind_it_keeps_the_picture_alone(town, leader):
    """A photo that is also an archive or a page: only its pixels are kept."""
    body = with_notes() + b"PK\x03\x04<script>alert(1)</script>"
    code_of(send(town, photos=file("a.jpg", body)))
    kept = store.get(Attachment.objects.get().sha256)
    assert b"script" not in kept and b"PK\x03\x04" not in kept


def test_the_same_form_sent_twice_is_one_report(town, leader):
    browser = Browser()
    page = browser.read(FORM)
    town.wind(seconds=30)
    form = page.form("what", "ticket")
    first, second = browser.send(page, form, **SEEN), browser.send(page, form, **SEEN)
    assert code_of(first) == code_of(second) and PublicReport.objects.count() == 1


def test_a_flood_is_limited_and_told_when_to_come_again(town, leader):
    """One browser after six, one address after twenty; what was acknowledged is all there; the next hour is open."""
    browser = Browser()
    for number in range(6):
        code_of(send(town, browser, what=f"第{number}处通道堵塞"))
    page = send(town, browser, what="第七处通道堵塞")
    assert page.status == 429 and int(page.answer["Retry-After"]) > 0 and "分钟后再试" in page.text
    assert page.html.get_element_by_id("id_what").text.strip() == "第七处通道堵塞"
    for number in range(14):
        code_of(send(town, what=f"第{number + 10}处通道堵塞了"))
    assert send(town, what="又一处通道堵塞").status == 429
    assert PublicReport.objects.count() == Hazard.objects.count() == 20
    assert not any(
        re.search(r"127\.0\.0\.1", f"{one.sender_sha256}{one.device_sha256}")
        for one in PublicReport.objects.all()
    )
    town.wind(minutes=61)
    code_of(send(town, browser, what="第七处通道堵塞"))
    workers.erase_reporters(town.now + timedelta(days=2))
    assert set(PublicReport.objects.values_list("sender_sha256", "device_sha256")) == {("", "")}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"website": "x"}, "填写了隐藏栏目"),
        ({"what": "加微信 http://example.com 领奖，通道"}, "文字中有网址"),
        ({"what": "啊啊啊啊啊啊"}, "文字没有内容"),
    ],
)
def test_what_looks_odd_waits_apart_for_a_person_and_is_not_lost(town, leader, typed, said):
    code = code_of(send(town, **typed))
    assert "已收到上报" in Browser().read(f"/report/{code}/").text
    hazard = Hazard.objects.get()
    assert hazard.what not in leader.read("/hazards/").text
    assert said in leader.read("/hazards/public/", standing="held").line(hazard.what[:10])
    assert said in leader.read(hazard.get_absolute_url()).text
    leader.press(hazard.get_absolute_url(), "放行")
    assert hazard.what in leader.read("/hazards/").text
    assert "没有符合条件" in leader.read("/hazards/public/", standing="held").text


def test_a_form_sent_at_once_is_odd_too(town, leader):
    browser = Browser()
    page = browser.read(FORM)
    code_of(browser.send(page, page.form("what", "ticket"), **SEEN))
    assert PublicReport.objects.get().suspicions == ["fast"]


def test_a_code_is_not_guessed(town, leader):
    code_of(send(town))
    codes = [f"2222-2222-2222-22{a}{b}" for a in "23456789" for b in "2345"]
    answers = [Browser().ask(f"/report/{code}/").status for code in codes]
    assert set(answers[:30]) == {404} and answers[-1] == 429
    assert Browser().ask("/report/find/", code="not a code").status in (404, 429)


def test_without_a_ticket_of_ours_nothing_is_taken(town, leader):
    browser = Browser()
    page = browser.read(FORM)
    form = page.form("what", "ticket")
    form.fields["ticket"] = "forged"
    answer = browser.send(page, form, **SEEN)
    assert "尚未提交" in answer.text and not Hazard.objects.exists()
    town.wind(minutes=1)
    code_of(browser.send(answer, answer.form("what", "ticket")))


def test_the_page_is_light_has_no_inline_script_and_speaks_english(town, leader):
    for number in range(60):
        town.place(f"P-{number}", f"示范公园{number}", "park", "PARKS", is_public=True)
    page = Browser().read(FORM)
    linked = page.html.xpath("//link[@rel='stylesheet']/@href | //script/@src")
    weight = len(page.body) + sum(len(Browser().ask(address).body) for address in linked)
    assert weight <= 50_000, weight
    assert not page.html.xpath("//script[not(@src)] | //*[@style] | //@onclick")
    english = Browser().read(f"{FORM}?language=en")
    assert "What did you see" in english.text and not re.search(
        r"[\u4e00-\u9fff]{2}", english.text.replace("示范", "").replace("中文", "").split("Which place")[0]
    )
    assert page.answer.cookies["reporter"]["httponly"] and "sessionid" not in page.answer.cookies


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"what": " "}, ""),
        ({"kind": ""}, ""),
        ({"address": ""}, "请选择场所"),
        ({"phone": "call me"}, "联系电话只能是数字"),
    ],
)
def test_what_lacks_something_is_drawn_again_with_the_reason(town, leader, typed, said):
    page = send(town, **typed)
    assert said in page.text and page.html.xpath("//*[@role='alert']") and not Hazard.objects.exists()


def test_a_place_by_its_name_takes_the_report_to_who_supervises_it_by_the_table(town, leader, square):
    code_of(send(town, place="云栖广场", address=""))
    hazard = Hazard.objects.get()
    assert hazard.place == square and hazard.organisation == town.organisations["STREET"]
    code_of(send(town, place="某处", address="无名路"))
    assert Hazard.objects.order_by("-pk")[0].organisation.parent is None
