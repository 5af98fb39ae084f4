"""Inside: what a batch of 10,000 readings costs the processor, step by step, without HTTP; Arrow and JSON."""

import argparse
import collections
import contextlib
import functools
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

FOLDER = tempfile.TemporaryDirectory(prefix="anlan-bench-")
os.environ |= {"DJANGO_SETTINGS_MODULE": "anlan.site.settings", "ANLAN_DATA": FOLDER.name}

import django

django.setup()

from bench.ingest import (
    BATCH,
    PLACES,
    SENSORS_EACH,
    STEP_MS,
    large_arrow_batch,
    large_batch,
    measure_sqlite,
    say,
)

from anlan.devices.native import arrow, decode
from anlan.domains.crowd import rules
from anlan.site import intake
from anlan.site.doorkeeper import Caller
from anlan.stream.linebook import LineBook
from anlan.stream.scene import Scene
from anlan.stream.topology import Binding, Space, Topology

CAPACITY, QUIET_MINUTE = 100_000, 240
TARGETS = {"Arrow": 4_000_000, "JSON": 1_000_000}
STEPS = (  # (line of the report, module, where the function hangs, its name)
    ("decode", "anlan.devices.native.arrow", "", "read_table"),
    ("decode", "anlan.devices.native.decode", "", "decode_items"),
    ("lines of the names", "anlan.stream.linebook", "LineBook", "find"),
    ("check: as a sheet", "anlan.stream.readings", "", "_sheet_of"),
    ("check: lay out", "anlan.stream.readings", "", "lay_out"),
    ("check: the rest", "anlan.site.intake", "", "check_table"),
    ("check: the rest", "anlan.site.intake", "", "check_batch"),
    ("screen", "anlan.stream.core", "", "screen"),
    ("journal: to bytes", "anlan.stream.columns", "Columns", "to_bytes"),
    ("journal: write and sync", "anlan.stream.journal", "FileJournal", "append"),
    ("fold: identity", "anlan.stream.fold", "", "identify"),
    ("fold: health of lines", "anlan.stream.fold", "", "_mark_lines"),
    ("fold: count", "anlan.stream.fold", "", "count"),
    ("fold: minutes", "anlan.stream.history", "History", "add_flow"),
    ("fold: spaces touched", "anlan.stream.fold", "", "_touch"),
    ("fold: the rest", "anlan.stream.core", "", "fold"),
    ("judge: spaces", "anlan.stream.core", "", "space_block"),
    ("judge: rules", "anlan.stream.core", "Core", "_judge"),
    ("tell", "anlan.stream.core", "Core", "_tell"),
    ("numbers to the walls", "anlan.stream.scene", "Scene", "_tell_numbers"),
    ("receipt", "anlan.site.intake", "", "describe_receipt"),
)


class Stopwatch:
    """CPU seconds by step, each without the steps within it."""

    def __init__(self):
        self.spent, self.stack, self.at = collections.Counter(), [], 0.0

    @contextlib.contextmanager
    def step(self, name):
        """What is done within counts to this step."""
        self._turn()
        self.stack.append(name)
        try:
            yield
        finally:
            self._turn()
            self.stack.pop()

    def _turn(self):
        now = time.process_time()
        if self.stack:
            self.spent[self.stack[-1]] += now - self.at
        self.at = now

    def around(self, name, work):
        """The same function, timed."""

        @functools.wraps(work)
        def timed(*arguments, **keywords):
            with self.step(name):
                return work(*arguments, **keywords)

        return timed

    @contextlib.contextmanager
    def watching(self):
        """Within, all STEPS are timed."""
        with contextlib.ExitStack() as stack:
            for name, module, owner, function in STEPS:
                place = sys.modules[module]
                place = getattr(place, owner) if owner else place
                timed = self.around(name, getattr(place, function))
                stack.enter_context(mock.patch.object(place, function, timed))
            yield


