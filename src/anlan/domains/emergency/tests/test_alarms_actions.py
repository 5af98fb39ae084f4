"""Alarms in the database: taken from warnings, answered, judged, lifted – with a wound clock."""

from datetime import timedelta

import pytest
from django.db import transaction

from anlan.domains.crowd.actions import close_lost_warning
from anlan.domains.crowd.models import Warning
from anlan.domains.emergency import actions, queries
from anlan.domains.emergency.models import Alarm, AlarmAgency, Answer
from anlan.domains.emergency.terms import AlarmRefusal, AnswerRefusal, AnswerWay, Decision, Measure
from anlan.domains.emergency.tests.alarmed import NOW, Crowd, build_town, minutes
from anlan.domains.emergency.workers.ladder import LadderWatch
from anlan.kit.actions import Refused
from anlan.kit.models import Change, Message, Taken

SOON = NOW + minutes(10)


@pytest.fixture
def town(db):
    return build_town()


@pytest.fixture
def crowd():
    return Crowd()


def answer(alarm, by, *, now=NOW, measure=Measure.SEND_PEOPLE, **words):
    words = {"next_look_at": now + minutes(10)} | words
    return actions.answer_alarm(alarm, by=by, now=now, measure=measure, **words)


def refused(act, *args, **words):
    with pytest.raises(Refused) as refusal, transaction.atomic():
        act(*args, **words)
    return str(refusal.value)


def the_alarm():
    return Alarm.objects.select_related("place").get()


# ── taken ───────────────────────────────────────────────────────────────────────────────────────


def test_a_warning_opens_an_alarm_and_its_zones_join_it(town, crowd):
    crowd.tell(town.square, "yellow")
    alarm = the_alarm()
    assert (alarm.number, alarm.title, alarm.level, alarm.state) == (
        "20260301-001",
        "示范广场",
        "yellow",
        "waiting",
    )
    assert alarm.organisation == town.parks and alarm.is_unanswered and alarm.round_at == NOW
    assert [str(row) for row in queries.agencies_of(alarm)] == ["公安"]
    crowd.tell(town.square, "yellow", code="SQ/A", name="台前")
    again = the_alarm()
    assert again.repeats == 1 and again.round == 1 and set(again.spaces) == {"SQ", "SQ/A"}
    crowd.tell(town.mall, "red")
    assert Alarm.objects.count() == 2


def test_a_rise_restarts_the_chain_and_cancels_the_answers_with_a_trace(town, crowd):
    crowd.tell(town.square, "yellow")
    answer(the_alarm(), town.constable)
    answer(the_alarm(), town.gardener)
    alarm = the_alarm()
    alarm.muted_until = NOW + minutes(30)
    alarm.save()
    crowd.tell(town.square, "red", code="SQ/A", name="台前", now=NOW + minutes(2))
    alarm = the_alarm()
    assert (alarm.state, alarm.round, alarm.round_at) == ("waiting", 2, NOW + minutes(2))
    assert alarm.is_unanswered and alarm.next_look_at is None and alarm.muted_until is None
    assert {(row.ended_by, row.ended_at) for row in Answer.objects.all()} == {("rose", NOW + minutes(2))}
    assert [(str(row), row.answer) for row in queries.agencies_of(alarm)] == [("公安", None), ("消防", None)]
    assert not queries.counting_answers(alarm)


def test_a_fall_keeps_the_answers_and_the_end_only_eases(town, crowd):
    crowd.tell(town.square, "red")
    answer(the_alarm(), town.gardener)
    crowd.tell(town.square, "yellow", now=NOW + minutes(1))
    alarm = the_alarm()
    assert (alarm.state, alarm.level, alarm.peak_level, alarm.round) == ("handling", "yellow", "red", 1)
    assert queries.counting_answers(alarm).count() == 1
    crowd.tell(town.square, "none", now=NOW + minutes(2))
    alarm = the_alarm()
    assert (alarm.state, alarm.is_open, alarm.eased_at) == ("easing", True, NOW + minutes(2))
    crowd.tell(town.square, "blue", now=NOW + minutes(3))
    assert (the_alarm().state, the_alarm().round) == ("waiting", 2)


def test_a_fall_opens_nothing_and_a_rise_after_the_lift_opens_a_new_one(town, crowd):
    crowd.tell(town.square, "red")
    answer(the_alarm(), town.gardener)
    crowd.tell(town.square, "yellow")
    actions.lift_alarm(the_alarm(), by=town.gardener, now=SOON, why="散去")
    crowd.tell(town.square, "blue", now=SOON)
    assert Alarm.objects.count() == 1
    crowd.tell(town.square, "orange", now=SOON)
    assert Alarm.objects.filter(lifted_at=None).get().number == "20260301-002"


