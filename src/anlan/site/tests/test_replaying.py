"""Replays in a running server, through the control door: the token, a metro's day by its path, words for what is wrong."""

import gzip
import time

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from anlan.domains.crowd.models import Warning
from anlan.site import replaying
from anlan.site.control import ControlDoor
from anlan.site.scenes import card_of
from anlan.site.snapshot import build_snapshot
from anlan.stream.scene import SCENES

REPLAYS = "/control/v1/replays"
pytestmark = pytest.mark.django_db(transaction=True)


class Everyone:
    """A watcher who sees all."""

    def sees(self, code):
        return True


@pytest.fixture
def door():
    client = TestClient(Starlette(routes=ControlDoor("secret").routes()))
    client.headers["Authorization"] = "Bearer secret"
    yield client
    replaying.stop_all()


@pytest.fixture
def day(tmp_path):
    """One station: 0, 900 and 1,500 in five minutes; ten gates let 1,500 through."""
    rows = [f"2026-03-02T08:{5 * step:02}:00,东门站,{people}" for step, people in enumerate((0, 900, 1500))]
    path = tmp_path / "day.csv.gz"
    path.write_bytes(gzip.compress("\n".join(["timestamp,sensor,count", *rows]).encode()))
    return path


def follow(door, name):
    """The run once it is over."""
    until = time.monotonic() + 20
    while not (run := door.get(f"{REPLAYS}/{name}").json())["is_over"]:
        assert time.monotonic() < until, run
        time.sleep(0.05)
    return run


def test_a_metros_day_runs_in_a_scene_of_its_own(door, day):
    asked = {"name": "metro-day", "speed": 3600, "data": str(day), "gates_per_station": 10}
    begun = door.post(REPLAYS, json=asked)
    assert begun.status_code == 202 and "10 台闸机" in begun.json()["note"]["zh"]
    run = follow(door, "metro-day")
    assert [(change["name"], change["to"], change["rule"]) for change in run["changes"]] == [
        ("东门站", "blue", "gate_flow"),
        ("东门站", "red", "gate_flow"),
    ]
    assert not run["error"] and run["scene"] in SCENES and "1 站" in card_of(run["scene"]).title["zh"]
    replaying.record(None)
    warning = Warning.objects.get()
    assert (warning.scene, warning.peak_level, warning.rule) == (run["scene"], "red", "gate_flow")


def test_the_wall_shows_stations_by_their_gates(door, day):
    door.post(REPLAYS, json={"name": "metro-day", "speed": 3600, "data": str(day), "gates_per_station": 10})
    run = follow(door, "metro-day")
    (row,) = build_snapshot(SCENES[run["scene"]], Everyone())["spaces"]
    assert (row["level"], row["occupancy"], row["passage_capacity"]) == ("red", None, 300)
    assert row["kind"] == "rail_station" and row["thresholds"]["red"] == 1.0


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"name": "metro-day", "data": "/nowhere/day.csv.gz"}, "is no file"),
        ({"name": "metro-day"}, "needs the path"),
        ({"name": "bund-2015"}, "choose one of"),
        ({"name": "bund-2014", "speed": 0}, "speed must be positive"),
        ({"speed": 60}, "name"),
        ({"name": 5}, "name"),
    ],
)
def test_what_cannot_be_replayed_is_said(door, asked, said):
    answer = door.post(REPLAYS, json=asked)
    assert answer.status_code == 422 and said in answer.json()["error"]


def test_a_body_that_is_no_json_is_refused(door):
    assert door.post(REPLAYS, content=b"{").status_code == 422


def test_without_the_token_nothing_is_read_or_run(door, day):
    door.headers["Authorization"] = "Bearer other"
    asked = {"name": "metro-day", "data": str(day)}
    assert door.post(REPLAYS, json=asked).status_code == 401
    assert door.get(f"{REPLAYS}/metro-day").status_code == 401
    assert not replaying.RUNS
