"""What /metrics says, to whom, and that a real Prometheus takes it."""

import json
import os
import subprocess
import time
import urllib.parse
import urllib.request

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.browser.product import Product, free_port, until
from tests.doors.clients import Device, Watcher, interval, now_ms
from tests.doors.district import furnish

TOKEN = "scrape-me-7134"
PLAN = {
    "places": [{"code": "A", "capacity": 100}],
    "sensors": [{"code": "GATE-1", "place": "A", "credential": "own"}, {"code": "GATE-2", "place": "A"}],
}
CONFIG = """
global: {{scrape_interval: 1s, scrape_timeout: 900ms}}
scrape_configs:
  - job_name: anlan
    authorization: {{credentials: {token}}}
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


class Scraped(Product):
    """A product whose metrics may be read from elsewhere with a token."""

    @property
    def env(self):
        return super().env | {"ANLAN_METRICS_TOKEN": TOKEN}


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """(product, keys) of a server that has taken a hundred people in and one reading twice."""
    product = Scraped(tmp_path_factory.mktemp("metrics"), ("--no-demo",))
    keys = furnish(product, PLAN)
    product.start()
    time.sleep(1.5)  # the scene has its topology
    reading = interval("GATE-1", now_ms(), count_in=100)
    device = Device(product, keys.tokens["GATE-1"])
    for _ in range(2):
        assert device.send([reading])[0] == 202
    yield product, keys
    product.stop()


def scrape(product):
    """{(sample, label values): number} of /metrics."""
    text = httpx.get(f"{product.address}/metrics", trust_env=False).text
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples}


def test_the_numbers_are_those_of_the_installation(town):
    product, keys = town
    until(lambda: scrape(product).get(("anlan_sensors_online",)) == 1, "the sensors are never counted")
    watcher = Watcher(product, keys.screen)
    until(lambda: scrape(product)["anlan_live_clients", "live"] == 1, "the watcher is not counted")
    found = scrape(product)
    watcher.close()
    assert (found["anlan_sensors_total",], found["anlan_sensors_silent",]) == (2, 1)
    assert found["anlan_readings_total", "accepted"] == 1 and found["anlan_readings_total", "duplicate"] == 1
    assert sum(found["anlan_warnings_open", level] for level in ("blue", "yellow", "orange", "red")) == 1
    assert 0 < found["anlan_ingest_lag_seconds",] < 60
    assert found["anlan_journal_bytes",] > 100 and found["anlan_disk_free_bytes",] > 10**6
    assert (found["anlan_backlog_readings",], found["anlan_engine_faults_total",]) == (0, 0)
    assert found["anlan_sweep_age_seconds", "crowd.follow_register"] < 10
    assert not any(number for (name, *_), number in found.items() if name == "anlan_sweep_failing")
    until(lambda: ("anlan_outbox_pending",) in scrape(product), "the outbox is never counted")
    assert scrape(product)["anlan_outbox_pending",] == scrape(product)["anlan_outbox_unknown",] == 0
    assert found["process_resident_memory_bytes",] > 10**7 and found["process_cpu_seconds_total",] > 0


def test_a_scrape_costs_little(town):
    product, _ = town
    with httpx.Client(trust_env=False) as http:
        address = f"{product.address}/metrics"
        http.get(address)
        begun = time.monotonic()
        for _ in range(20):
            assert http.get(address).status_code == 200
    assert (time.monotonic() - begun) / 20 < 0.2


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ({}, 200),  # this machine itself
        ({"X-Forwarded-For": "127.0.0.1"}, 403),
        ({"X-Forwarded-For": "203.0.113.9"}, 403),
        ({"Forwarded": "for=203.0.113.9"}, 403),
        ({"Via": "1.1 proxy"}, 403),
        ({"X-Real-IP": "203.0.113.9", "Authorization": "Bearer wrong"}, 403),
        ({"X-Forwarded-For": "203.0.113.9", "Authorization": f"Bearer {TOKEN}"}, 200),
        ({"X-Forwarded-For": "203.0.113.9", "Authorization": "Bearer \xe9"}, 403),
    ],
)
def test_only_this_machine_or_the_token_reads_it(town, head, status):
    product, _ = town
    given = {name: value.encode("latin-1") for name, value in head.items()}
    assert httpx.get(f"{product.address}/metrics", headers=given, trust_env=False).status_code == status


@pytest.fixture
def prometheus(town, tmp_path, program):
    """The address of a Prometheus of our own that scrapes the product each second."""
    product, _ = town
    port = free_port()
    (tmp_path / "prometheus.yml").write_text(CONFIG.format(token=TOKEN, port=product.port))
    command = [
        program("prometheus"), f"--config.file={tmp_path}/prometheus.yml", f"--storage.tsdb.path={tmp_path}/data",
        f"--web.listen-address=127.0.0.1:{port}",
    ]  # fmt: skip
    env = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env=env)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(timeout=20)


def ask(prometheus, expression):
    """The number that an expression has in Prometheus now, or None."""
    address = f"{prometheus}/api/v1/query?{urllib.parse.urlencode({'query': expression})}"
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            found = json.load(answer)["data"]["result"]
    except OSError:
        return None
    return float(found[0]["value"][1]) if found else None


def test_a_real_prometheus_scrapes_it(prometheus):
    until(lambda: ask(prometheus, 'up{job="anlan"}') == 1, "the scrape does not succeed", limit_s=40)
    until(lambda: ask(prometheus, 'anlan_readings_total{status="accepted"}') == 1, "no readings", limit_s=10)
    assert ask(prometheus, "sum(anlan_warnings_open)") == 1
    assert ask(prometheus, 'scrape_samples_scraped{job="anlan"}') > 20
