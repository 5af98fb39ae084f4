"""The rules of alarms, answers, agencies and judgements, by table and without a database."""

import inspect
from datetime import timedelta

import pytest

from anlan.domains.crowd.terms import WarningLevel
from anlan.domains.emergency.rules import agencies, alarms, answers, judgement
from anlan.domains.emergency.rules.alarms import Facts, Turn
from anlan.domains.emergency.terms import (
    AgencyRefusal,
    AlarmRefusal,
    AlarmState,
    AnswerRefusal,
    Deed,
    JudgementRefusal,
    Measure,
    Verdict,
)
from anlan.domains.emergency.tests.alarmed import NOW, minutes

SOUND = Facts(level="none", is_answered=True, why="因", may_judge=True)


def test_every_step_of_the_table_leads_to_a_known_state():
    for state, deed, to, _guard in alarms.LIFE:
        assert state in AlarmState.values and to in AlarmState.values and deed in Deed.values
    assert len(alarms.STEPS) == len(alarms.LIFE), "a step stands in the table twice"


def test_no_deed_of_the_machine_ends_an_alarm():
    ended = {to for state, deed, to, _guard in alarms.LIFE if deed in alarms.MACHINE}
    assert not ended & {AlarmState.LIFTED, AlarmState.FILED}


def test_a_rise_reopens_every_open_state():
    for state in AlarmState.values:
        if state in {AlarmState.LIFTED, AlarmState.FILED}:
            assert not alarms.may_step(state, Deed.RISE)
        else:
            assert alarms.step(state, Deed.RISE) == (AlarmState.WAITING, None)


def test_what_is_on_file_stays_there():
    assert not [deed for deed in Deed.values if alarms.may_step(AlarmState.FILED, deed)]


@pytest.mark.parametrize("state, deed, facts, refusal", [
    ("waiting", Deed.LIFT, SOUND._replace(is_answered=False), AlarmRefusal.UNANSWERED),
    ("handling", Deed.LIFT, SOUND, None),
    ("handling", Deed.LIFT, SOUND._replace(why=" "), AlarmRefusal.NO_REASON),
    ("handling", Deed.LIFT, SOUND._replace(level="yellow"), None),
    ("handling", Deed.LIFT, SOUND._replace(level="orange"), AlarmRefusal.STILL_HIGH % {"level": WarningLevel.ORANGE.label}),
    ("handling", Deed.LIFT, SOUND._replace(level="red", is_by_hand=True), None),
    ("easing", Deed.LIFT, SOUND._replace(is_answered=False), None),
    ("easing", Deed.LIFT, SOUND._replace(why=""), AlarmRefusal.NO_REASON),
    ("handling", Deed.CLEAR, SOUND._replace(why=""), AlarmRefusal.NO_REASON),
    ("handling", Deed.CLEAR, SOUND._replace(level="red", may_judge=False), AlarmRefusal.NEEDS_JUDGE),
    ("handling", Deed.CLEAR, SOUND._replace(level="yellow", may_judge=False), None),
    ("lifted", Deed.REOPEN, SOUND._replace(why=""), AlarmRefusal.NO_REASON),
    ("lifted", Deed.REOPEN, SOUND, None),
    ("lifted", Deed.RECEIVE, SOUND, AlarmRefusal.NOT_NOW % {"state": "已解除", "deed": "签收"}),
    ("easing", Deed.FALL_BACK, SOUND, AlarmRefusal.NOT_NOW % {"state": "态势缓解", "deed": "超时未反馈"}),
])  # fmt: skip
def test_guards(state, deed, facts, refusal):
    to, said = alarms.step(state, deed, facts)
    assert str(said or "") == str(refusal or "")
    assert said is None or to == state, "a refused step goes nowhere"


@pytest.mark.parametrize("known, level, turn", [
    ("none", "blue", Turn.ROSE), ("blue", "red", Turn.ROSE), ("red", "blue", Turn.FELL), ("red", "red", Turn.SAME),
    ("red", "none", Turn.ENDED), ("none", "none", Turn.SAME),
])  # fmt: skip
def test_turns(known, level, turn):
    assert alarms.turn_of(known, level) == turn


