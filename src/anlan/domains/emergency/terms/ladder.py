"""Words of reporting up 逐级上报: whom a step tells, how steps follow each other, where each stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _

STEPS_MOST = 6  # of a level; the table has a row for each, those not in use say so
CALLED_LEVELS = ("blue", "yellow", "orange", "red")


class Recipient(models.TextChoices):
    """Whom a step tells: those on duty at a post of this kind, or an organisation that the alarm names."""

    NOBODY = "nobody", _("（不设）")
    SQUAD_LEADER = "squad_leader", _("带班警长")
    DETACHMENT_DUTY = "detachment_duty", _("支队值班")
    COMMAND_CENTRE = "command_centre", _("指挥中心")
    DUTY_ROOM = "duty_room", _("总值班室")
    COMMITTEE_OFFICE = "committee_office", _("安委办值班")
    LEADER = "leader", _("值班领导")
    OWNER = "owner", _("责任单位值班")
    OPERATOR = "operator", _("场所运营单位")
    AGENCIES = "agencies", _("联动单位")


class StepWay(models.TextChoices):
    """How a step follows the one before it."""

    IN_TURN = "in_turn", _("依次（上一步之后）")
    PARALLEL = "parallel", _("同时（与上一步一起）")


class ReportingKey(models.TextChoices):
    """The rows of the table of steps: a level and a number."""

    BLUE_1 = "blue-1", _("蓝色 第 1 步")
    BLUE_2 = "blue-2", _("蓝色 第 2 步")
    BLUE_3 = "blue-3", _("蓝色 第 3 步")
    BLUE_4 = "blue-4", _("蓝色 第 4 步")
    BLUE_5 = "blue-5", _("蓝色 第 5 步")
    BLUE_6 = "blue-6", _("蓝色 第 6 步")
    YELLOW_1 = "yellow-1", _("黄色 第 1 步")
    YELLOW_2 = "yellow-2", _("黄色 第 2 步")
    YELLOW_3 = "yellow-3", _("黄色 第 3 步")
    YELLOW_4 = "yellow-4", _("黄色 第 4 步")
    YELLOW_5 = "yellow-5", _("黄色 第 5 步")
    YELLOW_6 = "yellow-6", _("黄色 第 6 步")
    ORANGE_1 = "orange-1", _("橙色 第 1 步")
    ORANGE_2 = "orange-2", _("橙色 第 2 步")
    ORANGE_3 = "orange-3", _("橙色 第 3 步")
    ORANGE_4 = "orange-4", _("橙色 第 4 步")
    ORANGE_5 = "orange-5", _("橙色 第 5 步")
    ORANGE_6 = "orange-6", _("橙色 第 6 步")
    RED_1 = "red-1", _("红色 第 1 步")
    RED_2 = "red-2", _("红色 第 2 步")
    RED_3 = "red-3", _("红色 第 3 步")
    RED_4 = "red-4", _("红色 第 4 步")
    RED_5 = "red-5", _("红色 第 5 步")
    RED_6 = "red-6", _("红色 第 6 步")


class CalledLevel(models.TextChoices):
    """The levels that call people."""

    BLUE = "blue", _("蓝色·关注")
    YELLOW = "yellow", _("黄色·加强值守")
    ORANGE = "orange", _("橙色·限流准备")
    RED = "red", _("红色·停止进入")


class TellingOutcome(models.TextChoices):
    """What was done about a step when its time came."""

    TOLD = "told", _("已通知")
    SKIPPED = "skipped", _("空岗，跳过")
    UNREACHABLE = "unreachable", _("当班人员没有可用的联系方式，跳过")
    JUMPED = "jumped", _("人工越过")


class Delivery(models.TextChoices):
    """What is known of the messages of one telling, or of one person's."""

    WAITING = "waiting", _("发送中")
    SENT = "sent", _("已发出")
    DELIVERED = "delivered", _("已送达")
    FAILED = "failed", _("未送达")


class RungState(models.TextChoices):
    """Where a step stands."""

    WAITING = "waiting", _("未到时间")
    CALLING = "calling", _("发送中")
    TOLD = "told", _("已通知")
    DELIVERED = "delivered", _("已送达")
    FAILED = "failed", _("未送达，已转下一步")
    SKIPPED = "skipped", _("空岗，已跳过")
    UNREACHABLE = "unreachable", _("无联系方式，已跳过")
    JUMPED = "jumped", _("人工越过")
    STOPPED = "stopped", _("已签收或已解除，不再通知")
    MUTED = "muted", _("暂停提醒中")


class LadderBasis:
    """What the default rows rest on."""

    OWN = _("本系统默认，待本区确认")


class LadderRefusal:
    """Why a step or a jump is refused: what is wrong, and what to do instead."""

    RED_WAITS = _("红色须同时通知所有对象：方式应为“同时”，且间隔为 0 秒。")
    FIRST_WAITS = _("第 1 步没有上一步：间隔应为 0 秒，一产生就通知。")
    REPEAT_TOO_SOON = _("设了重复次数的，重复间隔应不少于 30 秒。")
    CLOSED = _("处置单已解除，不再逐级上报。")
    ANSWERED = _("处置单已签收，不再逐级上报。需要更多人到场的，请用“增派力量”或“报告上级”。")
    NO_STEP = _("没有这一步，可能本区规则刚被修改。请刷新页面。")
    TOLD_ALREADY = _("这一步已经通知过。请选择后面的步骤。")
    NO_REASON = _("请写明越级通知的理由。")
    NOT_DUE = _("现在没有要通知的对象。")
    NO_CONTACT = _("您没有可用的联系方式，系统无法通知到您。请先在“我的联系方式”中登记。")
    NOT_YOURSELF = _("测试只能通知自己。")
