"""The recorded samples of this adapter, and what is peculiar to it."""

import pytest

from anlan.devices.body import open_body
from anlan.devices.density.decode import decode, recognises
from anlan.devices.refusal import Refusal
from anlan.devices.tests.golden import ZONE, expected, printed, samples


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample(sample):
    assert printed(decode(sample.read_bytes(), zone=ZONE)) == expected(sample)


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample_is_recognised(sample):
    assert any(recognises(part) for part in open_body(sample.read_bytes()))


def test_it_has_no_time_and_no_id_to_keep():
    """Traps T3 and T4."""
    sample = next(path for path in samples(__file__) if path.name == "entered.json")
    for reading in decode(sample.read_bytes()):
        assert (reading.t, reading.seq) == (None, None)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{}", "not a count webhook"),
        (b'{"space_id": "s", "doorway_id": "d", "direction": 0}', "1 .in. or -1 .out."),
        (b'{"space_id": "s", "doorway_id": "d", "direction": 1, "count": "many"}', "count is 'many'"),
    ],
)
def test_refusals_say_why(body, reason):
    with pytest.raises(Refusal, match=reason):
        decode(body)
