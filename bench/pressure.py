"""Pressure: ten times what the server can take for a minute, over HTTP and MQTT: memory, senders slowed, nothing acknowledged lost, the behaved not starved, recovery."""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.product import Product
from tests.doors.broker import own_broker
from tests.doors.district import furnish_once
from tests.doors.overload import BATCH, LIVE_MS, NOISY, PATIENT, TIMES, Trial, plan

MESSAGES_TARGET = 10_000  # small MQTT messages a CPU-second
QUIET_MS = 1_000.0  # p99 of the acknowledgement of a device that sends one reading a second
MEMORY_MIB = 300.0  # more than before the flood: the gate's 32, the inbox's 32, the backlog's 85, connections' own buffers, copies
RECOVERY_S = 10.0


def say(text):
    print(text, flush=True)


def describe(found, for_s):
    """Print what was found."""
    quiet, mqtt = found.quiet, found.mqtt
    say(
        f"a CPU-second of the server takes {found.http_rate:,.0f} readings (JSON, {BATCH:,} a batch)"
        f" or {found.mqtt_rate:,.0f} MQTT messages of one; for {for_s:.0f} s, {TIMES} times as much was to be sent, of each;"
        f" the server used {found.cores:.2f} cores"
    )
    for title, crowd in (
        (f"patient, {PATIENT} connections", found.patient),
        (f"never pausing, {NOISY} connections", found.noisy),
    ):
        say(
            f"  HTTP, {title}: {crowd['due']:,} due, {crowd['acknowledged']:,} acknowledged after p50 {crowd['p50_ms']:.0f} /"
            f" p99 {crowd['p99_ms']:.0f} ms, told to come later {crowd['told_busy']:,} times; other answers: {crowd['other'] or 'none'}"
        )
    say(f"  MQTT: {mqtt['sent']:,} sent, {mqtt['acknowledged']:,} acknowledged by the broker")
    say(
        f"  five devices that behave (a reading a second): {quiet['sent']} acknowledged, {quiet['refused']} refused,"
        f" p50 {quiet['p50_ms']:.0f} ms, p99 {quiet['p99_ms']:.0f} ms"
    )
    curve = " ".join(f"{mib:.0f}" for mib in found.memory[:: max(1, len(found.memory) // 20)])
    say(f"memory, MiB: {curve}; peak {max(found.memory):.0f}")
    say(f"acknowledged less counted: {found.lost}")
    say(
        f"sent → live below {LIVE_MS:.0f} ms again {found.recovery_s:.1f} s after the end (then {found.live_ms:.1f} ms);"
        f" the broker's queue empty after {found.drained_s:.0f} s"
    )


def judge(found):
    """Print which targets are met; whether all are."""
    quiet, crowds = found.quiet, (found.patient, found.noisy)
    is_slowed = any(crowd["told_busy"] for crowd in crowds) and not any(crowd["other"] for crowd in crowds)
    targets = {
        f"≥ {MESSAGES_TARGET:,} MQTT messages a CPU-second": found.mqtt_rate >= MESSAGES_TARGET,
        "nothing acknowledged is lost, nothing counted twice": not any(found.lost.values()),
        f"at most {MEMORY_MIB:.0f} MiB more": max(found.memory) - found.memory[0] <= MEMORY_MIB,
        "senders are told to come later, and nothing else": is_slowed,
        f"who behaves has p99 ≤ {QUIET_MS:.0f} ms": quiet["p99_ms"] <= QUIET_MS,
        "and is never refused": not quiet["refused"],
        f"recovered within {RECOVERY_S:.0f} s": found.recovery_s <= RECOVERY_S,
    }
    for target, is_met in targets.items():
        say(f"  {'met   ' if is_met else 'MISSED'} {target}")
    return all(targets.values())


def main(argv):
    """0 where all targets are met."""
    parser = argparse.ArgumentParser(prog="dev.py bench pressure", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="of the flood (default 60)")
    parser.add_argument(
        "--version", choices=("3", "5"), default="3", help="of MQTT between server and broker"
    )
    arguments = parser.parse_args(argv)
    mosquitto = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
    if not mosquitto:
        parser.error("mosquitto is not installed: it is the broker of this trial")
    with (
        tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder,
        own_broker(mosquitto, Path(folder)) as port,
    ):
        data = Path(folder) / "data"
        keys = furnish_once(data, plan(), ROOT / "build/bench")
        product = Product(
            data, ("--no-demo", "--mqtt", f"mqtt://127.0.0.1:{port}?version={arguments.version}")
        )
        product.start()
        try:
            say(f"load of the machine {os.getloadavg()[0]:.1f}")
            found = Trial(product, keys, port, for_s=arguments.seconds).run()
            describe(found, arguments.seconds)
            say(f"load of the machine {os.getloadavg()[0]:.1f}")
            met = judge(found)
        finally:
            product.stop()
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
