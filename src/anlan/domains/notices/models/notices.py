"""A notice, the outlets it goes to, and the numbers it is given."""

import uuid

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.notices import terms
from anlan.kit.models.keys import person_key


class Notice(models.Model):
    """Words to people. `uid` names it from birth; its public number comes with publication or handing over.

    `frozen_text` is exactly what was signed (rules.freeze) and `frozen_sha256` its hash: both are empty again as soon
    as anything of it changes. `updates` is the notice that this one takes the place of. `fields` holds what a
    statutory warning needs besides; `source` where it came from, as plain values: {"kind", "id", "name"}.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("编号"), max_length=16, null=True, unique=True)
    kind = models.CharField(_("类别"), max_length=20, choices=terms.NoticeKind.choices)
    state = models.CharField(
        _("状态"), max_length=12, choices=terms.NoticeState.choices, default=terms.NoticeState.DRAFT
    )
    scene = models.CharField(max_length=64, default="live")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("拟稿单位")
    )
    hazard = models.CharField(_("灾种"), max_length=12, choices=terms.Hazard.choices)
    template_code = models.CharField(max_length=40, blank=True)
    places = models.ManyToManyField("places.Place", blank=True, related_name="+", verbose_name=_("涉及场所"))
    area_zh = models.CharField(_("影响范围"), max_length=200, blank=True)
    area_en = models.CharField(_("影响范围（英文）"), max_length=200, blank=True)
    headline_zh = models.CharField(_("标题"), max_length=60, blank=True)
    headline_en = models.CharField(_("标题（英文）"), max_length=160, blank=True)
    description_zh = models.TextField(_("正文"), max_length=1000, blank=True)
    description_en = models.TextField(_("正文（英文）"), max_length=2000, blank=True)
    instruction_zh = models.TextField(_("应对措施"), max_length=1000, blank=True)
    instruction_en = models.TextField(_("应对措施（英文）"), max_length=2000, blank=True)
    short_zh = models.CharField(_("屏显文字"), max_length=200, blank=True)
    short_en = models.CharField(_("屏显文字（英文）"), max_length=300, blank=True)
    effective_at = models.DateTimeField(_("生效时间"), null=True)
    expires_at = models.DateTimeField(_("失效时间"), null=True)
    fields = models.JSONField(_("法定要素"), default=dict, encoder=DjangoJSONEncoder)
    source = models.JSONField(_("来源"), default=dict, encoder=DjangoJSONEncoder)
    updates = models.ForeignKey("self", models.PROTECT, null=True, related_name="updated_by")
    drafted_at = models.DateTimeField(_("拟稿时间"))
    drafted_by = person_key(_("拟稿人"), null=True)
    edited_by = person_key(_("修改人"), null=True)
    submitted_at = models.DateTimeField(_("送审时间"), null=True)
    submitted_by = person_key(_("送审人"), null=True)
    signed_at = models.DateTimeField(_("签发时间"), null=True)
    signed_by = person_key(_("签发人"), null=True)
    frozen_text = models.TextField(blank=True)
    frozen_sha256 = models.CharField(_("签发内容摘要"), max_length=64, blank=True)
    published_at = models.DateTimeField(_("发布时间"), null=True)
    published_by = person_key(_("发布人"), null=True)
    origin = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    ended_by = person_key(_("解除人"), null=True)
    taken_by = models.CharField(_("接收单位和接收人"), max_length=200, blank=True)
    taken_at = models.DateTimeField(_("移交时间"), null=True)
    is_demo = models.BooleanField(_("示范数据"), default=False)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["scene", "state", "expires_at"]),
            models.Index(fields=["organisation", "-id"]),
        ]

    def __str__(self):
        return self.headline_zh or str(_("（无标题）"))

    def get_absolute_url(self):
        return reverse("notices:notice", args=[self.pk])

    @property
    def is_exercise(self):
        """Whether it belongs to another scene than the real one: it never leaves the house."""
        return self.scene != "live"


class NoticeTarget(models.Model):
    """One outlet that a notice is to reach; `sendings` counts how often it was sent there.

    `outlet` names it within the notice: "web", "wechat", "weibo", "display:ID", "channel:ID". `address` is where a person published it by hand, as reported.
    """

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="targets")
    outlet = models.CharField(max_length=24)
    kind = models.CharField(_("渠道"), max_length=12, choices=terms.OutletKind.choices)
    display = models.ForeignKey("notices.Display", models.PROTECT, null=True, related_name="targets")
    channel = models.ForeignKey("kit.Channel", models.PROTECT, null=True, related_name="+")
    sendings = models.PositiveSmallIntegerField(default=0)
    address = models.URLField(_("发布网址"), max_length=400, blank=True)
    reported_at = models.DateTimeField(_("登记时间"), null=True)
    reported_by = person_key(_("登记人"), null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["notice", "outlet"], name="notice_target_once")]

    def __str__(self):
        return str(self.display or self.channel or self.get_kind_display())

    @property
    def organisation(self):
        return self.notice.organisation


class NoticeNumber(models.Model):
    """The last number given in a year: a row to lock, so that numbers have no gaps and no twins."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self):
        return f"{self.year}-{self.last:04d}"
