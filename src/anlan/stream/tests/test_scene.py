"""Scenes: levels, recovery bit for bit, group commit, the feed, and what a fault may not cost."""

import contextlib
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import msgspec
import numpy as np
import pytest

from anlan.stream import core as core_module
from anlan.stream import engine as engine_module
from anlan.stream import journal as journal_module
from anlan.stream import keeping
from anlan.stream import scene as scene_module
from anlan.stream.clock import SteppedClock
from anlan.stream.engine import Busy, Closed
from anlan.stream.frames import Frame
from anlan.stream.identity import Status
from anlan.stream.judging import LevelChange
from anlan.stream.readings import Reading, columns
from anlan.stream.scene import SCENES, Scene, close_scene, open_scene
from anlan.stream.snapshot import snapshots
from anlan.stream.state import LEVELS
from anlan.stream.topology import Binding, Space, Topology

T0 = 1_700_000_040_000
MIN = 60_000
TOPOLOGY = Topology(
    [Space("P", "Square", capacity=100), Space("P/Z", "Stair", parent="P", area_m2=50.0, capacity=20)],
    [Binding("door", "1", into="P"), Binding("camera", "*", into="P/Z", measures="presence")],
)


def judge(block, levels, now_ms, fresh):
    """Orange from 80 % of capacity, lifted below 70 % after a minute; remembers since when it is below."""
    below = levels.array("below_since_ms")
    calm = block.share < 0.7
    below[:] = np.where(calm, np.where(np.isnan(below), now_ms, below), np.nan)
    changes = []
    for space in np.flatnonzero(block.has_capacity):
        at = LEVELS[levels.level[space]]
        numbers = {"share": block.share[space]}
        if at == "none" and fresh[space] and block.share[space] >= 0.8:
            reason = {"zh": "占核定容量八成", "en": "80 % of capacity"}
            changes.append(LevelChange(int(space), at, "orange", "share", reason, numbers))
        elif at == "orange" and not fresh[space] and now_ms - below[space] >= MIN:
            reason = {"zh": "低于七成已一分钟", "en": "below 70 % for a minute"}
            changes.append(LevelChange(int(space), at, "none", "share", reason, numbers))
    return changes


def stand(folder=None, *, start=False, judge=judge, topology=TOPOLOGY):
    scene = Scene("live", folder, judge, SteppedClock(T0), start=start)
    scene.set_topology(topology)
    return scene


def door(scene, minute, n_in, n_out=0, *, delay_ms=500):
    t = T0 + minute * MIN
    reading = Reading("interval", "door", "1", t - MIN, t, count_in=n_in, count_out=n_out)
    return columns([reading], register=scene.register, t_received_ms=t + delay_ms).columns


def camera(scene, t_ms, value):
    reading = Reading("occupancy", "camera", "7", t=t_ms, value=value)
    return columns([reading], register=scene.register, t_received_ms=t_ms + 100).columns


def level(scene, code="P"):
    view = scene.view()
    return view.level[view.index(code)]


def feed_of(scene, kind):
    return [json.loads(message.payload) for message in scene.feed._kept if message.kind == kind]


def kept_at(scene):
    """The journal offset of the newest snapshot that the scene knows."""
    return scene._keeper._kept_at[0]


def same_state(one, other):
    mine, theirs = one.core.state.to_arrays(), other.core.state.to_arrays()
    assert set(mine) == set(theirs)
    different = [name for name in mine if mine[name].tobytes() != theirs[name].tobytes()]
    assert different == []
    assert one.register.names == other.register.names
    assert one.changes_since() == other.changes_since()
    for code in one.topology.spaces:
        past = [scene.space_minutes(code.code, T0 - 60 * MIN, T0 + 500 * MIN) for scene in (one, other)]
        assert all(np.array_equal(past[0][name], past[1][name], equal_nan=True) for name in past[0])


