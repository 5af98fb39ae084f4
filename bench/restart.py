"""Restart after 30 days of 10,000 sensors' minutes, also after kill -9; a day of them judged again (rerun)."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from anlan.domains.crowd.rules import judge
from anlan.stream.clock import SteppedClock
from anlan.stream.journal import SEGMENT_BYTES
from anlan.stream.readings import Columns
from anlan.stream.rerun import rerun
from anlan.stream.scene import Scene
from anlan.stream.topology import Binding, Space, Topology

LINES, PLACES, DAYS = 10_000, 1_000, 30
MIN = 60_000
T0 = 1_704_067_200_000
RESTART_TARGET_S, RERUN_TARGET_S = 10.0, 5.0
TAIL_MIN = 60  # minutes that no snapshot holds yet


def say(text):
    print(text, flush=True)


def stand(folder):
    scene = Scene("live", folder, judge, SteppedClock(T0), start=False)
    spaces = [Space(f"P{place:04d}", capacity=5_000) for place in range(PLACES)]
    scene.set_topology(
        Topology(spaces, [Binding(f"s{line}", into=f"P{line % PLACES:04d}") for line in range(LINES)])
    )
    for line in range(LINES):
        scene.register.line(f"s{line}", "1")
    return scene


def feed(scene, first, minutes, *, ticks=60):
    """Every line's minute as one batch, and ticks in between."""
    rng, line = np.random.default_rng(first), np.arange(LINES)
    for minute in range(first, first + minutes):
        end = T0 + (minute + 1) * MIN
        n_in = rng.integers(0, 4, LINES)
        n_out = rng.integers(0, 4, LINES)
        scene.run(
            Columns.filled(
                LINES,
                line=line,
                t_start_ms=end - MIN,
                t_end_ms=end,
                t_received_ms=end + 300,
                n_in=n_in,
                n_out=n_out,
            )
        )
        for second in range(ticks):
            scene.tick(end + 500 + second * 1_000)


def thirty_days(folder):
    """A day as it is, then what 30 such days leave: 30 days of chunks, a journal of as many segments; and a tail."""
    scene = stand(folder)
    feed(scene, 0, 1_440)
    scene.close()
    history, journal = folder / "history", folder / "journal"
    for path in list(history.glob("*.flow.*.parquet")):
        start, end = int(path.name[:20]), int(path.name[21:41])
        for day in range(1, DAYS):  # the same bytes under other minutes: only their names are read at a start
            low, high = (int(minute) - day * 1_440 for minute in path.name.split(".")[2].split("-"))
            os.link(path, history / f"{start:020d}-{end:020d}.flow.{low}-{high}.parquet")
    return sum(path.stat().st_size for path in journal.glob("*.log"))


def child(folder, crash):
    """In a process of its own: open the folder, tell the time it took, then close or be killed."""
    before, cpu = time.perf_counter(), time.process_time()
    scene = Scene("live", Path(folder), judge, SteppedClock(T0), start=False)
    wall = time.perf_counter() - before
    rss = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    total = int(scene.line_view().total_in.sum())
    print(f"{wall:.2f} {time.process_time() - cpu:.2f} {rss:.0f} {total}", flush=True)
    if crash == "crash":
        scene._keeper.keep = lambda *_, **__: None
        feed(scene, 1_440, TAIL_MIN, ticks=1)
        print(int(scene.line_view().total_in.sum()), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    scene.journal.close()


def restart(folder, crash=""):
    said = subprocess.run(
        [sys.executable, __file__, str(folder), crash], stdout=subprocess.PIPE, text=True
    ).stdout
    return [line.split() for line in said.splitlines()]


def main(argv):
    """0 where the targets are met."""
    if argv:
        return child(*argv, *[""] * (2 - len(argv)))
    with tempfile.TemporaryDirectory(prefix="anlan-bench-") as name:
        folder = Path(name)
        journal = thirty_days(folder)
        say(
            f"a day of {LINES:,} lines' minutes: {journal / 2**20:.0f} MiB of journal (segments of {SEGMENT_BYTES >> 20} MiB)"
        )
        before = time.perf_counter()
        changes = sum(1 for _ in rerun(folder, judge, T0, T0 + 2**40))
        day = time.perf_counter() - before
        say(f"that day judged again, with its 86,400 ticks: {day:.1f} s ({changes} changes)")
        (wall, cpu, rss, _), (total,) = restart(folder, "crash")
        say(f"restart with {DAYS} days of chunks, after a clean stop: {wall} s, {cpu} CPU-s, {rss} MiB")
        ((after, cpu, rss, found),) = restart(folder)
        say(
            f"restart after kill -9 with {TAIL_MIN} minutes beyond the snapshot: {after} s, {cpu} CPU-s, {rss} MiB"
        )
        assert found == total, (found, total)
        met = max(float(wall), float(after)) <= RESTART_TARGET_S and day <= RERUN_TARGET_S
        say(
            f"targets: restart ≤ {RESTART_TARGET_S:.0f} s, a day again ≤ {RERUN_TARGET_S:.0f} s: {'met' if met else 'A TARGET WAS MISSED'}"
        )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
