"""The ladder on the page, mutes, the rehearsal, the test that rings oneself; and the page behind a message's link."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from anlan.domains.accounts.models import Person
from anlan.domains.emergency.actions.links import make_link, ring_me
from anlan.domains.emergency.actions.mutes import mute_alarm
from anlan.domains.emergency.models import Alarm, Answer, AnswerLink, Mute
from anlan.domains.emergency.tests.laddered import Night
from anlan.domains.places.models import Place
from anlan.kit import tables
from anlan.kit.models import Change, Contact, Message

HOSTILE = "<script>alert('x')</script>\"'{{ 7|add:7 }}"


@pytest.fixture
def night(db, monkeypatch):
    """An evening that is now: pages read the wall clock."""
    cache.clear()
    return Night(monkeypatch, now=timezone.now().replace(microsecond=0))


@pytest.fixture
def browse(client):
    def sign_in(person):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def text_of(answer, status=200):
    assert answer.status_code == status, answer.content[:300]
    return answer.content.decode()


# ── the ladder ──────────────────────────────────────────────────────────────────────────────────


def test_the_alarms_page_draws_who_was_told_by_what_and_what_comes_next(night, browse):
    night.empty("centre")
    alarm = night.alarm("yellow")
    night.tick()
    text = text_of(browse(night.people["squad"]).get(alarm.get_absolute_url()))
    assert "带班警长" in text and "squad-officer" in text and "传呼台 渠道已受理" in text
    assert "空岗，已跳过" in text  # the square has no operator
    assert "支队值班" in text and "下一步" in text and "data-counts-to" in text
    assert "现在无人值班，到时将跳过" in text
    part = browse(night.people["squad"]).get(reverse("emergency:alarm_ladder", args=[alarm.pk]))
    assert (
        'id="ladder"' in text_of(part)
        and "<html" not in text_of(part)
        and part["Cache-Control"] == "no-store"
    )


def test_a_failure_is_shown_in_the_services_own_words(night, browse):
    night.service.fails.add("squad-officer")
    alarm = night.alarm("yellow")
    night.tick()
    text = text_of(browse(night.people["centre"]).get(reverse("emergency:alarm_ladder", args=[alarm.pk])))
    assert "未送达，已转下一步" in text and "no such number" in text


def test_whoever_may_not_answer_sees_the_ladder_and_no_buttons(night, browse):
    alarm = night.alarm("yellow")
    night.tick()
    text = text_of(browse(night.town.reader).get(alarm.get_absolute_url()))
    assert "带班警长" in text
    for name in ("alarm_mute", "alarm_jump"):
        assert (
            reverse(f"emergency:{name}", args=[alarm.pk, *([3] if name == "alarm_jump" else [])]) not in text
        )


def test_a_jump_asks_for_the_reason_and_rings(night, browse):
    alarm = night.alarm("yellow")
    night.tick()
    client, address = browse(night.people["squad"]), reverse("emergency:alarm_jump", args=[alarm.pk, 4])
    assert "越级通知：指挥中心" in text_of(client.get(address))
    assert "请写明越级通知的理由" in text_of(client.post(address, {"why": ""}))
    assert client.post(address, {"why": HOSTILE}).status_code == 302
    text = text_of(client.get(alarm.get_absolute_url()))
    assert "人工越过" in text and HOSTILE not in text and "&lt;script&gt;" in text
    assert client.get(reverse("emergency:alarm_jump", args=[alarm.pk, 77])).status_code == 404


# ── mutes ───────────────────────────────────────────────────────────────────────────────────────


def test_muting_offers_only_what_the_level_allows_and_stands_on_the_board(night, browse):
    alarm = night.alarm("orange")
    client, address = browse(night.people["squad"]), reverse("emergency:alarm_mute", args=[alarm.pk])
    text = text_of(client.get(address))
    assert "30 分钟" in text and "60 分钟" not in text
    assert "请写明暂停提醒的理由" in text_of(client.post(address, {"minutes": 10, "why": ""}))
    assert client.post(address, {"minutes": 10, "why": HOSTILE}).status_code == 302
    assert Mute.objects.get().owner == night.people["squad"]
    assert "1 张暂停提醒" in text_of(client.get(reverse("emergency:alarms")))
    for page in (reverse("emergency:mutes"), alarm.get_absolute_url()):
        text = text_of(client.get(page))
        assert "squad-officer" in text and HOSTILE not in text
    exported = b"".join(client.get(reverse("emergency:mutes") + "?format=csv").streaming_content).decode()
    assert "squad-officer" in exported
    client.post(reverse("emergency:alarm_unmute", args=[alarm.pk]))
    assert Mute.objects.get().ended_by == "by_hand"
    assert "没有暂停提醒" in text_of(client.get(reverse("emergency:mutes")))


def test_mutes_of_others_alarms_are_not_seen(night, browse):
    alarm = night.alarm("orange", place=night.town.mall)
    mute_alarm(
        alarm, by=night.town.trader, now=night.now, until=night.now + timedelta(minutes=5), why="已派人"
    )
    assert "trader" in text_of(browse(night.town.trader).get(reverse("emergency:mutes")))
    assert "trader" not in text_of(browse(night.town.reader).get(reverse("emergency:mutes")))


# ── a rehearsal, the table, a test ──────────────────────────────────────────────────────────────


def test_a_rehearsal_says_what_would_happen_and_tells_nobody(night, browse):
    night.empty("centre")
    changes = Change.objects.count()
    address = reverse("emergency:rehearsal")
    assert "预演" in text_of(browse(night.town.chief).get(address))
    place = Place.objects.get(code="SQ").pk
    text = text_of(browse(night.town.chief).get(f"{address}?place={place}&level=yellow"))
    assert "第 0 秒" in text and "第 120 秒" in text and "squad-officer" in text
    assert "指挥中心：现在无人值班" in text
    red = text_of(browse(night.town.chief).get(f"{address}?place={place}&level=red"))
    assert "第 120 秒" in red and "第 300 秒" in red
    assert not Message.objects.exists() and not Alarm.objects.exists() and Change.objects.count() == changes
    mall = Place.objects.get(code="M").pk
    foreign = text_of(browse(night.town.reader).get(f"{address}?place={mall}&level=red"))
    assert "第 0 秒" not in foreign


def test_the_table_refuses_red_in_turn_and_takes_another_order(night, browse):
    client = browse(night.town.chief)
    assert "待核实" in text_of(client.get("/tables/emergency.reporting/"))
    row = {
        "recipient": "command_centre", "after_s": 60, "way": "in_turn", "repeat_s": 60, "most_repeats": 1,
        "valid_from": str(timezone.localdate()), "clause": "区应急办〔2026〕3号", "why": "试行",
    }  # fmt: skip
    assert "红色须同时通知所有对象" in text_of(client.post("/tables/emergency.reporting/row/red-3/", row))
    assert client.post("/tables/emergency.reporting/row/yellow-3/", row).status_code == 302
    assert (
        tables.read("emergency.reporting", on=timezone.localdate())["yellow-3"]["recipient"]
        == "command_centre"
    )
    night.alarm("yellow")
    night.tick()
    night.wind(70)
    assert night.service.to("centre-officer") and not night.service.to("detachment-officer")


def test_the_test_page_rings_only_oneself(night, browse):
    me = night.people["squad"]
    client, address = browse(me), reverse("emergency:ring_test")
    assert "传呼台" in text_of(client.get(address))
    assert "只有您会收到" in text_of(client.post(address, follow=True))
    night.sender.wind(timezone.now())
    assert [one.to for one in night.service.sent] == ["squad-officer"]
    link = night.service.sent[0].link
    client.logout()
    page = text_of(client.get(link))
    assert client.post(link).status_code == 200 and AnswerLink.objects.get().used_at is None
    assert client.post(link, {"check": sealed(page)}).status_code == 302
    assert AnswerLink.objects.get().used_at and "已确认收到" in text_of(client.get(link))
    assert "已确认收到" in text_of(browse(me).get(address))
    Contact.objects.filter(person=me).delete()
    assert "没有可用的联系方式" in text_of(browse(me).get(address))


# ── the page behind a link ──────────────────────────────────────────────────────────────────────


def sealed(page):
    return re.search(r'name="check" value="([^"]+)"', page)[1]


def ring(night, level="yellow"):
    """An alarm that has rung; (the alarm, the link in the squad leader's message)."""
    alarm = night.alarm(level)
    night.tick()
    return alarm, night.service.to("squad-officer")[-1].link


def test_one_tap_answers_as_that_person_without_signing_in(night, client):
    _alarm, link = ring(night)
    answer = client.get(link)
    page = text_of(answer)
    assert answer["Referrer-Policy"] == "no-referrer" and "no-store" in answer["Cache-Control"]
    assert "示范广场" in page and "签收并处置" in page and "data-counts-to" in page and "<script>" not in page
    done = client.post(
        link, {"check": sealed(page), "measure": "send_people", "look_min": 10, "words": HOSTILE}
    )
    assert done.status_code == 302 and done["Location"] == link
    given = Answer.objects.get()
    assert (given.person, given.way, given.words) == (night.people["squad"], "link", HOSTILE)
    after = text_of(client.get(link))
    assert "已签收" in after and "您已用此链接签收" in after and HOSTILE not in after
    assert "_auth_user_id" not in client.session
    assert Alarm.objects.get().answered_at


@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_a_scanner_that_follows_the_link_changes_nothing(night, client, method):
    _alarm, link = ring(night)
    before = (Change.objects.count(), list(AnswerLink.objects.values()), list(Alarm.objects.values()))
    for words in (
        {},
        {"measure": "send_people", "look_min": 10},
        {"measure": "send_people", "check": "x", "look_min": 5},
    ):
        getattr(client, method)(link, words)
    assert before == (Change.objects.count(), list(AnswerLink.objects.values()), list(Alarm.objects.values()))
    assert not Answer.objects.exists()


def test_the_seal_of_one_page_opens_no_other(night, client):
    _alarm, link = ring(night, "red")
    other = night.service.to("centre-officer")[-1].link
    page = text_of(client.get(link))
    answer = client.post(other, {"check": sealed(page), "measure": "send_people", "look_min": 10})
    assert "页面打开太久" in text_of(answer) and not Answer.objects.exists()


def test_other_methods_and_unknown_tokens(night, client):
    _alarm, link = ring(night)
    assert client.put(link).status_code == 405
    text = text_of(client.get("/a/nonsense/"), 404)
    assert "链接无效" in text and "登录后办理" in text
    for _n in range(40):
        last = client.get("/a/nonsense/")
    assert last.status_code == 429
    assert client.get(link).status_code == 200  # a sound link still opens


def test_answering_again_and_again_is_stopped(night, client):
    _alarm, link = ring(night)
    codes = [client.post(link, {"measure": "nonsense"}).status_code for _n in range(12)]
    assert codes[0] == 200 and codes[-1] == 429


def test_spent_expired_and_overtaken_links_say_so_and_offer_to_sign_in(night, client):
    alarm, link = ring(night)
    AnswerLink.objects.filter(person=night.people["squad"]).update(
        valid_until=timezone.now() - timedelta(seconds=1)
    )
    text = text_of(client.get(link), 410)
    assert "链接已过期" in text and alarm.get_absolute_url() in text
    night.alarm("red")
    night.tick()
    text = text_of(client.post(link, {"measure": "send_people"}), 410)
    assert "请使用最新一条通知中的链接" in text
    fresh = night.service.to("squad-officer")[-1].link
    assert text_of(client.get(fresh))


def test_the_second_of_two_is_told_who_answered(night, client):
    alarm, link = ring(night)
    page = text_of(client.get(link))
    night.answer(alarm, code="centre")
    answer = client.post(link, {"check": sealed(page), "measure": "send_people", "look_min": 10})
    text = text_of(answer)
    assert "centre-officer" in text and Answer.objects.count() == 1
    # having seen it, he may add a measure of his own
    assert (
        client.post(link, {"check": sealed(text), "measure": "send_people", "look_min": 10}).status_code
        == 302
    )
    assert Answer.objects.count() == 2


def test_whoever_left_or_may_not_answer_any_more_cannot(night, client):
    alarm = night.alarm("yellow")
    guest = make_link(night.town.reader, now=timezone.now(), alarm=alarm)
    assert "没有签收这张处置单的权限" in text_of(client.get(guest.address))
    _alarm, link = ring(night)
    Person.objects.filter(pk=night.people["squad"].pk).update(is_active=False)
    assert "账号已停用" in text_of(client.get(link), 410)


def test_the_page_speaks_the_persons_language(night, client):
    Person.objects.filter(pk=night.people["squad"].pk).update(language="en")
    _alarm, link = ring(night)
    assert "Answer with a measure" in night.service.sent[0].text
    assert "签收并处置" in text_of(client.get(f"{link}?language=zh-hans"))
    body = text_of(client.get(link)).partition('<div class="tap"')[2].partition("<footer>")[0]
    names = "|".join(["示范广场", "公安"])
    assert "Sign in to see everything" in body and not re.search(r"[\u4e00-\u9fff]", re.sub(names, "", body))


def test_a_test_of_ones_own_is_in_the_persons_language(night):
    me = night.people["squad"]
    me.language = "en"
    me.save()
    ring_me(me, by=me, now=night.now)
    assert not re.search(r"[\u4e00-\u9fff]", Message.objects.get().text)
