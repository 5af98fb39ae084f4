"""Words of the checks on teams in the field 队伍安全确认."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CheckStand(models.TextChoices):
    """How a team's check stands now, computed from its records."""

    FINE = "fine", _("正常")
    DUE = "due", _("待确认")
    MISSED = "missed", _("超时未确认")
    TROUBLE = "trouble", _("需要支援")
    STOPPED = "stopped", _("已结束")


class CheckAnswer(models.TextChoices):
    """What a team answers."""

    FINE = "fine", _("人员齐，安全")
    TROUBLE = "trouble", _("有异常，需要支援")


class CheckRefusal:
    """Why a step of a check is refused, and what to do instead."""

    NO_TEAM = _("请写明队伍名称。")
    NO_PEOPLE = _("队伍人数须在 1 至 5,000 之间。")
    EVERY = _("间隔须在 5 至 240 分钟之间。")
    GRACE = _("宽限须在 1 至 30 分钟之间。")
    STOPPED = _("该队伍的安全确认已结束。")
    RUNNING = _("队伍“%(team)s”的安全确认正在进行，无需重复开始。")
    COUNT = _("在位人数须在 0 至 5,000 之间。")
    NO_WORDS = _("请写明异常情况。")
    NO_REASON = _("请写明结束的理由。")
    BEFORE_LAST = _("此次确认早于最近一次确认，不改变计时。请核对时间。")
    NOT_YOURS = _("您不在该队伍所属单位。代为登记的，须写明来电人。")
