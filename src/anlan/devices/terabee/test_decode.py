"""The recorded samples of this adapter, and what is peculiar to it."""

import json

import pytest

from anlan.devices.body import open_body
from anlan.devices.refusal import Refusal
from anlan.devices.terabee.decode import decode, recognises
from anlan.devices.tests.golden import ZONE, expected, printed, samples


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample(sample):
    assert printed(decode(sample.read_bytes(), zone=ZONE)) == expected(sample)


POSTS = [sample for sample in samples(__file__) if "lorawan" not in sample.name]


@pytest.mark.parametrize("sample", POSTS, ids=lambda sample: sample.name)
def test_sample_is_recognised(sample):
    assert any(recognises(part) for part in open_body(sample.read_bytes()))


def test_a_clock_that_was_never_set_is_left_out_and_said():
    """Trap T3: the years 1975 and 2000."""
    for when in ("165776767", 946684800, "0", None):
        body = json.dumps({"count_in": 1, "count_out": 1, "device_id": "a", "timestamp": when}).encode()
        (reading,) = decode(body)
        assert (reading.t, reading.quality) == (None, "clock")


def test_counting_that_is_stuck_or_stopped_is_bad():
    for flags, quality in (("00", ""), ("01", "bad"), ("02", "bad"), ("0c", "")):
        (reading,) = decode(b'{"payloadHex": "000000020000000300"}'.replace(b'00"}', flags.encode() + b'"}'))
        assert (reading.count_in, reading.count_out, reading.quality) == (2, 3, quality)


def test_the_login_in_the_body_is_not_read():
    sample = next(path for path in samples(__file__) if path.name == "xl.json")
    assert "invented" not in repr(decode(sample.read_bytes()))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{}", "not an uplink"),
        (b'{"payloadHex": "0000"}', "XL sends 9"),
        (b'{"uid": "a", "type": "battery", "value": 7}', "only counters"),
        (b'{"uid": "a", "type": "counters", "value": {"in": 1}}', "count out"),
    ],
)
def test_refusals_say_why(body, reason):
    with pytest.raises(Refusal, match=reason):
        decode(body)
