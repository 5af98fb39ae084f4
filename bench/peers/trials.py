"""The trials that `bench engine` puts Anlan and its peers to."""

import json
import os
import re
import statistics
import subprocess
import sys
import time
import urllib.request

import numpy as np
from bench import ingest
from bench.ingest import say
from bench.peers.databases import Postgres, PostgresKey, Sqlite, SqliteKey
from bench.peers.ours import Ours, OursArrow
from bench.peers.stand import BATCH, COUNTERS, PLACES, ROOT, cpu_of
from bench.peers.timeseries import Prometheus, VictoriaMetrics, VictoriaText
from tests.doors.clients import Watcher, now_ms

EVERYBODY = (OursArrow, Ours, VictoriaMetrics, Prometheus, PostgresKey, Postgres)
IDLE_S, STEADY_S = 6, 10
SHARE_TARGET = 0.02
APART_MS = 10  # from one batch to the next where they come at once


class Worker:
    """A script of bench/peers in a process of its own, which gets ready, starts at a word, and says how it went."""

    def __init__(self, script, task):
        command = [sys.executable, ROOT / "bench/peers" / script]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "ready\n", f"{script} is not ready"

    def go(self):
        """Start; what was said at the end."""
        self.process.stdin.write("go\n")
        self.process.stdin.close()
        said = self.process.stdout.read()
        assert self.process.wait() == 0, said
        return json.loads(said)


class Times:
    """Ends of readings that never come twice: in the near past, or just after those given before."""

    def __init__(self):
        self.last = 0

    def take(self, n):
        """The next n ends, APART_MS from each other."""
        first = max(now_ms() - APART_MS * n, self.last + APART_MS)
        self.last = first + APART_MS * (n - 1)
        return range(first, self.last + 1, APART_MS)


TIMES = Times()


# ── CPU at 10,000 readings a second ─────────────────────────────────────────────────────────────


def measure_share(stand, report):
    """The share of a core, idle and with one batch a second."""
    report.title("CPU at 10,000 readings/s (one batch each second) with rules judged, as a share of one core")
    found = {}
    for contender in stand.each(*EVERYBODY):
        start = now_ms() + 1_000 * (IDLE_S + 2)
        bodies = [contender.body(start + 1_000 * at, COUNTERS) for at in range(STEADY_S)]
        contender.send(contender.body(now_ms(), COUNTERS))  # every series is known from here on
        time.sleep(1.0)
        idle = share_of(contender, lambda: time.sleep(IDLE_S))
        found[contender.name] = busy = share_of(contender, lambda: pace(contender, bodies, every_s=1.0))  # noqa: B023
        target = {}
        if isinstance(contender, Ours):
            target = {"target": f"≤ {SHARE_TARGET:.0%}", "met": busy <= SHARE_TARGET}
        report.row(contender.name, f"{busy:.2%}", note=f"idle {idle:.2%}", **target)
    report.ratios(found, is_cost=True)


def share_of(contender, act):
    """What its processes use of one core while something is done."""
    pids, began = contender.pids, time.monotonic()
    before = cpu_of(pids)
    act()
    return (cpu_of(pids) - before) / (time.monotonic() - began)


def pace(contender, bodies, *, every_s):
    """Send one body after another at this pace, and wait for the last one's turn to end."""
    start = time.monotonic()
    for at, body in enumerate(bodies):
        time.sleep(max(0.0, start + at * every_s - time.monotonic()))
        contender.send(body)
    time.sleep(max(0.0, start + len(bodies) * every_s - time.monotonic()))


# ── sent → alert ────────────────────────────────────────────────────────────────────────────────

PROBES, PROBES_PER_S = 40, 10
HEARD_WITHIN_S = 20.0
TRIAL_S = 15
RATES = {10_000: (5.0, 20.0), 100_000: (None, 50.0)}  # readings a second: targets of p50 and p99 in ms


def measure_detection(stand, report):
    """From sending to the alert: the same for all, then ours with many senders."""
    report.title(
        "sent → alert: 10 batches of 1,000 readings each second, in each one a place over its threshold"
    )
    say_disk(stand, report)
    found = {}
    for contender in stand.each(*EVERYBODY):
        took = drive(contender, stand.calm_places(PROBES))
        found[contender.name] = statistics.median(took)
        report.row(contender.name, tell_times(took), note=f"{len(took)} alerts, rules {contender.judges}")
    report.ratios(found, is_cost=True)
    for rate, (p50_target, p99_target) in RATES.items():
        report.title(f"sent → live message with {rate:,} readings/s (JSON, many connections)")
        took, said = crowd_trial(stand, rate)
        p50, p99 = np.percentile(took, [50, 99])
        wanted = (
            f"p99 ≤ {p99_target:.0f} ms"
            if p50_target is None
            else f"p50 ≤ {p50_target:.0f}, p99 ≤ {p99_target:.0f} ms"
        )
        report.row(
            f"Anlan, JSON, {rate:,}/s", tell_times(took), note=said, target=wanted,
            met=p99 <= p99_target and (p50_target is None or p50 <= p50_target),
        )  # fmt: skip


