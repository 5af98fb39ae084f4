"""Checklists as rules: expressions, rows of workbooks, answers; each with its faults."""

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.hazards.rules.answers import Filling, read_answer, take_answers
from anlan.domains.hazards.rules.checklists import read_form, spots, write_form
from anlan.domains.hazards.rules.expressions import (
    UnreadableExpression,
    as_number,
    names_in,
    read_expression,
    work_out,
)
from anlan.domains.hazards.rules.selfchecks import due_after, seal_of

KINDS = {"exits": "疏散通道和安全出口", "fire": "消防设施和用火"}
CHOICES = [
    (2, {"list_name": "yn", "name": "yes", "label": "是"}),
    (3, {"list_name": "yn", "name": "no", "label": "否"}),
]


def value(text, answers=None, own=""):
    return work_out(read_expression(text), answers or {}, own)


@pytest.mark.parametrize(
    ("text", "answers", "told"),
    [
        ("${n} > 3", {"n": "4"}, True),
        ("${n} > 3", {"n": ""}, False),
        ("${n} = ''", {}, True),
        ("not(${n} = '')", {}, False),
        ("selected(${many}, 'b')", {"many": ["a", "b"]}, True),
        ("selected(${many}, 'c')", {"many": "a b"}, False),
        ("1 + 2 * 3 - 4 div 2", {}, 5),
        ("(1 + 2) * 3", {}, 9),
        ("10 - 3 - 2", {}, 5),
        ("-2 * 3", {}, -6),
        ("'a' = \"a\" and 1 < 2 or false_is_no_word", {}, None),
        ("${d} >= '2026-01-01'", {"d": "2026-02-01"}, True),
        ("${x} = 1 or ${y} = 2 and ${z} = 3", {"x": "1"}, True),
        ("'5' = 5.0", {}, True),
        ("${a} = ${b}", {"a": "x", "b": "x"}, True),
        ("${a} != 'x'", {"a": "x"}, False),
    ],
)
def test_an_expression_has_the_value_that_xpath_gives_it(text, answers, told):
    if told is None:
        with pytest.raises(UnreadableExpression):
            read_expression(text)
    else:
        assert value(text, answers) == told


def test_dots_and_divisions():
    assert value(". >= 0 and . <= 100", own="40") is True
    assert math.isnan(value("0 div 0")) and value("1 div 0") == math.inf
    assert math.isnan(value("${nothing} + 1"))


@pytest.mark.parametrize(
    "text",
    ["", "1 +", "${a", "$a", "count(1)", "eval('1')", "not()", "selected(1)", "1 1", "__import__('os')", "${a} = = 1", "a.b", "{}", "[1]", "1 ** 2", "\\x", "(" * 40 + "1" + ")" * 40, "1" + " + 1" * 200],
)  # fmt: skip
def test_what_is_no_expression_of_ours_is_refused(text):
    with pytest.raises(UnreadableExpression):
        read_expression(text)


@given(st.text(max_size=80))
def test_no_text_does_anything_but_be_read_or_refused(text):
    try:
        tree = read_expression(text)
    except UnreadableExpression:
        return
    assert isinstance(work_out(tree, {}), float | int | str | bool | list)


NUMBERS = st.integers(-999, 999)


@st.composite
def sums(draw, depth=0):
    """(an expression, what Python makes of the same)."""
    if depth > 3 or draw(st.booleans()):
        number = draw(NUMBERS)
        return (f"{number}", number) if number >= 0 else (f"({number})", number)
    left, right = draw(sums(depth=depth + 1)), draw(sums(depth=depth + 1))
    sign = draw(st.sampled_from(["+", "-", "*"]))
    worked = {"+": left[1] + right[1], "-": left[1] - right[1], "*": left[1] * right[1]}[sign]
    return f"({left[0]} {sign} {right[0]})", worked


@given(sums())
def test_sums_are_what_arithmetic_says(pair):
    text, worked = pair
    try:
        assert value(text) == pytest.approx(worked)
    except UnreadableExpression as error:
        assert "过" in str(error)  # longer or deeper than we read


