"""Which of many series are told, as what, and which are left out because another one explains them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.domains.hazards.rules.patterns import (
    LEAST_WEEKS,
    PATTERN_LIFE,
    Definitions,
    Found,
    Series,
    Signal,
    age_calm,
    check_pattern_step,
    compare_rate,
    find_common,
    how_sure,
    judge,
    leave_out_explained,
    lies_in,
    series_over,
)
from anlan.domains.hazards.rules.sectors import DIVISIONS, divisions_of, section_of, sector_of
from anlan.domains.hazards.terms import Industry, PatternNature, PatternState, PatternStep, Verdict

WEEKS, AREAS = 80, 6
USUAL = Definitions()


def quiet(seed=1):
    """Two kinds in six areas, two a week and area: (series, counts)."""
    cells = np.random.default_rng(seed).poisson(2.0, (2, AREAS, WEEKS))
    return cells


def tabled(cells):
    series, rows = [], []
    for kind, name in enumerate(("exits", "fire")):
        series += [Series(name, "all"), *(Series(name, "area", f"{n}") for n in range(AREAS))]
        rows += [cells[kind].sum(0), *cells[kind]]
    return series, np.array(rows)


def test_a_quiet_district_has_nothing_to_tell():
    assert judge(*tabled(quiet()), USUAL).signals == []


def test_a_rise_just_begun_is_incipient_and_says_since_when():
    cells = quiet()
    cells[0, 2, -5:] += 5
    [signal] = leave_out_explained(judge(*tabled(cells), USUAL).signals, lambda one, other: one == other)[:1]
    assert signal.series == Series("exits", "area", "2") and signal.nature == PatternNature.INCIPIENT
    numbers = signal.numbers
    assert (
        numbers["seen"] == cells[0, 2, -4:].sum()
        and 7 < numbers["expected"] < 9
        and 4 <= numbers["since_weeks"] <= 6
    )
    assert (
        numbers["low"] < numbers["ratio"] < numbers["high"]
        and len(numbers["weeks"]) == len(numbers["usual"]) == 52
    )


def test_a_rise_that_goes_on_is_a_tendency():
    cells = quiet()
    cells[1, 4, -24:] += np.round(np.linspace(0, 9, 24)).astype(int)
    found = {signal.series: signal for signal in judge(*tabled(cells), USUAL).signals}
    signal = found[Series("fire", "area", "4")]
    assert signal.nature == PatternNature.TENDENCY and signal.numbers["growth"] > 1.5
    assert signal.numbers["since_weeks"] == 24


def test_what_is_new_in_the_district_is_incipient():
    cells = quiet()
    cells[1] = 0
    cells[1, 0, -2:] = 4
    found = [signal for signal in judge(*tabled(cells), USUAL).signals if signal.series.kind == "fire"]
    assert {signal.series.scope for signal in found} == {"all", "area"} and found[0].numbers["expected"] < 0.5


def test_a_short_history_tells_nothing():
    cells = quiet()[..., : LEAST_WEEKS - 1].copy()
    cells[0, 0, -4:] += 50
    assert judge(*tabled(cells), USUAL) == ([], frozenset(), 0)
    assert judge([], np.zeros((0, 90), int), USUAL).signals == []


def test_a_rise_of_few_is_no_rise_by_definition():
    cells = quiet()
    cells[0, 2, -5:] += 5
    assert judge(*tabled(cells), Definitions(least_count=200)).signals == []
    assert judge(*tabled(cells), Definitions(least_ratio=900, tendency_growth=900)).signals == []


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_quiet_districts_seldom_have_anything_to_tell(seed):
    assert len(judge(*tabled(quiet(seed)), Definitions(false_share=1)).signals) <= 2


def make(series, p, seen, ratio):
    return Signal(series, PatternNature.INCIPIENT, p, {"seen": seen, "ratio": ratio})


def test_the_street_explains_the_district():
    """Most of the district's surplus lies in one street: the street speaks, the district does not."""
    street, whole = (
        make(Series("exits", "area", "2"), 1e-9, 30, 4.0),
        make(Series("exits", "all"), 1e-4, 50, 1.6),
    )
    shares = {frozenset((street.series, whole.series)): 30}

    def shared(one, other):
        return shares[frozenset((one, other))]

    assert leave_out_explained([whole, street], shared) == [street]
    widespread = whole._replace(p=1e-12, numbers={"seen": 300, "ratio": 3.5})
    assert leave_out_explained([street, widespread], shared) == [
        widespread
    ]  # the street is as the district is
    steep = street._replace(numbers={"seen": 30, "ratio": 9.0})
    assert leave_out_explained([steep, widespread], shared) == [widespread, steep]
    other = make(Series("fire", "area", "2"), 1e-3, 30, 4.0)
    assert leave_out_explained([street, other], shared) == [street, other]


