"""Replays inside a running server: each in a scene of its own, in a thread of its own, at a chosen speed."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from django.conf import settings

from anlan.domains.crowd import replays
from anlan.domains.crowd import workers as crowd
from anlan.kit.worker import Sweep
from anlan.site.scenes import CARDS, SceneCard
from anlan.site.snapshot import health
from anlan.stream.scene import Scene, close_scene

RUNS = {}
JOIN_S = 2.0


@dataclass
class Run:
    """One replay under way: how far it is and what it raised."""

    replay: replays.Replay
    speed: float
    scene: Scene
    clock: object
    record: object
    at_ms: int
    error: str = ""
    is_over: bool = False
    thread: threading.Thread | None = None
    stopping: threading.Event = field(default_factory=threading.Event)

    def describe(self):
        """For the command's progress bar."""
        length_ms = self.replay.ends_ms - self.replay.starts_ms
        return {
            "name": self.replay.name,
            "title": self.replay.title,
            "note": self.replay.note,
            "zone": self.replay.zone,
            "scene": self.scene.name,
            "share_done": (self.at_ms - self.replay.starts_ms) / length_ms,
            "at": self.at_ms,
            "changes": [change for _, change in self.scene.changes_since(-1)],
            "is_over": self.is_over,
            "error": self.error,
        }

    def go(self):
        """The run's thread: to the end, or until it is stopped. The scene stays to be looked at."""
        try:
            replays.run_paced(
                self.replay, scene=self.scene, clock=self.clock, speed=self.speed,
                sleep=self.stopping.wait, on_progress=self.note, stopping=self.stopping.is_set,
            )  # fmt: skip
        except Exception as error:
            self.error = f"{type(error).__name__}: {error}"
            raise
        finally:
            self.is_over = True
            CARDS[self.scene.name].speed = 0.0
            tell_health(self.scene)

    def note(self, now_ms):
        self.at_ms = now_ms


def find_replay(name, *, path, gates_per_station, stations=None):
    """The replay of that name; that of a metro's day reads its counts from `path`. Raises ValueError."""
    if name != replays.METRO_DAY:
        return replays.load(name)
    if not path:
        raise ValueError("metro-day needs the path of a file of counts, as `data`")
    return replays.load_metro_day(
        Path(path), gates_per_station=gates_per_station, stations=stations, zone=settings.TIME_ZONE
    )


def start(name, *, speed, path=None, gates_per_station=replays.GATES_PER_STATION, stations=None):
    """Run a replay in a scene of its own; an older run of that name is ended first.

    Raises ValueError for an unknown replay (naming the known ones), a file that cannot be replayed, or a
    speed that is not positive.
    """
    if not speed > 0:
        raise ValueError(f"speed must be positive, got {speed}")
    replay = find_replay(name, path=path, gates_per_station=gates_per_station, stations=stations)
    stop(name)
    scene, clock = replays.open_listed(replay)
    CARDS[scene.name] = SceneCard(
        title=replay.title, district=replay.district, speed=speed,
        marks=[{"at": mark.at_ms, "until": mark.ends_ms, "words": mark.words} for mark in replay.marks],
        geography={place["code"]: geography(place) for place in replay.places},
    )  # fmt: skip
    RUNS[name] = run = Run(replay, speed, scene, clock, crowd.record_of_replay(scene), at_ms=replay.starts_ms)
    run.thread = threading.Thread(target=run.go, name=f"replay-{name}", daemon=True)
    run.thread.start()
    return run


def tell_health(scene):
    """Tell a scene's walls how its sensors, its engine and its time fare; what was told."""
    news = health(scene) | {"at": scene.clock.now_ms()}
    scene.feed.publish("health", msgspec.json.encode(news))
    return news


def geography(place):
    """Where a replay's place lies, as the wall's map asks it."""
    return {name: place.get(name) for name in ("kind", "lon", "lat", "outline", "area_m2")}


def stop(name):
    """End a run and close its scene; an unknown name is nothing to end."""
    run = RUNS.pop(name, None)
    if run is not None:
        run.stopping.set()
        run.thread.join(timeout=JOIN_S)
        CARDS.pop(run.scene.name, None)
        close_scene(run.scene.name)


def stop_all():
    for name in list(RUNS):
        stop(name)


def record(now):
    """A sweep: what replays raised becomes rows of their own scene."""
    for run in list(RUNS.values()):
        if run.record is not None:
            run.record.record(now)


def sweeps():
    return [Sweep("replays on record", record, 1.0)]
