"""History: a place's year by minutes, all places' day, 100 million readings rolled up to minutes."""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np

from anlan.stream.clock import SteppedClock
from anlan.stream.readings import Columns
from anlan.stream.scene import Scene
from anlan.stream.topology import Binding, Space, Topology

MIN = 60_000
DAY = 1_440
T0 = 1_704_067_200_000  # 2024-01-01
LINES_EACH = 10
YEAR_TARGET_MS, DAY_TARGET_MS, ROLL_TARGET_MS = 300, 1_000, 2_000


def say(text):
    print(text, flush=True)


def stand(folder, places):
    """A scene of places with ten lines each, heard once, its clock beyond the year."""
    scene = Scene("bench", folder, clock=SteppedClock(T0), start=False)
    spaces = [Space(f"P{place:04d}", capacity=10_000) for place in range(places)]
    bindings = [Binding(f"s{line}", into=f"P{line // LINES_EACH:04d}") for line in range(places * LINES_EACH)]
    scene.set_topology(Topology(spaces, bindings))
    n = places * LINES_EACH
    line = [scene.register.line(f"s{number}", "1") for number in range(n)]
    scene.run(Columns.filled(n, line=line, t_start_ms=T0 - MIN, t_end_ms=T0, t_received_ms=T0, n_in=1))
    scene.tick(T0 + 366 * DAY * MIN)
    return scene


def write_days(scene, lines, days):
    """Every line and minute of some days, sorted and then merged as the keeper does; returns rows written."""
    folder, base = scene.history.folder, scene.journal.end
    with duckdb.connect() as connection:
        for day in range(days):
            first = T0 // MIN + day * DAY
            path = folder / f"{base + day:020d}-{base + day + 1:020d}.flow.{first}-{first + DAY - 1}.parquet"
            connection.execute(
                f"copy (select (i // {DAY})::integer as line, ({first} + i % {DAY})::integer as minute,"
                f" (hash(i) % 7)::bigint as n_in, (hash(i + 1) % 7)::bigint as n_out"
                f" from range({lines} * {DAY}) t(i)) to '{path}' (format parquet, compression zstd)"
            )
    scene.history.closed_to = base + days
    scene.history.merge(before_offset=base + days)
    return lines * DAY * days


def best_of(n, ask):
    """(best milliseconds, the same with the processor's in words, the last answer)."""
    times, busy = [], []
    for _ in range(n):
        before, before_cpu = time.perf_counter(), time.process_time()
        answer = ask()
        times.append(1000 * (time.perf_counter() - before))
        busy.append(1000 * (time.process_time() - before_cpu))
    return min(times), f"{min(times):.0f} ms ({min(busy):.0f} ms of processor)", answer


def measure_year(folder, places):
    scene = stand(folder, places)
    rows = write_days(scene, places * LINES_EACH, 366)
    took, said, past = best_of(5, lambda: scene.space_minutes("P0007", T0, T0 + 365 * DAY * MIN))
    assert len(past["in"]) == 365 * DAY and 28 < past["in"].mean() < 32, past["in"].mean()
    say(f"a place's year by minutes ({LINES_EACH} lines, among {rows / 1e6:.0f} M rows of 366 days): {said}")
    return took


def measure_day(folder, places):
    scene = stand(folder, places)
    rows = write_days(scene, places * LINES_EACH, 1)
    codes = [space.code for space in scene.topology.spaces]
    took, said, past = best_of(3, lambda: scene.spaces_minutes(codes, T0, T0 + DAY * MIN))
    assert len(past) == places and 28 < np.mean([each["in"].mean() for each in past.values()]) < 32
    say(f"all {places:,} places' day by minutes ({rows / 1e6:.1f} M rows): {said}")
    return took


def measure_roll(folder, millions):
    """Readings of 10,000 lines each second, as the archive keeps them, rolled up to minutes of every line."""
    with duckdb.connect() as connection:
        for part in range(10):
            n = millions * 100_000
            connection.execute(
                f"copy (select (i % 10000)::integer as line, 'interval' as kind,"
                f" {T0} + ({part} * {n} + i) // 10000 * 1000 as t_end_ms, (hash(i) % 7)::bigint as n_in,"
                f" (hash(i + 1) % 7)::bigint as n_out from range({n}) t(i))"
                f" to '{folder}/{part:020d}-{part + 1:020d}.parquet' (format parquet, compression zstd)"
            )
        sql = (
            "select line, t_end_ms // 60000 as minute, sum(n_in) as n_in, sum(n_out) as n_out"
            f" from '{folder}/*.parquet' group by all"
        )
        took, said, answer = best_of(
            3, lambda: connection.execute(f"select count(*), sum(n_in) from ({sql})").fetchone()
        )
    say(f"{millions} M readings rolled up to {answer[0]:,} minutes of lines: {said}")
    return took


def main(argv):
    """0 where all targets are met."""
    parser = argparse.ArgumentParser(prog="dev.py bench history", description=__doc__)
    parser.add_argument(
        "--year-places", type=int, default=20, help="places of the year's chunks (default 20)"
    )
    parser.add_argument(
        "--millions", type=int, default=100, help="readings to roll up, in millions (default 100)"
    )
    arguments = parser.parse_args(argv)
    met = True
    for name, target, ask in (
        ("day", DAY_TARGET_MS, lambda folder: measure_day(folder, 1_000)),
        ("year", YEAR_TARGET_MS, lambda folder: measure_year(folder, arguments.year_places)),
        ("roll-up", ROLL_TARGET_MS, lambda folder: measure_roll(folder, arguments.millions)),
    ):
        with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
            took = ask(Path(folder))
            met = met and took <= target
            say(f"  target {name} ≤ {target} ms: {'met' if took <= target else 'MISSED'}")
    say(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
