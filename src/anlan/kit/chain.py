"""The chain of change rows as bytes: how a row is written down, how rows are linked, how an export is checked.

Knows no database, so that an export can be checked anywhere; README.md has the format for other programs.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum

VERSION = 1
FIELDS = {  # what is written down of a change row, by version of the layout
    1: (
        "id", "scene", "subject_kind", "subject_id", "subject_name", "organisation", "what", "before", "after",
        "why", "at", "by", "on_behalf_of", "key",
    ),
}  # fmt: skip


def encode(value):
    """JSON in one spelling: keys by code point, no blanks, UTF-8 as it is, half a surrogate pair as its escape."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")


def encode_row(values, version=VERSION):
    """The bytes of a change row, its time in UTC with microseconds; `values` by field name, rows by primary key."""
    kept = {name: values[name] for name in FIELDS[version]}
    at = values["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return encode(kept | {"at": at, "version": version})


def digest_of(row):
    """SHA-256 of a row's bytes, in hexadecimal."""
    return hashlib.sha256(row).hexdigest()


def link(chain, digest):
    """The chain's digest after one more row: SHA-256 over the 32 bytes before and the row's 32 bytes."""
    return hashlib.sha256(bytes.fromhex(chain) + bytes.fromhex(digest)).hexdigest()


@dataclass(frozen=True)
class Head:
    """Where the chain ends: so many rows, and the digest that stands for all of them. Written `7:ab12…`."""

    position: int = 0
    chain: str = "0" * 64

    def __str__(self):
        return f"{self.position}:{self.chain}"

    @classmethod
    def read(cls, text):
        """The head that was written down; ValueError where it is none."""
        position, _, chain = text.strip().lower().partition(":")
        if not position.isdecimal() or len(chain) != 64 or set(chain) - set("0123456789abcdef"):
            raise ValueError(f"{text!r} is no head: expected POSITION:DIGEST with 64 hexadecimal digits")
        return cls(int(position), chain)


# ── an export: a first line, two lines a row (its bytes, its seal), the head ────────────────────

FIRST_LINE = encode({"export": "anlan.changes", "version": VERSION})
SEAL_BEGINS, HEAD_BEGINS = b'{"chain":', b'{"head":'


def encode_seal(position, digest, chain):
    """The line that follows a row."""
    return encode({"chain": chain, "digest": digest, "position": position})


def encode_head(head):
    """The last line."""
    return encode({"head": head.chain, "position": head.position})


class Fault(StrEnum):
    """What can be wrong with an export."""

    ALTERED = "altered"
    MISSING = "missing"
    INSERTED = "inserted"
    REORDERED = "reordered"
    UNLINKED = "unlinked"
    TRUNCATED = "truncated"
    REWRITTEN = "rewritten"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Verdict:
    """What a check found: how far the chain is whole; where it is not, the first broken position and why."""

    head: Head
    fault: Fault | None = None
    position: int = 0
    why: str = ""


class Broken(Exception):
    """The export is not what was sealed."""

    def __init__(self, fault, position, why, seal=None):
        super().__init__(why)
        self.fault, self.position, self.why, self.seal = fault, position, why, seal


@dataclass(frozen=True)
class ReadSeal:
    """A seal's line."""

    position: int
    digest: str
    chain: str

    @classmethod
    def read(cls, line):
        """The seal of a line; None where it is not exactly one."""
        try:
            seal = cls(**json.loads(line))
            sound = encode_seal(seal.position, seal.digest, seal.chain) == line
            digests = [Head.read(f"{seal.position}:{one}").chain for one in (seal.digest, seal.chain)]
        except (ValueError, TypeError, RecursionError):
            return None
        return seal if sound and digests == [seal.digest, seal.chain] else None


def verify(lines, *, heads=()):
    """Check an export's lines (bytes, each with its line end) and the heads that were written down earlier."""
    walk, lines = Walk({head.position: head.chain for head in heads}), iter(lines)
    try:
        for line in lines:
            walk.take(line)
        walk.close()
    except Broken as broken:
        fault = look_further(broken, walk.head, lines)
        return Verdict(walk.head, fault, broken.position, broken.why)
    return Verdict(walk.head)


class Walk:
    """The way through an export, line by line; raises Broken at the first that does not follow."""

    def __init__(self, wanted):
        self.wanted = wanted  # position → digest that was written down
        self.head, self.row = Head(), None
        self.is_open = self.is_closed = False

    @property
    def next_position(self):
        return self.head.position + 1

    def take(self, line):
        """One line more."""
        body = line.removesuffix(b"\n")
        if not self.is_open:
            if line != FIRST_LINE + b"\n":
                raise Broken(Fault.UNREADABLE, 0, "the first line is not that of an export of change rows")
            self.is_open = True
            self.hold_against_head()
        elif body == line:
            raise Broken(Fault.TRUNCATED, self.next_position, "the file ends within a line")
        elif self.is_closed:
            raise Broken(Fault.INSERTED, self.next_position, "lines follow the head")
        elif body.startswith(SEAL_BEGINS):
            self.take_seal(body)
        elif body.startswith(HEAD_BEGINS):
            self.take_head(body)
        elif self.row is not None:
            raise Broken(Fault.INSERTED, self.next_position, "a row stands here that no seal follows")
        else:
            self.row = body

    def take_seal(self, line):
        """The seal of the row before it: in its place, of this row, following on the chain."""
        seal, due = ReadSeal.read(line), self.next_position
        if seal is None:
            raise Broken(Fault.ALTERED, due, "the seal is not written as seals are")
        if seal.position > due:
            raise Broken(Fault.MISSING, due, f"position {seal.position} follows {due - 1}", seal)
        if seal.position < due:
            raise Broken(Fault.INSERTED, due, f"position {seal.position} stands here once more", seal)
        if self.row is None:
            raise Broken(Fault.MISSING, due, "the seal is there, its row is not", seal)
        if digest_of(self.row) != seal.digest:
            raise Broken(Fault.ALTERED, due, "the row is not the one that was sealed", seal)
        if link(self.head.chain, seal.digest) != seal.chain:
            raise Broken(Fault.UNLINKED, due, "a row was put in another's place, or rows were left out", seal)
        self.head, self.row = Head(due, seal.chain), None
        self.hold_against_head()

    def hold_against_head(self):
        """At a position whose digest was written down, it must be that one."""
        if self.wanted.get(self.head.position, self.head.chain) != self.head.chain:
            raise Broken(
                Fault.REWRITTEN, self.head.position,
                "the digest is not the one written down: the chain was computed anew, from here or before",
            )  # fmt: skip

    def take_head(self, line):
        """The last line: it names the position that was reached."""
        if self.row is not None:
            raise Broken(Fault.INSERTED, self.next_position, "a row stands here that no seal follows")
        if line != encode_head(self.head):
            raise Broken(Fault.TRUNCATED, self.next_position, "the head names another end than this one")
        self.is_closed = True

    def close(self):
        """Nothing more comes: the head was there, and no head written down lies beyond it."""
        if not self.is_closed:
            raise Broken(Fault.TRUNCATED, self.next_position, "the file ends before the head")
        if beyond := [position for position in self.wanted if position > self.head.position]:
            raise Broken(
                Fault.TRUNCATED, self.next_position, f"the head written down stands at position {max(beyond)}"
            )


def look_further(broken, head, lines):
    """The fault told more exactly by what comes after it: out of order rather than missing or altered, put in."""
    seal, due = broken.seal, broken.position
    if seal is None:
        return broken.fault
    rest = (line.removesuffix(b"\n") for line in lines)
    if broken.fault is Fault.MISSING and seal.position > due:
        comes_later = any(later.position == due for later in read_seals(rest))
        return Fault.REORDERED if comes_later else Fault.MISSING
    if broken.fault is Fault.ALTERED:
        comes_later = any(digest_of(line) == seal.digest for line in rest)
        return Fault.REORDERED if comes_later else Fault.ALTERED
    if broken.fault is Fault.UNLINKED and (later := next(read_seals(rest), None)):
        goes_on = later.position == due or link(head.chain, later.digest) == later.chain
        return Fault.INSERTED if goes_on else Fault.UNLINKED
    return broken.fault


def read_seals(lines):
    """The sound seals among these lines."""
    return filter(None, (ReadSeal.read(line) for line in lines if line.startswith(SEAL_BEGINS)))
