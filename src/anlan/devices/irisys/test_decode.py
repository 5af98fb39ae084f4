"""The recorded samples of this adapter, and what is peculiar to it."""

import json

import pytest

from anlan.devices.body import open_body
from anlan.devices.irisys.decode import decode, recognises
from anlan.devices.refusal import Refusal
from anlan.devices.tests.golden import ZONE, expected, mapping_of, printed, samples


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample(sample):
    assert printed(decode(sample.read_bytes(), zone=ZONE, mapping=mapping_of(sample))) == expected(sample)


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample_is_recognised(sample):
    assert any(recognises(part) for part in open_body(sample.read_bytes()))


def post(**log) -> bytes:
    return json.dumps(
        {"FriendlyDeviceSerial": "V4D-1", "CountLogs": [{"Timestamp": 1777634460} | log]}
    ).encode()


COUNTS = [{"RegisterId": 0, "Name": "Door", "Value": 7}, {"RegisterId": 1, "Name": "Door", "Value": 5}]


def test_without_a_map_each_register_is_shown_and_none_is_counted():
    first, second = decode(post(Counts=COUNTS))
    assert (first.channel, first.value, first.count_in, first.count_out) == ("0 Door", 7, None, None)
    assert (second.channel, second.value) == ("1 Door", 5)


def test_in_and_out_of_one_door_are_one_reading():
    """Two readings of one channel and moment would be a number and its correction."""
    mapping = {"registers": {"0": {"direction": "out"}, "1": {"direction": "in"}}}
    (reading,) = decode(post(Counts=COUNTS), mapping=mapping)
    assert (reading.channel, reading.count_in, reading.count_out) == ("", 5, 7)


def test_a_register_alone_tells_one_direction():
    (reading,) = decode(
        post(Counts=COUNTS), mapping={"registers": {"1": {"direction": "out", "channel": "B"}}}
    )
    assert (reading.channel, reading.count_in, reading.count_out) == ("B", None, 5)


def test_an_entry_sent_again_carries_its_number():
    """Trap T4."""
    assert decode(post(Counts=COUNTS, LogEntryId=9))[0].seq == 9


@pytest.mark.parametrize(
    ("mapping", "reason"),
    [
        ({}, "registers"),
        ({"registers": {}}, "at least one register"),
        ({"registers": {"0": {"direction": "through"}}}, "through"),
        ({"registers": {"0": {"direction": "in"}, "1": {"direction": "in"}}}, "two registers count in"),
        ({"registers": {"0": {"direction": "in", "way": "up"}}}, "way"),
        (7, "mapping: "),
    ],
)
def test_a_wrong_register_map_is_refused(mapping, reason):
    with pytest.raises(Refusal, match=reason):
        decode(post(Counts=COUNTS), mapping=mapping)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{}", "no CountLogs"),
        (post(Counts=[{"RegisterId": 0, "Value": -1}]), "register 0 is '-1'"),
        (
            post(Counts=[{"RegisterId": 0, "Value": 1}], Timestamp="2026-05-01T19:21:00"),
            "times carry no zone",
        ),
    ],
)
def test_refusals_say_why(body, reason):
    with pytest.raises(Refusal, match=reason):
        decode(body)
