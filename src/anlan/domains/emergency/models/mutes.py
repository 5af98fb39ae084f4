"""Mutes 暂停提醒: each has an owner, a reason and an end."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.domains.emergency.terms.mutes import MuteEnd
from anlan.kit.models.keys import person_key


class Mute(models.Model):
    """An alarm tells nobody until `until`. It holds for one round: whatever starts the chain anew ends it."""

    alarm = models.ForeignKey("emergency.Alarm", models.PROTECT, related_name="mutes")
    round = models.PositiveIntegerField()
    owner = person_key(_("设置人"))
    why = models.CharField(_("理由"), max_length=500)
    since = models.DateTimeField(_("开始"))
    until = models.DateTimeField(_("暂停提醒至"))
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    ended_by = models.CharField(_("结束原因"), max_length=8, choices=MuteEnd.choices, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["alarm"], condition=models.Q(ended_at=None), name="muted_once_at_a_time"
            )
        ]

    def __str__(self):
        return f"{self.alarm} · {self.owner}"
