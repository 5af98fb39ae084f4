"""What the watch finds: warnings, unusual counts, tendencies."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.crowd import terms


class Warning(models.Model):
    """One episode of a space above `none`, from rise to return; its steps are its change rows.

    Rows are written from the engine's journalled changes; names are kept as they were. kind and channel are those
    of what raised it last; they stay when it falls.
    """

    scene = models.CharField(max_length=64, default="live")
    space_code = models.CharField(_("编号"), max_length=64)
    space_name = models.CharField(_("场所"), max_length=160)
    place = models.ForeignKey("places.Place", models.PROTECT, null=True, related_name="+")
    level = models.CharField(_("等级"), max_length=8, choices=terms.WarningLevel.choices)
    peak_level = models.CharField(_("最高等级"), max_length=8, choices=terms.WarningLevel.choices)
    channel = models.CharField(
        _("渠道"), max_length=4, choices=terms.WarningChannel.choices, default=terms.WarningChannel.HARD
    )
    kind = models.CharField(_("性质"), max_length=10, choices=terms.WarningKind.choices, blank=True)
    rule = models.CharField(_("规则"), max_length=40, choices=terms.Rule.choices)
    reason = models.JSONField(default=dict)
    numbers = models.JSONField(default=dict)
    opened_at = models.DateTimeField(_("开始"))
    changed_at = models.DateTimeField(_("最近变化"))
    closed_at = models.DateTimeField(_("结束"), null=True)

    class Meta:
        ordering = ["-changed_at", "-id"]
        indexes = [models.Index(fields=["scene", "space_code", "closed_at"])]

    def __str__(self):
        return f"{self.space_name} {self.get_level_display()}"

    def get_absolute_url(self):
        return reverse("crowd:warning", args=[self.pk])

    @property
    def organisation(self):
        return self.place.organisation if self.place else None


class UnusualCount(models.Model):
    """An episode of far more people than usual: a word to the duty officer, no warning; `times` is the most it was."""

    scene = models.CharField(max_length=64, default="live")
    space_code = models.CharField(_("编号"), max_length=64)
    space_name = models.CharField(_("场所"), max_length=160)
    place = models.ForeignKey("places.Place", models.PROTECT, null=True, related_name="+")
    times = models.FloatField(_("为往常的倍数"))
    reason = models.JSONField(default=dict)
    numbers = models.JSONField(default=dict)
    opened_at = models.DateTimeField(_("开始"))
    closed_at = models.DateTimeField(_("结束"), null=True)

    class Meta:
        ordering = ["-opened_at", "-id"]
        indexes = [models.Index(fields=["scene", "closed_at"])]

    def __str__(self):
        return f"{self.space_name} ×{self.times:g}"

    @property
    def organisation(self):
        return self.place.organisation if self.place else None


class Tendency(models.Model):
    """A tendency 倾向性 of a space, found at night (rules.tendency), on record until a night finds it no more.

    Derived from warnings and history, so it leaves no change row; it waits for those who will take it up.
    """

    space_code = models.CharField(_("编号"), max_length=64)
    space_name = models.CharField(_("场所"), max_length=160)
    place = models.ForeignKey("places.Place", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(_("倾向"), max_length=16, choices=terms.TendencyKind.choices)
    found_on = models.DateField(_("首次发现"))
    told_on = models.DateField(_("最近确认"))
    ended_on = models.DateField(_("消失"), null=True)
    numbers = models.JSONField(default=dict)
    reason = models.JSONField(default=dict)

    class Meta:
        ordering = ["-found_on", "space_code", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["space_code", "kind"], condition=models.Q(ended_on=None), name="tendency_open_once"
            )
        ]

    def __str__(self):
        return f"{self.space_name} {self.get_kind_display()}"

    @property
    def organisation(self):
        return self.place.organisation if self.place else None
