"""Alerts of others: the feeds that are read, and what they said."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.notices import terms


class Feed(models.Model):
    """An address from which alerts of others are fetched every `every_s`; what is known of it is spared."""

    name = models.CharField(_("名称"), max_length=120)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    kind = models.CharField(_("格式"), max_length=8, choices=terms.FeedKind.choices)
    url = models.URLField(_("网址"), max_length=400)
    every_s = models.PositiveIntegerField(_("读取间隔（秒）"), default=300)
    is_active = models.BooleanField(_("启用"), default=True)
    etag = models.CharField(max_length=200, blank=True)
    modified = models.CharField(max_length=80, blank=True)
    seen = models.JSONField(default=list)  # marks of an index's entries that were fetched
    fetched_at = models.DateTimeField(_("最近读取"), null=True)
    read_at = models.DateTimeField(_("最近成功"), null=True)
    fault = models.CharField(_("最近问题"), max_length=300, blank=True)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("notices:feed", args=[self.pk])


class Bulletin(models.Model):
    """An alert from outside as it came; `raw` are its bytes as text, untouched (a signature covers them).

    The same (sender, identifier, sent) is kept once. `state` follows from later ones that refer to it.
    """

    feed = models.ForeignKey(Feed, models.PROTECT, related_name="bulletins", verbose_name=_("来源"))
    sender = models.CharField(_("发布单位"), max_length=200)
    sender_name = models.CharField(_("发布单位名称"), max_length=200, blank=True)
    identifier = models.CharField(_("标识"), max_length=200)
    sent_at = models.DateTimeField(_("发布时间"))
    status = models.CharField(_("报文状态"), max_length=12)
    msg_type = models.CharField(_("信息类型"), max_length=12)
    references = models.JSONField(default=list)
    hazard_name = models.CharField(_("灾种"), max_length=120, blank=True)
    degree = models.CharField(_("严重程度"), max_length=12, blank=True)
    headline = models.CharField(_("标题"), max_length=300, blank=True)
    description = models.TextField(_("正文"), blank=True)
    instruction = models.TextField(_("应对措施"), blank=True)
    area = models.CharField(_("影响范围"), max_length=400, blank=True)
    effective_at = models.DateTimeField(_("生效时间"), null=True)
    expires_at = models.DateTimeField(_("失效时间"), null=True)
    signature = models.CharField(
        _("签名"), max_length=8, choices=terms.Signature.choices, default=terms.Signature.NONE
    )
    faults = models.JSONField(_("校验问题"), default=list)
    raw = models.TextField(blank=True)
    received_at = models.DateTimeField(_("接收时间"))
    state = models.CharField(
        _("状态"), max_length=10, choices=terms.BulletinState.choices, default=terms.BulletinState.ACTIVE
    )

    class Meta:
        ordering = ["-sent_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["sender", "identifier", "sent_at"], name="bulletin_received_once")
        ]

    def __str__(self):
        return self.headline or self.identifier

    def get_absolute_url(self):
        return reverse("notices:bulletin", args=[self.pk])

    @property
    def organisation(self):
        return self.feed.organisation
