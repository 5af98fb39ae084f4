"""The recorded samples of this adapter, and what is peculiar to it."""

import pytest

from anlan.devices.body import open_body
from anlan.devices.hkt.decode import decode, recognises
from anlan.devices.refusal import Refusal
from anlan.devices.tests.golden import ZONE, expected, printed, samples


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample(sample):
    assert printed(decode(sample.read_bytes(), zone=ZONE)) == expected(sample)


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample_is_recognised(sample):
    assert any(recognises(part) for part in open_body(sample.read_bytes()))


def test_the_counts_of_the_period_are_not_added():
    """Trap T1."""
    (reading,) = decode(b'{"payloadHex": "686b740007070005000300000064000000c8"}')
    assert (reading.kind, reading.count_in, reading.count_out) == ("cumulative", 100, 200)


def test_an_infrared_fault_is_the_sensors_state():
    assert decode(b"686b7400078301")[0].state == "infrared fault"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"020600", "does not begin with hkt"),
        (b"686b7400077701", "field 0x77 at byte 5 is unknown"),
        (b"686b740007070005", "cut short"),
    ],
)
def test_refusals_say_why(body, reason):
    with pytest.raises(Refusal, match=reason):
        decode(body)
