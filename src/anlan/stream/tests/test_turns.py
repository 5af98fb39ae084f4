"""Room that nobody can fill and turns that nobody can hog, without threads; and both in an engine that a noisy sender floods."""

import threading
from dataclasses import dataclass

import pytest

from anlan.stream import engine as engine_module
from anlan.stream.engine import Busy, Engine, Work
from anlan.stream.readings import Columns
from anlan.stream.turns import Room, Turns


@dataclass
class Parcel:
    """Something of a size."""

    sender: str
    size: int
    name: str = ""

    def __len__(self):
        return self.size


def fill(room, who, amount=1):
    """How often somebody who never has enough is let in."""
    times = 0
    while room.take(who, amount):
        times += 1
    return times


def test_greedy_holders_leave_as_much_as_each_of_them_has():
    room = Room(1_200)
    assert fill(room, "one") == 600
    assert fill(room, "other") == 300  # what is free shrinks with each: one over its part is let in no more
    room.leave("one", 250)
    assert not room.take("one", 300) and fill(room, "other") == 125
    assert (room.used, fill(room, "quiet")) == (775, 213)


@pytest.mark.parametrize("n", [1, 2, 9, 99])
def test_room_is_never_overfilled_and_a_newcomer_finds_some(n):
    room = Room(100_000)
    for _ in range(2 * n):
        for who in range(n):
            room.take(who, 500)
    assert room.used <= room.size and room.take("newcomer", 500)


def test_what_is_larger_than_the_room_comes_alone_and_nothing_always_fits():
    room = Room(10)
    assert room.take("large", 50) and not room.take("small", 1)
    assert room.take("large", 0) and room.take("small", 0)
    room.leave("small", 0)
    room.leave("large", 50)
    assert room.used == 0 and room.take("small", 1)


def served(turns):
    return [turns.pop().name for _ in range(len(turns))]


def test_senders_take_turns_and_each_keeps_its_order():
    turns: Turns[Parcel] = Turns()
    for number in range(4):
        turns.put(Parcel("noisy", 10, f"n{number}"))
    turns.put(Parcel("quiet", 1, "q0"))
    turns.put(Parcel("quiet", 1, "q1"))
    assert served(turns) == ["n0", "q0", "q1", "n1", "n2", "n3"]


def test_who_comes_late_is_next_and_owes_nothing_for_the_time_away():
    turns: Turns[Parcel] = Turns()
    for number in range(100):
        turns.put(Parcel("noisy", 1_000, f"n{number}"))
    for number in range(50):
        assert turns.pop().name == f"n{number}"
        turns.put(Parcel("quiet", 1, f"q{number}"))
        turns.put(Parcel("noisy", 1_000, f"n{100 + number}"))
        assert turns.pop().name == f"q{number}"


def test_turns_are_shared_by_size():
    """Two who never pause get the same number of readings, however large their batches are."""
    turns: Turns[Parcel] = Turns()
    taken = {"large": 0, "small": 0}
    for _ in range(100):
        turns.put(Parcel("large", 100))
    for _ in range(2_000):
        turns.put(Parcel("small", 5))
    for _ in range(1_000):
        one = turns.pop()
        taken[one.sender] += len(one)
    assert abs(taken["large"] - taken["small"]) <= 100, taken


class Held:
    """An engine whose first group waits until it is let go; it keeps the order in which senders were served."""

    def __init__(self):
        self.gate, self.entered, self.order = threading.Event(), threading.Event(), []
        self.engine = Engine("test", take_all=self.take_all, beat=lambda: None)
        self.engine.start()
        self.first = self.engine.put(work("first"))
        self.entered.wait(5)

    def take_all(self, group):
        self.entered.set()
        self.gate.wait(5)
        self.order.append([one.sender for one in group])
        for one in group:
            one.future.set_result(None)

    def let_go(self, *futures):
        self.gate.set()
        for future in (self.first, *futures):
            future.result(5)
        self.engine.close()


def work(sender, n=10):
    return Work(block=Columns.filled(n), sender=sender)


def test_a_noisy_sender_is_told_busy_while_the_others_are_served(monkeypatch):
    monkeypatch.setattr(engine_module, "MAX_WAITING", 2_000)
    monkeypatch.setattr(engine_module, "GROUP", 100)
    held, taken = Held(), []
    with pytest.raises(Busy, match="send again"):
        while True:
            taken.append(held.engine.put(work("noisy")))
    quiet = [held.engine.put(work("quiet")) for _ in range(3)]
    assert len(taken) == 100, "half of the room, and no more"
    assert held.engine.n_waiting == 1_030
    held.let_go(*taken, *quiet)
    assert held.order[1].count("quiet") == 3, "the quiet one waits for no more than the group being served"
    assert sum(group.count("noisy") for group in held.order) == 100


def test_an_order_passes_the_flood_and_keeps_its_place_among_its_own(monkeypatch):
    monkeypatch.setattr(engine_module, "GROUP", 100)
    held, done = Held(), []
    flood = [held.engine.put(work("noisy")) for _ in range(200)]
    before = held.engine.put(work(None))
    order = held.engine.put(Work(order=lambda: done.append(len(held.order))))
    after = held.engine.put(work(None))
    held.let_go(before, order, after, *flood)
    groups_of_own = [number for number, group in enumerate(held.order) if None in group]
    assert groups_of_own[0] < done[0] <= groups_of_own[1] and done[0] <= 3
