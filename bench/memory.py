"""Memory for 100,000 sensors, and what a reading costs with 1,000 to 100,000 of them."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from anlan.stream.clock import SteppedClock
from anlan.stream.readings import Columns
from anlan.stream.scene import Scene
from anlan.stream.topology import Binding, Space, Topology

T0 = 1_704_067_200_000
MIN = 60_000
SIZES = (1_000, 10_000, 100_000)
PROFILE_SLOTS = (
    96  # 15-minute slots of a day, today's kind only, float32: what the next issue's profiles take
)
TARGET_MIB, MAX_SLOPE = 600, 1.15
READINGS = 1_000_000


def rss_mib():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def child(n):
    """Nanoseconds of CPU per reading with n sensors, and the memory of the process."""
    scene = Scene("bench", None, clock=SteppedClock(T0), start=False)
    places = max(n // 10, 1)
    scene.set_topology(
        Topology(
            [Space(f"P{place}", capacity=5_000) for place in range(places)],
            [Binding(f"s{line}", into=f"P{line // 10}") for line in range(n)],
        )
    )
    for line in range(n):
        scene.register.line(f"s{line}", "1")
    profiles = np.ones((n, PROFILE_SLOTS), np.float32)
    line, minutes = np.arange(n), max(READINGS // n, 5)
    spent = 0.0
    for minute in range(minutes + 1):
        end = T0 + (minute + 1) * MIN
        block = Columns.filled(
            n, line=line, t_start_ms=end - MIN, t_end_ms=end, t_received_ms=end, n_in=minute % 3
        )
        before = time.process_time()
        scene.core.take([block])
        scene.journal._records.clear()  # the journal is on disk in life
        spent += time.process_time() - before if minute else 0.0
        scene.tick(end + 500)
    print(f"{1e9 * spent / (n * minutes):.0f} {rss_mib():.0f} {profiles.nbytes >> 20}")


def main(argv):
    """0 where the targets are met."""
    if argv:
        return child(int(argv[0]))
    cost = []
    for n in SIZES:
        said = subprocess.run(
            [sys.executable, __file__, str(n)], stdout=subprocess.PIPE, text=True, check=True
        )
        ns, mib, profiles = map(float, said.stdout.split())
        cost.append(ns)
        print(
            f"{n:>7,} sensors: {ns:.0f} ns of CPU a reading; {mib:.0f} MiB resident, {profiles:.0f} of it for profiles",
            flush=True,
        )
    slope = np.polyfit(np.log(SIZES), np.log(np.array(cost) * SIZES), 1)[0]
    met = mib <= TARGET_MIB and slope <= MAX_SLOPE
    print(f"cost grows as sensors to the power {slope:.2f} (linear: 1); targets: ≤ {TARGET_MIB} MiB, ≤ {MAX_SLOPE}: "
          f"{'met' if met else 'A TARGET WAS MISSED'}")  # fmt: skip
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
