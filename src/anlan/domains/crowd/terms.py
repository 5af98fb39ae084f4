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
    ONE_WAY = "one_way", _("只计单向")
    IMBALANCE = "imbalance", _("进出不符")
    SHIFT = "shift", _("份额突变")


class SensorCare(models.TextChoices):
    """What to do about a sensor in each state."""

    NEVER = "never", _("核对凭证、地址和上报间隔，按设置页的步骤接入。")
    SILENT = "silent", _("检查设备供电和网络；恢复前按往日份额估算。")
    STUCK = "stuck", _("到现场查看设备是否卡死，重启后核对读数。")
    CLOCK = "clock", _("在设备上校准时间和时区。")
    FAULT = "fault", _("按设备自报的故障检修。")
    ONE_WAY = "one_way", _("到现场核对计数线和方向设置；恢复前缺少的方向按往日份额估算。")
    IMBALANCE = "imbalance", _("逐口核对进出方向和漏计，必要时派人清点并校正。")
    SHIFT = "shift", _("核对该口是否改道、遮挡或移位；属实的无须处理。")
    ONLINE = "online", ""


class Measures(models.TextChoices):
    """What a bound channel measures."""

    FLOW = "flow", _("进出人次")
    PRESENCE = "presence", _("在场人数")
    DENSITY = "density", _("密度")
    PASSAGE = "passage", _("通过人次（双向合计）")


class QuarantineState(models.TextChoices):
    """What became of a payload that could not be read."""

    WAITING = "waiting", _("待处理")
    REPLAYED = "replayed", _("已重新读入")
    DISMISSED = "dismissed", _("已忽略")


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


class TendencyKind(models.TextChoices):
    """The kinds of tendency 倾向性 that a night may find in a space."""

    MORE_WARNINGS = "more_warnings", _("预警增多")
    HIGHER_PEAKS = "higher_peaks", _("峰值走高")


LIKE_DAYS_NEEDED = 10  # [S] warning.md: "learning" until so many days


class NoForecast(models.TextChoices):
    """Why nothing is foreseen of a place."""

    OFF = "off", _("客流引擎没有运行，没有预报。")
    UNCOUNTED = "uncounted", _("此场所没有绑定计数设备，没有预报。")
    DEAD = "dead", _("客流预测暂停，请派人到场")
    UNDETERMINED = "undetermined", _("尚未核定承载量，没有预报。")
    SILENT = "silent", _("计数设备超过 10 分钟没有读数，没有预报。")
    NOT_YET = "not_yet", _("预报每分钟更新一次，现在还没有。")


class ForecastChannel(models.TextChoices):
    """The channels of the forecaster that may raise a level; C only says a word, D needs no forecaster."""

    EXPECTED = "A", _("A 预报")
    SURGE = "B", _("B 激增")


class ForecastQuantity(models.TextChoices):
    """What is forecast of a space."""

    OCCUPANCY = "occupancy", _("在场人数")
    PASSAGES = "passages", _("闸机通过")


class PlanState(models.TextChoices):
    """How a place without counters stands in the plan for more."""

    OVERDUE = "overdue", _("逾期")
    PLANNED = "planned", _("计划中")
    UNPLANNED = "unplanned", _("尚无计划")

    @classmethod
    def of(cls, planned_on, today):
        """The state of a place that is to be counted by `planned_on` (None: not planned)."""
        if planned_on is None:
            return cls.UNPLANNED
        return cls.OVERDUE if planned_on < today else cls.PLANNED


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


class UnreadSort(models.TextChoices):
    """The sorts of reasons for not reading a payload; the decoder's own words, in English, follow."""

    BROKEN = "broken", _("报文已损坏或格式有误：")
    TOO_LARGE = "too_large", _("报文过大、过多或嵌套过深：")
    FOREIGN = "foreign", _("报文与所选型号类别不符：")
    MAPPING = "mapping", _("报文与字段映射不符：")
    OTHER = "other", _("报文无法读懂：")
    TOLD = "told", ""


class DeviceKind(models.TextChoices):
    """The kinds of device that can be read, as in `anlan.devices.table`."""

    NATIVE = "native", _("标准格式（JSON）")
    HIKVISION = "hikvision", _("海康威视 ISAPI")
    DAHUA = "dahua", _("大华 NumberStat")
    AXIS = "axis", _("Axis（安讯士）")
    MILESIGHT = "milesight", _("Milesight（星纵，含 LoRaWAN）")
    XOVIS = "xovis", _("Xovis")
    IRISYS = "irisys", _("Irisys Vector")
    FOOTFALLCAM = "footfallcam", _("FootfallCam")
    BRICKSTREAM = "brickstream", _("Brickstream / HELLA")
    DENSITY = "density", _("Density.io")
    TERABEE = "terabee", _("Terabee")
    HKT = "hkt", _("HKT（LoRaWAN）")
    IMBUILDINGS = "imbuildings", _("IMBuildings（LoRaWAN）")
    CSV_REPLAY = "csv_replay", _("CSV 读数文件")
    MAPPING = "mapping", _("字段映射（其他设备）")


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


class ThresholdUnit(models.TextChoices):
    """The units of `rules.THRESHOLDS` as people read them."""

    SHARE = "", _("比例")
    DENSITY = "1/m²", _("人/m²")
    MINUTES = "min", _("分钟")
    SPECIFIC_FLOW = "1/(m·s)", _("人/(m·s)")
    SECONDS = "s", _("秒")
    SWITCH = "switch", _("开关")


class ArrivalShape(models.TextChoices):
    """How people come to a gathering; all but the last are the project's own shapes, to be confirmed."""

    BEFORE_START = "before_start", _("开始前集中到达")
    EVEN = "even", _("全程均匀到达")
    TOWARD_END = "toward_end", _("逐渐聚集，结束前最多")
    OWN = "own", _("按分时人数")


