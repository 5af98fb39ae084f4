"""The live feed at the front door: who comes back by id misses nothing; who is quiet is kept alive."""

import re
import socket
import time

import pytest
from tests.browser.product import Product, until
from tests.doors.clients import Device, interval, live_pass, now_ms
from tests.doors.district import furnish, wide_plan

PLACES = 50
ID = re.compile(rb"^id: (\d+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """(product, keys) of a running server with many places."""
    product = Product(tmp_path_factory.mktemp("live"), ("--no-demo",))
    keys = furnish(product, wide_plan(places=PLACES, sensors_each=1))
    product.start()
    time.sleep(2.0)  # the scene has its topology
    yield product, keys
    product.stop()


class Screen:
    """A raw connection to the live feed that reads only when told to."""

    def __init__(self, town, *, last_id=None):
        product, keys = town
        self.socket = socket.create_connection(("127.0.0.1", product.port), timeout=10)
        head = f"GET /live/v1/live/stream?token={live_pass(product, keys.screen)} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        head += f"Last-Event-ID: {last_id}\r\n" if last_id else ""
        self.socket.sendall(f"{head}\r\n".encode())
        self.text = b""
        until(lambda: b"retry:" in self.read(), "the stream does not begin")

    def read(self):
        """Whatever has come so far."""
        self.socket.settimeout(0.2)
        try:
            while piece := self.socket.recv(1 << 20):
                self.text += piece
        except TimeoutError:
            pass
        return self.text

    @property
    def ids(self):
        return [int(found) for found in ID.findall(self.text)]

    def close(self):
        self.socket.close()


def everybody_comes(device, *, times):
    """Change all places, again and again, at the pace at which the feed tells numbers."""
    for _ in range(times):
        end = now_ms()
        batch = [interval(f"P{place:04d}-0", end) for place in range(PLACES)]
        assert device.send(batch)[0] == 202
        time.sleep(0.21)


def test_a_screen_that_comes_back_misses_nothing(town):
    product, keys = town
    device = Device(product, keys.tokens["gateway"])
    steady, leaving = Screen(town), Screen(town)
    everybody_comes(device, times=2)
    until(lambda: leaving.read().count(b"event: spaces") >= 2, "no numbers are told")
    last = leaving.ids[-1]
    leaving.close()
    everybody_comes(device, times=3)
    back = Screen(town, last_id=last)
    everybody_comes(device, times=1)
    until(
        lambda: steady.read() and back.read() and back.ids and back.ids[-1] == steady.ids[-1],
        "it does not catch up",
    )
    assert back.ids == [one for one in steady.ids if one > last]
    assert b"event: reset" not in back.text
    for screen in (steady, back):
        screen.close()


@pytest.mark.parametrize("last_id", ["1", "99999999999999999999999", "-5", "x", "²"])
def test_an_id_of_another_time_makes_the_page_read_anew(town, last_id):
    screen = Screen(town, last_id=last_id.encode("utf-8").decode("latin-1"))
    expected = last_id == "1"
    assert (b"event: reset" in screen.text) is expected
    screen.close()


def test_a_quiet_stream_says_that_it_is_still_here(town):
    screen = Screen(town)
    until(lambda: screen.read().count(b"\n\n") >= 4, "nothing comes", limit_s=20)
    screen.close()
