"""Live feed: 1,000 watchers of one server; change → client, memory for each, CPU, at 5 changes a second."""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.product import Product
from tests.doors.clients import Device, interval, live_pass, now_ms
from tests.doors.district import furnish_once, wide_plan

PLACES = 500
CHANGES_PER_S = 5
P99_TARGET_MS, KB_TARGET = 250.0, 100.0
SETTLE_S = 2.0


def say(text):
    print(text, flush=True)


def cpu_s(pid):
    """CPU seconds, user and system, that a process has used (Linux: /proc)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rss_kb(pid):
    """Resident memory of a process in kB (Linux: /proc)."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1000


class Listeners:
    """The watchers, in a process of their own."""

    def __init__(self, product, screen, *, clients):
        path = f"/live/v1/live/stream?token={live_pass(product, screen)}"
        task = {"port": product.port, "path": path, "clients": clients}
        command = [sys.executable, ROOT / "tests/doors/listeners.py"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "ready\n", "not all watchers could connect"

    def said(self):
        """What they heard, once they are told to end."""
        self.process.stdin.close()
        return json.loads(self.process.stdout.read())


def drive(device, places, *, for_s):
    """Send one place after another over its threshold; {code: when it was sent, monotonic s}."""
    sent, start = {}, time.monotonic()
    for number in range(int(for_s * CHANGES_PER_S)):
        time.sleep(max(0.0, start + number / CHANGES_PER_S - time.monotonic()))
        code = f"P{places[number]:04d}"
        sent[code] = time.monotonic()
        status, answer = device.send([interval(f"{code}-0", now_ms(), count_in=65_000)])
        assert status == 202, answer
    return sent


def measure(product, keys, *, clients, for_s):
    """(sorted latencies in ms, kB for each client, CPU share of a core, watchers lost)."""
    pid, device = product.process.pid, Device(product, keys.tokens["gateway"])
    drive(device, range(PLACES - 20, PLACES), for_s=2)  # everything has been used once
    before_kb = rss_kb(pid)
    listeners = Listeners(product, keys.screen, clients=clients)
    time.sleep(SETTLE_S)
    began, used = time.monotonic(), cpu_s(pid)
    sent = drive(device, range(PLACES), for_s=for_s)
    share = (cpu_s(pid) - used) / (time.monotonic() - began)
    each_kb = (rss_kb(pid) - before_kb) / clients
    time.sleep(SETTLE_S)
    said = listeners.said()
    missed = sum(clients - len(said["heard"].get(code, ())) for code in sent)
    assert not missed, f"{missed} changes were not heard ({said['lost']} watchers lost)"
    heard = sorted(1000 * (at - sent[code]) for code in sent for at in said["heard"][code])
    return heard, each_kb, share, said["lost"]


def main(argv):
    """0 where all targets are met."""
    parser = argparse.ArgumentParser(prog="dev.py bench feed", description=__doc__)
    parser.add_argument("--clients", type=int, default=1_000, help="watchers (default 1000)")
    parser.add_argument("--seconds", type=float, default=20, help="of changes (default 20)")
    arguments = parser.parse_args(argv)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = arguments.clients + 200
    if hard != resource.RLIM_INFINITY and hard < needed:
        parser.error(f"{needed} open files are needed, the limit is {hard}: raise it with `ulimit -n`")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))
    if arguments.seconds * CHANGES_PER_S > PLACES - 20:
        parser.error(f"{arguments.seconds:.0f} s of changes need more than the {PLACES} places")
    with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
        product = Product(Path(folder), ("--no-demo",))
        keys = furnish_once(Path(folder), wide_plan(places=PLACES, sensors_each=1), ROOT / "build/bench")
        product.start()
        try:
            time.sleep(3.0)  # the scene has its topology
            heard, each_kb, share, lost = measure(
                product, keys, clients=arguments.clients, for_s=arguments.seconds
            )
        finally:
            product.stop()
    p50, p99 = heard[len(heard) // 2], heard[int(len(heard) * 0.99)]
    say(
        f"{arguments.clients:,} watchers, {CHANGES_PER_S} changes/s, {len(heard):,} heard, {lost} watchers lost, load {os.getloadavg()[0]:.1f}"
    )
    say(
        f"  change → client: p50 {p50:.0f} ms, p99 {p99:.0f} ms, worst {heard[-1]:.0f} ms (target p99 ≤ {P99_TARGET_MS:.0f} ms)"
    )
    say(
        f"  memory of the server for each watcher: {each_kb:.0f} kB (target ≤ {KB_TARGET:.0f} kB); CPU {100 * share:.0f} % of one core"
    )
    met = p99 <= P99_TARGET_MS and each_kb <= KB_TARGET and not lost
    say("all targets met" if met else "A TARGET WAS MISSED")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
