"""Alarms under any order of what machine and people do, and under two officers at the same moment."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.domains.emergency import actions, queries
from anlan.domains.emergency.models import Alarm, Answer
from anlan.domains.emergency.rules.alarms import rank
from anlan.domains.emergency.tests.alarmed import LEVELS, NOW, Crowd, build_town, minutes
from anlan.kit.actions import Refused
from anlan.kit.models import Change

SPACES = ("SQ", "SQ/A")
PEOPLE = ("guard", "gardener", "constable", "fireman", "chief")
DEEDS = st.one_of(
    st.tuples(st.just("crowd"), st.sampled_from(SPACES), st.sampled_from(LEVELS)),
    st.tuples(st.just("answer"), st.sampled_from(PEOPLE), st.sampled_from(("send_people", "acknowledge", "false_alarm"))),
    st.tuples(st.just("grade"), st.sampled_from(PEOPLE), st.sampled_from(LEVELS)),
    st.tuples(st.sampled_from(("check", "fall_back", "lift", "reopen", "file", "verify")), st.sampled_from(PEOPLE), st.just("")),
)  # fmt: skip


@pytest.fixture
def town(db):
    return build_town()


def carry_out(town, crowd, step, now):
    """Do one step; what is refused changes nothing."""
    what, who, word = step
    if what == "crowd":
        if crowd.known.get(who, "none") != word:
            crowd.tell(town.square, word, code=who, now=now)
        return
    alarm = Alarm.objects.order_by("-pk").first()
    if alarm is None:
        return
    by = {"by": getattr(town, who), "now": now}
    acts = {
        "answer": lambda: actions.answer_alarm(
            alarm, measure=word, words="因", next_look_at=now + minutes(5), **by
        ),
        "grade": lambda: actions.grade_alarm(alarm, level=word, why="因", **by),
        "check": lambda: actions.check_alarm(alarm, **by),
        "fall_back": lambda: actions.fall_back(alarm, by=None, now=now, grace=minutes(1)),
        "lift": lambda: actions.lift_alarm(alarm, why="因", **by),
        "reopen": lambda: actions.reopen_alarm(alarm, why="因", **by),
        "file": lambda: actions.file_alarm(alarm, **by),
        "verify": lambda: actions.verify_alarm(alarm, verdict="false", why="因", **by),
    }  # fmt: skip
    try:
        with transaction.atomic():
            acts[what]()
    except Refused:
        pass


def check_what_always_holds():
    """What no history may break."""
    for alarm in Alarm.objects.all():
        assert alarm.rank == rank(alarm.level) <= rank(alarm.peak_level)
        assert (alarm.state in {"lifted", "filed"}) == (alarm.lifted_at is not None)
        assert alarm.lifted_at is None or alarm.lifted_by is not None, "only a person lifts"
        counting = list(queries.counting_answers(alarm))
        assert all(row.round == alarm.round and row.ended_at is None for row in counting)
        assert (alarm.answered_at is not None) == bool(counting), "answers of an older round never count"
        for row in queries.agencies_of(alarm):
            assert row.answer is None or (row.answer.round == alarm.round and row.answer.ended_at is None)
    lifted = Change.objects.filter(what__startswith="emergency.", after__state__in=["lifted", "filed"])
    assert not lifted.filter(by=None).exists()
    assert Alarm.objects.filter(lifted_at=None).count() <= 1, "one open alarm per place"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(DEEDS, max_size=14))
def test_any_order_of_deeds(town, steps):
    with transaction.atomic():
        crowd = Crowd()
        for number, step in enumerate(steps):
            known = Alarm.objects.filter(lifted_at=None).first()
            carry_out(town, crowd, step, NOW + minutes(3 * number))
            now = Alarm.objects.filter(pk=known.pk).first() if known else None
            if now and now.is_open and rank(now.level) > rank(known.level):
                assert now.round == known.round + 1 and now.is_unanswered, "a rise always reopens"
                assert now.state == "waiting"
            elif now and now.is_open and rank(now.level) < rank(known.level):
                assert now.round == known.round, "a fall keeps the chain"
            check_what_always_holds()
        transaction.set_rollback(True)


def stubbornly(work):
    """Do it until it is done: a database in memory, as the tests have on SQLite, does not wait for a lock."""
    while True:
        try:
            return work()
        except OperationalError:
            time.sleep(0.001)


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_the_same_moment_one_wins_and_the_other_is_told():
    town = build_town()
    Crowd().tell(town.square, "red")
    alarm = Alarm.objects.get()
    seen, gate = queries.seen_of(alarm), threading.Barrier(2)

    def press(name):
        words = {"measure": "send_people", "next_look_at": NOW + minutes(5), "seen": seen}
        gate.wait()
        try:
            stubbornly(lambda: actions.answer_alarm(alarm, by=getattr(town, name), now=NOW, **words))
            return ""
        except Refused as refusal:
            return str(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(press, ("constable", "sergeant")))
    assert said[0] == "" and "20:00:00" in said[1] and "增派力量" in said[1]
    assert Answer.objects.count() == 1 and Answer.objects.get().person.username in said[1]


@pytest.mark.django_db(transaction=True)
def test_two_takers_at_once_open_one_alarm():
    town = build_town()
    crowd = Crowd()
    for code in ("SQ", "SQ/A", "SQ/B"):
        crowd.say(town.square, "red", code=code, name=code)
    gate = threading.Barrier(2)

    def sweep(_number):
        gate.wait()
        try:
            for _again in range(20):
                try:
                    Crowd().take()
                    return
                except Exception:
                    time.sleep(0.01)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(sweep, range(2)))
    Crowd().take()
    alarm = Alarm.objects.get()
    assert (alarm.repeats, len(alarm.spaces)) == (2, 3)
    assert Change.objects.filter(what="emergency.take_warning").count() == 3
