"""Reports upward, and leaders' instructions with those who are to carry them out."""

from datetime import datetime

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.emergency.models.incidents import Part
from anlan.domains.emergency.terms.reports import RelayState, ReportSort, ReportState, Section
from anlan.kit.models.keys import organisation_key, person_key


class Report(Part):
    """A report 初报、续报、终报, or one by phone. Once signed it is frozen: `frozen` is what was signed, `sha256` its hash.

    `sections` {section: text}; `facts` [[label, value]] are drawn from the record when it is submitted; `sendings`
    [{to, at, by, how}] says to whom it went and when.
    """

    sort = models.CharField(_("报告"), max_length=12, choices=ReportSort.choices)
    serial = models.PositiveSmallIntegerField()
    state = models.CharField(_("状态"), max_length=12, choices=ReportState.choices, default=ReportState.DRAFT)
    sections = models.JSONField(default=dict)
    facts = models.JSONField(default=list)
    writer = person_key(_("拟稿人"))
    written_at = models.DateTimeField(_("拟稿时间"))
    signer = person_key(_("签发人"), null=True)
    signed_at = models.DateTimeField(_("签发时间"), null=True)
    frozen = models.TextField(blank=True)
    sha256 = models.CharField(_("校验值"), max_length=64, blank=True)
    sent_to = models.CharField(_("报送单位"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("报送时间"), null=True)
    sendings = models.JSONField(default=list)
    remark = models.CharField(_("退回意见"), max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "sort", "serial"], name="report_serial_once")
        ]

    def __str__(self):
        return f"{self.incident.number} {self.name}"

    def get_absolute_url(self):
        return reverse("emergency:report", args=[self.pk])

    @property
    def name(self):
        """初报; 续报 2."""
        label = str(self.get_sort_display())
        alone = self.sort in {ReportSort.FIRST, ReportSort.FINAL} and self.serial == 1
        return label if alone else f"{label} {self.serial}"

    @property
    def parts(self):
        """[(label, text)] of its sections, in their order."""
        return [(one.label, self.sections[one]) for one in Section if self.sections.get(one)]

    @property
    def sent_lines(self):
        """To whom it went, each with its moment."""
        return [one | {"at": datetime.fromisoformat(one["at"])} for one in self.sendings]


class Instruction(Part):
    """A leader's instruction 领导批示, as it was given."""

    leader = models.CharField(_("批示领导"), max_length=120)
    text = models.TextField(_("批示内容"))
    given_at = models.DateTimeField(_("批示时间"))

    class Meta:
        ordering = ["given_at", "id"]

    def __str__(self):
        return f"{self.leader} {self.text[:40]}"


class Relay(models.Model):
    """An instruction with one organisation that is to carry it out."""

    instruction = models.ForeignKey(
        Instruction, models.PROTECT, related_name="relays", verbose_name=_("领导批示")
    )
    to = organisation_key(_("承办单位"))
    receiver = models.CharField(_("接收人"), max_length=120, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=RelayState.choices, default=RelayState.RELAYED)
    relayed_at = models.DateTimeField(_("传达时间"))
    due_at = models.DateTimeField(_("办理时限"), null=True)
    read_at = models.DateTimeField(_("阅知时间"), null=True)
    done_at = models.DateTimeField(_("办结时间"), null=True)
    feedback = models.TextField(_("办理结果"), blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["instruction", "to"], name="relayed_once")]

    def __str__(self):
        return f"{self.instruction.leader} → {self.to}"

    def get_absolute_url(self):
        return self.instruction.get_absolute_url()

    @property
    def incident(self):
        return self.instruction.incident

    @property
    def organisation(self):
        return self.instruction.organisation

    @property
    def scene(self):
        return self.instruction.scene
