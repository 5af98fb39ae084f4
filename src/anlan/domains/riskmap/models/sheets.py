"""Departments' sheets."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.domains.riskmap.terms import SheetState
from anlan.kit.models.keys import person_key


class RiskSheet(models.Model):
    """One organisation's list of a year 分表: its own risk points and those below it, handed in and checked.

    How many points were due and checked is counted until it is checked; then it is kept as it was.
    """

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("单位")
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    due_on = models.DateField(_("截止日期"))
    state = models.CharField(_("状态"), max_length=10, choices=SheetState.choices, default=SheetState.OPEN)
    handed_in_by = person_key(_("提交人"), null=True)
    handed_in_at = models.DateTimeField(_("提交时间"), null=True)
    checked_by = person_key(_("核对人"), null=True)
    checked_at = models.DateTimeField(_("核对时间"), null=True)
    due_count = models.PositiveIntegerField(_("应核对"), null=True)
    checked_count = models.PositiveIntegerField(_("已核对"), null=True)

    class Meta:
        ordering = ["-year", "organisation__path"]
        constraints = [models.UniqueConstraint(fields=["organisation", "year"], name="risk_sheet_once")]

    def __str__(self):
        return gettext("%(organisation)s %(year)d 年风险分表") % {
            "organisation": self.organisation,
            "year": self.year,
        }

    def get_absolute_url(self):
        return reverse("riskmap:sheet", args=[self.pk])