def tell_times(took_ms):
    p50, p99 = np.percentile(took_ms, [50, 99])
    return f"p50 {p50:,.1f}, p99 {p99:,.1f} ms"


def say_disk(stand, report):
    """The floor under what syncs before it answers."""
    took = []
    with (stand.place() / "floor").open("wb") as file:
        for _ in range(200):
            file.write(bytes(16_384))
            file.flush()
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(1000 * (time.perf_counter() - began))
    report.row("the disk alone, 16 kB synced", tell_times(took))


def drive(contender, places):
    """Drive one place after another over its threshold; ms from sending to its alert."""
    contender.send(contender.body(now_ms(), COUNTERS))  # every series is known from here on
    start = now_ms() + 3_000
    step_ms = 1_000 // PROBES_PER_S
    bodies = [
        contender.body(start + at * step_ms, [COUNTERS[at % len(COUNTERS)]], over={place})
        for at, place in enumerate(places)
    ]
    time.sleep(max(0.0, (start - now_ms()) / 1000))
    began, sent = time.monotonic(), {}
    for at, (place, body) in enumerate(zip(places, bodies, strict=True)):
        time.sleep(max(0.0, began + at / PROBES_PER_S - time.monotonic()))
        sent[place] = time.monotonic()
        contender.send(body)
    deadline = time.monotonic() + HEARD_WITHIN_S
    while missing := sent.keys() - contender.heard.keys():
        assert time.monotonic() < deadline, f"{contender.name} never told of {sorted(missing)[:5]}"
        time.sleep(0.2)
    return [1000 * (contender.heard[place] - at) for place, at in sent.items()]


def crowd_trial(stand, rate):
    """Nine in ten sensors report by themselves, the others with the probes; (ms of each change, how it went)."""
    token = stand.keys.tokens["gateway"]
    crowd = ingest.Beside("steady.py", {
        "port": stand.product.port, "token": token, "batch": rate // 100, "rounds_s": 0.9 * BATCH / rate,
        "sensors": [f"{place}-{counter}" for counter in COUNTERS[:-1] for place in PLACES], "for_s": TRIAL_S + 4,
    })  # fmt: skip
    watcher = Watcher(stand.product, stand.keys.screen)
    time.sleep(2.0)  # all connections are open
    numbers = [PLACES.index(place) for place in stand.calm_places(TRIAL_S * ingest.PROBES_PER_S)]
    took = ingest.probe(stand.product, token, watcher, numbers, for_s=TRIAL_S)
    watcher.close()
    said = crowd.said()
    return took, (
        f"{len(took)} changes, {said['sent'] / (TRIAL_S + 4):,.0f} readings/s taken beside them,"
        f" acknowledged p99 {said['p99_ms']} ms, refused {said['refused']}"
    )


# ── one reading a request, one reading a message ────────────────────────────────────────────────

SINGLE = 4_000
MESSAGES, PUBLISHERS = 40_000, 8
MESSAGE_TARGET = 10_000


def measure_single(stand, report):
    """Requests, and MQTT messages, with one reading each, per CPU-second."""
    report.title(f"one reading a request, {len(COUNTERS)} connections: requests per CPU-second")
    found = {}
    for contender in stand.each(Ours, VictoriaMetrics, Prometheus):
        worker = Worker("pushing.py", {"port": contender.port, "connections": single_requests(contender)})
        pids = contender.pids
        before = cpu_of(pids)
        took_s = worker.go()
        found[contender.name] = SINGLE / (cpu_of(pids) - before)
        note = f"{SINGLE / took_s:,.0f} a second; synced before the answer: {contender.guards}"
        report.row(contender.name, f"{found[contender.name]:,.0f}", note=note)
    report.ratios(found)
    if not stand.broker:
        return say("  MQTT: left out, mosquitto is missing: apt-get install mosquitto")
    rate, note = measure_messages(stand)
    report.row(
        "Anlan, MQTT, one reading a message", f"{rate:,.0f}", note=note,
        target=f"≥ {MESSAGE_TARGET:,}", met=rate >= MESSAGE_TARGET,
    )  # fmt: skip


