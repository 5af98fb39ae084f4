"""Rows of the tables that a district edits."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class DistrictRow(models.Model):
    """One version of a district's own row of a table (kit.tables): it holds from `valid_from` until a later one.

    `values` None: the default holds again. Rows are added, never altered: the newest of the latest date counts.
    """

    table = models.CharField(_("规则表"), max_length=64)
    key = models.CharField(_("行"), max_length=80)
    values = models.JSONField(_("内容"), null=True, encoder=DjangoJSONEncoder)
    clause = models.CharField(_("依据"), max_length=200)
    reason = models.TextField(_("理由"))
    valid_from = models.DateField(_("生效日期"))
    made_at = models.DateTimeField(_("修改时间"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["valid_from", "id"]
        indexes = [models.Index(fields=["table", "key", "valid_from", "id"])]

    def __str__(self):
        return self.key

    def get_absolute_url(self):
        return reverse("kit:table_row", args=[self.table, self.key])
