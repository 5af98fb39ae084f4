"""Unpacking gzip, deflate and zip under a limit, so that a small body can never become a huge one."""

import io
import struct
import zipfile
import zlib

from anlan.devices.refusal import Refusal

MIB = 1024 * 1024
MAX_BODY_BYTES = 8 * MIB  # as received
MAX_UNPACKED_BYTES = 32 * MIB  # after unpacking, all members of an archive together
MAX_MEMBERS = 16  # files in a zip
_CHUNK = MIB
_GZIP, _ZIP, _ZIP_ENTRY = b"\x1f\x8b", b"PK\x03\x04", b"PK\x01\x02"
_GZIP_WINDOW, _ZLIB_WINDOW = 31, 15  # zlib's wbits: with a gzip header, with a zlib header


def unpack(body: bytes, encoding: str = "") -> list[bytes]:
    """The documents in a body that may be compressed once; `encoding` is the Content-Encoding header.

    A body that says it is compressed and is not (a proxy undid it) passes as it is. Raises Refusal: beyond
    32 MiB, damaged, truncated, encrypted, packed twice.
    """
    if body.startswith(_GZIP):
        contents = [_inflate(body, _GZIP_WINDOW, "gzip")]
    elif body.startswith(_ZIP):
        contents = _unzip(body)
    elif "deflate" in encoding.lower() and body[:1] == b"\x78":
        contents = [_inflate(body, _ZLIB_WINDOW, "deflate")]
    else:
        return [body]
    if any(content.startswith((_GZIP, _ZIP)) for content in contents):
        raise Refusal("body is packed twice: send it packed once or not at all")
    return contents


def _inflate(body: bytes, window: int, name: str) -> bytes:
    unpacked, rest = io.BytesIO(), body
    try:
        for _ in range(MAX_MEMBERS):  # a gzip file may hold several members, one after the other
            rest = _inflate_member(rest, window, name, into=unpacked).lstrip(b"\x00")
            if not rest:
                return unpacked.getvalue()
    except zlib.error as why:
        raise Refusal(f"{name} body is damaged: {why}") from None
    raise Refusal(f"{name} body holds more than {MAX_MEMBERS} members: pack it as one")


def _inflate_member(packed: bytes, window: int, name: str, *, into: io.BytesIO) -> bytes:
    """Unpack one member into a buffer and return what follows it."""
    stream, waiting = zlib.decompressobj(window), packed
    while not stream.eof:
        chunk = stream.decompress(waiting, _CHUNK)
        if not chunk and not stream.eof and not stream.unconsumed_tail:
            raise Refusal(f"{name} body ends early: it was cut on the way, send it again")
        into.write(chunk)
        _check_room(into.tell(), name)
        waiting = stream.unconsumed_tail
    return stream.unused_data


def _unzip(body: bytes) -> list[bytes]:
    contents, size = [], 0
    if body.count(_ZIP_ENTRY) > 4 * MAX_MEMBERS:  # before zipfile builds a list of them all
        raise Refusal(f"zip holds too many files: the limit is {MAX_MEMBERS}")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) > MAX_MEMBERS:
                raise Refusal(f"zip holds {len(members)} files: the limit is {MAX_MEMBERS}")
            for member in members:
                content = _member(archive, member, MAX_UNPACKED_BYTES - size)
                size += len(content)
                contents.append(content)
    except (zipfile.BadZipFile, zlib.error, struct.error) as why:
        raise Refusal(f"zip is damaged: {why}") from None
    except (RuntimeError, NotImplementedError, ValueError, EOFError, OSError) as why:
        raise Refusal(f"zip cannot be opened: {why}") from None
    if not contents:
        raise Refusal("zip holds no file")
    return contents


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, room: int) -> bytes:
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refusal("zip uses a method other than deflate: pack it again with the usual one")
    with archive.open(member) as stream:
        content = stream.read(room + 1)
    _check_room(MAX_UNPACKED_BYTES - room + len(content), "zip")
    return content


def _check_room(size: int, name: str) -> None:
    if size > MAX_UNPACKED_BYTES:
        raise Refusal(
            f"{name} body unpacks to more than {MAX_UNPACKED_BYTES // MIB} MiB: send smaller batches"
        )