def single_requests(contender):
    """For each connection its requests, as text; a connection reports for one counter of every place."""
    each = SINGLE // len(COUNTERS)
    ends = TIMES.take(each)
    return [
        [
            contender.request(end_ms, at % len(PLACES), counter).decode("latin-1")
            for at, end_ms in enumerate(ends)
        ]
        for counter in COUNTERS
    ]


def measure_messages(stand):
    """(readings per CPU-second of the server, how it went): from the first message to the last one counted."""
    worker = Worker("publishing.py", {"port": stand.broker, "publishers": single_messages()})
    counted, pid = count_readings(stand.product), stand.product.process.pid
    before, began = cpu_of([pid]), time.monotonic()
    published_s = worker.go()
    deadline = time.monotonic() + 60
    while (now := count_readings(stand.product)) < counted + MESSAGES:
        assert time.monotonic() < deadline, f"only {now - counted} of {MESSAGES} messages were counted"
        time.sleep(0.2)
    took_s = time.monotonic() - began
    rate = MESSAGES / (cpu_of([pid]) - before)
    return (
        rate,
        f"{MESSAGES / took_s:,.0f} a second end to end, published in {published_s:.1f} s over {PUBLISHERS} connections",
    )


def single_messages():
    """For each publisher its topics and payloads; it reports for one counter of every place, round after round."""
    rounds = TIMES.take(MESSAGES // PUBLISHERS // len(PLACES))
    return [
        [
            (
                f"anlan/v1/{place}-{counter}/readings",
                f'[{{"channel":"1","kind":"interval","start":{end_ms - APART_MS},"end":{end_ms},"in":1,"out":1}}]',
            )
            for end_ms in rounds
            for place in PLACES
        ]
        for counter in COUNTERS[:PUBLISHERS]
    ]


def count_readings(product):
    """Readings that the engine has taken, from /metrics."""
    text = urllib.request.urlopen(f"{product.address}/metrics", timeout=20).read().decode()
    return round(sum(map(float, re.findall(r"^anlan_readings_total\{.*\} (\S+)", text, re.MULTILINE))))


# ── readings per CPU-second ─────────────────────────────────────────────────────────────────────

TARGETS = {OursArrow.name: 4_000_000, Ours.name: 1_000_000}
BATCHES = 60
SEVERAL = {OursArrow.name: 3, Ours.name: 3, VictoriaMetrics.name: 3}  # rounds of those that are soon done
SETTLE_S = 2.0


def measure_throughput(stand, report):
    """Readings taken and judged per CPU-second, batch after batch over one connection."""
    report.title(
        f"readings taken and judged per CPU-second of the server, batches of {BATCH:,}, with what it does in the"
        f" {SETTLE_S:.0f} s after; peers get one number a reading where Anlan gets two"
    )
    found = {}
    for contender in stand.each(*EVERYBODY, VictoriaText, Sqlite, SqliteKey):
        figures = [rate_of(contender) for _ in range(SEVERAL.get(contender.name, 1))]
        found[contender.name] = rate = statistics.median(figures)
        note = (
            f"synced before the answer: {contender.guards}; judged: {contender.judges};"
            f" sent twice counts once: {contender.once}"
        )
        wanted = TARGETS.get(contender.name)
        target = {"target": f"≥ {wanted:,}", "met": rate >= wanted} if wanted else {}
        report.row(contender.name, f"{rate:,.0f}", note=note, **target)
    report.ratios(found)


def rate_of(contender):
    """Readings per CPU-second over one round of batches."""
    first, *bodies = [contender.body(end_ms, COUNTERS) for end_ms in TIMES.take(BATCHES)]
    contender.send(first)  # every series is known from here on
    pids = contender.pids
    before = cpu_of(pids)
    for body in bodies:
        contender.send(body)
    time.sleep(SETTLE_S)
    return BATCH * len(bodies) / (cpu_of(pids) - before)


# ── memory ──────────────────────────────────────────────────────────────────────────────────────


def measure_memory(_, report):
    """What dev.py bench memory says."""
    report.title("memory for 100,000 sensors with the arrays of their profiles; cost by sensors and readings")
    told = subprocess.run([sys.executable, ROOT / "bench/memory.py"], stdout=subprocess.PIPE, text=True)
    say("".join(f"  {line}\n" for line in told.stdout.splitlines()).rstrip())
    report.met["  memory, or cost by sensors (bench memory)"] = told.returncode == 0
