"""Words of hazards: sources, states, steps, grades, kinds, and the sentences of refusal."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class HazardSource(models.TextChoices):
    """Who found it."""

    SELF_CHECK = "self_check", _("企业自查")
    INSPECTION = "inspection", _("行政检查")
    PATROL = "patrol", _("巡查")
    SENSOR = "sensor", _("监测设备")
    PUBLIC = "public", _("公众上报")
    GRID = "grid", _("网格上报")
    HOTLINE = "12345", _("12345 热线")
    ONE_NETWORK = "one_network", _("一网统管")


class HazardState(models.TextChoices):
    """Where a hazard stands; the moves between them are `rules.life.LIFE`."""

    REPORTED = "reported", pgettext_lazy("hazard", "待核实")
    REJECTED = "rejected", pgettext_lazy("hazard", "不予受理")
    APPEALED = "appealed", pgettext_lazy("hazard", "对不予受理有异议")
    MERGED = "merged", pgettext_lazy("hazard", "已合并")
    ACCEPTED = "accepted", pgettext_lazy("hazard", "待定级")
    GRADED = "graded", pgettext_lazy("hazard", "待整改")
    ORDERED = "ordered", pgettext_lazy("hazard", "待落实临时措施")
    RECTIFYING = "rectifying", pgettext_lazy("hazard", "整改中")
    EXTENDING = "extending", pgettext_lazy("hazard", "延期待批")
    VERIFYING = "verifying", pgettext_lazy("hazard", "待复查")
    CLOSED = "closed", pgettext_lazy("hazard", "已销号")
    CONTESTED = "contested", pgettext_lazy("hazard", "对销号有异议")


class Step(models.TextChoices):
    """What may be done with a hazard."""

    ACCEPT = "accept", pgettext_lazy("hazard", "核实受理")
    REJECT = "reject", pgettext_lazy("hazard", "不予受理")
    MERGE = "merge", pgettext_lazy("hazard", "合并重复隐患")
    TRANSFER = "transfer", pgettext_lazy("hazard", "转交")
    GRADE = "grade", pgettext_lazy("hazard", "定级")
    FIX = "fix", pgettext_lazy("hazard", "立行立改")
    ORDER = "order", pgettext_lazy("hazard", "限期整改")
    ORDER_MAJOR = "order_major", pgettext_lazy("hazard", "重大隐患限期整改")
    INTERIM = "interim", pgettext_lazy("hazard", "落实临时措施")
    ASK_EXTENSION = "ask_extension", pgettext_lazy("hazard", "申请延期")
    GRANT = "grant", pgettext_lazy("hazard", "同意延期")
    REFUSE = "refuse", pgettext_lazy("hazard", "不同意延期")
    ASK_VERIFICATION = "ask_verification", pgettext_lazy("hazard", "提请复查")
    CLOSE = "close", pgettext_lazy("hazard", "复查合格·销号")
    RETURN = "return", pgettext_lazy("hazard", "复查不合格·退回")
    CONTEST = "contest", pgettext_lazy("hazard", "仍未解决")
    APPEAL = "appeal", pgettext_lazy("hazard", "提出异议")
    UPHOLD = "uphold", pgettext_lazy("hazard", "维持原结论")
    LOOK_BACK = "look_back", pgettext_lazy("hazard", "回头看")
    REOPEN = "reopen", pgettext_lazy("hazard", "重新整改")
    LIST = "list", pgettext_lazy("hazard", "挂牌督办")
    DELIST = "delist", pgettext_lazy("hazard", "摘牌")


class HazardGrade(models.TextChoices):
    """General or major, as 安全生产事故隐患排查治理暂行规定 defines them."""

    GENERAL = "general", pgettext_lazy("hazard", "一般隐患")
    MAJOR = "major", pgettext_lazy("hazard", "重大隐患")


class CriterionSource(models.TextChoices):
    """Whence a criterion of a standard is, by which a hazard is classified."""

    STANDARD = "standard", _("判定标准")
    CHECK = "check", _("自查项")


class Stage(models.TextChoices):
    """When a photo or file was taken."""

    BEFORE = "before", _("整改前")
    AFTER = "after", _("整改后")
    REVIEW = "review", _("复查时")


class ExtensionState(models.TextChoices):
    """What became of a request for more time."""

    ASKED = "asked", pgettext_lazy("extension", "待批")
    GRANTED = "granted", pgettext_lazy("extension", "同意")
    REFUSED = "refused", pgettext_lazy("extension", "不同意")
    LAPSED = "lapsed", pgettext_lazy("extension", "因提请复查失效")


class Field:
    """Labels of a hazard's columns, and of what people type."""

    WHAT = _("隐患描述")
    KIND = _("隐患类别")
    GRADE = _("隐患级别")
    STANDARD = _("判定标准")
    CRITERION = _("标准条款")
    CRITERION_SAYS = _("标准条款内容")
    CRITERION_BASIS = _("条款依据")
    SOURCE = _("来源")
    OUTER = _("来源编号")
    ADDRESS = _("位置")
    RESPONSIBLE = _("整改责任单位")
    POST = _("责任岗位")
    DUE = _("整改期限")
    MEASURES = _("整改措施")
    RESPONSIBILITY = _("整改责任")
    FUNDS = _("整改资金")
    FUNDS_YUAN = _("落实资金（元）")
    PUBLISHED = _("向社会公布")
    PLAN = _("应急预案")
    INTERIM = _("临时措施")


