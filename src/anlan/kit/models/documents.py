"""Files kept with a row, and documents in their proper form: template, number, stored bytes."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.kit.terms import DocumentState


class Attachment(models.Model):
    """A file kept with a row: its kind by content, its bytes in the store under their SHA-256 (kit.store).

    Pictures are written anew, without what the camera noted; the place and time it noted stay as data in `noted`.
    `given_sha256` is the digest of the bytes as they came, `sha256` of those that are kept.
    """

    about_kind = models.CharField(max_length=64)
    about_id = models.CharField(max_length=64)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    name = models.CharField(_("文件名"), max_length=160)
    media_type = models.CharField(_("类型"), max_length=80)
    size_bytes = models.PositiveBigIntegerField(_("大小"))
    sha256 = models.CharField(max_length=64)
    given_sha256 = models.CharField(max_length=64)
    noted = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    kept_at = models.DateTimeField(_("上传时间"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["about_kind", "about_id"])]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("kit:attachment", args=[self.pk])

    @property
    def is_picture(self):
        return self.media_type.startswith("image/")


class DocumentTemplate(models.Model):
    """One version of a district's own `.docx` for a kind of document; the newest in use counts, else the default."""

    kind = models.CharField(_("文书"), max_length=40)
    version = models.PositiveIntegerField(_("版本"))
    name = models.CharField(_("文件名"), max_length=160)
    sha256 = models.CharField(max_length=64)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    is_active = models.BooleanField(_("在用"), default=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("上传时间"))

    class Meta:
        ordering = ["kind", "-version"]
        constraints = [models.UniqueConstraint(fields=["kind", "version"], name="document_template_once")]

    def __str__(self):
        return f"{self.kind} v{self.version}"


class DocumentSeries(models.Model):
    """The last number given of a kind of document, per organisation and year: no number is left out."""

    kind = models.CharField(max_length=40)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "organisation", "year"], name="document_series_once")
        ]

    def __str__(self):
        return f"{self.kind} {self.year}: {self.last}"


class Document(models.Model):
    """A document as it was issued: number, values, stored bytes, and the code by which anyone verifies it.

    A void one keeps its number. What is printed again is the same bytes.
    """

    kind = models.CharField(_("文书"), max_length=40)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("年度"))
    serial = models.PositiveIntegerField(_("序号"))
    number = models.CharField(_("文号"), max_length=80)
    title = models.CharField(_("标题"), max_length=200)
    about_kind = models.CharField(max_length=64)
    about_id = models.CharField(max_length=64)
    values = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    template_version = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    code = models.CharField(_("校验码"), max_length=24, unique=True)
    state = models.CharField(
        _("状态"), max_length=8, choices=DocumentState.choices, default=DocumentState.ISSUED
    )
    issued_at = models.DateTimeField(_("签发时间"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "organisation", "year", "serial"], name="document_number_once"
            )
        ]
        indexes = [models.Index(fields=["about_kind", "about_id"], name="document_about")]

    def __str__(self):
        return f"{self.number} {self.title}"

    def get_absolute_url(self):
        return reverse("kit:document", args=[self.pk])
