"""What is coming, on screen: the place's hour ahead or why there is none, kinds of warnings, unusual counts, tendencies."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from anlan.domains.crowd import actions
from anlan.domains.crowd.actions.warnings import record_warning_change
from anlan.domains.crowd.models import PlannedArrivals, Tendency, UnusualCount, Warning
from anlan.domains.crowd.queries.live import read_space
from anlan.domains.crowd.queries.outlooks import SpaceOutlook, keep_outlooks
from anlan.domains.crowd.tests.conftest import (  # noqa: F401 – the fixtures
    NOW,
    NOW_MS,
    browse,
    count,
    minute,
    register,
    scene,
    town,
    wire,
)
from anlan.site.snapshot import build_snapshot

AHEAD_MS = NOW_MS + 40 * 60_000
NUMBERS = {
    "now": 520, "usual": 210, "limit": 1000, "grown": 140, "chance_15_min": 0.02, "chance_30_min": 0.31,
    "chance_60_min": 0.64, "expected_15_min": 660, "expected_30_min": 810, "expected_60_min": 1080,
    "surge_score": 0.4, "crossing_in_min": 40, "crossing_at_ms": AHEAD_MS,
}  # fmt: skip
EVERYBODY = SimpleNamespace(sees=lambda code: True)


@pytest.fixture(autouse=True)
def at_now(monkeypatch):
    """The pages' clock stands where the scene's does; nothing is foreseen yet, nor after."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    keep_outlooks({})
    yield
    keep_outlooks({})


@pytest.fixture
def counted(town, scene):  # noqa: F811
    """The square is counted, and 520 people are there."""
    actions.bind_channel(register(town, "cam-1"), by=town.chief, now=NOW, channel="1", entrance=town.gate)
    wire(scene)
    count(scene, minute(520, 0))
    return town.square


def foresee(**numbers):
    keep_outlooks({"SQ": SpaceOutlook(NOW_MS, NUMBERS | numbers, 4)})


