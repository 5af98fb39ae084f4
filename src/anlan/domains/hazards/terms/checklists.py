"""Words of checklists 自查清单 and self-checks 安全自查, and of the page of a responsible unit."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class VersionState(models.TextChoices):
    """Where a version of a checklist stands."""

    DRAFT = "draft", pgettext_lazy("checklist", "待发布")
    PUBLISHED = "published", pgettext_lazy("checklist", "使用中")
    REPLACED = "replaced", pgettext_lazy("checklist", "已被新版替代")
    WITHDRAWN = "withdrawn", pgettext_lazy("checklist", "已停用")


class ChecklistAudience(models.TextChoices):
    """Whose a checklist is."""

    ANY = "any", _("场所和企业")
    PLACE = "place", _("大人流场所")
    ENTERPRISE = "enterprise", _("企业")


class CheckState(models.TextChoices):
    """Where a self-check stands."""

    DRAFT = "draft", pgettext_lazy("self-check", "填写中")
    DONE = "done", pgettext_lazy("self-check", "已提交")


class KeeperKind(models.TextChoices):
    """What a responsible unit is a row of."""

    PLACE = "place", _("大人流场所")
    ENTERPRISE = "enterprise", _("企业")


class QuestionKind(models.TextChoices):
    """The types of XLSForm that a checklist may use."""

    TEXT = "text", _("文字")
    INTEGER = "integer", _("整数")
    DECIMAL = "decimal", _("小数")
    SELECT_ONE = "select_one", _("单选")
    SELECT_MULTIPLE = "select_multiple", _("多选")
    DATE = "date", _("日期")
    IMAGE = "image", _("照片")
    GEOPOINT = "geopoint", _("定位")
    NOTE = "note", _("提示")
    CALCULATE = "calculate", _("计算")
    GROUP = "group", _("分组")
    REPEAT = "repeat", _("可重复分组")


class FormColumn:
    """Headings of a checklist's workbook: those of XLSForm, and our own."""

    TYPE = "type"
    NAME = "name"
    LABEL = "label"
    CLAUSE = _("依据条款")
    PENALTY = _("罚则条款")
    HAZARD_KIND = _("隐患类别")
    HAZARD_WHEN = _("构成隐患的选项")
    PHOTO = _("需要照片")


class ExpressionFault:
    """Why an expression cannot be read."""

    TOO_LONG = _("表达式超过 %(most)d 个字符。")
    TOO_DEEP = _("表达式括号嵌套过深。")
    SIGN = _("表达式中“%(text)s”无法识别。")
    LEFT_OVER = _("表达式在“%(text)s”处多出内容。")
    ENDS = _("表达式不完整。")
    EXPECTED = _("表达式在“%(text)s”处缺少“%(sign)s”。")
    CALL = _("不支持函数“%(name)s”。可用：not()、selected()。")
    PARTS = _("函数“%(name)s”应有 %(n)d 个参数。")


class FormFault:
    """Why a row of a checklist's workbook is refused."""

    TYPE = _("不支持题型“%(text)s”。")
    NAME = _("题目编码“%(text)s”应由英文字母、数字和下划线组成，以字母开头，不超过 40 个字符。")
    NAME_TWICE = _("题目编码“%(text)s”重复。")
    LABEL = _("缺少题目文字。")
    LIST = _("选项表“%(text)s”没有选项。请在 choices 工作表中填写。")
    LIST_MISSING = _("单选、多选后须写选项表名称，如 select_one yes_no。")
    CHOICE_TWICE = _("选项“%(text)s”重复。")
    CHOICE = _("选项须有编码和文字，编码不含空格。")
    FORMULA = _("“%(column)s”是公式，请粘贴为数值。")
    LONG = _("“%(column)s”超过 %(most)d 个字。")
    EXPRESSION = _("“%(column)s”：%(why)s")
    REFERENCE = _("“%(column)s”引用了不存在的题目“%(name)s”。")
    REFERENCE_REPEAT = _("“%(column)s”不能引用可重复分组内的题目“%(name)s”。")
    RING = _("“%(name)s”的显示条件或计算互相引用，成了循环。")
    SELF = _("“%(column)s”不能用“.”，请写题目编码。")
    END = _("分组没有对应的开始。")
    OPEN = _("分组“%(name)s”没有结束。")
    REPEAT_IN_REPEAT = _("可重复分组内不能再有可重复分组。")
    DEEP = _("分组嵌套超过 %(most)d 层。")
    CALCULATION = _("计算题须填写 calculation。")
    KIND_UNKNOWN = _("没有隐患类别“%(text)s”。可用：%(words)s。")
    WHEN_UNKNOWN = _("“构成隐患的选项”中的“%(text)s”不在该题的选项内。")
    WHEN_NEEDS_CHOICE = _("只有单选题可以构成隐患。")
    EMPTY = _("清单中没有需要回答的题目。")
    MANY = _("题目超过 %(most)d 道。请拆成几份清单。")
    SHEET = _("缺少工作表“%(name)s”。请用清单模板。")


