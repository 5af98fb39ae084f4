"""Reporting up, mutes and links on a wound clock: every timer, failures, stops, jumps, rises, other scenes."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction

from anlan.channels.sending import Kind
from anlan.channels.table import KINDS
from anlan.domains.emergency import actions
from anlan.domains.emergency.actions.ladder import jump_step, restart_chain, step_key, tell_step
from anlan.domains.emergency.actions.links import answer_by_link, confirm_test, make_link, ring_me
from anlan.domains.emergency.actions.mutes import mute_alarm, unmute_alarm
from anlan.domains.emergency.models import Alarm, Answer, AnswerLink, Mute, Telling
from anlan.domains.emergency.queries.ladder_view import draw_ladder
from anlan.domains.emergency.tests.alarmed import NOW, minutes
from anlan.domains.emergency.tests.laddered import Night, keys, seconds, story
from anlan.domains.emergency.workers.ladder import LadderWatch
from anlan.kit.actions import Refused
from anlan.kit.models import Change, Channel, Contact, Message
from anlan.kit.outbox.sender import Sender
from anlan.kit.terms import MessageState


@pytest.fixture
def night(db, monkeypatch):
    return Night(monkeypatch)


def test_yellow_goes_up_step_by_step_and_begins_anew_when_nobody_answers(night):
    alarm = night.alarm("yellow")
    night.tick()
    night.wind(361)
    # 1 squad leader, 2 operator (the square has none), 3 detachment, 4 command centre
    assert night.told(round=1) == [
        (0, 1, 0, "told"), (0, 2, 0, "skipped"), (60, 1, 1, "told"), (120, 3, 0, "told"), (180, 3, 1, "told"),
        (240, 4, 0, "told"), (300, 4, 1, "told"),
    ]  # fmt: skip
    alarm.refresh_from_db()
    assert alarm.round == 2 and alarm.round_at == NOW + seconds(360) and alarm.fell_back_at == alarm.round_at
    assert "超时未反馈" in str(alarm.standing)
    assert night.told(round=2)[0] == (361, 1, 0, "told")
    assert len(night.service.to("squad-officer")) == 3
    assert "第 2 轮上报，尚无人处置" in night.service.to("squad-officer")[-1].text
    assert night.service.to("squad-officer")[0].link.startswith("/a/")


def test_red_rings_everybody_in_the_first_second(night):
    night.alarm("red")
    night.tick()
    told = {one.to for one in night.service.sent}
    assert {"squad-officer", "detachment-officer", "centre-officer"} <= told
    assert {row[0] for row in night.told()} == {0}
    assert all(message.is_urgent for message in Message.objects.all())


def test_blue_is_patient(night):
    night.alarm("blue")
    night.tick()
    night.wind(599, step_s=30)
    assert {one.to for one in night.service.sent} == {"squad-officer"}
    night.wind(601, step_s=1)
    assert night.service.to("detachment-officer")


def test_an_answer_stops_the_chain_and_what_follows_it_is_on_record(night):
    alarm = night.alarm("yellow")
    night.tick()
    night.wind(30)
    night.answer(alarm)
    night.wind(500, step_s=10)
    assert night.told() == [(0, 1, 0, "told"), (0, 2, 0, "skipped")]
    assert story(alarm) == [
        "emergency.take_warning", "emergency.tell_step", "emergency.tell_step", "emergency.answer_alarm",
    ]  # fmt: skip
    told = Change.objects.of(alarm).filter(what="emergency.tell_step").order_by("id")[0]
    assert told.by is None and told.after["told_people"] == ["squad-officer"]
    assert told.after["told_channels"] == ["传呼台"] and told.after["step_recipient"]["zh"] == "带班警长"


def test_when_nothing_follows_the_promised_look_it_falls_back_and_the_chain_begins_anew(night):
    alarm = night.alarm("yellow")
    night.tick()
    night.wind(10)
    night.answer(alarm, after_min=10)
    night.wind(10 + 600 + 299, step_s=10)
    alarm.refresh_from_db()
    assert alarm.answered_at and alarm.round == 1
    night.wind(10 + 600 + 302, step_s=1)
    alarm.refresh_from_db()
    assert alarm.answered_at is None and alarm.round == 2 and alarm.fell_back_at
    assert "emergency.fall_back" in story(alarm)
    night.wind(10 + 600 + 304)
    assert night.told(round=2)[0] == (911, 1, 0, "told")


def test_whoever_promised_a_look_is_reminded_once_before_it_falls_back(night):
    alarm = night.alarm("yellow")
    night.answer(alarm, code="centre", after_min=10)
    night.wind(599, step_s=30)
    assert not night.service.sent
    night.wind(700, step_s=10)
    reminded = night.service.to("centre-officer")
    assert len(reminded) == 1 and "您承诺的查看时间已到" in reminded[0].text and reminded[0].link
    assert "emergency.remind_look" in story(alarm) and Alarm.objects.get().round == 1
    night.answer(alarm, code="centre", after_min=10)
    night.wind(1200, step_s=30)
    assert len(night.service.to("centre-officer")) == 1
    night.wind(1310, step_s=5)
    assert len(night.service.to("centre-officer")) == 2


def test_an_empty_post_is_passed_at_once_and_says_so(night):
    night.empty("squad")
    night.alarm("blue")
    night.tick()
    assert night.told() == [(0, 1, 0, "skipped"), (0, 2, 0, "told")]
    change = Change.objects.filter(what="emergency.tell_step").order_by("id")[0]
    assert change.after["step_outcome"] == {"zh": "空岗，跳过", "en": change.after["step_outcome"]["en"]}


def test_people_without_a_contact_are_named_and_passed(night):
    Contact.objects.filter(person=night.people["squad"]).delete()
    night.alarm("blue")
    night.tick()
    assert night.told() == [(0, 1, 0, "unreachable"), (0, 2, 0, "told")]
    assert Telling.objects.get(step=1).people[0]["is_reached"] is False


@pytest.mark.parametrize("fate", ["fails", "lost"])
def test_what_failed_or_is_unknown_brings_the_next_step_sooner(night, fate):
    getattr(night.service, fate).add("squad-officer")
    night.alarm("yellow")
    night.tick()
    night.wind(3)
    assert (1, 3, 0, "told") in night.told()
    assert night.service.to("detachment-officer")


def test_every_contact_rings_and_one_that_works_is_enough(night):
    night.give_contact(night.people["squad"], "squad-second", order=2)
    night.service.fails.add("squad-officer")
    night.alarm("yellow")
    night.tick()
    night.wind(100)
    assert night.service.to("squad-second") and not night.service.to("detachment-officer")


def test_a_rise_starts_the_chain_anew_and_a_fall_keeps_it(night):
    alarm = night.alarm("yellow")
    night.tick()
    night.wind(20)
    night.answer(alarm)
    night.alarm("blue")
    night.wind(40)
    assert night.told(round=1)[-1][0] == 0 and Alarm.objects.get().round == 1
    night.alarm("red")
    night.wind(42)
    assert Alarm.objects.get().round == 2
    assert {row[1] for row in night.told(round=2)} == {1, 2, 3, 4, 5, 6}


def test_a_second_worker_and_a_second_look_tell_nothing_more(night):
    alarm = night.alarm("red")
    night.tick()
    before, changes = keys(), Change.objects.count()
    for watch in (LadderWatch(), LadderWatch(), night.watch):
        watch.sweep(night.now)
    assert keys() == before and Change.objects.count() == changes
    with pytest.raises(Refused):
        tell_step(alarm, by=None, now=night.now, step=1, repeat=0)
    tell_step(alarm, by=None, now=night.now, step=1, repeat=0, key=step_key(alarm, 1, 0))
    assert keys() == before


def test_a_stop_in_the_middle_of_a_step_leaves_nothing_behind_and_tells_it_afterwards(night, monkeypatch):
    night.alarm("red")
    killed = "anlan.domains.emergency.actions.ladder.describe"
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(killed, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        LadderWatch().sweep(night.now)
    assert not Message.objects.exists() and not Telling.objects.exists() and not AnswerLink.objects.exists()
    LadderWatch().sweep(night.now + timedelta(hours=1))
    assert {row[1] for row in night.told()} == {1, 2, 3, 4, 5, 6}
    assert len(set(keys())) == len(keys())


class Killed(BaseException):
    """The process died here."""


def dies_at(number):
    """A wrapper of the database's statements under which the `number`th one is not carried out any more."""
    count = iter(range(1, 10_000))

    def run(execute, *words):
        if next(count) == number:
            raise Killed
        return execute(*words)

    return run