def test_common_is_a_large_share_of_enough_units():
    told = find_common(
        {"": (100, {"exits": 45, "fire": 32}), "H": (30, {"fire": 20, "exits": 20}), "G": (3, {"gas": 3})},
        USUAL,
    )
    assert [(one.series.kind, one.series.where) for one in told] == [("exits", ""), ("fire", "H")]
    assert told[0].numbers["share"] == 0.45 and 0.36 < told[0].numbers["low"] < 0.38


@pytest.mark.parametrize(
    ("code", "section"),
    [
        ("F52", "F"),
        ("5211", "F"),
        ("h", "H"),
        ("62", "H"),
        ("0111", "A"),
        ("00", ""),
        ("98", ""),
        ("Z1", ""),
        ("", ""),
        ("7", ""),
    ],
)
def test_the_section_of_an_industry_code(code, section):
    assert section_of(code) == section


def test_every_division_has_its_section():
    assert [letter for _last, letter in DIVISIONS] == Industry.values
    for section in Industry.values:
        assert {section_of(division) for division in divisions_of(section)} == {section}
    assert sector_of("", "mall") == "mall" and sector_of(None, "") == "" and sector_of("H62", "mall") == "H"


def test_a_hazard_belongs_to_its_series():
    cell = Found("exits", 7, "H")
    for series in series_over(cell):
        assert lies_in(cell, series)
    assert not lies_in(cell, Series("exits", "area", "8")) and not lies_in(cell, Series("fire", "all"))
    assert len(series_over(Found("exits", 7, ""))) == 2


def test_a_classified_hazard_is_counted_by_its_criterion_too():
    found = Found("exits", 7, "H", "check:fire/door")
    series = series_over(found)
    assert [one.kind for one in series] == ["exits"] * 3 + ["check:fire/door"] * 3
    assert all(lies_in(found, one) for one in series)
    assert not lies_in(Found("exits", 7, "H"), Series("check:fire/door", "all"))


def test_the_criterion_explains_the_kind_that_it_makes_rise():
    criterion, kind = (
        make(Series("check:fire/door", "all"), 1e-9, 30, 4.0),
        make(Series("exits", "all"), 1e-4, 50, 2.0),
    )
    assert leave_out_explained([kind, criterion], lambda one, other: 30) == [criterion]
    other_criterion = make(Series("standard:fire", "all"), 1e-8, 30, 4.0)
    assert leave_out_explained([other_criterion, criterion], lambda one, other: 30) == [
        criterion,
        other_criterion,
    ]


def test_what_people_may_make_of_it():
    for state in PatternState:
        for step in PatternStep:
            allowed = check_pattern_step(state, step, "季节性") is None
            assert allowed == ((state, step) in PATTERN_LIFE)
    assert "写明" in str(check_pattern_step("new", "dismiss", " "))
    assert not [step for state, step in PATTERN_LIFE if state == PatternState.OVER]


def test_calm_weeks_add_up_and_a_rise_begins_anew():
    assert age_calm(2, 1, is_raised=False) == 3 and age_calm(2, 0, is_raised=False) == 2
    assert age_calm(3, 2, is_raised=True) == 0


def test_verdicts_and_words_of_certainty():
    assert (
        compare_rate(1.2, 2.0, 1.0, 9, 5) == Verdict.ABOVE
        and compare_rate(0.1, 0.8, 1.0, 9, 5) == Verdict.BELOW
    )
    assert (
        compare_rate(0.8, 2.0, 1.0, 9, 5) == Verdict.ALIKE
        and compare_rate(1.2, 9.0, 1.0, 4.9, 5) == Verdict.UNKNOWN
    )
    assert [how_sure(p) for p in (0.0001, 0.005, 0.04)] == ["sure", "likely", "some"]
