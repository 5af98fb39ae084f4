"""A server that is told to stop finishes what it took, keeps a snapshot, and leaves nothing running behind."""

import signal
from pathlib import Path

import pytest
from tests.browser.product import Product, until
from tests.doors.clients import Device, interval, now_ms
from tests.doors.district import furnish, wide_plan


def children(process):
    """Numbers of the processes that a process has started and that still run (Linux: /proc)."""
    tasks = Path(f"/proc/{process.pid}/task").iterdir()
    return [number for task in tasks for number in (task / "children").read_text().split()]


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_in_order(told, tmp_path):
    product = Product(tmp_path, ("--no-demo",))
    keys = furnish(product, wide_plan(places=1, sensors_each=1))
    product.start()
    status, _ = Device(product, keys.tokens["gateway"]).send([interval("P0000-0", now_ms(), count_in=5)])
    assert status == 202
    started = until(lambda: children(product.process), "the child for long work was not started")
    before = len(product.said)
    product.process.send_signal(told)
    assert product.process.wait(timeout=20) == 0, "".join(product.said)
    assert list((tmp_path / "live" / "snapshot").glob("*.snap"))
    assert not [number for number in started if Path(f"/proc/{number}").exists()]
    said = "".join(product.said[before:])
    assert "Traceback" not in said, said
