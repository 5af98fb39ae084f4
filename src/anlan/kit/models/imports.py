"""Files of rows handed in for import: what is kept of the file, and of each row as read and planned."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.kit.models.keys import organisation_key
from anlan.kit.terms import Finding, ImportState


class FileImport(models.Model):
    """A file handed in; its bytes lie in kit.store under `sha256`. `counts` are those of the preview, `outcome` the end's."""

    organisation = organisation_key(_("导入单位"))
    file_name = models.CharField(_("文件"), max_length=200)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(
        _("状态"), max_length=12, choices=ImportState.choices, default=ImportState.READING
    )
    unknown_columns = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    fault = models.CharField(_("不予读取的原因"), max_length=300, blank=True)
    job = models.ForeignKey("kit.Job", models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("上传时间"))

    class Meta:
        abstract = True
        ordering = ["-id"]

    def __str__(self):
        return self.file_name


class FileRow(models.Model):
    """One row: `fields` as they would be kept, `faults` as [[column label, reason]], what becomes of it.

    A subclass adds the key `handed_in` to its import, with related_name="rows".
    """

    number = models.PositiveIntegerField(_("行号"))
    code = models.CharField(max_length=18, blank=True)
    name = models.CharField(max_length=120, blank=True)
    fields = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    finding = models.CharField(_("结果"), max_length=8, choices=Finding.choices)
    faults = models.JSONField(default=list)

    class Meta:
        abstract = True
        ordering = ["number"]

    def __str__(self):
        return f"{self.number} {self.name}"
