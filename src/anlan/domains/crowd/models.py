"""Sensors and what they are bound to, thresholds, warnings, and payloads nobody could read."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.crowd import terms


class Sensor(models.Model):
    """A people counter. `kind` names its decoder, `zone` the time zone its naive times are in."""

    code = models.CharField(
        _("编号"), max_length=80, unique=True, help_text=_("设备上报的序列号，或自定编号")
    )
    name = models.CharField(_("名称"), max_length=120)
    kind = models.CharField(
        _("型号类别"), max_length=24, choices=terms.DeviceKind.choices, default=terms.DeviceKind.NATIVE
    )
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+", verbose_name=_("所在场所"))
    credential = models.ForeignKey(
        "accounts.DeviceCredential", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("凭证"),
    )  # fmt: skip
    zone_name = models.CharField(_("设备时区"), max_length=40, default="Asia/Shanghai")
    mapping = models.JSONField(_("字段映射"), null=True, blank=True)
    source = models.JSONField(
        _("主动采集"), null=True, blank=True
    )  # devices.calling.SourceSettings, if it is called
    mqtt_topic = models.CharField(_("MQTT 主题"), max_length=200, blank=True)
    interval_s = models.PositiveIntegerField(_("上报间隔（秒）"), default=60)
    is_demo = models.BooleanField(_("示范数据"), default=False)
    retired_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return self.name or self.code

    def get_absolute_url(self):
        return reverse("crowd:sensor", args=[self.code])

    @property
    def organisation(self):
        return self.place.organisation


class Binding(models.Model):
    """What one channel of a sensor counts: a passage through an entrance, between zones, or those present.

    An `in` of the device goes into `into_zone` (none: the place itself) from `from_zone` (none: outside);
    `is_reversed` swaps the device's in and out. Channel "*" stands for every channel.
    """

    sensor = models.ForeignKey(Sensor, models.CASCADE, related_name="bindings")
    channel = models.CharField(_("通道"), max_length=80, default="*")
    measures = models.CharField(
        _("测量内容"), max_length=10, choices=terms.Measures.choices, default=terms.Measures.FLOW
    )
    entrance = models.ForeignKey(
        "places.Entrance", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("出入口")
    )
    into_zone = models.ForeignKey(
        "places.Zone", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("进入区域")
    )
    from_zone = models.ForeignKey(
        "places.Zone", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("来自区域")
    )
    is_reversed = models.BooleanField(_("进出方向相反"), default=False)

    class Meta:
        ordering = ["sensor", "channel"]
        constraints = [
            models.UniqueConstraint(fields=["sensor", "channel", "measures"], name="channel_bound_once")
        ]

    def __str__(self):
        return f"{self.sensor} [{self.channel}]"

    @property
    def organisation(self):
        return self.sensor.organisation


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


class SensorEpisode(models.Model):
    """A stretch of time in which a sensor was not well: from when, until when (None: still), in which state and why.

    `lacks` is the direction that it did not count, rules.LACKS_OUT or LACKS_IN; 0 both.
    """

    sensor = models.ForeignKey(Sensor, models.CASCADE, related_name="episodes")
    state = models.CharField(_("状态"), max_length=10, choices=terms.SensorState.choices)
    reason = models.JSONField(_("说明"), default=dict)
    lacks = models.SmallIntegerField(default=0)
    began_at = models.DateTimeField(_("开始"))
    ended_at = models.DateTimeField(_("结束"), null=True)

    class Meta:
        ordering = ["-began_at", "-id"]
        indexes = [models.Index(fields=["ended_at", "sensor"])]

    def __str__(self):
        return f"{self.sensor} {self.get_state_display()}"


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


class ChannelLevels(models.Model):
    """From which score on a channel of the forecaster speaks, by horizon in minutes; its changes are its change rows.

    `budget` is the false alarms per place and month that the levels were fitted to, on so many days.
    """

    channel = models.CharField(_("渠道"), max_length=1, choices=terms.ForecastChannel.choices, unique=True)
    levels = models.JSONField(default=dict)
    budget = models.FloatField(_("虚警限额"))
    fitted_days = models.PositiveIntegerField(default=0)
    fitted_at = models.DateTimeField(_("拟合时间"))

    organisation = None  # of the whole district

    def __str__(self):
        return self.get_channel_display()


class ChannelSkill(models.Model):
    """How good a channel was for a space over the days up to `until`, by the alarm levels in force then.

    Derived each night from the history, so it leaves no change row. brier_skill: None where it cannot be told.
    """

    space_code = models.CharField(_("编号"), max_length=64)
    space_name = models.CharField(_("场所"), max_length=160)
    quantity = models.CharField(_("对象"), max_length=10, choices=terms.ForecastQuantity.choices)
    place = models.ForeignKey("places.Place", models.PROTECT, null=True, related_name="+")
    channel = models.CharField(_("渠道"), max_length=1, choices=terms.ForecastChannel.choices)
    until = models.DateField(_("截至"))
    crossings = models.PositiveIntegerField(_("达到承载量次数"))
    caught_15 = models.PositiveIntegerField(_("提前 15 分钟以上"))
    caught_30 = models.PositiveIntegerField(_("提前 30 分钟以上"))
    false_alarms = models.PositiveIntegerField(_("虚警"))
    months = models.FloatField(_("场所月数"))
    budget = models.FloatField(_("虚警限额"))
    brier_skill = models.FloatField(_("Brier 技巧分"), null=True)
    like_days = models.PositiveIntegerField(_("有数据天数"))

    class Meta:
        ordering = ["-until", "space_code", "channel"]
        constraints = [
            models.UniqueConstraint(
                fields=["space_code", "quantity", "channel", "until"], name="skill_told_once"
            )
        ]

    def __str__(self):
        return f"{self.space_name} {self.channel} {self.until}"

    @property
    def organisation(self):
        return self.place.organisation if self.place else None

    @property
    def false_per_month(self):
        """False alarms a month, as the budget is."""
        return self.false_alarms / self.months if self.months else 0.0

    @property
    def is_over(self):
        """Whether the budget was overrun, by more than one alarm that chance may bring."""
        return self.false_alarms > self.budget * self.months + 1

    @property
    def is_learning(self):
        """Whether there are too few like days yet."""
        return self.like_days < terms.LIKE_DAYS_NEEDED


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


class QuarantinedPayload(models.Model):
    """Bytes that came in and could not be read, with the reason; kept until read again or dismissed.

    `size_bytes` is what was received; `body` holds at most the first MiB of it.
    """

    sensor = models.ForeignKey(Sensor, models.CASCADE, null=True, blank=True, related_name="quarantined")
    door = models.CharField(_("来路"), max_length=20)
    kind = models.CharField(_("型号类别"), max_length=24)
    body = models.BinaryField()
    size_bytes = models.PositiveBigIntegerField(_("大小（字节）"))
    content_type = models.CharField(max_length=200, blank=True)
    reason = models.TextField(_("原因"))
    received_at = models.DateTimeField(_("收到时间"))
    state = models.CharField(
        _("状态"), max_length=10, choices=terms.QuarantineState.choices, default=terms.QuarantineState.WAITING
    )

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return f"{self.door} {self.kind} {self.received_at:%F %T}"

    def get_absolute_url(self):
        return reverse("crowd:quarantined", args=[self.pk])

    @property
    def organisation(self):
        return self.sensor.organisation if self.sensor else None

    @property
    def is_waiting(self):
        return self.state == terms.QuarantineState.WAITING

    @property
    def is_cut(self):
        """Whether only the start of it was kept: it can be looked at, not read again."""
        return self.size_bytes > len(self.body)
