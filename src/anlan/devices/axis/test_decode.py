"""The recorded samples of this adapter, and what is peculiar to it."""

import pytest

from anlan.devices.axis.decode import decode, recognises
from anlan.devices.body import open_body
from anlan.devices.refusal import Refusal
from anlan.devices.tests.golden import ZONE, expected, printed, samples


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample(sample):
    assert printed(decode(sample.read_bytes(), zone=ZONE)) == expected(sample)


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample_is_recognised(sample):
    assert any(recognises(part) for part in open_body(sample.read_bytes()))


def test_only_people_are_counted_and_their_numbers_come_as_text():
    """Traps T1 and T7."""
    sample = next(path for path in samples(__file__) if path.name == "object_analytics.json")
    (reading,) = decode(sample.read_bytes())
    assert (reading.count_in, reading.count_out) == (3977, None)


def test_an_empty_minute_is_a_reading():
    """Trap T9: a zero is not silence."""
    sample = next(path for path in samples(__file__) if path.name == "retail.json")
    reading = decode(sample.read_bytes())[-1]
    assert (reading.count_in, reading.count_out) == (0, 0)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{}", "check what the camera sends here"),
        (b'{"apiName": "Axis Retail Data", "data": {}}', "people-counts"),
        (b'{"topic": "a/ObjectAnalytics/b", "message": {"data": {"totalCar": "3"}}}', "totalHuman"),
    ],
)
def test_refusals_say_why(body, reason):
    with pytest.raises(Refusal, match=reason):
        decode(body)
