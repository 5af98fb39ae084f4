"""Words of reports upward and of leaders' instructions."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportSort(models.TextChoices):
    """Which report it is."""

    ORAL = "oral", _("口头报告")
    FIRST = "first", _("初报")
    FOLLOW_UP = "follow_up", _("续报")
    FINAL = "final", _("终报")


class ReportState(models.TextChoices):
    """Where a report stands; an oral one is told from the start."""

    DRAFT = "draft", _("拟稿")
    SUBMITTED = "submitted", _("送审")
    RETURNED = "returned", _("退回修改")
    SIGNED = "signed", _("已签发")
    SENT = "sent", _("已报送")
    TOLD = "told", _("已口头报告")
    DROPPED = "dropped", _("已作废")


class ReportStep(models.TextChoices):
    """What may happen to a written report."""

    CHANGE = "change", _("修改")
    SUBMIT = "submit", _("送审")
    RETURN = "return", _("退回修改")
    SIGN = "sign", _("签发")
    SEND = "send", _("登记报送")
    DROP = "drop", _("作废")


class LimitState(models.TextChoices):
    """How a limit of reporting stands."""

    RUNNING = "running", _("计时中")
    OVERDUE = "overdue", _("已超时")
    MET = "met", _("按时报告")
    MET_LATE = "met_late", _("报告超时")


class Section(models.TextChoices):
    """The parts of a written report."""

    SITUATION = "situation", _("基本情况")
    CASUALTIES = "casualties", _("伤亡和损失")
    MEASURES = "measures", _("已采取的措施")
    DEVELOPMENT = "development", _("原因和发展趋势")
    NEEDS = "needs", _("需要支持的事项")
    NEXT = "next", _("下一步工作")


class RelayState(models.TextChoices):
    """Where a leader's instruction stands with one who is to carry it out."""

    RELAYED = "relayed", _("已传达")
    READ = "read", _("已阅")
    DONE = "done", _("已办结")


class ReportRefusal:
    """Why a step of a report is refused, and what to do instead."""

    NO_TEXT = _("请至少填写“基本情况”。")
    FIRST_TWICE = _("已有初报。后续情况请拟写续报。")
    FIRST_MISSING = _("还没有签发初报。请先报送初报，再拟写续报或终报。")
    FINAL_TWICE = _("已有终报。如事件有变化，请先重新开启。")
    NOT_NOW = _("“%(state)s”的报告不能%(step)s。")
    SIGNER_WROTE = _("签发人不能是拟稿人。请由另一位有签发权的人签发。")
    NO_REASON = _("请写明退回的意见。")
    NO_RECEIVER = _("请写明报送的单位。")
    CHANGED = _("报告在您打开之后被修改过。请重新阅读后再签发。")
    NOT_SIGNED = _("报告签发后才能生成文书。")
    DRAWN = _("已有文书 %(number)s。需要重新生成的，请先将其作废。")
    NO_SUPERIOR = _("请写明听取报告的单位和人。")


class InstructionRefusal:
    """Why a step of an instruction is refused, and what to do instead."""

    NO_LEADER = _("请写明批示的领导（姓名或职务）。")
    NO_TEXT = _("请照原文录入批示内容。")
    NO_RECEIVER = _("请选择承办单位。")
    TWICE = _("该批示已传达给%(name)s。")
    NOT_NOW = _("该批示“%(state)s”，不能再办理此步。")
    NO_FEEDBACK = _("请写明办理结果。")
    DUE_PAST = _("办理时限不能早于现在。")
    NOT_YOURS = _("此事由%(name)s办理。您可以代为登记，但须写明来电人。")
