"""Words of the crowd watch."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WarningLevel(models.TextChoices):
    """Internal crowd levels 内部客流等级; the order is that of `rules.LEVELS`."""

    NONE = "none", _("正常")
    BLUE = "blue", _("蓝色·关注")
    YELLOW = "yellow", _("黄色·加强值守")
    ORANGE = "orange", _("橙色·限流准备")
    RED = "red", _("红色·停止进入")


class SensorState(models.TextChoices):
    """Health of a sensor as its readings show it."""

    NEVER = "never", _("尚无读数")
    ONLINE = "online", _("在线")
    SILENT = "silent", _("失联")
    STUCK = "stuck", _("读数不变")
    CLOCK = "clock", _("时钟异常")


class Measures(models.TextChoices):
    """What a bound channel measures."""

    FLOW = "flow", _("进出人次")
    PRESENCE = "presence", _("在场人数")
    DENSITY = "density", _("密度")


class QuarantineState(models.TextChoices):
    """What became of a payload that could not be read."""

    WAITING = "waiting", _("待处理")
    REPLAYED = "replayed", _("已重新读入")
    DISMISSED = "dismissed", _("已忽略")
