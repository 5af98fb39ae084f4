"""The call log 来电登记."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.emergency.models.incidents import CaseNumber, Incident
from anlan.domains.emergency.terms.calls import CallerSort
from anlan.kit.models.keys import organisation_key, person_key


class Call(models.Model):
    """A call that came in: who, as given; what; under which case number; what it was found to belong to."""

    scene = models.CharField(max_length=64, default="live")
    number = models.CharField(_("登记号"), max_length=20)
    organisation = organisation_key(_("接报单位"))
    called_at = models.DateTimeField(_("来电时间"))
    noted_at = models.DateTimeField(_("登记时间"))
    taken_by = person_key(_("接报人"))
    caller_sort = models.CharField(_("来电方"), max_length=16, choices=CallerSort.choices)
    caller_name = models.CharField(_("来电人"), max_length=120)
    caller_number = models.CharField(_("来电号码"), max_length=40, blank=True)
    what = models.TextField(_("来电内容"))
    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("场所")
    )
    where = models.CharField(_("地点"), max_length=200, blank=True)
    case = models.ForeignKey(
        CaseNumber, models.PROTECT, null=True, related_name="calls", verbose_name=_("警情编号")
    )
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, related_name="calls", verbose_name=_("突发事件")
    )
    alarm = models.ForeignKey(
        "emergency.Alarm", models.PROTECT, null=True, related_name="calls", verbose_name=_("预警处置单")
    )

    class Meta:
        ordering = ["-called_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["scene", "number"], name="call_number_once")]

    def __str__(self):
        return f"{self.number} {self.caller_name}"

    def get_absolute_url(self):
        return reverse("emergency:call", args=[self.pk])
