"""The recorded samples of this adapter, and what is peculiar to it."""

import pytest

from anlan.devices.body import open_body
from anlan.devices.milesight.decode import decode, recognises
from anlan.devices.refusal import Refusal
from anlan.devices.tests.golden import ZONE, expected, printed, samples


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample(sample):
    assert printed(decode(sample.read_bytes(), zone=ZONE)) == expected(sample)


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


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{}", "device_sn"),
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
