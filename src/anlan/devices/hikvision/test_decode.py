"""The recorded samples of this adapter, and what is peculiar to it."""

import pytest

from anlan.devices.body import open_body
from anlan.devices.hikvision.decode import decode, recognises
from anlan.devices.refusal import Refusal
from anlan.devices.tests.golden import ZONE, expected, printed, samples


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample(sample):
    assert printed(decode(sample.read_bytes(), zone=ZONE)) == expected(sample)


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample_is_recognised(sample):
    assert any(recognises(part) for part in open_body(sample.read_bytes()))


def alert(
    counting: str = "", *, method: str = "realTime", sent: str = "2026-05-01T19:21:00+08:00", more: str = ""
) -> bytes:
    return f"""<EventNotificationAlert><macAddress>02:00:5e:10:00:b1</macAddress><channelID>1</channelID>
    <dateTime>{sent}</dateTime><eventType>PeopleCounting</eventType><eventState>active</eventState>
    <peopleCounting><statisticalMethods>{method}</statisticalMethods><enter>10</enter><exit>4</exit>{counting}
    </peopleCounting>{more}</EventNotificationAlert>""".encode()


@pytest.mark.parametrize(
    "namespace",
    [
        "",
        "urn:psialliance-org",
        "http://www.isapi.org/ver20/XMLSchema",
        "http://www.hikvision.com/ver20/XMLSchema",
    ],
)
def test_any_of_the_namespaces_or_none(namespace):
    body = alert().replace(
        b"<EventNotificationAlert>", f'<EventNotificationAlert xmlns="{namespace}">'.encode()
    )
    assert decode(body) == decode(alert())


def test_pass_and_children_are_not_added():
    """Trap T1: they are other quantities, or parts of the total."""
    body = alert("<pass>900</pass>", more="<childCounting><enter>3</enter><exit>2</exit></childCounting>")
    (reading,) = decode(body)
    assert (reading.count_in, reading.count_out) == (10, 4)


def test_running_total_says_that_it_is_reset_daily():
    """Trap T2."""
    (reading,) = decode(alert())
    assert (reading.kind, reading.reset) == ("cumulative", "daily")


def test_two_clocks_far_apart_are_flagged_and_the_counting_clock_kept():
    """Trap T3."""
    (reading,) = decode(alert("<RealTime><time>2026-05-03T21:17:30+08:00</time></RealTime>"))
    assert (reading.t, reading.quality) == (1777814250000, "clock")


def test_two_clocks_close_together_are_not_flagged():
    (reading,) = decode(alert("<RealTime><time>2026-05-01T19:20:00+08:00</time></RealTime>"))
    assert (reading.t, reading.quality) == (1777634400000, "")


def test_a_re_sent_total_is_older_than_its_alert_by_right():
    """Traps T4 and T5: re-sent after an outage."""
    count_time = "<RealTime><time>2026-05-01T08:00:00+08:00</time></RealTime>"
    (reading,) = decode(alert(count_time, more="<isDataRetransmission>true</isDataRetransmission>"))
    assert (reading.t, reading.quality) == (1777593600000, "")


def test_a_time_without_offset_needs_the_zone():
    """Trap T3."""
    body = alert(sent="2026-05-01T19:21:00")
    with pytest.raises(Refusal, match="times carry no zone"):
        decode(body)
    assert decode(body, zone="Asia/Shanghai")[0].t == 1777634460000


def test_more_out_than_in_is_read_as_it_is():
    """Trap T7."""
    (reading,) = decode(alert().replace(b"<exit>4<", b"<exit>4000<"))
    assert (reading.count_in, reading.count_out) == (10, 4000)


def test_a_channel_is_its_numbers_and_not_its_name():
    """Trap T8."""
    renamed = alert(more="<channelName>another name</channelName>")
    assert decode(renamed)[0].channel == decode(alert())[0].channel == "1"
    assert decode(alert("<regionsID>2</regionsID>"))[0].channel == "1/2"


def test_videoloss_inactive_is_a_sign_of_life_and_active_is_a_fault():
    """Trap T9."""
    body = alert().replace(b"PeopleCounting<", b"videoloss<")
    (fault,) = decode(body)
    (life,) = decode(body.replace(b">active<", b">inactive<"))
    assert (fault.kind, fault.state) == ("health", "videoloss")
    assert (life.kind, life.state) == ("heartbeat", None)


def test_text_in_gbk_is_read():
    body = b'<?xml version="1.0" encoding="GB2312"?>' + alert(
        more="<channelName>东门</channelName>"
    ).decode().encode("gbk")
    assert decode(body) == decode(alert())


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (alert(method="weekly"), "set realTime or timeRange"),
        (alert().replace(b"PeopleCounting<", b"VMD<"), "counts no people"),
        (alert().replace(b"<enter>10</enter>", b""), "peopleCounting.enter"),
        (alert().replace(b">10<", b">-1<"), "cannot be negative"),
        (alert(method="timeRange"), "TimeRange.startTime"),
        (b"<DeviceInfo><model>x</model></DeviceInfo>", "not an ISAPI alert"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]>' + alert(), "DOCTYPE"),
    ],
)
def test_refusals_say_why(body, reason):
    with pytest.raises(Refusal, match=reason):
        decode(body)