def a_lively_day(scene, *, steps, seed=1, between=lambda step: None):
    """Passages, presence, corrections, late and very late ones, a recount, ticks and a changed topology."""
    rng = np.random.default_rng(seed)
    for step in range(steps):
        between(step)
        minute = step // 2
        for _ in range(rng.integers(0, 4)):
            back = int(rng.choice([0, 0, 0, 1, 5, 90]))
            scene.run(
                door(
                    scene,
                    max(minute - back, 1),
                    int(rng.integers(0, 9)),
                    int(rng.integers(0, 7)),
                    delay_ms=back * MIN + 500,
                )
            )
        if rng.random() < 0.5:
            scene.run(camera(scene, T0 + step * MIN // 2, int(rng.integers(0, 25))))
        if rng.random() < 0.05:
            with contextlib.suppress(ValueError):  # a second day winds back: newer ones have overtaken it
                scene.baseline("P", int(rng.integers(0, 90)), T0 + minute * MIN)
        if step == steps // 2:
            scene.set_topology(
                Topology(
                    [*TOPOLOGY.spaces, Space("Q")], [*TOPOLOGY.bindings, Binding("door", "1", out_of="Q")]
                )
            )
        scene.tick(T0 + step * MIN // 2 + 900)


def test_a_fresh_reading_raises_a_late_one_does_not_and_ticks_lower():
    scene = stand()
    scene.run(door(scene, 1, 85, delay_ms=30 * MIN))
    assert (scene.view().occupancy[0], level(scene)) == (85, "none")
    scene.run(door(scene, 31, 1))
    assert level(scene) == "orange"
    scene.run(door(scene, 32, 0, 40))
    scene.tick(T0 + 33 * MIN)
    assert level(scene) == "orange"
    scene.tick(T0 + 34 * MIN)
    assert level(scene) == "none"
    told = [(news["from"], news["to"], news["channel"], news["at_ms"]) for _, news in scene.changes_since()]
    assert told == [("none", "orange", "D", T0 + 31 * MIN + 500), ("orange", "none", "D", T0 + 34 * MIN)]
    assert scene.changes_since()[0][1]["numbers"] == {"share": 0.86}
    assert scene.view().reason[0]["zh"] == "低于七成已一分钟"


def test_changes_are_durable_before_the_feed_hears_of_them(tmp_path):
    scene = stand(tmp_path)
    seen = []
    scene.core.told = lambda news: seen.append(scene.journal.end)
    scene.run(door(scene, 1, 95))
    assert seen == [scene.journal.end]
    offset = scene.changes_since()[0][0]
    assert [each.type for each in scene.journal.read(offset)] == [Frame.CHANGE]
    assert scene.changes_since(offset) == []
    scene.close()


def test_a_change_costs_no_second_sync_and_is_found_again_when_the_power_took_its_frame(tmp_path):
    scene = stand(tmp_path)
    syncs, append = [], scene.journal.append

    def watched(frames, *, sync=True):
        syncs.append(sync)
        return append(frames, sync=sync)

    scene.journal.append = watched
    scene.run(door(scene, 1, 95))
    assert syncs == [True, False]
    (offset, told), segment = scene.changes_since()[0], scene.journal._path(scene.journal.start)
    scene.journal.close()
    with segment.open("r+b") as file:  # the frame of the change never reached the disk
        file.truncate(offset)
    again = stand(tmp_path)
    (_, found) = again.changes_since()[0]
    assert found == told
    again.close()


def test_snapshot_and_tail_give_the_same_state_bit_for_bit(tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "SNAPSHOT_BYTES", 6_000)
    memory, scenes = stand(), [stand(tmp_path / "closed")]

    def reopen(step):
        if step % 37 == 36:
            scenes[-1].close()
            scenes.append(Scene("live", tmp_path / "closed", judge, SteppedClock(T0), start=False))

    class Latest:
        def __getattr__(self, name):
            return getattr(scenes[-1], name)

    a_lively_day(memory, steps=300)
    a_lively_day(Latest(), steps=300, between=reopen)
    assert len(memory.changes_since()) > 3
    same_state(memory, scenes[-1])
    scenes[-1].journal.close()  # as a crash leaves it: the last snapshot and a tail
    again = Scene("live", tmp_path / "closed", judge, SteppedClock(T0), start=False)
    same_state(memory, again)
    assert kept_at(again) > 0
    again.close()


@pytest.mark.parametrize("n_damaged", [1, 2])
def test_a_damaged_snapshot_falls_back_to_the_older_or_to_the_journal(tmp_path, monkeypatch, n_damaged):
    monkeypatch.setattr(keeping, "SNAPSHOT_BYTES", 3_000)
    memory, scene = stand(), stand(tmp_path)
    a_lively_day(memory, steps=200)
    a_lively_day(scene, steps=200)
    scene.close()
    for path in snapshots(tmp_path / "snapshot")[:n_damaged]:
        blob = bytearray(path.read_bytes())
        blob[len(blob) // 2] ^= 4
        path.write_bytes(blob)
    assert list((tmp_path / "history").glob("*.flow.*.parquet"))
    again = Scene("live", tmp_path, judge, SteppedClock(T0), start=False)
    assert (kept_at(again) == 0) == (n_damaged == 2)
    same_state(memory, again)
    for each in (memory, again):
        each.run(door(each, 100, 3))
    again.close()  # the chunks beyond the snapshot were dropped and came anew: nothing lies there twice
    again = Scene("live", tmp_path, judge, SteppedClock(T0), start=False)
    same_state(memory, again)
    again.close()


def test_a_change_that_a_crash_left_unsaid_is_said_on_recovery(tmp_path):
    scene = stand(tmp_path)
    scene.run(door(scene, 1, 95))
    offset = scene.changes_since()[0][0]
    scene.journal.close()
    path = next((tmp_path / "journal").glob("*.log"))
    path.write_bytes(path.read_bytes()[: offset + 7])  # torn within the CHANGE frame
    again = Scene("live", tmp_path, judge, SteppedClock(T0), start=False)
    assert level(again) == "orange"
    assert [news["to"] for news in feed_of(again, "change")] == ["orange"]
    again.journal.close()
    third = Scene("live", tmp_path, judge, SteppedClock(T0), start=False)
    assert [news["to"] for _, news in third.changes_since()] == ["orange"]
    assert feed_of(third, "change") == []
    third.close()


def test_a_recorded_change_stands_even_if_the_rules_have_changed(tmp_path):
    scene = stand(tmp_path)
    scene.run(door(scene, 1, 95))
    scene.run(door(scene, 2, 1))
    scene.journal.close()
    again = Scene("live", tmp_path, clock=SteppedClock(T0), start=False)
    assert level(again) == "orange"
    again.close()


def test_damage_in_the_middle_is_named_and_the_rest_goes_on(tmp_path):
    scene = stand(tmp_path)
    for minute in range(1, 20):
        scene.run(door(scene, minute, 1))
    frame = next(each for each in scene.journal.read() if each.type == Frame.REGISTER)  # the door's name
    scene.journal.close()
    path = next((tmp_path / "journal").glob("*.log"))
    blob = bytearray(path.read_bytes())
    blob[frame.offset + 14] ^= 1
    path.write_bytes(blob)
    again = Scene("live", tmp_path, judge, SteppedClock(T0), start=False)
    assert again.journal.damages[0].offset == frame.offset
    assert again.line_view().total_in.tolist() == [19]
    again.run(door(again, 20, 1))
    assert again.line_view().names[1] == ("door", "1")
    again.close()


def test_many_senders_share_one_write(tmp_path, monkeypatch):
    syncs = []
    real = journal_module.os.fdatasync
    slow = threading.Event()

    def counted(file):
        syncs.append(file)
        slow.wait(0.005)
        real(file)

    monkeypatch.setattr(journal_module.os, "fdatasync", counted)
    scene = stand(tmp_path, start=True)
    blocks = [door(scene, minute, 1) for minute in range(1, 201)]
    with ThreadPoolExecutor(8) as pool:
        receipts = [future.result() for future in pool.map(scene.submit, blocks)]
    assert len(syncs) < 120
    assert scene.line_view().total_in[0] == 200 - sum(receipt.status[0] == Status.OLD for receipt in receipts)
    scene.close()


def test_each_sender_gets_its_own_receipt():
    scene = stand(start=True)
    first, second = door(scene, 1, 1), door(scene, 2, 1)
    work = [scene.submit(block) for block in (first, first, second)]
    assert [Status(future.result(5).status[0]).name for future in work] == [
        "ACCEPTED",
        "DUPLICATE",
        "ACCEPTED",
    ]
    scene.close()
    with pytest.raises(Closed):
        scene.submit(first)


def test_a_full_backlog_says_busy(monkeypatch):
    monkeypatch.setattr(engine_module, "MAX_WAITING", 6)  # of which one sender gets half
    gate, entered = threading.Event(), threading.Event()

    def slow_judge(*_):
        entered.set()
        gate.wait(5)
        return []

    scene = stand(start=True, judge=slow_judge)
    flying = [scene.submit(door(scene, 1, 1))]
    entered.wait(5)
    flying += [scene.submit(door(scene, minute, 1)) for minute in (2, 3, 4)]
    with pytest.raises(Busy, match="send again"):
        scene.submit(door(scene, 5, 1))
    gate.set()
    assert all(future.result(5).status[0] == Status.ACCEPTED for future in flying)
    scene.close()


def test_a_full_disk_is_told_to_the_sender_and_costs_nothing(tmp_path, monkeypatch):
    scene = stand(tmp_path, start=True)
    scene.run(door(scene, 1, 5))
    with monkeypatch.context() as patch:

        def full(file, blob):
            raise OSError(28, "No space left on device")

        patch.setattr(journal_module.os, "write", full)
        with pytest.raises(journal_module.JournalFull):
            scene.run(door(scene, 2, 5))
        assert scene.state_of_engine == "disk_full"
    assert scene.run(door(scene, 2, 5)).status[0] == Status.ACCEPTED
    assert (scene.view().occupancy[0], scene.state_of_engine) == (10, "running")
    scene.close()


def test_a_fault_in_the_judge_costs_no_reading():
    def broken(*_):
        raise ZeroDivisionError("in the rules")

    scene = stand(judge=broken)
    assert scene.run(door(scene, 1, 95)).status[0] == Status.ACCEPTED
    assert scene.view().occupancy[0] == 95
    assert "in the rules" in scene.core.faults[0]


def test_history_by_minute_equals_the_sum_by_hand_with_a_late_correction(tmp_path):
    scene = stand(tmp_path)
    counts = {minute: (minute % 5 + 1, minute % 3) for minute in range(1, 31)}
    for minute, (n_in, n_out) in counts.items():
        scene.run(door(scene, minute, n_in, n_out))
        scene.tick(T0 + minute * MIN + 600)
        if minute == 20:
            scene.close()  # what came before lies in Parquet now
            scene = Scene("live", tmp_path, judge, SteppedClock(T0), start=False)
    counts[7] = (50, 2)
    assert scene.run(door(scene, 7, *counts[7], delay_ms=24 * MIN)).status[0] == Status.CORRECTED
    past = scene.space_minutes("P", T0, T0 + 30 * MIN)
    assert past["in"].tolist() == [n_in for n_in, _ in counts.values()]
    assert past["out"].tolist() == [n_out for _, n_out in counts.values()]
    assert past["occupancy"].tolist() == np.cumsum([n_in - n_out for n_in, n_out in counts.values()]).tolist()
    coarse = scene.space_minutes("P", T0, T0 + 30 * MIN, step_min=10)
    assert coarse["in"].tolist() == [past["in"][start : start + 10].sum() for start in (0, 10, 20)]
    assert coarse["occupancy"].tolist() == past["occupancy"][9::10].tolist()
    scene.close()


def test_presence_stands_a_while_and_is_unknown_then():
    scene = stand()
    scene.run(camera(scene, T0 + 2 * MIN, 9))
    scene.run(camera(scene, T0 + 4 * MIN - 5, 11))
    scene.tick(T0 + 40 * MIN)
    past = scene.space_minutes("P/Z", T0, T0 + 30 * MIN)["occupancy"]
    assert np.isnan(past[0])
    assert past[1:5].tolist() == [9, 9, 11, 11]
    assert np.isnan(past[20:]).all()


def test_the_slope_needs_three_minutes_and_gives_the_time_to_capacity():
    scene = stand()
    for minute in range(1, 6):
        scene.run(door(scene, minute, 10))
        scene.tick(T0 + minute * MIN + 500)
        known = ~np.isnan(scene.view().net_flow_per_min[0])
        assert known == (minute >= 3)
    view = scene.view()
    assert view.net_flow_per_min[0] == pytest.approx(10)
    assert view.time_to_capacity_min[0] == pytest.approx(5)
    assert (view.density_per_m2[1], view.in_last_min[0]) == (pytest.approx(np.nan, nan_ok=True), 10)


def test_numbers_are_told_at_once_and_then_at_most_five_times_a_second(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(scene_module.time, "monotonic", lambda: now[0])
    scene = stand()
    now[0] += 1
    before = len(feed_of(scene, "spaces"))
    for minute in range(1, 101):
        scene.run(door(scene, minute, 1))
        now[0] += 0.01
    told = feed_of(scene, "spaces")[before:]
    assert 5 <= len(told) <= 6
    assert told[0]["rows"] == [["P", 1, 0.01, None, None, "none", T0 + MIN + 500, None, 0.0, 0.0]]


def test_a_recount_is_journalled_and_its_space_must_exist(tmp_path):
    scene = stand(tmp_path)
    scene.run(door(scene, 1, 10))
    scene.baseline("P", 70, T0 + MIN)
    with pytest.raises(ValueError, match="known space"):
        scene.baseline("nowhere", 1, T0)
    assert scene.view().occupancy[0] == 70
    scene.tick(T0 + 3 * MIN)
    assert scene.space_minutes("P", T0, T0 + 2 * MIN)["occupancy"].tolist() == [10, 70]
    scene.journal.close()
    assert Scene("live", tmp_path, judge, SteppedClock(T0), start=False).view().occupancy[0] == 70


def test_old_readings_are_settled_against_the_journal():
    scene = stand()
    for minute in range(1, 101):
        scene.run(door(scene, minute, 2))
    assert scene.run(door(scene, 5, 2)).status[0] == Status.OLD  # sent again
    assert scene.run(door(scene, 6, 5)).status[0] == Status.OLD  # corrected
    assert scene.run(door(scene, 6, 4)).status[0] == Status.OLD  # and corrected again
    assert scene.run(door(scene, -9, 7)).status[0] == Status.OLD  # never seen
    assert (scene.core.state.n_aside, scene.view().occupancy[0]) == (4, 200)
    scene.tick(T0 + 100 * MIN + 59_000)
    assert scene.core.state.n_aside == 4
    scene.tick(T0 + 103 * MIN)
    assert (scene.core.state.n_aside, scene.view().occupancy[0]) == (0, 200 + 2 + 7)
    assert scene.space_minutes("P", T0 - 10 * MIN, T0 - 9 * MIN)["in"].tolist() == [7]
    assert scene.space_minutes("P", T0 + 5 * MIN, T0 + 6 * MIN)["in"].tolist() == [4]


def test_the_engine_settles_beside_its_work(tmp_path):
    scene = stand(tmp_path, start=True)
    for minute in range(1, 71):
        scene.submit(door(scene, minute, 1))
    assert scene.run(door(scene, 1, 1)).status[0] == Status.OLD
    assert scene.run(door(scene, -5, 4)).status[0] == Status.OLD
    scene.tick(T0 + 72 * MIN)
    for _ in range(100):
        if not scene.core.state.aside:
            break
        threading.Event().wait(0.02)
    assert (scene.core.state.n_aside, scene.view().occupancy[0], list(scene.core.faults)) == (0, 74, [])
    scene.close()


def test_changes_older_than_those_at_hand_come_from_the_journal(monkeypatch):
    monkeypatch.setattr(core_module, "KEPT_CHANGES", 2)
    scene = stand()
    scene.core.changes = type(scene.core.changes)(maxlen=2)
    for turn in range(3):
        scene.run(door(scene, 10 * turn + 1, 90))
        scene.run(door(scene, 10 * turn + 2, 0, 90))
        scene.tick(T0 + (10 * turn + 3) * MIN)
        scene.tick(T0 + (10 * turn + 4) * MIN)
    assert len(scene.core.changes) == 2
    everything = scene.changes_since()
    assert len(everything) == 6
    assert scene.changes_since(everything[2][0]) == everything[3:]
    assert scene.changes_since(everything[4][0]) == everything[5:]


def test_a_live_scene_ticks_by_itself():
    class Hurried:
        live = True
        now = T0

        def now_ms(self):
            self.now += 400
            return self.now

    scene = Scene("live", None, judge, Hurried(), start=True)
    scene.set_topology(TOPOLOGY)
    before, deadline = scene.view().now_ms, threading.Event()
    deadline.wait(1.5)
    assert scene.view().now_ms > before
    scene.close()


def test_scenes_are_listed_by_name_while_open():
    scene = open_scene("replay:test", None, judge, SteppedClock(T0), start=False)
    assert SCENES["replay:test"] is scene
    with pytest.raises(ValueError, match="open already"):
        open_scene("replay:test")
    close_scene("replay:test")
    assert "replay:test" not in SCENES
    close_scene("replay:test")


def test_an_empty_batch_is_fine_and_a_foreign_one_is_refused():
    scene = stand()
    block = door(scene, 1, 1)
    assert len(scene.run(block.take(slice(0))).status) == 0
    with pytest.raises(ValueError, match="another register"):
        stand().submit(block)


def test_an_unsound_topology_is_refused_by_name():
    scene = stand()
    for topology, reason in (
        (Topology([Space("A"), Space("A")]), "listed twice"),
        (Topology([Space("A", parent="B")]), "unknown parent"),
        (Topology([Space("A", parent="B"), Space("B", parent="A")]), "own ancestor"),
        (Topology([], [Binding("s", into="A")]), "not a space"),
    ):
        with pytest.raises(ValueError, match=reason):
            scene.set_topology(topology)
    assert msgspec.json.decode(scene.topology.to_bytes(), type=Topology) == TOPOLOGY
