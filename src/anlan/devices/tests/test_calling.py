"""Settings of sources are checked and secret, waits grow, and streams come apart whatever their chunks."""

import random
import tracemalloc
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.devices import table
from anlan.devices.body import Part
from anlan.devices.calling import Patience, SourceSettings, open_client, read_source_settings
from anlan.devices.multipart import MultipartReader
from anlan.devices.refusal import Refusal
from anlan.devices.sources import SOURCES
from anlan.devices.table import ADAPTERS


def test_every_source_is_in_the_table_and_of_a_known_kind():
    folder = Path(table.__file__).parent
    assert {path.parent.name for path in folder.glob("*/source.py")} == set(SOURCES) <= set(ADAPTERS)


def test_settings_come_back_from_their_stored_form():
    known = SourceSettings(url="https://10.0.0.9:8443", username="a", password="b", channel="2", poll_s=30)
    assert read_source_settings(msgspec.to_builtins(known)) == known
    assert read_source_settings({"url": "http://camera.example"}).verify_tls


def test_a_password_is_not_shown():
    known = SourceSettings(url="http://camera.example", username="watcher", password="hush-hush")
    assert "hush-hush" not in repr(known) + str(known) + f"{known}"


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({}, "url"),
        ({"url": "camera.example"}, "http://host"),
        ({"url": "ftp://camera.example"}, "http://host"),
        ({"url": "http://"}, "http://host"),
        ({"url": "http://[::1"}, "http://host"),
        ({"url": "http://camera.example:99999999"}, "http://host"),
        ({"url": "http://camera.example/?a=b"}, "http://host"),
        ({"url": "http://a:b@camera.example"}, "in their own fields"),
        ({"url": "http://camera.example", "poll_s": 1}, "poll_s"),
        ({"url": "http://camera.example", "poll_s": "often"}, "poll_s"),
        ({"url": "http://camera.example", "channel": "1&x=y"}, "channel"),
        ({"url": "http://camera.example", "username": "é"}, "username"),
        ({"url": "http://camera.example", "user": "a"}, "user"),
        (7, "source: "),
    ],
)
def test_wrong_settings_are_refused(told, reason):
    with pytest.raises(Refusal, match=reason) as refused:
        read_source_settings(told)
    assert str(refused.value).startswith("source: ")


def test_the_client_follows_nobody_and_trusts_no_proxy():
    with open_client(SourceSettings(url="http://camera.example")) as client:
        assert not client.follow_redirects
        assert not client.trust_env


@given(st.integers(1, 10_000), st.integers())
def test_waits_grow_to_a_limit_and_half_of_each_is_chance(n_faults, seed):
    wait_s = Patience().wait_s(n_faults, random.Random(seed))
    longest = min(60, 2 ** min(n_faults - 1, 10))
    assert longest / 2 <= wait_s <= longest


def cut(content: bytes, cuts: list[int]) -> list[bytes]:
    at = sorted({0, len(content), *(number % (len(content) + 1) for number in cuts)})
    return [content[a:b] for a, b in pairwise(at)]


CONTENT = st.binary(min_size=1, max_size=80).map(lambda content: content.strip(b"\r\n-") or b"x")
CONTENTS = st.lists(CONTENT.filter(lambda content: b"--b7" not in content), min_size=1, max_size=5)


@settings(max_examples=300)
@given(CONTENTS, st.lists(st.integers(0, 2000), max_size=20), st.booleans(), st.sampled_from(["b7", "--b7"]))
def test_parts_are_the_same_whatever_the_chunks(contents, cuts, has_length, declared):
    body = b"preamble"
    for content in contents:
        length = b"Content-Length: %d\r\n" % len(content) if has_length else b""
        body += b"\r\n--b7\r\nContent-Type: text/xml; charset=gbk\r\n" + length + b"\r\n" + content
    body += b"\r\n--b7--\r\n"
    reader = MultipartReader(declared)
    parts = [part for chunk in cut(body, cuts) for part in reader.feed(chunk)]
    assert parts == [Part(content, "text/xml", "gbk") for content in contents]


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from([b"--b7", b"\r\n", b"\r\n\r\n", b"Content-Length: 5", b"x" * 50, b"--", b"\xff"]),
        max_size=40,
    )
)
def test_no_stream_breaks_the_reader(pieces):
    reader = MultipartReader("b7")
    for piece in pieces:
        assert all(isinstance(part, Part) for part in reader.feed(piece))


@pytest.mark.parametrize(
    "head",
    [b"", b"--b7\r\n", b"--b7\r\n\r\n", b"--b7\r\nContent-Length: 99999999999\r\n\r\n", b"--b7\r\nX: "],
)
def test_an_endless_part_does_not_fill_the_memory(head):
    reader = MultipartReader("b7")
    tracemalloc.start()
    assert list(reader.feed(head)) == []
    for _ in range(300):
        assert list(reader.feed(b"y" * 100_000)) == []
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 25_000_000
    assert [part.content for part in reader.feed(b"\r\n--b7\r\n\r\ngood\r\n--b7")][-1:] == [b"good"]
