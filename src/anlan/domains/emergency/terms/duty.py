"""Words of duty: posts, roles, shifts, swaps, roll-calls, the log, and the sentences of refusal."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PostKind(models.TextChoices):
    """What a duty post is for; reporting up names its steps by these."""

    SQUAD_LEADER = "squad_leader", _("带班警长")
    DETACHMENT_DUTY = "detachment_duty", _("支队值班")
    COMMAND_CENTRE = "command_centre", _("指挥中心")
    DUTY_ROOM = "duty_room", _("总值班室")
    COMMITTEE_OFFICE = "committee_office", _("安委办值班")
    AGENCY = "agency", _("成员单位值班")
    OPERATOR = "operator", _("场所值班")
    LEADER = "leader", _("值班领导")


class DutyRole(models.TextChoices):
    """What a person is while on duty."""

    LEADER = "duty_leader", _("带班领导")
    CHIEF = "shift_chief", _("值班长")
    OFFICER = "duty_officer", _("值班员")


class ShiftDays(models.TextChoices):
    """The days on which a shift begins."""

    ANY = "any", _("每天")
    WORKDAY = "workday", _("工作日")
    FREE = "free", _("休息日和节假日")


class Turn(models.TextChoices):
    """When the next in the rotation takes over."""

    SHIFT = "shift", _("每班轮换")
    DAY = "day", _("每日轮换")
    WEEK = "week", _("每周轮换")


class SwapState(models.TextChoices):
    """Where a swap or a substitution stands; only accepted and assigned ones change who is on duty."""

    ASKED = "asked", _("待对方答复")
    ACCEPTED = "accepted", _("已同意")
    ASSIGNED = "assigned", _("领导指派")
    REFUSED = "refused", _("已拒绝")
    WITHDRAWN = "withdrawn", _("已撤回")


class CallState(models.TextChoices):
    """Where a roll-call of one person stands."""

    WAITING = "waiting", _("待应答")
    ANSWERED = "answered", _("已应答")
    LATE = "late", _("超时应答")
    MISSED = "missed", _("未应答")
    UNREACHABLE = "unreachable", _("没有联系方式")


class LogKind(models.TextChoices):
    """What an entry of the duty log tells."""

    RECEIVED = "received", _("接报")
    HANDLED = "handled", _("处置")
    INSTRUCTION = "instruction", _("领导指示")
    PATROL = "patrol", _("巡查")
    EQUIPMENT = "equipment", _("设备")
    OTHER = "other", _("其他")


class SummaryKind(models.TextChoices):
    """What a daily sheet is."""

    MORNING = "morning", _("值班日报")
    HOLIDAY = "holiday", _("节假日每日报告")


class OpenKind(models.TextChoices):
    """What may be open when a watch hands over, in the order in which it is read."""

    ALARM = "alarm", _("预警处置单")
    INCIDENT = "incident", _("突发事件")
    NOTICE = "notice", _("信息发布")
    FOLLOW_UP = "follow_up", _("跟踪事项")
    MUTE = "mute", _("暂停提醒")
    MESSAGE = "message", _("结果不明的消息")
    ROLL_CALL = "roll_call", _("未应答点名")
    GAP = "gap", _("缺班")


class Figure(models.TextChoices):
    """What a day's sheet counts."""

    ALARMS = "alarms", _("预警处置单")
    RED_ALARMS = "red_alarms", _("其中红色")
    ALARMS_OPEN = "alarms_open", _("未解除的处置单")
    INCIDENTS = "incidents", _("突发事件")
    INCIDENTS_OPEN = "incidents_open", _("未终止的事件")
    CALLS = "calls", _("来电登记")
    LOG = "log", _("值班日志")
    ROLL_CALLS = "roll_calls", _("点名人次")
    CALLS_MISSED = "calls_missed", _("未按时应答")
    HANDOVERS_LATE = "handovers_late", _("逾时交接班")
    GAPS = "gaps", _("缺班告警")


