"""Words of major hazards: who is told of them, and stops of production."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """To whom a major hazard is reported (安全生产法 2021, article 41)."""

    DEPARTMENT = "department", _("负有安全生产监督管理职责的部门")
    WORKERS = "workers", _("职工大会或者职工代表大会")


class Means(models.TextChoices):
    """How it was reported."""

    PLATFORM = "platform", _("平台消息")
    WRITTEN = "written", _("书面报告")
    PHONE = "phone", _("电话")
    MEETING = "meeting", _("会议通报")
    POSTED = "posted", _("公示栏公示")


class StopScope(models.TextChoices):
    """How much is stopped."""

    WHOLE = "whole", _("全部停产停业")
    PART = "part", _("局部停产停业")


class StopState(models.TextChoices):
    """Where a stop of production stands; the moves between them are `rules.stops.RESUMING`."""

    STOPPED = "stopped", _("停产停业中")
    APPLIED = "applied", _("已申请恢复，待审查")
    REVIEWED = "reviewed", _("审查合格，待同意")
    RESUMED = "resumed", _("已同意恢复")


class StopStep(models.TextChoices):
    """What may be done with a stop of production."""

    APPLY = "apply", _("申请恢复生产经营")
    PASS = "pass", _("现场审查合格")
    FAIL = "fail", _("现场审查不合格·退回")
    CONSENT = "consent", _("同意恢复生产经营")
    DENY = "deny", _("不同意恢复·退回")


class MajorRefusal:
    """Why a step about a major hazard cannot be taken: what is wrong, and what to do."""

    TOLD_LATER = _("报告时间不能晚于现在，也不能早于隐患上报时间。")
    MEANS_PLATFORM = _("“平台消息”由系统登记。请选择实际的报告方式。")
    TELL_NOT_YOURS = _("您没有登记该隐患报告情况的权限。请由整改责任单位或监管单位办理。")
    TELL_MAJOR = _("只有重大隐患须向部门和职工报告。")
    STOP_MAJOR = _("停产停业决定须对应在办的重大隐患。")
    STOPPED_ALREADY = _("该隐患已有停产停业决定，尚未恢复。")
    STOP_WORDS = _("请填写停产停业部位和决定书文号。")
    STOP_NOT_NOW = _("“%(state)s”时不能办理“%(step)s”。请刷新页面查看最新状态。")
    RESUME_NOT_CLOSED = _("隐患复查销号后才能同意恢复生产经营。")
    RESUME_SAME = _("申请或审查的人不能自己同意恢复。请由另一人办理。")
    REVIEW_SAME = _("申请恢复的人不能自己审查。请由另一人办理。")
    NOT_LISTED_NOW = _("只有挂牌督办的隐患可以公布。")
