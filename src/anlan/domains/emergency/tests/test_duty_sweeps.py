"""Every timer of duty, by winding a clock: gaps ahead, roll-calls, news of swaps, the day's sheets."""

import random
from datetime import date, timedelta

import pytest

from anlan.channels.sending import Answer, Kind, Outcome
from anlan.channels.table import KINDS
from anlan.domains.emergency.actions import duty as posts
from anlan.domains.emergency.actions import duty_checks as checks
from anlan.domains.emergency.actions import rosters
from anlan.domains.emergency.models import CalledPerson, DutySheet, FixedShift, GapNotice, RollCall
from anlan.domains.emergency.queries.duty_board import find_roll_call
from anlan.domains.emergency.rules import duty as rules
from anlan.domains.emergency.rules.rosters import Hole
from anlan.domains.emergency.tests.duty_room import NOW, at, build_room, minutes, rota, wind
from anlan.domains.emergency.workers.duty import (
    DutySweeps,
    make_sheets,
    tell_gaps,
    tell_late_handovers,
    tell_swaps,
)
from anlan.kit.actions import Refused
from anlan.kit.models import Change, Channel, Contact, Message


@pytest.fixture
def room(db, monkeypatch):
    return build_room(monkeypatch)


def told(prefix):
    """(to, title) of the messages whose key begins so, oldest first."""
    rows = Message.objects.filter(key__startswith=prefix).order_by("pk")
    return [(one.to, one.title) for one in rows]


def ends_on_friday(room):
    """The rota's last shift begins on Friday the 13th and ends on Saturday at 08:30; the next on Monday."""
    rota(room, ends_on=date(2026, 3, 13))
    rota(room, name="下一份", starts_on=date(2026, 3, 16))


# ── gaps ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("ahead", "rung"),
    [
        (timedelta(days=7, seconds=1), None), (timedelta(days=7), 604800), (timedelta(days=3), 604800),
        (timedelta(days=1), 86400), (timedelta(hours=2), 86400), (timedelta(hours=1), 3600), (timedelta(0), 0),
        (timedelta(hours=-5), 0),
    ],
)  # fmt: skip
def test_a_gap_has_reached_the_nearest_rung(ahead, rung):
    assert rules.rung_of(Hole("duty_officer", NOW + ahead, NOW + ahead + timedelta(days=1)), NOW) == rung


def test_a_gap_is_told_seven_days_one_day_and_one_hour_ahead_and_when_it_begins(room):
    ends_on_friday(room)
    gap = at(14, 8, 30)
    wind(tell_gaps, at(2, 9), gap + timedelta(hours=3), step=minutes(30))
    notices = list(GapNotice.objects.order_by("pk"))
    assert [one.ahead_s for one in notices] == [604800, 86400, 3600, 0]
    assert [gap - one.told_at for one in notices][:3] == [
        timedelta(days=7),
        timedelta(days=1),
        timedelta(hours=1),
    ]
    assert {one.since for one in notices} == {gap} and notices[-1].told_at == gap
    assert told("duty-gap/") == [("editor", "缺班：总值班室 值班员")] * 4
    assert Change.objects.filter(what="duty.tell_gap").count() == 4


def test_a_worker_that_slept_tells_late_and_only_the_nearest_rung(room):
    ends_on_friday(room)
    tell_gaps(at(14, 8))
    tell_gaps(at(14, 8, 1))
    assert [one.ahead_s for one in GapNotice.objects.all()] == [3600]


def test_the_leader_on_duty_hears_of_it_too_and_who_edits_nearest(room):
    rota(room)
    rota(room, name="带班", role="duty_leader", teams="leader")
    room.post.needed_roles = ["duty_officer", "shift_chief"]
    room.post.save()
    tell_gaps(at(3))
    assert sorted({to for to, _title in told("duty-gap/")}) == ["editor", "leader"]


def test_a_week_without_anybody_rings_every_day_and_loudest(room):
    wind(tell_gaps, NOW, NOW + timedelta(days=2), step=timedelta(hours=1))
    assert [one.is_whole for one in GapNotice.objects.all()] == [True] * 3
    assert told("duty-gap/")[0] == ("editor", "【无人值班】总值班室 未来 7 天没有值班员")
    assert all(Message.objects.values_list("is_urgent", flat=True))


def test_a_gap_of_which_nobody_can_be_told_is_on_record(room):
    room.editor.is_active = False
    room.editor.save()
    tell_gaps(NOW)
    assert [one.told for one in GapNotice.objects.all()] == [[]]


def test_where_nobody_is_reachable_the_group_hears_of_a_gap(room, monkeypatch):
    robot = Kind("robot", "群机器人", "group robot", (), lambda *_all: Answer(Outcome.ACCEPTED))
    monkeypatch.setitem(KINDS, "robot", robot)
    Channel.objects.create(code="robot", kind="robot", name="值班群", organisation=room.top, settings={})
    Contact.objects.all().delete()
    tell_gaps(NOW)
    assert GapNotice.objects.get().told == ["值班群"]


