"""Senders in threads: a slow channel delays no other, a stop leaves nothing in doubt, and two processes share the work."""

import random
import threading
import time
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection, connections
from django.utils import timezone

from anlan.channels.sending import Answer, Outcome
from anlan.channels.table import KINDS
from anlan.kit.models import Message
from anlan.kit.outbox import queue
from anlan.kit.outbox.sender import Sender, Threads
from anlan.kit.tests.outbox import Post, add_channel, add_kind

pytestmark = pytest.mark.django_db(transaction=True)


def stubbornly(work):
    """Do it until it is done: a database in memory, as the tests have on SQLite, does not wait for a lock."""
    while True:
        try:
            return work()
        except OperationalError:
            time.sleep(0.002)


def wait_for(true, limit_s=20):
    deadline = time.monotonic() + limit_s
    while not true():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)


def states():
    return stubbornly(lambda: {one.key: one.state for one in Message.objects.all()})


@pytest.fixture
def beside(town, monkeypatch):
    """`start(name)`: a sender in threads; `put(key, channel)` queues; a stuck and a quick channel."""
    gate, quick = threading.Event(), Post()
    stuck = Post()
    send = stuck.send
    stuck.send = lambda *words: (send(*words), gate.wait(20))[0]
    add_kind(monkeypatch, "stuck", stuck)
    add_kind(monkeypatch, "quick", quick)
    made = []

    def start(name):
        made.append(Sender(name, dict(KINDS), random.Random(1), pool=Threads(), clock=timezone.now))
        return made[-1]

    def put(key, channel):
        return queue(town.branch, key=key, channel=channel, title="题", text="文", now=timezone.now())

    channels = {kind: add_channel(town.branch, kind, kind) for kind in ("stuck", "quick")}
    yield SimpleNamespace(start=start, put=put, gate=gate, stuck_post=stuck, quick_post=quick, **channels)
    gate.set()
    for sender in made:
        sender.stop(wait_s=10)
    connections.close_all()


def test_a_channel_that_hangs_delays_no_other_and_is_not_entered_twice(beside):
    for number in range(3):
        beside.put(f"s{number}", beside.stuck)
        beside.put(f"q{number}", beside.quick)
    sender = beside.start("here:1:a")
    for _ in range(5):
        stubbornly(lambda: sender.wind(timezone.now()))
        time.sleep(0.05)
    wait_for(lambda: [states()[f"q{number}"] for number in range(3)] == ["accepted"] * 3)
    assert beside.stuck_post.keys == ["s0"] and states()["s0"] == "sending" and states()["s1"] == "queued"
    beside.gate.set()
    wait_for(lambda: set(states().values()) == {"accepted"})
    assert beside.stuck_post.keys == ["s0", "s1", "s2"]


def test_a_stop_begins_nothing_new_and_the_next_sender_leaves_what_was_in_hand_alone(beside):
    for number in range(2):
        beside.put(f"s{number}", beside.stuck)
    sender = beside.start("here:1:a")
    stubbornly(lambda: sender.wind(timezone.now()))
    wait_for(lambda: states()["s0"] == "sending")
    begun = time.monotonic()
    sender.stop(wait_s=0.2)
    assert time.monotonic() - begun < 5
    other = beside.start("here:1:b")
    stubbornly(lambda: other.bury(timezone.now()))
    assert states() == {"s0": "unknown", "s1": "queued"}
    beside.gate.set()

    def wound():  # a lane that met a locked table starts again with the next sweep
        stubbornly(lambda: other.wind(timezone.now()))
        return states()["s1"] == "accepted"

    wait_for(wound)
    assert sorted(beside.stuck_post.keys) == ["s0", "s1"]
    wait_for(lambda: states()["s0"] == "accepted")  # the answer that came late all the same is kept


def test_two_senders_beside_each_other_send_nothing_twice(beside):
    for number in range(60):
        beside.put(f"q{number}", beside.quick)
    senders = [beside.start(name) for name in ("here:1:a", "there:2:b")]
    for _ in range(200):
        for sender in senders:
            stubbornly(lambda one=sender: one.wind(timezone.now()))
        if set(states().values()) == {"accepted"}:
            break
        time.sleep(0.05)
    assert set(states().values()) == {"accepted"}
    assert len(beside.quick_post.keys) == len(set(beside.quick_post.keys)) == 60


def test_a_lane_gives_its_database_connection_back_while_it_waits(beside):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has a connection for each thread, and enough of them")
    beside.put("s0", beside.stuck)
    sender = beside.start("here:1:a")
    stubbornly(lambda: sender.wind(timezone.now()))
    wait_for(lambda: states()["s0"] == "sending")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'"
        )
        assert cursor.fetchone()[0] == 1, "only this one asks"
    beside.gate.set()


def test_a_lane_that_breaks_is_named_and_starts_again(beside, monkeypatch, caplog):
    beside.put("q0", beside.quick)
    sender = beside.start("here:1:a")
    broken = [True]
    claim = sender.claim

    def shaky(*words):
        if broken.pop() if broken else False:
            raise RuntimeError("no ink")
        return claim(*words)

    monkeypatch.setattr(sender, "claim", shaky)
    stubbornly(lambda: sender.wind(timezone.now()))
    wait_for(lambda: not sender.running)
    assert "no ink" in caplog.text
    for _ in range(20):
        stubbornly(lambda: sender.wind(timezone.now()))
        time.sleep(0.05)
    wait_for(lambda: states() == {"q0": "accepted"})


def test_refusals_of_one_channel_rest_only_its_own_lane(beside):
    beside.gate.set()
    beside.stuck_post.answers = [Answer(Outcome.BUSY, said="full", retry_after_s=600)]
    beside.put("s0", beside.stuck)
    beside.put("q0", beside.quick)
    sender = beside.start("here:1:a")
    for _ in range(3):
        stubbornly(lambda: sender.wind(timezone.now()))
        wait_for(lambda: not sender.running)
    assert states() == {"s0": "queued", "q0": "accepted"} and beside.stuck_post.keys == ["s0"]