def test_the_worst_space_speaks_and_keeps_its_peak():
    spaces = alarms.join_space({}, "SQ", name="广场", level="yellow", reason={"zh": "甲"}, warning=1)
    spaces = alarms.join_space(spaces, "SQ/A", name="台前", level="red", reason={"zh": "乙"}, warning=2)
    assert alarms.worst_of(spaces) == "red" and alarms.leading_reason(spaces, "SQ") == {"zh": "乙"}
    spaces = alarms.join_space(spaces, "SQ/A", name="台前", level="none", reason={"zh": "丙"}, warning=2)
    assert alarms.worst_of(spaces) == "yellow" and spaces["SQ/A"]["peak_level"] == "red"
    assert alarms.leading_reason(spaces, "SQ/A") == {"zh": "甲"}
    assert alarms.worst_of(spaces, "orange") == "orange", "what a person set counts too"
    assert alarms.base_code("SQ/A") == alarms.base_code("SQ") == "SQ"


def test_numbers_are_said_as_people_say_them():
    assert alarms.number_of(NOW.date(), 3) == "20260301-003"
    assert alarms.number_of(NOW.date(), 1234) == "20260301-1234"


@pytest.mark.parametrize("words, refusal", [
    ({}, None),
    ({"origin": "warning"}, AlarmRefusal.NO_LEVEL),
    ({"level": "none"}, AlarmRefusal.NO_LEVEL),
    ({"level": "purple"}, AlarmRefusal.NO_LEVEL),
    ({"title": " "}, AlarmRefusal.NO_TITLE),
    ({"why": ""}, AlarmRefusal.NO_REASON),
    ({"raised_at": NOW + minutes(1)}, AlarmRefusal.IN_FUTURE),
])  # fmt: skip
def test_raised_by_hand(words, refusal):
    sound = {
        "origin": "phone",
        "level": "yellow",
        "title": "路口",
        "why": "拥挤",
        "raised_at": NOW,
        "now": NOW,
    }
    assert alarms.check_raised(**sound | words) == refusal


@pytest.mark.parametrize("machine, known, level, why, refusal", [
    ("none", "yellow", "red", "因", None), ("none", "red", "none", "因", None),
    ("orange", "orange", "yellow", "因", AlarmRefusal.NOT_BY_HAND), ("yellow", "red", "orange", "因", None),
    ("none", "red", "red", "因", AlarmRefusal.SAME_LEVEL), ("none", "blue", "red", "", AlarmRefusal.NO_REASON),
])  # fmt: skip
def test_levels_by_hand(machine, known, level, why, refusal):
    assert alarms.check_grade(machine_level=machine, known=known, level=level, why=why) == refusal


def test_verdicts():
    assert alarms.deed_of_verdict(Verdict.TRUE) == Deed.CONFIRM
    assert {alarms.deed_of_verdict(one) for one in (Verdict.FALSE, Verdict.EXERCISE)} == {Deed.CLEAR}


@pytest.mark.parametrize("words, refusal", [
    ({}, None),
    ({"measure": "look_away"}, AnswerRefusal.NO_MEASURE),
    ({"measure": Measure.FALSE_ALARM}, AnswerRefusal.NO_REASON),
    ({"measure": Measure.FALSE_ALARM, "words": "计数器脱落"}, None),
    ({"next_look_at": NOW}, AnswerRefusal.NEXT_LOOK_PAST),
    ({"next_look_at": None}, AnswerRefusal.NEXT_LOOK_PAST),
    ({"next_look_at": NOW + timedelta(hours=24, seconds=1)}, AnswerRefusal.NEXT_LOOK_FAR % {"hours": 24}),
    ({"way": "phone"}, AnswerRefusal.NO_CALLER),
    ({"way": "radio", "caller": "王"}, AnswerRefusal.CALLED_LATER),
    ({"way": "phone", "caller": "王", "called_at": NOW + minutes(2)}, AnswerRefusal.CALLED_LATER),
    ({"way": "phone", "caller": "王", "called_at": NOW - minutes(3)}, None),
])  # fmt: skip
def test_answers(words, refusal):
    sound = {"measure": Measure.SEND_PEOPLE, "words": "", "next_look_at": NOW + minutes(5), "now": NOW}
    assert str(answers.check_answer(**sound | words) or "") == str(refusal or "")


