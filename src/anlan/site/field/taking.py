"""The second phase of an upload: each record is opened, checked and applied exactly once, in a transaction of its own.

The record's row and what the domain's action wrote are committed together, under the uid that the phone gave the record:
whatever is sent or handed in how often, and wherever a server is killed, the record is applied once. What cannot be
applied is kept with its reason.
"""

import hashlib
import logging
from typing import NamedTuple

import msgspec
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.kit.actions import Refused, action, check, done, note
from anlan.kit.models import Upload, UploadRecord
from anlan.kit.store import Lost
from anlan.kit.terms import RecordKind, RecordState, UploadState
from anlan.site.field import applying, keys, manifests, records, uploads
from anlan.site.field.envelope import Unopened, open_envelope
from anlan.site.field.terms import Refusal

log = logging.getLogger(__name__)

ARRIVED_MOST = 500
WAITING_MOST = 50
OF_ROUND = (RecordKind.CHECK_IN, RecordKind.ROUND_END)  # what cannot be without the beginning of its round
RECEIVE = Right.HAZARDS_VERIFY  # whoever verifies what patrols report looks at what they could not deliver


class Opened(NamedTuple):
    """A record as far as it could be opened: the Record and its body, or the reason why not."""

    record: records.Record | None = None
    body: object = None
    refusal: str = ""


# ── commit ──────────────────────────────────────────────────────────────────────────────────────


def commit(upload, *, now, is_time=lambda: True, only_here=False):
    """Take the upload's records in order; whether all are dealt with. Stops, to go on when asked again, once it is not `is_time`.

    `only_here` takes those whose parts are all here and leaves the upload open if others are not.
    """
    lines = manifests.read_manifest(upload.manifest).records
    here = set(upload.parts.values_list("sha256", flat=True))
    ready = [one for one in lines if here.issuperset({one.part, *(file.part for file in one.files)})]
    assert only_here or len(ready) == len(lines), "the caller has asked which parts are wanted"
    known = set(UploadRecord.objects.filter(uid__in=[one.uid for one in ready]).values_list("uid", flat=True))
    for line in ready:
        if line.uid in known:
            continue
        if not is_time():
            return False
        take(upload, line, now=now)
    take_what_waited(upload.person, now=now)
    if len(ready) == len(lines) and upload.state == UploadState.OPEN:
        Upload.objects.filter(pk=upload.pk).update(state=UploadState.COMMITTED, committed_at=now)
        upload.refresh_from_db(fields=["state", "committed_at"])
    return len(ready) == len(lines)


def take(upload, line, *, now):
    """Take one record of a manifest, unless its uid is known already; its row."""
    opened = open_record(line)
    words = {
        "upload": upload, "person": upload.person, "organisation": upload.organisation, "part": line.part,
        "arrived_at": now, "state": RecordState.REFUSED, **describe_opened(opened, line),
    }  # fmt: skip
    with transaction.atomic():
        row, is_new = UploadRecord.objects.get_or_create(uid=line.uid, defaults=words)
        if is_new:
            settle(row, opened, now=now)
    return row


def take_what_waited(person, *, now):
    """Take the records of a person that came before the beginning of their round, which is here now."""
    own = UploadRecord.objects.filter(person=person)
    begun = own.filter(kind=RecordKind.ROUND_START, state=RecordState.TAKEN).values("uid")
    waiting = own.filter(kind__in=OF_ROUND, round__in=begun, state=RecordState.REFUSED, settled_at=None)
    for row in waiting.order_by("made_at", "pk")[:WAITING_MOST]:
        take_again(row, by=person, now=now)


def settle(row, opened, *, now):
    """Apply an opened record and write into its row what became of it; the caller holds the transaction."""
    row.reason = opened.refusal
    if not opened.refusal:
        apply(row, opened, now=now)
    row.save(update_fields=["state", "reason", "number", "address", "files"])


def apply(row, opened, *, now):
    """Carry an opened record out; refused, what its action wrote is taken back and the reason kept."""
    parts = {one["uid"]: one["part"] for one in row.files}
    work = applying.Work(
        record=opened.record, body=opened.body, person=row.person, now=now,
        open_file=lambda line: open_file(line, parts.get(str(line.uid))), handed_in_by=row.upload.handed_in_by,
    )  # fmt: skip
    try:
        with transaction.atomic():
            outcome = applying.apply(work)
    except Refused as why:
        since = applying.changed_since(work)
        row.state = RecordState.CONFLICT if since else RecordState.REFUSED
        row.reason = f"{why}{since}"
    except (OperationalError, InterfaceError):
        raise  # the database is away: the phone asks again
    except Exception:
        log.exception("record %s of the field app could not be applied", row.uid)
        row.reason = str(Refusal.FAULT)
    else:
        row.state, row.reason = RecordState.TAKEN, outcome.reason
        row.number, row.address = outcome.number, outcome.address
    told = work.told if row.state == RecordState.TAKEN else {}
    blank = (
        {"state": "", "reason": ""}
        if row.state != RecordState.TAKEN
        else {"state": applying.KEPT, "reason": ""}
    )
    row.files = [one | told.get(one["uid"], blank) for one in row.files]


# ── opening ─────────────────────────────────────────────────────────────────────────────────────


def open_record(line, *, read=uploads.read_part):
    """A record of a manifest as far as it can be opened; `read` gives the sealed bytes of a hash or raises kit.store.Lost."""
    try:
        text = open_envelope(read(line.part), keys.private_keys())
    except Lost:
        return Opened(refusal=str(Refusal.RECORD_LOST))
    except Unopened as why:
        return Opened(refusal=say_unopened(why))
    record = None
    try:
        record = records.read_record(text)
        body = records.read_body(record)
    except (msgspec.MsgspecError, UnicodeDecodeError) as why:
        return Opened(record, refusal=str(Refusal.RECORD_UNREADABLE % {"why": why}))
    return Opened(record, body, "" if record.uid == line.uid else str(Refusal.RECORD_MISNAMED))


