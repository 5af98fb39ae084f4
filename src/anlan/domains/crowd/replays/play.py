"""Running a replay: the same scene, fold and rules as live, on a clock that is stepped."""

from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from anlan.domains.crowd import rules
from anlan.domains.crowd.replays.script import Replay
from anlan.stream.clock import SteppedClock
from anlan.stream.readings import columns
from anlan.stream.scene import Scene, open_scene

LONGEST_SLEEP_S = 0.2  # a request to stop is felt at once
TICK_MS = 1000


def open_headless(replay: Replay) -> tuple[Scene, SteppedClock]:
    """A scene in memory without a thread, and its clock, both at the replay's start: what `run` takes."""
    clock = SteppedClock(replay.starts_ms)
    return Scene(replay.scene_name, judge=rules.judge, clock=clock, start=False), clock


def open_listed(replay: Replay) -> tuple[Scene, SteppedClock]:
    """The same, listed under its scene name for pages and the live feed. Raises ValueError when it is open already."""
    clock = SteppedClock(replay.starts_ms)
    return open_scene(replay.scene_name, judge=rules.judge, clock=clock, start=False), clock


def steps(replay: Replay, *, scene: Scene, clock: SteppedClock) -> Iterator[int]:
    """Report by report: set the clock, hand in what the sensors counted, let time pass; yields the time in ms.

    The scene is told the replay's spaces first. Between two reports time passes second by second only in
    `run_paced`; the rules know no finer time than a minute.
    """
    scene.set_topology(replay.topology)
    for now_ms in replay.times_ms():
        clock.step_to(now_ms)
        scene.tick(now_ms)
        block, _, refusals = columns(replay.readings(now_ms), register=scene.register, t_received_ms=now_ms)
        if refusals:
            raise ValueError(f"replay {replay.name} has an unreadable count at {now_ms} ms: {refusals[0][1]}")
        scene.run(block)
        yield now_ms


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
    told each simulated time of a report, `stopping()` is asked at least five times a second.
    Raises ValueError unless `speed` is above 0.
    """
    if not speed > 0:
        raise ValueError(f"speed {speed} does not move time: use a number above 0, such as 60")
    for now_ms in steps(replay, scene=scene, clock=clock):
        on_progress(now_ms)
        if now_ms >= replay.ends_ms:
            return True
        if not _pass_until(
            now_ms + replay.every_ms, scene, clock, speed=speed, sleep=sleep, stopping=stopping
        ):
            return False
    return True


def _pass_until(
    until_ms: int,
    scene: Scene,
    clock: SteppedClock,
    *,
    speed: float,
    sleep: Callable[[float], None],
    stopping: Callable[[], bool],
) -> bool:
    """Let simulated time pass up to a report, ticking along; False when told to stop."""
    while (left_ms := until_ms - clock.now_ms()) > 0:
        if stopping():
            return False
        passed_ms = min(left_ms, max(1, round(LONGEST_SLEEP_S * speed * 1000)))
        sleep(passed_ms / 1000 / speed)
        before_ms = clock.now_ms()
        clock.step_to(before_ms + passed_ms)
        if left_ms > passed_ms and clock.now_ms() // TICK_MS > before_ms // TICK_MS:
            scene.tick(clock.now_ms())
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
