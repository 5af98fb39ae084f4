"""Judgements 研判 on record."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.domains.crowd.terms import WarningLevel
from anlan.domains.emergency import terms
from anlan.kit.models.keys import person_key


class Judgement(models.Model):
    """One judgement of an alarm: whether plans are started, why, by whom; `level` is what the machine said then.

    `response_level` is the decider's own choice and never follows from `level`.
    """

    alarm = models.ForeignKey("emergency.Alarm", models.PROTECT, related_name="judgements")
    decision = models.CharField(_("研判结论"), max_length=16, choices=terms.Decision.choices)
    response_level = models.CharField(
        _("响应级别"), max_length=4, blank=True, choices=terms.ResponseLevel.choices
    )
    reason = models.TextField(_("研判理由"))
    decider = person_key(_("研判人"))
    level = models.CharField(_("当时客流等级"), max_length=8, choices=WarningLevel.choices)
    at = models.DateTimeField(_("研判时间"))
    next_at = models.DateTimeField(_("下次研判"), null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return f"{self.get_decision_display()} · {self.decider}"
