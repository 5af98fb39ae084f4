"""Words of incidents: their kinds and levels, where they stand, and what their timeline tells."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class IncidentKind(models.TextChoices):
    """The four classes of the Emergency Response Law 2024, Article 2."""

    NATURAL = "natural", _("自然灾害")
    ACCIDENT = "accident", _("事故灾难")
    HEALTH = "health", _("公共卫生事件")
    SECURITY = "security", _("社会安全事件")


class IncidentLevel(models.TextChoices):
    """Levels of an incident (Emergency Response Law 2024, Article 3); chosen by a person, never by the machine."""

    I = "I", _("Ⅰ级（特别重大）")  # noqa: E741
    II = "II", _("Ⅱ级（重大）")
    III = "III", _("Ⅲ级（较大）")
    IV = "IV", _("Ⅳ级（一般）")


class IncidentState(models.TextChoices):
    """Where an incident stands."""

    REPORTED = "reported", _("已接报")
    GRADED = "graded", _("已初步定级")
    FIRST_REPORTED = "first_reported", _("已初报")
    PLAN_ACTIVATED = "plan_activated", _("已启动预案")
    COMMAND_SET_UP = "command_set_up", _("已设现场指挥部")
    TRANSFERRED = "transferred", _("已移交指挥")
    UNDER_CONTROL = "under_control", _("事态已控制")
    RESPONSE_LOWERED = "response_lowered", _("已降级响应")
    ENDED = "ended", _("已终止响应")
    REVIEWED = "reviewed", _("已总结评估")
    FILED = "filed", _("已归档")
    MERGED = "merged", _("已并案")
    FALSE = "false", _("误报撤销")


class IncidentStep(models.TextChoices):
    """What people do with an incident as a whole."""

    GRADE = "grade", _("初步定级")
    CHANGE_LEVEL = "change_level", _("调整事件级别")
    SIGN_FIRST = "sign_first", _("签发初报")
    ACTIVATE_PLAN = "activate_plan", _("启动预案")
    SET_UP_COMMAND = "set_up_command", _("设立现场指挥部")
    TRANSFER = "transfer", _("移交指挥")
    TAKE_BACK = "take_back", _("收回指挥")
    BRING_UNDER_CONTROL = "bring_under_control", _("登记事态已控制")
    RAISE_RESPONSE = "raise_response", _("提级响应")
    LOWER_RESPONSE = "lower_response", _("降级响应")
    END = "end", _("终止响应")
    REVIEW = "review", _("登记总结评估")
    FILE = "file", _("归档")
    REOPEN = "reopen", _("重新开启")
    DECLARE_FALSE = "declare_false", _("撤销误报")
    MERGE = "merge", _("并案")
    SPLIT = "split", _("拆分")


class CaseKind(models.TextChoices):
    """Whose case number it is: the key that agencies share."""

    POLICE = "110", _("110 警情")
    FIRE = "119", _("119 警情")
    MEDICAL = "120", _("120 急救")
    HOTLINE = "12345", _("12345 工单")
    OTHER = "other", _("其他编号")


class EntryKind(models.TextChoices):
    """What an entry of the timeline tells of."""

    STATE = "state", _("进程")
    CALL = "call", _("来电")
    REPORT = "report", _("信息报告")
    INSTRUCTION = "instruction", _("领导批示")
    COMMAND = "command", _("指挥")
    ORDER = "order", _("指令")
    NEED = "need", _("需求")
    CHECK = "check", _("队伍安全")
    FIGURES = "figures", _("伤亡损失")
    ALARM = "alarm", _("预警")
    NOTE = "note", _("记事")
    CORRECTION = "correction", _("更正")


ENTRY_WORDS = {  # what a change row tells besides fields of its own
    "alarms": _("预警处置单"),
    "unlinked": _("预警处置单"),
    "places": _("场所"),
    "case": _("警情编号"),
    "call": _("来电"),
    "entries": _("带走的记录"),
    "told_to": _("已通知"),
    "receiver": _("报送单位"),
    "words": _("报告内容"),
    "improvement": _("改进事项"),
    "owner": _("承办单位"),
    "due_on": _("办理时限"),
    "document": _("文书"),
}


class IncidentRefusal:
    """Why a step of an incident is refused, and what to do instead."""

    NO_TITLE = _("请写明突发事件名称。")
    NO_PLACE = _("请选择场所，或写明发生地点。")
    FUTURE = _("时间不能晚于现在。请核对后重填。")
    TOO_OLD = _("时间不能早于一年前。请核对后重填。")
    KNOWN_EARLIER = _("接报时间不能早于发生时间。请核对两个时间。")
    HALF_POINT = _("经度和纬度要么都填，要么都不填。")
    NOT_NOW = _("“%(state)s”的突发事件不能%(step)s。")
    CLOSED = _("突发事件%(state)s，不能再登记。需要补充的，请先重新开启，或补记一条记事。")
    NO_REASON = _("请写明理由。")
    NO_LEVEL = _("请先由人初步定级。")
    SAME_LEVEL = _("级别没有变化，无需办理。")
    NO_PLAN = _("请写明启动的预案名称。")
    NO_COMMANDER = _("请先指定现场指挥长，再设立现场指挥部。")
    NO_RECEIVER = _("请写明接管指挥的单位。")
    NOT_LOWER = _("降级响应须低于现响应级别（%(level)s）。")
    NOT_HIGHER = _("提级响应须高于现响应级别（%(level)s）。")
    NO_FINAL_REPORT = _("请先签发终报，再终止响应。")
    CHECKS_RUNNING = _("还有 %(n)d 支队伍的安全确认没有结束。请先逐一结束。")
    NO_REVIEW = _("请写明总结评估的结论。")
    NO_FIGURES = _("请至少填写一项数字。")
    FIGURES_OLDER = _("已有统计截至 %(at)s 的数字，不能用更早的数字覆盖。更早的情况请写入记事。")
    NO_ENTRIES = _("请至少勾选一条要带走的记录。")
    FOREIGN_ENTRY = _("所选记录不属于本突发事件。请刷新页面后重选。")
    MERGE_SELF = _("不能并入自己，也不能并入已并入本事件的事件。")
    MERGE_CLOSED = _("只能并入仍在处置的突发事件。")
    MERGE_SCENE = _("演练与真实事件不能相互并案。")
    MERGE_RIGHT = _("您不能办理要并入的突发事件。请由两个主责单位的上级值班室办理。")
    NO_TEXT = _("请写明内容。")
    DUE_PAST = _("时限不能早于今天。")
    CASE_TAKEN = _("%(kind)s %(number)s 已属于突发事件 %(incident)s。如为同一事件，请并案。")
    ALREADY_LINKED = _("已经关联，无需重复办理。")
    NOT_LINKED = _("没有关联，可能已被取消。")
