"""The Bund, 2014-12-31: what the published counts would have raised, and when."""

import subprocess
import sys
import threading
from datetime import datetime

import pytest

from anlan.domains.crowd import replays, rules
from anlan.stream.clock import SteppedClock
from anlan.stream.scene import SCENES, Scene, close_scene

BUND = "bund-2014"
RANK = rules.LEVELS.index


@pytest.fixture(scope="module")
def bund():
    return replays.load(BUND)


@pytest.fixture(scope="module")
def lines(bund):
    scene, clock = replays.open_headless(bund)
    changes = list(replays.run(bund, scene=scene, clock=clock))
    assert not scene.core.faults
    return [replays.change_line(change, bund.zone) for change in changes]


def first_at_least(lines, level):
    return next(line["at"] for line in lines if RANK(line["level"]) >= RANK(level))


@pytest.mark.parametrize(
    ("level", "by"),
    [
        ("blue", "2014-12-31T22:00:00+08:00"),
        ("orange", "2014-12-31T22:35:00+08:00"),
        ("red", "2014-12-31T23:22:59+08:00"),
    ],
)
def test_bund_is_warned_in_time(lines, level, by):
    assert first_at_least(lines, level) <= by


def test_bund_levels_only_rise_and_each_says_why(lines):
    ranks = [RANK(line["level"]) for line in lines]
    assert ranks == sorted(set(ranks)) and ranks[-1] == RANK("red")
    for line in lines:
        assert set(line) == {"at", "place", "level", "channel", "reason"}
        assert line["place"] == "外滩" and line["channel"] == "D"
        assert "占承载量 300,000 人的" in line["reason"] and "分钟后达到承载量" in line["reason"]


def test_the_first_hour_raises_nothing(lines):
    """120,000 to 160,000 people, growing by 40,000 an hour: nothing to say yet."""
    assert first_at_least(lines, "blue") > "2014-12-31T21:30:00+08:00"


def test_a_replay_twice_says_the_same(bund, lines):
    scene, clock = replays.open_headless(bund)
    again = [replays.change_line(change, bund.zone) for change in replays.run(bund, scene=scene, clock=clock)]
    assert again == lines


@pytest.mark.parametrize(
    ("at", "people"),
    [
        ("2014-12-31T20:30:00+08:00", 120_000),
        ("2014-12-31T21:00:00+08:00", 140_000),
        ("2014-12-31T22:30:00+08:00", 240_000),
        ("2014-12-31T23:17:30+08:00", 310_000),
        ("2014-12-31T23:35:00+08:00", 310_000),
    ],
)
def test_the_published_counts_are_what_is_replayed(bund, at, people):
    (reading,) = bund.readings(round(datetime.fromisoformat(at).timestamp() * 1000))
    assert reading.value == people and reading.kind == "occupancy"


def test_what_happened_is_marked_on_the_timeline(bund):
    found = [datetime.fromtimestamp(mark.at_ms / 1000).minute for mark in bund.marks_between(0, bund.ends_ms)]
    assert found == [37, 23, 35]
    assert all(mark.words["zh"] and mark.words["en"] for mark in bund.marks)
    assert not list(bund.marks_between(bund.marks[-1].at_ms, bund.ends_ms))


def test_every_replay_that_comes_with_the_product_loads_and_names_its_sources():
    for name in replays.names():
        replay = replays.load(name)
        assert replay.name == name and replay.title["zh"] and replay.title["en"]
        assert {source["mark"] for source in replay.sources} <= {"S", "P", "K"}


@pytest.mark.parametrize("name", ["bund-2015", "../bund-2014", "", "x" * 500])
def test_an_unknown_replay_names_those_there_are(name):
    with pytest.raises(ValueError, match="choose one of bund-2014"):
        replays.load(name)


def test_paced_run_sleeps_as_long_as_the_speed_says_and_ends_at_red(bund):
    clock = SteppedClock(bund.starts_ms)
    scene = Scene(bund.scene_name, judge=rules.judge, clock=clock)  # with its engine thread, as in the server
    slept, seen = [], []
    ended = replays.run_paced(
        bund,
        scene=scene,
        clock=clock,
        speed=600,
        sleep=slept.append,
        on_progress=seen.append,
        stopping=lambda: False,
    )
    level = scene.view().level
    scene.close()
    assert ended and level == ["red"]
    assert sum(slept) == pytest.approx((bund.ends_ms - bund.starts_ms) / 1000 / 600)
    assert max(slept) <= 0.2 and seen == list(bund.times_ms())


def test_paced_run_stops_when_told(bund):
    scene, clock = replays.open_headless(bund)
    stopping = threading.Event()

    def progress(now_ms):
        if now_ms >= bund.starts_ms + 5 * bund.every_ms:
            stopping.set()

    words = {"sleep": lambda seconds: None, "on_progress": progress, "stopping": stopping.is_set}
    assert not replays.run_paced(bund, scene=scene, clock=clock, speed=60, **words)
    assert clock.now_ms() == bund.starts_ms + 5 * bund.every_ms


@pytest.mark.parametrize("speed", [0, -1, float("nan")])
def test_a_speed_that_moves_no_time_is_refused(bund, speed):
    scene, clock = replays.open_headless(bund)
    words = {"sleep": lambda seconds: None, "on_progress": print, "stopping": lambda: False}
    with pytest.raises(ValueError, match="speed"):
        replays.run_paced(bund, scene=scene, clock=clock, speed=speed, **words)


def test_a_headless_replay_needs_no_settings_and_no_database():
    """In a process of its own without DJANGO_SETTINGS_MODULE."""
    told = (
        "from anlan.domains.crowd import replays as r\n"
        f"p = r.load({BUND!r})\n"
        "s, c = r.open_headless(p)\n"
        "print([x['to'] for x in r.run(p, scene=s, clock=c)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, env={"PATH": ""}, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("'red']")


def test_a_listed_replay_is_found_by_its_scene_name_and_opened_once(bund):
    scene, _ = replays.open_listed(bund)
    try:
        assert SCENES["replay:bund-2014"] is scene
        with pytest.raises(ValueError, match="open already"):
            replays.open_listed(bund)
    finally:
        close_scene(bund.scene_name)
