"""Scores and levels by the rulebook alone, reviews, sheets and the map's cells."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.riskmap.rules import clusters, life
from anlan.domains.riskmap.rules.labels import box_at, overlap, place_numbers
from anlan.domains.riskmap.rules.levels import COLOURS, Unsound, read_inputs, reckon, scores_of
from anlan.domains.riskmap.terms import PointState, Refusal
from anlan.rulebook import rows, version

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("inputs", "value", "level", "colour"),
    [
        ({"L": 10, "E": 6, "C": 15}, 900, 1, "red"),
        ({"L": 10, "E": 2, "C": 15}, 300, 2, "orange"),
        ({"L": 3, "E": 6, "C": 15}, 270, 2, "orange"),
        ({"L": 6, "E": 1, "C": 15}, 90, 3, "yellow"),
        ({"L": 1, "E": 10, "C": 7}, 70, 3, "yellow"),
        ({"L": 0.1, "E": 6, "C": 100}, 60, 4, "blue"),
    ],
)
def test_lec_is_the_product_by_the_bands_of_the_rulebook(inputs, value, level, colour):
    found = reckon("LEC", inputs, on=TODAY)
    assert (found.value, found.level, found.colour) == (value, level, colour)
    assert found.version == version() and not found.is_unconfirmed


@pytest.mark.parametrize(
    ("scores", "level"), [((5, 4), 1), ((5, 3), 2), ((3, 3), 3), ((2, 4), 4), ((1, 1), 4)]
)
def test_the_matrix_is_marked_unconfirmed(scores, level):
    found = reckon("LS", dict(zip("LS", scores, strict=True)), on=TODAY)
    assert found.level == level and found.is_unconfirmed


def test_every_choice_of_the_tables_has_one_level():
    for method, factors in (("LEC", "LEC"), ("LS", "LS")):
        offered = [[score for score, _zh, _en in scores_of(method, factor)] for factor in factors]
        for scores in product(*offered):
            found = reckon(method, dict(zip(factors, scores, strict=True)), on=TODAY)
            fits = [
                row
                for row in rows("risk_levels")
                if row.values["method"] == method
                and row.values["min_incl"] <= found.value < (row.values["max_excl"] or float("inf"))
            ]
            assert [row.values["level"] for row in fits] == [found.level]


@given(st.lists(st.sampled_from((0.1, 0.2, 0.5, 1, 3, 6, 10)), min_size=2, max_size=2).map(sorted))
def test_what_is_likelier_is_never_of_a_lower_risk(pair):
    less, more = (reckon("LEC", {"L": score, "E": 6, "C": 15}, on=TODAY) for score in pair)
    assert less.value <= more.value and less.level >= more.level


@pytest.mark.parametrize(
    "bad", [{"L": 4, "E": 6, "C": 15}, {"L": "much", "E": 6, "C": 15}, {"L": float("nan"), "E": 1, "C": 1}]
)
def test_a_score_that_is_not_in_the_table_is_refused_with_those_that_are(bad):
    with pytest.raises(Unsound, match=r"0\.5"):
        read_inputs("LEC", bad)


def test_a_missing_score_is_named():
    with pytest.raises(Unsound, match="“C”"):
        read_inputs("LEC", {"L": 3, "E": 6, "C": ""})


def test_scores_may_be_typed_and_others_are_left_out():
    assert read_inputs("LEC", {"L": "0.5", "E": "6", "C": "15", "S": 3}) == {"L": 0.5, "E": 6, "C": 15}


def test_colours_are_those_of_the_law():
    assert COLOURS == {1: "red", 2: "orange", 3: "yellow", 4: "blue"}


def test_a_review_is_due_in_a_year():
    assert life.next_review(TODAY) == date(2027, 11, 24)
    assert life.next_review(date(2028, 2, 29)) == date(2029, 2, 28)
    assert life.is_review_due(TODAY, TODAY) and not life.is_review_due(None, TODAY)


CHECKABLE = {
    "state": PointState.DRAFT, "level": 2, "measures": ["校验", ""], "answerer": "班长", "is_own": False
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({}, None),
        ({"level": None}, Refusal.NOT_ASSESSED),
        ({"measures": ["", " "]}, Refusal.NO_MEASURE),
        ({"answerer": " "}, Refusal.NO_ANSWERER),
        ({"is_own": True}, Refusal.OWN_CHECK),
        ({"state": PointState.RETIRED}, Refusal.RETIRED),
    ],
)
def test_what_a_check_asks_for(change, refusal):
    assert life.may_check(**CHECKABLE | change) == refusal


def test_a_point_stands_somewhere():
    sound = {"name": "甲", "has_place": False, "has_enterprise": False, "lon": 121.0, "lat": 31.0}
    assert life.words_are_sound(**sound) is None
    assert life.words_are_sound(**sound | {"lat": None}) == Refusal.HALF_POINT
    assert life.words_are_sound(**sound | {"lon": None, "lat": None}) == Refusal.NOWHERE
    assert life.words_are_sound(**sound | {"name": " "}) == Refusal.NAME_MISSING


def test_a_sheet_waits_for_its_points():
    assert life.may_hand_in(state="open", due=3, checked=3) is None
    assert "1" in life.may_hand_in(state="open", due=3, checked=2)
    assert life.may_hand_in(state="open", due=0, checked=0) == Refusal.SHEET_EMPTY
    assert life.may_check_sheet(state="handed_in", is_own=True, due=1, checked=1) == Refusal.OWN_CHECK
    assert life.may_check_sheet(state="handed_in", is_own=False, due=1, checked=1) is None
    assert life.may_check_sheet(state="handed_in", is_own=False, due=2, checked=1)
    assert life.year_is_sound(2027, TODAY) is None and life.year_is_sound(2028, TODAY)


def test_boxes_are_read_or_none():
    assert clusters.read_box("121.1,31,121.9,31.5") == (121.1, 31, 121.9, 31.5)
    for bad in ("", "1,2,3", "a,b,c,d", "121,31,120,32", "121,31,122,95", "nan,31,122,32", "-inf,0,inf,1"):
        assert clusters.read_box(bad) is None


@given(st.floats(0, 19), st.floats(0, 1))
def test_cells_grow_finer_with_the_zoom(zoom, more):
    assert clusters.cells_per_degree(zoom + more) >= clusters.cells_per_degree(zoom)


def test_a_number_stands_where_it_covers_no_sign_and_no_other_number():
    spots = [(100, 100), (116, 100), (100, 116), (400, 400)]
    (right, low), *_rest, alone = place_numbers(spots)
    assert right < 100 and low == 104  # its right is taken by the second sign
    assert alone == (410, 404)
    boxes = [box_at(x, y, 7) for x, y in place_numbers(spots)] + [
        (x - 7, y - 7, x + 7, y + 7) for x, y in spots
    ]
    assert not any(overlap(one, other) for at, one in enumerate(boxes) for other in boxes[:at])


def test_numbers_of_signs_on_one_spot_are_all_placed():
    assert len(set(place_numbers([(50, 50)] * 4))) == 4 and place_numbers([]) == []
