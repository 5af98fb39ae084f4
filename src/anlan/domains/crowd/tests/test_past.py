"""The installation's own past: what rang is what rings again, other thresholds ring otherwise, nothing is written."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from anlan.cli.replay import command
from anlan.domains.crowd import replays, rules
from anlan.stream.clock import SteppedClock
from anlan.stream.journal import JournalReader
from anlan.stream.readings import Reading, columns
from anlan.stream.scene import Scene
from anlan.stream.topology import Binding, Space, Topology

ZONE = ZoneInfo("Asia/Shanghai")
START = round(datetime(2026, 3, 2, 8, tzinfo=ZONE).timestamp() * 1000)
MIN = 60_000
FAR = 2**52
# People present in the square and in its zone, minute by minute; capacities are 1,000 and 500.
SQUARE = [100, 300, 520, 620, 700, 810, 910, 950, 990, 900, 700, 500, *[300] * 18]
ZONE_1 = [0, 50, 100, 150, 310, 420, 300, 200, *[100] * 22]


def tell(scene, minute):
    """The two counters report at a minute, and it passes."""
    now_ms = START + minute * MIN
    readings = [
        Reading(kind="occupancy", sensor=sensor, channel="1", t=now_ms, value=people[minute])
        for sensor, people in (("A", SQUARE), ("B", ZONE_1))
    ]
    scene.clock.step_to(now_ms)
    scene.run(columns(readings, register=scene.register, t_received_ms=now_ms)[0])
    scene.tick(now_ms)


@pytest.fixture
def live(tmp_path):
    """The scene `live` in a data folder, still open after half an hour of readings."""
    scene = Scene("live", tmp_path / "live", judge=rules.judge, clock=SteppedClock(START), start=False)
    spaces = [
        Space("SQ", "广场", capacity=1000),
        Space("SQ/1", "广场一区", parent="SQ", capacity=500),
        Space("X", "别处", capacity=10),
    ]
    bindings = [Binding("A", into="SQ", measures="presence"), Binding("B", into="SQ/1", measures="presence")]
    scene.set_topology(Topology(spaces, bindings))
    for minute in range(len(SQUARE)):
        tell(scene, minute)
    yield scene
    scene.close()


def stretch(scene, first=0, last=60):
    return replays.read_stretch(scene.folder, from_ms=START + first * MIN, to_ms=START + last * MIN)


def live_changes(scene, first=0, last=60):
    since, until = START + first * MIN, START + last * MIN
    return [change for _, change in scene.changes_since() if since <= change["at_ms"] < until]


@pytest.mark.parametrize(("first", "last"), [(0, 60), (0, 6), (5, 9), (9, 30), (40, 60)])
def test_with_the_same_thresholds_what_rang_rings_again(live, first, last):
    found = stretch(live, first, last)
    assert found.rang == live_changes(live, first, last)
    assert list(replays.ring_again(found, thresholds={})) == found.rang
    told = [(change["code"], change["to"]) for change in live_changes(live)]
    assert ("SQ", "red") in told and ("SQ/1", "none") in told and told[-1] == ("SQ", "none"), told


def test_lower_thresholds_ring_earlier_and_higher_ones_not_at_all(live):
    found = stretch(live)
    first = min(change["at_ms"] for change in found.rang)
    early = list(replays.ring_again(found, thresholds={"share_blue": 0.3}))
    assert early[0]["at_ms"] < first and early[0]["to"] == "blue"
    high = {f"share_{level}": 1.2 + n / 100 for n, level in enumerate(("blue", "yellow", "orange", "red"))}
    silent = high | {
        "joint_yellow_share": 1.3,
        "joint_orange_share": 1.4,
        "joint_red_share": 1.5,
        "time_share": 1.0,
    }
    assert [change["rule"] for change in replays.ring_again(found, thresholds=silent)] == []


def test_thresholds_of_one_place_leave_the_others(live):
    found = stretch(live)
    tried = list(replays.ring_again(found, thresholds={"share_blue": 0.3}, place="SQ/1"))
    assert tried and {change["code"] for change in tried} == {"SQ/1"}
    both = list(replays.ring_again(found, thresholds={"share_blue": 0.3}, place="SQ"))
    assert {change["code"] for change in both} == {"SQ", "SQ/1"}


def test_the_journal_is_only_read(live):
    before = {path: path.read_bytes() for path in live.folder.rglob("*") if path.is_file()}
    list(replays.ring_again(stretch(live), thresholds={"share_blue": 0.3}))
    assert {path: path.read_bytes() for path in live.folder.rglob("*") if path.is_file()} == before
    assert JournalReader(live.folder / "journal").end == live.journal.end


def test_pairs_stand_side_by_side_in_order_of_time(live):
    found = stretch(live)
    would = list(replays.ring_again(found, thresholds={"share_blue": 0.5}))
    pairs = replays.pair_up(found.rang, would)
    times = [pair.either["at_ms"] for pair in pairs]
    assert times == sorted(times)
    assert [pair.rang for pair in pairs if pair.rang] == sorted(
        found.rang, key=lambda change: change["at_ms"]
    )
    assert len([pair for pair in pairs if pair.would]) == len(would)
    assert any(pair.rang and pair.would for pair in pairs) and any(not pair.rang for pair in pairs)


# ---- the command --------------------------------------------------------------------------------------------


def call(live, *words):
    """Run the command on the data folder, whose scene is open: (exit code, stdout, stderr)."""
    told = CliRunner().invoke(command, ["--data", str(live.folder.parent), *words])
    return told.exit_code, told.stdout, told.stderr


def test_the_command_prints_what_rang_as_lines(live):
    code, out, err = call(
        live, "--from", "2026-03-02T08:00+08:00", "--to", "2026-03-02T09:00+08:00", "--json"
    )
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 0 and lines == [
        replays.change_line(change, "Asia/Shanghai") for change in live_changes(live)
    ]
    assert "zone" not in err


def test_the_command_compares_with_totals(live):
    words = ("--from", "2026-03-02T08:00", "--threshold", "share_blue=0.5", "--place", "SQ", "--compare")
    code, out, err = call(live, *words, "--json")
    *lines, totals = [json.loads(line) for line in out.splitlines()]
    assert code == 0 and "carries no zone: taken as Asia/Shanghai" in err
    assert lines[0]["rang"] is None and lines[0]["would"]["level"] == "blue"
    assert totals["totals"]["rang"] == replays.count_levels(live_changes(live))
    assert sum(totals["totals"]["would"].values()) == len([line for line in lines if line["would"]])
    code, out, _ = call(live, *words)
    assert code == 0 and out.splitlines()[0].split() == ["rang", "would"] and "广场" in out
    assert [row.split()[0] for row in out.splitlines()[-5:]] == list(rules.LEVELS)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "soon"), "'soon' is no time"),
        (("--from", "2026-03-02T08:00+08:00", "--to", "2026-03-02T07:00+08:00"), "--from must lie before --to"),
        (("--from", "2026-03-02T08:00+08:00", "--place", "NOWHERE"), "no place 'NOWHERE'"),
        (("--from", "2026-03-01T08:00+08:00", "--to", "2026-03-01T09:00+08:00"), "holds nothing of that time"),
        (("--from", "2026-03-02T08:00+08:00", "--threshold", "share_blue"), "write it as share_blue=0.5"),
        (("--from", "2026-03-02T08:00+08:00", "--threshold", "share_grey=1"), "unknown threshold share_grey: choose"),
        (("--from", "2026-03-02T08:00+08:00", "--threshold", "share_blue=9"), "give a number from 0.05 to 1.5"),
        (("--from", "2026-03-02T08:00+08:00", "--threshold", "share_blue=nan"), "give a number from"),
        (("--from", "2026-03-02T08:00+08:00", "--threshold", "share_blue=0.85"), "easier to reach"),
        (("--to", "2026-03-02T08:00+08:00"), "--to: for this installation's own past"),
        (("bund-2014", "--compare"), "--compare: for this installation's own past"),
    ],
)  # fmt: skip
def test_the_command_says_what_it_cannot_do_and_what_to_do(live, words, said):
    code, _, err = call(live, *words)
    assert code != 0 and said in " ".join(err.replace("│", " ").split()), err


def test_a_folder_without_a_journal_is_named(tmp_path):
    told = CliRunner().invoke(command, ["--data", str(tmp_path), "--from", "2026-03-02T08:00+08:00"])
    assert told.exit_code == 1 and "no journal in" in told.stderr


def test_an_earlier_start_than_the_journals_is_said(live):
    code, out, err = call(live, "--from", "2026-03-01T08:00+08:00", "--json")
    assert code == 0 and len(out.splitlines()) == len(live_changes(live))
    assert "the journal begins at 2026-03-02T08:00:00+08:00" in err
