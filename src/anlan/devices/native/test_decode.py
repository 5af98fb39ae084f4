"""The recorded samples of this adapter, and what is peculiar to it."""

import pytest

from anlan.devices.body import open_body
from anlan.devices.native.decode import decode, decode_fast, decode_items, recognises
from anlan.devices.refusal import Refusal
from anlan.devices.tests.golden import ZONE, expected, printed, samples


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample(sample):
    assert printed(decode(sample.read_bytes(), zone=ZONE)) == expected(sample)


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample_is_recognised(sample):
    assert any(recognises(part) for part in open_body(sample.read_bytes()))


GOOD = '{"kind":"interval","start":1777634400000,"end":1777634460000,"in":1,"out":2}'


def test_fast_path_agrees_with_the_careful_one():
    body = f"[{GOOD},{GOOD}]".encode()
    readings, kept, refusals = decode_items(body)
    assert readings == decode_fast(body) == decode(body)
    assert (kept, refusals) == ([0, 1], [])


@pytest.mark.parametrize(
    "body",
    [
        f'[{GOOD},{{"kind":"queue"}},7,{GOOD}]',
        f'{{"readings":[{GOOD},{{}},null,{GOOD}]}}',
        f'{GOOD}\n{{"kind":\n\n[]\n{GOOD}',
    ],
    ids=["list", "envelope", "lines"],
)
def test_a_wrong_item_is_refused_by_its_index_and_the_others_kept(body):
    readings, kept, refusals = decode_items(body.encode())
    assert len(readings) == 2
    assert kept == [0, 3]
    assert [index for index, _ in refusals] == [1, 2]
    assert all("native reading" in reason for _, reason in refusals)


def test_one_wrong_item_refuses_the_body_where_all_or_nothing_is_asked():
    with pytest.raises(Refusal, match=r"reading 1: .*kind"):
        decode(f'[{GOOD},{{"kind":"queue"}}]'.encode())


def test_a_naive_time_needs_the_zone():
    body = b'[{"kind":"occupancy","t":"2026-05-01T19:21:00","value":3}]'
    with pytest.raises(Refusal, match=r"declare the device's zone, e\.g\. --zone Asia/Shanghai"):
        decode(body)
    assert decode(body, zone="Asia/Shanghai")[0].t == 1777634460000


def test_late_times_are_kept_as_they_are():
    """Trap T5: whether a reading is late is judged by screening, never here."""
    assert decode(b'[{"kind":"event","t":946684800000,"in":1}]')[0].t == 946684800000


@pytest.mark.parametrize("form", [b"[]", b'{"readings":[]}'])
def test_an_empty_batch_is_no_fault(form):
    assert decode(form) == []
