"""The recorded samples of this adapter, and what is peculiar to it."""

import json

import pytest

from anlan.devices.body import open_body
from anlan.devices.refusal import Refusal
from anlan.devices.tests.golden import ZONE, expected, printed, samples
from anlan.devices.xovis.decode import decode, recognises


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample(sample):
    assert printed(decode(sample.read_bytes(), zone=ZONE)) == expected(sample)


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample_is_recognised(sample):
    assert any(recognises(part) for part in open_body(sample.read_bytes()))


def logics(
    *counts: tuple[str, object], start: object = 1777634400000, end: object = 1777634460000, **record: object
) -> bytes:
    told = [{"id": number, "name": label, "value": value} for number, (label, value) in enumerate(counts)]
    logic = {"id": 1, "name": "Door", "records": [{"from": start, "to": end, "counts": told} | record]}
    return json.dumps({"logics_data": {"logics": [logic]}}).encode()


def test_sub_counts_are_never_added():
    """Trap T1."""
    (reading,) = decode(logics(("fw", 5), ("bw", 2), ("fw-male", 3), ("fw-female", 2), ("bw-no_mask", 2)))
    assert (reading.count_in, reading.count_out) == (5, 2)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (1777634400000, 1777634460000),
        (1777634400, 1777634460),
        ("1777634400000", "1777634460000"),
        ("2026-05-01T11:20:00Z", "2026-05-01T19:21:00+08:00"),
    ],
    ids=["ms", "s", "text", "rfc3339"],
)
def test_every_time_setting_is_read(start, end):
    """Trap T3."""
    (reading,) = decode(logics(("fw", 1), ("bw", 1), start=start, end=end))
    assert (reading.start, reading.end) == (1777634400000, 1777634460000)


def test_counters_are_left_out_where_crossings_tell_the_same_flow():
    """Trap T1: whatever the lines and logics are called."""
    sample = next(path for path in samples(__file__) if path.name == "live_crossings.json")
    readings = decode(sample.read_bytes())
    assert {reading.kind for reading in readings} == {"event", "occupancy"}


def test_a_package_sent_again_carries_the_same_numbers():
    """Trap T4: two people in one frame differ, the same person sent twice does not."""
    sample = next(path for path in samples(__file__) if path.name == "live_crossings.json")
    first, again = ([r.seq for r in decode(sample.read_bytes()) if r.kind == "event"] for _ in range(2))
    assert first == again
    assert len(set(first)) == len(first) == 3


def test_people_present_may_be_negative():
    """Trap T7: read as sent; the fold shows 0."""
    (reading,) = decode(logics(("balance", -2)))
    assert (reading.kind, reading.value) == ("occupancy", -2)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (logics(("fw", -1), ("bw", 0)), "Door: fw is '-1': a count cannot be negative"),
        (logics(("fw", 1.5), ("bw", 0)), "whole number"),
        (logics(("fw", 1), ("bw", 0), end=None), "Door: to"),
        (logics(("fw", 1), ("bw", 0), start="2026-05-01T19:20:00"), "times carry no zone"),
        (b'{"values":[1,2]}', "not a Xovis push"),
        (b'[{"kind":"event"}]', "not a Xovis push"),
    ],
)
def test_refusals_say_why(body, reason):
    with pytest.raises(Refusal, match=reason):
        decode(body)