def test_killed_at_any_statement_the_next_worker_tells_each_step_once(night):
    """More than twenty kills, spread over all statements of telling red: nothing is lost, nothing told twice."""
    alarm, kills = night.alarm("red"), 0
    for number in range(1, 1000, 9):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            try:
                with connection.execute_wrapper(dies_at(number)):
                    LadderWatch().sweep(night.now)
                is_done = True
            except Killed:
                is_done = False
            LadderWatch().sweep(night.now + seconds(5))
            told = list(Telling.objects.filter(alarm=alarm).values_list("step", "repeat"))
            assert sorted(told) == [(step, 0) for step in range(1, 7)]
            assert len(keys()) == len(set(keys())) == 3
            assert Change.objects.filter(what="emergency.tell_step").count() == 6
            raise ZeroDivisionError  # back to before this kill
        if is_done:
            break
        kills += 1
    assert kills >= 20, kills


def test_an_hour_of_standstill_tells_late_each_once(night):
    night.alarm("yellow")
    night.now += timedelta(hours=1)
    night.tick()
    assert night.told() == [
        (3600, 1, 0, "told"),
        (3600, 2, 0, "skipped"),
        (3600, 3, 0, "told"),
        (3600, 4, 0, "told"),
    ]
    night.wind(3600 + 59)
    assert len(night.told()) == 4
    late = Telling.objects.get(step=3)
    assert late.at - late.due_at == timedelta(seconds=3600 - 120)


