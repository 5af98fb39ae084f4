"""A service on this machine that answers as told: codes with HTTP 200, nonsense, silence, a cut line."""

import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from anlan.channels import calling
from anlan.channels.sending import Answer, Kind, Means, Outgoing
from anlan.channels.table import KINDS  # noqa: F401  the tests of a kind must not import what stands above it

NOW = datetime(2026, 5, 1, 11, 21, tzinfo=UTC)
Play = Callable[["Line"], None]


@dataclass
class Asked:
    """One request as the service saw it."""

    method: str
    path: str
    query: dict
    headers: dict
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class MockService:
    """Plays `plays[n]` for the n-th request (the last again and again) and remembers what it was asked."""

    plays: list[Play]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def last(self) -> Asked:
        return self.asked[-1]


class Line(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    service: MockService

    def do_POST(self) -> None:
        play = self.service.plays[min(len(self.service.asked), len(self.service.plays) - 1)]
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query, keep_blank_values=True).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen = Asked(self.command, address.path, query, headers, b"")
        self.service.asked.append(seen)
        try:
            if play is not cut_unread:
                seen.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            play(self)
        except OSError:
            pass  # the client has gone
        self.close_connection = True

    do_GET = do_POST  # noqa: N815

    def reply(
        self, body: bytes, status: int = 200, media: str = "application/json", headers: dict | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def cut(self) -> None:
        """The line breaks at once, without a farewell."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, *_: Any) -> None: ...


def says(told: Any, status: int = 200, headers: dict | None = None) -> Play:
    """Answers with a JSON document."""
    return lambda line: line.reply(json.dumps(told, ensure_ascii=False).encode(), status, headers=headers)


def shows(body: bytes, status: int = 200, media: str = "text/html", headers: dict | None = None) -> Play:
    """Answers with something else."""
    return lambda line: line.reply(body, status, media, headers)


def cut_unread(line: Line) -> None:
    """The line breaks before the body was read."""
    line.cut()


def cut_read(line: Line) -> None:
    """The line breaks after the body was read: perhaps it was taken."""
    line.cut()


def cut_answering(line: Line) -> None:
    """The line breaks in the middle of the answer."""
    line.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n{"err')
    line.wfile.flush()
    line.cut()


def silent(line: Line) -> None:
    """Says nothing for longer than anybody waits."""
    line.service.closing.wait(5)


def endless(line: Line) -> None:
    """Answers without end."""
    line.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n")
    while not line.service.closing.is_set():
        line.wfile.write(b" " * 8192)


def dripping(line: Line) -> None:
    """Answers a byte now and then."""
    line.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n")
    while not line.service.closing.is_set():
        line.wfile.write(b" ")
        time.sleep(0.02)


@contextmanager
def answering(*plays: Play, tls: ssl.SSLContext | None = None) -> Iterator[MockService]:
    """The service at `service.url`."""
    service = MockService(list(plays))
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Line,), {"service": service}))
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # who hangs up during the greeting
    service.url = f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield service
    finally:
        service.closing.set()
        server.shutdown()
        server.server_close()


@contextmanager
def shut_port() -> Iterator[str]:
    """The address of a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{probe.getsockname()[1]}"


def means(kept: dict | None = None, now: datetime = NOW, client: httpx.Client | None = None) -> Means:
    """What a kind may use, with a client as the product opens it."""
    return Means(client or calling.open_client(), now, {} if kept is None else kept)


def outgoing(**words: Any) -> Outgoing:
    """A text of ours."""
    given = {
        "key": "alarm/7/1/bot",
        "title": "黄色预警：示范广场",
        "text": "每平方米 3.2 人，仍在上升。请立即答复。",
    }
    return Outgoing(**(given | {"link": "https://anlan.example/a/7"} | words))


def sent(
    kind: Kind, settings: dict, service: MockService, /, kept: dict | None = None, **words: Any
) -> Answer:
    """What comes of sending a text of ours by a kind to this service."""
    return kind.send(
        settings | {"base_url": service.url, "url": service.url + "/hook", "endpoint": service.url},
        outgoing(**words),
        means(kept),
    )
