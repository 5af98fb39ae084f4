"""What a phone's record says: the plaintext of an envelope, read strictly; each kind with its own body."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from anlan.kit.terms import RecordKind
from anlan.site.field.manifests import Digest

MOST_FILES = 20
MOST_ANSWERS = 2_000  # as many questions as a checklist may have, each in as many rows as it may repeat
NUL = b"\\u0000"  # as JSON writes it; a bare one is no JSON
Words = Annotated[str, msgspec.Meta(max_length=2000)]
Line = Annotated[str, msgspec.Meta(max_length=200)]
Code = Annotated[str, msgspec.Meta(max_length=40)]
Key = Annotated[str, msgspec.Meta(max_length=50)]
SignedBy = Annotated[str, msgspec.Meta(max_length=60)]
Lon = Annotated[float, msgspec.Meta(ge=-180, le=180)]
Lat = Annotated[float, msgspec.Meta(ge=-90, le=90)]


class RecordFile(msgspec.Struct):
    """A file of a record; `sha256` and `size` are of its plain bytes."""

    uid: UUID
    name: Line
    sha256: Digest
    size: int
    media_type: Line = ""
    stage: str = ""


class Record(msgspec.Struct):
    """A record as it was before it was sealed; `base`: the newest change of its subject that the phone knew."""

    uid: UUID
    kind: RecordKind
    made_at: Annotated[datetime, msgspec.Meta(tz=True)]
    body: dict
    round: UUID | None = None
    base: str | None = None
    files: Annotated[list[RecordFile], msgspec.Meta(max_length=MOST_FILES)] = []


class HazardBody(msgspec.Struct):
    """A hazard that was found."""

    what: Words
    kind: Code
    place: Code | None = None
    riskpoint: Code | None = None
    enterprise: Code | None = None
    address: Line | None = None
    lon: Lon | None = None
    lat: Lat | None = None


class EvidenceBody(msgspec.Struct):
    """Photos or files of a stage of a hazard."""

    hazard: Code
    stage: Code


class ObservationBody(msgspec.Struct):
    """What was seen at a place: a density class's value, a count, too many people, a note."""

    place: Code
    kind: Code
    zone: Code | None = None
    value: float | None = None
    note: Words | None = None
    lon: Lon | None = None
    lat: Lat | None = None


class RoundStartBody(msgspec.Struct):
    """A round begins, along a route or freely."""

    route: Code | None = None


class CheckInBody(msgspec.Struct):
    """Somebody was at a stop or a place."""

    stop: Code | None = None
    place: Code | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    note: Words | None = None


class RoundEndBody(msgspec.Struct):
    """A round ends; `signature_file` is the uid of a drawn signature among the files."""

    signature_file: UUID | None = None


class SelfCheckBody(msgspec.Struct):
    """A checklist filled in for a unit: answers as the page of the unit sends them, keys as `rules.answers` names them.

    `seen`: the keys of the questions that were shown; `notes`: words on failed answers; `photos`: which file belongs
    to which answer; a file that is not named there (a drawn signature) is kept with the whole.
    """

    checklist: Code
    version: Annotated[int, msgspec.Meta(ge=1, le=32_767)]
    begun_at: Annotated[datetime, msgspec.Meta(tz=True)]
    answers: dict[Key, str | list[str | dict[Key, str | list[str]]]]
    seen: Annotated[list[Key], msgspec.Meta(max_length=MOST_ANSWERS)]
    signer: SignedBy
    post: SignedBy
    is_confirmed: bool
    place: Code | None = None
    enterprise: Code | None = None
    notes: dict[Key, Annotated[str, msgspec.Meta(max_length=500)]] = {}
    photos: dict[UUID, Key] = {}


BODIES = {
    RecordKind.HAZARD: HazardBody, RecordKind.EVIDENCE: EvidenceBody, RecordKind.OBSERVATION: ObservationBody,
    RecordKind.ROUND_START: RoundStartBody, RecordKind.CHECK_IN: CheckInBody, RecordKind.ROUND_END: RoundEndBody,
    RecordKind.SELF_CHECK: SelfCheckBody,
}  # fmt: skip


def read_record(text):
    """The Record in an envelope's plaintext, its body not looked into yet. Raises msgspec.MsgspecError.

    A NUL is refused at once: no text has one, and PostgreSQL keeps none.
    """
    if NUL in text:
        raise msgspec.ValidationError("a NUL in a text")
    return msgspec.json.decode(text, type=Record)


def read_body(record):
    """The record's body in its kind's own shape. Raises msgspec.MsgspecError."""
    return msgspec.convert(record.body, BODIES[record.kind])
