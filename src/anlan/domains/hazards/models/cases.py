"""Cases that other channels hand in, and the results that go back to them."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.hazards.models.hazards import Counted, Hazard
from anlan.domains.hazards.terms import CaseChannel, CaseField, CaseOutcome, CaseState
from anlan.kit.models.keys import organisation_key, person_key


class IncomingCase(models.Model):
    """A case of the grid, the hotline or the one network, once for each (channel, number).

    `organisation` is the street office that takes it or returns it; `hazard` what it became. `received_at` and `due_at`
    are the channel's own; `warned` says how far its deadline was told of (0 not, 1 soon, 2 over). `left_at`: when a sample
    was left with the demonstration.
    """

    organisation = organisation_key(_("承办单位"))
    channel = models.CharField(CaseField.CHANNEL, max_length=12, choices=CaseChannel.choices)
    number = models.CharField(CaseField.NUMBER, max_length=60)
    text = models.TextField(CaseField.TEXT)
    sort = models.CharField(CaseField.SORT, max_length=60, blank=True)
    address = models.CharField(CaseField.ADDRESS, max_length=200, blank=True)
    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("场所")
    )
    lon = models.FloatField(CaseField.LON, null=True)
    lat = models.FloatField(CaseField.LAT, null=True)
    received_at = models.DateTimeField(CaseField.RECEIVED)
    due_at = models.DateTimeField(CaseField.DUE, null=True)
    handed_in_at = models.DateTimeField(_("接收时间"))
    state = models.CharField(_("状态"), max_length=10, choices=CaseState.choices, default=CaseState.WAITING)
    hazard = models.ForeignKey(
        Hazard, models.PROTECT, null=True, related_name="incoming_cases", verbose_name=_("隐患")
    )
    decided_by = person_key(_("办理人"), null=True)
    decided_at = models.DateTimeField(_("处理时间"), null=True)
    returned_why = models.CharField(_("退回理由"), max_length=500, blank=True)
    warned = models.PositiveSmallIntegerField(default=0)
    left_at = models.DateTimeField(_("示范数据清退时间"), null=True)

    objects = Counted()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["organisation", "state", "-id"], name="case_organisation"),
            models.Index(fields=["state", "due_at"], name="case_due"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["channel", "number"], name="case_once"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["taken", "ended"]) | models.Q(hazard__isnull=False),
                name="case_taken_as_hazard",
            ),
        ]

    def __str__(self):
        return f"{self.get_channel_display()} {self.number}"

    def get_absolute_url(self):
        return reverse("hazards:case", args=[self.pk])

    @property
    def is_open(self):
        return self.state in (CaseState.WAITING, CaseState.TAKEN)


class ResultPosition(models.Model):
    """The last position given to a result; its row is locked until the result is committed, so positions have no gaps."""

    last = models.PositiveBigIntegerField(default=0)

    def __str__(self):
        return str(self.last)


class CaseResult(models.Model):
    """What the channel is told of a case: once for each outcome and round. `receipt` is what it answered."""

    case = models.ForeignKey(IncomingCase, models.PROTECT, related_name="results")
    position = models.PositiveBigIntegerField(_("序号"), unique=True)
    outcome = models.CharField(_("结果"), max_length=10, choices=CaseOutcome.choices)
    round = models.PositiveSmallIntegerField()
    text = models.CharField(_("说明"), max_length=500, blank=True)
    made_at = models.DateTimeField(_("形成时间"))
    pushes = models.PositiveSmallIntegerField(default=0)
    receipt = models.CharField(_("回执"), max_length=120, blank=True)
    received_at = models.DateTimeField(_("回执时间"), null=True)
    received_by = models.CharField(_("回执来源"), max_length=120, blank=True)

    class Meta:
        ordering = ["-position"]
        indexes = [
            models.Index(
                fields=["position"], condition=models.Q(received_at=None), name="case_result_waiting"
            )
        ]
        constraints = [models.UniqueConstraint(fields=["case", "outcome", "round"], name="case_result_once")]

    def __str__(self):
        return f"{self.case} {self.get_outcome_display()}"

    @property
    def organisation(self):
        return self.case.organisation