class AnswerFault:
    """Why an answer is refused."""

    REQUIRED = _("请回答这一题。")
    NUMBER = _("请填写数字。")
    WHOLE = _("请填写整数。")
    RANGE = _("数值超出可填写的范围。")
    CHOICE = _("请从选项中选择。")
    DAY = _("请填写日期，如 2026-01-31。")
    POINT = _("请填写“纬度 经度”，如 31.2304 121.4737。")
    LONG = _("不超过 %(most)d 个字。")
    CONSTRAINT = _("填写的内容不符合要求，请核对。")
    PHOTO = _("请拍照上传。")


class CheckRefusal:
    """Why a rule of self-checks says no."""

    NO_NAME = _("请填写清单名称。")
    CODE = _("清单编码应由英文字母、数字和横线组成，以字母开头，不超过 40 个字符。")
    CODE_TAKEN = _("编码“%(code)s”已有清单。请换一个，或在该清单下导入新版本。")
    NOT_DRAFT = _("只有待发布的版本可以发布或放弃。请刷新页面。")
    NOT_PUBLISHED = _("该清单没有使用中的版本，无需停用。")
    FAULTY = _("清单有 %(n)d 处错误，不能保存。请改正后重新导入。")
    NOT_YOURS = _("您不能为“%(name)s”自查。请由该单位人员办理。")
    NOT_FOR = _("这份清单不适用于“%(name)s”，或已停用。")
    VERSION_ENDED = _("这一版自查清单已停用或已被新版替代。请更新任务包，按使用中的版本填写。")
    DONE_ALREADY = _("这次自查已经提交，不能再修改。")
    INCOMPLETE = _("还有 %(n)d 处需要填写或改正。")
    NEW_QUESTIONS = _("根据您的回答，还有 %(n)d 题需要填写。请填写后再提交。")
    NO_SIGNER = _("请填写签名：负责人姓名和职务。")
    NOT_CONFIRMED = _("请勾选确认：对自查结果负责。")
    PHOTOS_MOST = _("每题最多 %(most)d 张照片。")
    NO_PHOTO_HERE = _("这一题不需要照片。请刷新页面。")
    LINK_VALID = _("链接有效期应在 1 至 %(most)d 天之间。")
    LINK_REVOKED = _("该链接已经停用。")
    LINK_OTHER = _("该链接不属于这个单位。")
    NO_KEEPER = _("请选择一个场所或一家企业。")
    STEP_NOT_THEIRS = _("责任单位不能办理“%(step)s”。")
    NO_PRESS = _("不是有效的按键记录。")


class LinkRefusal:
    """Why a link of a responsible unit does not open."""

    UNKNOWN = _("链接无效。请核对是否完整，或联系监管单位重新发放。")
    REVOKED = _("链接已停用。请联系监管单位重新发放。")
    EXPIRED = _("链接已过期。请联系监管单位重新发放。")
    TOO_OFTEN = _("操作过于频繁。请一分钟后再试。")


BY_LINK = _("凭链接：%(name)s")  # for whom an act without account is recorded
