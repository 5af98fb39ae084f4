"""The recorded samples of this adapter, and what is peculiar to it."""

import pytest

from anlan.devices.body import open_body
from anlan.devices.brickstream.decode import decode, recognises
from anlan.devices.refusal import Refusal
from anlan.devices.tests.golden import ZONE, expected, printed, samples


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample(sample):
    assert printed(decode(sample.read_bytes(), zone=ZONE)) == expected(sample)


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample_is_recognised(sample):
    assert any(recognises(part) for part in open_body(sample.read_bytes()))


def push(count: str = 'StartTime="19:20:00" EndTime="19:21:00" Enters="1" Exits="2"') -> bytes:
    return f"""<Metrics><Properties><SerialNumber>B</SerialNumber></Properties><ReportData>
    <Report Date="2026-05-01"><Object Id="0" Name="x"><Count {count}/></Object></Report></ReportData></Metrics>""".encode()


def test_local_times_need_the_zone():
    """Trap T3."""
    with pytest.raises(Refusal, match="times carry no zone"):
        decode(push())
    assert decode(push(), zone="UTC")[0].start == 1777663200000


def test_a_line_is_its_number_and_not_its_name():
    """Trap T8."""
    renamed = push().replace(b'"x"', b'"y"')
    assert decode(renamed, zone=ZONE) == decode(push(), zone=ZONE)


def test_a_push_without_minutes_is_a_sign_of_life():
    """Trap T9."""
    (reading,) = decode(b"<Metrics><ReportData/></Metrics>")
    assert reading.kind == "heartbeat"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<Metrics/>", "not a push of a Brickstream"),
        (b"[]", "not valid XML"),
        (push('StartTime="19:20:00" EndTime="19:21:00" Enters="-1" Exits="2"'), "0: Enters"),
        (push('StartTime="soon" EndTime="19:21:00" Enters="1" Exits="2"'), "0: StartTime"),
        (b"<!DOCTYPE a>" + push(), "DOCTYPE"),
    ],
)
def test_refusals_say_why(body, reason):
    with pytest.raises(Refusal, match=reason):
        decode(body, zone=ZONE)
