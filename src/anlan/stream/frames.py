"""Frames: how the journal's records lie in bytes, and how good ones are found among damaged ones.

frame = magic u16 | type u8 | reserved u8 | length u32 | crc32 u32 over (type, length, payload) | payload
"""

import enum
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

MAGIC = 0xA71A
HEADER = struct.Struct("<HBBII")
MAX_PAYLOAD = 256 * 2**20
_MAGIC_BYTES = MAGIC.to_bytes(2, "little")


class Frame(enum.IntEnum):
    """The types of frames."""

    READINGS = 1
    REGISTER = 2
    TOPOLOGY = 3
    TICK = 4
    CHANGE = 5
    BASELINE = 6
    SETTLE = 7
    OUTLOOK = 8
    ESTIMATE = 9


class Damage(NamedTuple):
    """Bytes of a segment that are no valid frame: found, named and skipped."""

    segment: str
    offset: int
    length: int


class Record(NamedTuple):
    """One frame as read: the offset of its first byte in the journal, its type and its payload."""

    offset: int
    type: int
    payload: bytes


def _crc(type_: int, payload: bytes | memoryview) -> int:
    return zlib.crc32(payload, zlib.crc32(struct.pack("<BI", type_, len(payload))))


def pack(type_: int, payload: bytes) -> bytes:
    """One frame. Raises ValueError when the payload is larger than a frame may be."""
    if len(payload) > MAX_PAYLOAD:
        raise ValueError(
            f"frame of {len(payload)} bytes: the journal takes at most {MAX_PAYLOAD}; send less at once"
        )
    return HEADER.pack(MAGIC, type_, 0, len(payload), _crc(type_, payload)) + payload


def unpack_at(blob: memoryview, at: int) -> tuple[int, memoryview] | None:
    """(type, payload) of the frame that starts at `at`, or None where no whole, sound frame starts."""
    if at + HEADER.size > len(blob):
        return None
    magic, type_, reserved, length, crc = HEADER.unpack_from(blob, at)
    if magic != MAGIC or reserved or length > MAX_PAYLOAD or at + HEADER.size + length > len(blob):
        return None
    payload = blob[at + HEADER.size : at + HEADER.size + length]
    return (type_, payload) if _crc(type_, payload) == crc else None


def scan(blob: bytes | memoryview, start: int = 0) -> Iterator[tuple[int, int, memoryview | None]]:
    """All of a blob as (at, length, frame's type and payload): sound frames, and gaps with payload None.

    After damage the next sound frame is searched for byte by byte; a gap's type is -1.
    """
    view, at = memoryview(blob), start
    whole = bytes(blob) if not isinstance(blob, bytes) else blob
    while at < len(view):
        found = unpack_at(view, at)
        if found is not None:
            yield at, found[0], found[1]
            at += HEADER.size + len(found[1])
            continue
        after = _next_frame(whole, view, at + 1)
        yield at, -1, None
        at = after


def _next_frame(whole: bytes, view: memoryview, at: int) -> int:
    """Where the next sound frame starts, or the end."""
    while (at := whole.find(_MAGIC_BYTES, at)) >= 0:
        if unpack_at(view, at) is not None:
            return at
        at += 1
    return len(view)
