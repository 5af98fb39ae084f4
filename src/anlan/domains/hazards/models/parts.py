"""What hangs on a hazard: the files that show it, and the requests for more time."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.domains.hazards.models.hazards import Hazard
from anlan.domains.hazards.terms import ExtensionState, Stage
from anlan.kit.models.keys import person_key


class Evidence(models.Model):
    """A file kept with a hazard (kit.attachments, known by its hash): of which stage, in which round."""

    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="evidence")
    attachment = models.OneToOneField("kit.Attachment", models.PROTECT, related_name="+")
    stage = models.CharField(_("阶段"), max_length=8, choices=Stage.choices)
    round = models.PositiveSmallIntegerField()
    by = person_key(_("上传人"), null=True)
    at = models.DateTimeField(_("上传时间"))
    is_public = models.BooleanField(_("向上报人公开"), default=False)

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"{self.get_stage_display()} {self.attachment}"

    @property
    def organisation(self):
        return self.hazard.organisation


class HazardExtension(models.Model):
    """One request for more time and what was decided."""

    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="extensions")
    days = models.PositiveSmallIntegerField(_("延期天数"))
    reason = models.CharField(_("理由"), max_length=500)
    state = models.CharField(max_length=8, choices=ExtensionState.choices, default=ExtensionState.ASKED)
    round = models.PositiveSmallIntegerField()
    asked_by = person_key(_("申请人"), null=True)
    asked_at = models.DateTimeField(_("申请时间"))
    decided_by = person_key(_("决定人"), null=True)
    decided_at = models.DateTimeField(_("决定时间"), null=True)
    decision = models.CharField(_("决定"), max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["hazard"], condition=models.Q(state="asked"), name="one_hazard_extension_at_a_time"
            )
        ]

    def __str__(self):
        return f"{self.days} {self.get_state_display()}"
