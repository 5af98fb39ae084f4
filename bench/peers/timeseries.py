"""Prometheus, and VictoriaMetrics with vmalert: remote writes in, rules each second, alerts out by their own way."""

import contextlib
import http.client
import http.server
import json
import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.request

from bench.peers.stand import COUNTERS, PLACES, THRESHOLD
from bench.peers.wire import BASE, OVER, Writer
from tests.browser.product import free_port

EVERY = "1s"
RULES = """groups:
- name: presence
  interval: {every}
  rules:
  - alert: Full
    expr: sum by (place) (present) >= {threshold}
"""
ALERTING = """global: {{evaluation_interval: {every}}}
rule_files: [{rules}]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:{alarms}"]}}]}}]}}
"""


PROTOCOL = {
    "Content-Type": "application/x-protobuf",
    "Content-Encoding": "snappy",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}


class Alarms:
    """Where the peers send their alerts, as they would to an Alertmanager; when each place was first heard of."""

    def __init__(self):
        heard = self.heard = {}

        class Door(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                at = time.monotonic()
                for alert in json.loads(self.rfile.read(int(self.headers["Content-Length"]))):
                    heard.setdefault(alert["labels"]["place"], at)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.door = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.port = self.door.server_address[1]
        threading.Thread(target=self.door.serve_forever, daemon=True).start()

    def close(self):
        self.door.shutdown()
        self.door.server_close()


class TimeSeries:
    """A time-series database over a folder of its own; `commands` starts its processes."""

    guards, judges, once = "no", "each second", "levels only"
    path, kind = "/api/v1/write", PROTOCOL

    def __init__(self, stand):
        self.folder, self.writer = stand.place(), Writer(PLACES, COUNTERS)
        self.port, self.alarms, self.processes = free_port(), Alarms(), []
        self.rules = self.folder / "rules.yml"
        self.rules.write_text(RULES.format(every=EVERY, threshold=THRESHOLD))
        try:
            for command in self.commands():
                self.processes.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))
                self.wait()
        except BaseException:
            self.close()
            raise
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    @classmethod
    def missing(cls, stand):
        """Why it cannot run here; empty where it can."""
        absent = [program for program in cls.programs if not shutil.which(program)]
        return f"{absent[0]} is missing: apt-get install {cls.package}" if absent else ""

    def wait(self, *, limit_s=30.0):
        """Until it answers what `alive` asks with the word `ready`."""
        deadline = time.monotonic() + limit_s
        while True:
            with contextlib.suppress(OSError, urllib.error.URLError):
                address = f"http://127.0.0.1:{self.port}{self.alive}"
                if self.ready in urllib.request.urlopen(address, timeout=2).read().decode():
                    return
            assert time.monotonic() < deadline, f"{self.name} does not start"
            time.sleep(0.1)

    @property
    def pids(self):
        return [process.pid for process in self.processes]

    @property
    def heard(self):
        """{place: when its alert came, monotonic s}."""
        return self.alarms.heard

    def body(self, end_ms, counters, over=()):
        return self.writer.body(end_ms, counters, over)

    def send(self, body):
        """One remote write; it is taken when this returns."""
        self.connection.request("POST", self.path, body, self.kind)
        answer = self.connection.getresponse()
        text = answer.read()
        assert answer.status == 204, (answer.status, text[:300])

    def request(self, end_ms, position, counter):
        """The bytes of a request with one reading."""
        body = self.writer.single(end_ms, position, counter)
        named = self.kind | {"Host": "127.0.0.1", "Content-Length": str(len(body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        return f"POST {self.path} HTTP/1.1\r\n{head}\r\n".encode() + body

    def close(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(timeout=30)
        self.alarms.close()


class Prometheus(TimeSeries):
    """Readings by remote write; its log is synced when a segment is full, not before it answers."""

    name, package, programs = "Prometheus, remote write", "prometheus", ("prometheus",)
    alive, ready = "/api/v1/alertmanagers", "/api/v2/alerts"  # it finds whom to alert only after seconds

    def commands(self):
        config = self.folder / "prometheus.yml"
        config.write_text(ALERTING.format(every=EVERY, rules=self.rules, alarms=self.alarms.port))
        return [[
            "prometheus", f"--config.file={config}", f"--storage.tsdb.path={self.folder / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{self.port}", "--web.enable-remote-write-receiver",
            "--log.level=error",
        ]]  # fmt: skip


class VictoriaMetrics(TimeSeries):
    """Readings by remote write, rules by vmalert beside it; what was answered is in memory for seconds."""

    name, package = "VictoriaMetrics, remote write", "victoria-metrics"
    programs = ("victoria-metrics", "vmalert")
    alive, ready = "/health", "OK"

    def commands(self):
        here = f"http://127.0.0.1:{self.port}"
        return [
            [
                "victoria-metrics", f"-storageDataPath={self.folder / 'store'}", "-search.latencyOffset=0s",
                f"-httpListenAddr=127.0.0.1:{self.port}", "-loggerLevel=ERROR",
            ],
            [
                "vmalert", f"-rule={self.rules}", f"-datasource.url={here}", f"-evaluationInterval={EVERY}",
                f"-notifier.url=http://127.0.0.1:{self.alarms.port}", "-loggerLevel=ERROR",
                f"-httpListenAddr=127.0.0.1:{free_port()}",
            ],
        ]  # fmt: skip


class VictoriaText(VictoriaMetrics):
    """The same, readings as text in Prometheus' format."""

    name = "VictoriaMetrics, text"
    path, kind = "/api/v1/import/prometheus", {"Content-Type": "text/plain"}

    def body(self, end_ms, counters, over=()):
        return "".join(
            f'present{{counter="{counter}",place="{place}"}} {OVER if place in over else BASE} {end_ms}\n'
            for counter in counters
            for place in PLACES
        ).encode()
