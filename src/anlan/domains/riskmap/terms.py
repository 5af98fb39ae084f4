"""Words of the risk map."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RiskMethod(models.TextChoices):
    """How a risk is reckoned; the names are those of the rulebook's table of levels."""

    LEC = "LEC", _("LEC 法（D＝L×E×C）")
    LS = "LS", _("矩阵法（R＝L×S）")


class RiskLevel(models.IntegerChoices):
    """The four levels, the worst first, as the rulebook numbers them."""

    MAJOR = 1, _("重大风险")
    LARGER = 2, _("较大风险")
    GENERAL = 3, _("一般风险")
    LOW = 4, _("低风险")


class RiskCause(models.TextChoices):
    """Why a risk is assessed."""

    FIRST = "first", _("首次评估")
    YEARLY = "yearly", _("年度复评")
    ACCIDENT = "accident", _("发生事故")
    CHANGE = "change", _("情况变化")


class PointState(models.TextChoices):
    """The life of a risk point."""

    DRAFT = "draft", _("待核对")
    CHECKED = "checked", _("已核对")
    IN_FORCE = "in_force", _("已生效")
    RETIRED = "retired", _("已撤下")


class SheetState(models.TextChoices):
    """The life of a department's sheet of a year."""

    OPEN = "open", _("编制中")
    HANDED_IN = "handed_in", _("已提交")
    CHECKED = "checked", _("已核对汇总")


class Field:
    """Names of what is registered of a risk point."""

    NUMBER = _("编号")
    NAME = _("风险点名称")
    CATEGORY = _("风险类别")
    ORGANISATION = _("责任单位")
    POST = _("责任岗位")
    PERSON = _("责任人")
    PRECAUTIONS = _("注意事项")
    ENGINEERING = _("工程技术措施")
    MANAGEMENT = _("管理措施")
    TRAINING = _("培训教育措施")
    PROTECTIVE = _("个体防护措施")
    EMERGENCY = _("应急处置措施")


class Refusal:
    """Why a rule says no, and what to do instead."""

    SCORE_UNKNOWN = _("“%(factor)s”的分值 %(score)s 不在评分表中，可选：%(scores)s。")
    SCORE_MISSING = _("请填写“%(factor)s”的分值。")
    NO_BAND = _("得分 %(value)s 不在规则库的任何等级内。请检查规则库“风险等级”表。")
    NAME_MISSING = _("请填写风险点名称。")
    NOWHERE = _("请选择场所、企业，或在地图上标出经纬度，至少一项。")
    HALF_POINT = _("经度和纬度须同时填写。")
    RETIRED = _("风险点已撤下。请先恢复再修改。")
    STATE = _("风险点现在是“%(state)s”，不能这样办理。请刷新页面后再看。")
    NOT_ASSESSED = _("尚未评估风险等级。请先评估，再核对。")
    NO_MEASURE = _("五类管控措施至少填写一类，再核对。")
    NO_ANSWERER = _("请填写责任岗位或责任人，再核对。")
    OWN_CHECK = _("填报人不能核对自己的填报。请由另一人核对。")
    NO_REASON = _("请写明理由。")
    OTHER_PLACE = _("您没有责任单位“%(name)s”的风险点登记权限。请选择本单位或联系上级。")
    REVIEW_PENDING = _("该风险点已要求复评，请直接重新评估。")
    SHEET_EXISTS = _("%(organisation)s %(year)d 年的分表已经建立。请打开它继续办理。")
    SHEET_STATE = _("分表现在是“%(state)s”，不能这样办理。请刷新页面后再看。")
    SHEET_EMPTY = _("该单位没有风险点。请先登记风险点，再提交分表。")
    SHEET_WAITS = _("还有 %(n)d 个风险点在本年度没有核对。请先逐一核对，再提交分表。")
    SHEET_CHANGED = _("提交后有 %(n)d 个风险点又被修改，尚未核对。请先核对，或退回分表。")
    SHEET_YEAR = _("年度须在 %(first)d 至 %(last)d 之间。")
    DUE_PAST = _("截止日期不能早于今天。")
