"""The forecaster on a made-up district: quiet on usual days, early on unusual ones, the same after a restart."""

from datetime import date, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from anlan.domains.crowd.queries import forecast
from anlan.domains.crowd.queries.forecast import (
    FIRST_ALARMS,
    SLOTS,
    STEP_MIN,
    Forecaster,
    Ledger,
    Lesson,
    Series,
    learn,
    midnight_ms,
    read_ledger,
    series_of,
    with_planned,
)
from anlan.domains.crowd.rules.outlook import judge_outlook
from anlan.stream.spaces import SpacesView
from anlan.stream.topology import Space

ZONE = ZoneInfo("Asia/Shanghai")
FIRST, DAYS = date(2026, 3, 2), 21
TODAY = FIRST + timedelta(days=DAYS)
SERIES = [Series("P", "occupancy", 1000.0, "square"), Series("Q", "occupancy", 500.0, "square")]
MINUTE = np.arange(24 * 60)
USUAL = np.stack(
    [600 * np.exp(-(((MINUTE - 1080) / 120) ** 2)), 200 * np.exp(-(((MINUTE - 720) / 180) ** 2))]
)


def day_kinds(first, after):
    """Working days and weekends."""
    return [int((first + timedelta(days=n)).weekday() >= 5) for n in range((after - first).days)]


def past_days(rng):
    """[series, minutes] of all past days, each a little more or less than usual."""
    return np.concatenate(
        [USUAL * rng.normal(1, 0.08) + rng.normal(0, 4, USUAL.shape) for _ in range(DAYS)], 1
    )


