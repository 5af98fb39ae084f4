"""Channels A, B and C by table: which horizon gives which level, who speaks, and in which words."""

import numpy as np
import pytest

from anlan.domains.crowd.rules.outlook import AlarmLevels, Foreseen, find_unusual, judge_outlook

NOW_MS = 1_700_000_000_000
ALARMS = AlarmLevels({15: 0.5, 30: 0.4, 60: 0.3}, {15: 0.6, 60: 0.5})


def foreseen(**given):
    """One series at 400 of 1,000 with 380 usual and nothing coming, but for what is given."""
    words = {"now": 400.0, "usual": 380.0, "capacity": 1000.0, "grown": 10.0, "crossing_min": np.nan} | given
    horizons = (15, 30, 60)
    chance = words.pop("chance", (0.0, 0.0, 0.0))
    surge = words.pop("surge", (0.0, 0.0, 0.0))
    forecast = words.pop("forecast", (410.0, 420.0, 430.0))
    return Foreseen(
        **{name: np.array([value]) for name, value in words.items()},
        chance={h: np.array([value]) for h, value in zip(horizons, chance, strict=True)},
        surge={h: np.array([value]) for h, value in zip(horizons, surge, strict=True)},
        forecast={h: np.array([value]) for h, value in zip(horizons, forecast, strict=True)},
    )


def outlooks(own=None, **given):
    return judge_outlook(["P"], foreseen(**given), ALARMS, [own or {}], NOW_MS)


@pytest.mark.parametrize(
    ("chance", "surge", "told"),
    [
        ((0.0, 0.0, 0.29), (0, 0, 0), None),
        ((0.0, 0.0, 0.30), (0, 0, 0), ("blue", "A", "expected")),
        ((0.0, 0.4, 0.6), (0, 0, 0), ("yellow", "A", "expected")),
        ((0.5, 0.6, 0.7), (0, 0, 0), ("orange", "A", "expected")),
        ((0.0, 0.0, 0.3), (0, 0, 0.5), ("yellow", "B", "surge")),
        ((0.0, 0.0, 0.0), (0.6, 0, 0.7), ("orange", "B", "surge")),
        ((0.0, 0.4, 0.6), (0, 0, 0.5), ("yellow", "A", "expected")),  # among equals the forecast
        ((1.0, 1.0, 1.0), (1, 1, 1), ("orange", "A", "expected")),  # never red
    ],
)
def test_which_horizon_gives_which_level(chance, surge, told):
    found = [(one.level, one.channel, one.rule) for one in outlooks(chance=chance, surge=surge)]
    assert found == ([told] if told else [])


def test_a_full_or_unknown_place_is_left_to_the_hard_rules():
    sure = {"chance": (1.0, 1.0, 1.0)}
    assert (
        outlooks(now=1000.0, **sure)
        == outlooks(now=np.nan, **sure)
        == outlooks(capacity=np.nan, **sure)
        == []
    )


def test_a_channel_that_is_switched_off_is_silent():
    both = {"chance": (1.0, 1.0, 1.0), "surge": (1.0, 1.0, 1.0)}
    assert [one.channel for one in outlooks({"use_expected": 0}, **both)] == ["B"]
    assert outlooks({"use_expected": 0, "use_surge": 0}, **both) == []


@pytest.mark.parametrize(
    ("now", "grown", "told"),
    [
        (400.0, 10.0, True),
        (400.0, -199.0, False),
        (400.0, np.nan, False),
        (1.0, 1.0, False),
        (99.0, 40.0, False),
    ],
)
def test_a_crowd_that_goes_home_or_a_handful_is_no_surge(now, grown, told):
    """Seen after a restart with a day of history: one person of 600, and a station that emptied, were both orange."""
    assert bool(outlooks(surge=(1.0, 1.0, 1.0), now=now, grown=grown)) is told


def test_of_two_series_of_a_space_the_worse_speaks():
    one, two = foreseen(chance=(0.0, 0.0, 0.3)), foreseen(chance=(0.5, 0.6, 0.7))
    both = Foreseen(*(
        {h: np.concatenate([a[h], b[h]]) for h in a} if isinstance(a, dict) else a if a is None else np.concatenate([a, b])
        for a, b in zip(one, two, strict=True)
    ))  # fmt: skip
    assert [row.level for row in judge_outlook(["P", "P"], both, ALARMS, [{}, {}], NOW_MS)] == ["orange"]


def test_the_words_and_numbers_of_a_forecast():
    (row,) = outlooks(chance=(0.1, 0.45, 0.62), forecast=(700.0, 900.0, 1050.0), crossing_min=45.0, now=640.0)
    assert row.reason["zh"] == (
        "预计约 45 分钟后达到承载量；60 分钟内达到的概率 62%；现有 640 人，往常此时 380 人，承载量 1,000 人；"
        "预报 15 分钟后 700 人、60 分钟后 1,050 人"
    )
    assert row.reason["en"].startswith("Capacity expected in about 45 min; chance within 60 min 62%")
    assert row.numbers["chance_60_min"] == 0.62
    assert row.numbers["crossing_at_ms"] == NOW_MS + 45 * 60_000


def test_the_words_of_a_surge_without_a_usual_value():
    (row,) = outlooks(surge=(0.0, 0.0, 0.9), grown=220.0, usual=np.nan)
    assert row.reason["zh"].startswith(
        "人流激增：15 分钟内增加 220 人；现有 400 人，承载量 1,000 人，尚无往常数据"
    )


@pytest.mark.parametrize(
    ("now", "usual", "capacity", "told"),
    [
        (300.0, 100.0, 1000.0, True),  # three times and a fifth of capacity
        (300.0, 101.0, 1000.0, False),
        (199.0, 66.0, 1000.0, False),  # three times, not a fifth
        (150.0, 30.0, 1000.0, True),  # five times
        (19.0, 0.0, 1000.0, False),  # no crowd
        (500.0, 100.0, np.nan, True),
        (np.nan, 100.0, 1000.0, False),
    ],
)
def test_what_is_unusual_gets_a_word(now, usual, capacity, told):
    found = find_unusual(["P"], foreseen(now=now, usual=usual, capacity=capacity), NOW_MS)
    assert bool(found) == told
    if told:
        assert "倍" in found[0].reason["zh"] and "times the usual" in found[0].reason["en"]
