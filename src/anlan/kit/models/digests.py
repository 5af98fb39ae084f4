"""The daily digest: who wants one and when, and which have been made."""

from datetime import time

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class DigestWish(models.Model):
    """How a person wants the daily digest; without a row the defaults of these columns hold."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    is_on = models.BooleanField(_("发送每日汇总"), default=True)
    at = models.TimeField(_("发送时间"), default=time(8, 30))
    on_rest_days = models.BooleanField(_("休息日也发送"), default=False)

    class Meta:
        ordering = ["person_id"]

    def __str__(self):
        return str(self.person)

    @property
    def organisation(self):
        return self.person.organisation

    def get_absolute_url(self):
        return reverse("kit:digest")


class Digest(models.Model):
    """What one person was told on one day; `parts` as it was then: [{title, lines [{text, note, url}]}].

    `messages` is how many went to the outbox: 0 where the person has no way to be reached.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    day = models.DateField(_("日期"))
    made_at = models.DateTimeField(_("发送时间"))
    parts = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    messages = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-day", "person_id"]
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="digest_once_a_day")]

    def __str__(self):
        return f"{self.person} {self.day}"

    @property
    def organisation(self):
        return self.person.organisation