def read(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return (b"".join(answer) if answer.streaming else answer.content).decode()


def coming(browse):  # noqa: F811
    page = read(browse(), "/place/SQ/")
    return page[page.index('id="coming"') :].partition("</section>")[0]


# ── the coming hour of a place ──────────────────────────────────────────────────────────────────


def test_the_coming_hour_is_told_beside_the_usual(counted, browse):  # noqa: F811
    foresee(probability=0.71)
    card = coming(browse)
    assert all(number in card for number in ("520", "660", "810", "1,080", "210", "71%"))
    assert "约 20:40" in card and "未校准" not in card
    assert "学习中（4/10 天）" in card


def test_a_chance_without_past_is_said_to_be_uncalibrated(counted, browse):  # noqa: F811
    foresee()
    card = coming(browse)
    assert "64%" in card and "未校准" in card


def test_before_a_place_has_days_of_its_own_no_number_is_claimed(counted, browse):  # noqa: F811
    foresee(expected_15_min=None, expected_30_min=None, expected_60_min=None, chance_60_min=0.0)
    card = coming(browse)
    assert "还没有足够的往日数据" in card and "学习中（4/10 天）" in card and "0%" not in card
    address = reverse("site:place_history", args=["SQ"])
    assert json.loads(read(browse(), address))["expected"] == []


def test_what_a_gathering_adds_is_told(counted, browse):  # noqa: F811
    PlannedArrivals.objects.create(
        place=counted, name="示范灯会", held_on=NOW.date(), starts_at="20:30", ends_at="22:00", persons=900,
        shape="own", curve=[[20 * 60 + 15, 300], [20 * 60 + 30, 600]], approval_number="示范〔2026〕1 号",
    )  # fmt: skip
    foresee()
    card = coming(browse)
    assert "其中活动预计到达" in card and "+0" in card and "+300" in card and "+900" in card


def test_why_there_is_no_forecast_is_said(counted, town, scene, browse, monkeypatch):  # noqa: F811
    assert "现在还没有" in coming(browse)
    foresee()
    scene.tick(NOW_MS + 11 * 60_000)
    assert "超过 10 分钟没有读数" in coming(browse)
    monkeypatch.setattr(
        "anlan.domains.crowd.queries.live.read_space", lambda view, at: dead(read_space(view, at))
    )
    assert "客流预测暂停，请派人到场" in coming(browse)


def dead(space):
    return type(space)(**{name: getattr(space, name) for name in space.__slots__} | {"dead_share": 0.4})


def test_without_a_capacity_or_an_engine_it_is_said_too(counted, town, browse, scene, monkeypatch):  # noqa: F811
    town.square.determinations.update(withdrawn_at=NOW)
    wire(scene)
    assert "尚未核定承载量，没有预报" in coming(browse)
    for module in ("live", "outlooks"):
        monkeypatch.setattr(f"anlan.domains.crowd.queries.{module}.live_scene", lambda *name: None)
    assert "客流引擎没有运行，没有预报" in coming(browse)


def test_a_place_that_nobody_counts_says_so(town, scene, browse):  # noqa: F811
    page = read(browse(), "/place/M/")
    assert "没有绑定计数设备" in page


def test_the_chart_goes_on_into_the_coming_hour(counted, browse):  # noqa: F811
    address = reverse("site:place_history", args=["SQ"])
    assert json.loads(read(browse(), address))["expected"] == []
    foresee()
    expected = json.loads(read(browse(), address))["expected"]
    assert [people for _ms, people in expected] == [520, 660, 810, 1080]
    assert expected[-1][0] == NOW_MS + 60 * 60_000


# ── kinds and channels of warnings ──────────────────────────────────────────────────────────────


def change(to, rule, channel, *, numbers=None, offset=1, was="none"):
    return {
        "scene": "live", "code": "SQ", "name": "示范广场", "from": was, "to": to, "rule": rule, "channel": channel,
        "reason": {"zh": "因为", "en": "because"}, "numbers": numbers or {}, "offset": offset,
    }  # fmt: skip


def record(place, told, *, after_min=0):
    record_warning_change(place, by=None, now=NOW + timedelta(minutes=after_min), change=told)


def test_a_warning_keeps_the_kind_and_channel_that_raised_it(town):  # noqa: F811
    record(town.square, change("yellow", "surge", "B"))
    record(town.square, change("none", "lowered", "D", was="yellow", offset=2), after_min=20)
    row = Warning.objects.get()
    assert (row.kind, row.channel, row.rule, bool(row.closed_at)) == ("incipient", "B", "lowered", True)


def test_warnings_are_listed_and_filtered_by_kind_and_channel(town, browse):  # noqa: F811
    record(town.square, change("yellow", "expected", "A"))
    record(town.mall, change("red", "share", "D") | {"code": "M", "name": "示范百货"})
    address = reverse("crowd:warnings")
    page = read(browse(), address)
    assert "A 预报" in page and "趋势性" in page and "D 硬阈值" in page and "已达阈值" in page
    for query, shown, hidden in (
        ("?kind=trend", "示范广场", "示范百货"),
        ("?channel=D", "示范百货", "示范广场"),
    ):
        csv = read(browse(), address + query + "&format=csv")
        assert shown in csv and hidden not in csv
    assert "示范" not in read(browse(), address + "?kind=incipient&format=csv")


def test_a_warning_tells_its_chance_and_the_clock(town, browse):  # noqa: F811
    record(town.square, change("yellow", "expected", "A", numbers=NUMBERS | {"probability": 0.71}))
    page = read(browse(), Warning.objects.get().get_absolute_url())
    assert "A 预报 · 预报将达承载量" in page and "趋势性" in page
    assert "71%" in page and "约 20:40" in page and "预计达到时刻 20:40" in page
    assert "60 分钟内达到的概率 64%" in page and "60 分钟后预报 1,080" in page


def test_a_crossing_that_has_passed_is_not_told(town, browse):  # noqa: F811
    record(town.square, change("yellow", "expected", "A", numbers=NUMBERS | {"crossing_at_ms": NOW_MS - 1}))
    assert "预计到达承载量</dt>" not in read(browse(), Warning.objects.get().get_absolute_url())


# ── the wall and the first page ─────────────────────────────────────────────────────────────────


def test_the_wall_says_that_a_forecast_raised_a_level_and_by_when(counted, scene, town):  # noqa: F811
    position = scene.view().codes.index("SQ")
    scene.core.state.levels.level[position] = 2
    scene.core.state.levels.reasons[position] = {"rule": "expected", "channel": "A", "zh": "因", "en": "for"}
    foresee()
    (told,) = build_snapshot(scene, EVERYBODY)["warnings"]
    assert (told["channel"], told["crossing_at"]) == ("A", AHEAD_MS)


def unusual(place, **given):
    return UnusualCount.objects.create(
        space_code=place.code, space_name=place.name, place=place, times=6.0, opened_at=NOW,
        reason={"zh": "人数为往常的 6.0 倍", "en": "6.0 times the usual"}, **given,
    )  # fmt: skip


def test_unusual_counts_are_a_quiet_word_wherever_one_looks(counted, town, scene, browse):  # noqa: F811
    unusual(town.square)
    unusual(town.mall, closed_at=NOW)
    told = build_snapshot(scene, EVERYBODY)["unusual"]
    assert told == [{"code": "SQ", "name": "示范广场", "times": 6.0, "since": NOW_MS}]
    nobody = SimpleNamespace(sees=lambda code: False)
    assert build_snapshot(scene, nobody)["unusual"] == []
    assert "异常提示：示范广场 人数为往常的 6 倍" in read(browse(), "/")
    assert "人数为往常的 6.0 倍" in read(browse(), "/place/SQ/")
    assert "示范广场" not in read(browse("trader"), "/")


def test_unusual_counts_are_listed_and_exported(town, browse):  # noqa: F811
    address = reverse("crowd:unusual")
    assert "没有异常提示" in read(browse(), address)
    unusual(town.square)
    unusual(town.mall, closed_at=NOW)
    assert "/place/SQ/" in read(browse(), address)
    csv = read(browse(), address + "?state=closed&format=csv")
    assert csv.startswith("\ufeff") and "示范百货" in csv and "示范广场" not in csv


def test_tendencies_stand_above_the_warnings_until_they_end(town, browse):  # noqa: F811
    words = {"kind": "more_warnings", "told_on": NOW.date(), "numbers": {"p": 0.02}}
    words |= {"reason": {"zh": "近 14 天黄色及以上预警 9 次，此前 14 天 2 次", "en": "9 warnings, 2 before"}}
    for place, ended in ((town.square, None), (town.mall, NOW.date())):
        Tendency.objects.create(
            space_code=place.code,
            space_name=place.name,
            place=place,
            found_on=NOW.date(),
            ended_on=ended,
            **words,
        )
    page = read(browse(), reverse("crowd:warnings"))
    assert "此前 14 天 2 次" in page and "2026-03-01 起" in page and "示范百货" not in page
    assert "倾向性问题</h2>" not in read(browse("trader"), reverse("crowd:warnings"))
    csv = read(browse(), reverse("crowd:tendencies") + "?format=csv")
    assert "2.0%" in csv and "示范百货" in csv
    assert "示范百货" not in read(browse(), reverse("crowd:tendencies") + "?state=open&format=csv")
    assert "没有倾向性问题" in read(browse("trader"), reverse("crowd:tendencies") + "?state=open")


@pytest.mark.parametrize("name", ["unusual", "tendencies"])
def test_nobody_signed_out_sees_anything(client, db, name):
    assert client.get(reverse(f"crowd:{name}")).status_code == 302
