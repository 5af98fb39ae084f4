"""Words of levels and warnings: which rule or channel speaks, of what sort, with which numbers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WarningLevel(models.TextChoices):
    """Internal crowd levels 内部客流等级; the order is that of `rules.LEVELS`."""

    NONE = "none", _("正常")
    BLUE = "blue", _("蓝色·关注")
    YELLOW = "yellow", _("黄色·加强值守")
    ORANGE = "orange", _("橙色·限流准备")
    RED = "red", _("红色·停止进入")


class Rule(models.TextChoices):
    """The rules of channel D, in the order in which they claim a change (`rules.judge`), those of A and B, and what ends one."""

    SHARE = "share", _("占承载量比例")
    DENSITY = "density", _("密度")
    SHARE_AND_TIME = "share_and_time", _("比例与到达时间")
    TIME_TO_CAPACITY = "time_to_capacity", _("预计到达承载量时间")
    NET_INFLOW = "net_inflow", _("净流入超过疏散能力")
    OUTFLOW = "outflow", _("瓶颈流出不畅")
    GATE_FLOW = "gate_flow", _("闸机通过能力")
    EXPECTED = "expected", _("预报将达承载量")
    SURGE = "surge", _("人流激增")
    LOWERED = "lowered", _("持续回落")
    UNWATCHED = "unwatched", _("停止监测")


class WarningKind(models.TextChoices):
    """What sort of problem a warning tells of: reached already, filling towards it, or just beginning."""

    REACHED = "reached", _("已达阈值")
    TREND = "trend", _("趋势性")
    INCIPIENT = "incipient", _("苗头性")
    TENDENCY = "tendency", _("倾向性")

    @classmethod
    def of(cls, rule):
        """The kind of a warning by its rule: surges are incipient, times and forecasts trends.

        Tendency is no single warning: it is a place whose warnings grow more from week to week.
        """
        if rule == Rule.SURGE:
            return cls.INCIPIENT
        if rule in {Rule.EXPECTED, Rule.TIME_TO_CAPACITY, Rule.SHARE_AND_TIME, Rule.NET_INFLOW}:
            return cls.TREND
        return cls.REACHED

    @classmethod
    def of_warnings(cls):
        """The kinds that a single warning may have."""
        return [choice for choice in cls.choices if choice[0] != cls.TENDENCY]


class WarningChannel(models.TextChoices):
    """By which channel a warning speaks (warning.md); C raises none."""

    EXPECTED = "A", _("A 预报")
    SURGE = "B", _("B 激增")
    HARD = "D", _("D 硬阈值")


class Quantity(models.TextChoices):
    """The numbers that a warning's steps carry, with their units."""

    OCCUPANCY = "occupancy", _("在场人数")
    BAND = "band", _("在场人数误差（±人）")
    CAPACITY = "capacity", _("承载量")
    SHARE = "share", _("占承载量")
    DENSITY = "density_per_m2", _("密度（人/m²）")
    NET_FLOW = "net_flow_per_min", _("净流入（人/分钟）")
    TIME_TO_CAPACITY = "time_to_capacity_min", _("预计到达承载量（分钟）")
    INFLOW = "inflow_per_min", _("进入（人/分钟）")
    OUTFLOW = "outflow_per_min", _("离开（人/分钟）")
    SPECIFIC_OUTFLOW = "outflow_per_m_s", _("瓶颈流出（人/(m·s)）")
    EXIT_CAPACITY = "exit_capacity_per_min", _("疏散能力（人/分钟）")
    BOTTLENECK_WIDTH = "bottleneck_width_m", _("瓶颈宽度（m）")
    PASSAGES = "passages_per_min", _("闸机通过（人/分钟）")
    PASSAGE_CAPACITY = "passage_capacity_per_min", _("闸机通过能力（人/分钟）")
    PASSAGE_SHARE = "passage_share", _("占闸机通过能力")
    NOW = "now", _("现有人数")
    USUAL = "usual", _("往常此时")
    LIMIT = "limit", _("所比承载量")
    GROWN = "grown", _("15 分钟内增加")
    CHANCE_15 = "chance_15_min", _("15 分钟内达到的概率")
    CHANCE_30 = "chance_30_min", _("30 分钟内达到的概率")
    CHANCE_60 = "chance_60_min", _("60 分钟内达到的概率")
    EXPECTED_15 = "expected_15_min", _("15 分钟后预报")
    EXPECTED_30 = "expected_30_min", _("30 分钟后预报")
    EXPECTED_60 = "expected_60_min", _("60 分钟后预报")
    PROBABILITY = "probability", _("60 分钟内达到的概率（按往日校准）")
    SURGE_SCORE = "surge_score", _("激增得分")
    CROSSING_IN = "crossing_in_min", _("预计几分钟后达到")
    CROSSING_AT = "crossing_at_ms", _("预计达到时刻")