def test_another_scene_runs_the_ladder_and_reaches_nobody(night):
    night.crowd.scene = "exercise-1"
    alarm = night.alarm("red")
    night.tick()
    night.wind(70)
    assert alarm.scene == "exercise-1"
    assert not night.service.sent
    states = set(Message.objects.values_list("state", flat=True))
    assert states == {MessageState.REHEARSED}
    assert (0, 1, 0, "told") in night.told()
    assert set(Change.objects.filter(what="emergency.tell_step").values_list("scene", flat=True)) == {
        "exercise-1"
    }


def test_a_person_jumps_with_a_reason_and_what_was_left_out_says_so(night):
    alarm = night.alarm("yellow")
    night.tick()
    night.wind(5)
    with pytest.raises(Refused, match="理由"):
        jump_step(alarm, by=night.people["squad"], now=night.now, step=4, why=" ")
    with pytest.raises(Refused, match="权限"):
        jump_step(alarm, by=night.town.reader, now=night.now, step=4, why="人太多")
    jump_step(alarm, by=night.people["squad"], now=night.now, step=4, why="人太多")
    night.wind(130)
    assert night.told()[2:5] == [(5, 3, 0, "jumped"), (5, 4, 0, "told"), (60, 1, 1, "told")]
    assert not night.service.to("detachment-officer") and night.service.to("centre-officer")
    assert Telling.objects.get(step=3).why == "人太多"
    with pytest.raises(Refused, match="已经通知过"):
        jump_step(alarm, by=night.people["squad"], now=night.now, step=4, why="再来")


def test_nobody_restarts_a_round_before_its_time(night):
    alarm = night.alarm("yellow")
    night.tick()
    with pytest.raises(Refused):
        restart_chain(alarm, by=None, now=night.now)


# ── mutes ───────────────────────────────────────────────────────────────────────────────────────


def test_a_mute_silences_and_re_fires_at_its_end(night):
    alarm = night.alarm("yellow")
    night.tick()
    night.wind(10)
    mute_alarm(
        alarm, by=night.people["squad"], now=night.now, until=NOW + minutes(20), why="已派人，正在路上"
    )
    night.wind(20 * 60 - 1, step_s=30)
    assert len(night.told()) == 2 and Mute.objects.get().ended_at is None
    night.wind(20 * 60 + 2)
    mute, alarm = Mute.objects.get(), Alarm.objects.get()
    assert mute.ended_by == "due" and alarm.muted_until is None and alarm.round == 2
    assert alarm.fell_back_at is None
    assert any(row[0] >= 20 * 60 and row[1] == 1 for row in night.told(round=2))


