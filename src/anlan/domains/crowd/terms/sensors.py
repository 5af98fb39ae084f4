"""Words of the people counters and of what they send."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