def test_a_post_that_need_not_be_staffed_or_is_retired_has_no_gap(room):
    posts.change_post(room.post, by=room.editor, now=NOW, must_be_staffed=False)
    tell_gaps(NOW)
    posts.change_post(room.post, by=room.editor, now=NOW, must_be_staffed=True)
    posts.retire_post(room.post, by=room.editor, now=NOW, why="并入")
    tell_gaps(NOW)
    assert not GapNotice.objects.exists()


def test_who_leaves_opens_a_gap_at_once(room):
    rota(room)
    tell_gaps(at(3))
    assert not GapNotice.objects.exists()
    room.carl.is_active = False
    room.carl.save()
    tell_gaps(at(3))
    found = {(one.since, one.ahead_s) for one in GapNotice.objects.all()}
    assert found == {(at(4, 8, 30), 86400), (at(7, 8, 30), 604800), (at(10, 8, 30), 604800)}


# ── handovers ───────────────────────────────────────────────────────────────────────────────────


def test_who_came_on_hears_once_that_the_handover_lacks_signatures(room):
    rota(room)
    wind(tell_late_handovers, at(3, 8, 30), at(3, 8, 45), step=minutes(5))
    assert told("duty-handover/") == []
    wind(tell_late_handovers, at(3, 8, 46), at(3, 12), step=minutes(10))
    assert told("duty-handover/") == [("bert", "交接班未完成：总值班室")]


def test_a_handover_that_both_signed_is_not_asked_for(room):
    rota(room)
    words = {"due_at": at(3, 8, 30), "notes": "无", "open_rows": [], "why": ""}
    row = checks.hand_over(room.post, by=room.anne, now=at(3, 8, 25), **words).subject
    checks.take_over(row, by=room.bert, now=at(3, 8, 31), why="")
    wind(tell_late_handovers, at(3, 8, 40), at(3, 12), step=minutes(20))
    assert told("duty-handover/") == []


# ── roll-calls ──────────────────────────────────────────────────────────────────────────────────


def test_a_roll_call_rings_and_marks_who_did_not_answer_in_time(room):
    rota(room, teams="anne、bert、dora")
    checks.call_roll(room.post, by=room.editor, now=at(2), within_min=5)
    wind(room.sweeps.call_rolls, at(2), at(2, 12, 3), step=timedelta(seconds=2))
    assert told("duty-call/") == [("anne", "【点名抽查】总值班室"), ("bert", "【点名抽查】总值班室")]
    assert Message.objects.filter(is_urgent=True, send_by=at(2, 12, 5)).count() == 2
    anne, bert, _dora = CalledPerson.objects.order_by("person__username")
    checks.answer_call(anne, by=room.anne, now=at(2, 12, 3))
    wind(room.sweeps.call_rolls, at(2, 12, 3), at(2, 12, 5), step=timedelta(seconds=2))
    bert.refresh_from_db()
    assert bert.state == "waiting"
    room.sweeps.call_rolls(at(2, 12, 5, 1))
    states = dict(CalledPerson.objects.values_list("person__username", "state"))
    assert states == {"anne": "answered", "bert": "missed", "dora": "unreachable"}
    bert.refresh_from_db()
    checks.answer_call(bert, by=room.bert, now=at(2, 12, 9))
    assert bert.state == "late"


def test_random_roll_calls_come_once_in_the_days_given_at_a_moment_that_chance_draws(room):
    rota(room)
    posts.change_post(room.post, by=room.editor, now=NOW, roll_call_days=7)
    wind(room.sweeps.call_rolls, at(2, 9), at(30, 9), step=minutes(10))
    called = RollCall.objects.filter(called_at__isnull=False).order_by("called_at")
    assert 4 <= len(called) <= 12 and RollCall.objects.filter(called_at=None).count() == 1
    assert all(timedelta(0) <= one.called_at - one.planned_at <= minutes(10) for one in called)
    assert len({one.called_at.hour for one in called}) > 2
    again = DutySweeps(random.Random(5))
    assert rules.draw_call(at(2, 9), 7, again.rng) == called[0].planned_at


def test_a_roll_call_set_for_later_is_called_then_and_seen_by_nobody_before(room):
    rota(room)
    row = checks.plan_roll_call(
        room.post, by=room.editor, now=at(2), planned_at=at(2, 15), within_min=3
    ).subject
    wind(room.sweeps.call_rolls, at(2), at(2, 14, 59), step=minutes(10))
    assert not told("duty-call/") and find_roll_call(room.editor, row.pk) is None
    room.sweeps.call_rolls(at(2, 15))
    one = CalledPerson.objects.get()
    assert (one.due_at, one.roll_call.called_by) == (at(2, 15, 3), room.editor) and len(
        told("duty-call/")
    ) == 1
    for planned_at in (at(2), at(2) - minutes(1), at(2) + timedelta(days=32)):
        with pytest.raises(Refused):
            checks.plan_roll_call(room.post, by=room.editor, now=at(2), planned_at=planned_at)