class District:
    """Minutes of the past and of today, as a scene would tell them."""

    def __init__(self, today, seed=1):
        self.people = np.concatenate([past_days(np.random.default_rng(seed)), today], axis=1)
        self.start_ms = midnight_ms(FIRST, ZONE)

    def minutes(self, codes, from_ms, to_ms, step_min):
        first, end = ((ms - self.start_ms) // 60_000 for ms in (from_ms, to_ms))
        n = (end - first) // step_min
        ends = first + (np.arange(n) + 1) * step_min - 1
        empty = np.zeros(n, int)
        return {
            code: {"t_ms": None, "occupancy": self.people["PQ".index(code)][ends], "in": empty, "out": empty}
            for code in codes
        }

    def view(self, minute, **changed):
        """The view at the end of today's minute."""
        now_ms = self.start_ms + (DAYS * 24 * 60 + minute + 1) * 60_000
        unknown = np.full(2, np.nan)
        words = dict.fromkeys(SpacesView.__dataclass_fields__, unknown) | {
            "now_ms": now_ms, "codes": ["P", "Q"], "occupancy": self.people[:, DAYS * 24 * 60 + minute],
            "last_t_end_ms": np.array([now_ms, now_ms]), "dead_share": np.zeros(2),
        }  # fmt: skip
        return SpacesView(**words | changed)

    def lesson(self):
        return lesson_of_the_past()


@cache
def lesson_of_the_past():
    """What the past teaches; it is the same for every District of one seed."""
    ledger = read_ledger(
        District(USUAL).minutes, SERIES, FIRST, TODAY, day_kind=day_kinds(FIRST, TODAY), zone=ZONE
    )
    return Lesson(ledger, learn(ledger), FIRST_ALARMS)


def forecaster_of(district, lesson=None):
    made = Forecaster(district.minutes, day_kinds, zone=ZONE)
    if lesson is not None:
        made.teach(lesson)
    return made


def live_through(district, made, first=0, last=24 * 60, series=SERIES):
    """{minute: outlooks} of a day's minutes."""
    told = {}
    for minute in range(first, last):
        view = district.view(minute)
        foreseen = made.look(view, series)
        found = judge_outlook(
            [one.space for one in series], foreseen, FIRST_ALARMS, [{}] * len(series), view.now_ms
        )
        if found:
            told[minute] = found
    return told


@pytest.fixture(scope="module")
def usual_day():
    return USUAL * 1.02


def test_a_usual_day_rings_nobody(usual_day):
    district = District(usual_day)
    assert live_through(district, forecaster_of(district, district.lesson()), 600, 1300) == {}


def test_an_evening_twice_as_full_is_told_well_before_capacity(usual_day):
    today = usual_day.copy()
    today[0] *= 1 + 0.9 / (1 + np.exp(-(MINUTE - 960) / 25))  # from four in the afternoon on
    district = District(today)
    crossing = int(np.flatnonzero(today[0] >= 1000)[0])
    told = live_through(district, forecaster_of(district, district.lesson()), 840, crossing)
    first = min(told)
    assert 30 <= crossing - first <= 120
    (row,) = told[first]
    assert row.space == "P" and row.channel in "AB"
    assert row.numbers["usual"] == pytest.approx(USUAL[0, first], rel=0.2)


def test_a_surge_at_a_quiet_hour_is_told_on_day_nought(usual_day):
    today = np.full(USUAL.shape, 40.0)
    ramp = MINUTE - 600
    today[0] += np.clip(ramp, 0, 70) * 16.0  # forty to 1,160 within seventy minutes
    district = District(today)
    crossing = int(np.flatnonzero(today[0] >= 1000)[0])
    made = Forecaster(lambda *asked: no_past(district, *asked), day_kinds, zone=ZONE)
    told = live_through(district, made, 540, crossing)
    assert crossing - min(told) >= 15
    assert told[min(told)][0].numbers["usual"] is None  # nothing is usual yet, and it does not say 0


def no_past(district, codes, from_ms, to_ms, step_min):
    """What a scene tells that has run since midnight only."""
    told = district.minutes(codes, from_ms, to_ms, step_min)
    today_ms = midnight_ms(TODAY, ZONE)
    if from_ms < today_ms:
        for columns in told.values():
            columns["occupancy"] = np.full(len(columns["occupancy"]), np.nan)
    return told


def test_a_restart_in_the_middle_of_the_day_says_the_same(usual_day):
    district = District(usual_day * 1.3)
    lesson = district.lesson()
    one, other = forecaster_of(district, lesson), forecaster_of(district, lesson)
    for minute in range(0, 903):
        told = one.look(district.view(minute), SERIES)
    again = other.look(district.view(902), SERIES)
    for minutes in told.chance:
        assert np.allclose(told.chance[minutes], again.chance[minutes], atol=1e-5)
        assert np.allclose(told.forecast[minutes], again.forecast[minutes], rtol=1e-4)


def test_asking_within_a_step_changes_nothing(usual_day):
    district = District(usual_day)
    lesson = district.lesson()
    often, seldom = forecaster_of(district, lesson), forecaster_of(district, lesson)
    for minute in range(600, 700):
        told = often.look(district.view(minute), SERIES)
        if (minute + 1) % STEP_MIN == 0:
            other = seldom.look(district.view(minute), SERIES)
    assert np.allclose(told.forecast[60], other.forecast[60])


def test_silent_counters_and_dead_doors_have_no_outlook(usual_day):
    district = District(usual_day * 3)
    made = forecaster_of(district, district.lesson())
    old = np.array([0, district.view(1000).now_ms])
    told = made.look(district.view(1000, last_t_end_ms=old, dead_share=np.array([0, 0.4])), SERIES)
    assert np.isnan(told.now).all()
    assert judge_outlook(["P", "Q"], told, FIRST_ALARMS, [{}, {}], 0) == []


def test_a_space_that_is_new_joins_in_and_one_that_is_gone_leaves(usual_day):
    district = District(usual_day)
    made = forecaster_of(district, district.lesson())
    made.look(district.view(700), SERIES)
    assert len(made.look(district.view(701), SERIES[1:]).now) == 1
    gates = [*SERIES, Series("P", "passages", 300.0, "square")]
    told = made.look(district.view(702, passage_share=np.array([0.5, np.nan])), gates)
    assert told.now[2] == 150.0


def test_a_lesson_of_later_days_is_not_used_when_the_clock_was_turned_back(usual_day):
    district = District(usual_day)
    lesson = district.lesson()
    later = Ledger(SERIES, TODAY + timedelta(days=3), lesson.ledger.day_kind, lesson.ledger.counts)
    made = forecaster_of(district, Lesson(later, lesson.learned, FIRST_ALARMS))
    assert np.isnan(made.look(district.view(700), SERIES).usual).all()


def test_people_whom_a_gathering_brings_are_added(usual_day):
    district = District(usual_day)
    told = forecaster_of(district, district.lesson()).look(district.view(700), SERIES)
    more = with_planned(told, SERIES, {"P": np.full(60, 20.0)})
    assert more.forecast[60][0] == pytest.approx(told.forecast[60][0] + 1200)
    assert more.chance[60][0] >= 0.5 and more.crossing_min[0] == 60
    assert more.forecast[60][1] == told.forecast[60][1]


def test_what_is_forecast_are_spaces_with_a_capacity():
    spaces = [Space("P", capacity=10), Space("P/Z", parent="P"), Space("G", passage_capacity_per_min=60)]
    found = series_of(spaces, {"P": "square"})
    assert found == [Series("P", "occupancy", 10.0, "square"), Series("G", "passages", 300.0, "")]


def test_nothing_to_forecast_is_no_fault():
    made = Forecaster(lambda *asked: {}, day_kinds, zone=ZONE)
    view = District(USUAL).view(700)
    assert len(made.look(view, []).now) == 0


def test_a_day_of_23_or_25_hours_keeps_its_24(monkeypatch):
    berlin = ZoneInfo("Europe/Berlin")
    asked = []

    def minutes(codes, from_ms, to_ms, step_min):
        asked.append((to_ms - from_ms) // 3_600_000)
        n = (to_ms - from_ms) // (step_min * 60_000)
        return {"P": {"occupancy": np.arange(n, dtype=float), "in": np.zeros(n), "out": np.zeros(n)}}

    for first, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25)):
        ledger = read_ledger(minutes, SERIES[:1], first, first + timedelta(days=1), day_kind=[0], zone=berlin)
        assert asked[-1] == hours and ledger.counts.shape == (1, SLOTS)
        assert np.isfinite(ledger.counts).sum() == min(hours * 12, SLOTS)
    assert forecast.SLOTS == 288
