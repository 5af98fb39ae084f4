"""The recorded samples of this adapter, and what is peculiar to it."""

import pytest

from anlan.devices.body import open_body
from anlan.devices.imbuildings.decode import decode, recognises
from anlan.devices.refusal import Refusal
from anlan.devices.tests.golden import ZONE, expected, printed, samples


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample(sample):
    assert printed(decode(sample.read_bytes(), zone=ZONE)) == expected(sample)


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample_is_recognised(sample):
    assert any(recognises(part) for part in open_body(sample.read_bytes()))


UPLINK = "020602005e1000f0c3aa0800fa0004000300{:04x}{:04x}2a"


def test_the_counts_since_the_last_uplink_are_not_added():
    """Trap T1."""
    total, state = decode(UPLINK.format(100, 90).encode())
    assert (total.kind, total.count_in, total.count_out) == ("cumulative", 100, 90)
    assert (state.kind, state.state) == ("health", "ok")


def test_a_total_of_16_bits_says_where_it_goes_on_from_0():
    """Trap T2."""
    assert decode(UPLINK.format(65535, 0).encode())[0].reset == "65536"


def test_the_short_form_has_a_port_of_its_own():
    short = UPLINK.format(5, 6)[20:]
    reading = decode(f'{{"payloadHex": "{short}", "fPort": 26, "devEui": "02ab"}}'.encode())[0]
    assert (reading.sensor, reading.count_in) == ("02AB", 5)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"0207", "payload type 2, variant 6"),
        (UPLINK.format(5, 6)[:-2].encode(), "23 bytes"),
        (UPLINK.format(5, 6)[20:].encode(), "13 on port 26"),
    ],
)
def test_refusals_say_why(body, reason):
    with pytest.raises(Refusal, match=reason):
        decode(body)
