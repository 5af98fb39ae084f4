from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.places import rules
from anlan.domains.places.terms import CapacityMethod, Decider, EntranceState, PlaceKind, Refusal

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TODAY = NOW.date()
STATES = st.sampled_from(EntranceState.values)

# ── entrances ───────────────────────────────────────────────────────────────────────────────────


def test_every_state_says_which_way_people_pass():
    assert set(rules.STATES) == set(EntranceState)


@given(STATES)
def test_in_an_evacuation_every_door_lets_people_out(state):
    assert rules.may_leave(state, evacuating=True)


@pytest.mark.parametrize(
    ("state", "enter", "leave"),
    [
        ("open", True, True),
        ("exit_only", False, True),
        ("entry_only", True, False),
        ("entry_suspended", False, True),
        ("out_of_use", False, False),
    ],
)
def test_what_a_state_lets_through(state, enter, leave):
    assert rules.lets_in(state) is enter
    assert rules.may_leave(state) is leave


@given(
    state=STATES,
    others=st.lists(STATES, max_size=4),
    reason=st.sampled_from(["", "施工"]),
    hours=st.integers(-2, 2),
)
def test_whatever_is_allowed_somebody_can_leave(state, others, reason, hours):
    until = NOW + timedelta(hours=hours)
    if rules.check_entrance_state(state, reason=reason, until=until, now=NOW, others=others) is None:
        assert any(rules.may_leave(one) for one in [state, *others])
        assert state != "out_of_use" or (reason and until > NOW)


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ({"state": "out_of_use", "reason": " "}, Refusal.OUT_OF_USE_NEEDS_REASON),
        ({"state": "out_of_use", "reason": "施工", "until": None}, Refusal.OUT_OF_USE_NEEDS_END),
        ({"state": "out_of_use", "reason": "施工", "until": NOW}, Refusal.OUT_OF_USE_NEEDS_END),
        ({"state": "entry_only", "others": []}, Refusal.LAST_WAY_OUT),
        ({"state": "entry_only", "others": ["entry_only"]}, Refusal.LAST_WAY_OUT),
        ({"state": "entry_only", "others": ["exit_only"]}, None),
        ({"state": "entry_suspended", "others": []}, None),
    ],
)
def test_a_state_is_refused_with_its_reason(words, refusal):
    told = {"reason": "施工", "until": NOW + timedelta(days=1), "others": ["open"]} | words
    assert rules.check_entrance_state(told.pop("state"), now=NOW, **told) == refusal


def test_an_unknown_state_is_named():
    assert "shut" in str(rules.check_entrance_state("shut", reason="", until=None, now=NOW, others=["open"]))


# ── capacity ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("method", "inputs", "persons"),
    [
        (
            "area",
            {"parts": [{"area_m2": 1200.0, "m2_per_person": 1.0}, {"area_m2": 500.0, "m2_per_person": 2.5}]},
            1400,
        ),
        ("path", {"path_length_m": 1000.0, "path_width_m": 3.0, "m2_per_person": 5.0}, 600),
        ("bottleneck", {"clear_width_m": 4.0, "flow_per_m_min": 60.0, "stay_min": 30.0}, 7200),
        ("turnover", {"instantaneous_persons": 1400.0, "open_h": 12.0, "stay_h": 3.0}, 5600),
        ("seats", {"seats": 1000.0}, 1100),
        ("history", {"peak_persons": 5000.0, "share": 0.8}, 4000),
        ("document", {}, None),
    ],
)
def test_each_method_computes_and_shows_its_steps(method, inputs, persons):
    computed = rules.compute_capacity(method, inputs)
    assert computed.persons == persons
    assert persons is None or computed.steps.endswith(f"{persons:,}")


@pytest.mark.parametrize("method", [method for method in CapacityMethod if method != "document"])
def test_a_method_without_its_inputs_says_which(method):
    assert "请填写" in str(rules.compute_capacity(method, {}))


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf")])
def test_inputs_must_be_above_zero(value):
    assert "大于 0" in str(rules.compute_capacity("seats", {"seats": value}))


@given(st.integers(1, 10**5), st.integers(1, 100))
def test_rounding_never_adds_a_person_nor_loses_a_whole_one(area, each):
    computed = rules.compute_capacity("area", {"parts": [{"area_m2": area / 10, "m2_per_person": each / 10}]})
    assert computed.persons == area // each


