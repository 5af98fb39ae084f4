"""Sensors that must be called: their settings, their password, and the threads that follow the register."""

import json
import time

import pytest
from django.urls import reverse

from anlan.devices.tests.mock_device import NAME, PASSWORD, MockDevice, switched_on
from anlan.domains.crowd import actions, queries, workers
from anlan.domains.crowd.models import QuarantinedPayload, Sensor
from anlan.domains.crowd.queries.sources import CalledSensor
from anlan.domains.crowd.tests.conftest import NOW, NOW_MS, register
from anlan.kit.actions import Refused
from anlan.kit.models import Change
from anlan.stream.clock import SteppedClock

SUMMARY = (
    b"summary.Channel=0\nsummary.EnteredSubtotal.Today=%d\nsummary.ExitedSubtotal.Today=3\nsummary.UTC=%s\n"
)
SETTINGS = {
    "url": "http://camera.example", "username": NAME, "channel": "", "poll_s": 60, "verify_tls": True,
}  # fmt: skip


@pytest.fixture
def camera(town):
    return register(town, "dahua-1", kind="dahua")


def say(number, utc=b"%d" % (NOW_MS // 1000)):
    return lambda answer: answer.say(SUMMARY % (number, utc))


def test_the_record_of_changes_holds_no_password(town, camera):
    change = actions.set_source(camera, by=town.gardener, now=NOW, password="hush-hush", **SETTINGS)
    assert Sensor.objects.get().source["password"] == "hush-hush"
    assert change.after["source"] == SETTINGS
    assert "hush-hush" not in json.dumps([change.before, change.after])
    dropped = actions.drop_source(camera, by=town.gardener, now=NOW)
    assert (dropped.after["source"], Sensor.objects.get().source) == (None, None)
    assert "hush-hush" not in json.dumps(list(Change.objects.values_list("before", "after")))


def test_an_empty_password_keeps_the_old_one_only_for_the_same_address_and_name(town, camera):
    actions.set_source(camera, by=town.gardener, now=NOW, password="hush-hush", **SETTINGS)
    actions.set_source(camera, by=town.gardener, now=NOW, **SETTINGS | {"poll_s": 30})
    assert Sensor.objects.get().source | {"poll_s": 30} == SETTINGS | {"password": "hush-hush", "poll_s": 30}
    for elsewhere in ({"url": "http://elsewhere.example"}, {"username": "another"}):
        with pytest.raises(Refused, match="重新填写密码"):
            actions.set_source(camera, by=town.gardener, now=NOW, **SETTINGS | elsewhere)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"url": "camera"}, "设置有误"),
        ({"url": "http://a:b@camera"}, "设置有误"),
        ({"poll_s": 1}, "设置有误"),
    ],
)
def test_wrong_settings_are_refused(town, camera, wrong, said):
    with pytest.raises(Refused, match=said):
        actions.set_source(camera, by=town.gardener, now=NOW, **SETTINGS | wrong)
    assert Sensor.objects.get().source is None


def test_only_kinds_that_can_be_called_are(town, camera):
    with pytest.raises(Refused, match="自行上报"):
        actions.set_source(register(town, "x", kind="xovis"), by=town.gardener, now=NOW, **SETTINGS)
    actions.set_source(camera, by=town.gardener, now=NOW, **SETTINGS)
    with pytest.raises(Refused, match="先停止主动采集"):
        actions.edit_sensor(camera, by=town.gardener, now=NOW, kind="xovis")


def test_the_form_takes_a_password_and_never_shows_it(browse, town, camera):
    address = reverse("crowd:sensor_source", args=[camera.code])
    form = {"url": "http://camera.example", "username": NAME, "password": "hush-hush", "poll_s": 60}
    assert browse("gardener").post(address, form)["Location"] == camera.get_absolute_url()
    assert Sensor.objects.get().source["password"] == "hush-hush"
    for page in (address, camera.get_absolute_url()):
        shown = browse("gardener").get(page).content.decode()
        assert "http://camera.example" in shown
        assert "hush-hush" not in shown
    browse("gardener").post(reverse("crowd:sensor_source_drop", args=[camera.code]), {"why": ""})
    assert Sensor.objects.get().source is None


def test_the_page_says_whether_the_device_answers(browse, town, camera):
    actions.set_source(camera, by=town.gardener, now=NOW, **SETTINGS)
    assert "尚未连接" in browse("gardener").get(camera.get_absolute_url()).content.decode()
    queries.note_answer(camera.code, "no connection: check address", at_ms=NOW_MS)
    assert (
        "no connection: check address" in browse("gardener").get(camera.get_absolute_url()).content.decode()
    )
    queries.note_answer(camera.code, "", at_ms=NOW_MS)
    assert "已连接" in browse("gardener").get(camera.get_absolute_url()).content.decode()
    queries.forget_answer(camera.code)


@pytest.fixture
def watch(tmp_path, town):
    watch = workers.LiveWatch(tmp_path / "live", clock=SteppedClock(NOW_MS))
    watch.start()
    yield watch
    watch.stop()


def until(condition):
    """Wait for a thread, ten seconds at most."""
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen within ten seconds")


def call(town, sensor, url, **more):
    actions.set_source(
        sensor, by=town.gardener, now=NOW, **SETTINGS | {"url": url, "password": PASSWORD} | more
    )


def test_a_called_sensor_counts_like_any_other(town, camera, watch):
    with switched_on(MockDevice([say(5)])) as device:
        call(town, camera, device.url)
        watch.sources.follow(NOW)
        until(lambda: queries.last_payload(camera.code))
    assert watch.scene.line_view().names == [(camera.code, "0")]
    assert queries.last_payload(camera.code).door == "source"
    assert queries.answer_of(camera.code).fault == ""


def test_threads_follow_the_register(town, camera, watch):
    with switched_on(MockDevice([say(5)])) as device:
        call(town, camera, device.url)
        watch.sources.follow(NOW)
        first = watch.sources.threads[camera.code]
        watch.sources.follow(NOW)
        assert watch.sources.threads[camera.code] is first
        call(town, camera, device.url, poll_s=30)
        watch.sources.follow(NOW)
        second = watch.sources.threads[camera.code]
        assert second is not first and first.stopping.is_set()
        actions.retire_sensor(camera, by=town.gardener, now=NOW, why="拆除")
        watch.sources.follow(NOW)
        assert watch.sources.threads == {} and second.stopping.is_set()
        assert queries.answer_of(camera.code) is None
        until(lambda: not first.is_alive() and not second.is_alive())


def test_what_cannot_be_read_is_set_aside_by_the_sweep(town, camera, watch):
    with switched_on(MockDevice([say(5, b"noon")])) as device:
        call(town, camera, device.url)
        watch.sources.follow(NOW)
        until(lambda: watch.sources.unread)
        watch.sources.follow(NOW)
    kept = QuarantinedPayload.objects.get()
    assert (kept.sensor, kept.door, kept.kind) == (camera, "source", "dahua")
    assert "summary.UTC" in kept.reason


def test_a_fault_is_told_on_the_page_and_holds_nobody_up(town, camera, watch):
    call(town, camera, "http://127.0.0.1:1")
    watch.sources.follow(NOW)
    until(lambda: queries.answer_of(camera.code))
    assert "no connection" in queries.answer_of(camera.code).fault


def test_a_card_shows_no_password():
    card = CalledSensor("cam-1", "dahua", "Asia/Shanghai", None, {"password": "hush-hush"})
    assert "hush-hush" not in repr(card)
