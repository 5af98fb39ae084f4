"""Words of mutes 暂停提醒: why one ended, and why one is refused."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MuteEnd(models.TextChoices):
    """What ended a mute."""

    DUE = "due", _("到时，恢复提醒")
    ROSE = "rose", _("情况变化，重新逐级上报")
    CLOSED = "closed", _("处置单已解除")
    BY_HAND = "by_hand", _("人工恢复")


class MuteRefusal:
    """Why a mute is refused: what is wrong, and what to do instead."""

    CLOSED = _("处置单已解除，没有需要暂停的提醒。")
    NO_REASON = _("请写明暂停提醒的理由。")
    PAST = _("结束时间应晚于现在。")
    TOO_LONG = _("“%(level)s”最多可暂停提醒 %(minutes)d 分钟。请选择更早的结束时间。")
    MUTED = _("%(who)s已暂停提醒至 %(until)s。请先恢复提醒，再重新设置。")
    NOT_MUTED = _("提醒没有暂停，无需恢复。")
