"""A Mosquitto of one's own, over a folder and on a free port, for as long as a with block lasts."""

import contextlib
import socket
import subprocess

from tests.browser.product import free_port, until


@contextlib.contextmanager
def own_broker(program, folder):
    """The port of a broker that lets everybody in on the loopback and keeps what clients miss."""
    port = free_port()
    (folder / "broker.conf").write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 2000\nmax_queued_messages 2000000\n"
        f"persistence false\nuser root\n",
        encoding="utf-8",
    )
    running = subprocess.Popen([program, "-c", folder / "broker.conf"], stderr=subprocess.DEVNULL)
    try:
        until(lambda: answers(port), "mosquitto does not start")
        yield port
    finally:
        running.terminate()
        running.wait(timeout=10)


def answers(port):
    """Whether something listens on this port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
