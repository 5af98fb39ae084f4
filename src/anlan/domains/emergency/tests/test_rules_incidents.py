"""Incidents as arithmetic: their life as a table, report limits and reminders, field checks, orders, needs."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.emergency.rules import calls, checks, incidents, orders, reports
from anlan.domains.emergency.terms import (
    CheckStand,
    IncidentState,
    IncidentStep,
    NeedState,
    ReportSort,
    ReportState,
)

S, A = IncidentState, IncidentStep
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
GIVEN = {
    "why": "试",
    "level": "III",
    "response_level": "II",
    "plan_name": "预案",
    "receiver": "市局",
    "review": "结论",
}
READY = {"has_commander": True, "has_final_report": True, "has_first_report": True}


def after(minutes):
    return NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("state", "step", "to"),
    [
        (S.REPORTED, A.GRADE, S.FIRST_REPORTED), (S.GRADED, A.SIGN_FIRST, S.FIRST_REPORTED),
        (S.REPORTED, A.SIGN_FIRST, S.REPORTED), (S.UNDER_CONTROL, A.SIGN_FIRST, S.UNDER_CONTROL),
        (S.FIRST_REPORTED, A.ACTIVATE_PLAN, S.PLAN_ACTIVATED), (S.PLAN_ACTIVATED, A.SET_UP_COMMAND, S.COMMAND_SET_UP),
        (S.COMMAND_SET_UP, A.TRANSFER, S.TRANSFERRED), (S.TRANSFERRED, A.TAKE_BACK, S.COMMAND_SET_UP),
        (S.TRANSFERRED, A.BRING_UNDER_CONTROL, S.UNDER_CONTROL), (S.UNDER_CONTROL, A.END, S.ENDED),
        (S.RESPONSE_LOWERED, A.END, S.ENDED), (S.ENDED, A.REVIEW, S.REVIEWED), (S.REVIEWED, A.FILE, S.FILED),
        (S.FILED, A.REOPEN, S.FIRST_REPORTED), (S.FALSE, A.REOPEN, S.FIRST_REPORTED),
        (S.REPORTED, A.DECLARE_FALSE, S.FALSE), (S.COMMAND_SET_UP, A.MERGE, S.MERGED),
        (S.REPORTED, A.SPLIT, S.REPORTED),
        (S.REPORTED, A.END, None), (S.COMMAND_SET_UP, A.END, None), (S.ENDED, A.END, None), (S.REPORTED, A.FILE, None),
        (S.MERGED, A.REOPEN, None), (S.ENDED, A.MERGE, None), (S.FILED, A.DECLARE_FALSE, None),
        (S.GRADED, A.GRADE, None), (S.REPORTED, A.ACTIVATE_PLAN, None), (S.REPORTED, A.SET_UP_COMMAND, None),
    ],
)  # fmt: skip
def test_the_table_of_its_life(state, step, to):
    facts = incidents.Facts(state, level="III", response_level="III", **READY)
    reached, refusal = incidents.advance(facts, step, GIVEN)
    assert reached == to and (refusal is None) == (to is not None)


@pytest.mark.parametrize("step", A)
def test_no_step_goes_without_what_it_asks_for(step):
    """With nothing said and nothing on record, only steps that ask for nothing succeed."""
    free = {A.SIGN_FIRST, A.BRING_UNDER_CONTROL, A.FILE, A.SPLIT}
    for state in S:
        to, _refusal = incidents.advance(incidents.Facts(state), step, {})
        assert to is None or step in free


def test_nothing_in_the_rules_derives_a_level():
    """A level is only ever an argument: no step changes anything where none is given."""
    for step in (A.GRADE, A.CHANGE_LEVEL, A.ACTIVATE_PLAN, A.RAISE_RESPONSE, A.LOWER_RESPONSE):
        for state in S:
            facts = incidents.Facts(state, level="III", response_level="III", **READY)
            words = {name: word for name, word in GIVEN.items() if "level" not in name}
            assert incidents.advance(facts, step, words)[0] is None


@given(
    steps=st.lists(st.sampled_from(list(A)), max_size=30), has_final=st.booleans(), running=st.integers(0, 2)
)
def test_no_end_without_a_final_report_nor_with_teams_in_the_field(steps, has_final, running):
    state = S.REPORTED
    for step in steps:
        facts = incidents.Facts(
            state, "III", "III", has_commander=True, has_final_report=has_final, running_checks=running
        )
        to, refusal = incidents.advance(facts, step, GIVEN)
        assert (to is None) != (refusal is None)
        if to in {S.ENDED, S.REVIEWED, S.FILED}:
            assert has_final and not running
        state = to or state


def test_case_numbers_and_late_entries():
    assert incidents.clean_case("110", " 2026 03a ") == "202603A"
    assert calls.check_case("", "") is None
    assert calls.check_case("110", "A/1.2-3") is None
    assert all(calls.check_case(*one) for one in [("110", ""), ("", "5"), ("110", "<b>"), ("110", "9" * 41)])
    assert not incidents.is_late(NOW, after(9)) and incidents.is_late(NOW, after(10))


@pytest.mark.parametrize(
    ("told", "now", "state", "left_s"),
    [(None, 0, "running", 1800), (None, 30, "running", 0), (None, 31, "overdue", -60), (30, 99, "met", 0), (42, 99, "met_late", -720)],
)  # fmt: skip
def test_a_limit_says_late_and_never_hides_it(told, now, state, left_s):
    stand = reports.stand(after(30), None if told is None else after(told), after(now))
    assert stand == (state, left_s)


def test_reminders_come_at_half_time_ahead_at_the_end_and_after():
    rungs = reports.ladder(NOW, after(30))
    assert [rung.name for rung in rungs] == ["half", "-5", "due", "+10", "+30", "+60", "+120"]
    assert reports.reached(rungs, after(14)) is None
    assert reports.reached(rungs, after(15)).name == "half"
    assert reports.reached(rungs, after(45)).name == "+10"


@given(minutes=st.integers(1, 600), looks=st.lists(st.integers(0, 1200), max_size=40))
def test_a_look_that_comes_late_tells_the_newest_rung_only_and_each_once(minutes, looks):
    rungs, told = reports.ladder(NOW, after(minutes)), []
    for look in sorted(looks):
        rung = reports.reached(rungs, after(look))
        if rung and rung.name not in told:
            told.append(rung.name)
    assert len(told) == len(set(told))
    order = [rung.name for rung in rungs]
    assert told == sorted(told, key=order.index)


def test_which_report_may_be_written_and_who_signs():
    assert reports.check_writing(ReportSort.FIRST, set(), set()) is None
    assert reports.check_writing(ReportSort.FIRST, {"first"}, set())
    assert reports.check_writing(ReportSort.FOLLOW_UP, {"first"}, set())
    assert reports.check_writing(ReportSort.FOLLOW_UP, {"first"}, {"first"}) is None
    assert reports.check_writing(ReportSort.FINAL, {"first", "final"}, {"first"})
    assert reports.check_signing(signer=1, authors={1, 2}, seen="a", digest="a")
    assert reports.check_signing(signer=3, authors={1, 2}, seen="b", digest="a")
    assert reports.check_signing(signer=3, authors={1, 2}, seen="a", digest="a") is None
    assert reports.move(ReportState.SIGNED, "change")[1] and reports.move(ReportState.SENT, "drop")[1]
    assert reports.move(ReportState.SENT, "send") == ("sent", None)


@given(
    st.dictionaries(st.text(), st.text(), max_size=4),
    st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=4),
)
def test_frozen_words_are_the_same_for_the_same_report(sections, facts):
    words = {"number": "2026-0001", "name": "初报", "facts": facts}
    other = dict(reversed(sections.items()))
    frozen = reports.freeze(sections=sections, **words)
    assert frozen == reports.freeze(sections=other, **words)
    assert reports.digest_of(frozen) != reports.digest_of(
        reports.freeze(sections=sections | {"x": "y"}, **words)
    ) or (sections.get("x") == "y")


@pytest.mark.parametrize(
    ("minutes", "misses", "stand"),
    [(0, 0, "fine"), (29, 0, "fine"), (30, 0, "due"), (32, 0, "due"), (33, 1, "missed"), (62, 1, "missed"), (63, 2, "missed"), (153, 5, "missed")],
)  # fmt: skip
def test_a_silent_team(minutes, misses, stand):
    watch = checks.Watch(NOW, 30, 3)
    assert checks.count_misses(watch, after(minutes)) == misses
    assert checks.stand(watch, after(minutes)) == stand
    assert checks.stand(watch._replace(stopped_at=NOW), after(minutes)) == CheckStand.STOPPED


def test_trouble_stays_until_all_is_well():
    watch = checks.Watch(NOW, 30, 3, answer="trouble")
    assert checks.stand(watch, after(1)) == CheckStand.TROUBLE
    assert checks.check_answer(watch, at=after(1), answer="trouble", present=3, words=" ")
    assert checks.check_answer(watch, at=after(-1), answer="fine", present=3, words="")
    assert checks.check_answer(watch, at=after(1), answer="fine", present=3, words="") is None


@given(st.integers(5, 240), st.integers(1, 30), st.lists(st.integers(0, 3000), min_size=1, max_size=30))
def test_misses_only_grow_while_nothing_is_heard(every, grace, looks):
    watch = checks.Watch(NOW, every, grace)
    counts = [checks.count_misses(watch, after(look)) for look in sorted(looks)]
    assert counts == sorted(counts)
    assert all(
        (count > 0) == (look >= every + grace) for count, look in zip(counts, sorted(looks), strict=True)
    )


def test_orders_and_needs():
    assert orders.move("issued", "receive") == ("received", None)
    assert orders.move("done", "finish")[1] and orders.move("withdrawn", "receive")[1]
    assert orders.is_overdue("received", NOW, after(1)) and not orders.is_overdue("done", NOW, after(1))
    assert [orders.need_state(4, n) for n in (0, 1, 4, 5)] == [
        NeedState.OPEN,
        NeedState.PARTLY,
        NeedState.MET,
        NeedState.MET,
    ]
    hand = {"runs": False, "belongs": False, "told_by": "", "refusal": "no"}
    assert orders.check_hand(**hand) == "no" and orders.check_hand(**hand | {"runs": True}) == "no"
    assert orders.check_hand(**hand | {"runs": True, "told_by": "甲"}) is None
    assert orders.check_hand(**hand | {"belongs": True}) is None
    assert orders.check_hand(**hand | {"told_by": "甲"}) == "no"
