"""Replays inside a running server: each in a scene of its own, in a thread of its own, at a chosen speed."""

import threading
from dataclasses import dataclass, field

from anlan.domains.crowd import workers as crowd
from anlan.site.scenes import CARDS, SceneCard

RUNS = {}


@dataclass
class Run:
    """One replay under way: how far it is and what it raised."""

    name: str
    speed: float
    session: object
    share_done: float = 0.0
    changes: list = field(default_factory=list)
    error: str = ""
    is_over: bool = False
    stopping: threading.Event = field(default_factory=threading.Event)

    def describe(self):
        """For the command's progress bar."""
        return {
            "name": self.name,
            "scene": self.session.scene.name,
            "share_done": self.share_done,
            "at": self.session.scene.clock.now_ms(),
            "changes": self.changes,
            "is_over": self.is_over,
            "error": self.error,
        }


def start(name, *, speed):
    """Run a replay in the scene `replay:<name>`; an older run of it is ended first.

    Raises KeyError (naming the known ones) for an unknown replay, ValueError for a speed that is not positive.
    """
    if not speed > 0:
        raise ValueError(f"speed must be positive, got {speed}")
    stop(name)
    session = crowd.open_replay(name)
    replay = session.replay
    CARDS[session.scene.name] = SceneCard(
        title=replay.title["zh"], titles=dict(replay.title), district=replay.district["zh"], speed=speed,
        marks=replay.marks(), geography=replay.geography(),
    )  # fmt: skip
    RUNS[name] = run = Run(name, speed, session)
    threading.Thread(target=go, args=(run,), name=f"replay-{name}", daemon=True).start()
    return run


def go(run):
    """The run's thread: to the end, or until it is stopped. The scene stays to be looked at."""
    try:
        run.session.run_paced(speed=run.speed, stopping=run.stopping, on_step=lambda share: note_step(run, share))
    except Exception as error:
        run.error = f"{type(error).__name__}: {error}"
        raise
    finally:
        run.is_over = True


def note_step(run, share):
    """Keep how far the run is, and what its scene raised."""
    run.share_done = share
    run.changes = run.session.changes()


def stop(name):
    """End a run and close its scene; an unknown name is nothing to end."""
    run = RUNS.pop(name, None)
    if run is not None:
        run.stopping.set()
        run.session.close()
        CARDS.pop(run.session.scene.name, None)


def stop_all():
    for name in list(RUNS):
        stop(name)
