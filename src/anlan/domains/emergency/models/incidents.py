"""Incidents, what they are linked with, and what people noted down about them."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.emergency.rules.incidents import CLOSED
from anlan.domains.emergency.terms.incidents import (
    CaseKind,
    IncidentKind,
    IncidentLevel,
    IncidentState,
)
from anlan.domains.emergency.terms.judgement import ResponseLevel
from anlan.kit.models.keys import organisation_key, person_key


class Incident(models.Model):
    """What happened. `known_at` starts the clocks of its reports; level and response level are chosen by people.

    Numbers that nobody knows yet are None, never 0. One that was merged keeps its number and its story, and points
    at the one that leads (`merged_into`).
    """

    scene = models.CharField(max_length=64, default="live")
    number = models.CharField(_("编号"), max_length=20)
    title = models.CharField(_("事件名称"), max_length=120)
    kind = models.CharField(_("事件类别"), max_length=12, choices=IncidentKind.choices)
    state = models.CharField(
        _("进程"), max_length=20, choices=IncidentState.choices, default=IncidentState.REPORTED
    )
    level = models.CharField(_("事件级别"), max_length=4, choices=IncidentLevel.choices, blank=True)
    response_level = models.CharField(_("响应级别"), max_length=4, choices=ResponseLevel.choices, blank=True)
    organisation = organisation_key(_("主责单位"))
    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("场所")
    )
    where = models.CharField(_("发生地点"), max_length=200, blank=True)
    lon = models.FloatField(_("经度"), null=True)
    lat = models.FloatField(_("纬度"), null=True)
    happened_at = models.DateTimeField(_("发生时间"), null=True)
    known_at = models.DateTimeField(_("接报时间"))
    described = models.TextField(_("情况"), blank=True)
    killed = models.PositiveIntegerField(_("死亡人数"), null=True)
    missing = models.PositiveIntegerField(_("失联人数"), null=True)
    badly_injured = models.PositiveIntegerField(_("重伤人数"), null=True)
    injured = models.PositiveIntegerField(_("受伤人数"), null=True)
    evacuated = models.PositiveIntegerField(_("疏散人数"), null=True)
    loss_yuan = models.PositiveBigIntegerField(_("直接经济损失（元）"), null=True)
    figures_at = models.DateTimeField(_("统计截至"), null=True)
    plan_name = models.CharField(_("启动的预案"), max_length=120, blank=True)
    transferred_to = models.CharField(_("移交给"), max_length=120, blank=True)
    resources = models.TextField(_("到场力量和物资"), blank=True)
    review = models.TextField(_("总结评估"), blank=True)
    next_report_at = models.DateTimeField(_("下次续报时间"), null=True)
    opened_at = models.DateTimeField(_("登记时间"))
    opened_by = person_key(_("登记人"))
    reopened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(_("终止时间"), null=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="absorbed", verbose_name=_("并入")
    )
    split_from = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="split_off", verbose_name=_("拆分自")
    )

    class Meta:
        ordering = ["-known_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["scene", "number"], name="incident_number_once")]
        indexes = [models.Index(fields=["state", "-known_at"])]

    def __str__(self):
        return f"{self.number} {self.title}"

    def get_absolute_url(self):
        return reverse("emergency:incident", args=[self.pk])

    @property
    def is_closed(self):
        """Whether nothing more is to be done about it itself."""
        return self.state in CLOSED

    @property
    def spot(self):
        """Where it happened, in words."""
        parts = [self.place.name if self.place else "", self.where]
        return " ".join(part for part in parts if part)


class Part(models.Model):
    """A row that belongs to one incident; whoever runs the incident acts on it."""

    incident = models.ForeignKey(
        Incident, models.PROTECT, related_name="%(class)ss", verbose_name=_("突发事件")
    )

    class Meta:
        abstract = True

    @property
    def organisation(self):
        return self.incident.organisation

    @property
    def scene(self):
        return self.incident.scene

    def get_absolute_url(self):
        return self.incident.get_absolute_url()


class CaseNumber(models.Model):
    """A number under which another agency keeps the same matter: the shared key 警情编号, unique within its kind."""

    scene = models.CharField(max_length=64, default="live")
    kind = models.CharField(_("编号类别"), max_length=8, choices=CaseKind.choices)
    number = models.CharField(_("警情编号"), max_length=40)
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, related_name="cases", verbose_name=_("突发事件")
    )

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["scene", "kind", "number"], name="case_number_once")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.number}"


class IncidentAlarm(models.Model):
    """An alarm that belongs to an incident."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="alarm_links")
    alarm = models.ForeignKey(
        "emergency.Alarm", models.PROTECT, related_name="incident_links", verbose_name=_("预警处置单")
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "alarm"], name="incident_alarm_once")]

    def __str__(self):
        return str(self.alarm)


class IncidentPlace(models.Model):
    """A further place that an incident touches."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="other_places")
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+", verbose_name=_("场所"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "place"], name="incident_place_once")]

    def __str__(self):
        return str(self.place)


class CarriedEntry(models.Model):
    """An entry that an incident took along when it was split off: it stands in both stories."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="carried")
    change = models.ForeignKey("kit.Change", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "change"], name="entry_carried_once")]

    def __str__(self):
        return str(self.change)


class IncidentNote(Part):
    """What a person wrote into the timeline; with `corrects`, what it says of an earlier entry, which stays."""

    text = models.TextField(_("内容"))
    happened_at = models.DateTimeField(_("发生时间"))
    corrects = models.ForeignKey(
        "kit.Change", models.PROTECT, null=True, related_name="+", verbose_name=_("更正")
    )

    class Meta:
        ordering = ["happened_at", "id"]

    def __str__(self):
        return self.text[:60]