def test_taking_again_doubles_nothing_even_after_a_stop(town, crowd):
    crowd.say(town.square, "yellow")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        crowd.take()
        raise ZeroDivisionError("killed before the commit")
    assert not Alarm.objects.exists() and not Taken.objects.filter(taker="emergency.alarms").exists()
    for _again in range(3):
        Crowd().take()
    assert (Alarm.objects.count(), the_alarm().repeats) == (1, 0)
    assert Change.objects.filter(what="emergency.take_warning").count() == 1
    assert Taken.objects.filter(taker="emergency.alarms").count() == 1


def test_one_change_that_cannot_be_taken_stops_no_other(town, crowd, monkeypatch):
    crowd.say(town.square, "red")
    crowd.say(town.mall, "red")
    whole = crowd.taker.take_one

    def take_one(change, warning, now):
        if warning.place == town.square:
            raise RuntimeError("broken row")
        whole(change, warning, now)

    monkeypatch.setattr(crowd.taker, "take_one", take_one)
    with pytest.raises(RuntimeError):
        crowd.take()
    assert the_alarm().place == town.mall
    monkeypatch.undo()
    crowd.take()
    assert Alarm.objects.count() == 2


def test_what_was_over_a_day_ago_raises_nobody(town, crowd):
    crowd.say(town.square, "red")
    crowd.say(town.square, "none")
    crowd.take(NOW + timedelta(hours=25))
    assert not Alarm.objects.exists()
    assert Taken.objects.filter(taker="emergency.alarms").count() == 2


def test_what_still_stands_rings_however_late(town, crowd):
    crowd.say(town.square, "red")
    crowd.take(NOW + timedelta(days=3))
    assert the_alarm().round_at == NOW


def test_another_scene_has_its_own_alarms_and_tells_nobody(town):
    replay = Crowd("replay:bund")
    replay.tell(None, "red", code="CHENYI", name="陈毅广场")
    replay.tell(None, "red", code="CHENYI/STAIR", name="台阶")
    alarm = the_alarm()
    assert (alarm.scene, alarm.title, alarm.organisation, alarm.place) == (
        "replay:bund",
        "陈毅广场",
        town.top,
        None,
    )
    answer(alarm, town.chief)
    assert set(Change.objects.of(alarm).values_list("scene", flat=True)) == {"replay:bund"}
    assert not Message.objects.filter(scene="live").exists()
    assert not queries.visible_alarms(town.chief).exists()
    assert queries.scenes_with_alarms() == ["live", "replay:bund"]


def test_a_replay_is_not_reported_up_by_the_wall_clock(town):
    Crowd("replay:bund").tell(None, "red", code="CHENYI", name="陈毅广场")
    before = Change.objects.count()
    for minute in range(0, 60, 10):
        LadderWatch().sweep(NOW + timedelta(days=365, minutes=minute))
    assert Change.objects.count() == before and not Message.objects.exists()
    assert (the_alarm().round, the_alarm().round_at) == (1, NOW)


def test_a_space_that_is_no_longer_watched_eases(town, crowd):
    crowd.tell(town.square, "red")
    close_lost_warning(Warning.objects.get(), by=None, now=NOW)
    crowd.take()
    assert the_alarm().state == "easing"


# ── answered ────────────────────────────────────────────────────────────────────────────────────


def test_each_agency_answers_for_itself(town, crowd):
    crowd.tell(town.square, "red")
    answer(the_alarm(), town.constable, measure=Measure.LIMIT_INFLOW)
    alarm = the_alarm()
    rows = {str(row): row for row in queries.agencies_of(alarm)}
    assert rows["公安"].acknowledged_at == NOW and rows["消防"].answer is None
    assert (alarm.state, alarm.answered_at, alarm.next_look_at) == ("handling", NOW, SOON)
    answer(alarm, town.fireman, measure=Measure.ACKNOWLEDGE, now=NOW + minutes(1))
    assert AlarmAgency.objects.exclude(answer=None).count() == 2
    assert the_alarm().answered_at == NOW, "answered since its first answer"
    first = Answer.objects.get(agency=town.police_agency)
    assert (first.authority, str(first.said)) == ("order", "实施限流")


def test_a_proposal_is_no_order(town, crowd):
    crowd.tell(town.square, "red")
    answer(the_alarm(), town.gardener, measure=Measure.LIMIT_INFLOW)
    row = Answer.objects.get()
    assert (row.authority, str(row.said)) == ("propose", "建议限流")


