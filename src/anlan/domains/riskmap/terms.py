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

    @classmethod
    def alive(cls):
        """Those of a point that stands on the map."""
        return (cls.DRAFT, cls.CHECKED, cls.IN_FORCE)


class SheetState(models.TextChoices):
    """The life of a department's sheet of a year."""

    OPEN = "open", _("编制中")
    HANDED_IN = "handed_in", _("已提交")
    CHECKED = "checked", _("已核对汇总")


class Datum(models.TextChoices):
    """The datum of coordinates that come from outside; WGS-84 is kept."""

    WGS84 = "wgs84", _("WGS-84（GPS、天地图）")
    GCJ02 = "gcj02", _("GCJ-02（高德、腾讯）")
    BD09 = "bd09", _("BD-09（百度）")


class Field:
    """Names of what is registered of a risk point."""

    NUMBER = _("编号")
    NAME = _("风险点名称")
    CATEGORY = _("风险类别")
    ORGANISATION = _("责任单位")
    ORGANISATION_CODE = _("责任单位编码")
    PLACE_CODE = _("场所编号")
    ENTERPRISE_CODE = _("企业统一社会信用代码")
    LON = _("经度")
    LAT = _("纬度")
    OUTLINE = _("范围")
    METHOD = _("评估方法")
    POST = _("责任岗位")
    PERSON = _("责任人")
    PRECAUTIONS = _("注意事项")
    ENGINEERING = _("工程技术措施")
    MANAGEMENT = _("管理措施")
    TRAINING = _("培训教育措施")
    PROTECTIVE = _("个体防护措施")
    EMERGENCY = _("应急处置措施")
    FACTORS = {
        "L": _("L 发生的可能性"),
        "E": _("E 暴露的频繁程度"),
        "C": _("C 后果的严重程度"),
        "S": _("S 后果的严重程度"),
    }


class ColumnNote:
    """What a column of a file expects."""

    NUMBER = _("已登记的风险点的编号；新增的留空。")
    ORGANISATION = _("机构编码，见“组织机构”。")
    SPOT = _("场所、企业、经纬度、范围至少填一项。")
    OUTLINE = _("GeoJSON 的 Polygon 或 MultiPolygon；在 KML 和 GeoJSON 文件中直接画出。")
    METHOD = _("LEC 或 LS；不填则导入后再评估。等级由系统按规则库计算，不导入。")
    SCORE = _("规则库评分表中的分值。")


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
    NO_SHEETS = _("%(year)d 年还没有风险分表。请先为各部门和街道建立分表。")
    DUE_PAST = _("截止日期不能早于今天。")
    DATUM_MISSING = _("请选择文件的坐标系。系统从不猜测：选错会偏移数百米。")
    MISSING = _("必填。")
    TOO_LONG = _("超过 %(most)d 个字。")
    FORMULA = _("单元格是公式，请粘贴为数值。")
    WORD_UNKNOWN = _("“%(text)s”不是可用的内容。可用：%(words)s。")
    NUMBER_UNKNOWN = _("没有编号为“%(number)s”的风险点，或您无权修改。新增的风险点请把编号留空。")
    TWICE_IN_FILE = _("与第 %(row)d 行重复。")
    ORGANISATION_UNKNOWN = _("没有编码为“%(code)s”的机构，或您无权为该机构登记风险点。")
    PLACE_UNKNOWN = _("没有编号为“%(code)s”的场所，或您看不到它。")
    ENTERPRISE_UNKNOWN = _("没有代码为“%(code)s”的企业，或您看不到它。")
    NOT_A_NUMBER = _("“%(text)s”不是数字。")
    METHOD_MISSING = _("有分值而没有评估方法。请填写 LEC 或 LS。")
    UNDONE = _("撤销第 %(number)d 次导入")
