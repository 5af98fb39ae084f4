"""Joint response: the agencies there are, and those that are in on an alarm."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.crowd.terms import WarningLevel
from anlan.kit.models.keys import person_key


class Agency(models.Model):
    """An organisation that answers alarms for itself. Core agencies and joined ones are rows, so one more is data.

    `joins_from` is the level from which it joins by itself ("" : only when asked), `place_kinds` the kinds of place
    where it does (empty: all).
    """

    organisation = models.OneToOneField(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("机构")
    )
    name = models.CharField(_("简称"), max_length=20)
    name_en = models.CharField(_("英文简称"), max_length=40, blank=True)
    is_core = models.BooleanField(_("常设联动单位"), default=False)
    position = models.PositiveSmallIntegerField(_("顺序"), default=100)
    joins_from = models.CharField(
        _("自动加入的最低等级"), max_length=8, blank=True, choices=WarningLevel.choices[1:]
    )
    place_kinds = models.JSONField(_("适用场所类型"), default=list)
    retired_at = models.DateTimeField(_("停用时间"), null=True)

    class Meta:
        ordering = ["-is_core", "position", "id"]
        verbose_name = _("联动单位")

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("emergency:agency", args=[self.pk])


class AlarmAgency(models.Model):
    """An agency in on an alarm, and its answer in the present round (None: it has not answered)."""

    alarm = models.ForeignKey("emergency.Alarm", models.PROTECT, related_name="agencies")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    joined_at = models.DateTimeField(_("加入时间"))
    joined_by = person_key(_("加入人"), null=True)
    answer = models.ForeignKey("emergency.Answer", models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(_("签收时间"), null=True)

    class Meta:
        ordering = ["-agency__is_core", "agency__position", "agency_id"]
        constraints = [models.UniqueConstraint(fields=["alarm", "agency"], name="agency_joins_once")]

    def __str__(self):
        return str(self.agency)
