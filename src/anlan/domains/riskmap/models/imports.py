"""An import of risk points: the file with the datum that was declared, its rows as read and planned."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.riskmap.terms import Datum
from anlan.kit.models import FileImport, FileRow


class RiskImport(FileImport):
    """A file of risk points."""

    datum = models.CharField(_("坐标系"), max_length=5, choices=Datum.choices)

    class Meta(FileImport.Meta):
        pass

    def get_absolute_url(self):
        return reverse("riskmap:import", args=[self.pk])


class RiskImportRow(FileRow):
    """One row of it; `code` is the number of the point that it changes, empty for a new one."""

    handed_in = models.ForeignKey(RiskImport, models.CASCADE, related_name="rows")

    class Meta(FileRow.Meta):
        constraints = [models.UniqueConstraint(fields=["handed_in", "number"], name="risk_import_row_once")]
        indexes = [models.Index(fields=["handed_in", "finding", "number"])]
