"""Memory for 100,000 sensors, and what a reading costs with 1,000 to 100,000 of them and in batches of as many."""

import json
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


def stand(n):
    """A scene of n sensors, ten for each place."""
    scene = Scene("bench", None, clock=SteppedClock(T0), start=False)
    scene.set_topology(
        Topology(
            [Space(f"P{place}", capacity=5_000) for place in range(max(n // 10, 1))],
            [Binding(f"s{line}", into=f"P{line // 10}") for line in range(n)],
        )
    )
    for line in range(n):
        scene.register.line(f"s{line}", "1")
    return scene


def spend(scene, n, minutes):
    """CPU seconds to take one reading of each of the first n sensors in each of these minutes."""
    spent = 0.0
    for minute in minutes:
        end = T0 + (minute + 1) * MIN
        block = Columns.filled(
            n, line=np.arange(n), t_start_ms=end - MIN, t_end_ms=end, t_received_ms=end, n_in=minute % 3
        )
        before = time.process_time()
        scene.core.take([block])
        spent += time.process_time() - before
        scene.journal._records.clear()  # the journal is on disk in life
        scene.tick(end + 500)
    return spent


def child(n):
    """Tell the CPU nanoseconds of a reading with n sensors, the memory of the process, the CPU ms of smaller batches."""
    scene, minutes = stand(n), max(READINGS // n, 5)
    profiles = np.ones((n, PROFILE_SLOTS), np.float32)
    spend(scene, n, [0])  # all lines are known from here on
    ns = 1e9 * spend(scene, n, range(1, minutes + 1)) / (n * minutes)
    told = {"ns": ns, "mib": rss_mib(), "profiles_mib": profiles.nbytes / 2**20, "batch_ms": []}
    first = minutes + 1
    for size in SIZES:
        several = READINGS // 10 // size + 4
        spent = spend(scene, min(size, n), range(first, first + several))
        told["batch_ms"].append(1000 * spent / several)
        first += several
    print(json.dumps(told))


def slope(sizes, costs):
    """The power with which a cost grows."""
    return np.polyfit(np.log(sizes), np.log(costs), 1)[0]


def main(argv):
    """0 where the targets are met."""
    if argv:
        return child(int(argv[0]))
    whole_ms = []
    for n in SIZES:
        said = subprocess.run(
            [sys.executable, __file__, str(n)], stdout=subprocess.PIPE, text=True, check=True
        ).stdout
        told = json.loads(said)
        whole_ms.append(told["ns"] * n / 1e6)
        print(
            f"{n:>7,} sensors: {told['ns']:.0f} ns of CPU a reading; {told['mib']:.0f} MiB resident,"
            f" {told['profiles_mib']:.0f} of it for profiles",
            flush=True,
        )
    by_sensors, by_readings = slope(SIZES, whole_ms), slope(SIZES, told["batch_ms"])
    batches = ", ".join(f"{size:,}: {ms:.1f} ms" for size, ms in zip(SIZES, told["batch_ms"], strict=True))
    print(f"one batch of readings with {n:,} sensors: {batches}")
    met = told["mib"] <= TARGET_MIB and max(by_sensors, by_readings) <= MAX_SLOPE
    print(
        f"cost grows as sensors to the power {by_sensors:.2f} and as readings to the power {by_readings:.2f} (linear: 1);"
        f" targets: ≤ {TARGET_MIB} MiB, ≤ {MAX_SLOPE}: {'met' if met else 'A TARGET WAS MISSED'}"
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
