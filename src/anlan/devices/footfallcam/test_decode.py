"""The recorded samples of this adapter, and what is peculiar to it."""

import json

import pytest

from anlan.devices.body import open_body
from anlan.devices.footfallcam.decode import decode, recognises
from anlan.devices.refusal import Refusal
from anlan.devices.tests.golden import ZONE, expected, printed, samples


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample(sample):
    assert printed(decode(sample.read_bytes(), zone=ZONE)) == expected(sample)


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample_is_recognised(sample):
    assert any(recognises(part) for part in open_body(sample.read_bytes()))


PASSAGE = {
    "CameraSerial": "1",
    "RoiId": 1,
    "MetricId": 1,
    "CombineObjectTypeId": 11,
    "EventEndTime": 1777634460,
}


def as_body(**fields) -> bytes:
    return json.dumps(PASSAGE | fields).encode()


def test_staff_have_a_channel_of_their_own():
    """Trap T1: they are people present, and may be left out."""
    assert decode(as_body())[0].channel == "roi/1"
    assert decode(as_body(CombineObjectTypeId=21))[0].channel == "roi/1/staff"


def test_the_epoch_is_read_and_not_the_text_beside_it():
    """Trap T3."""
    (reading,) = decode(as_body(EventEndLocalTime="2001-01-01 00:00:00"))
    assert reading.t == 1777634460000


def test_the_number_of_a_person_is_not_kept():
    (reading,) = decode(as_body(PeopleId=4711))
    assert reading.seq is None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{}", "not a message of a FootfallCam device"),
        (as_body(MetricId=3), "only 1 .in. and 2 .out."),
        (as_body(EventEndTime=None), "EventEndTime"),
        (b'{"CameraSerial": "1", "RoiId": 1, "Timestamp": 1777634460, "ObjectCount": -1}', "ObjectCount"),
    ],
)
def test_refusals_say_why(body, reason):
    with pytest.raises(Refusal, match=reason):
        decode(body)
