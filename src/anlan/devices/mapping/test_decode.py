"""The recorded samples of this adapter, and what is peculiar to it."""

import pytest

from anlan.devices.mapping.decode import check, decode
from anlan.devices.refusal import Refusal
from anlan.devices.tests.golden import ZONE, expected, mapping_of, printed, samples

FLAT = {"format": "json", "kind": "occupancy", "t": "when", "value": "people"}


@pytest.mark.parametrize("sample", samples(__file__), ids=lambda sample: sample.name)
def test_sample(sample):
    assert printed(decode(sample.read_bytes(), zone=ZONE, mapping=mapping_of(sample))) == expected(sample)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"formatt": "json"}, "formatt"),
        ({"format": "yaml"}, "yaml"),
        ({"kind": "queue"}, "queue"),
        ({"value": None}, "needs value"),
        ({"t": None}, "needs t"),
        ({"kind": "interval"}, "two of start, end and period_s"),
        ({"kind": "event"}, "needs in or out"),
        ({"period_s": -1}, "period_s"),
        ({"t": "[[["}, r"JSONPath '\[\[\[' cannot be read"),
        ({"rows": "$[?(@.x =~ '(a+)+$')]"}, "only `this`, `parent`, `len`"),
        ({"value": "a.`sub(/(a+)+$/, b)`"}, "only `this`, `parent`, `len`"),
        ({"format": "xml", "t": "///"}, "XPath '///' cannot be read"),
        ({"format": "csv", "rows": "x"}, "every line of a csv is a row"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_field(change, reason):
    with pytest.raises(Refusal, match=reason):
        check({key: value for key, value in (FLAT | change).items() if value is not None})


@pytest.mark.parametrize(
    ("when", "form"),
    [
        ("1777634460000", "ms"),
        ("1777634460", "s"),
        ('"1777634460"', "s"),
        ('"2026-05-01T11:21:00Z"', "rfc3339"),
        ('"01.05.2026 19:21"', "%d.%m.%Y %H:%M"),
        ('"20260501192100"', "auto"),
    ],
)
def test_every_time_format(when, form):
    body = f'{{"when": {when}, "people": 7}}'.encode()
    (reading,) = decode(body, zone=ZONE, mapping=FLAT | {"time_format": form})
    assert reading.t == 1777634460000


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"people": 7}', "row 0: t is 'None'"),
        (b'{"when": 1777634460000, "people": "a few"}', "row 0: value is 'a few'"),
        (b'{"when": "2026-05-01T19:21:00", "people": 7}', "times carry no zone"),
        (b"<a/>", "not valid JSON"),
    ],
)
def test_a_payload_that_does_not_fit_is_refused(body, reason):
    with pytest.raises(Refusal, match=reason):
        decode(body, mapping=FLAT)


def test_rows_that_select_nothing_are_refused():
    with pytest.raises(Refusal, match="select nothing"):
        decode(b'{"other": []}', mapping=FLAT | {"rows": "$.counts[*]"})


def test_without_a_mapping_nothing_is_read():
    with pytest.raises(Refusal, match="needs a mapping"):
        decode(b"{}")


def test_two_lines_of_one_uuid_are_told_apart_by_their_numbers():
    """Trap T8."""
    body = b'{"lines": [{"line": 1, "uuid": "u", "name": "a", "n": 4}, {"line": 3, "uuid": "u", "name": "a", "n": 5}]}'
    channel = [{"constant": "line/"}, "line"]
    mapping = FLAT | {
        "rows": "$.lines[*]",
        "channel": channel,
        "t": {"constant": 1777634460000},
        "value": "n",
    }
    assert [reading.channel for reading in decode(body, mapping=mapping)] == ["line/1", "line/3"]


def test_an_unknown_column_is_named_with_those_that_exist():
    mapping = FLAT | {"format": "csv"}
    with pytest.raises(Refusal, match="column 'people' is not in the file: it has when, heads"):
        decode(b"when,heads\n1777634460000,4\n", mapping=mapping)
