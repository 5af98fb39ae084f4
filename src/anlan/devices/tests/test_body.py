"""Bodies are opened within their limits, or refused while they are still small."""

import gzip
import io
import time
import tracemalloc
import zipfile
import zlib

import pytest

from anlan.devices.body import Part, many, open_body, parse_json, parse_tree, parse_xml, shown, text
from anlan.devices.refusal import Refusal
from anlan.devices.unpack import MAX_BODY_BYTES, MAX_UNPACKED_BYTES, MIB, unpack


def zipped(*contents: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"{number}.json", content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(b"[1]"), ""),
        (gzip.compress(b"[") + gzip.compress(b"1]"), "gzip"),
        (zlib.compress(b"[1]"), "deflate"),
        (b"[1]", "gzip"),  # a proxy has undone it
        (zipped(b"[1]"), ""),
        (zipped(b"[1]", method=zipfile.ZIP_STORED), ""),
    ],
)
def test_compressed_bodies_are_opened(body, encoding):
    (part,) = open_body(body, {"content-encoding": encoding})
    assert parse_json(part) == [1]


def test_a_zip_of_several_files_gives_several_parts():
    assert [parse_json(part) for part in open_body(zipped(b"[1]", b"[2]"))] == [[1], [2]]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" " * (MAX_BODY_BYTES + 1), "8 MiB"),
        (gzip.compress(b"0" * (MAX_UNPACKED_BYTES + 1)), "more than 32 MiB"),
        (zlib.compress(b"0" * (MAX_UNPACKED_BYTES + 1)), "more than 32 MiB"),
        (zipped(b"0" * (20 * MIB), b"0" * (20 * MIB)), "more than 32 MiB"),
        (gzip.compress(gzip.compress(b"[1]")), "packed twice"),
        (gzip.compress(b"[1]" * 100)[:-9], "ends early|damaged"),
        (
            gzip.compress(b"[1]" * 100)[:20] + b"\x00\x01\x02" + gzip.compress(b"[1]" * 100)[23:],
            "damaged|ends early",
        ),
        (gzip.compress(b"") * 17, "members"),
        (zipped(*[b"[1]"] * 17), "17 files"),
        (zipped(*[b"[1]"] * 100), "too many files"),
        (zipped(b"[1]", method=zipfile.ZIP_LZMA), "other than deflate"),
        (zipped(b"[1]")[:-10], "damaged"),
    ],
)
def test_what_does_not_open_is_refused(body, reason):
    with pytest.raises(Refusal, match=reason):
        open_body(body, {"Content-Encoding": "deflate"})


def test_a_bomb_is_refused_before_it_fills_the_memory():
    bomb = gzip.compress(b"0" * (200 * MIB))
    tracemalloc.start()
    with pytest.raises(Refusal, match="more than 32 MiB"):
        unpack(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * MAX_UNPACKED_BYTES


def test_an_encrypted_zip_is_refused():
    body = bytearray(zipped(b"[1]"))
    body[6] |= 1  # the flag in the local header
    body[body.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    with pytest.raises(Refusal, match="cannot be opened"):
        open_body(bytes(body))


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        ("东门".encode(), ""),
        (b"\xef\xbb\xbf" + "东门".encode(), ""),
        ("东门".encode("gbk"), "GB2312"),
        ("东门".encode("gb18030"), ""),
        ("东门".encode("gbk"), "utf-8"),  # declared wrongly
        ("东门".encode("utf-16"), ""),
    ],
)
def test_text_in_the_charsets_that_devices_use(content, declared):
    assert text(Part(content, charset=declared)) == "东门"


def test_text_in_no_charset_is_refused():
    with pytest.raises(Refusal, match="send UTF-8"):
        text(Part(b"\xff\x80\xff"))


