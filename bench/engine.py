"""Engine beside its peers: CPU at 10,000 readings/s, sent → alert, single readings, readings per CPU-second, memory."""

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.ingest import say
from bench.peers import trials
from bench.peers.stand import Report, Stand

SECTIONS = {
    "cpu": trials.measure_share,
    "detection": trials.measure_detection,
    "single": trials.measure_single,
    "throughput": trials.measure_throughput,
    "memory": trials.measure_memory,
}


def main(argv):
    """0 where all targets are met."""
    parser = argparse.ArgumentParser(prog="dev.py bench engine", description=__doc__)
    parser.add_argument("--only", choices=SECTIONS, action="append", help="measure this alone (repeatable)")
    chosen = parser.parse_args(argv).only or list(SECTIONS)
    report = Report()
    with (
        tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder,
        Stand(Path(folder), serve=chosen != ["memory"]) as stand,
    ):
        for name in chosen:
            SECTIONS[name](stand, report)
    say(
        "\nhistory: dev.py bench history; restart and a day again: restart; a thousand watchers: feed; floods: faults"
    )
    short = [name for name, met in report.met.items() if not met]
    say("\n".join(["TARGETS MISSED:", *short]) if short else "all targets met")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
