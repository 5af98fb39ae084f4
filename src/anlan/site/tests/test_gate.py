"""The gate: bodies that wait cannot fill the memory, and one sender cannot fill the gate."""

import pytest

from anlan.site import gate
from anlan.site.gate import LEAST_BYTES, Gate
from anlan.stream.engine import Busy

MIB = 2**20


def enter(way_in, sender, size_bytes, held):
    """Whether a body of this length is let in whole; it then stays."""
    hold = way_in.hold(sender, size_bytes)
    try:
        hold.__enter__().cover(size_bytes)
    except Busy:
        return False
    held.append(hold)
    return True


def test_a_thousand_large_bodies_are_not_in_memory_and_somebody_else_comes_in():
    way_in, held = Gate(), []
    taken = sum(enter(way_in, "noisy", 8 * MIB, held) for _ in range(1_000))
    assert taken == 4 and way_in.room.used <= gate.ROOM_BYTES
    assert enter(way_in, "quiet", 8 * MIB, held)
    for hold in held:
        hold.__exit__(None, None, None)
    assert way_in.room.used == 0


def test_requests_without_a_body_count_too():
    way_in, held = Gate(), []
    taken = sum(enter(way_in, "noisy", 0, held) for _ in range(10_000))
    assert taken == gate.ROOM_BYTES // LEAST_BYTES // 2
    assert enter(way_in, "quiet", 0, held)


def test_a_body_of_no_told_length_takes_room_as_it_comes(monkeypatch):
    monkeypatch.setattr(gate, "ROOM_BYTES", 4 * MIB)
    way_in = Gate()
    with way_in.hold("one", 0) as first, way_in.hold("one", 0) as second:
        first.cover(MIB)
        second.cover(MIB)
        with pytest.raises(Busy):
            second.cover(2 * MIB)
        assert way_in.room.used == 2 * MIB
    assert way_in.room.used == 0


def test_room_comes_back_after_a_fault():
    way_in = Gate()
    with pytest.raises(ZeroDivisionError), way_in.hold("one", MIB):
        raise ZeroDivisionError
    assert way_in.room.used == 0
