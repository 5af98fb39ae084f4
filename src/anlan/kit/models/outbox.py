"""Channels by which people are told, and the outbox: one row per message, recipient and channel."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.kit.terms import MessageState


class Channel(models.Model):
    """One configured way to tell people: a kind of `anlan.channels` with its settings (addresses, keys).

    A group robot, an SMS account, a mail server. `settings` holds secrets: pages show them masked.
    The `…_at` columns and `last_said` are its health, written by the sender and the test button.
    """

    code = models.CharField(_("编码"), max_length=40, unique=True)
    kind = models.CharField(_("类别"), max_length=24)
    name = models.CharField(_("名称"), max_length=120)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    settings = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    is_active = models.BooleanField(_("启用"), default=True)
    last_ok_at = models.DateTimeField(_("最近成功"), null=True)
    last_failed_at = models.DateTimeField(_("最近失败"), null=True)
    last_said = models.CharField(_("最近回应"), max_length=300, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("kit:channel", args=[self.code])


class Message(models.Model):
    """One text to one recipient by one channel; `key` makes queueing it again return this row.

    `about_kind`/`about_id` name the row it tells of (as in Change). `to` is the address on the channel, empty for a
    group robot; `words` holds what a kind needs besides (template parameters, CAP document, display lines).
    `send_by`: after that moment it is not sent any more. `scene` other than live never leaves the house.
    """

    key = models.CharField(max_length=200, unique=True)
    scene = models.CharField(max_length=64, default="live")
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="messages")
    to = models.CharField(_("地址"), max_length=200, blank=True)
    recipient = models.CharField(_("收件人"), max_length=120, blank=True)
    about_kind = models.CharField(max_length=64)
    about_id = models.CharField(max_length=64)
    title = models.CharField(_("标题"), max_length=200)
    text = models.TextField(_("内容"))
    link = models.CharField(max_length=400, blank=True)
    words = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    is_urgent = models.BooleanField(default=False)
    state = models.CharField(
        _("状态"), max_length=12, choices=MessageState.choices, default=MessageState.QUEUED
    )
    tries = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField(_("提交时间"))
    send_by = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField()
    settled_at = models.DateTimeField(_("最近变化"), null=True)
    vendor_id = models.CharField(max_length=200, blank=True)
    said = models.CharField(_("回应"), max_length=300, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "next_try_at"]),
            models.Index(fields=["about_kind", "about_id", "-id"]),
        ]

    def __str__(self):
        return f"{self.title} → {self.recipient or self.to or self.channel_id}"
