"""Anlan's own doors, asked the same as the peers."""

import contextlib
import io
import json

import numpy as np
from bench.peers.stand import COUNTERS, PLACES
from tests.doors.clients import Device, Watcher, now_ms

with contextlib.suppress(ImportError):  # the extra `arrow`
    import pyarrow as pa

DOOR = "/ingest/v1/readings"
LENGTH_MS = 10  # of an interval: batches follow each other closely
CALM, OVER = 1, 65_000  # people that a counter has let in since its last reading


class Ours:
    """A running product and the token of the gateway that all its sensors report through."""

    guards, judges, once = "yes", "each batch", "yes"
    name, content_type = "Anlan, JSON over HTTP", "application/json"

    def __init__(self, stand):
        self.token, self.port, self.pids = token_of(stand), stand.product.port, [stand.product.process.pid]
        self.device = Device(stand.product, self.token)
        self.watcher = Watcher(stand.product, stand.keys.screen)

    @classmethod
    def missing(cls, stand):
        """Why it cannot run here; empty where it can."""
        return ""

    @property
    def heard(self):
        """{place: when the live message of its first change came, monotonic s}."""
        heard = {}
        for at, kind, message in list(self.watcher.heard):
            if kind == "change":
                heard.setdefault(json.loads(message)["code"], at)
        return heard

    def body(self, end_ms, counters, over=()):
        """One reading of each of these counters of every place: as many go as come, but in the places that are over."""
        span = f'"start":{end_ms - LENGTH_MS},"end":{end_ms}'
        rows = [
            f'{{"sensor":"{place}-{counter}","channel":"1","kind":"interval",{span},'
            f'"in":{OVER if place in over and not at else CALM},"out":{CALM}}}'
            for at, counter in enumerate(counters)
            for place in PLACES
        ]
        return f"[{','.join(rows)}]".encode()

    def send(self, body):
        """It is durable and judged when this returns."""
        status, answer = self.device.send(body, content_type=self.content_type)
        assert status == 202 and not answer["items"], (status, str(answer)[:300])

    def request(self, end_ms, position, counter):
        """The bytes of a request with one reading."""
        body = (
            f'[{{"sensor":"{PLACES[position]}-{counter}","channel":"1","kind":"interval",'
            f'"start":{end_ms - LENGTH_MS},"end":{end_ms},"in":1,"out":1}}]'
        )
        return (
            f"POST {DOOR} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.token}\r\n"
            f"Content-Type: {self.content_type}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    def close(self):
        self.watcher.close()
        self.device.connection.close()


class OursArrow(Ours):
    """The same by Arrow IPC: sensors and channels as dictionaries."""

    name, content_type = "Anlan, Arrow over HTTP", "application/vnd.apache.arrow.stream"

    @classmethod
    def missing(cls, stand):
        if "pa" not in globals():
            return "pyarrow is missing: pip install 'anlan[arrow]'"
        probe = arrow_body(now_ms(), COUNTERS[:1])
        status, _ = Device(stand.product, token_of(stand)).send(probe, content_type=cls.content_type)
        return "this Anlan has no door for Arrow" if status >= 400 else ""

    def body(self, end_ms, counters, over=()):
        return arrow_body(end_ms, counters, over)


def token_of(stand):
    return stand.keys.tokens["gateway"]


def arrow_body(end_ms, counters, over=()):
    """The readings of Ours.body as one Arrow stream."""
    names = [f"{place}-{counter}" for counter in counters for place in PLACES]
    n = len(names)
    n_in = np.full(n, CALM)
    n_in[[at for at, place in enumerate(PLACES) if place in over]] = OVER
    columns = {
        "sensor": pa.DictionaryArray.from_arrays(np.arange(n, dtype=np.int32), pa.array(names, pa.string())),
        "channel": pa.DictionaryArray.from_arrays(np.zeros(n, np.int32), pa.array(["1"])),
        "kind": pa.DictionaryArray.from_arrays(np.zeros(n, np.int8), pa.array(["interval"])),
        "start": np.full(n, end_ms - LENGTH_MS), "end": np.full(n, end_ms), "in": n_in, "out": np.full(n, CALM),
    }  # fmt: skip
    table, sink = pa.table(columns), io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()
