"""What phones of the field app hand in: devices, uploads in two phases, their sealed parts, and the records opened of them."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.kit.models.keys import organisation_key, person_key
from anlan.kit.terms import RecordKind, RecordState, UploadState


class FieldDevice(models.Model):
    """A phone on which one person uses the field app; revoked, it uploads nothing more."""

    uid = models.UUIDField(unique=True)
    name = models.CharField(_("终端名称"), max_length=60)
    person = person_key(_("使用人"))
    organisation = organisation_key(_("所属机构"))
    registered_at = models.DateTimeField(_("登记时间"))
    seen_at = models.DateTimeField(_("最近使用"), null=True)
    revoked_at = models.DateTimeField(_("停用时间"), null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("field:devices")


class Upload(models.Model):
    """A manifest of sealed parts and the records in them: open until all parts are here and it is committed.

    `handed_in_by`: who brought it as a file in the place of the device.
    """

    uid = models.UUIDField(unique=True)
    device = models.ForeignKey(FieldDevice, models.PROTECT, related_name="uploads", verbose_name=_("终端"))
    person = person_key(_("使用人"))
    organisation = organisation_key(_("所属机构"))
    manifest = models.JSONField(encoder=DjangoJSONEncoder)
    manifest_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=UploadState.choices, default=UploadState.OPEN)
    opened_at = models.DateTimeField(_("开始时间"))
    committed_at = models.DateTimeField(_("完成时间"), null=True)
    handed_in_by = person_key(_("交入人"), null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "opened_at"], name="upload_state")]

    def __str__(self):
        return str(self.uid)


class UploadPart(models.Model):
    """A sealed part that lies in the store, under the SHA-256 of its sealed bytes."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="parts")
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    arrived_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["upload", "sha256"], name="upload_part_once")]

    def __str__(self):
        return self.sha256


class UploadRecord(models.Model):
    """One record of a phone, by the uid that the phone gave it: once, whatever is sent how often.

    `part` is the hash of its sealed bytes; `content` what they hold, empty while they cannot be opened. `files` lists
    {uid, name, size, sha256, part, stage, state, reason}. `number` and `address` tell what became of it.
    """

    uid = models.UUIDField(unique=True)
    upload = models.ForeignKey(Upload, models.PROTECT, related_name="records")
    person = person_key(_("使用人"))
    organisation = organisation_key(_("所属机构"))
    part = models.CharField(max_length=64)
    kind = models.CharField(_("内容"), max_length=12, choices=RecordKind.choices, blank=True)
    made_at = models.DateTimeField(_("现场记录时间"), null=True)
    arrived_at = models.DateTimeField(_("到达时间"))
    round = models.UUIDField(null=True)
    state = models.CharField(_("状态"), max_length=8, choices=RecordState.choices)
    number = models.CharField(_("编号"), max_length=40, blank=True)
    address = models.CharField(max_length=200, blank=True)
    reason = models.TextField(_("说明"), blank=True)
    content = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    files = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    settled_at = models.DateTimeField(_("不再办理时间"), null=True)
    settled_by = person_key(_("决定人"), null=True)
    settled_why = models.CharField(_("不再办理的理由"), max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["person", "-id"], name="upload_record_person"),
            models.Index(fields=["state", "-id"], name="upload_record_state"),
            models.Index(fields=["round"], name="upload_record_round"),
        ]

    def __str__(self):
        return f"{self.get_kind_display() or '–'} {self.uid}"

    def get_absolute_url(self):
        return reverse("field:record", args=[self.pk])

    @property
    def is_waiting(self):
        """Whether somebody must still look at it: it was not taken, and nobody has said that it need not be."""
        return self.state != RecordState.TAKEN and self.settled_at is None
