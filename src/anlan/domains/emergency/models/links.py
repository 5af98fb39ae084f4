"""Links in messages that open without signing in; only their token's hash is kept."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.kit.models.keys import person_key


class AnswerLink(models.Model):
    """What lets one person answer one round of an alarm from a message; without an alarm it is a test of one's own.

    `used_at` is when it answered (or when the test was confirmed): it answers once.
    """

    alarm = models.ForeignKey("emergency.Alarm", models.PROTECT, null=True, related_name="+")
    round = models.PositiveIntegerField(default=0)
    person = person_key(_("收件人"))
    token_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("发出时间"))
    valid_until = models.DateTimeField(_("有效至"))
    used_at = models.DateTimeField(_("使用时间"), null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["alarm", "round"])]

    def __str__(self):
        return f"{self.alarm or ''} {self.person}".strip()

    @property
    def organisation(self):
        return self.person.organisation

    @property
    def is_test(self):
        """Whether it belongs to a test that rings only oneself."""
        return self.alarm_id is None
