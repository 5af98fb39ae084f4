"""The recorded samples of this adapter, and what is peculiar to it."""

import pytest

from anlan.devices.body import open_body
from anlan.devices.csv_replay.decode import decode, recognises
from anlan.devices.refusal import Refusal
from anlan.devices.tests.golden import ZONE, expected, printed, samples


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample(sample):
    assert printed(decode(sample.read_bytes(), zone=ZONE)) == expected(sample)


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample_is_recognised(sample):
    assert any(recognises(part) for part in open_body(sample.read_bytes()))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a,b\n1,2\n", "no header"),
        ("", "empty"),
        ("timestamp,in,out\n2026-05-01T19:20:00,1,2\n", "times carry no zone"),
        ("timestamp,in,out\n2026-05-01T19:20:00Z,1,2\n", "give start and end"),
        ("t,count\n1777634400000,many\n", "line 2: value is 'many'"),
        ("t,count\n1777634400000,3\n,4\n", "line 3: a time is missing"),
        ("t,count,kind\n1777634400000,3,crowd\n", "line 2: kind 'crowd'"),
        ("start,end,in,out\n1777634400000,1777634460000,-3,1\n", "cannot be negative"),
    ],
)
def test_refusals_say_why(text, reason):
    with pytest.raises(Refusal, match=reason):
        decode(text.encode())


def test_a_kind_that_is_given_wins():
    (reading,) = decode(b"t,kind,value\n1777634400000,density,3.5\n")
    assert (reading.kind, reading.value) == ("density", 3.5)


def test_the_zone_follows_daylight_saving():
    """Trap T3: one hour of local clock is not one hour when the clocks change."""
    readings = decode(b"t,count\n2026-03-29T01:30:00,1\n2026-03-29T03:30:00,1\n", zone="Europe/Zurich")
    assert [reading.t for reading in readings] == [1774744200000, 1774747800000]
