"""A prepared data folder and what a client of it knows; plans of districts to measure and to try the doors on."""

import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.browser.product import Product

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SAMPLES = ROOT / "src/anlan/devices"


@dataclass(frozen=True)
class Keys:
    """What the furnishing said: the administrator's password, a screen's token, and the devices' tokens."""

    password: str
    screen: str
    tokens: dict


def furnish(product, plan):
    """Carry out a plan in the product's empty data folder, before it starts."""
    said = subprocess.run(
        [sys.executable, HERE / "furnish.py"],
        env=product.env,
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert said.returncode == 0, said.stderr[-3000:]
    return Keys(**json.loads(said.stdout))


def furnish_once(folder, plan, kept):
    """Furnish `folder` with the plan, or copy it from `kept` where the same plan was carried out before.

    Ten thousand sensors by ten thousand actions take minutes; the copy is void when a migration changes.
    """
    migrations = sorted((ROOT / "src/anlan").rglob("migrations/*.py"))
    made_from = json.dumps(plan) + "".join(path.read_text(encoding="utf-8") for path in migrations)
    made_from += (HERE / "furnish.py").read_text(encoding="utf-8")
    place = kept / hashlib.sha256(made_from.encode()).hexdigest()[:16]
    if not (place / "keys.json").exists():
        keys = furnish(Product(place), plan)
        (place / "keys.json").write_text(json.dumps(vars(keys)), encoding="utf-8")
    shutil.copytree(place, folder, dirs_exist_ok=True)
    return Keys(**json.loads((folder / "keys.json").read_text(encoding="utf-8")))


def wide_plan(*, places, sensors_each, capacity=100_000):
    """Many places with several counters each, all behind one gateway."""
    codes = [f"P{number:04d}" for number in range(places)]
    return {
        "credentials": ["gateway"],
        "places": [{"code": code, "capacity": capacity} for code in codes],
        "sensors": [
            {"code": f"{code}-{number}", "place": code, "credential": "gateway"}
            for code in codes
            for number in range(sensors_each)
        ],
    }


def sample(kind, name):
    """The bytes of one of our own retyped samples."""
    return (SAMPLES / kind / "samples" / name).read_bytes()
