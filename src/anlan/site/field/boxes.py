"""An `.anlanbox`: what a phone could not send, as a file: the manifest and the sealed parts in a ZIP, taken as an upload is."""

import contextlib
import hashlib
from zipfile import BadZipFile, ZipFile

import msgspec

from anlan.kit.models import FieldDevice
from anlan.kit.store import Lost
from anlan.site.field import taking, uploads
from anlan.site.field.answers import NotTaken
from anlan.site.field.manifests import MIB, MOST_UPLOAD_BYTES, Manifest, check_manifest
from anlan.site.field.terms import Refusal

MANIFEST, PARTS = "manifest.json", "parts/"
MOST_MANIFEST_BYTES = 2 * MIB
UNNAMED = "–"  # a phone that nobody had registered here


class Unreadable(Exception):
    """This file is no box, or not whole; the text says why."""


class Box:
    """An opened box: its `manifest`, and the bytes of its parts."""

    def __init__(self, file):
        """Raises Unreadable."""
        try:
            self.archive = ZipFile(file)
            self.manifest = msgspec.json.decode(self.read(MANIFEST, MOST_MANIFEST_BYTES), type=Manifest)
            check_manifest(self.manifest)
        except (
            BadZipFile,
            KeyError,
            OSError,
            NotImplementedError,
            RuntimeError,
            msgspec.MsgspecError,
        ) as why:
            raise Unreadable(str(Refusal.BOX_UNREADABLE % {"why": why})) from why
        except NotTaken as why:
            raise Unreadable(str(why)) from why

    def read(self, name, most):
        """An entry's bytes. Raises KeyError, BadZipFile, and Unreadable for one that is larger than `most`."""
        with self.archive.open(name) as entry:
            body = entry.read(most + 1)
        if len(body) > most:
            raise Unreadable(str(Refusal.BOX_TOO_LARGE % {"most": MOST_UPLOAD_BYTES // MIB}))
        return body

    def part(self, sha256):
        """A part's sealed bytes. Raises kit.store.Lost where they are not here or not whole."""
        size = next((one.size for one in self.manifest.parts if one.sha256 == sha256), 0)
        try:
            body = self.read(f"{PARTS}{sha256}", size)
        except (KeyError, BadZipFile, OSError, Unreadable) as why:
            raise Lost(f"{sha256} is not in the box") from why
        if hashlib.sha256(body).hexdigest() != sha256:
            raise Lost(f"{sha256} was altered")
        return body

    def parts(self):
        """(hash, bytes) of the parts that are there and whole; others are left out."""
        for part in self.manifest.parts:
            with contextlib.suppress(Lost):
                yield part.sha256, self.part(part.sha256)


def find_device(box):
    """The phone that a box comes from, revoked or not, or None."""
    return FieldDevice.objects.filter(uid=box.manifest.device).select_related("person__organisation").first()


def take_box(box, device, *, now, handed_in_by=None):
    """Take what is in a box: its Upload. What is damaged or missing is left; doing it again goes on. Raises NotTaken."""
    upload = uploads.open_upload(box.manifest, device, now=now, handed_in_by=handed_in_by)
    for sha256, body in box.parts():
        uploads.keep_part(upload, sha256, body, now=now)
    taking.commit(upload, now=now, only_here=True)
    return upload


# ── looking, without taking ─────────────────────────────────────────────────────────────────────


def look_into(box):
    """(line of the manifest, taking.Opened) of each record in the box; nothing is kept."""
    for line in box.manifest.records:
        yield line, taking.open_record(line, read=box.part)


def open_file(box, line, part):
    """A file's plain bytes out of the box. Raises Refused."""
    return taking.open_file(line, part, read=box.part)


def say_line(line, opened):
    """A record in one line: its uid, kind, time and words, or why it cannot be opened."""
    if opened.record is None:
        return f"{line.uid}: {opened.refusal}"
    words = " ".join(
        f"{name}={value}" for name, value in opened.record.body.items() if value not in (None, "")
    )
    told = f"{line.uid}  {opened.record.kind}  {opened.record.made_at:%Y-%m-%d %H:%M:%S%z}  {words}"
    return "  ".join(
        filter(None, (told, f"[{len(opened.record.files)}]" if opened.record.files else "", opened.refusal))
    )
