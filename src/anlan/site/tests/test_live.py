"""The live door over a real server and sockets: the stuck are dropped, the others served, scopes kept apart."""

import asyncio
import contextlib
import json
import socket
import threading
import time
import urllib.error
import urllib.request

import pytest
import uvicorn
from starlette.applications import Starlette

from anlan.site import live
from anlan.site.watching import NoPass, Watcher
from anlan.stream import feed as feed_module
from anlan.stream.feed import Feed, Message
from anlan.stream.scene import SCENES, Scene


@pytest.fixture
def scene(monkeypatch):
    """A scene in memory, listed as `live`; every pass is good for all."""
    monkeypatch.setattr(live, "read_pass", lambda token: Watcher(None))
    monkeypatch.setattr(live, "BEAT_S", 0.1)
    scene = Scene("live", None, start=False)
    monkeypatch.setitem(SCENES, "live", scene)
    return scene


@pytest.fixture
def port(scene):
    """The port of a server with the live door alone."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(Starlette(routes=live.routes()), log_level="critical", lifespan="off")
    )
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True)
    thread.start()
    yield listening.getsockname()[1]
    scene.close()
    server.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


def connect(port, *, receive_bytes=None):
    watching = socket.socket()
    if receive_bytes:
        watching.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    watching.settimeout(5)
    watching.connect(("127.0.0.1", port))
    watching.sendall(b"GET /live/v1/live/stream HTTP/1.1\r\nHost: x\r\n\r\n")
    text = b""
    while b"retry" not in text:
        text += watching.recv(1000)
    return watching


def wait_for(true, what):
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def test_one_who_takes_nothing_is_let_go_and_the_others_are_served(scene, port, monkeypatch):
    monkeypatch.setattr(feed_module, "KEPT_BYTES", 500_000)
    stuck, steady = connect(port, receive_bytes=4_096), connect(port)
    heard = []

    def read():
        with contextlib.suppress(OSError):  # closed at the end
            while piece := steady.recv(1 << 20):
                heard.append(piece)

    threading.Thread(target=read, daemon=True).start()
    wait_for(lambda: len(scene.feed) == 2, "both are there")
    last, sent = 0, 0
    while len(scene.feed) == 2 and sent < 3_000:
        last = scene.feed.publish("spaces", b"x" * 20_000)
        sent += 1
        time.sleep(0.003)
    wait_for(lambda: len(scene.feed) == 1, "the stuck one is not let go")
    wait_for(lambda: f"id: {last}\n".encode() in b"".join(heard), "the other is not served")
    ids = b"".join(heard).count(b"\nid: ") + b"".join(heard).startswith(b"id: ")
    assert ids == sent
    stuck.close()
    steady.close()


def test_one_who_leaves_is_forgotten(scene, port):
    watching = connect(port)
    wait_for(lambda: len(scene.feed) == 1, "it is not there")
    watching.close()
    wait_for(lambda: len(scene.feed) == 0, "it is not forgotten")
    wait_for(lambda: not live.HEARTBEAT.open, "its heart beats on")


def test_a_scene_that_closes_ends_its_streams(scene, port):
    watching = connect(port)
    wait_for(lambda: len(scene.feed) == 1, "it is not there")
    scene.feed.publish("change", b'{"code": "A"}')
    scene.feed.close()
    text = b""
    while not text.endswith(b"0\r\n\r\n"):
        text += watching.recv(1_000)
    assert b'data: {"code": "A"}\n\n' in text


def test_each_hears_of_its_own_places_and_a_message_is_written_once_for_all_alike():
    written = live.Written()
    rows = [["A", 1], ["A/Z", 2], ["B", 3]]
    message = Message(7, "spaces", json.dumps({"rows": rows}).encode())
    everything = written.of(message, Watcher(None))
    assert everything.startswith(b"id: 7\nevent: spaces\ndata: {") and everything.endswith(b"}\n\n")
    of_a = written.of(message, Watcher(frozenset({"A"})))
    assert json.loads(of_a.split(b"data: ")[1])["rows"] == rows[:2]
    assert written.of(message, Watcher(frozenset({"A"}))) is of_a
    assert written.of(message, Watcher(frozenset({"C"}))) == b""
    change = Message(8, "change", b'{"code": "B"}')
    assert written.of(change, Watcher(frozenset({"A"}))) == b""
    assert b'"B"' in written.of(change, Watcher(frozenset({"B"})))
    assert live.written_of(feed := Feed()) is live.written_of(feed)


def test_open_alarms_are_told_to_who_holds_a_pass(port, monkeypatch):
    told = []
    monkeypatch.setattr(
        live, "alarm_rows", lambda scene, watcher: told.append(scene) or {"count": 0, "alarms": []}
    )
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/live/v1/live/alarms") as answer:
        assert (
            json.load(answer) == {"count": 0, "alarms": []} and answer.headers["Cache-Control"] == "no-store"
        )
    assert told == ["live"]

    def refuse(token):
        raise NoPass

    monkeypatch.setattr(live, "read_pass", refuse)
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/live/v1/live/alarms")
