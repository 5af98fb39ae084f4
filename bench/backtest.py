"""Back-test: ten sensors over a year of minutes, judged by two sets of thresholds and weighed."""

import argparse
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.site.settings")
sys.path.insert(0, str(ROOT))

import django

django.setup()

import numpy as np

from anlan.domains.crowd.rules.backtest import PastMinutes, Size, judge_past, weigh

SENSORS, DAYS = 10, 365
TARGET_S = 10.0
CANDIDATE = {"share_blue": 0.5, "hold_s": 600.0}


def make_year(rng, days):
    """A place that fills each day towards its capacity of 1,000 and now and then reaches it."""
    minute = np.arange(days * 1440)
    level = np.repeat(rng.normal(0.75, 0.12, days), 1440)
    people = 1000 * level * np.exp(-((((minute % 1440) - 1110) / 150) ** 2)) + rng.normal(0, 8, len(minute))
    people = np.maximum(np.rint(people), 0)
    moved = np.diff(people, prepend=0)
    busy = rng.poisson(6, len(minute))
    return PastMinutes(0, people, busy + np.maximum(moved, 0), busy + np.maximum(-moved, 0))


def main(argv):
    """0 where one set of thresholds over the year stays within the target."""
    parser = argparse.ArgumentParser(prog="dev.py bench backtest", description=__doc__)
    parser.add_argument("--days", type=int, default=DAYS)
    arguments = parser.parse_args(argv)
    rng, size = np.random.default_rng(11), Size(capacity=1000.0, area_m2=600.0, exit_capacity_per_min=90.0)
    years = [make_year(rng, arguments.days) for _ in range(SENSORS)]
    spent = {}
    for name, own in (("in force", {}), ("candidate", CANDIDATE)):
        before, wall, warnings = time.process_time(), time.perf_counter(), 0
        for year in years:
            steps = judge_past(year, size, own)
            warnings += weigh(steps, year, capacity=size.capacity, level="yellow").warnings
        spent[name] = time.perf_counter() - wall
        print(
            f"{SENSORS} sensors × {arguments.days} days of minutes, thresholds {name}: {spent[name]:.1f} s"
            f" ({time.process_time() - before:.1f} s of processor), {warnings} warnings from yellow on;"
            f" load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
    met = max(spent.values()) <= TARGET_S
    print(f"target: ≤ {TARGET_S:.0f} s a set: {'met' if met else 'SHORT'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