FIVE = {
    "measures": Field.MEASURES,
    "responsibility": Field.RESPONSIBILITY,
    "funds": Field.FUNDS,
    "plan": Field.PLAN,
}


class Refusal:
    """Why a rule says no: what is wrong, and what to do."""

    NOT_NOW = _("“%(state)s”的隐患不能%(step)s。请刷新页面查看最新状态。")
    NOT_FINDER = _("您没有上报隐患的权限。请联系本单位管理员。")
    NO_WHAT = _("请写明隐患描述：哪里、什么问题。")
    NO_WHERE = _("请选择场所、填写位置，或在地图上定位。")
    KIND_UNKNOWN = _("没有这一隐患类别。请从列表中选择。")
    STANDARD_UNKNOWN = _("没有这一判定标准，或尚未生效。请从列表中选择。")
    STANDARD_MISSING = _("定为重大隐患须选择判定标准。")
    STANDARD_DIFFERS = _("该判定标准不是%(grade)s的标准。请核对级别或另选标准。")
    CRITERION_UNKNOWN = _("没有这一标准条款。请从列表中选择。")
    CRITERION_SAME = _("已按这一条款归类。")
    NEEDS_REASON = _("请写明理由。")
    NEEDS_CONCLUSION = _("请写明复查结论。")
    NEEDS_AFTER = _("缺少整改后的照片或材料。请先上传再办理。")
    SAME_PERSON = _("同一人不能既整改又复查销号。请由另一人复查。")
    SAME_DECIDER = _("申请延期的人不能自己批准。请由另一人办理。")
    NOT_REPORTER = _("只有上报人可以提出异议。")
    ON_SPOT_GENERAL = _("只有一般隐患可以立行立改。重大隐患请下达限期整改。")
    ORDER_GENERAL = _("重大隐患须按“五落实”下达限期整改。")
    ORDER_MAJOR = _("一般隐患按普通限期整改下达即可。")
    FIVE_MISSING = _("重大隐患须落实措施、责任、资金、时限、预案，缺少：%(names)s。")
    NO_DUE = _("请填写整改期限。")
    DUE_PAST = _("整改期限不能早于今天。")
    NO_RESPONSIBLE = _("请选择整改责任单位并填写责任岗位。")
    TOO_LATE = _("整改期限已过，不能再申请延期。请尽快整改；逾期会逐级督办。")
    DAYS = _("延期天数应在 1 至 %(most)d 天之间。")
    MERGE_ITSELF = _("不能与自己合并。")
    MERGE_ENDED = _("编号 %(number)s 已合并、未受理或已销号，不能合并到它。请选择在办的隐患。")
    ONLY_MAJOR = _("只有重大隐患可以挂牌督办。")
    LISTED_ALREADY = _("已经挂牌督办。")
    NOT_LISTED = _("尚未挂牌，无需摘牌。")
    NOT_CLOSED = _("挂牌的隐患复查销号后才能摘牌。")
    SAME_DELISTER = _("复查销号的人不能自己摘牌。请由另一人办理。")
    LISTED_UNTIL = _("挂牌督办期限应在今天之后、%(days)d 天以内。")
    SAME_ORGANISATION = _("已由该单位办理，无需转交。")
    FILE_NOT_NOW = _("现在不能上传%(stage)s的照片或材料。请刷新页面查看最新状态。")
    NOT_ESCALATED = _("尚未到逐级督办的时间，或已督办到这一级。")
    PLACE_NOT_YOURS = _("场所“%(name)s”不在您的权限范围内。")
    OUTER_TWICE = _("来源编号 %(number)s 已登记为 %(hazard)s。")