class ArrivalState(models.TextChoices):
    """Where a gathering's planned arrivals stand, on a day."""

    AHEAD = "ahead", _("待举办")
    TODAY = "today", _("今日举办")
    PAST = "past", _("已过")
    WITHDRAWN = "withdrawn", _("已撤回")

    @classmethod
    def of(cls, row, today):
        """The state of a row on the day `today`."""
        if row.withdrawn_at:
            return cls.WITHDRAWN
        return cls.TODAY if row.held_on == today else cls.AHEAD if row.held_on > today else cls.PAST


class ArrivalRefusal:
    """Why planned arrivals are not kept: what is wrong, and what to write instead."""

    NO_NAME = _("请填写活动名称。")
    NO_APPROVAL = _("请填写批准文号或报备编号；没有编号的写明来源。")
    DAY = _("日期应在过去三年至今后两年之内。")
    PERSONS = _("预计到达人数应在 1 到 5,000,000 之间。")
    CURVE_LINE = _("分时人数“%(line)s”读不懂：每行一个时间和人数，如 19:15 300。")
    CURVE_QUARTER = _("分时人数的时间 %(time)s 不是整刻钟（00、15、30、45 分）。")
    CURVE_TWICE = _("分时人数的时间 %(time)s 出现了两次。")
    CURVE_OUTSIDE = _("分时人数的时间 %(time)s 不在活动开始前 12 小时至结束之间。")
    CURVE_EMPTY = _("分时人数合计应在 1 到 5,000,000 之间。")
    TWICE = _("该场所当日已登记同名活动。请修改原登记，以免重复计算。")
    WITHDRAWN = _("该登记已撤回，不能再修改。")
    SAME = _("与现有登记相同，没有需要保存的修改。")
    NO_REASON = _("请写明撤回的原因。")
    NO_PLACE = _("没有编号为“%(code)s”、且您可登记的场所。")
    RETIRED = _("该场所已注销，不能登记活动。")


class ObservationKind(models.TextChoices):
    """What a person on the spot may report."""

    DENSITY = "density", _("目测密度")
    COUNT = "count", _("清点人数")
    TOO_MANY = "too_many", _("人太多了")
    PRESS_IN = "press_in", _("手动计数·进")
    PRESS_OUT = "press_out", _("手动计数·出")
    NOTE = "note", _("情况说明")

    @classmethod
    def measured(cls):
        """The kinds that become a reading."""
        return [cls.DENSITY, cls.COUNT, cls.PRESS_IN, cls.PRESS_OUT]


class ObservationRefusal:
    """Why an observation is refused: what is wrong, and what to do instead."""

    NO_RIGHT = _("您没有在该场所上报观测的权限。请联系本单位管理员。")
    NOBODY = _("未登录上报的观测须写明代为上报的单位。")
    RETIRED = _("该场所已注销，不能再上报观测。")
    KIND = _("观测内容“%(kind)s”不能识别，请从列表中选择。")
    OTHER_ZONE = _("区域不属于该场所，请重新选择。")
    DENSITY = _("密度应在 0 到 12 人/平方米之间。")
    PERSONS = _("人数应为 0 到 5,000,000 之间的整数。")
    PRESSES = _("计数应为 1 到 10,000 之间的整数。")
    NO_WORDS = _("请写明看到的情况。")
    FUTURE = _("观测时间晚于现在，请核对设备时间。")
    OLD = _("观测时间距今超过 29 天，不能再计入。")
    POINT = _("位置须同时有经度和纬度，且在有效范围内。")
    UID_USED = _("该编号已用于另一条记录，请重新生成后上报。")


class PatrolDays(models.TextChoices):
    """On which days a route is walked."""

    EVERY = "every", _("每天")
    WORKDAYS = "workdays", _("工作日")
    REST_DAYS = "rest_days", _("休息日和节假日")
    GATHERINGS = "gatherings", _("沿线有活动的日子")


class RoundState(models.TextChoices):
    """Where a round stands. A patrol 巡查 needs no certificate and makes no legal paper: it is no inspection 检查."""

    PLANNED = "planned", _("待开始")
    STARTED = "started", _("巡逻中")
    ENDED = "ended", _("已结束")
    MISSED = "missed", _("未巡")


class PatrolRefusal:
    """Why something on a patrol is refused: what is wrong, and what to do instead."""

    NO_RIGHT = _("您没有在该单位巡逻的权限。请联系本单位管理员。")
    NOT_NOW = _("该班次现为“%(state)s”，不能办理。请刷新页面后再试。")
    NO_NAME = _("请填写路线名称。")
    STOPS = _("路线应有 1 至 %(most)d 个巡逻点。")
    MINUTES = _("间隔应为 5 至 1440 分钟，每班时长为 1 至 1440 分钟，允许迟到不超过 240 分钟。")
    TOO_OFTEN = _("每天最多 %(most)d 班，请加大间隔。")
    STOPPED = _("路线已停用，不能开始新的巡逻。")
    OTHER_STOP = _("该巡逻点不在本班次的路线上。")
    BEFORE_START = _("时间早于本班次的开始时间，请核对设备时间。")
    NO_WHERE = _("请选择巡逻点或场所，或写明情况。")
    NO_REASON = _("请写明理由。")
    PLACE_NOT_YOURS = _("您不能把“%(name)s”列为巡逻点：不在您可查看的场所中。")


PATROL_IS_NO_INSPECTION = _("巡逻（巡查）无需出示行政执法证件，不制作执法文书；发现隐患请另行上报。")