class Inside:
    """A scene on the disk without an engine thread, judged by the rules of the product, and the doors' way to it."""

    def __init__(self, folder):
        self.book, self.scene = LineBook(), Scene("live", folder, judge=rules.judge, start=False)
        codes = [f"P{place:04d}" for place in range(PLACES)]
        sensors = {f"{code}-{number}": code for code in codes for number in range(SENSORS_EACH)}
        spaces = [Space(code, capacity=CAPACITY, quiet_minute=QUIET_MINUTE) for code in codes]
        self.scene.set_topology(
            Topology(spaces, [Binding(sensor, into=code) for sensor, code in sensors.items()])
        )
        self.caller = Caller(1, "gateway", sensors)

    def take_arrow(self, body):
        """One body of the Arrow door, from its bytes to the answer."""
        now_ms, table = self.scene.clock.now_ms(), arrow.read_table(body, {})
        return self.submit(intake.check_table(
            table, caller=self.caller, register=self.scene.register, book=self.book, now_ms=now_ms
        ))  # fmt: skip

    def take_json(self, body):
        """One body of JSON, likewise."""
        now_ms, readings = self.scene.clock.now_ms(), decode.decode_items(body, headers={})
        return self.submit(
            intake.check_batch(*readings, caller=self.caller, register=self.scene.register, now_ms=now_ms)
        )

    def submit(self, batch):
        """Into the journal, the numbers and the judgement; every reading must be taken as fresh."""
        answer = intake.describe_receipt(batch, self.scene.submit(batch.kept, sender=1).result())
        assert answer == {"accepted": BATCH, "refused": 0, "items": []}, str(answer)[:300]


def measure(take, bodies):
    """(CPU ms of a batch, the same by step): medians over the bodies, timed whole and in a second half by step."""
    whole, by_step, half = [], [], len(bodies) // 2
    for body in bodies[:half]:
        before = time.process_time()
        take(body)
        whole.append(time.process_time() - before)
    for body in bodies[half:]:
        watch = Stopwatch()
        with watch.watching(), watch.step("between the steps"):
            take(body)
        by_step.append(watch.spent)
    names = [name for name, *_ in STEPS] + ["between the steps"]
    middle = {
        name: statistics.median(spent[name] for spent in by_step) * 1e3 for name in dict.fromkeys(names)
    }
    return statistics.median(whole) * 1e3, middle


def main(argv):
    """0 where both targets are met."""
    parser = argparse.ArgumentParser(prog="dev.py bench inside", description=__doc__)
    parser.add_argument("--batches", type=int, default=200, help="of each format (default 200)")
    n = parser.parse_args(argv).batches
    inside, start = Inside(Path(FOLDER.name) / "live"), time.time_ns() // 1_000_000 - 2 * n * STEP_MS - 20_000
    ways = {"Arrow": (inside.take_arrow, large_arrow_batch), "JSON": (inside.take_json, large_batch)}
    inside.take_json(large_batch(start))  # the lines are known from here on
    found = {}
    for place, (name, (take, make)) in enumerate(ways.items()):
        found[name] = measure(take, [make(start + STEP_MS * (place * n + step + 1)) for step in range(n)])
    inside.scene.close()
    say(
        f"CPU ms of a batch of {BATCH:,} from {BATCH:,} sensors in {PLACES:,} places, medians of {n // 2} batches"
        f" (load of the machine {os.getloadavg()[0]:.1f})"
    )
    say(f"  {'':24}{''.join(f'{name:>10}' for name in found)}")
    for step in found["JSON"][1]:
        if any(by_step[step] >= 0.005 for _, by_step in found.values()):
            say(f"  {step:24}{''.join(f'{by_step[step]:10.2f}' for _, by_step in found.values())}")
    say(f"  {'all, not timed by step':24}{''.join(f'{whole:10.2f}' for whole, _ in found.values())}")
    peer, is_met = measure_sqlite(Path(FOLDER.name)), True
    for name, (whole, _) in found.items():
        rate, target = BATCH / whole * 1e3, TARGETS[name]
        is_met &= rate >= target
        say(
            f"{name}: {rate:,.0f} readings per CPU-second inside (target {target:,}: {'met' if rate >= target else 'SHORT'});"
            f" JSON into SQLite {peer:,.0f}, ratio {rate / peer:.1f}"
        )
    return 0 if is_met else 1


if __name__ == "__main__":
    with FOLDER:
        sys.exit(main(sys.argv[1:]))
