"""Reporting up as it happened: one row for each step that was told, skipped or passed over."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.domains.emergency.terms.ladder import Recipient, TellingOutcome
from anlan.kit.models.keys import person_key


class Telling(models.Model):
    """What was done about one step of an alarm's round, or about its n-th repeat (0: the first time).

    `due_at` is when it was due by the table, `at` when it was done: late after a stop of the server, never twice.
    `people` lists who was on duty then: {id, name, role, post, is_reached, through}, `through` naming the step and repeat
    that rang him a moment ago; `groups` the group channels: {id, name, through}. `by` and `why` are of a jump.
    """

    alarm = models.ForeignKey("emergency.Alarm", models.PROTECT, related_name="tellings")
    round = models.PositiveIntegerField(_("轮次"))
    step = models.PositiveSmallIntegerField(_("步骤"))
    repeat = models.PositiveSmallIntegerField(_("重复"), default=0)
    recipient = models.CharField(_("通知对象"), max_length=20, choices=Recipient.choices)
    outcome = models.CharField(_("结果"), max_length=12, choices=TellingOutcome.choices)
    people = models.JSONField(_("人员"), default=list, encoder=DjangoJSONEncoder)
    groups = models.JSONField(_("群组"), default=list, encoder=DjangoJSONEncoder)
    due_at = models.DateTimeField(_("应通知时间"))
    at = models.DateTimeField(_("通知时间"))
    by = person_key(_("办理人"), null=True)
    why = models.CharField(_("理由"), max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["alarm", "round", "step", "repeat"], name="step_told_once")
        ]

    def __str__(self):
        return f"{self.get_recipient_display()} {self.get_outcome_display()}"
