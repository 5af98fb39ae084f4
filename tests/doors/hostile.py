"""Payloads that mean harm, or were harmed on their way: constructed ones, and our samples cut and flipped."""

import gzip
import io
import json
import random
import zipfile
import zlib

from tests.doors.district import SAMPLES

MIB = 2**20
BILLION = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
XML_ALERT = b"<EventNotificationAlert><eventType>PeopleCounting</eventType>%s</EventNotificationAlert>"


def zipped(*members, method=zipfile.ZIP_DEFLATED):
    """A zip archive of (name, content)."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def native(**changes):
    """One native reading with some fields exchanged."""
    return json.dumps(
        [{"kind": "interval", "channel": "1", "start": 1, "end": 2, "in": 1, "out": 1} | changes]
    ).encode()


def bombs():
    """Small bodies that would become large or deep."""
    zeros = bytes(64 * MIB)
    return [
        gzip.compress(zeros),
        zlib.compress(zeros),
        zipped(("a.json", zeros)),
        zipped(*((f"{n}.json", b"[]") for n in range(2_000))),
        gzip.compress(gzip.compress(zeros)),
        b"".join(gzip.compress(b"x") for _ in range(500)),
        b"[" * 500_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"readings":[' + b"[" * 5_000 + b"]" * 5_000 + b"]}",
        b"<a>" * 200_000,
        b"<a>" * 10_000 + b"</a>" * 10_000,
        b"[" + b"{}," * 400_000 + b"{}]",
        b"[" + b"9" * MIB + b"]",
        b'"' + b"\\u0000" * 200_000 + b'"',
        b"--x\r\n" * 100_000,
        b"a,b\n" + b"," * MIB,
        b"\n" * MIB,
    ]


def entities():
    """XML that declares, includes or refers to what it should not."""
    return [
        f"<?xml version='1.0'?><!DOCTYPE l [<!ENTITY l0 'lol'>{BILLION}]><l>&l9;</l>".encode(),
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>',
        b"<!doctype html><html></html>",
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16"),
        b"<!-- --><!DOCTYPE a []><a/>",
        XML_ALERT % b"<x>&undeclared;</x>",
        XML_ALERT % b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>',
        b'<?xml version="1.0" encoding="no-such-charset"?><a/>',
    ]


def wrong_fields():
    """Native readings of which each has one field that cannot be."""
    unfit = {
        "start": [None, "", "tomorrow", "2026-01-01T00:00:00", -1, 10**30, 1e400, [], {}, True, 3],
        "end": [1, 0, "9999-99-99T00:00:00Z", 2**63, -(2**63)],
        "in": [-1, 1.5, "1", 10**12, 2**64, None, [], {}, "９", 10**400],
        "kind": [None, "", "INTERVAL", "guess", 7, [], "interval\x00"],
        "quality": ["superb", 5, None, "x" * 100_000],
        "channel": ["c" * 100_000, "\x00", "\u202e", 5, None, "\n", "\ud800"],
        "sensor": ["../../etc/passwd", "x" * 100_000, "' OR 1=1 --", "<script>", 5, [], "\x1b[2J"],
        "seq": [-5, 2**70, "a"],
    }
    rows = [native(**{name: value}) for name, values in unfit.items() for value in values]
    values = [float("nan"), float("inf"), -1e308, "1", None, 10**300]
    return rows + [native(kind="occupancy", t=2, value=value) for value in values]


def nonsense():
    """Not a payload at all."""
    rng = random.Random(7)
    plain = [
        b"",
        b" ",
        b"null",
        b"true",
        b"0",
        b'""',
        b"{",
        b"}",
        b"[",
        b"[null]",
        b"[[]]",
        b"[1,2",
        b"\xff\xfe",
        b"\x00" * 4096,
    ]
    plain += [
        b"\xef\xbb\xbf",
        b"\xc3\x28",
        b"PK\x03\x04",
        b"\x1f\x8b\x08",
        b"\x89PNG\r\n\x1a\n" + bytes(50),
        b"GET / HTTP/1.1\r\n\r\n",
    ]
    plain += [
        b'{"readings":',
        b'{"readings":{}}',
        b'{"readings":5}',
        b'{"a":1}\n{"b"',
        b"%PDF-1.7",
        b"=cmd|' /C calc'!A0",
    ]
    return plain + [rng.randbytes(rng.randrange(1, 3_000)) for _ in range(120)]


def harmed(rng, content):
    """A sample cut short, with bytes flipped, repeated, or with one number blown up."""
    kind = rng.randrange(4)
    if kind == 0:
        return content[: rng.randrange(len(content))]
    if kind == 1:
        spoilt = bytearray(content)
        for _ in range(rng.randrange(1, 20)):
            spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
        return bytes(spoilt)
    if kind == 2:
        start = rng.randrange(len(content))
        return content[:start] + content[start : start + 50] * rng.randrange(2, 200) + content[start:]
    return content.replace(
        rng.choice([b"1", b"2", b"0"]),
        rng.choice([b"9" * 400, b"-1", b"1e999", b"null"]),
        rng.randrange(1, 5),
    )


def harmed_samples(number, seed=11):
    """(kind, body): `number` damaged copies of our retyped samples."""
    rng = random.Random(seed)
    files = [
        path
        for path in sorted(SAMPLES.glob("*/samples/*"))
        if ".expected." not in path.name and ".mapping." not in path.name
    ]
    chosen = [rng.choice(files) for _ in range(number)]
    return [(path.parts[-3], harmed(rng, path.read_bytes())) for path in chosen]


def constructed():
    """All bodies that no door may take."""
    return bombs() + entities() + nonsense()
