"""Alarms 预警处置单: the human side of a warning, which someone must answer with a measure."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.crowd.terms import WarningLevel
from anlan.domains.emergency import terms
from anlan.kit.models.keys import organisation_key, person_key


class AlarmDay(models.Model):
    """How many alarms a scene has had on a local day: the last number given."""

    scene = models.CharField(max_length=64)
    day = models.DateField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scene", "day"], name="alarm_day_once")]

    def __str__(self):
        return f"{self.scene} {self.day}: {self.last}"


class Alarm(models.Model):
    """One alarm. `level` is the worst of its spaces' levels and of `hand_level`, which people set; `rank` orders it.

    `space_code` is the code of the place (also where a replay has no place on the register); `spaces` holds, by code,
    what the machine says of the place and its zones: {name, level, peak_level, reason, warning}. `round` rises whenever
    the chain of reporting up starts anew, at `round_at`; `answered_at` is the first answer of the present round, and
    `next_look_at` what its answers promised. Open until `lifted_at`.
    """

    scene = models.CharField(max_length=64, default=terms.LIVE)
    number = models.CharField(_("编号"), max_length=24)
    origin = models.CharField(_("来源"), max_length=12, choices=terms.AlarmOrigin.choices)
    title = models.CharField(_("地点"), max_length=160)
    place = models.ForeignKey("places.Place", models.PROTECT, null=True, related_name="+")
    space_code = models.CharField(_("场所编号"), max_length=64, blank=True)
    organisation = organisation_key(_("责任单位"))
    level = models.CharField(_("等级"), max_length=8, choices=WarningLevel.choices)
    peak_level = models.CharField(_("最高等级"), max_length=8, choices=WarningLevel.choices)
    hand_level = models.CharField(max_length=8, choices=WarningLevel.choices, default=WarningLevel.NONE)
    rank = models.PositiveSmallIntegerField()
    reason = models.JSONField(_("原因"), default=dict)
    spaces = models.JSONField(default=dict)
    repeats = models.PositiveIntegerField(_("重复次数"), default=0)
    caller = models.CharField(_("反映人"), max_length=60, blank=True)
    caller_contact = models.CharField(_("反映人电话"), max_length=60, blank=True)
    state = models.CharField(
        _("状态"), max_length=12, choices=terms.AlarmState.choices, default=terms.AlarmState.WAITING
    )
    verdict = models.CharField(_("核实结果"), max_length=12, choices=terms.Verdict.choices, blank=True)
    raised_at = models.DateTimeField(_("发生时间"))
    raised_by = person_key(_("上报人"), null=True)
    changed_at = models.DateTimeField(_("最近变化"))
    round = models.PositiveIntegerField(_("轮次"), default=1)
    round_at = models.DateTimeField(_("本轮开始"))
    answered_at = models.DateTimeField(_("签收时间"), null=True)
    next_look_at = models.DateTimeField(_("下次查看"), null=True)
    fell_back_at = models.DateTimeField(_("超时未反馈"), null=True)
    judgement_asked_at = models.DateTimeField(_("提请研判"), null=True)
    muted_until = models.DateTimeField(_("暂停提醒至"), null=True)
    eased_at = models.DateTimeField(_("态势缓解时间"), null=True)
    lifted_at = models.DateTimeField(_("解除时间"), null=True)
    lifted_by = person_key(_("解除人"), null=True)
    filed_at = models.DateTimeField(_("归档时间"), null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["scene", "number"], name="alarm_number_once"),
            models.UniqueConstraint(
                fields=["scene", "space_code"], name="alarm_open_once",
                condition=models.Q(lifted_at=None, origin="warning"),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["scene", "lifted_at", "-rank", "round_at"]),
            models.Index(fields=["place", "lifted_at"]),
        ]

    def __str__(self):
        return f"{self.number} {self.title}"

    def get_absolute_url(self):
        return reverse("emergency:alarm", args=[self.pk])

    @property
    def is_open(self):
        return self.lifted_at is None

    @property
    def is_unanswered(self):
        """Whether it is open and nobody has answered in the present round."""
        return self.is_open and self.answered_at is None

    @property
    def standing(self):
        """Its state as people read it: what fell back says so."""
        if self.state == terms.AlarmState.WAITING and self.fell_back_at:
            return terms.FELL_BACK
        return self.get_state_display()

    @property
    def is_live(self):
        return self.scene == terms.LIVE
