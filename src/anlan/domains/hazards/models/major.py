"""What hangs on a major hazard: who was told of it, and the stop of production until it is removed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anlan.domains.hazards.models.hazards import Hazard
from anlan.domains.hazards.terms import Audience, Means, StopScope, StopState
from anlan.kit.models.keys import person_key


class MajorPart(models.Model):
    """What belongs to a major hazard: whoever watches over it watches over its part."""

    class Meta:
        abstract = True

    @property
    def organisation(self):
        return self.hazard.organisation


class Telling(MajorPart):
    """That a major hazard was reported, to whom, when, by what means; `by` None: by the platform itself."""

    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="tellings")
    audience = models.CharField(_("报告对象"), max_length=10, choices=Audience.choices)
    means = models.CharField(_("报告方式"), max_length=10, choices=Means.choices)
    told_at = models.DateTimeField(_("报告时间"))
    note = models.CharField(_("说明"), max_length=300, blank=True)
    by = person_key(_("登记人"), null=True)
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        ordering = ["told_at", "id"]

    def __str__(self):
        return f"{self.get_audience_display()} {self.get_means_display()}"


class StopOrder(MajorPart):
    """Production or business stopped because of a major hazard, until it is resumed with consent.

    The decision itself is a paper of enforcement: here stand its number and what is stopped.
    """

    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="stop_orders")
    scope = models.CharField(_("停产停业范围"), max_length=8, choices=StopScope.choices)
    what = models.CharField(_("停产停业部位"), max_length=300)
    decision_number = models.CharField(_("决定书文号"), max_length=80)
    state = models.CharField(
        _("停产停业状态"), max_length=10, choices=StopState.choices, default=StopState.STOPPED
    )
    ordered_by = person_key(_("登记人"))
    ordered_at = models.DateTimeField(_("停产停业时间"))
    applied_by = person_key(_("申请人"), null=True)
    applied_at = models.DateTimeField(_("申请恢复时间"), null=True)
    application = models.CharField(_("申请说明"), max_length=500, blank=True)
    reviewed_by = person_key(_("审查人"), null=True)
    reviewed_at = models.DateTimeField(_("审查时间"), null=True)
    review = models.CharField(_("现场审查意见"), max_length=500, blank=True)
    decided_by = person_key(_("决定人"), null=True)
    decided_at = models.DateTimeField(_("决定时间"), null=True)
    decision = models.CharField(_("决定意见"), max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["hazard"], condition=~Q(state="resumed"), name="one_stop_order_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="resumed")
                | Q(decided_by__isnull=False, reviewed_by__isnull=False)
                & ~Q(decided_by=models.F("reviewed_by"))
                & ~Q(decided_by=models.F("applied_by")),
                name="resumed_by_second_person",
            ),
        ]

    def __str__(self):
        return f"{self.get_scope_display()} {self.decision_number}"
