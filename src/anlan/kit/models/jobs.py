"""Long work under way."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.kit.terms import JobState


class Job(models.Model):
    """Long work for the job child: what was asked, how far it is, what it did."""

    kind = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    asked = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(_("状态"), max_length=12, choices=JobState.choices, default=JobState.QUEUED)
    done_steps = models.PositiveBigIntegerField(default=0)
    total_steps = models.PositiveBigIntegerField(default=0)
    note = models.CharField(max_length=300, blank=True)
    outcome = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    cancel_asked = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "id"])]

    def __str__(self):
        return f"{self.title} ({self.state})"

    def get_absolute_url(self):
        return reverse("kit:job", args=[self.pk])

    @property
    def is_open(self):
        return self.state in {JobState.QUEUED, JobState.RUNNING}

    @property
    def share_done(self):
        """How far it is, 0 to 1; None while the size of the work is unknown."""
        return min(1.0, self.done_steps / self.total_steps) if self.total_steps else None
