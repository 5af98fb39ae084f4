"""Warnings: the cost of a tick for 5,000 and 100,000 sensors beside simple methods', and their skill on real counts."""

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from anlan.science.crossing import learn_table, view_table
from anlan.science.peers import Past, compute_rolling_profile, forecast_trend, forecast_with_departure
from anlan.science.shape import check_shape, usable_capacity
from anlan.science.today import open_day

SLOTS, STEP_S, DAYS, HORIZONS = 96, 900, 11, (1, 2, 4)
SIZES = {5_000: 50.0, 100_000: 50.0}  # sensors → milliseconds a tick: the gate, and the aim
TAUGHT = 200  # sensors that the factors are fitted on: the cost of a tick does not depend on them
TICKS = 15
COUNTS = Path(os.environ.get("ANLAN_COUNTS", Path(__file__).resolve().parents[2] / "shared/data/counts"))


def say(text):
    print(text, flush=True)


def make_counts(sensors):
    """Days of counts with a shape, float32, and capacities."""
    rng = np.random.default_rng(0)
    hours = np.arange(SLOTS) / SLOTS
    shape = 0.1 + np.exp(-((hours - 0.35) ** 2) / 0.005) + np.exp(-((hours - 0.75) ** 2) / 0.01)
    busy = rng.gamma(2, 150, (sensors, 1))
    counts = np.tile(busy * shape, (1, DAYS)).astype(np.float32)
    counts += np.sqrt(counts) * rng.standard_normal(counts.shape, dtype=np.float32)
    return counts, np.percentile(counts[:, :SLOTS], 99.5, axis=1).astype(np.float32)


def shape_of(counts, capacity, kinds):
    return check_shape(
        counts=counts,
        capacity=capacity,
        step_s=STEP_S,
        slots_per_day=SLOTS,
        day_kind=kinds,
        horizons_steps=HORIZONS,
    )


def teach(counts, capacity, kinds, sensors):
    """What a few of the sensors teach, spread over all of them."""
    few = shape_of(counts[:TAUGHT], capacity[:TAUGHT], kinds)
    view, people = view_table(counts[:TAUGHT], capacity[:TAUGHT], kinds, few)
    learned = learn_table(view, people, few, until=view.days.shape[1])

    def widen(spread):
        return replace(spread, factor=np.resize(spread.factor, sensors))

    return replace(learned, spreads=tuple(map(widen, learned.spreads)), growth=widen(learned.growth))


def milliseconds(work):
    before, wall = time.process_time(), time.perf_counter()
    work()
    return (time.process_time() - before) * 1e3, (time.perf_counter() - wall) * 1e3


def tick_cost(sensors):
    """(processor, wall) milliseconds of a tick, medians, and of opening the day."""
    counts, capacity = make_counts(sensors)
    kinds = np.zeros(DAYS + 1, int)
    shape = shape_of(counts, capacity, kinds)
    learned = teach(counts, capacity, kinds, sensors)
    opened = []

    def open_now():
        people = usable_capacity(capacity).astype(np.float32)
        opened.append(
            open_day(counts=counts, capacity=people, day_kind=kinds, day=DAYS - 1, shape=shape, before=None)
        )

    opening, _ = milliseconds(open_now)
    columns = [np.ascontiguousarray(counts[:, (DAYS - 1) * SLOTS + slot]) for slot in range(TICKS)]
    spent = [milliseconds(lambda at=slot: opened[0].judge(columns[at], at, learned)) for slot in range(TICKS)]
    return *np.median(spent, axis=0), opening


def peer_costs(sensors):
    """Processor milliseconds of one column by the simple methods: a short table's cost over its columns."""
    counts, capacity = make_counts(sensors)
    table = counts[:, : 6 * SLOTS].astype(float)
    stretch = np.zeros(table.shape[1])
    past = Past(
        table,
        capacity,
        stretch,
        (SLOTS, 2 * SLOTS, 3 * SLOTS),
        5 * SLOTS,
        slice(3 * SLOTS, None),
        max(HORIZONS),
    )
    methods = {
        "plain threshold": lambda: counts >= capacity[:, None],
        "linear trend": lambda: forecast_trend(past),
        "profile with departure": lambda: forecast_with_departure(past, compute_rolling_profile(past)),
    }
    return {name: milliseconds(work)[0] / table.shape[1] for name, work in methods.items()}


def measure_cost():
    """Print the costs; whether the gate holds."""
    say(
        f"load {os.getloadavg()[0]:.1f}; {SLOTS} slots a day, horizons of {HORIZONS} steps, ten like days, float32"
    )
    held = True
    for sensors, most in SIZES.items():
        spent, wall, opening = tick_cost(sensors)
        kept = wall < most
        held &= kept or sensors > 5_000
        say(f"{sensors:>7,} sensors: a tick {spent:.1f} ms of processor, {wall:.1f} ms by the clock"
            f" ({'gate' if sensors == 5_000 else 'aim'} < {most:g}: {'✓' if kept else '✗'}); a day opens in {opening / 1e3:.2f} s")  # fmt: skip
    for name, spent in peer_costs(5_000).items():
        say(f"  5,000 sensors, {name}: {spent:.2f} ms a column")
    return held


# Local data has fewer days than the gates stand for (warning.md): what counts here is the gain over the naive pair.
GAINS = (
    ("occupancy", "brier_skill", None, None, 0.01), ("flow", "brier_skill", None, None, 0.01),
    ("flow", "recall", "8.0", 1, 0.05), ("flow", "recall", "8.0", 2, 0.05), ("surges", "recall", "4.0", 1, 0.02),
    ("surges", "recall", "4.0", 2, 0.12), ("surges", "recall", "8.0", 1, 0.0), ("surges", "recall", "8.0", 2, 0.09),
    ("leeds", "recall", "4.0", 1, 0.0),
)  # fmt: skip


def measure_skill(seed):
    """Run `anlan skill` and hold its gains over the naive pair against those that warning.md demands."""
    if not COUNTS.is_dir():
        say(f"no real counts at {COUNTS} (set ANLAN_COUNTS): skill not measured")
        return True
    command = [
        Path(sys.executable).with_name("anlan"),
        "skill",
        "--data",
        COUNTS,
        "--surge-seed",
        str(seed),
        "--json",
    ]
    tests = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)["tests"]
    held = True
    for test, what, budget, steps, least in GAINS:
        naive, ours = (
            skill["rungs"][budget]["recall"][steps - 1] if what == "recall" else skill[what]
            for skill in tests[test][-2:]
        )
        kept = ours - naive >= least - 1e-9
        held &= kept
        at = f" at budget {float(budget):g}, lead ≥ {steps} step(s)" if budget else ""
        say(
            f"  {'✓' if kept else '✗'} {test} {what}{at}: {ours:.3f}, naive pair {naive:.3f}, gain ≥ {least:g}"
        )
    return held


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--surge-seed", type=int, default=1)
    parser.add_argument("--cost-only", action="store_true", help="leave the skill out")
    given = parser.parse_args()
    held = measure_cost()
    if not given.cost_only:
        held &= measure_skill(given.surge_seed)
    sys.exit(not held)


if __name__ == "__main__":
    main()
