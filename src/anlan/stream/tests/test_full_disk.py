"""A full disk: senders are told, nothing is counted twice or lost, and hard rules go on from memory."""

import errno

import pytest

from anlan.stream.clock import SteppedClock
from anlan.stream.frames import Frame
from anlan.stream.identity import Status
from anlan.stream.journal import JournalFull, MemoryJournal
from anlan.stream.scene import Scene
from anlan.stream.tests.test_scene import MIN, T0, TOPOLOGY, door, feed_of, judge, level


class Disk(MemoryJournal):
    """A journal on a disk that is full for some frames."""

    full_for: frozenset = frozenset()

    def append(self, frames, *, sync=True):
        if any(type_ in self.full_for for type_, _ in frames):
            raise JournalFull(errno.ENOSPC, "no space")
        return super().append(frames, sync=sync)


@pytest.fixture
def disk():
    return Disk()


@pytest.fixture
def scene(disk):
    scene = Scene("live", None, judge, SteppedClock(T0), start=False, journal=disk)
    scene.set_topology(TOPOLOGY)
    scene.run(door(scene, 1, 50))
    disk.full_for = frozenset(Frame)
    return scene


def refused(scene, *counts):
    with pytest.raises(JournalFull):
        scene.run(door(scene, *counts))


def told(scene):
    return [(news["to"], news.get("volatile", False)) for news in feed_of(scene, "change")]


def test_what_is_refused_still_warns_and_only_once(scene):
    refused(scene, 2, 40)
    refused(scene, 2, 40)  # the sender tries again
    assert told(scene) == [("orange", True)]
    assert (scene.state_of_engine, scene.view().occupancy[0], level(scene)) == ("disk_full", 90, "orange")
    assert scene.changes_since() == [] and scene.core.state.spaces.net[0] == 50
    assert scene.unkept() == {scene.topology.spaces[0].code}


def test_with_room_again_what_is_sent_again_counts_once_and_warns_durably(scene, disk):
    refused(scene, 2, 40)
    disk.full_for = frozenset()
    assert scene.run(door(scene, 2, 40)).status[0] == Status.ACCEPTED
    assert not scene.unkept()
    assert told(scene) == [("orange", True), ("orange", False)]
    assert (scene.state_of_engine, scene.view().occupancy[0]) == ("running", 90)
    assert [news["to"] for _, news in scene.changes_since()] == ["orange"]


def test_a_level_that_only_memory_knew_is_taken_back(scene, disk):
    refused(scene, 2, 40)
    disk.full_for = frozenset()
    scene.tick(T0 + 2 * MIN + 5_000)
    assert scene.state_of_engine == "disk_full"  # a tick is small: it alone proves no room
    scene.tick(T0 + 2 * MIN + 20_000)
    assert told(scene) == [("orange", True), ("none", True)]
    assert (scene.state_of_engine, level(scene), scene.view().occupancy[0]) == ("running", "none", 50)


def test_in_memory_time_passes_and_levels_fall(scene):
    refused(scene, 2, 40)
    refused(scene, 3, 0, 60)
    for minute in (3, 4, 5):
        with pytest.raises(JournalFull):
            scene.tick(T0 + minute * MIN + 1_000)
    assert told(scene) == [("orange", True), ("none", True)]


def test_lines_first_heard_while_the_disk_is_full_are_counted_later(scene, disk):
    scene.register.line("door", "2")
    refused(scene, 2, 40)
    disk.full_for = frozenset()
    scene.run(door(scene, 2, 40))
    again = Scene("live", None, judge, SteppedClock(T0), start=False, journal=disk)
    again.core.replay(disk.read())
    assert again.register.names == scene.register.names


def test_a_change_that_alone_found_no_room_is_told_at_once_and_journalled_later(scene, disk):
    disk.full_for = frozenset({Frame.CHANGE})
    receipt = scene.run(door(scene, 2, 40))
    assert receipt.status[0] == Status.ACCEPTED  # the reading itself is durable
    assert (told(scene), scene.changes_since(), level(scene)) == ([("orange", True)], [], "none")
    scene.run(door(scene, 3, 1))
    assert told(scene) == [("orange", True)]
    assert scene.state_of_engine == "disk_full"
    disk.full_for = frozenset()
    scene.tick(T0 + 3 * MIN + 1_000)
    assert (told(scene)[1:], level(scene)) == ([("orange", False)], "orange")
    assert [news["to"] for _, news in scene.changes_since()] == ["orange"]
    scene.tick(T0 + 3 * MIN + 2_000)
    assert scene.state_of_engine == "running"
