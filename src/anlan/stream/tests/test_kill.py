"""kill -9 at any moment: no acknowledged reading is lost, and what is sent again counts once."""

import os
import random
import subprocess
import sys
import time

import numpy as np

from anlan.stream.clock import SteppedClock
from anlan.stream.readings import Columns
from anlan.stream.scene import Scene
from anlan.stream.tests.writer import LINES, batch

N_KILLS = int(os.environ.get("ANLAN_KILLS", "3"))


def ingest_until_killed(folder, base_ms, first, seconds):
    """The highest batch acknowledged before the kill (first - 1 if none)."""
    command = [sys.executable, "-m", "anlan.stream.tests.writer", str(folder), str(base_ms), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        line = writer.stdout.readline()  # let it reach its stride
        time.sleep(seconds)
        writer.kill()
        lines = [line, *writer.stdout.read().splitlines()]
    return max((int(each) for each in lines if each.strip()), default=first - 1)


def test_no_acknowledged_reading_is_lost_and_none_counts_twice(tmp_path):
    rng = random.Random(20)
    base_ms = time.time_ns() // 1_000_000 - 86_400_000
    acknowledged = -1
    for _ in range(N_KILLS):
        # The sender does not know what became of the last ones: it sends some again.
        first = max(acknowledged + 1 - rng.randint(0, 80), 0)
        acknowledged = max(ingest_until_killed(tmp_path, base_ms, first, rng.uniform(0.0, 0.5)), acknowledged)
        scene = Scene("live", tmp_path, clock=SteppedClock(), start=False)
        counted = scene.line_view().total_in
        assert (counted >= acknowledged + 1).all(), f"lost: {counted.min()} of {acknowledged + 1}"
        assert scene.view().occupancy[0] == counted.sum()
        scene.journal.close()  # no snapshot: the next start replays it all again
    send_everything_again(tmp_path, base_ms, int(counted.max()))


def send_everything_again(folder, base_ms, n_batches):
    """Far beyond the window of identity: settled against the journal, nothing counts twice."""
    scene = Scene("live", folder, clock=SteppedClock(), start=False)
    before = scene.line_view().total_in
    for start in range(0, n_batches, 25):
        numbers = range(start, min(start + 25, n_batches))
        scene.run(Columns.concat([batch(scene, base_ms, number) for number in numbers]))
    scene.tick(scene.view().now_ms + 120_000)
    assert scene.core.state.n_aside == 0
    after = scene.line_view().total_in
    assert np.array_equal(after, np.maximum(before, n_batches))
    assert len(after) == LINES
    scene.close()
