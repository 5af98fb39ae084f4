"""A device on this machine that speaks HTTP as cameras do: Digest logins, chunks of odd sizes, endless answers."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import parse_http_list, parse_keqv_list

NAME, PASSWORD = "watcher", "s3cret of ours"  # invented
Play = Callable[["Answer"], None]


@dataclass
class MockDevice:
    """Plays `plays[n]` for the n-th admitted request (the last again and again). A nonce admits `uses` requests."""

    plays: list[Play]
    uses: int = 1000
    refuse: Play | None = None  # how a refusal's body is sent
    url: str = ""
    paths: list[str] = field(default_factory=list)  # of admitted requests
    statuses: list[str] = field(default_factory=list)  # 401, stale, 200
    closing: threading.Event = field(default_factory=threading.Event)
    nonces: dict[str, int] = field(default_factory=dict)

    def admits(self, authorization: str, method: str, path: str) -> str:
        """ "": yes; else what the challenge must say: `no` or `stale`."""
        if not authorization.startswith("Digest "):
            return "no"
        told = parse_keqv_list(parse_http_list(authorization[7:]))
        ours = md5(f"{NAME}:cameras:{PASSWORD}"), md5(f"{method}:{told['uri']}")
        proof = md5(f"{ours[0]}:{told['nonce']}:{told['nc']}:{told['cnonce']}:auth:{ours[1]}")
        if told["username"] != NAME or told["uri"] != path or told["response"] != proof:
            return "no"
        left = self.nonces.get(told["nonce"], 0)
        self.nonces[told["nonce"]] = left - 1
        return "" if left > 0 else "stale"

    def challenge(self, why: str) -> str:
        nonce = md5(f"nonce {len(self.nonces)}")
        self.nonces[nonce] = self.uses
        return f'Digest realm="cameras", qop="auth", nonce="{nonce}", opaque="", stale={str(why == "stale").lower()}'


class Answer(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    device: MockDevice
    status, challenge = 200, ""

    def do_GET(self) -> None:
        why = self.device.admits(self.headers.get("Authorization", ""), "GET", self.path)
        self.device.statuses.append({"": "200", "no": "401", "stale": "stale"}[why])
        try:
            if why:
                self.status, self.challenge = 401, self.device.challenge(why)
                (self.device.refuse or Answer.say)(self)
            else:
                number = len(self.device.paths)
                self.device.paths.append(self.path)
                self.device.plays[min(number, len(self.device.plays) - 1)](self)
        except OSError:
            pass  # the client has gone
        self.close_connection = True

    def say(self, text: bytes = b"", media: str = "text/plain") -> None:
        """A whole answer with its length."""
        self.head(media)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def start(self, media: str) -> None:
        """The head of an answer in chunks."""
        self.head(media)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def head(self, media: str) -> None:
        self.send_response(self.status)
        self.send_header("Content-Type", media)
        self.send_header("Connection", "close")  # as `do_GET` does: a client must not try to use it again
        if self.challenge:
            self.send_header("WWW-Authenticate", self.challenge)

    def chunks(self, content: bytes, size: int = 37) -> None:
        for at in range(0, len(content), size):
            piece = content[at : at + size]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()

    def end(self) -> None:
        self.wfile.write(b"0\r\n\r\n")

    def drip(self, content: bytes) -> None:
        """One byte now and then, for as long as anybody listens."""
        while not self.device.closing.wait(0.01):
            self.chunks(content, 1)

    def log_message(self, *_: Any) -> None: ...


@contextmanager
def switched_on(device: MockDevice) -> Iterator[MockDevice]:
    """The device at `device.url`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Answer,), {"device": device}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    device.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield device
    finally:
        device.closing.set()
        server.shutdown()
        server.server_close()


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
