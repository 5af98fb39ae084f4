"""What is kept: any damage to the folder falls back, chunks merge without a trace, readings become Parquet."""

import random
import shutil

import duckdb
import numpy as np
import pytest

from anlan.stream import keeping
from anlan.stream.chunks import label
from anlan.stream.clock import SteppedClock
from anlan.stream.history import History
from anlan.stream.journal import FileJournal
from anlan.stream.readings import Columns
from anlan.stream.scene import Scene
from anlan.stream.snapshot import HEAD, MAGIC, snapshots
from anlan.stream.tests.test_scene import MIN, T0, TOPOLOGY, a_lively_day, door, judge, same_state, stand

FLIPS = [100, pytest.param(300, marks=pytest.mark.faults)]


def reopened(folder):
    return Scene("live", folder, judge, SteppedClock(T0), start=False)


@pytest.fixture
def lived(tmp_path, monkeypatch):
    """A folder after a lively stretch with many snapshots and segments, and a twin that nobody harms."""
    monkeypatch.setattr(keeping, "SNAPSHOT_BYTES", 6_000)
    monkeypatch.setitem(FileJournal.__init__.__kwdefaults__, "segment_bytes", 4_000)
    for name in ("live", "twin"):
        scene = stand(tmp_path / name)
        a_lively_day(scene, steps=200)
        scene.close()
    return scene, tmp_path / "live"


