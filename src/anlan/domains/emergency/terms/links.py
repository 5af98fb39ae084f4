"""Words of one-tap links: what opens without signing in, and why one does not open any more."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LinkState(models.TextChoices):
    """Where the link of a message stands."""

    FRESH = "fresh", _("有效")
    SPENT = "spent", _("已使用")
    EXPIRED = "expired", _("已过期")
    OTHER_ROUND = "other_round", _("已有新的通知")
    CLOSED = "closed", _("处置单已解除")
    LEFT = "left", _("账号已停用")


class LinkRefusal:
    """Why a link does not answer any more, and what to do instead."""

    UNKNOWN = _("链接无效。请核对是否完整，或登录后办理。")
    SPENT = _("您已用此链接签收。需要补充措施的，请登录后办理。")
    EXPIRED = _("链接已过期。请使用最新一条通知中的链接，或登录后办理。")
    OTHER_ROUND = _("情况已变化，系统已重新通知。请使用最新一条通知中的链接，或登录后办理。")
    CLOSED = _("这张处置单已解除，无需再签收。")
    LEFT = _("此账号已停用，不能签收。请联系本单位管理员。")
    STALE_PAGE = _("页面打开太久，为防误操作请重新确认后再按一次。")
    TOO_OFTEN = _("操作过于频繁。请一分钟后再试，或登录后办理。")

    @classmethod
    def of(cls, state):
        """The sentence for a link in this state; None where it still answers."""
        return None if state == LinkState.FRESH else getattr(cls, LinkState(state).name)
