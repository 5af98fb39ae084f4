"""Words of alarms 预警处置单: where they come from, where they stand, what was found to be true of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anlan.domains.crowd.terms import WarningLevel

LEVELS = WarningLevel.values  # from none up to red: a level's place in it is its rank
LIVE = "live"


class AlarmOrigin(models.TextChoices):
    """Who or what raised an alarm."""

    WARNING = "warning", _("客流预警")
    PHONE = "phone", _("来电")
    PATROL = "patrol", _("巡查")
    RESIDENT = "resident", _("群众反映")
    OTHER = "other", _("其他")

    @classmethod
    def by_hand(cls):
        """The origins that a person may choose."""
        return [choice for choice in cls.choices if choice[0] != cls.WARNING]


class AlarmState(models.TextChoices):
    """Where an alarm stands. What fell back to 待签收 reads 超时未反馈 (`Alarm.standing`)."""

    WAITING = "waiting", _("待签收")
    RECEIVED = "received", _("已签收")
    CHECKING = "checking", _("核实中")
    HANDLING = "handling", _("处置中")
    EASING = "easing", _("态势缓解")
    LIFTED = "lifted", _("已解除")
    FILED = "filed", _("已归档")


FELL_BACK = _("超时未反馈")


class Verdict(models.TextChoices):
    """What was found to be true of an alarm."""

    TRUE = "true", _("属实")
    FALSE = "false", _("误报")
    EXERCISE = "exercise", _("演练")

    @classmethod
    def closing(cls):
        """The verdicts that end an alarm."""
        return [choice for choice in cls.choices if choice[0] != cls.TRUE]


class Deed(models.TextChoices):
    """What may happen to an alarm: the columns of the table `rules.alarms.LIFE`."""

    RECEIVE = "receive", _("签收")
    HANDLE = "handle", _("处置")
    CHECK = "check", _("核实")
    CONFIRM = "confirm", _("核实属实")
    CLEAR = "clear", _("核实为误报或演练")
    RISE = "rise", _("等级上升")
    EASE = "ease", _("态势缓解")
    FALL_BACK = "fall_back", _("超时未反馈")
    LIFT = "lift", pgettext_lazy("an alarm", "解除")
    REOPEN = "reopen", _("恢复处置")
    FILE = "file", _("归档")


class AlarmRefusal:
    """Why a deed on an alarm is refused: what is wrong, and what to do instead."""

    NOT_NOW = _("处置单现为“%(state)s”，不能%(deed)s。请刷新页面，按当前状态办理。")
    UNANSWERED = _("处置单尚未签收，不能直接解除。请先签收并写明措施；不属实的，请核实为误报。")
    STILL_HIGH = _(
        "客流等级仍为“%(level)s”，不能解除。请等待降至黄色及以下；计数有误的，请核实为误报并写明原因。"
    )
    NO_REASON = _("请写明理由。")
    NO_TITLE = _("请写明发生地点或选择场所。")
    NO_LEVEL = _("请选择等级：蓝色至红色。")
    NEEDS_JUDGE = _("橙色、红色处置单由有研判权限的人员核实为误报或演练。请改为“提请研判”，或报告带班领导。")
    ANOTHER_OPEN = _("同一场所已有未解除的处置单 %(number)s，不能恢复这一张。请在那一张上处置。")
    NOT_BY_HAND = _("人工等级不能低于系统按客流判断的等级。计数有误的，请核实为误报或校正在场人数。")
    EASES_ITSELF = _("客流预警的处置单随客流回落自动转为态势缓解，不能人工转入。")
    SAME_LEVEL = _("等级没有变化，无需办理。")
    NO_WORDS = _("请写明内容。")
    IN_FUTURE = _("时间晚于现在。请填写实际发生的时间。")
    NOT_TIMED_OUT = _("反馈时限未到，不转为超时未反馈。")
    NO_ORGANISATION = _("您在该机构没有上报处置单的权限。请选择本单位，或联系管理员。")
