"""The pages of duty through the front door."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from anlan.domains.emergency.actions import duty as posts
from anlan.domains.emergency.actions import duty_checks as checks
from anlan.domains.emergency.models import (
    CalendarLink,
    CalledPerson,
    DutyLogEntry,
    DutySheet,
    DutyShift,
    DutySwap,
    FixedShift,
    Handover,
    Roster,
)
from anlan.domains.emergency.queries.duty_board import bar_of
from anlan.domains.emergency.tests.duty_room import build_room, rota
from anlan.domains.emergency.workers.duty import make_sheets

BACKEND = "django.contrib.auth.backends.ModelBackend"
HOSTILE = "<script>alert(1)</script>{{7*7}}=cmd"


@pytest.fixture
def room(db, monkeypatch):
    room = build_room(monkeypatch)
    room.now = timezone.now()
    room.post.since = room.now - timedelta(days=3)
    room.post.save()
    return room


@pytest.fixture
def browse(client, room):
    def sign_in(name="editor"):
        client.force_login(getattr(room, name), backend=BACKEND)
        return client

    return sign_in


def begun(room, **words):
    """A rota that began two days ago."""
    start = room.now - timedelta(days=2)
    return rota(room, now=start, starts_on=timezone.localdate(start), **words)


def put_on(room, person, *, hours=(-3, 3), **words):
    """A fixed shift around the present."""
    since, until = (room.now + timedelta(hours=one) for one in hours)
    told = {
        "role": "duty_officer",
        "since": since.replace(microsecond=0),
        "until": until.replace(microsecond=0),
    }
    return FixedShift.objects.create(post=room.post, person=person, **told | words)


def address(name, *args):
    return reverse(f"emergency:{name}", args=args)


def text_of(answer):
    return b"".join(answer).decode() if answer.streaming else answer.content.decode()


def stamp(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


# ── the board and posts ─────────────────────────────────────────────────────────────────────────


def test_the_board_says_who_is_on_until_when_and_who_is_next(browse, room):
    put_on(room, room.anne)
    put_on(room, room.bert, hours=(3, 9))
    page = text_of(browse("reader").get(address("duty")))
    assert "anne" in page and "bert" in page and "总值班室" in page and "缺值班员" in page
    assert "无人值班" not in page


def test_an_empty_post_is_the_loudest_thing_on_the_board(browse, room):
    page = text_of(browse().get(address("duty")))
    assert "总值班室 未来 7 天没有值班员" in page and "alert-danger" in page and "立即补排" in page


def test_before_there_is_a_post_the_board_says_what_to_do(browse, room):
    posts.retire_post(room.post, by=room.editor, now=room.now, why="试")
    page = text_of(browse().get(address("duty")))
    assert "还没有值班岗位" in page and address("duty_post_add") in page


def test_a_post_is_set_up_changed_retired_and_restored(browse, room):
    words = {
        "organisation": room.office.pk,
        "code": "LEAD",
        "name": "带班领导",
        "kind": "leader",
        "roll_call_days": 0,
    }
    answer = browse().post(
        address("duty_post_add"), words | {"must_be_staffed": "on", "needed_roles": ["duty_leader"]}
    )
    assert answer.status_code == 302
    page = browse().post(
        address("duty_post_edit", "LEAD"), words | {"name": "值班局长", "needed_roles": ["duty_leader"]}
    )
    assert page.status_code == 302 and "值班局长" in text_of(browse().get(address("duty_posts")))
    browse().post(address("duty_post_retire", "LEAD"), {"why": "合并"})
    assert "值班局长" not in text_of(browse().get(address("duty_posts")))
    browse().post(address("duty_post_restore", "LEAD"))
    assert "值班局长" in text_of(browse().get(address("duty_posts") + "?format=csv"))


def test_one_confirms_and_comes_on_from_the_board(browse, room):
    shift, later = put_on(room, room.anne), put_on(room, room.anne, hours=(6, 9))
    browse("anne").post(address("duty_own_shift", "ROOM"), {"deed": "on", "since": shift.since.isoformat()})
    browse("anne").post(
        address("duty_own_shift", "ROOM"), {"deed": "confirm", "since": later.since.isoformat()}
    )
    assert DutyShift.objects.filter(on_at__isnull=False).count() == 1
    assert DutyShift.objects.filter(confirmed_at__isnull=False).count() == 1
    assert "已确认" in text_of(browse("anne").get(address("duty")))
    bad = browse("anne").post(address("duty_own_shift", "ROOM"), {"deed": "on", "since": "x"})
    assert bad.status_code == 404


# ── rosters ─────────────────────────────────────────────────────────────────────────────────────


def roster_words(room, **more):
    day = timezone.localdate() + timedelta(days=1)
    return {"name": "夜班表", "role": "duty_officer", "seat": 1, "shifts": "08:30 24", "teams": "anne\nbert", "turn": "shift",
            "starts_on": day.isoformat()} | more  # fmt: skip


def test_a_roster_is_seen_four_weeks_ahead_before_it_is_kept(browse, room):
    page = text_of(browse().post(address("duty_roster_add", "ROOM"), roster_words(room, preview="1")))
    assert not Roster.objects.exists() and page.count("08:30–08:30") == 28 and "保存值班表" in page
    assert "336" in page  # hours of each of the two
    browse().post(address("duty_roster_add", "ROOM"), roster_words(room, keep="1"))
    assert Roster.objects.get().teams == [[room.anne.pk], [room.bert.pk]]


def test_a_preview_names_a_clash_and_what_cannot_be_read(browse, room):
    begun(room)
    page = text_of(browse().post(address("duty_roster_add", "ROOM"), roster_words(room, preview="1")))
    assert "与排班“三班倒”" in page
    page = text_of(
        browse().post(address("duty_roster_add", "ROOM"), roster_words(room, preview="1", shifts="?"))
    )
    assert "读不懂班次" in page and "保存值班表" not in page
    page = text_of(browse("anne").post(address("duty_roster_add", "ROOM"), roster_words(room, preview="1")))
    assert "不能编排" in page


def test_a_roster_is_shown_changed_and_ended(browse, room):
    browse().post(address("duty_roster_add", "ROOM"), roster_words(room, keep="1"))
    row = Roster.objects.get()
    assert "anne<br>bert" in text_of(browse().get(row.get_absolute_url()))
    assert "anne" in text_of(browse().get(address("duty_roster_change", row.pk)))
    browse().post(address("duty_roster_change", row.pk), roster_words(room, keep="1", teams="dora"))
    row.refresh_from_db()
    assert row.teams == [[room.dora.pk]]
    day = row.starts_on + timedelta(days=30)
    browse().post(address("duty_roster_end", row.pk), {"ends_on": day.isoformat(), "why": "季度结束"})
    row.refresh_from_db()
    assert row.ends_on == day
    assert "夜班表" in text_of(browse().get(address("duty_roster_add", "ROOM") + f"?like={row.pk}"))


def test_a_fixed_shift_is_put_in_and_taken_out(browse, room):
    words = {"person": room.dora.pk, "role": "duty_officer", "seat": 1, "since": stamp(room.now), "until": stamp(room.now + timedelta(hours=8))}  # fmt: skip
    browse().post(address("duty_shift_add", "ROOM"), words)
    row = FixedShift.objects.get()
    browse().post(address("duty_shift_withdraw", row.pk), {"why": "改期"})
    row.refresh_from_db()
    assert row.withdrawn_at


# ── files ───────────────────────────────────────────────────────────────────────────────────────


def hand_in(browser, text, name="shifts.csv"):
    body = text if isinstance(text, bytes) else text.encode()
    return text_of(browser.post(address("duty_import"), {"body": SimpleUploadedFile(name, body)}))


def test_shifts_from_a_file_are_seen_with_their_faults_and_then_kept(browse, room):
    day = (timezone.localdate() + timedelta(days=5)).isoformat()
    text = (
        "岗位编码,登录名,姓名,岗位,席位,开始时间,结束时间\n"
        f"ROOM,anne,,值班员,1,{day} 08:30,{day} 20:30\n"
        f"ROOM,,bert,值班员,1,{day} 19:00,{day} 23:00\n"
        f"ROOM,nobody,,值班员,1,{day} 21:00,{day} 22:00\n"
        f"NONE,anne,,值班员,1,{day} 21:00,{day} 22:00\n"
        f"ROOM,anne,,厨师,1,{day} 21:00,{day} 22:00\n"
        f"ROOM,bert,,值班员,0,{day} 21:00,{day} 22:00\n"
        "ROOM,bert,,值班员,1,昨天,明天\n"
    )
    page = hand_in(browse(), text)
    for said in (
        "本岗位已有值班",
        "不是本单位",
        "没有您可以编排",
        "没有岗位",
        "1 至 20",
        "读不懂时间",
        "确认导入 1 行",
    ):
        assert said in page, said
    browse().post(address("duty_import"), {"text": text})
    assert FixedShift.objects.get().person == room.anne
    assert "无变化" in hand_in(browse(), text)


def test_what_goes_out_as_a_calendar_comes_in_again(browse, room):
    put_on(room, room.anne, hours=(24, 32))
    link = checks.give_calendar(room.editor, by=room.editor, now=room.now, post=room.post).subject
    browse().logout()
    body = browse().get(address("duty_calendar", link.token)).content
    FixedShift.objects.all().delete()
    assert "确认导入 1 行" in hand_in(browse(), body, "duty.ics")
    assert "不是可读的日历" in text_of(browse().post(
        address("duty_import"), {"body": SimpleUploadedFile("a.ics", b"BEGIN:VCALENDAR\nnonsense")}, follow=True
    ))  # fmt: skip


def test_a_calendar_is_read_without_sign_in_and_its_address_is_shown_once(client, browse, room):
    put_on(room, room.anne)
    put_on(room, room.bert, hours=(3, 9))
    answer = browse("anne").post(address("duty_calendars"), {"post": ""})
    path = text_of(answer).split('id="address">')[1].split("<")[0].partition("testserver")[2]
    assert "no-store" in answer["Cache-Control"]
    assert path not in text_of(browse("anne").get(address("duty_calendars")))
    client.logout()
    feed = client.get(path)
    sheet = Calendar.from_ical(feed.content)
    (entry,) = sheet.walk("VEVENT")
    assert feed["Content-Type"].startswith("text/calendar") and feed["Referrer-Policy"] == "no-referrer"
    assert entry["dtstart"].params["TZID"] == "Asia/Shanghai" and "anne" in entry["summary"]
    assert b"BEGIN:VTIMEZONE" in feed.content and client.post(path).status_code == 405
    browse("anne").post(address("duty_calendar_revoke", CalendarLink.objects.get().pk))
    client.logout()
    assert (
        client.get(path).status_code == 404 and client.get(address("duty_calendar", "x")).status_code == 404
    )


# ── swaps, roll-calls, handovers ────────────────────────────────────────────────────────────────


def test_a_swap_is_asked_answered_and_assigned(browse, room):
    put_on(room, room.anne, hours=(24, 32))
    words = {"giver": room.anne.pk, "taker": room.bert.pk, "since": stamp(room.now + timedelta(hours=25)),
             "until": stamp(room.now + timedelta(hours=30)), "reason": "就医"}  # fmt: skip
    browse("anne").post(address("duty_swap_ask", "ROOM"), words)
    swap = DutySwap.objects.get()
    assert "待您答复" in text_of(browse("bert").get(address("duty")))
    assert "同意调班" in text_of(browse("bert").get(swap.get_absolute_url()))
    assert "同意调班" not in text_of(browse("carl").get(swap.get_absolute_url()))
    browse("bert").post(address("duty_swap_answer", swap.pk), {"deed": "refuse", "answer": ""})
    assert DutySwap.objects.get().state == "asked"
    browse("bert").post(address("duty_swap_answer", swap.pk), {"deed": "accept"})
    assert DutySwap.objects.get().state == "accepted"
    browse("editor").post(
        address("duty_swap_ask", "ROOM"),
        words | {"giver": room.bert.pk, "taker": room.dora.pk, "assign": "1"},
    )
    assert DutySwap.objects.filter(state="assigned").exists()
    assert "就医" in text_of(browse().get(address("duty_swaps") + "?format=csv"))


def test_a_roll_call_is_made_and_answered_on_its_page(browse, room):
    put_on(room, room.anne)
    assert "anne" in text_of(browse().get(address("duty_call_roll", "ROOM")))
    answer = browse().post(address("duty_call_roll", "ROOM"), {"within_min": 5, "note_text": HOSTILE})
    page = text_of(browse().get(answer["Location"]))
    assert "待应答" in page and "<script>alert" not in page
    room.sweeps.call_rolls(timezone.now())
    assert "anne · 传呼台" in text_of(browse("anne").get(answer["Location"])) and "正在点名" in text_of(
        browse("anne").get(address("duty"))
    )
    called = CalledPerson.objects.get()
    assert browse("bert").post(address("duty_call_answer", called.roll_call_id)).status_code == 404
    assert browse("anne").get(address("duty_call_answer", called.roll_call_id)).status_code == 405
    browse("anne").post(address("duty_call_answer", called.roll_call_id))
    rows = list(csv.reader(io.StringIO(text_of(browse().get(address("duty_roll_calls") + "?format=csv")))))
    assert rows[1][4] == "已应答"


def test_a_handover_lists_what_is_open_and_takes_two_signatures(browse, room):
    put_on(room, room.anne, hours=(-6, 0))
    put_on(room, room.bert, hours=(0, 6))
    page = text_of(browse("anne").get(address("duty_hand_over", "ROOM")))
    assert "缺班" in page
    browse("anne").post(address("duty_hand_over", "ROOM"), {"notes": HOSTILE})
    row = Handover.objects.get()
    assert row.open_rows and row.off_by == room.anne
    assert browse("anne").get(address("duty_hand_over", "ROOM"))["Location"] == row.get_absolute_url()
    page = text_of(browse("anne").get(row.get_absolute_url()))
    assert "须由接班人本人" in page and "<script>alert" not in page
    browse("anne").post(row.get_absolute_url(), {"why": "替"})
    assert Handover.objects.get().on_at is None
    browse("bert").post(row.get_absolute_url(), {})
    assert Handover.objects.get().on_by == room.bert
    assert "已交接" in text_of(browse().get(address("duty_handovers")))


def test_a_late_handover_is_seen(browse, room):
    put_on(room, room.anne, hours=(-6, -1))
    put_on(room, room.bert, hours=(-1, 6))
    assert "逾时未交班" in text_of(browse().get(address("duty")))


# ── the log, sheets, the wall ───────────────────────────────────────────────────────────────────


def test_the_log_is_written_and_corrected_beside(browse, room):
    words = {
        "post": room.post.pk,
        "kind": "patrol",
        "happened_at": stamp(room.now - timedelta(hours=2)),
        "text": HOSTILE,
    }
    browse("anne").post(address("duty_log_add"), words)
    entry = DutyLogEntry.objects.get()
    page = text_of(browse("reader").get(address("duty_log")))
    assert "补记" in page and "<script>alert" not in page and "记一条" not in page
    browse("anne").post(address("duty_log_add") + f"?corrects={entry.pk}", words | {"text": "更正后"})
    page = text_of(browse().get(address("duty_log")))
    assert f"更正 {entry.pk}：更正后" in page and DutyLogEntry.objects.count() == 2
    assert browse("stranger").get(address("duty_log_add") + f"?corrects={entry.pk}").status_code == 404


def test_a_sheet_is_read_and_signed(browse, room):
    begun(room)
    posts.change_post(room.post, by=room.editor, now=room.now, phone="12345")
    noon = timezone.localtime(room.now).replace(hour=12)
    make_sheets(noon)
    page = text_of(browse().get(address("duty_sheets")))
    assert "值班日报" in page and "待签发" in page
    row = DutySheet.objects.get(kind="morning")
    assert "预警处置单" in text_of(browse("reader").get(row.get_absolute_url()))
    browse("anne").post(row.get_absolute_url(), {"is_zero": "on"})
    assert "已签发" in text_of(browse().get(address("duty_sheets")))


def test_the_wall_is_told_who_leads_and_who_is_on(room):
    put_on(room, room.anne)
    put_on(room, room.leader, role="duty_leader")
    bar = bar_of(room.now)
    assert (bar["leaders"], bar["officers"], bar["empty"]) == (["leader"], ["anne"], [])
    FixedShift.objects.all().delete()
    assert bar_of(room.now)["empty"] == ["总值班室"]
    assert bar_of(room.now, paths=[room.trade.path])["posts"] == 0
