"""Codes by their check sign, and names that mean the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.enterprises.rules.codes import (
    SIGNS,
    check_code,
    check_former,
    check_sign,
    name_key,
    temporary_code,
    tidy_code,
)

STANDARDS_EXAMPLE = "91350100M000100Y43"  # the example of GB 32100-2015
bodies = st.text(alphabet=SIGNS, min_size=17, max_size=17)


def test_the_example_of_the_standard_is_sound():
    assert check_code(STANDARDS_EXAMPLE) is None


@given(bodies)
def test_a_code_with_its_check_sign_is_sound(body):
    assert check_code(body + check_sign(body)) is None


@given(bodies, st.integers(0, 17), st.sampled_from(SIGNS))
def test_one_wrong_sign_is_always_found(body, place, sign):
    code = body + check_sign(body)
    wrong = code[:place] + sign + code[place + 1 :]
    assert (check_code(wrong) is None) is (wrong == code)


@given(bodies, st.integers(0, 16))
def test_two_neighbours_that_changed_places_are_always_found(body, place):
    code = body + check_sign(body)
    wrong = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (check_code(wrong) is None) is (wrong == code)


@pytest.mark.parametrize("text", ["9135 0100-m000100y43", "９１３５０１００Ｍ０００１００Ｙ４３"])
def test_what_is_typed_is_tidied(text):
    assert tidy_code(text) == STANDARDS_EXAMPLE


@pytest.mark.parametrize(
    ("code", "word"), [("9135", "18 位"), ("91350100M000100YI3", "I"), (temporary_code(7), "18 位")]
)
def test_what_is_no_code_says_why(code, word):
    assert word in str(check_code(code))


@pytest.mark.parametrize(
    ("number", "sound"), [("", True), ("310106000000017", True), ("3101", False), ("31010600000001X", False)]
)
def test_numbers_of_the_old_kind(number, sound):
    assert (check_former(number) is None) is sound


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("示例（上海）商贸有限责任公司", "示例(上海)商贸有限公司"),
        ("Demo Trading Co., Ltd", "demo trading co ltd"),
        ("示 例 商 贸 有限公司", "示例商贸有限公司"),
    ],
)
def test_names_that_mean_the_same(one, other):
    assert name_key(one) == name_key(other)


def test_names_that_differ_stay_apart():
    assert name_key("示例一店有限公司") != name_key("示例二店有限公司")
