"""Running a replay: the same scene, fold and rules as live, on a clock that is stepped."""

import math
from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from anlan.domains.crowd import rules
from anlan.domains.crowd.replays.script import Replay
from anlan.stream.clock import SteppedClock
from anlan.stream.readings import columns
from anlan.stream.scene import Scene, open_scene

LONGEST_SLEEP_S = 0.2  # a request to stop is felt at once
MINUTE_MS = 60_000


def open_headless(replay: Replay) -> tuple[Scene, SteppedClock]:
    """A scene in memory without a thread, and its clock, both at the replay's start: what `run` takes."""
    clock = SteppedClock(replay.starts_ms)
    return Scene(replay.scene_name, judge=rules.judge, clock=clock, start=False), clock


def open_listed(replay: Replay) -> tuple[Scene, SteppedClock]:
    """The same, listed under its scene name for pages and the live feed. Raises ValueError when it is open already."""
    clock = SteppedClock(replay.starts_ms)
    return open_scene(replay.scene_name, judge=rules.judge, clock=clock, start=False), clock


def steps(replay: Replay, *, scene: Scene, clock: SteppedClock) -> Iterator[int]:
    """Minute by minute: set the clock, hand in what the sensors reported, let time pass; yields the time in ms.

    The scene is told the replay's spaces first. It ticks at the same times at any speed, so that levels rise
    and fall alike.
    """
    scene.set_topology(replay.topology)
    for now_ms in range(replay.starts_ms, replay.ends_ms + 1, _tick_ms(replay)):
        clock.step_to(now_ms)
        if now_ms in replay.times_ms():
            _report(replay, scene, now_ms)
        scene.tick(
            now_ms
        )  # after the counts: a level is not lowered by their absence and raised by them at once
        yield now_ms


def _tick_ms(replay: Replay) -> int:
    """A minute, which is the finest time that the rules know, or less where the sensors report between."""
    return math.gcd(MINUTE_MS, replay.every_ms)


def _report(replay: Replay, scene: Scene, now_ms: int) -> None:
    """Hand in what all sensors report at this time."""
    block, _, refusals = columns(replay.readings(now_ms), register=scene.register, t_received_ms=now_ms)
    if refusals:
        raise ValueError(f"replay {replay.name} has an unreadable count at {now_ms} ms: {refusals[0][1]}")
    scene.run(block)


def run(replay: Replay, *, scene: Scene, clock: SteppedClock) -> Iterator[dict]:
    """Run through at once; yields each warning change as the scene journals it, in order."""
    told = -1
    for _ in steps(replay, scene=scene, clock=clock):
        for offset, change in scene.changes_since(told):
            told = offset
            yield change


def run_paced(
    replay: Replay,
    *,
    scene: Scene,
    clock: SteppedClock,
    speed: float,
    sleep: Callable[[float], None],
    on_progress: Callable[[int], None],
    stopping: Callable[[], bool],
) -> bool:
    """Run at `speed` simulated seconds per second; whether the end was reached (False: told to stop).

    For a thread of the server with a scene of its own. `sleep(seconds)` waits, `on_progress(now_ms)` is
    told each simulated minute, `stopping()` is asked at least five times a second.
    Raises ValueError unless `speed` is above 0.
    """
    if not speed > 0:
        raise ValueError(f"speed {speed} does not move time: use a number above 0, such as 60")
    for now_ms in steps(replay, scene=scene, clock=clock):
        on_progress(now_ms)
        if now_ms >= replay.ends_ms:
            return True
        if not _pass_until(now_ms + _tick_ms(replay), clock, speed=speed, sleep=sleep, stopping=stopping):
            return False
    return True


def _pass_until(
    until_ms: int,
    clock: SteppedClock,
    *,
    speed: float,
    sleep: Callable[[float], None],
    stopping: Callable[[], bool],
) -> bool:
    """Let simulated time pass up to the next minute; False when told to stop."""
    while (left_ms := until_ms - clock.now_ms()) > 0:
        if stopping():
            return False
        passed_ms = min(left_ms, max(1, round(LONGEST_SLEEP_S * speed * 1000)))
        sleep(passed_ms / 1000 / speed)
        clock.step_to(clock.now_ms() + passed_ms)
    return not stopping()


def change_line(change: dict, zone: str) -> dict:
    """A warning change as `--json` prints it; `at` is ISO 8601 with the offset of the zone (IANA name)."""
    at = datetime.fromtimestamp(change["at_ms"] / 1000, ZoneInfo(zone))
    return {
        "at": at.isoformat(timespec="seconds"),
        "place": change["name"],
        "level": change["to"],
        "channel": change["channel"],
        "reason": change["reason"]["zh"],
    }
