"""The gate: bodies that wait cannot fill the memory, one sender cannot fill the gate, and senders take turns."""

import asyncio
import time

import pytest

from anlan.site import gate
from anlan.site.gate import LEAST_BYTES, Gate
from anlan.stream.engine import Busy

MIB = 2**20


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """Refusals come soon."""
    monkeypatch.setattr(gate, "LATER_S", 0.0)


async def enter(way_in, sender, size_bytes, held):
    """Whether a body of this length is let in whole; it then stays."""
    hold = way_in.hold(sender, size_bytes)
    try:
        (await hold.__aenter__()).cover(size_bytes)
    except Busy:
        return False
    held.append(hold)
    return True


def test_a_thousand_large_bodies_are_not_in_memory_and_somebody_else_comes_in():
    async def trial():
        way_in, held = Gate(), []
        taken = [await enter(way_in, "noisy", 8 * MIB, held) for _ in range(1_000)]
        assert sum(taken) == 2 and way_in.room.used <= gate.ROOM_BYTES
        assert await enter(way_in, "quiet", 8 * MIB, held)
        for hold in held:
            await hold.__aexit__(None, None, None)
        assert way_in.room.used == 0

    asyncio.run(trial())


def test_requests_without_a_body_count_too():
    async def trial():
        way_in, held = Gate(), []
        taken = [await enter(way_in, "noisy", 0, held) for _ in range(5_000)]
        assert sum(taken) == gate.ROOM_BYTES // LEAST_BYTES // 2
        assert await enter(way_in, "quiet", 0, held)

    asyncio.run(trial())


def test_a_body_of_no_told_length_takes_room_as_it_comes(monkeypatch):
    monkeypatch.setattr(gate, "ROOM_BYTES", 4 * MIB)

    async def trial():
        way_in = Gate()
        async with way_in.hold("one", 0) as first, way_in.hold("one", 0) as second:
            first.cover(MIB)
            second.cover(MIB)
            with pytest.raises(Busy):
                second.cover(2 * MIB)
            assert way_in.room.used == 2 * MIB
        assert way_in.room.used == 0

    asyncio.run(trial())


def test_room_comes_back_after_a_fault():
    async def trial():
        way_in = Gate()
        with pytest.raises(ZeroDivisionError):
            async with way_in.hold("one", MIB):
                raise ZeroDivisionError
        assert way_in.room.used == 0

    asyncio.run(trial())


def test_who_finds_no_room_is_told_a_moment_later_and_let_in_if_there_is_some_by_then(monkeypatch):
    monkeypatch.setattr(gate, "LATER_S", 0.05)

    async def trial():
        way_in, held = Gate(), []
        while await enter(way_in, "noisy", 8 * MIB, held):
            pass
        begun = time.monotonic()
        assert not await enter(way_in, "noisy", 8 * MIB, held)
        assert time.monotonic() - begun >= 0.05
        waiting = asyncio.create_task(enter(way_in, "noisy", 8 * MIB, held))
        await asyncio.sleep(0.01)
        await held.pop(0).__aexit__(None, None, None)
        assert await waiting

    asyncio.run(trial())


def test_a_sender_with_many_connections_makes_another_wait_for_one_body():
    order = []

    async def request(way_in, sender):
        async with way_in.hold(sender, MIB // 8) as held:
            held.cover(MIB // 8)
            await held.turn()
            order.append(sender)
            if len(order) == 10:
                quiet.append(asyncio.create_task(request(way_in, "quiet")))

    quiet = []

    async def trial():
        way_in = Gate()
        await asyncio.gather(*(request(way_in, "noisy") for _ in range(60)))
        await asyncio.gather(*quiet)
        assert not way_in.is_taken and way_in.room.used == 0

    asyncio.run(trial())
    assert order.count("noisy") == 60 and order.index("quiet") <= 13


def test_who_went_away_while_waiting_holds_up_nobody():
    async def request(way_in, sender):
        async with way_in.hold(sender, 0) as held:
            await held.turn()
            return sender

    async def trial():
        way_in = Gate()
        tasks = [asyncio.create_task(request(way_in, sender)) for sender in ("one", "gone", "other")]
        await asyncio.sleep(0)
        tasks[1].cancel()
        assert [await tasks[0], await tasks[2]] == ["one", "other"]
        await asyncio.sleep(0.01)
        assert not way_in.is_taken and way_in.room.used == 0

    asyncio.run(trial())