def test_a_rise_breaks_a_mute(night):
    alarm = night.alarm("yellow")
    night.tick()
    mute_alarm(alarm, by=night.people["squad"], now=night.now, until=NOW + minutes(30), why="已派人")
    night.wind(10)
    night.alarm("red")
    night.wind(12)
    assert Mute.objects.get().ended_by == "rose"
    assert {row[1] for row in night.told(round=2)} == {1, 2, 3, 4, 5, 6}
    assert Alarm.objects.get().round == 2


def test_a_mute_does_not_outlive_its_alarm(night):
    alarm = night.alarm("yellow")
    night.answer(alarm)
    mute_alarm(alarm, by=night.people["squad"], now=night.now, until=NOW + minutes(30), why="已派人")
    actions.lift_alarm(alarm, by=night.town.chief, now=night.now, why="人已散")
    night.wind(2)
    assert Mute.objects.get().ended_by == "closed"


def test_an_answered_alarm_does_not_fall_back_while_muted_and_does_afterwards(night):
    alarm = night.alarm("yellow")
    night.answer(alarm, after_min=5)
    mute_alarm(alarm, by=night.people["squad"], now=night.now, until=NOW + minutes(30), why="电台联系中")
    night.wind(29 * 60, step_s=60)
    assert Alarm.objects.get().round == 1
    night.wind(30 * 60 + 2)
    assert Alarm.objects.get().round == 2 and Alarm.objects.get().fell_back_at