def test_a_history_may_not_be_stretched():
    assert rules.compute_capacity("history", {"peak_persons": 100.0, "share": 1.5}) == Refusal.SHARE_ABOVE_ONE


def test_the_daily_formula_and_those_nobody_read_are_unconfirmed():
    unconfirmed = {method for method in CapacityMethod if rules.METHODS[method].is_unconfirmed}
    assert unconfirmed == {"bottleneck", "turnover", "seats", "history"}


@pytest.mark.parametrize(
    ("value", "area", "refused", "doubts"),
    [
        (3000, 1000, False, 0),
        (3001, 1000, False, 1),
        (5000, 1000, False, 1),
        (5001, 1000, True, 1),
        (10, None, False, 1),
    ],
)
def test_a_value_is_held_against_the_density_it_means(value, area, refused, doubts):
    assert bool(rules.check_value(value, kind="instantaneous", area_m2=area)) is refused
    assert len(rules.warn_of_value(value, kind="instantaneous", area_m2=area)) == doubts


def test_a_daily_value_is_no_density_but_not_below_the_moment():
    assert rules.check_value(90_000, kind="daily", area_m2=100) is None
    assert len(rules.warn_of_value(900, kind="daily", area_m2=100, instantaneous=1000)) == 1


@pytest.mark.parametrize("value", [0, -5, 10_000_001])
def test_a_value_beyond_belief_is_refused(value):
    assert rules.check_value(value, kind="instantaneous", area_m2=None)


def test_above_its_own_computation_a_value_needs_a_reason():
    assert rules.check_value(1200, kind="instantaneous", area_m2=None, computed=1000)
    assert (
        rules.check_value(1200, kind="instantaneous", area_m2=None, computed=1000, reason="新增看台") is None
    )
    assert rules.check_value(900, kind="instantaneous", area_m2=None, computed=1000) is None


def row(number, made, until=None, withdrawn=None):
    return SimpleNamespace(id=number, determined_on=made, valid_until=until, withdrawn_at=withdrawn)


JAN, FEB, MAR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


@pytest.mark.parametrize(
    ("rows", "on", "held"),
    [
        ([], FEB, None),
        ([row(1, JAN)], FEB, 1),
        ([row(1, MAR)], FEB, None),
        ([row(1, JAN), row(2, FEB)], FEB, 2),
        ([row(1, JAN), row(2, FEB)], date(2026, 1, 31), 1),
        ([row(1, JAN), row(2, JAN)], FEB, 2),
        ([row(1, JAN, until=FEB)], FEB, 1),
        ([row(1, JAN, until=FEB)], MAR, None),
        (
            [row(1, JAN), row(2, FEB, until=FEB)],
            MAR,
            None,
        ),  # the newest has run out: the older does not come back
        (
            [row(1, JAN), row(2, FEB, withdrawn=NOW)],
            MAR,
            1,
        ),  # the newest was a mistake: the older holds again
    ],
)
def test_which_determination_holds(rows, on, held):
    found = rules.pick_valid(rows, on)
    assert (found.id if found else None) == held


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ({}, None),
        ({"determined_on": TODAY + timedelta(days=1)}, Refusal.DETERMINED_LATER),
        ({"valid_until": TODAY}, Refusal.ENDS_BEFORE),
        ({"method": "document"}, Refusal.DOCUMENT_NEEDED),
        ({"method": "document", "document_number": "1号"}, None),
    ],
)
def test_the_dates_and_the_document_of_a_determination(words, refusal):
    told = {
        "method": "area",
        "determined_on": TODAY,
        "valid_until": None,
        "document_number": "",
        "today": TODAY,
    }
    assert rules.check_determination(**told | words) == refusal


def test_publication_is_somewhere_and_not_before():
    told = {"published_on": TODAY, "where": "官网", "determined_on": TODAY, "today": TODAY}
    assert rules.check_publication(**told) is None
    assert rules.check_publication(**told | {"where": " "}) == Refusal.PUBLISHED_WHERE
    assert (
        rules.check_publication(**told | {"published_on": TODAY - timedelta(days=1)})
        == Refusal.PUBLISHED_BEFORE
    )


# ── deciders, grades, codes ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "has_operator", "who"),
    [
        ("park", True, {"authority"}),
        ("park", False, {"authority"}),
        ("mall", True, {"operator"}),
        ("rail_station", True, {"operator"}),
        ("square", False, {"police", "district"}),
        ("mall", False, {"police", "district"}),
        ("hospital", True, {"operator", "authority", "police"}),
    ],
)
def test_who_determines_by_default(kind, has_operator, who):
    assert set(rules.find_deciders(kind, has_operator=has_operator).who) == who