@given(st.lists(st.sampled_from("abc"), unique=True), st.sampled_from("abcd"), NUMBERS)
def test_truths_follow_their_laws(many, one, number):
    answers = {"m": many, "n": str(number)}
    selected = value(f"selected(${{m}}, '{one}')", answers)
    assert selected == (one in many)
    assert value(f"not(selected(${{m}}, '{one}'))", answers) is not selected
    assert value("${n} < 0 or ${n} >= 0", answers) is True
    assert value(f"${{n}} = {abs(number)}", answers) == (number >= 0)
    assert as_number(str(number)) == number and names_in(read_expression("${m} = ${n}")) == {"m", "n"}


# ── rows ────────────────────────────────────────────────────────────────────────────────────────


def form(*rows, choices=CHOICES):
    return read_form(list(enumerate(rows, 2)), choices, kinds=KINDS)


def row(kind="text", name="a", label="题", **more):
    return {"type": kind, "name": name, "label": label} | more


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([row("barcode")], "不支持题型"),
        ([row("start")], "不支持题型"),
        ([row(name="1a")], "题目编码"),
        ([row(name="甲")], "题目编码"),
        ([row(), row()], "重复"),
        ([row(label="")], "缺少题目文字"),
        ([row("select_one")], "选项表名称"),
        ([row("select_one other")], "没有选项"),
        ([row(relevant="${b} = 1")], "不存在的题目"),
        ([row(relevant="${a} = 1"), row(name="b")], "循环"),
        ([row(relevant="1 +")], "不完整"),
        ([row(relevant=". = 1")], "不能用“.”"),
        ([row(relevant="pulldata('x')")], "不支持函数"),
        ([row("calculate", calculation="${b}"), row("calculate", "b", calculation="${a}")], "循环"),
        ([row("calculate")], "须填写 calculation"),
        ([row("end group")], "没有对应的开始"),
        ([row("begin group")], "没有结束"),
        ([row("begin repeat", "r"), row("begin repeat", "s"), row("end repeat"), row("end repeat")], "不能再有"),
        ([row("begin repeat", "r"), row(), row("end repeat"), row(name="b", relevant="${a} = 1")], "可重复分组内的题目"),
        ([row(hazard_kind="exits")], "只有单选题"),
        ([row("select_one yn", hazard_kind="不存在")], "没有隐患类别"),
        ([row("select_one yn", hazard_kind="exits", hazard_when="maybe")], "不在该题的选项内"),
        ([row(label="=1+1")], "是公式"),
        ([row(label="长" * 501)], "超过"),
        ([row("note")], "没有需要回答"),
        ([row(name=f"q{n}") for n in range(201)], "超过 200"),
    ],
)  # fmt: skip
def test_a_faulty_row_is_named_with_its_line(rows, said):
    _questions, faults = form(*rows)
    assert faults and any(said in one.text for one in faults), faults
    assert all(one.number >= 0 and one.sheet for one in faults)


def test_faulty_choices_are_named():
    faults = form(row(), choices=[(2, {"list_name": "x", "name": "a b", "label": "甲"}), (3, {"list_name": "x", "name": "c", "label": "甲"}), (4, {"list_name": "x", "name": "c", "label": "乙"})])[1]  # fmt: skip
    assert [one.number for one in faults] == [2, 4]


SOUND = [
    row("begin group", "g", "组"), row("select_one yn", "open", "出口畅通", required="yes", hazard_kind="疏散通道和安全出口", photo="yes", clause="条款"),
    row(name="why", label="为什么不通", relevant="${open} = 'no'", required="yes"), row("end group"),
    row("integer", "people", "人数", constraint=". >= 0 and . < 1000", constraint_message="人数不对"),
    row("calculate", "half", "", calculation="${people} div 2"), row("note", "told", "一半是 ${half}"),
    row("begin repeat", "r", "组"), row(name="what", label="什么", required="yes"), row("image", "pic", "照片"), row("end repeat"),
]  # fmt: skip


def test_a_form_comes_back_as_it_was_written():
    questions, faults = form(*SOUND)
    assert not faults and questions[0]["parts"][0]["hazard_kind"] == "exits"
    survey, lists = write_form(questions)
    rows = [(n, {"list_name": of} | one) for of, many in lists.items() for n, one in enumerate(many, 2)]
    again, faults = read_form(list(enumerate(survey, 2)), rows, kinds=KINDS)
    assert not faults and again == questions and seal_of(again) == seal_of(questions)