def say_unopened(why):
    """Why an envelope cannot be opened, in the person's words: another server's key, or altered bytes."""
    is_foreign = why.key_id and why.key_id not in keys.private_keys()
    return str(Refusal.KEY_OF_OTHER % {"key": why.key_id} if is_foreign else Refusal.RECORD_DAMAGED)


def describe_opened(opened, line):
    """The columns of a record's row that follow from what was opened."""
    if opened.record is None:
        return {"files": [{"uid": str(one.uid), "part": one.part} for one in line.files]}
    plain, parts = msgspec.to_builtins(opened.record), {str(one.uid): one.part for one in line.files}
    files = [one | {"part": parts.get(one["uid"], "")} for one in plain["files"]]
    return {
        "kind": opened.record.kind, "made_at": opened.record.made_at, "round": opened.record.round, "content": plain,
        "files": files,
    }  # fmt: skip


def open_file(line, part, *, read=uploads.read_part):
    """A file's plain bytes, held against the hash that was noted on the spot. Raises Refused."""
    check(None if part else Refusal.FILE_UNNAMED % {"name": line.name})
    try:
        body = open_envelope(read(part), keys.private_keys())
    except Lost:
        raise Refused(str(Refusal.RECORD_LOST)) from None
    except Unopened as why:
        raise Refused(say_unopened(why)) from why
    is_same = hashlib.sha256(body).hexdigest() == line.sha256
    check(None if is_same else Refusal.FILE_DIFFERS % {"name": line.name})
    return body


# ── what waits for a person ─────────────────────────────────────────────────────────────────────


def take_again(row, *, by, now):
    """Try a record once more that was not taken, as its own person; the row. Raises Refused where it does not wait."""
    check(None if may_receive(by, row) else Refusal.NOT_YOUR_RECORD)
    line = manifests.RecordLine(
        uid=row.uid, part=row.part,
        files=[manifests.FileLine(uid=one["uid"], part=one["part"]) for one in row.files],
    )  # fmt: skip
    opened = open_record(line)
    with transaction.atomic():
        row = (
            UploadRecord.objects.select_for_update(of=("self",))
            .select_related("person", "upload")
            .get(pk=row.pk)
        )
        check(None if row.is_waiting else Refusal.NOT_WAITING)
        for name, value in describe_opened(opened, line).items():
            setattr(row, name, value)
        row.save()
        settle(row, opened, now=now)
    return row


@action("field.set_aside", label=_("移动巡查记录不再办理"))
def set_aside(row, *, by, now, why):
    """Say that a record which was not taken need not be, with the reason; it stays on record. Raises Refused."""
    check(None if may_receive(by, row) else Refusal.NOT_YOUR_RECORD)
    check(None if row.is_waiting else Refusal.NOT_WAITING)
    check(None if why.strip() else Refusal.NO_REASON)
    before = note(row, "settled_at")
    row.settled_at, row.settled_by, row.settled_why = now, by, why.strip()
    row.save(update_fields=["settled_at", "settled_by", "settled_why"])
    return done(row, before=before)


def may_receive(person, row):
    """Whether it is one's own record, or one receives what the patrols of its organisation could not deliver."""
    return row.person_id == person.pk or person.may(RECEIVE, row.organisation)


def visible_records(person):
    """The records that a person sees: his own, and those of organisations where he receives."""
    seen = Q(person=person) | person.reach(RECEIVE)
    return UploadRecord.objects.filter(seen).select_related("person", "organisation", "upload__device")


# ── telling ─────────────────────────────────────────────────────────────────────────────────────


def describe_outcome(upload):
    """What became of the records of an upload that were dealt with, for the phone."""
    lines = manifests.read_manifest(upload.manifest).records
    rows = {row.uid: row for row in UploadRecord.objects.filter(uid__in=[line.uid for line in lines])}
    told, files = [], []
    for line in lines:
        row = rows.get(line.uid)
        if row is None:
            continue
        if row.person_id != upload.person_id:
            told.append(
                {
                    "uid": str(line.uid),
                    "state": RecordState.REFUSED,
                    "number": "",
                    "address": "",
                    "reason": str(Refusal.RECORD_OF_OTHER),
                }
            )
            continue
        told.append({"uid": str(row.uid), **tell_row(row)})
        files += tell_files(row)
    return {"uid": str(upload.uid), "state": upload.state, "records": told, "files": files}


def tell_row(row):
    """A record's state as phones read it; the number is the hazard's of now, which it got when it was accepted."""
    return {"state": row.state, "number": row.number, "address": row.address, "reason": row.reason}


def tell_files(row):
    """What became of a record's files; those of a record that was not taken wait with it."""
    taken = row.state == RecordState.TAKEN
    return [
        {"uid": one["uid"], "name": one.get("name", ""), "sha256": one.get("sha256", ""),
         "state": one.get("state", "") if taken else "refused", "reason": one.get("reason", "") if taken else row.reason}
        for one in row.files
    ]  # fmt: skip


def list_arrived(person):
    """What the server has of a person's records, the newest first."""
    rows = UploadRecord.objects.filter(person=person)[:ARRIVED_MOST]
    return [
        {
            "uid": str(row.uid), "kind": row.kind, "made_at": row.made_at, "arrived_at": row.arrived_at, **tell_row(row),
            "files": tell_files(row), "page": reverse("field:record", args=[row.pk]),
        }
        for row in rows
    ]  # fmt: skip
