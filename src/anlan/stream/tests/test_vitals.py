"""The vitals of a scene say what happened to it."""

from anlan.stream.clock import SteppedClock
from anlan.stream.judging import LevelChange
from anlan.stream.readings import Kind, Reading, columns
from anlan.stream.scene import Scene
from anlan.stream.topology import Binding, Space, Topology
from anlan.stream.vitals import Faults

T0 = 1_700_000_040_000
TOPOLOGY = Topology([Space("P", capacity=10)], [Binding("door", into="P")])


def warn_of_all(block, levels, now_ms, fresh):
    """Red wherever somebody is, once."""
    found = [
        space for space in range(len(block.codes)) if block.occupancy[space] > 0 and not levels.level[space]
    ]
    return [LevelChange(space, "none", "red", "share", {"zh": "满", "en": "full"}, {}) for space in found]


def test_the_vitals_follow_readings_and_levels():
    scene = Scene("live", None, warn_of_all, SteppedClock(T0), start=False)
    scene.set_topology(TOPOLOGY)
    before = scene.vitals()
    assert (before.newest_received_ms, before.readings["accepted"], before.spaces["red"]) == (0, 0, 0)
    passage = Reading("interval", "door", "1", T0 - 60_000, T0, count_in=3, count_out=0)
    for _ in range(2):
        scene.run(columns([passage], register=scene.register, t_received_ms=T0 + 500).columns)
    after = scene.vitals()
    assert after.readings["accepted"] == 1 and after.readings["duplicate"] == 1
    assert (after.newest_received_ms, after.spaces["red"], after.spaces["none"]) == (T0 + 500, 1, 0)
    assert after.journal_bytes > before.journal_bytes and after.n_waiting == 0
    assert scene.line_view().heard[0].nonzero()[0].tolist() == [Kind.INTERVAL]


def test_faults_are_counted_beyond_those_kept():
    faults = Faults(kept=2)
    for word in "abc":
        faults.append(word)
    assert list(faults) == ["b", "c"] and faults.total == 3
