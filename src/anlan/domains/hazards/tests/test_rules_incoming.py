"""Codes, waiting times, suspicions, areas, and what a channel is told next: tables of cases."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from anlan.domains.hazards import rules
from anlan.domains.hazards.terms import HazardState

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_code_reads_back_however_it_is_typed():
    code = rules.say_code(bytes(range(32)))
    assert len(code) == 19 and rules.tidy_code(code.lower().replace("-", " ")) == code
    assert rules.say_code(bytes(range(1, 33))) != code
    assert [rules.tidy_code(text) for text in ("", "ABC", "0000-0000-0000-0000", code + "2")] == [""] * 4


@pytest.mark.parametrize(
    ("minutes_ago", "most", "wait"),
    [
        ([], 1, 0),
        ([10], 1, 50),
        ([61], 1, 0),
        ([50, 20], 2, 10),
        ([50, 20, 10], 2, 40),
        ([0], 1, 60),
        ([59], 1, 1),
    ],
)
def test_how_long_to_wait(minutes_ago, most, wait):
    times = [NOW - timedelta(minutes=one) for one in minutes_ago]
    assert rules.wait_min(times, most, HOUR, NOW) == wait


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ({}, []), ({"trap": "x"}, ["trap"]), ({"shown_s": 3}, ["fast"]), ({"text": "见 www.a.cn 领奖吧"}, ["links"]),
        ({"repeats": 3}, ["repeated"]), ({"text": "啊啊啊！！"}, ["empty_talk"]), ({"text": "3.5 米高的货架倾斜"}, []),
    ],
)  # fmt: skip
def test_what_is_odd(words, found):
    plain = {"text": "通道被堵住了", "trap": "", "shown_s": 30, "least_s": 4, "repeats": 0}
    assert rules.find_suspicions(**(plain | words)) == found


def test_the_longest_name_decides_whose_area_it_is():
    words = {"A": "示例路、云栖广场", "B": "示例路北段，静水巷"}
    said = ["示例路 8 号", "示例路北段 2 号", "静水巷口", "无名路", ""]
    assert [rules.find_area(words, text) for text in said] == ["A", "B", "B", "", ""]


@pytest.mark.parametrize(
    ("text", "masked"), [("13812345678", "138****5678"), ("021-1234", "****34"), ("12345", "****45")]
)
def test_a_masked_number_cannot_be_called(text, masked):
    assert rules.check_phone(text) is None and rules.mask_phone(text) == masked


@pytest.mark.parametrize(
    ("state", "number", "known", "due"),
    [
        ("accepted", 1, "", "accepted1"), ("rectifying", 1, "accepted1", ""), ("closed", 1, "accepted1", "closed1"),
        ("closed", 1, "", "accepted1 closed1"), ("closed", 1, "accepted1 closed1", ""),
        ("contested", 1, "accepted1", "closed1"), ("contested", 1, "accepted1 closed1", ""),
        ("graded", 2, "accepted1 closed1", "reopened2"), ("graded", 2, "accepted1", ""),
        ("closed", 2, "accepted1 closed1 reopened2", "closed2"), ("rejected", 1, "", "rejected1"),
    ],
)  # fmt: skip
def test_a_channel_is_told_each_outcome_once_and_in_order(state, number, known, due):
    told = {(one[:-1], int(one[-1])) for one in known.split()}
    found = rules.outcomes_due(HazardState(state), number, told)
    assert " ".join(f"{outcome}{at}" for outcome, at in found) == due


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-11-24 18:00", (24, 18, 0)), ("2026/11/24 18:00:30", (24, 18, 0)), ("2026年11月24日", (24, 0, 0)),
        ("2026-11-24T09:05:00", (24, 9, 5)), ("昨天", None), ("1900-01-01", None), ("2026-13-01", None),
    ],
)  # fmt: skip
def test_times_as_people_write_them(text, found):
    at = rules.read_time(text, ZoneInfo("Asia/Shanghai"))
    assert (at and (at.day, at.hour, at.minute)) == found


def test_a_deadline_is_told_of_in_two_steps():
    due, ahead = NOW, timedelta(hours=24)
    hours = [-25, -24, -1, 0, 5]
    assert [rules.warning_due(due, NOW + timedelta(hours=one), ahead) for one in hours] == [0, 1, 1, 2, 2]
    assert rules.warning_due(None, NOW, ahead) == 0
