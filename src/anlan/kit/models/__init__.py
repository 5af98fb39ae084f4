"""Rows that every domain shares."""

from anlan.kit.models.changes import Change, ChangeQuerySet, Immutable, Kept, KeptQuerySet, Seal, Taken
from anlan.kit.models.digests import Digest, DigestWish
from anlan.kit.models.documents import Attachment, Document, DocumentSeries, DocumentTemplate
from anlan.kit.models.followups import FollowUp, FollowUpExtension, FollowUpPause, Reminder
from anlan.kit.models.imports import FileImport, FileRow
from anlan.kit.models.jobs import Job
from anlan.kit.models.outbox import Channel, Contact, Message
from anlan.kit.models.tables import DistrictRow
from anlan.kit.models.uploads import FieldDevice, Upload, UploadPart, UploadRecord

__all__ = [
    "Attachment",
    "Change",
    "ChangeQuerySet",
    "Channel",
    "Contact",
    "Digest",
    "DigestWish",
    "DistrictRow",
    "Document",
    "DocumentSeries",
    "DocumentTemplate",
    "FieldDevice",
    "FileImport",
    "FileRow",
    "FollowUp",
    "FollowUpExtension",
    "FollowUpPause",
    "Immutable",
    "Job",
    "Kept",
    "KeptQuerySet",
    "Message",
    "Reminder",
    "Seal",
    "Taken",
    "Upload",
    "UploadPart",
    "UploadRecord",
]
