"""Words of places."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PlaceKind(models.TextChoices):
    """Kinds of crowd place (mission row A1; the three classes of SPG Order 29 article 3)."""

    BUILDING_SITE = "building_site", _("建筑工地")
    OFFICE_BUILDING = "office_building", _("商务楼宇")
    MALL = "mall", _("商场")
    CULTURE_SPORT = "culture_sport", _("文体娱乐场所")
    CATERING = "catering", _("餐饮场所")
    MARKET = "market", _("集贸市场")
    PARK = "park", _("公园绿地")
    EXHIBITION_CENTRE = "exhibition_centre", _("展览中心")
    RAIL_STATION = "rail_station", _("轨交站点")
    STATION_EXIT = "station_exit", _("轨交出入口")
    COACH_STATION = "coach_station", _("长途客运站")
    PIER = "pier", _("客运码头")
    HOSPITAL = "hospital", _("医院")
    SCHOOL = "school", _("学校")
    RELIGIOUS_PLACE = "religious_place", _("宗教活动场所")
    STREET_CROSSING = "street_crossing", _("道路路口")
    SQUARE = "square", _("广场")
    ROAD = "road", _("道路")


class EntranceForm(models.TextChoices):
    """How people pass."""

    DOOR = "door", _("门")
    STAIR = "stair", _("楼梯")
    ESCALATOR = "escalator", _("自动扶梯")
    GATE = "gate", _("闸机")
    PASSAGE = "passage", _("通道")


class EntranceState(models.TextChoices):
    """What an entrance lets through. No state closes a door to people leaving but works, with reason and end."""

    OPEN = "open", _("正常通行")
    EXIT_ONLY = "exit_only", _("只出不进")
    ENTRY_ONLY = "entry_only", _("只进不出")
    ENTRY_SUSPENDED = "entry_suspended", _("暂停进入，保持疏散")
    OUT_OF_USE = "out_of_use", _("停用（施工）")


class CapacityKind(models.TextChoices):
    """Which capacity was determined."""

    HOLDING = "holding", _("容纳能力")
    ENTRY = "entry", _("进入能力")
    EXIT = "exit", _("疏散能力")
    EMERGENCY = "emergency", _("应急疏散能力")
    INSTANTANEOUS = "instantaneous", _("瞬时最大承载量")
    DAILY = "daily", _("日最大承载量")


class CapacityMethod(models.TextChoices):
    """How a capacity was determined."""

    AREA = "area", _("有效面积法")
    PATH = "path", _("线路法")
    BOTTLENECK = "bottleneck", _("卡口法")
    TURNOVER = "turnover", _("周转率法（日承载量）")
    SEATS = "seats", _("座位法")
    HISTORY = "history", _("历史客流法")
    DOCUMENT = "document", _("依据文件直接核定")


class Datum(models.TextChoices):
    """The datum of coordinates in an import; WGS-84 is stored."""

    WGS84 = "wgs84", _("WGS-84（GPS、天地图）")
    GCJ02 = "gcj02", _("GCJ-02（高德、腾讯）")
    BD09 = "bd09", _("BD-09（百度）")