def test_a_measure_that_is_not_yours_names_who_may(town, crowd):
    crowd.tell(town.square, "red")
    said = refused(answer, the_alarm(), town.fireman, measure=Measure.SUSPEND_ENTRY)
    assert "公安" in said and not Answer.objects.exists()


def test_who_has_not_joined_cannot_answer(town, crowd):
    crowd.tell(town.square, "yellow")
    for name in ("nurse", "reader", "trader", "keeper"):
        assert refused(answer, the_alarm(), getattr(town, name)) == str(AnswerRefusal.NO_RIGHT)
    actions.join_agency(the_alarm(), by=town.guard, now=NOW, agency=town.health_agency)
    answer(the_alarm(), town.nurse)
    assert refused(actions.join_agency, the_alarm(), by=town.guard, now=NOW, agency=town.health_agency)


def test_an_operator_answers_for_its_own_place(town, crowd):
    crowd.tell(town.mall, "orange")
    answer(the_alarm(), town.keeper, measure=Measure.SUSPEND_ENTRY)
    assert str(Answer.objects.get().said) == "暂停进入" and Answer.objects.get().organisation == town.firm


def test_the_second_of_two_is_told_who_answered_what_and_when(town, crowd):
    crowd.tell(town.square, "red")
    seen = queries.seen_of(the_alarm())
    answer(the_alarm(), town.constable, seen=seen)
    said = refused(answer, the_alarm(), town.sergeant, seen=seen, now=NOW + minutes(1))
    assert "constable" in said and "20:00:00" in said and "增派力量" in said and "公安" in said
    answer(the_alarm(), town.fireman, seen=seen)
    assert Answer.objects.count() == 2, "another agency answers for itself"
    answer(the_alarm(), town.sergeant, seen=queries.seen_of(the_alarm()))


def test_a_form_drawn_before_the_rise_is_refused(town, crowd):
    crowd.tell(town.square, "yellow")
    seen = queries.seen_of(the_alarm())
    crowd.tell(town.square, "red")
    assert "红色" in refused(answer, the_alarm(), town.constable, seen=seen)


def test_on_behalf_of_who_called(town, crowd):
    crowd.tell(town.square, "red")
    words = {
        "on_behalf_of": "王警官", "agency": town.police_agency, "way": AnswerWay.PHONE, "called_at": NOW - minutes(1),
        "measure": Measure.LIMIT_INFLOW, "next_look_at": SOON,
    }  # fmt: skip
    change = actions.answer_on_behalf(the_alarm(), by=town.guard, now=NOW, **words)
    row = Answer.objects.get()
    assert (row.who, row.person, row.recorded_by, row.authority) == ("王警官", None, town.guard, "order")
    assert change.on_behalf_of == "王警官" and change.after["called_at"]
    assert AlarmAgency.objects.get(agency=town.police_agency).answer == row
    act = actions.answer_on_behalf
    who = {"by": town.guard, "now": NOW}
    assert refused(act, the_alarm(), **who, **words | {"on_behalf_of": ""}) == str(AnswerRefusal.NO_CALLER)
    assert "卫健" in refused(act, the_alarm(), **who, **words | {"agency": town.health_agency})
    assert refused(act, the_alarm(), **who, **words | {"way": "screen"})
    fire = words | {"agency": town.fire_agency, "measure": Measure.SUSPEND_ENTRY}
    assert "公安" in refused(act, the_alarm(), **who, **fire), "what the caller may, not who writes it down"
    assert refused(act, the_alarm(), by=town.reader, now=NOW, **words) == str(AnswerRefusal.NO_RIGHT)


def test_a_false_alarm_needs_its_reason_and_at_red_a_judge(town, crowd):
    crowd.tell(town.square, "red")
    words = {"measure": Measure.FALSE_ALARM}
    assert refused(answer, the_alarm(), town.gardener, **words) == str(AnswerRefusal.NO_REASON)
    assert refused(answer, the_alarm(), town.guard, words="假", **words) == str(AlarmRefusal.NEEDS_JUDGE)
    answer(the_alarm(), town.gardener, words="计数器脱落", **words)
    alarm = the_alarm()
    assert (alarm.state, alarm.verdict, alarm.lifted_by) == ("lifted", "false", town.gardener)


