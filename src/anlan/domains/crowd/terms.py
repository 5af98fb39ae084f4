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
    FAULT = "fault", _("设备报错")


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


class Rule(models.TextChoices):
    """The rules of channel D, in the order in which they claim a change (`rules.judge`)."""

    SHARE = "share", _("占承载量比例")
    DENSITY = "density", _("密度")
    SHARE_AND_TIME = "share_and_time", _("比例与到达时间")
    TIME_TO_CAPACITY = "time_to_capacity", _("预计到达承载量时间")
    NET_INFLOW = "net_inflow", _("净流入超过疏散能力")
    OUTFLOW = "outflow", _("瓶颈流出不畅")
    LOWERED = "lowered", _("持续回落")


class ThresholdRefusal:
    """Why a set of thresholds is not accepted: what is wrong, and what to do instead."""

    UNKNOWN = _("没有名为“%(names)s”的阈值。请删去或改正名称。")
    NOT_A_NUMBER = _("阈值“%(name)s”不是数字。请填写 %(low)s 至 %(high)s 之间的数字。")
    OUT_OF_RANGE = _("阈值“%(name)s”为 %(value)s，应在 %(low)s 至 %(high)s 之间。")
    NOT_RISING = _("阈值“%(name)s”（%(value)s）应大于前一级“%(before)s”（%(limit)s）。")
    NOT_FALLING = _("阈值“%(name)s”（%(value)s）应小于前一级“%(before)s”（%(limit)s）。")
    TAKEN_BACK = _("阈值“%(name)s”（%(value)s）不应小于前一级“%(before)s”（%(limit)s）。")
    LOOSER = _("阈值“%(name)s”（%(value)s）不应大于前一级“%(before)s”（%(limit)s）。")
