"""One running product, without demonstration, for all tests of the doors; and a broker of its own."""

import json

import pytest
from tests.browser.product import Product
from tests.doors.broker import own_broker
from tests.doors.clients import Device, Person, Watcher
from tests.doors.district import furnish, sample

MAPPING = json.loads(sample("mapping", "axis_push.mapping.json"))
# kind → one of our retyped samples and how many people it leaves in an empty place
SAMPLES = {
    "native": ("list.json", 25),
    "hikvision": ("time_range.json", 3),
    "xovis": ("live_crossings.json", 1),
    "mapping": ("axis_push.json", 5),
    "csv_replay": ("start_end.csv", 2),
}
PLACES = (
    "PLAIN",
    "LINES",
    "PACKED",
    "TWICE",
    "LATE",
    "RISE",
    "MEND",
    "RETAINED",
    "STEADY",
    "RETIRED",
    "TRAPPED",
    "ARROW",
    "ARROW-LATER",
)
WAYS = ("http", "curl", "mqttv311", "mqttv5", "harmed")


def plan():
    """A place for each kind of device with a sensor of that kind (HTTP, MQTT 3.1.1, MQTT 5, hostile), and some for single tests."""
    places, sensors = [], []
    for kind in SAMPLES:
        for way in WAYS:
            code = f"{kind}-{way}"
            places.append({"code": code.upper(), "capacity": 100_000})
            mapping = {"mapping": MAPPING} if kind == "mapping" else {}
            sensors.append({"code": code, "place": code.upper(), "kind": kind, "credential": "own"} | mapping)
    for name in PLACES:
        places.append({"code": name, "capacity": 1_000})
        sensors.append({"code": f"S-{name}", "place": name, "credential": "own"})
    sensors[-1 - PLACES[::-1].index("MEND")] |= {"kind": "mapping", "mapping": MAPPING | {"rows": "$.moved"}}
    places.append({"code": "GATE", "capacity": 1_000_000})
    sensors += [{"code": f"S-GATE-{number}", "place": "GATE", "credential": "gateway"} for number in range(5)]
    return {"credentials": ["gateway", "revoked"], "places": places, "sensors": sensors}


@pytest.fixture(scope="session")
def broker(program, tmp_path_factory):
    """The port of a real Mosquitto."""
    with own_broker(program("mosquitto"), tmp_path_factory.mktemp("broker")) as port:
        yield port


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """(product, keys): furnished, and running without a broker."""
    product = Product(tmp_path_factory.mktemp("doors"), ("--no-demo",))
    keys = furnish(product, plan())
    product.start()
    yield product, keys
    product.stop()


@pytest.fixture(scope="session")
def served_mqtt(tmp_path_factory, broker):
    """(product, keys): another one, which listens to the broker."""
    product = Product(tmp_path_factory.mktemp("mqtt"), ("--no-demo", "--mqtt", f"mqtt://127.0.0.1:{broker}"))
    keys = furnish(product, plan())
    product.start()
    yield product, keys
    product.stop()


@pytest.fixture
def device(served):
    """A device with the token of a sensor or credential: `device("S-PLAIN")`."""
    product, keys = served
    return lambda name: Device(product, keys.tokens[name])


@pytest.fixture
def watcher(served):
    """A listener of the live feed."""
    watcher = Watcher(served[0], served[1].screen)
    yield watcher
    watcher.close()


@pytest.fixture(scope="session")
def person(served):
    """The administrator, signed in."""
    return Person(served[0], served[1].password)