class DutyRefusal:
    """Why a rule of duty says no: what is wrong, and what to do instead."""

    CODE_FORM = _("编码只能用英文字母、数字、连字符和下划线，并以字母或数字开头。")
    CODE_TAKEN = _("编码“%(code)s”已被使用。请换一个。")
    NAME_MISSING = _("请填写名称。")
    RETIRED = _("值班岗位“%(name)s”已停用。请先恢复启用，或选择其他岗位。")
    TOO_LATE = _("其他人刚刚办理了。请刷新页面查看结果。")
    CALL_AHEAD = _("点名时间应在今后 31 天之内。")
    SAME = _("与现行内容相同，没有需要保存的修改。")
    NO_REASON = _("请写明理由。")
    NO_SHIFT = _("请至少写一个班次，例如 08:30 24。")
    SHIFT_LINE = _(
        "读不懂班次“%(line)s”。每行写开始时间、时长（小时），可加工作日或休息日，例如：17:30 15 工作日。"
    )
    SHIFT_LENGTH = _("班次“%(line)s”的时长应在 0.5 至 24 小时之间。")
    SHIFTS_OVERLAP = _("班次在 %(at)s 前后重叠。请改开始时间或时长。")
    NO_TEAM = _("请至少写一个班组。每行一组，组内人员用顿号分开。")
    PERSON_UNKNOWN = _("“%(name)s”不是本单位范围内在用的人员。请写姓名或登录名。")
    PERSON_AMBIGUOUS = _("有多人叫“%(name)s”。请改写登录名。")
    PERSON_TWICE = _("“%(name)s”在同一组中出现了两次。")
    SPAN = _("结束日期不能早于开始日期，一份排班最长三年。")
    SEAT_TAKEN = _("与排班“%(name)s”在 %(at)s 重叠。请先让它在这之前结束，或换一个席位。")
    ENDS_IN_PAST = _("结束日期已过。已经值过的班不能改；请从今天起新编一份排班。")
    INTERVAL = _("结束时间应晚于开始时间，且不超过 %(days)d 天。")
    OVER = _("这段时间已经过去，不能再改由他人值班。")
    SAME_PERSON = _("替班人和值班人是同一人。请选择另一人。")
    NOT_HIS_SHIFT = _("%(name)s 在这段时间没有值班。请核对时间。")
    BUSY = _("%(name)s 在这段时间本岗位已有值班。请选择其他人或其他时间。")
    NOT_INVOLVED = _("只有当班双方或编排值班的人可以办理。")
    NOT_ASKED = _("这次调班已经办结：%(state)s。")
    ONLY_TAKER = _("要由对方本人答复；领导可以直接指派。")
    NOT_ON_DUTY = _("您现在不在此岗位的值班表上。确需代为交接的，请写明理由。")
    SAME_SIGNER = _("交班人和接班人不能是同一人。请由接班人本人登录签字。")
    HANDED_ALREADY = _("这一班已经交班，等待接班人签字。")
    TAKEN_ALREADY = _("已经接班，无需再签。")
    CHANGED_SINCE = _("交班内容与交班人签字时不同，不能接班。请由交班人重新交班。")
    NO_NOTES = _("请写交班说明；没有要说明的，写“无”。")
    NO_TEXT = _("请填写内容。")
    IN_FUTURE = _("发生时间不能晚于现在。")
    CORRECTS_OTHER = _("只能更正本岗位的记录。")
    NOBODY_ON_DUTY = _("现在没有人值班，无法点名。请先补排值班。")
    NOT_YOUR_CALL = _("只有被点名的本人可以应答。")
    ANSWERED_ALREADY = _("已经应答，无需再答。")
    ANSWER_WITHIN = _("应答时限应在 1 至 120 分钟之间。")
    SIGNED_ALREADY = _("已经签发，不能再改。")
    REVOKED_ALREADY = _("此日历地址已停用。")
    NO_SUMMARY_TEXT = _("请填写需要说明的情况；没有情况的，报“零报告”。")
    NOT_YOURS = _("只能为自己领取日历地址。")
    SHIFT_KNOWN = _("此人此时的固定班次已登记。")
    WITHDRAWN = _("此项已撤回。")
    NO_POST = _("没有您可以编排的值班岗位“%(code)s”。")
    UNREADABLE_TIME = _("读不懂时间“%(text)s”。请写成 2026-11-24 08:30。")
    NOT_ICALENDAR = _("不是可读的日历文件：%(why)s")
    DAYS_APART = _("点名间隔应在 1 至 31 天之间，0 为不随机点名。")
