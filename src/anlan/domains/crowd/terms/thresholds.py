"""Words of thresholds: names, groups, units, sources, and why a set of them is refused."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ThresholdRefusal:
    """Why a set of thresholds is not accepted: what is wrong, and what to do instead."""

    UNKNOWN = _("没有名为“%(names)s”的阈值。请删去或改正名称。")
    NOT_A_NUMBER = _("阈值“%(name)s”不是数字。请填写 %(low)s 至 %(high)s 之间的数字。")
    OUT_OF_RANGE = _("阈值“%(name)s”为 %(value)s，应在 %(low)s 至 %(high)s 之间。")
    NOT_RISING = _("阈值“%(name)s”（%(value)s）应大于前一级“%(before)s”（%(limit)s）。")
    NOT_FALLING = _("阈值“%(name)s”（%(value)s）应小于前一级“%(before)s”（%(limit)s）。")
    TAKEN_BACK = _("阈值“%(name)s”（%(value)s）不应小于前一级“%(before)s”（%(limit)s）。")
    LOOSER = _("阈值“%(name)s”（%(value)s）不应大于前一级“%(before)s”（%(limit)s）。")
    NO_SWITCH = _("规则开关“%(name)s”只能为 1（启用）或 0（停用）。")
    UNGUARDED = _("“占承载量比例”和“密度”两条规则至少启用一条，否则该场所没有保底预警。")
    UNTESTED = _("请先回测并查看这组阈值的结果，或写明不经回测的理由。")


class ThresholdName(models.TextChoices):
    """The thresholds of `rules.THRESHOLDS` as people read them."""

    SHARE_BLUE = "share_blue", _("占承载量比例 · 蓝色")
    SHARE_YELLOW = "share_yellow", _("占承载量比例 · 黄色")
    SHARE_ORANGE = "share_orange", _("占承载量比例 · 橙色")
    SHARE_RED = "share_red", _("占承载量比例 · 红色")
    UPPER_EDGE = "upper_edge", _("计入的误差（1 为上沿，0 为不计）")
    UPPER_MOST = "upper_most", _("计入误差的上限（占承载量）")
    DENSITY_BLUE = "density_blue_per_m2", _("密度 · 蓝色")
    DENSITY_YELLOW = "density_yellow_per_m2", _("密度 · 黄色")
    DENSITY_ORANGE = "density_orange_per_m2", _("密度 · 橙色")
    DENSITY_RED = "density_red_per_m2", _("密度 · 红色")
    TIME_BLUE = "time_blue_min", _("预计到达承载量 · 蓝色")
    TIME_YELLOW = "time_yellow_min", _("预计到达承载量 · 黄色")
    TIME_ORANGE = "time_orange_min", _("预计到达承载量 · 橙色")
    TIME_RED = "time_red_min", _("预计到达承载量 · 红色")
    TIME_SHARE = "time_share", _("单按时间预警的最低比例")
    JOINT_YELLOW_SHARE = "joint_yellow_share", _("合判黄色 · 比例不低于")
    JOINT_YELLOW_MIN = "joint_yellow_min", _("合判黄色 · 时间不超过")
    JOINT_ORANGE_SHARE = "joint_orange_share", _("合判橙色 · 比例不低于")
    JOINT_ORANGE_MIN = "joint_orange_min", _("合判橙色 · 时间不超过")
    JOINT_RED_SHARE = "joint_red_share", _("合判红色 · 比例不低于")
    JOINT_RED_MIN = "joint_red_min", _("合判红色 · 时间不超过")
    INFLOW_RATIO = "inflow_ratio", _("净流入与疏散能力之比")
    INFLOW_ORANGE_SHARE = "inflow_orange_share", _("净流入超限升为橙色的比例")
    GATE_BLUE = "gate_share_blue", _("闸机通过能力 · 蓝色")
    GATE_YELLOW = "gate_share_yellow", _("闸机通过能力 · 黄色")
    GATE_ORANGE = "gate_share_orange", _("闸机通过能力 · 橙色")
    GATE_RED = "gate_share_red", _("闸机通过能力 · 红色")
    OUTFLOW = "outflow_per_m_s", _("瓶颈单位宽度流出")
    QUEUE_DENSITY = "queue_density_per_m2", _("视为排队的密度")
    SHARE_EASE = "share_ease", _("比例回落余量")
    OTHER_EASE = "other_ease", _("其他阈值回落余量")
    HOLD = "hold_s", _("降级前保持时间")
    USE_SHARE = "use_share", _("占承载量比例")
    USE_DENSITY = "use_density", _("密度")
    USE_SHARE_AND_TIME = "use_share_and_time", _("比例与到达时间合判")
    USE_TIME = "use_time_to_capacity", _("预计到达承载量时间")
    USE_NET_INFLOW = "use_net_inflow", _("净流入超过疏散能力")
    USE_OUTFLOW = "use_outflow", _("瓶颈流出不畅")
    USE_GATE_FLOW = "use_gate_flow", _("闸机通过能力")
    USE_EXPECTED = "use_expected", _("预报将达承载量（渠道 A）")
    USE_SURGE = "use_surge", _("人流激增（渠道 B）")


class ThresholdGroup(models.TextChoices):
    """What the thresholds of one group decide, in a sentence."""

    SHARE = "share", _("在场人数占核定承载量的比例达到该值时，升至该等级。尚未核定承载量的场所不适用。")
    DENSITY = "density", _("每平方米人数（实测，或在场人数除以有效面积）达到该值时，升至该等级。")
    TIME = "time", _("按当前净流入推算，到达承载量的时间短于该值时，升至该等级；比例过低时不单独预警。")
    JOINT = "joint", _("比例和时间两个条件同时满足时，升至该等级。")
    FLOW = "flow", _("净流入超过疏散能力，或有人排队而瓶颈流出不足时预警。")
    GATE = (
        "gate",
        _("五分钟内通过闸机的人数占其通过能力的比例达到该值时，升至该等级。未申明通过能力的场所不适用。"),
    )
    SWITCH = "switch", _("启用或停用各条规则。停用的规则不再预警，已有等级按回落规则降级。")
    FALL = "fall", _("等级只在低于阈值一个余量并保持一段时间后才回落，以免反复跳动。")

    @classmethod
    def of(cls, name):
        """The group of a threshold's name."""
        first = name.partition("_")[0]
        by_first = {
            "share": cls.SHARE, "density": cls.DENSITY, "time": cls.TIME, "joint": cls.JOINT, "gate": cls.GATE,
        }  # fmt: skip
        if first == "upper":
            return cls.SHARE
        if name.endswith("_ease") or name == "hold_s":
            return cls.FALL
        if first == "use":
            return cls.SWITCH
        return by_first.get(first, cls.FLOW)


class ThresholdMark(models.TextChoices):
    """Where a default is from: the source marks of the rulebook, and O for the project's own choice."""

    TEXT = "T", _("法规原文")
    PAGE = "P", _("公开网页")
    SOURCE = "S", _("公开资料")
    OWN = "O", _("本系统取值，待核实")
    KNOWN = "K", _("一般认识，待核实")
    MISSING = "M", _("缺少依据，待核实")


class ThresholdSource(models.TextChoices):
    """The sources of the confirmed defaults."""

    SCENIC_AREAS = "scenic_areas", _("94 家景区的限流做法（《沈阳日报》2017 年）")
    SEOUL = "seoul", _("首尔人群密集感知系统分级（2023 年）")
    HELBING = "helbing", _("Helbing 等，2007 年，Physical Review E 75, 046109")


class ThresholdUnit(models.TextChoices):
    """The units of `rules.THRESHOLDS` as people read them."""

    SHARE = "", _("比例")
    DENSITY = "1/m²", _("人/m²")
    MINUTES = "min", _("分钟")
    SPECIFIC_FLOW = "1/(m·s)", _("人/(m·s)")
    SECONDS = "s", _("秒")
    SWITCH = "switch", _("开关")
