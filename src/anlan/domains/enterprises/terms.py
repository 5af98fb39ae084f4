"""Words of the register of enterprises, and the sentences of refusal."""

from django.db import models
from django.utils.translation import gettext_lazy as _

COMMA = _("、")
CHANGED = _("（已更改）")  # after a masked number that looks the same as before


class EnterpriseState(models.TextChoices):
    """Whether an enterprise is on the register."""

    ACTIVE = "active", _("在册")
    CLOSED = "closed", _("已注销")
    MERGED = "merged", _("已合并")


class EnterpriseSize(models.TextChoices):
    """The size that the enterprise is registered with."""

    LARGE = "large", _("大型")
    MEDIUM = "medium", _("中型")
    SMALL = "small", _("小型")
    MICRO = "micro", _("微型")


class StandardGrade(models.TextChoices):
    """安全生产标准化等级: three grades (应急〔2021〕83号, from memory, to be confirmed)."""

    ONE = "1", _("一级")
    TWO = "2", _("二级")
    THREE = "3", _("三级")


class RequestState(models.TextChoices):
    """Where an enterprise's own request to update its record stands."""

    ASKED = "asked", _("待审核")
    ACCEPTED = "accepted", _("已采纳")
    REFUSED = "refused", _("不予采纳")


class PledgeState(models.TextChoices):
    """Whether a pledge holds."""

    HELD = "held", _("有效")
    BROKEN = "broken", _("已违背")
    REPLACED = "replaced", _("已更新")


class PledgeStanding(models.TextChoices):
    """How an enterprise stands with its pledge today."""

    HELD = "held", _("承诺有效")
    OVER = "over", _("承诺已过期")
    BROKEN = "broken", _("已违背承诺")
    NONE = "none", _("未承诺")


class Field:
    """Labels of what is kept of an enterprise."""

    CODE = _("统一社会信用代码")
    FORMER = _("原注册号")
    NAME = _("名称")
    INDUSTRY_CODE = _("行业代码")
    INDUSTRY = _("行业")
    SIZE = _("规模")
    STAFF = _("从业人数")
    ADDRESS = _("经营地址")
    REGISTERED = _("注册地址")
    PRINCIPAL = _("主要负责人")
    PRINCIPAL_PHONE = _("主要负责人电话")
    SAFETY = _("安全管理人员")
    SAFETY_PHONE = _("安全管理人员电话")
    SUPERVISOR = _("监管单位编码")
    STANDARD = _("标准化等级")
    STANDARD_UNTIL = _("标准化有效期至")
    INSURER = _("安责险承保公司")
    INSURED_UNTIL = _("安责险有效期至")


class Refusal:
    """Why a rule says no, as the person is told."""

    CODE_LENGTH = _("统一社会信用代码应为 18 位，现为 %(length)d 位。请核对营业执照。")
    CODE_SIGNS = _("统一社会信用代码含有不使用的字符：%(signs)s（不用字母 I、O、S、V、Z）。请核对营业执照。")
    CODE_CHECK = _("统一社会信用代码 %(code)s 的校验位不对，有一位写错了。请核对营业执照。")
    CODE_TAKEN = _("统一社会信用代码 %(code)s 已登记：%(name)s。请在该企业名下修改，或办理合并。")
    FORMER_FORM = _("原注册号应为 13 或 15 位数字。")
    NAME_MISSING = _("请填写企业名称。")
    STAFF_RANGE = _("从业人数应在 0 至 1000000 之间。")
    DAY_RANGE = _("日期应在 2000 年至 2100 年之间。")
    NOT_ACTIVE = _("该企业已注销或合并，不能修改。请打开合并后的企业。")
    ALREADY_SO = _("状态没有变化，无需办理。")
    NO_REASON = _("请写明理由。")
    MERGE_SELF = _("不能与自己合并。请选择另一家企业。")
    MERGE_SCOPE = _("两家企业须都在您的监管范围内。请由上级单位办理合并。")
    NOT_MERGED = _("该企业没有被合并，无需撤销。")
    SITE_TWICE = _("该企业在此场所已有经营地点。")
    NOTHING_ASKED = _("没有需要更新的内容。")
    FIELD_CLOSED = _("“%(field)s”不能由企业自行更新。请联系监管单位。")
    REQUEST_OPEN = _("上一次更新申请还在审核。请等待审核，或先撤回。")
    REQUEST_DONE = _("该申请已办理。")
    NOT_YOURS = _("这不是您所在企业的档案。")
    PLEDGE_TEXT_MISSING = _("请填写承诺书全文。")
    PLEDGE_NO_TEXT = _("还没有承诺书文本。请先由监管部门发布文本。")
    PLEDGE_TEXT_OTHER = _("承诺书文本已更新。请重新阅读后再签署。")
    PLEDGE_SIGNER = _("请填写签署人姓名和职务。")
    PLEDGE_DAY = _("签署日期不能晚于今天，也不能早于承诺书文本的启用日期。")
    PLEDGE_HELD = _("该企业对这一版承诺书的承诺仍然有效。")
    PLEDGE_NOT_HELD = _("承诺已不是有效状态，不能再登记违背。")
    LIST_EMPTY = _("请至少填写一项岗位和责任。")
    LICENCE_TWICE = _("该企业已有相同类别和编号的许可证。")
    LICENCE_FIELDS = _("请填写许可证的类别和编号。")
    SUPERVISOR_UNKNOWN = _("没有编码为“%(code)s”的机构，或您无权为该机构登记企业。")
    WORD_UNKNOWN = _("“%(text)s”不是可用的内容。可用：%(words)s。")
    NUMBER_FORM = _("“%(text)s”不是整数。")
    DAY_FORM = _("“%(text)s”不是日期。请写成 2026-01-31。")
    FORMULA = _("单元格是公式，请粘贴为数值。")
    TOO_LONG = _("超过 %(most)d 个字。")
    TWICE_IN_FILE = _("与第 %(row)d 行重复。")
    MISSING = _("必填。")