def test_a_planned_call_is_called_once_by_two_sweeps(room):
    rota(room)
    row = checks.plan_roll_call(room.post, by=room.editor, now=at(2), planned_at=at(2, 15)).subject
    again = RollCall.objects.get(pk=row.pk)
    checks.call_roll(room.post, by=None, now=at(2, 15), planned=row)
    with pytest.raises(Refused):
        checks.call_roll(room.post, by=None, now=at(2, 15), planned=again)
    assert CalledPerson.objects.count() == 1


def test_a_roll_call_of_an_empty_post_is_on_record_as_such(room):
    posts.change_post(room.post, by=room.editor, now=NOW, roll_call_days=1)
    wind(room.sweeps.call_rolls, at(2, 9), at(3, 10), step=minutes(10))
    called = RollCall.objects.filter(called_at__isnull=False)
    assert called.exists() and not CalledPerson.objects.exists()


# ── swaps ───────────────────────────────────────────────────────────────────────────────────────


def test_the_asked_hears_of_a_swap_and_the_asker_what_became_of_it(room):
    rota(room)
    words = {
        "giver": room.anne,
        "taker": room.bert,
        "since": at(2, 8, 30),
        "until": at(3, 8, 30),
        "reason": "就医",
    }
    swap = rosters.ask_swap(room.post, by=room.anne, now=NOW, **words).subject
    tell_swaps(NOW)
    tell_swaps(NOW)
    assert told("duty-swap/") == [("bert", "调班待对方答复：总值班室")]
    rosters.accept_swap(swap, by=room.bert, now=NOW)
    tell_swaps(NOW)
    assert told("duty-swap/")[1:] == [("anne", "调班已同意：总值班室")]


# ── the day's sheets ────────────────────────────────────────────────────────────────────────────


def test_the_morning_summary_is_made_once_at_half_past_eight_and_told_to_the_leader(room):
    rota(room)
    rota(room, name="带班", role="duty_leader", teams="leader")
    wind(make_sheets, at(2, 9), at(4, 9), step=minutes(10))
    sheets = DutySheet.objects.filter(kind="morning").order_by("day")
    assert [(one.day, one.made_at) for one in sheets][1:] == [(date(2026, 3, 3), at(3, 8, 30)), (date(2026, 3, 4), at(4, 8, 30))]  # fmt: skip
    assert (sheets[1].since, sheets[1].until) == (at(2, 8, 30), at(3, 8, 30))
    assert {to for to, _title in told("duty-sheet/")} == {"leader"} and len(told("duty-sheet/")) == 3


def test_the_summary_counts_what_the_records_hold(room):
    rota(room)
    checks.write_log(room.post, by=room.anne, now=at(3), kind="patrol", text="巡查", happened_at=at(3))
    checks.call_roll(room.post, by=room.editor, now=at(3), within_min=5)
    room.sweeps.call_rolls(at(3, 13))
    make_sheets(at(4, 8, 30))
    figures = DutySheet.objects.get().content["figures"]
    assert (figures["log"], figures["roll_calls"], figures["calls_missed"], figures["alarms"]) == (1, 1, 1, 0)
    assert DutySheet.objects.get().is_zero


def test_on_statutory_holidays_a_daily_report_waits_for_its_signature(room):
    """National Day 2026; the day before it is a workday."""
    rota(room, now=at(1, month=9), starts_on=date(2026, 9, 2))
    wind(make_sheets, at(29, 20, month=9), at(2, 20, month=10), step=timedelta(hours=1))
    reports = DutySheet.objects.filter(kind="holiday").order_by("day")
    assert [one.day for one in reports] == [date(2026, 10, 1), date(2026, 10, 2)]
    assert reports[0].due_at == at(1, 17, month=10) and reports[0].signed_at is None
    on_duty = {to for to, title in told("duty-sheet/") if "节假日每日报告" in title}
    assert on_duty <= {"anne", "bert", "carl"} and on_duty
    checks.sign_sheet(reports[0], by=room.anne, now=at(1, 17, 30, month=10), words="", is_zero=True)
    with pytest.raises(Refused):
        checks.sign_sheet(reports[0], by=room.bert, now=at(1, 18, month=10), words="补", is_zero=False)


def test_a_fixed_shift_fills_the_gap(room):
    ends_on_friday(room)
    FixedShift.objects.create(
        post=room.post, person=room.dora, since=at(14, 8, 30), until=at(16, 8, 30), role="duty_officer"
    )
    tell_gaps(at(14))
    assert not GapNotice.objects.exists()
