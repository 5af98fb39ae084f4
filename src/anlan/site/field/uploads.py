"""The first phase of an upload: the manifest, then its sealed parts, each durable before it is acknowledged."""

import contextlib
import hashlib
from datetime import timedelta

from django.db import connection, transaction

from anlan.kit import store
from anlan.kit.models import Upload, UploadPart, UploadRecord
from anlan.kit.terms import UploadState
from anlan.site.field import manifests
from anlan.site.field.answers import NotTaken
from anlan.site.field.terms import Refusal

SEALED = "files/sealed"  # beside what is kept with rows, so that a backup has it; apart, so that nobody else points at it
MOST_OPEN = 50
LEAST_DAYS = 90  # before that nobody drops what a phone has begun to send


@contextlib.contextmanager
def written_through():
    """While it lasts, SQLite's commits are on the disk when they return: what a phone is told has arrived survives a power cut."""
    is_loose = connection.vendor == "sqlite" and not connection.in_atomic_block
    if is_loose:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=FULL")
    try:
        yield
    finally:
        if is_loose:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA synchronous=NORMAL")


def open_upload(manifest, device, *, now, handed_in_by=None):
    """The Upload of a manifest, new or known already. Raises NotTaken.

    `handed_in_by`: who brings it as a file in the place of the device.
    """
    manifests.check_manifest(manifest)
    digest = manifests.digest_of(manifest)
    lately = Upload.objects.filter(opened_at__gt=now - timedelta(days=LEAST_DAYS), state=UploadState.OPEN)
    is_full = lately.filter(person=device.person_id).count() >= MOST_OPEN
    if is_full and not Upload.objects.filter(uid=manifest.uid).exists():
        raise NotTaken(429, Refusal.UPLOADS_MOST % {"most": MOST_OPEN})
    told = {
        "device": device, "person": device.person, "organisation": device.person.organisation, "opened_at": now,
        "manifest": manifests.spell(manifest), "manifest_sha256": digest, "handed_in_by": handed_in_by,
    }  # fmt: skip
    upload, is_new = Upload.objects.get_or_create(uid=manifest.uid, defaults=told)
    if upload.person_id != device.person_id or upload.manifest_sha256 != digest:
        raise NotTaken(409, Refusal.UPLOAD_DIFFERS)
    if handed_in_by and not is_new and upload.handed_in_by is None and upload.state == UploadState.OPEN:
        upload.handed_in_by = handed_in_by
        upload.save(update_fields=["handed_in_by"])
    return upload


def find_upload(uid, person):
    """A person's own upload by a device in use. Raises NotTaken."""
    found = Upload.objects.filter(uid=uid, person=person).select_related("device", "person__organisation")
    upload = found.first()
    if upload is None:
        raise NotTaken(404, Refusal.UPLOAD_UNKNOWN)
    if upload.device.revoked_at:
        raise NotTaken(403, Refusal.DEVICE_REVOKED)
    return upload


def size_of(upload, sha256):
    """How many bytes the manifest says a part has. Raises NotTaken for a part that it does not name."""
    sizes = {part["sha256"]: part["size"] for part in upload.manifest["parts"]}
    if sha256 not in sizes:
        raise NotTaken(404, Refusal.PART_UNKNOWN)
    return sizes[sha256]


def keep_part(upload, sha256, body, *, now):
    """Keep a part's bytes durably; whether they are new. Raises NotTaken where they are not what the manifest says."""
    size = size_of(upload, sha256)
    if upload.parts.filter(sha256=sha256).exists():
        return False
    if upload.state != UploadState.OPEN:
        raise NotTaken(409, Refusal.UPLOAD_CLOSED)
    if len(body) != size or hashlib.sha256(body).hexdigest() != sha256:
        raise NotTaken(422, Refusal.PART_DIFFERS)
    store.put(body, folder=SEALED)
    with transaction.atomic():
        _part, is_new = UploadPart.objects.get_or_create(
            upload=upload, sha256=sha256, defaults={"size_bytes": size, "arrived_at": now}
        )
    return is_new


def read_part(sha256):
    """The sealed bytes of a part. Raises kit.store.Lost."""
    return store.get(sha256, folder=SEALED)


def describe_upload(upload):
    """What a phone is told of its upload: which parts are here, which are wanted."""
    here = set(upload.parts.values_list("sha256", flat=True))
    named = [part["sha256"] for part in upload.manifest["parts"]]
    return {
        "uid": str(upload.uid), "state": upload.state,
        "wanted": [one for one in named if one not in here], "have": [one for one in named if one in here],
    }  # fmt: skip


# ── begun and never finished ────────────────────────────────────────────────────────────────────


def drop(upload, *, now):
    """Drop the parts of an upload begun at least LEAST_DAYS ago, because a person said so; how many.

    Parts that a record or another upload names stay; the upload stays open, and the phone may send them again.
    """
    if upload.state != UploadState.OPEN or upload.opened_at > now - timedelta(days=LEAST_DAYS):
        return 0
    known = {line["uid"] for line in upload.manifest["records"]}
    if UploadRecord.objects.filter(uid__in=known).exists():
        return 0
    dropped = 0
    for part in upload.parts.all():
        part.delete()
        dropped += 1
        if not UploadPart.objects.filter(sha256=part.sha256).exists():
            store.drop(part.sha256, folder=SEALED)
    return dropped