@pytest.mark.parametrize("newline", [b"\r\n", b"\n"])
@pytest.mark.parametrize("declared", [True, False])
def test_multipart_gives_its_documents(newline, declared):
    lines = [b"--b7", b"Content-Type: text/xml; charset=gbk", b"", "<a>东</a>".encode("gbk"), b"--b7"]
    lines += [b"Content-Type: image/jpeg", b"", b"\xff\xd8\x00", b"--b7", b"", b"[1]", b"--b7--", b""]
    headers = {"Content-Type": 'multipart/mixed; boundary="b7"'} if declared else {}
    xml, json = open_body(newline.join(lines), headers)
    assert parse_tree(xml) == {"a": "东"}
    assert parse_tree(json) == [1]


def test_multipart_of_too_many_parts_is_refused():
    with pytest.raises(Refusal, match="more than 64 parts"):
        open_body(b"--b\r\n\r\n{}\r\n" * 100)


@pytest.mark.parametrize(
    "document", [b"[" * 100_000, b"[" * 65 + b"]" * 65, b'{"a":' * 200 + b"1" + b"}" * 200]
)
def test_deep_json_is_refused(document):
    with pytest.raises(Refusal, match=r"nested deeper|not valid"):
        parse_json(Part(document))


def test_json_at_the_limit_is_read():
    assert parse_json(Part(b"[" * 64 + b"]" * 64))


@pytest.mark.parametrize(
    "document", [b"[NaN]", b"[Infinity]", b"[1e400]", b'["\\ud800"]', b"[1]\x00", b"[1", b'{"a"}', b"[01]"]
)
def test_what_is_not_json_is_refused(document):
    with pytest.raises(Refusal, match="not valid JSON"):
        parse_json(Part(document))


def test_json_of_too_many_values_is_refused():
    with pytest.raises(Refusal, match="more than 500000 values"):
        parse_json(Part(b"[" + b"[]," * 600_000 + b"[]]"))


LAUGHS = '<!DOCTYPE a [<!ENTITY b "ha">' + "".join(
    f'<!ENTITY b{n} "&b{n - 1 or ""};&b{n - 1 or ""};">' for n in range(1, 30)
)
OUTSIDE = '<!DOCTYPE a SYSTEM "file:///etc/hostname"><a/>'


@pytest.mark.parametrize(
    "document",
    [
        (LAUGHS + "]><a>&b29;</a>").encode(),
        OUTSIDE.encode(),
        OUTSIDE.lower().encode(),
        OUTSIDE.encode("utf-16"),
        b'<?xml version="1.0"?>\n<!-- x --><!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1/x"> %p;]><a/>',
    ],
)
def test_a_doctype_is_refused_unparsed(document):
    with pytest.raises(Refusal, match="DOCTYPE"):
        parse_xml(Part(document))


@pytest.mark.parametrize(
    "document",
    [
        b"<a>" * 100_000,
        b"<a>" * 80 + b"</a>" * 80,
        b"<a",
        b"<a>&b;</a>",
        b"<a>\x00</a>",
        b"<a/><b/>",
        b"<a>" + b"<b/>" * 200_001 + b"</a>",
    ],
)
def test_what_is_not_sound_xml_is_refused(document):
    with pytest.raises(Refusal):
        parse_tree(Part(document))


def test_xml_becomes_fields_by_local_name():
    document = b'<x:a xmlns:x="urn:b"><x:c> 1 </x:c><x:c>2</x:c><d><e/></d><!-- f --></x:a>'
    assert parse_tree(Part(document)) == {"a": {"c": ["1", "2"], "d": {"e": ""}}}


def test_a_field_is_absent_single_or_repeated():
    assert (many(None), many("a"), many(["a", "b"])) == ([], ["a"], ["a", "b"])


def test_what_is_shown_is_short_and_printable():
    assert shown("a\x00\nb") == "a··b"
    assert shown("x" * 100) == "x" * 40 + "…"
    assert shown(10**5000) == "a huge number"
    assert shown({"a": 1}) == "a group of fields"


def test_limits_are_met_quickly():
    began = time.perf_counter()
    for document in (
        b"[" * MAX_BODY_BYTES,
        b"<" * MAX_BODY_BYTES,
        b"--" * (MAX_BODY_BYTES // 2),
        b"\x1f\x8b" * (4 * MIB),
    ):
        with pytest.raises(Refusal):
            for part in open_body(document):
                parse_tree(part)
    assert time.perf_counter() - began < 5