def test_measures_are_deeds():
    assert {one: answers.deed_of(one) for one in Measure} == {
        Measure.ACKNOWLEDGE: Deed.RECEIVE, Measure.SEND_PEOPLE: Deed.HANDLE, Measure.REPORT_UP: Deed.RECEIVE,
        Measure.ASK_JUDGEMENT: Deed.RECEIVE, Measure.LIMIT_INFLOW: Deed.HANDLE, Measure.ONE_WAY: Deed.HANDLE,
        Measure.BATCHES: Deed.HANDLE, Measure.SUSPEND_ENTRY: Deed.HANDLE, Measure.FALSE_ALARM: Deed.CLEAR,
    }  # fmt: skip


@pytest.mark.parametrize(
    "answer_round, ended_at, counts", [(2, None, True), (1, None, False), (2, NOW, False)]
)
def test_answers_of_an_older_round_never_count(answer_round, ended_at, counts):
    assert answers.counts(answer_round=answer_round, ended_at=ended_at, alarm_round=2) is counts


@pytest.mark.parametrize("text, seen", [
    ("2.15", (2, 15)), ("1.0", (1, 0)), ("", None), ("x.1", None), ("1", None), ("-1.2", None), ("1.2.3", None),
])  # fmt: skip
def test_what_a_form_was_drawn_with(text, seen):
    assert answers.read_seen(text) == seen


def test_who_comes_second_is_noticed():
    assert answers.is_overtaken((1, 4), newest=5) and not answers.is_overtaken((1, 5), newest=5)


@pytest.mark.parametrize("after, timed_out", [(-1, False), (4, False), (5, True), (60, True)])
def test_timing_out(after, timed_out):
    assert answers.has_timed_out(NOW, NOW + minutes(after), minutes(5)) is timed_out
    assert not answers.has_timed_out(None, NOW, minutes(5))


@pytest.mark.parametrize("joins_from, kinds, level, kind, joins", [
    ("orange", [], "red", "mall", True), ("orange", [], "yellow", "mall", False), ("", [], "red", "mall", False),
    ("blue", ["park"], "red", "mall", False), ("blue", ["mall"], "blue", "mall", True), ("blue", [], "blue", "", True),
])  # fmt: skip
def test_who_joins_by_itself(joins_from, kinds, level, kind, joins):
    assert agencies.joins(joins_from=joins_from, place_kinds=kinds, level=level, place_kind=kind) is joins


def test_an_agency_has_a_name():
    assert (
        agencies.check_agency(name=" ") == AgencyRefusal.NO_NAME
        and agencies.check_agency(name="公安") is None
    )


@pytest.mark.parametrize("words, refusal", [
    ({}, None),
    ({"reason": ""}, JudgementRefusal.NO_REASON),
    ({"decision": "start"}, JudgementRefusal.NO_RESPONSE_LEVEL),
    ({"decision": "start", "response_level": "red"}, JudgementRefusal.NO_RESPONSE_LEVEL),
    ({"decision": "start", "response_level": "III"}, None),
    ({"response_level": "III"}, JudgementRefusal.LEVEL_WITHOUT_START),
    ({"decision": "keep_watching"}, JudgementRefusal.NO_NEXT),
    ({"decision": "keep_watching", "next_at": NOW}, JudgementRefusal.NEXT_PAST),
    ({"decision": "keep_watching", "next_at": NOW + minutes(10)}, None),
])  # fmt: skip
def test_judgements(words, refusal):
    sound = {"decision": "do_not_start", "response_level": "", "reason": "因", "next_at": None, "now": NOW}
    assert judgement.check_judgement(**sound | words) == refusal


def test_a_response_level_is_never_taken_from_the_machine():
    assert "level" not in inspect.signature(judgement.check_judgement).parameters
