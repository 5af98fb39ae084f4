"""What people report from the spot: kept once by its uid, in the stream once, beside a working counter or in its place."""

import itertools
import uuid
from datetime import timedelta

import pytest

from anlan.domains.accounts.terms import Right
from anlan.domains.crowd import actions, queries
from anlan.domains.crowd.models import Binding, Observation, Sensor
from anlan.domains.crowd.queries.observations import checks_beside
from anlan.domains.crowd.rules.observations import check_observation, counted_spaces, is_bound
from anlan.domains.crowd.terms import ObservationRefusal
from anlan.domains.crowd.tests.conftest import (
    MINUTE_MS,
    NOW,
    NOW_MS,
    add_person,
    count,
    minute,
    register,
    wire,
)
from anlan.domains.crowd.workers.observing import ObservationSender
from anlan.kit.actions import Refused
from anlan.kit.models import Change

pytestmark = pytest.mark.django_db
UID = uuid.UUID("6f1c2f6e-0000-4000-8000-000000000001")


def see(town, kind, value=None, *, place=None, by=None, at=NOW, now=NOW, uid=None, **more):
    return actions.observe(
        place or town.square, by=by or town.gardener, now=now, uid=uid or uuid.uuid4(), at=at, kind=kind,
        value=value, **more,
    )  # fmt: skip


def send(scene, now=NOW):
    ObservationSender(scene, lambda now: wire(scene)).send(now)


def square(code="SQ"):
    return queries.live_space(code)


CASES = [
    ("density", 3.5, "", timedelta(0), None),
    ("density", 0, "", timedelta(0), None),
    ("density", 12.1, "", timedelta(0), ObservationRefusal.DENSITY),
    ("density", True, "", timedelta(0), ObservationRefusal.DENSITY),
    ("density", float("nan"), "", timedelta(0), ObservationRefusal.DENSITY),
    ("density", None, "", timedelta(0), ObservationRefusal.DENSITY),
    ("count", 120, "", timedelta(0), None),
    ("count", 1.5, "", timedelta(0), ObservationRefusal.PERSONS),
    ("count", -1, "", timedelta(0), ObservationRefusal.PERSONS),
    ("press_in", 0, "", timedelta(0), ObservationRefusal.PRESSES),
    ("press_out", 3, "", timedelta(0), None),
    ("too_many", None, "", timedelta(0), None),
    ("note", None, " ", timedelta(0), ObservationRefusal.NO_WORDS),
    ("note", None, "地铁口排队", timedelta(0), None),
    ("note", None, "早了", timedelta(minutes=6), ObservationRefusal.FUTURE),
    ("note", None, "手机快了", timedelta(minutes=4), None),
    ("note", None, "太早", timedelta(days=-30), ObservationRefusal.OLD),
]


@pytest.mark.parametrize("kind, value, note, off, refusal", CASES)
def test_rule_of_an_observation(kind, value, note, off, refusal):
    assert check_observation(kind=kind, value=value, note=note, at=NOW + off, now=NOW) == refusal


def test_rule_of_a_position():
    words = {"kind": "too_many", "value": None, "note": "", "at": NOW, "now": NOW}
    assert check_observation(**words, lon=121.4, lat=31.2) is None
    assert check_observation(**words, lon=121.4) == ObservationRefusal.POINT
    assert check_observation(**words, lon=121.4, lat=91) == ObservationRefusal.POINT


def test_rule_of_what_counts():
    counted = counted_spaces([({"SQ/A"}, "flow"), ({"M"}, "passage"), ({"T"}, "density")])
    assert counted == {"SQ", "SQ/A"}
    assert not is_bound(measures="presence", space="SQ", counted=counted)
    assert not is_bound(measures="flow", space="SQ/A", counted=counted)
    assert is_bound(measures="presence", space="M", counted=counted)
    assert is_bound(measures="density", space="SQ", counted=counted)


def test_classes_are_a_table_in_order():
    classes = queries.density_classes(on=NOW.date())
    assert [one.key for one in classes] == ["free", "light", "busy", "dense", "packed", "crush"]
    assert all(one.low <= one.value <= one.high for one in classes)
    assert all(before.high == after.low for before, after in itertools.pairwise(classes))


def test_the_same_uid_is_the_same_row(town):
    first = see(town, "density", 2.5, uid=UID)
    again = see(town, "density", 2.5, uid=UID)
    assert again.pk == first.pk
    assert Observation.objects.count() == 1
    assert Change.objects.filter(what="crowd.observe").count() == 1


def test_a_uid_of_another_observation_is_refused(town):
    see(town, "density", 2.5, uid=UID)
    with pytest.raises(Refused, match="已用于另一条"):
        see(town, "too_many", uid=UID)


def test_who_may_not_is_refused(town):
    with pytest.raises(Refused, match="没有在该场所上报观测的权限"):
        see(town, "too_many", by=town.reader)
    with pytest.raises(Refused, match="没有在该场所上报观测的权限"):
        see(town, "too_many", by=town.trader)
    assert not Observation.objects.exists()