def test_a_mute_has_an_owner_a_reason_and_a_bounded_end(night):
    alarm = night.alarm("yellow")
    by = night.people["squad"]
    for words, said in (
        ({"why": " "}, "理由"), ({"until": NOW + minutes(61)}, "60 分钟"), ({"until": NOW}, "晚于现在"),
        ({"by": night.town.reader}, "权限"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=said):
            mute_alarm(alarm, **{"by": by, "now": NOW, "until": NOW + minutes(10), "why": "已派人"} | words)
    mute_alarm(alarm, by=by, now=NOW, until=NOW + minutes(10), why="已派人")
    with pytest.raises(Refused, match="squad-officer"):
        mute_alarm(alarm, by=by, now=NOW, until=NOW + minutes(10), why="再停")
    unmute_alarm(alarm, by=by, now=NOW + minutes(1))
    assert Mute.objects.get().ended_by == "by_hand" and Alarm.objects.get().round == 2
    with pytest.raises(Refused, match="没有暂停"):
        unmute_alarm(alarm, by=by, now=NOW + minutes(1))


# ── links ───────────────────────────────────────────────────────────────────────────────────────


def test_each_message_of_each_repeat_has_a_link_of_its_own_and_only_its_hash_is_kept(night):
    night.alarm("red")
    night.tick()
    night.wind(61)
    links = list(
        Message.objects.exclude(link="").filter(person=night.people["squad"]).values_list("link", flat=True)
    )
    assert len(links) == 2 == len(set(links))
    for link in links:
        token = link.strip("/").rpartition("/")[2]
        assert not AnswerLink.objects.filter(token_sha256=token).exists() and len(token) == 32


def test_the_answer_by_link_is_that_persons_and_the_link_is_spent(night):
    alarm = night.alarm("yellow")
    link = make_link(night.people["squad"], now=night.now, alarm=alarm)
    words = {"now": night.now, "measure": "send_people", "next_look_at": night.now + minutes(5)}
    answer_by_link(link, **words)
    answer = Answer.objects.get()
    assert (answer.person, answer.way, answer.measure) == (night.people["squad"], "link", "send_people")
    assert Change.objects.of(alarm).first().by == night.people["squad"]
    with pytest.raises(Refused, match="已用此链接"):
        answer_by_link(link, **words)


@pytest.mark.parametrize("fault", ["expired", "round", "lifted", "left", "unfit"])
def test_a_link_that_answers_no_more_says_so(night, fault):
    alarm = night.alarm("yellow")
    link, now = make_link(night.people["squad"], now=night.now, alarm=alarm), night.now
    measure = "acknowledge"
    if fault == "expired":
        now += minutes(60)
    elif fault == "round":
        night.alarm("red")
    elif fault == "lifted":
        night.answer(alarm, code="centre")
        actions.lift_alarm(alarm, by=night.town.chief, now=now, why="人已散")
    elif fault == "left":
        night.people["squad"].is_active = False
        night.people["squad"].save()
    else:
        measure = "nonsense"
    with pytest.raises(Refused):
        answer_by_link(link, now=now, measure=measure, next_look_at=now + minutes(5))
    assert not Answer.objects.filter(person=night.people["squad"]).exists()
    assert AnswerLink.objects.get(pk=link.pk).used_at is None


def test_a_test_rings_only_oneself_by_the_workers_own_path(night):
    me = night.people["squad"]
    change = ring_me(me, by=me, now=night.now)
    night.tick()
    assert {one.to for one in night.service.sent} == {"squad-officer"}
    assert "【测试】" in night.service.sent[0].title and Message.objects.get().state == MessageState.ACCEPTED
    link = change.subject
    assert link.is_test
    confirm_test(link, by=me, now=night.now + seconds(5))
    with pytest.raises(Refused):
        confirm_test(link, by=me, now=night.now + seconds(6))
    with pytest.raises(Refused, match="只能通知自己"):
        ring_me(night.people["centre"], by=me, now=night.now)
    Contact.objects.filter(person=me).delete()
    with pytest.raises(Refused, match="我的联系方式"):
        ring_me(me, by=me, now=night.now)


def test_a_group_of_several_posts_hears_it_once_and_counts_for_people_without_a_contact(night, monkeypatch):
    robot = Kind("robot", "群机器人", "robot", (), night.service.send)
    monkeypatch.setitem(KINDS, "robot", robot)
    night.sender = Sender("night:1:2", dict(KINDS), random.Random(7))
    Channel.objects.create(
        code="robot", kind="robot", name="警务群", organisation=night.town.police, settings={}
    )
    Contact.objects.all().delete()
    alarm = night.alarm("red")
    night.tick()
    assert [one.to for one in night.service.sent] == [""]
    assert {(row[1], row[3]) for row in night.told()} >= {(1, "told"), (2, "told"), (3, "told")}
    drawn = draw_ladder(alarm, night.now)
    assert [str(rung.state) for rung in drawn.rungs[:3]] == ["told", "told", "told"]
    night.wind(61)
    assert len(night.service.sent) == 2


def test_a_person_on_two_posts_is_rung_once(night):
    night.empty("detachment")
    night.put_on_duty(night.posts["detachment"], night.people["squad"])
    alarm = night.alarm("red")
    night.tick()
    assert len(night.service.to("squad-officer")) == 1
    rungs = draw_ladder(alarm, night.now).rungs
    assert rungs[1].people[0].is_through and str(rungs[1].state) == "told"


@pytest.mark.django_db(transaction=True)
def test_workers_beside_each_other_and_an_answer_in_the_same_moment_tell_each_key_once(monkeypatch):
    night = Night(monkeypatch)
    for place in (night.town.square, night.town.mall):
        night.alarm("red", place=place)
    alarm, gate = Alarm.objects.order_by("id").first(), threading.Barrier(4)

    def stubbornly(work):
        """Again while the small test database is locked: every deed is harmless to repeat."""
        gate.wait()
        try:
            for _again in range(200):
                try:
                    return work()
                except OperationalError:
                    time.sleep(0.005)
        finally:
            connection.close()

    sweeps = [lambda: LadderWatch().sweep(night.now)] * 3
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(stubbornly, [*sweeps, lambda: night.answer(alarm)]))
    LadderWatch().sweep(night.now)
    told = [(row.alarm_id, row.step, row.repeat) for row in Telling.objects.all()]
    assert len(told) == len(set(told))
    assert {step for pk, step, _repeat in told if pk != alarm.pk} == {1, 2, 3, 4, 5, 6}
    assert len(keys()) == len(set(keys()))
    asked = Change.objects.filter(what="emergency.tell_step").count()
    assert asked == len(told) and Answer.objects.count() == 1
    late = Telling.objects.filter(alarm=alarm)
    answered = Change.objects.get(what="emergency.answer_alarm").pk
    assert not Change.objects.filter(
        what="emergency.tell_step", subject_id=str(alarm.pk), pk__gt=answered
    ).exists()
    assert late.count() <= 6
