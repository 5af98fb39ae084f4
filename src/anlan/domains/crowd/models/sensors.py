"""Sensors, what they are bound to, when they were not well, and payloads nobody could read."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.crowd import terms


class Sensor(models.Model):
    """A people counter. `kind` names its decoder, `zone` the time zone its naive times are in.

    `is_manual`: no device, but what people on the spot report of its place (`Observation`).
    """

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
    is_manual = models.BooleanField(_("人工观测"), default=False)
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
