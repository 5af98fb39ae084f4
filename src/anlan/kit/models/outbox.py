"""Channels by which people are told, how each person is reached, and the outbox: one row per message and recipient."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.kit.terms import LIVE, MessageState


class Channel(models.Model):
    """One configured way to tell people: a kind of `anlan.channels` with its settings (addresses, keys).

    A group robot, an SMS account, a mail server. `settings` holds secrets: pages and change rows show them masked.
    `is_for_staff`: a group channel that hears what its organisation is told; off for one that speaks to the public.
    The `…_at` columns and `last_said` (the service's words at its last failure) are its health, written by the sender.
    """

    code = models.CharField(_("编码"), max_length=40, unique=True)
    kind = models.CharField(_("类别"), max_length=24)
    name = models.CharField(_("名称"), max_length=120)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("所属机构")
    )
    settings = models.JSONField(_("参数"), default=dict, encoder=DjangoJSONEncoder)
    is_for_staff = models.BooleanField(_("用于工作通知"), default=True)
    is_active = models.BooleanField(_("启用"), default=True)
    last_ok_at = models.DateTimeField(_("最近成功"), null=True)
    last_failed_at = models.DateTimeField(_("最近失败"), null=True)
    last_said = models.CharField(_("最近失败原因"), max_length=300, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("kit:channel", args=[self.code])


class Contact(models.Model):
    """How one person is reached on one channel; the lowest `order` is tried first.

    In the quiet hours (local time, may pass midnight) only what is urgent is told; the rest waits for their end.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="contacts", verbose_name=_("发送渠道"))
    address = models.CharField(_("地址"), max_length=200)
    order = models.PositiveSmallIntegerField(_("次序"), default=1)
    quiet_from = models.TimeField(_("免打扰开始"), null=True, blank=True)
    quiet_to = models.TimeField(_("免打扰结束"), null=True, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["person", "channel", "address"], name="contact_once")]

    def __str__(self):
        return f"{self.person} · {self.channel}"

    @property
    def organisation(self):
        return self.person.organisation


class Message(models.Model):
    """One text to one recipient by one channel; `key` makes queueing it again return this row.

    `about_kind`/`about_id` name the row it tells of (as in Change). `to` is the address on the channel, empty for a
    group robot; `words` holds what a kind needs besides (template parameters, CAP document, display lines).
    `send_by`: after that moment it is not sent any more. A scene other than live never leaves the house: the database
    itself keeps such a message from ever waiting to be sent. `sender` has it in hand since `started_at`.
    `story` lists what became of it: {at, state, said}.
    """

    key = models.CharField(max_length=200, unique=True)
    scene = models.CharField(max_length=64, default=LIVE)
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="messages")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
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
    sender = models.CharField(max_length=120, blank=True)
    started_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(_("最近变化"), null=True)
    vendor_id = models.CharField(max_length=200, blank=True)
    said = models.CharField(_("回应"), max_length=300, blank=True)
    ask_at = models.DateTimeField(null=True)
    asks = models.PositiveSmallIntegerField(default=0)
    story = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    again_of = models.OneToOneField("self", models.PROTECT, null=True, related_name="again")

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["about_kind", "about_id", "-id"]),
            models.Index(fields=["state", "channel", "-is_urgent", "id"], name="message_waiting"),
            models.Index(
                fields=["channel", "ask_at"], condition=models.Q(ask_at__isnull=False), name="message_asked"
            ),
            models.Index(fields=["settled_at", "channel", "state"], name="message_settled"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scene=LIVE) | models.Q(state=MessageState.REHEARSED),
                name="only_live_is_sent",
            )
        ]

    def __str__(self):
        return f"{self.title} → {self.recipient or self.to or self.channel_id}"

    def get_absolute_url(self):
        return reverse("kit:message", args=[self.pk])

    @property
    def organisation(self):
        return self.channel.organisation
