"""Words of the command post: roles, objectives, orders, needs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CommandRole(models.TextChoices):
    """Roles at a command post; a plan's own role is `other` with its name."""

    COMMANDER = "commander", _("现场指挥长")
    DEPUTY = "deputy", _("副指挥长")
    LIAISON = "liaison", _("联络员")
    POLICE = "police", _("治安和交通")
    RESCUE = "rescue", _("抢险救援")
    MEDICAL = "medical", _("医疗救护")
    PUBLICITY = "publicity", _("新闻宣传")
    LOGISTICS = "logistics", _("后勤保障")
    SAFETY = "safety", _("现场安全员")
    OTHER = "other", _("其他")


class ObjectiveState(models.TextChoices):
    """Where an objective stands."""

    OPEN = "open", _("进行中")
    MET = "met", _("已达成")
    DROPPED = "dropped", _("已放弃")


class OrderState(models.TextChoices):
    """Where an order stands."""

    ISSUED = "issued", _("待接收")
    RECEIVED = "received", _("已接收")
    DONE = "done", _("已完成")
    REFUSED = "refused", _("不能执行")
    WITHDRAWN = "withdrawn", _("已撤回")


class OrderStep(models.TextChoices):
    """What may happen to an order."""

    RECEIVE = "receive", _("接收")
    FEED_BACK = "feed_back", _("反馈进展")
    FINISH = "finish", _("完成")
    REFUSE = "refuse", _("不能执行")
    WITHDRAW = "withdraw", _("撤回")


class NeedState(models.TextChoices):
    """How far a need is met."""

    OPEN = "open", _("未满足")
    PARTLY = "partly", _("部分满足")
    MET = "met", _("已满足")
    DROPPED = "dropped", _("已取消")


class CommandRefusal:
    """Why a step at the command post is refused, and what to do instead."""

    NO_HOLDER = _("请选择人员，或写明姓名和单位。")
    NO_ROLE_NAME = _("请写明角色名称。")
    ROLE_HELD = _("%(role)s现由%(holder)s担任。请办理移交。")
    NOT_HELD = _("此人已不再担任该角色。请刷新页面。")
    NO_SITUATION = _("请写明向接任者说明了哪些情况。")
    NO_TEXT = _("请写明内容。")
    NO_RECEIVER = _("请选择接收单位，或写明接收人。")
    DUE_PAST = _("时限不能早于现在。")
    NOT_NOW = _("“%(state)s”的指令不能%(step)s。")
    NO_FEEDBACK = _("请写明反馈的内容。")
    NO_REASON = _("请写明理由。")
    NOT_YOURS = _("此指令由%(name)s办理。您可以代为登记，但须写明来电人。")
    NO_QUANTITY = _("数量须大于 0。")
    MET_RANGE = _("已到位数量不能小于 0。")
    NEED_CLOSED = _("该需求%(state)s，不能再修改。")
    OBJECTIVE_CLOSED = _("该目标%(state)s，不能再修改。")
