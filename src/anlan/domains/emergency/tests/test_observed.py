"""人太多了: what a person on the spot reports rings an alarm, once per uid, and joins the one that is open."""

import uuid
from datetime import timedelta

import pytest

from anlan.domains.accounts.terms import Right
from anlan.domains.crowd.actions import observe
from anlan.domains.emergency import actions
from anlan.domains.emergency.models import Alarm
from anlan.domains.emergency.queries.alarms import story_of
from anlan.domains.emergency.tests.alarmed import NOW, add_person, build_town, minutes
from anlan.domains.emergency.workers import ObservationTaker
from anlan.kit.models import Taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db):
    town = build_town()
    town.guard = add_person("walker", town.square.organisation, [Right.VIEW, Right.PATROLS_WALK])
    return town


def cry(town, at=NOW, now=NOW, **more):
    words = {"uid": uuid.uuid4(), "kind": "too_many"} | more
    return observe(town.square, by=town.guard, now=now, at=at, **words)


def test_it_rings_an_alarm_of_the_place(town):
    cry(town, note="北口挤不动")
    ObservationTaker().run(NOW)
    alarm = Alarm.objects.get()
    assert (alarm.origin, alarm.level, alarm.place, alarm.raised_by) == (
        "patrol", "yellow", town.square, town.guard,
    )  # fmt: skip
    assert "北口挤不动" in alarm.reason["zh"] and "北口挤不动" in alarm.reason["en"]
    assert alarm.is_unanswered


def test_pressing_again_joins_the_open_alarm(town):
    for _ in range(3):
        cry(town)
    taker = ObservationTaker()
    taker.run(NOW)
    taker.run(NOW)
    ObservationTaker().run(NOW)
    alarm = Alarm.objects.get()
    assert alarm.repeats == 2
    assert story_of(alarm).count() == 3
    assert alarm.round == 1


def test_the_same_uid_is_taken_once(town):
    uid = uuid.uuid4()
    for _ in range(3):
        cry(town, uid=uid)
    ObservationTaker().run(NOW)
    assert Alarm.objects.get().repeats == 0
    assert Taken.objects.filter(taker="emergency.observed").count() == 1


def test_it_lifts_a_lower_warning_and_restarts_its_chain(town):
    from_machine = Alarm.objects.create(
        scene="live", number="1", origin="warning", title="x", place=town.square, space_code=town.square.code,
        organisation=town.square.organisation, level="blue", peak_level="blue", rank=1, raised_at=NOW,
        round_at=NOW, changed_at=NOW, spaces={town.square.code: {"name": "x", "level": "blue", "peak_level": "blue",
        "reason": {"zh": "占比", "en": "share"}, "warning": 1}}, reason={"zh": "占比", "en": "share"},
    )  # fmt: skip
    cry(town, now=NOW + minutes(3), at=NOW + minutes(3))
    ObservationTaker().run(NOW + minutes(3))
    from_machine.refresh_from_db()
    assert (from_machine.level, from_machine.round, from_machine.repeats) == ("yellow", 2, 1)
    assert Alarm.objects.count() == 1


def test_what_comes_hours_later_raises_nobody(town):
    cry(town, at=NOW - timedelta(hours=3))
    ObservationTaker().run(NOW)
    assert not Alarm.objects.exists()
    assert Taken.objects.filter(taker="emergency.observed").exists()


def test_a_count_is_no_alarm(town):
    cry(town, kind="count", value=9)
    ObservationTaker().run(NOW)
    assert not Alarm.objects.exists()


def test_it_can_be_answered_and_lifted_like_any_other(town):
    cry(town)
    ObservationTaker().run(NOW)
    alarm = Alarm.objects.get()
    actions.verify_alarm(alarm, by=town.chief, now=NOW, verdict="false", why="已散去")
    assert not Alarm.objects.get().is_open
    cry(town, now=NOW + minutes(30), at=NOW + minutes(30))
    ObservationTaker().run(NOW + minutes(30))
    assert Alarm.objects.filter(lifted_at=None).count() == 1