def test_the_operator_may_at_its_own_place(town):
    guard = add_person("guard", town.firm, [Right.VIEW, Right.PATROLS_WALK])
    assert see(town, "too_many", by=guard, place=town.mall).by == guard


def test_a_link_reports_on_behalf(town):
    words = {"now": NOW, "uid": UID, "at": NOW, "kind": "count", "value": 40, "by": None}
    with pytest.raises(Refused, match="代为上报"):
        actions.observe(town.mall, **words)
    row = actions.observe(town.mall, **words, on_behalf_of="示范百货（链接）")
    assert row.on_behalf_of == "示范百货（链接）"
    assert Change.objects.get(what="crowd.observe").on_behalf_of == "示范百货（链接）"


def test_a_zone_of_another_place_is_refused(town):
    with pytest.raises(Refused, match="区域不属于该场所"):
        see(town, "density", 2, place=town.mall, by=town.trader, zone=town.stage)


def test_first_use_makes_the_manual_sensor_once(town):
    see(town, "density", 2.5)
    see(town, "density", 3.5)
    see(town, "count", 80, zone=town.stage)
    sensor = Sensor.objects.get()
    assert sensor.is_manual and sensor.code == "manual-SQ"
    assert set(Binding.objects.values_list("channel", "measures")) == {
        ("density", "density"), ("count/A", "presence"),
    }  # fmt: skip
    assert town.square.pk not in queries.covered_place_ids()
    assert not list(queries.sensors_in_use())


def test_density_enters_the_number_and_warns(town, scene):
    see(town, "density", 4.5, zone=town.stage)
    send(scene)
    assert square("SQ/A").density_per_m2 == 4.5
    assert square("SQ/A").level == "orange"
    row = Observation.objects.get()
    assert (row.sent_at, row.outcome) == (NOW, "accepted")


def test_density_by_eye_raises_a_counted_number_and_never_lowers_it(town, sensor, scene):
    actions.bind_channel(sensor, by=town.chief, now=NOW, into_zone=town.stage)
    wire(scene)
    count(scene, minute(1000, 0))
    assert square("SQ/A").density_per_m2 == 2
    see(town, "density", 0.5, zone=town.stage)
    send(scene)
    assert square("SQ/A").density_per_m2 == 2
    see(town, "density", 3.5, zone=town.stage, at=NOW + timedelta(seconds=1), now=NOW + timedelta(seconds=1))
    send(scene)
    assert square("SQ/A").density_per_m2 == 3.5


def test_an_estimate_holds_for_a_quarter_of_an_hour(town, scene):
    see(town, "density", 4.5)
    send(scene)
    scene.tick(NOW_MS + 15 * MINUTE_MS)
    assert square().density_per_m2 == 4.5
    scene.tick(NOW_MS + 15 * MINUTE_MS + 1000)
    assert square().density_per_m2 is None


def test_a_count_makes_the_number_of_a_place_without_counters(town, scene):
    see(town, "count", 640)
    send(scene)
    assert square().people == 640
    assert square().level == "blue"


def test_a_count_beside_a_working_counter_is_a_check(town, sensor, scene):
    actions.bind_channel(sensor, by=town.chief, now=NOW)
    wire(scene)
    count(scene, minute(300, 0))
    see(town, "count", 900)
    send(scene)
    assert square().people == 300
    assert [(row.value, shown) for row, shown in checks_beside(town.square, NOW)] == [(900, 300)]
    assert queries.channels_seen(Sensor.objects.get(is_manual=True))[0].value == 900


def test_presses_count_once_however_often_they_are_sent(town, scene):
    see(town, "press_in", 25)
    see(town, "press_in", 25)
    see(town, "press_out", 10)
    send(scene)
    assert square().people == 40
    Observation.objects.update(sent_at=None)  # a stop between the journal and the mark
    send(scene)
    assert square().people == 40
    assert set(Observation.objects.values_list("outcome", flat=True)) == {"duplicate"}


def test_a_late_observation_raises_nothing(town, scene):
    see(town, "density", 4.5, at=NOW - timedelta(minutes=10))
    send(scene)
    assert square().density_per_m2 == 4.5
    assert square().level == "none"


def test_it_is_sent_at_once_where_the_engine_runs(town, scene, django_capture_on_commit_callbacks):
    see(town, "density", 1.5)
    send(scene)
    with django_capture_on_commit_callbacks(execute=True):
        row = see(town, "density", 4.5, at=NOW + timedelta(seconds=2), now=NOW + timedelta(seconds=2))
    row.refresh_from_db()
    assert row.sent_at is not None
    assert square().density_per_m2 == 4.5


def test_while_no_engine_runs_it_waits(town):
    assert see(town, "density", 4.5).sent_at is None


def test_a_retired_place_takes_none(town):
    town.square.retired_at = NOW
    town.square.save()
    with pytest.raises(Refused, match="已注销"):
        see(town, "note", note="没人")


def test_manual_sensors_are_told_from_devices(town):
    register(town, "cam-9")
    see(town, "count", 3)
    assert [card.code for card in queries.reporting_sensors()] == ["cam-9"]
