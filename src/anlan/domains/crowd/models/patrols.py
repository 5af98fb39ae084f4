"""Patrols 巡逻: routes with their stops, rounds planned from them, check-ins."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.crowd import terms
from anlan.kit.models.keys import organisation_key, person_key


class PatrolRoute(models.Model):
    """A route 巡逻路线: who walks it, on which days, in which hours and how often.

    Rounds are due every `every_min` minutes from `starts_at` up to `ends_at` (not after the start: of the next day);
    each is to be started within `grace_min` of its time and to be over `lasts_min` after it.
    """

    name = models.CharField(_("路线名称"), max_length=80)
    organisation = organisation_key(_("巡逻单位"))
    days = models.CharField(
        _("巡逻日"), max_length=10, choices=terms.PatrolDays.choices, default=terms.PatrolDays.EVERY
    )
    starts_at = models.TimeField(_("开始时间"))
    ends_at = models.TimeField(_("结束时间"))
    every_min = models.PositiveIntegerField(_("间隔（分钟）"))
    lasts_min = models.PositiveIntegerField(_("每班时长（分钟）"))
    grace_min = models.PositiveIntegerField(_("允许迟到（分钟）"), default=15)
    note = models.CharField(_("巡逻要求"), max_length=300, blank=True)
    planned_from = models.DateTimeField(_("排班起点"))
    is_demo = models.BooleanField(_("示范数据"), default=False)
    stopped_at = models.DateTimeField(_("停用时间"), null=True)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("crowd:patrol_route", args=[self.pk])

    @property
    def stops_in_use(self):
        """The stops of now, in their order."""
        return self.stops.filter(dropped_at=None)


class PatrolStop(models.Model):
    """A stop 巡逻点 of a route: a place, a zone of it, or a point with a name. Never altered: dropped, and put anew.

    `dwell_min` is how long to stay there; lon and lat, WGS-84 degrees, are the point's own, else the place's.
    """

    route = models.ForeignKey(PatrolRoute, models.PROTECT, related_name="stops")
    order = models.PositiveSmallIntegerField(_("顺序"))
    name = models.CharField(_("巡逻点"), max_length=120)
    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("场所")
    )
    zone = models.ForeignKey(
        "places.Zone", models.PROTECT, null=True, related_name="+", verbose_name=_("区域")
    )
    dwell_min = models.PositiveSmallIntegerField(_("停留（分钟）"), default=0)
    lon = models.FloatField(_("经度"), null=True)
    lat = models.FloatField(_("纬度"), null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["route", "order", "id"]

    def __str__(self):
        return self.name

    @property
    def point(self):
        """(lon, lat) of the stop, or None where neither it nor its place has any."""
        own = (self.lon, self.lat) if self.lon is not None else None
        return own or (
            (self.place.lon, self.place.lat) if self.place and self.place.lon is not None else None
        )


class PatrolRound(models.Model):
    """A round 巡逻班次: planned from a route for a time, or begun without one.

    `stop_ids` are the stops as they were when it was planned, in their order; `due_at` is when it is to be over.
    `uid` is the client's, once it is started; `end_uid` the client's of its end, None where it lapsed.
    """

    uid = models.UUIDField(unique=True, null=True)
    route = models.ForeignKey(
        PatrolRoute, models.PROTECT, null=True, related_name="rounds", verbose_name=_("巡逻路线")
    )
    organisation = organisation_key(_("巡逻单位"))
    state = models.CharField(
        _("状态"), max_length=8, choices=terms.RoundState.choices, default=terms.RoundState.PLANNED
    )
    stop_ids = models.JSONField(default=list)
    planned_at = models.DateTimeField(_("计划时间"), null=True)
    start_by = models.DateTimeField(_("最迟开始"), null=True)
    due_at = models.DateTimeField(_("应完成时间"), null=True)
    started_at = models.DateTimeField(_("开始时间"), null=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    end_uid = models.UUIDField(null=True)
    by = person_key(_("巡逻人"), null=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    is_demo = models.BooleanField(_("示范数据"), default=False)

    class Meta:
        ordering = ["-planned_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["route", "planned_at"], name="patrol_planned_once",
                condition=models.Q(planned_at__isnull=False),
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["state", "due_at"])]

    def __str__(self):
        return str(self.route) if self.route else str(_("临时巡逻"))

    def get_absolute_url(self):
        return reverse("crowd:patrol_round", args=[self.pk])


class CheckIn(models.Model):
    """A check-in 打卡 on a round: when, at which stop or place, and where as far as the person gave it.

    The position is taken at the check-in alone, there is no track. `away_m` is how far it was from the stop.
    """

    uid = models.UUIDField(unique=True)
    round = models.ForeignKey(PatrolRound, models.PROTECT, related_name="check_ins")
    stop = models.ForeignKey(
        PatrolStop, models.PROTECT, null=True, related_name="+", verbose_name=_("巡逻点")
    )
    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("场所")
    )
    at = models.DateTimeField(_("打卡时间"))
    noted_at = models.DateTimeField(_("上报时间"))
    by = person_key(_("打卡人"))
    lon = models.FloatField(_("经度"), null=True)
    lat = models.FloatField(_("纬度"), null=True)
    away_m = models.FloatField(_("距巡逻点（米）"), null=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self):
        return str(self.stop or self.place or self.round)

    @property
    def organisation(self):
        return self.round.organisation


class PatrolFinding(models.Model):
    """Something found on a round: `about_kind`/`about_id` name its row (as in Change), which a room above keeps."""

    round = models.ForeignKey(PatrolRound, models.PROTECT, related_name="findings")
    about_kind = models.CharField(max_length=64)
    about_id = models.CharField(max_length=64)
    title = models.CharField(_("发现"), max_length=200)
    link = models.CharField(max_length=400)
    at = models.DateTimeField(_("发现时间"))

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "about_kind", "about_id"], name="finding_noted_once")
        ]

    def __str__(self):
        return self.title

    @property
    def organisation(self):
        return self.round.organisation
