"""An import of enterprises: the file, its rows as read and planned, what became of them."""

from django.db import models
from django.urls import reverse

from anlan.kit.models import FileImport, FileRow


class EnterpriseImport(FileImport):
    """A file of enterprises."""

    class Meta(FileImport.Meta):
        pass

    def get_absolute_url(self):
        return reverse("enterprises:import", args=[self.pk])


class ImportRow(FileRow):
    """One row of it; `code` is the enterprise's."""

    handed_in = models.ForeignKey(EnterpriseImport, models.CASCADE, related_name="rows")

    class Meta(FileRow.Meta):
        constraints = [models.UniqueConstraint(fields=["handed_in", "number"], name="import_row_once")]
        indexes = [models.Index(fields=["handed_in", "finding", "number"])]
