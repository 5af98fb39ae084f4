"""Words of patrols, and of what a person on the spot reports."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