def test_every_kind_has_deciders_with_a_basis():
    for kind in PlaceKind:
        for has_operator in (True, False):
            line = rules.find_deciders(kind, has_operator=has_operator)
            assert line.who and str(line.basis)


def test_the_district_overrides_the_table_kind_by_kind():
    own = {"mall": rules.DeciderLine((Decider.POLICE,), "区规 1 条", "T")}
    assert rules.find_deciders("mall", has_operator=True, own=own).who == (Decider.POLICE,)
    assert rules.find_deciders("park", has_operator=True, own=own).who == (Decider.AUTHORITY,)


def test_others_determine_only_with_a_reason():
    line = rules.find_deciders("mall", has_operator=True)
    assert rules.check_decider(line, parts={"operator"}, kind="mall", reason="") is None
    assert "运营单位" in str(rules.check_decider(line, parts={"authority"}, kind="mall", reason=""))
    assert rules.check_decider(line, parts={"authority"}, kind="mall", reason="运营单位缺位") is None


@pytest.mark.parametrize(
    ("grade", "reason", "days", "refusal"),
    [
        ("A", "客流大", 365, None),
        ("E", "客流大", 365, Refusal.GRADE_UNKNOWN),
        ("A", " ", 365, Refusal.NEEDS_REASON),
        ("A", "客流大", 0, Refusal.REVIEW_NOT_LATER),
        ("A", "客流大", None, Refusal.REVIEW_NOT_LATER),
        ("", "误评", None, None),
    ],
)
def test_a_grade_needs_reason_and_review(grade, reason, days, refusal):
    review = TODAY + timedelta(days=days) if days is not None else None
    assert rules.check_grade(grade, reason=reason, review_on=review, today=TODAY) == refusal


@pytest.mark.parametrize("code", ["A", "M-1", "3L.5_x", "a" * 40])
def test_sound_codes(code):
    assert rules.check_code(code) is None


@pytest.mark.parametrize("code", ["", "-1", "A/B", "A B", "商场", "a" * 41, "A\n"])
def test_codes_that_could_not_stand_in_an_address(code):
    assert rules.check_code(code)


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ({"kind": "station_exit", "parent_kind": None}, Refusal.EXIT_NEEDS_STATION),
        ({"kind": "station_exit", "parent_kind": "mall"}, Refusal.EXIT_NEEDS_STATION),
        ({"kind": "station_exit", "parent_kind": "rail_station"}, None),
        ({"kind": "mall", "above": ["A", "X"]}, Refusal.OWN_PARENT),
        ({"kind": "mall", "parent_retired": True}, Refusal.PARENT_RETIRED),
    ],
)
def test_where_a_place_may_lie(words, refusal):
    told = {"code": "X", "parent_kind": "area", "parent_retired": False, "above": []} | words
    assert rules.check_parent(told.pop("kind"), **told) == refusal


@pytest.mark.parametrize(
    ("form", "width_m", "gates", "per_min"),
    [
        ("stair", 3.0, None, 160), ("door", 1.5, None, 100), ("passage", 6.0, None, 400), ("escalator", 1.0, None, 112),
        ("gate", None, 10, 300), ("gate", 9.0, None, None), ("stair", None, None, None),
    ],
)  # fmt: skip
def test_what_an_entrance_lets_through(form, width_m, gates, per_min):
    assert rules.passage_per_min(form, width_m, gates) == per_min


def test_entrances_in_use_pass_together_and_an_unknown_one_leaves_all_unknown():
    assert rules.sum_passages([("open", 160), ("exit_only", 100), ("out_of_use", None)]) == 260
    assert rules.sum_passages([("open", 160), ("entry_only", None)]) is None
    assert rules.sum_passages([]) is None and rules.sum_passages([("out_of_use", 160)]) is None


@pytest.mark.parametrize(
    ("form", "gates", "is_sound"),
    [("gate", 1, True), ("gate", 500, True), ("stair", None, True), ("gate", 0, False), ("gate", 501, False), ("door", 2, False)],
)  # fmt: skip
def test_a_number_of_gates_is_that_of_a_row_of_gates(form, gates, is_sound):
    assert (rules.check_gates(form, gates) is None) == is_sound