@pytest.mark.parametrize("n", FLIPS)
def test_a_flipped_bit_in_a_snapshot_costs_nothing(lived, n, tmp_path):
    twin, folder = lived
    rng = random.Random(5)
    for turn in range(max(n // 10, 10)):
        shutil.copytree(folder, tmp_path / str(turn))
        for path in snapshots(tmp_path / str(turn) / "snapshot")[: rng.choice([1, 1, 2])]:
            blob = bytearray(path.read_bytes())
            blob[rng.choice([rng.randrange(HEAD.size), rng.randrange(len(blob))])] ^= 1 << rng.randrange(8)
            path.write_bytes(blob)
        again = reopened(tmp_path / str(turn))
        same_state(twin, again)
        again.journal.close()
        shutil.rmtree(tmp_path / str(turn), ignore_errors=True)  # a keeper may still be writing


@pytest.mark.parametrize("n", FLIPS)
def test_a_flipped_bit_anywhere_in_the_journal_never_keeps_the_scene_from_starting(lived, n, tmp_path):
    _, folder = lived
    rng = random.Random(6)
    for turn in range(max(n // 5, 20)):
        copy = tmp_path / str(turn)
        shutil.copytree(folder, copy)
        shutil.rmtree(copy / "snapshot")  # so that all of it must be read
        path = rng.choice(sorted((copy / "journal").glob("*.log")))
        blob = bytearray(path.read_bytes())
        blob[rng.randrange(len(blob))] ^= 1 << rng.randrange(8)
        path.write_bytes(blob)
        again = reopened(copy)
        assert again.journal.damages or again.journal.cut_bytes
        assert again.run(door(again, 400, 1)).offset >= 0
        again.journal.close()
        shutil.rmtree(copy, ignore_errors=True)  # a keeper may still be writing


def test_snapshots_of_another_version_or_shape_fall_back_to_the_journal(lived):
    twin, folder = lived
    newest, older = snapshots(folder / "snapshot")
    newest.write_bytes(newest.read_bytes().replace(MAGIC, b"ANLANSN9", 1))
    older.unlink()
    keeping.write_snapshot(folder / "snapshot", int(newest.stem) - 1, {"of another": np.zeros(3)})
    (folder / "snapshot" / "notes.snap").write_text("no snapshot at all")
    again = reopened(folder)
    assert "cannot be read" in again.core.faults[0]
    same_state(twin, again)
    again.close()


def test_each_segment_can_be_read_without_those_before_it(lived):
    twin, folder = lived
    shutil.rmtree(folder / "snapshot")
    segments = sorted((folder / "journal").glob("*.log"))
    assert len(segments) > 3
    for path in segments[:2]:
        path.unlink()
    again = reopened(folder)
    assert "are lost" in again.core.faults[0]
    assert again.register.names == twin.register.names
    assert again.topology == twin.topology
    again.close()


def test_minutes_that_a_chunk_and_the_rest_of_the_journal_hold_are_there_once(tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "SNAPSHOT_BYTES", 3_000)
    monkeypatch.setitem(FileJournal.__init__.__kwdefaults__, "segment_bytes", 2_000)
    scene = stand(tmp_path)
    for minute in range(1, 200):
        scene.run(door(scene, minute, 1))
        scene.tick(T0 + minute * MIN)
    scene.close()
    shutil.rmtree(tmp_path / "snapshot")
    for path in sorted((tmp_path / "journal").glob("*.log"))[:-2]:
        path.unlink()
    for _ in range(2):
        again = reopened(tmp_path)
        assert again.space_minutes("P", T0, T0 + 199 * MIN)["in"].tolist() == [1] * 199
        again.close()


def live_days(folder, *, days, per_day=6):
    """Chunks of some days, several a day, with a late row and a twice told presence among them."""
    scene = stand(folder)
    for part in range(days * per_day):
        minute = part * 1440 // per_day + 1
        scene.run(door(scene, minute, part + 1))
        scene.run(door(scene, max(minute - 1500, 1) + 3, 2, delay_ms=1500 * MIN))
        scene.tick(T0 + (minute + 1) * MIN)
        scene._keeper.keep(scene.core, now_ms=scene.clock.now_ms(), wait=True)
    return scene


def test_chunks_of_a_day_merge_and_no_number_changes(tmp_path):
    scene = live_days(tmp_path, days=4)
    history = scene.history
    before = scene.space_minutes("P", T0, T0 + 4 * 1440 * MIN)
    many = len(history._all_chunks())
    oldest = int(snapshots(tmp_path / "snapshot")[-1].stem)
    assert history.merge(before_offset=oldest) >= 3
    asked = history.at_hand()  # a question that was asked before the next merging
    assert len(history._chunks()) < many / 2
    after = scene.space_minutes("P", T0, T0 + 4 * 1440 * MIN)
    assert all(np.array_equal(before[name], after[name], equal_nan=True) for name in before)
    assert history.merge(before_offset=oldest) == 0
    assert history._all_chunks() == history._chunks()
    assert len(asked.minutes(np.arange(2), 0, 2**52)["line"]) > 20
    scene.journal.close()
    again = reopened(tmp_path)
    later = again.space_minutes("P", T0, T0 + 4 * 1440 * MIN)
    assert all(np.array_equal(before[name], later[name], equal_nan=True) for name in before)
    first = label(history._chunks()[0])[1]
    assert again.history.prune(before_ms=(first + 1440 * 2) * MIN) >= 1
    again.close()


def test_days_merge_by_ten_and_no_minute_changes(tmp_path):
    history, rng = History(tmp_path), np.random.default_rng(7)
    for part in range(2 * 25):  # two chunks a day, some rows up to thirty days late
        n = 300
        minute = part * 720 + rng.integers(0, 720, n) - 1440 * rng.integers(0, 31, n) * (rng.random(n) < 0.1)
        n_in, n_out = rng.integers(0, 5, (2, n))
        history.add_flow(rng.integers(0, 40, n), minute + 1440 * 40, n_in, n_out)
        history.finish_closing(history.begin_closing(), offset=part + 1)
    lines = np.array([3, 4, 5, 20])
    before = history.minutes(lines, 0, 2**52)
    assert len(before["line"]) > 1_000
    assert history.merge(before_offset=50) == 24 + 2  # days that are over, and ten days twice
    assert len(history._chunks()) == 2 + 4 + 2
    after = history.minutes(lines, 0, 2**52)
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_numbers_too_large_for_narrow_chunks_are_kept_wide(tmp_path):
    history, line = History(tmp_path), np.array([1])
    for part, n in enumerate((2**31 - 1, 2**40, 2**31 - 1, 2**31 - 1)):
        history.add_flow(line, np.array([1440 * (part // 2)]), np.array([n]), np.array([-n]))
        history.finish_closing(history.begin_closing(), offset=part + 1)
    assert history.merge(before_offset=4) == 1
    history.add_flow(line, np.array([1440 * 3]), np.array([1]), np.array([0]))
    history.finish_closing(history.begin_closing(), offset=5)
    assert history.merge(before_offset=5) == 1
    rows = history.minutes(line, 0, 2**52)
    assert rows["n_in"].tolist() == [2**40 + 2**31 - 1, 2**32 - 2, 1]
    assert rows["n_out"].tolist() == [-(2**40) - 2**31 + 1, -(2**32) + 2, 0]


def test_slices_and_cells_sum_as_one_look_does(tmp_path, monkeypatch):
    """However rows are cut into parts, dense or sparse, a space's past is the same."""
    scene = live_days(tmp_path, days=3)
    whole = scene.spaces_minutes(["P", "P/Z"], T0, T0 + 3 * 1440 * MIN)
    monkeypatch.setattr("anlan.stream.chunks.MOST_ROWS", 1)
    for dense in (0, 10**9):
        monkeypatch.setattr("anlan.stream.passed.DENSE", dense)
        cut = scene.spaces_minutes(["P", "P/Z"], T0, T0 + 3 * 1440 * MIN)
        assert whole["P"]["in"].sum() > 20
        for space, past in whole.items():
            assert all(np.array_equal(past[name], cut[space][name], equal_nan=True) for name in past)
    scene.close()


def test_a_disk_that_refuses_a_chunk_loses_no_minute(tmp_path, monkeypatch):
    scene = live_days(tmp_path, days=1)
    before = scene.space_minutes("P", T0, T0 + 1440 * MIN)
    scene.run(door(scene, 1300, 9))
    with monkeypatch.context() as patch:
        patch.setattr(
            "anlan.stream.history.write_chunk", lambda *_, **__: (_ for _ in ()).throw(OSError(28, "full"))
        )
        scene._keeper.keep(scene.core, now_ms=T0, wait=True)
    assert "history" in scene.core.faults[-1]
    scene.run(door(scene, 1301, 4))
    scene.close()
    again = reopened(tmp_path)
    after = again.space_minutes("P", T0, T0 + 1440 * MIN)
    assert after["in"].sum() == before["in"].sum() + 13
    again.close()


def test_closed_segments_become_parquet_and_the_journal_may_go(lived):
    _, folder = lived
    scene = reopened(folder)
    archive, journal = scene._keeper.archive, scene.journal
    assert archive.follow(journal, scene.register.names) >= 1
    assert archive.follow(journal, scene.register.names) == 0
    assert archive.closed_to == journal.closed_end > 0
    blocks = [
        Columns.from_bytes(each.payload)
        for each in journal.read(0)
        if each.type == 1 and each.offset < archive.closed_to
    ]
    block = Columns.concat(blocks)
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select sensor, kind, t_end_ms, n_in, t_received_ms, frame from '{archive.folder}/*.parquet' order by all"
        ).fetchall()
    names = scene.register.names
    expected = sorted(
        (names[line][0], t, n_in)
        for line, t, n_in in zip(
            block.line.tolist(), block.t_end_ms.tolist(), block.n_in.tolist(), strict=True
        )
    )
    assert sorted((sensor, t, n_in) for sensor, _, t, n_in, _, _ in rows) == expected
    assert {kind for _, kind, *_ in rows} == {"interval", "occupancy"}
    old = journal.closed_end
    assert journal.prune(old, modified_before_ms=2**50) > 1
    n_files = len(list(archive.folder.glob("*.parquet")))
    assert archive.prune(modified_before_ms=2**50) == n_files - 1
    scene.close()


def test_a_live_scene_tidies_by_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "SNAPSHOT_BYTES", 3_000)
    monkeypatch.setitem(FileJournal.__init__.__kwdefaults__, "segment_bytes", 2_000)

    class Live(SteppedClock):
        live = True

    scene = Scene("live", tmp_path, judge, Live(T0), start=False)
    scene.set_topology(TOPOLOGY)
    for minute in range(1, 120):
        scene.run(door(scene, minute, 1))
        scene.tick(T0 + minute * MIN)
    scene.close()
    assert not scene.core.faults
    assert list((tmp_path / "readings").glob("*.parquet"))
    assert any((tmp_path / "history").iterdir())
