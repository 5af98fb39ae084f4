"""The chain as bytes: one spelling of a row, and no change of an export that the check does not find."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.kit.chain import (
    FIRST_LINE,
    Fault,
    Head,
    digest_of,
    encode_head,
    encode_row,
    encode_seal,
    link,
    verify,
)

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
ROWS = 6


def values(number, **other):
    """A change row by field name."""
    return {
        "id": number, "scene": "live", "subject_kind": "places.place", "subject_id": "1", "subject_name": "广场",
        "organisation": 1, "what": "places.rename", "before": {}, "after": {"name": f"名{number}"}, "why": "",
        "at": AT + timedelta(seconds=number), "by": None, "on_behalf_of": "", "key": None,
    } | other  # fmt: skip


def write_chain(rows):
    """An export of these rows as the sealing loop would have linked them: a list of lines."""
    lines, head = [FIRST_LINE], Head()
    for row in rows:
        digest = digest_of(row)
        head = Head(head.position + 1, link(head.chain, digest))
        lines += [row, encode_seal(head.position, digest, head.chain)]
    return [line + b"\n" for line in [*lines, encode_head(head)]], head


WHOLE, HEAD = write_chain([encode_row(values(number)) for number in range(1, ROWS + 1)])


def row_at(position):
    """Where the lines of a position begin."""
    return 2 * position - 1


def pair(position):
    return WHOLE[row_at(position) : row_at(position) + 2]


def test_a_row_has_one_spelling():
    """The bytes that another program must come to, written out."""
    row = values(7, after={"b": 1.5, "a": "中\ud800"}, at=AT.astimezone(timezone(timedelta(hours=8))))
    assert encode_row(row).decode() == (
        '{"after":{"a":"中\\ud800","b":1.5},"at":"2026-11-24T08:00:00.000000+00:00","before":{},"by":null,"id":7,'
        '"key":null,"on_behalf_of":"","organisation":1,"scene":"live","subject_id":"1",'
        '"subject_kind":"places.place","subject_name":"广场","version":1,"what":"places.rename","why":""}'
    )


def test_the_digests_are_those_of_any_other_program():
    """printf '{}' | sha256sum; then the 64 bytes of both digests through sha256sum once more."""
    assert digest_of(b"{}") == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert (
        link("0" * 64, digest_of(b"")) == "1c9ecec90e28d2461650418635878a5c91e49f47586ecf75f2b0cbb94e897112"
    )


def test_a_whole_export_is_whole():
    verdict = verify(WHOLE, heads=[HEAD, Head.read(str(HEAD)), Head()])
    assert (verdict.fault, verdict.head) == (None, HEAD)
    assert verify(write_chain([])[0]).head == Head()


@pytest.mark.parametrize(
    ("lines", "fault", "position"),
    [
        ([*WHOLE[: row_at(3)], *WHOLE[row_at(4) :]], Fault.MISSING, 3),
        ([*WHOLE[: row_at(3)], *WHOLE[row_at(3) + 1 :]], Fault.MISSING, 3),
        ([*WHOLE[: row_at(3)], *pair(4), *pair(3), *WHOLE[row_at(5) :]], Fault.REORDERED, 3),
        ([*WHOLE[: row_at(3)], WHOLE[row_at(4)], WHOLE[row_at(3) + 1], WHOLE[row_at(3)], *WHOLE[row_at(4) + 1 :]],
         Fault.REORDERED, 3),
        ([*WHOLE[: row_at(4)], *pair(3), *WHOLE[row_at(4) :]], Fault.INSERTED, 4),
        ([*WHOLE[: row_at(4)], WHOLE[row_at(2)], *WHOLE[row_at(4) :]], Fault.INSERTED, 4),
        ([*WHOLE, WHOLE[-1]], Fault.INSERTED, ROWS + 1),
        (WHOLE[:-1], Fault.TRUNCATED, ROWS + 1),
        (WHOLE[:-2], Fault.TRUNCATED, ROWS),
        ([*WHOLE[:-3], WHOLE[-1]], Fault.TRUNCATED, ROWS),
        ([*WHOLE[:-1], WHOLE[-1][:-1]], Fault.TRUNCATED, ROWS + 1),
        (WHOLE[1:], Fault.UNREADABLE, 0),
        ([], Fault.TRUNCATED, 1),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_position(lines, fault, position):
    verdict = verify(lines)
    assert (verdict.fault, verdict.position) == (fault, position)


def test_a_row_put_in_with_a_seal_of_its_own_is_told():
    row = encode_row(values(99))
    forged = encode_seal(3, digest_of(row), link(HEAD.chain, digest_of(row)))
    verdict = verify([*WHOLE[: row_at(3)], row + b"\n", forged + b"\n", *WHOLE[row_at(3) :]])
    assert (verdict.fault, verdict.position) == (Fault.INSERTED, 3)


def test_a_row_altered_with_its_digest_does_not_follow():
    row = encode_row(values(3, why="修饰"))
    chain = pair(3)[1].split(b'"')[3].decode()
    lines = [*WHOLE]
    lines[row_at(3) : row_at(3) + 2] = [row + b"\n", encode_seal(3, digest_of(row), chain) + b"\n"]
    verdict = verify(lines)
    assert (verdict.fault, verdict.position) == (Fault.UNLINKED, 3)


@pytest.mark.parametrize(
    "line",
    [
        pair(1)[1].replace(b":1}", b":true}"), pair(1)[1].replace(b":1}", b":1.0}"),
        pair(1)[1].replace(b":1}", b":1,\"x\":2}"), pair(1)[1].replace(b",", b", "), b'{"chain":[]}\n',
        b'{"chain":' + b"[" * 100_000 + b"\n", pair(1)[1].upper().replace(b"CHAIN", b"chain"),
    ],
)  # fmt: skip
def test_a_seal_has_one_spelling(line):
    verdict = verify([*WHOLE[:2], line, *WHOLE[3:]])
    assert (verdict.fault, verdict.position) == (Fault.ALTERED, 1)


def test_a_chain_computed_anew_or_cut_shows_only_against_a_head():
    """Whoever alters a row and links everything again is found by the digest that stands elsewhere."""
    anew, _head = write_chain(
        [encode_row(values(n, why="修饰" if n == 3 else "")) for n in range(1, ROWS + 1)]
    )
    assert verify(anew).fault is None
    found = verify(anew, heads=[HEAD])
    assert (found.fault, found.position) == (Fault.REWRITTEN, ROWS)
    short, _head = write_chain([encode_row(values(number)) for number in range(1, ROWS)])
    assert verify(short).fault is None
    found = verify(short, heads=[HEAD])
    assert (found.fault, found.position) == (Fault.TRUNCATED, ROWS)


def test_heads_along_the_way_narrow_down_where_it_was_altered():
    early, _head = write_chain([encode_row(values(number)) for number in range(1, 3)])
    anew, _head = write_chain(
        [encode_row(values(n, why="修饰" if n == 3 else "")) for n in range(1, ROWS + 1)]
    )
    noted = [verify(early).head, HEAD]
    verdict = verify(anew, heads=noted)
    assert verdict.fault is Fault.REWRITTEN and verdict.position == ROWS and noted[0].position == 2


BODY = b"".join(WHOLE)
ANYWHERE = st.integers(0, len(BODY) - 1)


@settings(max_examples=400)
@given(at=ANYWHERE, byte=st.integers(0, 255))
def test_any_altered_byte_is_found(at, byte):
    altered = BODY[:at] + bytes([byte]) + BODY[at + 1 :]
    assert bool(verify(as_lines(altered)).fault) == (altered != BODY)


@settings(max_examples=200)
@given(at=ANYWHERE, length=st.integers(1, 400))
def test_any_stretch_left_out_is_found(at, length):
    assert verify(as_lines(BODY[:at] + BODY[at + length :])).fault


@settings(max_examples=200)
@given(at=st.integers(0, len(BODY)), more=st.binary(min_size=1, max_size=60))
def test_any_bytes_put_in_are_found(at, more):
    assert verify(as_lines(BODY[:at] + more + BODY[at:])).fault


@given(order=st.permutations(range(len(WHOLE))))
def test_any_other_order_of_lines_is_found(order):
    assert bool(verify([WHOLE[line] for line in order]).fault) == (order != list(range(len(WHOLE))))


def as_lines(body):
    """As a binary file gives its lines: divided at line feeds only."""
    return [line + b"\n" for line in body.split(b"\n")[:-1]] + [
        last for last in [body.split(b"\n")[-1]] if last
    ]


@pytest.mark.parametrize("text", ["", "7", "7:12", "x:" + "0" * 64, "7:" + "g" * 64, "-1:" + "0" * 64])
def test_what_is_no_head_is_refused(text):
    with pytest.raises(ValueError, match="POSITION:DIGEST"):
        Head.read(text)
