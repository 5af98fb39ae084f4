"""What people lay down for the watch of a place: thresholds and their tests, the night, counters and people to come."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.crowd import terms


class ThresholdSet(models.Model):
    """The thresholds of one place; names and defaults are those of `rules.DEFAULT_THRESHOLDS`."""

    place = models.OneToOneField("places.Place", models.PROTECT, related_name="+")
    values = models.JSONField(default=dict)
    reason = models.TextField(_("理由"), blank=True)

    def __str__(self):
        return str(self.place)

    def get_absolute_url(self):
        return reverse("crowd:thresholds", args=[self.place.code])

    @property
    def organisation(self):
        return self.place.organisation


class BackTest(models.Model):
    """The past of a place judged again: by the thresholds in force when it was asked for, and by `values`.

    Both hold own values only, as ThresholdSet. `outcome` is {"spaces": […]} once it is done; `seen_at` is when
    the one who asked first looked at it.
    """

    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+", verbose_name=_("场所"))
    in_force = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    first_day = models.DateField(_("起始日期"))
    last_day = models.DateField(_("结束日期"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("申请人")
    )
    asked_at = models.DateTimeField(_("申请时间"))
    job = models.ForeignKey("kit.Job", models.PROTECT, null=True, related_name="+")
    outcome = models.JSONField(default=dict)
    seen_at = models.DateTimeField(_("查看时间"), null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return f"{self.place} {self.first_day} – {self.last_day}"

    def get_absolute_url(self):
        return reverse("crowd:backtest", args=[self.pk])

    @property
    def organisation(self):
        return self.place.organisation

    @property
    def is_done(self):
        return bool(self.outcome)


class CountReset(models.Model):
    """When the number present in a place is set anew each night, where it is not the default.

    `quiet_minute` is of the local day, None: never; `residual_persons` are there even then (night staff, people
    who live there).
    """

    place = models.OneToOneField("places.Place", models.PROTECT, related_name="+", verbose_name=_("场所"))
    quiet_minute = models.PositiveSmallIntegerField(_("归零时刻"), null=True)
    residual_persons = models.PositiveIntegerField(_("归零时留存人数"), default=0)
    reason = models.TextField(_("理由"))

    class Meta:
        ordering = ["place"]

    def __str__(self):
        return str(self.place)

    def get_absolute_url(self):
        return reverse("crowd:recount", args=[self.place.code])

    @property
    def organisation(self):
        return self.place.organisation


class CounterPlan(models.Model):
    """By when a place without counters is to be counted 「增设计划」; kept by itself once a sensor there counts.

    No date: not planned, or not any more; the row stays for its story.
    """

    place = models.OneToOneField("places.Place", models.PROTECT, related_name="+", verbose_name=_("场所"))
    planned_on = models.DateField(_("计划完成日期"), null=True)
    note = models.CharField(_("增设说明"), max_length=200, blank=True)

    class Meta:
        ordering = ["planned_on", "place"]

    def __str__(self):
        return str(self.place)

    def get_absolute_url(self):
        return reverse("crowd:counter_plan", args=[self.place.code])

    @property
    def organisation(self):
        return self.place.organisation


class PlannedArrivals(models.Model):
    """The people that an approved gathering is expected to bring to a place: its date becomes a gathering day there.

    `curve` holds [minute from local midnight of `held_on`, people in the quarter of an hour from it]; an end that is
    not after the start lies on the next day.
    """

    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+", verbose_name=_("场所"))
    name = models.CharField(_("活动名称"), max_length=120)
    held_on = models.DateField(_("日期"))
    starts_at = models.TimeField(_("开始时间"))
    ends_at = models.TimeField(_("结束时间"))
    persons = models.PositiveIntegerField(_("预计到达人数"))
    shape = models.CharField(_("到达方式"), max_length=16, choices=terms.ArrivalShape.choices)
    curve = models.JSONField(default=list)
    approval_number = models.CharField(_("批准文号或来源"), max_length=120)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    is_demo = models.BooleanField(_("示范数据"), default=False)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)

    class Meta:
        ordering = ["held_on", "starts_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "held_on", "name"],
                condition=models.Q(withdrawn_at=None),
                name="gathering_planned_once",
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("crowd:planned_arrivals", args=[self.pk])

    @property
    def organisation(self):
        return self.place.organisation