def test_nothing_follows_and_it_is_unanswered_again(town, crowd):
    crowd.tell(town.square, "red")
    answer(the_alarm(), town.constable)
    words = {"by": None, "grace": minutes(5)}
    assert refused(actions.fall_back, the_alarm(), now=SOON, **words) == str(AlarmRefusal.NOT_TIMED_OUT)
    late = SOON + minutes(5)
    actions.fall_back(the_alarm(), now=late, **words)
    alarm = the_alarm()
    assert (alarm.state, alarm.round, alarm.round_at, str(alarm.standing)) == (
        "waiting",
        2,
        late,
        "超时未反馈",
    )
    assert alarm.is_unanswered and Answer.objects.get().ended_by == "fell_back"
    assert refused(actions.fall_back, alarm, now=late, **words)
    answer(alarm, town.constable, now=late)
    assert the_alarm().fell_back_at is None


# ── by hand, lifted, filed, noted ───────────────────────────────────────────────────────────────


def raise_one(town, **words):
    words = {"origin": "phone", "level": "yellow", "why": "路口拥堵", "title": "示范路口"} | words
    return actions.raise_alarm(town.parks, by=town.guard, now=NOW, **words).subject


def test_raised_by_hand(town):
    alarm = raise_one(town, caller="路人", caller_contact="0000", place=town.square, title="")
    assert (alarm.title, alarm.level, alarm.raised_by, alarm.number) == (
        "示范广场",
        "yellow",
        town.guard,
        "20260301-001",
    )
    assert str(alarm.get_origin_display()) == "来电" and alarm.caller_contact == "0000"
    assert raise_one(town).number == "20260301-002"
    assert refused(raise_one, town, why="") == str(AlarmRefusal.NO_REASON)
    assert refused(
        actions.raise_alarm,
        town.trade,
        by=town.guard,
        now=NOW,
        origin="phone",
        level="red",
        why="因",
        title="甲",
    )


def test_a_level_by_hand_restarts_and_never_undercuts_the_machine(town, crowd):
    alarm = raise_one(town)
    answer(alarm, town.guard)
    actions.grade_alarm(the_alarm(), by=town.guard, now=NOW, level="red", why="加剧")
    assert (the_alarm().round, the_alarm().state, the_alarm().peak_level) == (2, "waiting", "red")
    actions.grade_alarm(the_alarm(), by=town.guard, now=NOW, level="blue", why="缓和")
    assert (the_alarm().round, the_alarm().level) == (2, "blue")
    crowd.tell(town.square, "orange")
    warned = Alarm.objects.get(origin="warning")
    grade = {"by": town.guard, "now": NOW, "why": "因"}
    assert refused(actions.grade_alarm, warned, level="blue", **grade) == str(AlarmRefusal.NOT_BY_HAND)
    actions.grade_alarm(warned, level="red", **grade)
    crowd.tell(town.square, "none")
    warned.refresh_from_db()
    assert (warned.level, warned.state) == ("red", "waiting"), (
        "what a person set stands until a person lowers it"
    )


def test_only_a_person_lifts_with_a_reason_and_not_from_orange(town, crowd):
    crowd.tell(town.square, "orange")
    lift = {"by": town.gardener, "now": SOON}
    assert refused(actions.lift_alarm, the_alarm(), why="好", **lift) == str(AlarmRefusal.UNANSWERED)
    answer(the_alarm(), town.gardener)
    assert "橙色" in refused(actions.lift_alarm, the_alarm(), why="好", **lift)
    crowd.tell(town.square, "none")
    assert refused(actions.lift_alarm, the_alarm(), why="", **lift) == str(AlarmRefusal.NO_REASON)
    assert refused(actions.lift_alarm, the_alarm(), why="好", by=None, now=SOON)
    assert refused(actions.lift_alarm, the_alarm(), why="好", by=town.guard, now=SOON), "a right of its own"
    actions.lift_alarm(the_alarm(), why="人群散去", **lift)
    assert (the_alarm().state, the_alarm().lifted_by, the_alarm().verdict) == (
        "lifted",
        town.gardener,
        "true",
    )
    assert "已解除" in refused(answer, the_alarm(), town.constable)


def test_a_wrong_lift_is_undone_and_what_is_filed_stays(town, crowd):
    crowd.tell(town.square, "yellow")
    answer(the_alarm(), town.gardener)
    actions.lift_alarm(the_alarm(), by=town.gardener, now=NOW, why="散去")
    actions.reopen_alarm(the_alarm(), by=town.gardener, now=SOON, why="又聚集")
    alarm = the_alarm()
    assert (alarm.state, alarm.round, alarm.lifted_at, alarm.verdict) == ("waiting", 2, None, "")
    assert Answer.objects.get().ended_by == "reopened"
    answer(alarm, town.gardener, now=SOON)
    actions.lift_alarm(the_alarm(), by=town.gardener, now=SOON, why="散去")
    crowd.tell(town.square, "red")
    first = Alarm.objects.get(number="20260301-001")
    assert "20260301-002" in refused(actions.reopen_alarm, first, by=town.gardener, now=SOON, why="又")
    actions.file_alarm(first, by=town.guard, now=SOON)
    first.refresh_from_db()
    assert first.state == "filed" and refused(
        actions.reopen_alarm, first, by=town.gardener, now=SOON, why="又"
    )


