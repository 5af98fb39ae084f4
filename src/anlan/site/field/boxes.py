"""An `.anlanbox`: what a phone could not send, as a file: the manifest and the sealed parts in a ZIP, taken as an upload is."""

from zipfile import BadZipFile, ZipFile

import msgspec

from anlan.kit.models import FieldDevice
from anlan.site.field import taking, uploads
from anlan.site.field.answers import NotTaken
from anlan.site.field.manifests import MIB, MOST_UPLOAD_BYTES, Manifest, check_manifest
from anlan.site.field.terms import Refusal

MANIFEST, PARTS = "manifest.json", "parts/"
MOST_MANIFEST_BYTES = 2 * MIB


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

    def parts(self):
        """(hash, bytes) of the parts that are there and whole as a ZIP; others are left out."""
        for part in self.manifest.parts:
            try:
                yield part.sha256, self.read(f"{PARTS}{part.sha256}", part.size)
            except (KeyError, BadZipFile, OSError, Unreadable):
                continue


def find_device(box):
    """The phone that a box comes from, revoked or not, or None."""
    return FieldDevice.objects.filter(uid=box.manifest.device).select_related("person__organisation").first()


def take_box(box, device, *, now, handed_in_by=None):
    """Take what is in a box: its Upload. What is damaged or missing is left; doing it again goes on. Raises NotTaken."""
    upload = uploads.open_upload(box.manifest, device, now=now, handed_in_by=handed_in_by)
    for sha256, body in box.parts():
        try:
            uploads.keep_part(upload, sha256, body, now=now)
        except NotTaken:
            continue  # damaged: its record is among those that are missing
    taking.commit(upload, now=now, only_here=True)
    return upload
