"""The worker loop on a clock that the test winds."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError

from anlan.kit.models import Change
from anlan.kit.queries import ChangeMark
from anlan.kit.worker import Sweep, WorkerLoop

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def at(seconds):
    return START + timedelta(seconds=seconds)


def test_each_sweep_runs_when_it_is_due_with_the_time_it_is_given():
    seen = []
    loop = WorkerLoop([Sweep("fast", seen.append, 10), Sweep("slow", lambda now: None, 60)])
    assert loop.wind(at(0)) == ["fast", "slow"]
    assert loop.wind(at(9)) == []
    assert loop.wind(at(10)) == ["fast"]
    assert loop.wind(at(61)) == ["fast", "slow"]
    assert seen == [at(0), at(10), at(61)]


def test_a_jump_of_the_clock_runs_a_sweep_once_not_many_times():
    seen = []
    loop = WorkerLoop([Sweep("fast", seen.append, 10)])
    loop.wind(at(0))
    loop.wind(at(3600))
    assert seen == [at(0), at(3600)]


def test_a_sweep_that_fails_is_named_tried_again_and_does_not_stop_the_others(caplog):
    broken = [True]

    def shaky(now):
        if broken[0]:
            raise RuntimeError("no ink")

    seen = []
    loop = WorkerLoop([Sweep("shaky", shaky, 10), Sweep("sound", seen.append, 10)])
    for second in (0, 10, 20):
        loop.wind(at(second))
    shaky_sweep = loop.sweeps[0]
    assert "no ink" in shaky_sweep.error and shaky_sweep.ran_at is None
    assert len(seen) == 3
    assert caplog.text.count("sweep shaky failed") == 1, "the same failure is logged once"
    broken[0] = False
    loop.wind(at(30))
    assert shaky_sweep.error == "" and shaky_sweep.ran_at == at(30)


class Marks:
    """Stands for the change rows: a number that the test moves; None is a database that does not answer."""

    mark = 1

    def read(self):
        if self.mark is None:
            raise DatabaseError("away")
        return self.mark


def test_a_sweep_that_follows_changes_rests_until_one_comes_and_a_minute_at_most():
    seen, changes = [], Marks()
    loop = WorkerLoop([Sweep("follows", seen.append, 1, follows_changes=True)], changes)
    for second in range(3):
        loop.wind(at(second))
    assert seen == [at(0)]
    changes.mark = 2
    loop.wind(at(3))
    loop.wind(at(4))
    assert seen == [at(0), at(3)]
    loop.wind(at(63))
    assert seen == [at(0), at(3), at(63)]


def test_what_failed_or_could_not_be_asked_does_not_rest():
    changes, answers = Marks(), [RuntimeError("no ink"), None, None, None]

    def shaky(now):
        answer = answers.pop()
        if answer:
            raise answer

    loop = WorkerLoop([Sweep("shaky", shaky, 1, follows_changes=True)], changes)
    changes.mark = None
    loop.wind(at(0))
    loop.wind(at(1))
    changes.mark = 7
    loop.wind(at(2))
    assert len(answers) == 1
    loop.wind(at(3))
    assert len(answers) == 1, "it rests"
    changes.mark = 8
    loop.wind(at(4))
    answers.append(None)
    loop.wind(at(5))
    assert answers == [], "after a failure it is tried again"


@pytest.mark.django_db
def test_the_mark_moves_with_every_change_row_also_a_late_one():
    changes, marks = ChangeMark(), []
    for row_id in (5, 7, 6):
        row = Change(id=row_id, subject_kind="x.x", subject_id=1, subject_name="x", what="test.x", at=START)
        Change.objects.bulk_create([row])
        marks.append(changes.read())
        assert changes.read() == marks[-1]
    assert len(set(marks)) == 3


def test_the_loop_stops_when_it_is_told():
    loop = WorkerLoop([])
    thread = loop.start()
    loop.stop()
    thread.join(timeout=5)
    assert not thread.is_alive()
