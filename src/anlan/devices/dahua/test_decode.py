"""The recorded samples of this adapter, and what is peculiar to it."""

import pytest

from anlan.devices.body import open_body
from anlan.devices.dahua.decode import decode, recognises
from anlan.devices.refusal import Refusal
from anlan.devices.tests.golden import ZONE, expected, printed, samples


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample(sample):
    assert printed(decode(sample.read_bytes(), zone=ZONE)) == expected(sample)


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample_is_recognised(sample):
    assert any(recognises(part) for part in open_body(sample.read_bytes()))


def test_the_three_resets_of_one_quantity_are_read_once():
    """Traps T1 and T2."""
    sample = next(path for path in samples(__file__) if path.name == "summary.txt")
    (reading,) = decode(sample.read_bytes())
    assert (reading.count_in, reading.count_out, reading.reset) == (1202, 1188, "midnight")


def test_a_search_without_matches_is_no_fault():
    assert decode(b'{"params": {"found": 0, "info": []}}') == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"OK", "EnteredSubtotal.Today"),
        (b"{}", "no params.info"),
        (b"summary.EnteredSubtotal.Today=1\nsummary.UTC=1", "ExitedSubtotal.Today"),
        (
            b'{"params": {"info": [{"EnteredSubtotal": 1, "ExitedSubtotal": 1, "StartTime": "2026-05-01 18:00:00"}]}}',
            "times carry no zone",
        ),
    ],
)
def test_refusals_say_why(body, reason):
    with pytest.raises(Refusal, match=reason):
        decode(body)
