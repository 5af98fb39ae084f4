"""A trial: ten times what the server can take, over HTTP and MQTT at once, beside devices that behave; then quiet again.

Every reading says that one person came in, so that what each place counts is what was counted of its senders.
"""

import statistics
import threading
import time
from dataclasses import dataclass

from tests.browser.product import Product
from tests.doors.beside import Beside, cpu_s, rss_mib
from tests.doors.clients import Device, Watcher, interval, now_ms, occupancy

TIMES = 10
BATCH = 2_000
CROWDS = {
    "PATIENT": 800,
    "NOISY": 300,
    "MQTT": 200,
    "QUIET": 5,
    "PROBE": 1,
}  # place: sensors, one credential each
PATIENT, NOISY = 100, 300  # connections
NICE = 10
LIVE_MS = 100.0  # the numbers of a quiet server are live within this


def plan():
    """Each crowd with a place to itself."""
    return {
        "credentials": list(CROWDS),
        "places": [{"code": code, "capacity": 10_000_000} for code in CROWDS],
        "sensors": [
            {"code": sensor, "place": code, "credential": code} for code in CROWDS for sensor in sensors(code)
        ],
    }


def sensors(code):
    return [f"{code}-{number}" for number in range(CROWDS[code])]


class Memory(threading.Thread):
    """Samples the resident memory of a process, MiB, twice a second until stopped."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.curve, self.stopping = pid, [], threading.Event()
        self.start()

    def run(self):
        while not self.stopping.wait(0.5):
            self.curve.append(rss_mib(self.pid))

    def stop(self):
        """The samples."""
        self.stopping.set()
        return self.curve


@dataclass
class Found:
    """What a trial found. Rates are readings per CPU-second of the server; memory in MiB."""

    http_rate: float
    mqtt_rate: float
    patient: dict
    noisy: dict
    quiet: dict
    mqtt: dict
    memory: list
    cores: float
    lost: dict  # by place: acknowledged less counted, when all is still
    recovery_s: float  # from the end of the flood until sent → live was quick again, and stayed
    drained_s: float  # until the broker's queue was empty
    live_ms: float  # sent → live after that


class Trial:
    """One running product and a broker, flooded for `for_s` seconds."""

    def __init__(self, product: Product, keys, broker_port, *, for_s):
        self.product, self.keys, self.broker_port, self.for_s = product, keys, broker_port, for_s
        self.sent = dict.fromkeys(CROWDS, 0)  # acknowledged readings by place
        self.pid = product.process.pid

    def crowd(self, code, per_s, *, connections, is_patient=True):
        return {
            "token": self.keys.tokens[code],
            "sensors": sensors(code),
            "connections": connections,
            "per_s": per_s,
            "is_patient": is_patient,
        }

    def flood(self, crowds, for_s):
        task = {"port": self.product.port, "batch": BATCH, "for_s": for_s, "crowds": crowds}
        return Beside("flooding.py", task, nice=NICE)

    def publish(self, per_s, for_s, *, connections=4):
        return Beside("publishing.py", {
            "port": self.broker_port, "sensors": sensors("MQTT"), "connections": connections, "per_s": per_s,
            "for_s": for_s, "start_ms": now_ms() - 1_000,
        }, nice=NICE)  # fmt: skip

    def behave(self, for_s):
        """Five devices that send one reading a second each, over a connection each."""
        return Beside("steady.py", {
            "port": self.product.port, "token": self.keys.tokens["QUIET"], "sensors": sensors("QUIET"),
            "batch": 1, "rounds_s": 1.0, "for_s": for_s, "out": 0,
        })  # fmt: skip

    def counted(self):
        """People counted in each place; None while a new place has no number."""
        return {code: count or 0 for code, count in occupancy(self.product, self.keys.screen).items()}

    def wait_counted(self, code, limit_s):
        """Seconds until a place counts what its senders were told is kept, or has not for `limit_s`."""
        begun = time.monotonic()
        while self.counted()[code] != self.sent[code] and time.monotonic() - begun < limit_s:
            time.sleep(0.25)
        return time.monotonic() - begun

    # ---- the phases ------------------------------------------------------------------------------------

    def measure_http(self, for_s=5.0):
        """What a CPU-second of the server takes of JSON batches."""
        before = cpu_s(self.pid)
        (said,) = self.flood([self.crowd("PATIENT", 1e9, connections=2)], for_s).said()
        self.sent["PATIENT"] += said["acknowledged"]
        return said["acknowledged"] / (cpu_s(self.pid) - before)

    def measure_mqtt(self, for_s=5.0):
        """What a CPU-second of the server takes of messages with one reading each."""
        before = cpu_s(self.pid)
        said = self.publish(0, for_s).said()
        self.sent["MQTT"] += said["acknowledged"]
        self.wait_counted("MQTT", 60)
        return said["acknowledged"] / (cpu_s(self.pid) - before)

    def probe(self, watcher, device):
        """ms from sending one reading to its number in the live feed."""
        begun = time.monotonic()
        status, _ = device.send([interval("PROBE-0", now_ms(), length_ms=1)])
        if status != 202:
            return float("inf")
        self.sent["PROBE"] += 1
        watcher.wait_for("PROBE", self.sent["PROBE"], limit_s=10)
        return 1000 * (time.monotonic() - begun)

    def recover(self, watcher, limit_s=60.0):
        """Seconds until three probes in a row, four a second, were live within LIVE_MS; the median of ten more, ms."""
        device, begun, quick = Device(self.product, self.keys.tokens["PROBE"]), time.monotonic(), []
        while len(quick) < 3 and time.monotonic() - begun < limit_s:
            tried = time.monotonic()
            quick = [*quick, tried] if self.probe(watcher, device) < LIVE_MS else []
            time.sleep(0.25)  # the feed tells numbers at most five times a second
        found_ms = []
        for _ in range(10):
            found_ms.append(self.probe(watcher, device))
            time.sleep(0.25)
        return (quick[0] - begun if len(quick) == 3 else float("inf")), statistics.median(found_ms)

    def overload(self, http_rate, mqtt_rate):
        """Flood for `for_s`: the scripts that do, and how many cores the server used meanwhile."""
        before, half = cpu_s(self.pid), TIMES * http_rate / 2
        patient = self.crowd("PATIENT", half, connections=PATIENT)
        noisy = self.crowd("NOISY", half, connections=NOISY, is_patient=False)
        beside = (
            self.flood([patient, noisy], self.for_s), self.publish(TIMES * mqtt_rate, self.for_s), self.behave(self.for_s),
        )  # fmt: skip
        time.sleep(self.for_s)
        return beside, (cpu_s(self.pid) - before) / self.for_s

    def run(self):
        """All phases; what was found."""
        http_rate, mqtt_rate = self.measure_http(), self.measure_mqtt()
        watcher, memory = Watcher(self.product, self.keys.screen), Memory(self.pid)
        (flood, publishing, behaving), cores = self.overload(http_rate, mqtt_rate)
        ended = time.monotonic()
        recovery_s, live_ms = self.recover(watcher)
        (patient, noisy), mqtt, quiet = flood.said(), publishing.said(), behaving.said()
        for code, said in {"PATIENT": patient, "NOISY": noisy, "MQTT": mqtt}.items():
            self.sent[code] += said["acknowledged"]
        self.sent["QUIET"] += quiet["sent"]
        self.wait_counted("MQTT", 120)
        drained_s, counted = time.monotonic() - ended, self.counted()
        lost = {code: sent - counted[code] for code, sent in self.sent.items()}
        return Found(
            http_rate, mqtt_rate, patient, noisy, quiet, mqtt, memory.stop(), cores, lost, recovery_s, drained_s, live_ms,
        )  # fmt: skip
