"""The manifest of an upload: which sealed parts it has, and which records and files are in them."""

import hashlib
from typing import Annotated
from uuid import UUID

import msgspec

from anlan.site.field.answers import NotTaken
from anlan.site.field.terms import Refusal

MIB = 2**20
MOST_PART_BYTES = 25 * MIB
MOST_UPLOAD_BYTES = 500 * MIB
MOST_PARTS = 500
Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class PartLine(msgspec.Struct):
    """One sealed part: the SHA-256 of its bytes, and how many they are."""

    sha256: Digest
    size: Annotated[int, msgspec.Meta(gt=0)]


class FileLine(msgspec.Struct):
    """A file of a record: in which part."""

    uid: UUID
    part: Digest


class RecordLine(msgspec.Struct):
    """A record: in which part, and its files."""

    uid: UUID
    part: Digest
    files: list[FileLine] = []


class Manifest(msgspec.Struct):
    """What a phone announces before it sends."""

    uid: UUID
    device: UUID
    parts: Annotated[list[PartLine], msgspec.Meta(min_length=1)]
    records: Annotated[list[RecordLine], msgspec.Meta(min_length=1)]


def check_manifest(manifest):
    """Raise NotTaken for one beyond the limits, or whose records point at parts that are not listed."""
    if len(manifest.parts) > MOST_PARTS or len(manifest.records) > MOST_PARTS:
        raise NotTaken(413, Refusal.PARTS_MOST % {"most": MOST_PARTS})
    if max(part.size for part in manifest.parts) > MOST_PART_BYTES:
        raise NotTaken(413, Refusal.PART_TOO_LARGE % {"most": MOST_PART_BYTES // MIB})
    if sum(part.size for part in manifest.parts) > MOST_UPLOAD_BYTES:
        raise NotTaken(413, Refusal.UPLOAD_TOO_LARGE % {"most": MOST_UPLOAD_BYTES // MIB})
    listed = {part.sha256 for part in manifest.parts}
    if len(listed) < len(manifest.parts):
        raise NotTaken(422, Refusal.PART_TWICE)
    if len({record.uid for record in manifest.records}) < len(manifest.records):
        raise NotTaken(422, Refusal.RECORD_TWICE)
    named = {record.part for record in manifest.records}
    named |= {file.part for record in manifest.records for file in record.files}
    if not named <= listed:
        raise NotTaken(422, Refusal.PART_MISSING)


def spell(manifest):
    """A manifest as plain values, always spelt alike."""
    return msgspec.to_builtins(manifest)


def read_manifest(plain):
    """A manifest from the plain values that are kept with its upload."""
    return msgspec.convert(plain, Manifest)


def digest_of(manifest):
    """By which two manifests are the same."""
    return hashlib.sha256(msgspec.json.encode(manifest)).hexdigest()
