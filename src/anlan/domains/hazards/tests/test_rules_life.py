"""The life as a table: what closes, what waits, whither everything leads; by any history, without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.hazards import rules
from anlan.domains.hazards.terms import FIVE, HazardState, Refusal, Step
from anlan.kit.geo import distance_m

NOW = datetime(2026, 11, 24, tzinfo=UTC)
FACTS = rules.Facts(now=NOW, actor=1, reporter=9, grade="general", why="因", has_after=True, due_at=NOW)
S = HazardState


def reach(state):
    """Every state that can be reached from this one."""
    found, left = set(), {state}
    while left:
        at = left.pop()
        found.add(at)
        left |= {move.to for move in rules.steps_from(at).values()} - found
    return found


def test_every_state_is_reached_from_a_report_and_leads_to_an_end():
    assert reach(S.REPORTED) == set(S)
    assert all(reach(state) & set(rules.ENDED) for state in S)


def test_every_step_but_those_beside_the_life_stands_in_the_table():
    assert {step for _at, step in rules.LIFE} == set(Step) - {Step.LIST, Step.DELIST}


@pytest.mark.parametrize("state", [S.EXTENDING, S.CONTESTED, S.APPEALED, S.VERIFYING, S.ORDERED])
def test_what_waits_is_ended_by_a_yes_and_by_a_no_or_by_going_on(state):
    assert {move.to for move in rules.steps_from(state).values()} - {state}


def test_only_one_step_closes_and_it_asks_for_evidence_a_conclusion_and_a_second_person():
    closing = {(at, step) for (at, step), move in rules.LIFE.items() if move.to == S.CLOSED}
    assert closing == {(S.VERIFYING, Step.CLOSE), (S.CONTESTED, Step.UPHOLD), (S.CLOSED, Step.LOOK_BACK)}
    assert rules.check_step(S.VERIFYING, Step.CLOSE, FACTS) is None
    for words, reason in (
        ({"why": " "}, Refusal.NEEDS_CONCLUSION), ({"has_after": False}, Refusal.NEEDS_AFTER),
        ({"fixers": frozenset({1})}, Refusal.SAME_PERSON), ({"actor": None}, Refusal.SAME_PERSON),
    ):  # fmt: skip
        assert rules.check_step(S.VERIFYING, Step.CLOSE, replace(FACTS, **words)) == reason


def test_contested_and_looked_back_at_were_closed_before():
    assert {at for (at, _step), move in rules.LIFE.items() if move.to == S.CONTESTED} == {S.CLOSED}


def test_a_major_one_needs_all_five():
    facts = replace(FACTS, grade="major", five=dict.fromkeys(FIVE, "有"))
    assert rules.check_step(S.GRADED, Step.ORDER_MAJOR, facts) is None
    for name, label in FIVE.items():
        refusal = rules.check_step(S.GRADED, Step.ORDER_MAJOR, replace(facts, five=facts.five | {name: " "}))
        assert str(label) in str(refusal)
    assert rules.check_step(S.GRADED, Step.ORDER, facts) == Refusal.ORDER_GENERAL
    assert rules.check_step(S.GRADED, Step.FIX, facts) == Refusal.ON_SPOT_GENERAL
    assert rules.check_step(S.GRADED, Step.ORDER_MAJOR, FACTS) == Refusal.ORDER_MAJOR


def test_more_time_is_asked_before_the_limit_and_decided_by_another():
    assert rules.check_step(S.RECTIFYING, Step.ASK_EXTENSION, FACTS) is None
    late = replace(FACTS, now=NOW + timedelta(seconds=1))
    assert rules.check_step(S.RECTIFYING, Step.ASK_EXTENSION, late) == Refusal.TOO_LATE
    assert rules.check_step(S.EXTENDING, Step.GRANT, replace(FACTS, asker=1)) == Refusal.SAME_DECIDER
    assert rules.check_step(S.EXTENDING, Step.REFUSE, replace(FACTS, asker=1)) == Refusal.SAME_DECIDER
    assert rules.check_step(S.EXTENDING, Step.GRANT, replace(FACTS, asker=2)) is None


def test_listing_is_for_major_ones_under_way_and_delisting_for_closed_ones_by_another():
    major, listed = replace(FACTS, grade="major"), replace(FACTS, grade="major", is_listed=True, closer=2)
    assert rules.check_list_step(S.RECTIFYING, Step.LIST, major) is None
    assert rules.check_list_step(S.RECTIFYING, Step.LIST, FACTS) == Refusal.ONLY_MAJOR
    assert rules.check_list_step(S.RECTIFYING, Step.LIST, listed) == Refusal.LISTED_ALREADY
    assert rules.check_list_step(S.CLOSED, Step.LIST, major)
    assert rules.check_list_step(S.CLOSED, Step.DELIST, listed) is None
    assert rules.check_list_step(S.CLOSED, Step.DELIST, major) == Refusal.NOT_LISTED
    assert rules.check_list_step(S.RECTIFYING, Step.DELIST, listed) == Refusal.NOT_CLOSED
    assert rules.check_list_step(S.CLOSED, Step.DELIST, replace(listed, closer=1)) == Refusal.SAME_DELISTER


@given(
    state=st.sampled_from(S),
    step=st.sampled_from(Step),
    actor=st.integers(1, 3),
    has_after=st.booleans(),
    fixer=st.integers(1, 3),
)
def test_no_step_whatever_closes_without_evidence_and_a_second_person(state, step, actor, has_after, fixer):  # fmt: skip
    facts = replace(FACTS, actor=actor, reporter=actor, has_after=has_after, fixers=frozenset({fixer}))
    if rules.check_step(state, step, facts) is None and rules.LIFE[state, step].to == S.CLOSED:
        assert actor != fixer
        assert has_after or state != S.VERIFYING


@pytest.mark.parametrize(
    ("hours", "height"), [(-1, 0), (1, 0), (24, 1), (71, 1), (72, 2), (168, 3), (9999, 3)]
)
def test_overdue_ones_climb(hours, height):
    assert rules.height_due(NOW, NOW + timedelta(hours=hours)) == height


def test_metres_between_two_points():
    assert distance_m((121.49, 31.24), (121.49, 31.24)) == 0
    assert 47 < distance_m((121.49, 31.24), (121.4905, 31.24)) < 48
    west, south, east, north = rules.outer_box(121.49, 31.24, 50)
    assert distance_m((121.49, 31.24), (east, 31.24)) > 50 < distance_m((121.49, 31.24), (121.49, north))
    assert west < 121.49 and south < 31.24


def test_numbers():
    assert rules.say_number(2026, 7) == "2026-00007"
