"""Ten times what the server can take, over HTTP and MQTT at once, for ten seconds (`dev.py bench pressure`: a minute, with its figures)."""

import pytest
from tests.browser.product import Product
from tests.doors.broker import own_broker
from tests.doors.district import furnish
from tests.doors.overload import Trial, plan

pytestmark = pytest.mark.faults

GROWTH_MIB = 300.0
STARVED_MS = 5_000.0  # a suite shares its cores with the flood; the bench's bound is 1 s


def test_a_flood_costs_no_acknowledged_reading_no_memory_and_starves_nobody(program, tmp_path):
    with own_broker(program("mosquitto"), tmp_path) as port:
        product = Product(tmp_path / "data", ("--no-demo", "--mqtt", f"mqtt://127.0.0.1:{port}"))
        keys = furnish(product, plan())
        product.start()
        try:
            found = Trial(product, keys, port, for_s=10.0).run()
        finally:
            product.stop()
    print(found)
    assert not any(found.lost.values()), found.lost
    assert max(found.memory) - found.memory[0] <= GROWTH_MIB, found.memory
    assert found.noisy["told_busy"] > 0 and not found.noisy["other"] and not found.patient["other"]
    assert found.quiet["refused"] == 0 and found.quiet["p99_ms"] <= STARVED_MS, found.quiet
    assert found.noisy["acknowledged"] > 0 and found.patient["acknowledged"] > 0
    assert found.recovery_s < 60.0
