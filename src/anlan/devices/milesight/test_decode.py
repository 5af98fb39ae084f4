"""The recorded samples of this adapter, and what is peculiar to it."""

import pytest

from anlan.devices.body import open_body
from anlan.devices.milesight.decode import decode, recognises
from anlan.devices.refusal import Refusal
from anlan.devices.tests.golden import ZONE, expected, mapping_of, printed, samples


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample(sample):
    assert printed(decode(sample.read_bytes(), zone=ZONE, mapping=mapping_of(sample))) == expected(sample)


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample_is_recognised(sample):
    assert any(recognises(part) for part in open_body(sample.read_bytes()))


def test_one_flow_told_twice_is_read_once():
    """Traps T1, T7 and T8: the period speaks, lines of one uuid stay apart, the negative capacity is left alone."""
    sample = next(path for path in samples(__file__) if path.name == "period_and_total.json")
    lines = [reading for reading in decode(sample.read_bytes()) if reading.channel.startswith("line/")]
    assert [(reading.channel, reading.kind) for reading in lines] == [
        ("line/1", "interval"),
        ("line/3", "interval"),
    ]


def test_totals_are_read_and_the_counts_of_the_period_are_not_added():
    """Trap T1."""
    (reading,) = decode(b"04cc1200160005cc13001400")
    assert (reading.kind, reading.count_in, reading.count_out) == ("cumulative", 18, 22)


def test_periods_alone_are_a_sign_of_life_until_their_length_is_told():
    body = b'{"payloadHex": "05cc13001400", "time": "2026-05-01T11:21:00Z"}'
    assert [reading.kind for reading in decode(body)] == ["heartbeat"]
    (reading,) = decode(body, mapping={"period_s": 60})
    assert (reading.start, reading.end, reading.count_in) == (1777634400000, 1777634460000, 19)


def test_with_periods_told_the_totals_are_not_added():
    """Trap T1."""
    body = b'{"payloadHex": "04cc1200160005cc13001400", "time": "2026-05-01T11:21:00Z"}'
    (reading,) = decode(body, mapping={"period_s": 60})
    assert (reading.kind, reading.count_in, reading.count_out) == ("interval", 19, 20)


def test_what_was_kept_during_an_outage_has_its_own_time():
    """Trap T5."""
    late = decode(b"20ceff3df16401070002001d000800")[0]
    assert (late.kind, late.t, late.count_in, late.count_out) == ("cumulative", 1693531647000, 29, 8)
    (kept,) = decode(b"20ce7b3af164000b000400", mapping={"period_s": 900})
    assert (kept.kind, kept.end, kept.count_in, kept.count_out) == ("interval", 1693530747000, 11, 4)


def test_a_total_of_16_bits_says_where_it_goes_on_from_0():
    """Trap T2; a total of 32 bits does not."""
    assert decode(b"04cc1200ffff")[0].reset == "65536"
    assert decode(b"03d248000000")[0].reset is None


def test_occupied_regions_are_not_counts():
    readings = decode(b"04c9030800a106cd05")
    assert [(reading.channel, reading.value) for reading in readings] == [("all", 3)]


def test_regions_are_told_apart():
    readings = decode(b"07d5000100000000000308d50100000000000000")
    assert [reading.channel for reading in readings if reading.value] == ["region/2", "region/8", "region/9"]


@pytest.mark.parametrize("mapping", [{}, {"period_s": 0}, {"period_s": 60, "way": 1}, 7])
def test_a_wrong_period_is_refused(mapping):
    with pytest.raises(Refusal, match="mapping: "):
        decode(b"05cc13001400", mapping=mapping)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{}", "not an uplink"),
        (b'{"device_info": {}}', "device_sn"),
        (b"04cc1200160099aa01", "piece 99aa at byte 6 is unknown"),
        (b"04cc1200", "cut short"),
        (b"04", "piece 04 at byte 0 is unknown"),
        (b'{"device_info": {"device_sn": "1"}, "line_trigger_data": [{"line": 1}]}', "time_info.time"),
        (
            b'{"device_info": {"device_sn": "1"}, "time_info": {"time": 1777634460}, "line_trigger_data": [{"line": 1}]}',
            "line/1: in",
        ),
    ],
)
def test_refusals_say_why(body, reason):
    with pytest.raises(Refusal, match=reason):
        decode(body)