# ── answers ─────────────────────────────────────────────────────────────────────────────────────


def filling(photos=(), **answers):
    return Filling(form(*SOUND)[0], answers, photos)


def faults_of(filled):
    return {line.key: line.fault for line in filled.lines() if line.fault}


def test_a_question_is_asked_when_its_condition_holds():
    assert "why" not in filling(open="yes").shown_keys()
    asked = filling(open="no")
    assert "why" in asked.shown_keys() and set(faults_of(asked)) == {"open", "why"}
    assert faults_of(filling(open="no", why="货", photos=["open"])) == {}


def test_what_is_not_asked_is_not_kept():
    assert filling(open="yes", why="旧的").values() == {"open": "yes"}


def test_constraints_calculations_and_words():
    assert faults_of(filling(open="yes", people="1000")) == {"people": "人数不对"}
    assert faults_of(filling(open="yes", people="九")) == {"people": "请填写整数。"}
    filled = filling(open="yes", people="5")
    assert filled.values() == {"open": "yes", "people": 5, "half": 2.5}
    assert [filled.label(line) for line in filled.lines() if line.question["name"] == "told"] == [
        "一半是 2.5"
    ]
    assert filling(open="yes").value("half") == ""


def test_an_empty_row_of_a_repeat_asks_for_nothing():
    filled = filling(open="yes", r=[{"what": "甲"}, {}])
    assert faults_of(filled) == {} and filled.values()["r"] == [{"what": "甲"}, {}]
    assert faults_of(filling(open="yes", r=[{}], photos=["pic.0"])) == {"what.0": "请回答这一题。"}


def test_only_a_failed_answer_opens_a_hazard():
    assert [line.key for line in filling(open="no").lines() if line.opens_hazard] == ["open"]
    assert not [line for line in filling(open="yes").lines() if line.opens_hazard]


@pytest.mark.parametrize(
    ("kind", "typed", "kept", "is_sound"),
    [
        ("integer", " 12 ", 12, True), ("integer", "1.5", "1.5", False), ("integer", "9" * 40, "9" * 40, False),
        ("decimal", "1.50", 1.5, True), ("decimal", "1e5", "1e5", False), ("decimal", "NaN", "NaN", False),
        ("date", "2026-02-30", "2026-02-30", False), ("date", "2026-02-28", "2026-02-28", True),
        ("geopoint", "31.2304, 121.4737", "31.2304 121.4737", True), ("geopoint", "131 121", "131 121", False),
        ("text", "a\0b", "ab", True), ("text", "", "", True),
    ],
)  # fmt: skip
def test_answers_are_read_by_their_type(kind, typed, kept, is_sound):
    read, fault = read_answer({"kind": kind, "choices": []}, typed)
    assert read == kept and (fault == "") == is_sound


@given(
    st.dictionaries(
        st.sampled_from(["open", "why", "people", "what.0", "what.7", "x", "r"]),
        st.lists(st.text(max_size=5), max_size=3),
    )
)
def test_nothing_that_is_posted_breaks_the_form(posted):
    questions = form(*SOUND)[0]
    answers = take_answers(questions, {}, posted, set(posted), {"r": 3})
    filled = Filling(questions, answers)
    assert filled.values() is not None and len(answers["r"]) == 3
    again = take_answers(questions, answers, {}, set(), {})
    assert again == answers  # what a page does not show stays


def test_a_part_that_was_shown_and_left_empty_is_emptied():
    questions = form(*SOUND)[0]
    assert take_answers(questions, {"why": "旧"}, {}, {"why"}, {})["why"] == ""


def test_the_next_self_check_is_never_due_in_the_past():
    today = date(2026, 11, 24)
    assert due_after(None, today, 7) == date(2026, 12, 1)
    assert due_after(date(2026, 11, 20), today, 7) == date(2026, 11, 27)
    assert due_after(date(2026, 1, 1), today, 7) == today
    assert len(spots(form(*SOUND)[0])) == 9
