"""Risk points and their assessments."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.riskmap.rules.levels import colour_of, factors_of
from anlan.domains.riskmap.terms import Field, PointState, RiskCause, RiskLevel, RiskMethod
from anlan.kit.models.keys import person_key


class RiskPoint(models.Model):
    """What may go wrong at one spot, or within an outline (GeoJSON). Degrees are WGS-84; `organisation` answers for it.

    `method`, `inputs`, `value` and `level` are those of the newest assessment, kept here to draw the map by.
    `written_by` wrote what waits to be checked: another person checks it.
    """

    number = models.CharField(Field.NUMBER, max_length=20, unique=True)
    name = models.CharField(Field.NAME, max_length=120)
    category = models.CharField(Field.CATEGORY, max_length=60, blank=True)
    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("场所")
    )
    enterprise = models.ForeignKey(
        "enterprises.Enterprise", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("企业")
    )  # fmt: skip
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=Field.ORGANISATION
    )
    lon = models.FloatField(_("经度"), null=True, blank=True)
    lat = models.FloatField(_("纬度"), null=True, blank=True)
    outline = models.JSONField(Field.OUTLINE, null=True, blank=True)
    post = models.CharField(Field.POST, max_length=60, blank=True)
    person_name = models.CharField(Field.PERSON, max_length=60, blank=True)
    precautions = models.TextField(Field.PRECAUTIONS, max_length=2000, blank=True)
    engineering = models.TextField(Field.ENGINEERING, max_length=2000, blank=True)
    management = models.TextField(Field.MANAGEMENT, max_length=2000, blank=True)
    training = models.TextField(Field.TRAINING, max_length=2000, blank=True)
    protective = models.TextField(Field.PROTECTIVE, max_length=2000, blank=True)
    emergency = models.TextField(Field.EMERGENCY, max_length=2000, blank=True)
    method = models.CharField(_("评估方法"), max_length=3, choices=RiskMethod.choices, blank=True)
    inputs = models.JSONField(_("评估取值"), default=dict, blank=True)
    value = models.FloatField(_("风险值"), null=True, blank=True)
    level = models.PositiveSmallIntegerField(_("风险等级"), choices=RiskLevel.choices, null=True, blank=True)
    review_on = models.DateField(_("复评日期"), null=True, blank=True)
    review_cause = models.CharField(_("复评原因"), max_length=8, choices=RiskCause.choices, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=PointState.choices, default=PointState.DRAFT)
    written_by = person_key(_("填报人"))
    checked_by = person_key(_("核对人"), null=True, blank=True)
    checked_on = models.DateField(_("核对日期"), null=True, blank=True)
    is_demo = models.BooleanField(_("示范数据"), default=False)
    changed_at = models.DateTimeField(_("最近变化"))

    class Meta:
        ordering = ["number"]
        indexes = [
            models.Index(fields=["lon", "lat"]),
            models.Index(fields=["organisation", "state"]),
            models.Index(fields=["state", "level"]),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("riskmap:point", args=[self.number])

    @property
    def colour(self):
        """The colour of its level, as the shapes are named."""
        return colour_of(self.level)

    @property
    def answerer(self):
        """Who answers for it: the post, and the name where one is told."""
        return " ".join(filter(None, (self.post, self.person_name)))

    @property
    def measures(self):
        """The five sorts of measures as (label, text)."""
        return [(self._meta.get_field(name).verbose_name, getattr(self, name)) for name in MEASURES]


MEASURES = ("engineering", "management", "training", "protective", "emergency")


class RiskAssessment(models.Model):
    """One assessment with its method and inputs, and the state of the law's tables that gave the level."""

    point = models.ForeignKey(RiskPoint, models.PROTECT, related_name="assessments")
    method = models.CharField(_("评估方法"), max_length=3, choices=RiskMethod.choices)
    inputs = models.JSONField(_("评估取值"), default=dict)
    value = models.FloatField(_("风险值"))
    level = models.PositiveSmallIntegerField(_("风险等级"), choices=RiskLevel.choices)
    rulebook_version = models.CharField(_("规则库版本"), max_length=60)
    is_unconfirmed = models.BooleanField(_("待核实"), default=False)
    cause = models.CharField(_("评估原因"), max_length=8, choices=RiskCause.choices)
    why = models.CharField(_("说明"), max_length=500, blank=True)
    by = person_key(_("评估人"))
    at = models.DateTimeField(_("评估时间"))

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self):
        return f"{self.point} {self.get_level_display()}"

    @property
    def organisation(self):
        return self.point.organisation

    @property
    def colour(self):
        return colour_of(self.level)

    def say_inputs(self):
        """L 3 × E 6 × C 15 = 270"""
        parts = " × ".join(f"{factor} {self.inputs[factor]:g}" for factor in factors_of(self.method))
        return f"{parts} = {self.value:g}"
