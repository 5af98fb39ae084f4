"""Problems seen across hazards, each as long as it lasts, and the nights that looked for them."""

from datetime import timedelta

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.hazards.terms import Field, PatternNature, PatternScope, PatternState
from anlan.kit.models.keys import organisation_key, person_key


class Pattern(models.Model):
    """A common, incipient or tendency problem 普遍性、苗头性、倾向性问题: one episode of one series, from found to over.

    `series` is what rules.patterns calls it; at most one of a series is open. `kind` is a kind of hazard, or the key of a
    standard's criterion (rules.criteria). `numbers` are those of the newest night,
    `first_numbers` those it was told by. `organisation` decides about it: the area, or the district. `concerned` are the
    organisations that watch over the hazards behind it. `until` is the last day of the weeks that were judged, `calm_weeks`
    how many of them in a row were calm.
    """

    series = models.CharField(max_length=200)
    nature = models.CharField(_("性质"), max_length=10, choices=PatternNature.choices)
    kind = models.CharField(Field.KIND, max_length=90)
    scope = models.CharField(_("范围"), max_length=8, choices=PatternScope.choices)
    area = organisation_key(_("片区"), null=True)
    sector = models.CharField(_("行业或场所类型"), max_length=24, blank=True)
    organisation = organisation_key(_("研判单位"))
    concerned = models.ManyToManyField("accounts.Organisation", related_name="+", verbose_name=_("涉及单位"))
    state = models.CharField(_("状态"), max_length=12, choices=PatternState.choices, default=PatternState.NEW)
    p = models.FloatField(_("偶然出现的概率"))
    numbers = models.JSONField(default=dict)
    first_numbers = models.JSONField(default=dict)
    since_on = models.DateField(_("约自"))
    until = models.DateField(_("数据截至"))
    found_at = models.DateTimeField(_("首次发现"))
    confirmed_at = models.DateTimeField(_("最近确认"))
    calm_weeks = models.PositiveSmallIntegerField(default=0)
    decided_by = person_key(_("研判人"), null=True)
    decided_at = models.DateTimeField(_("研判时间"), null=True)
    ended_at = models.DateTimeField(_("结束"), null=True)

    class Meta:
        ordering = ["-found_at", "-id"]
        indexes = [models.Index(fields=["state", "-found_at"], name="pattern_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["series"], condition=models.Q(ended_at=None), name="pattern_open_once"
            )
        ]

    def __str__(self):
        return f"{self.get_nature_display()} {self.kind}"

    def get_absolute_url(self):
        return reverse("hazards:pattern", args=[self.pk])


class PatternLook(models.Model):
    """One night's look: up to which day, over how many weeks, at how many series, and the year's counts for the rates.

    `rates`: {scope: {where: [units, {kind or criterion: hazards of the last 52 weeks}]}}; of the whole district where is empty.
    `inspected` likewise: [checks, units checked, {kind or criterion: hazards that checks found}].
    """

    on = models.DateField(unique=True)
    at = models.DateTimeField()
    until = models.DateField(_("数据截至"))
    weeks = models.PositiveIntegerField()
    tests = models.PositiveIntegerField()
    told = models.PositiveIntegerField()
    rates = models.JSONField(default=dict)
    inspected = models.JSONField(default=dict)

    class Meta:
        ordering = ["-on"]

    def __str__(self):
        return f"{self.on}"

    @property
    def since(self):
        """The first day of the year that `rates` counts."""
        return self.until - timedelta(weeks=52) + timedelta(days=1)