def test_found_true_goes_on_and_an_exercise_ends(town):
    alarm = raise_one(town)
    actions.check_alarm(alarm, by=town.guard, now=NOW)
    assert (the_alarm().state, the_alarm().is_unanswered) == ("checking", True)
    actions.verify_alarm(the_alarm(), by=town.guard, now=NOW, verdict="true", why="")
    assert (the_alarm().state, the_alarm().verdict) == ("handling", "true")
    actions.ease_alarm(the_alarm(), by=town.guard, now=NOW, why="散去")
    actions.verify_alarm(the_alarm(), by=town.guard, now=NOW, verdict="exercise", why="演练科目")
    assert (the_alarm().state, the_alarm().verdict) == ("lifted", "exercise")


def test_an_alarm_of_the_machine_eases_only_with_its_crowd(town, crowd):
    crowd.tell(town.square, "red")
    said = refused(actions.ease_alarm, the_alarm(), by=town.guard, now=NOW, why="好")
    assert said == str(AlarmRefusal.EASES_ITSELF)


def test_entries_are_added_and_late_ones_say_so(town, crowd):
    crowd.tell(town.square, "red")
    words = {"by": town.guard, "now": NOW}
    late = actions.note_alarm(the_alarm(), words="先到三人", happened_at=NOW - minutes(20), **words)
    prompt = actions.note_alarm(the_alarm(), words="到场", **words)
    assert (late.after["is_late"], prompt.after["is_late"]) == (True, False)
    assert refused(actions.note_alarm, the_alarm(), words=" ", **words) == str(AlarmRefusal.NO_WORDS)
    assert refused(actions.note_alarm, the_alarm(), words="x", happened_at=SOON, **words) == str(
        AlarmRefusal.IN_FUTURE
    )


def test_a_judgement_is_asked_for_and_put_on_record(town, crowd):
    crowd.tell(town.square, "red")
    answer(the_alarm(), town.constable, measure=Measure.ASK_JUDGEMENT)
    assert the_alarm().judgement_asked_at == NOW
    judge = {"by": town.gardener, "now": SOON, "reason": "人数仍升"}
    assert refused(actions.judge_alarm, the_alarm(), decision=Decision.START, **judge)
    actions.judge_alarm(the_alarm(), decision=Decision.START, response_level="III", **judge)
    row = queries.judgements_of(the_alarm()).get()
    assert (row.decider, row.response_level, row.level) == (town.gardener, "III", "red")
    assert the_alarm().judgement_asked_at is None and the_alarm().state == "received"
    assert refused(actions.judge_alarm, the_alarm(), decision="do_not_start", **judge | {"by": town.guard})


def test_an_agency_is_data(town):
    change = actions.change_agency(
        town.health_agency, by=town.chief, now=NOW, joins_from="blue", place_kinds=["mall"]
    )
    assert change.after == {"joins_from": "blue", "place_kinds": ["mall"]}
    Crowd().tell(town.mall, "blue")
    assert [str(row) for row in queries.agencies_of(the_alarm())] == ["公安", "卫健"]
    actions.retire_agency(town.police_agency, by=town.chief, now=NOW)
    assert refused(actions.retire_agency, town.police_agency, by=town.chief, now=NOW)
    Crowd().tell(town.square, "blue")
    assert not queries.agencies_of(Alarm.objects.get(place=town.square)).exists()
    actions.restore_agency(town.police_agency, by=town.chief, now=NOW)
    assert refused(actions.add_agency, town.police, by=town.chief, now=NOW, name="公安")
    assert refused(actions.add_agency, town.trade, by=town.trader, now=NOW, name="商务")


def test_every_deed_leaves_exactly_one_change(town, crowd):
    crowd.tell(town.square, "yellow")
    before = Change.objects.count()
    answer(the_alarm(), town.constable)
    actions.check_alarm(the_alarm(), by=town.guard, now=NOW)
    actions.judge_alarm(the_alarm(), by=town.gardener, now=NOW, decision="do_not_start", reason="可控")
    assert Change.objects.count() == before + 3
    assert len(queries.story_of(the_alarm())) == 4
