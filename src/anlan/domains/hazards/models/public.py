"""What the public reports: the hazard it became, the code by which its reporter follows it, how to reach him."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.hazards.models.hazards import Hazard
from anlan.domains.hazards.terms import Suspicion
from anlan.kit.models.keys import person_key


class PublicReport(models.Model):
    """One report without signing in. Only the hash of its code is kept: whoever holds the code is the reporter.

    `suspicions` are values of Suspicion; a report that has some waits apart until a person clears it (`cleared_at`).
    `sender_sha256` and `device_sha256` count how often one address or browser reports; they are made with the day's
    salt and erased a day later. `text_sha256` finds the same words again.
    """

    hazard = models.OneToOneField(Hazard, models.PROTECT, related_name="public_report")
    code_sha256 = models.CharField(max_length=64, unique=True)
    reported_at = models.DateTimeField(_("上报时间"))
    language = models.CharField(max_length=10, blank=True)
    suspicions = models.JSONField(default=list)
    cleared_at = models.DateTimeField(_("放行时间"), null=True)
    cleared_by = person_key(_("放行人"), null=True)
    sender_sha256 = models.CharField(max_length=64, blank=True)
    device_sha256 = models.CharField(max_length=64, blank=True)
    text_sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["-reported_at"], name="public_report_at"),
            models.Index(fields=["text_sha256", "-reported_at"], name="public_report_text"),
        ]

    def __str__(self):
        return str(self.hazard)

    def get_absolute_url(self):
        return reverse("hazards:hazard", args=[self.hazard_id])

    @property
    def organisation(self):
        """Whoever watches over the hazard answers for the report."""
        return self.hazard.organisation

    @property
    def is_suspicious(self):
        return bool(self.suspicions) and self.cleared_at is None

    def say_suspicions(self):
        """The reasons in words."""
        return [Suspicion(one).label for one in self.suspicions]


class ReporterContact(models.Model):
    """How the reporter may be reached, apart from the report and enciphered; deleted when its time is over."""

    report = models.OneToOneField(PublicReport, models.PROTECT, related_name="contact")
    phone_enciphered = models.TextField()
    phone_masked = models.CharField(max_length=40)
    given_at = models.DateTimeField(_("留下时间"))

    def __str__(self):
        return self.phone_masked

    @property
    def organisation(self):
        return self.report.organisation
