"""What a district lays down about hazards itself: kinds, judgement standards with their dates, and limits."""

from django.utils.translation import gettext_lazy as _

from anlan.domains.hazards.terms import HazardGrade
from anlan.kit import tables
from anlan.kit.tables import Seed, Table, TableColumn, register

KINDS, STANDARDS, LIMITS = "hazards.kinds", "hazards.standards", "hazards.limits"
OURS = _("平台默认；请按本区规定核定")
FIRST_KINDS = (
    ("exits", _("疏散通道和安全出口")), ("fire", _("消防设施和用火")), ("electric", _("电气线路和设备")),
    ("gas", _("燃气使用")), ("crowd", _("人员密集和通道拥堵")), ("structure", _("建筑和临时搭建")),
    ("lift", _("电梯和特种设备")), ("chemicals", _("危险物品")), ("works", _("施工作业")),
    ("signs", _("安全标识和提示")), ("management", _("安全管理制度和培训")), ("other", _("其他")),
)  # fmt: skip
FIRST_STANDARDS = (
    # code, wording, grade, mark, basis
    ("general", _("危害和整改难度较小，发现后能够立即整改排除"), HazardGrade.GENERAL, "P", _("《安全生产事故隐患排查治理暂行规定》的定义")),
    ("major", _("危害和整改难度较大，应当全部或者局部停产停业并经一定时间整改方能排除，或因外部因素致使自身难以排除"), HazardGrade.MAJOR, "P", _("《安全生产事故隐患排查治理暂行规定》的定义")),
    ("fire", _("按《重大火灾隐患判定规则》判定为重大火灾隐患"), HazardGrade.MAJOR, "P", _("GB 35181-2025")),
    ("trade", _("按《工贸企业重大事故隐患判定标准》判定为重大事故隐患"), HazardGrade.MAJOR, "M", _("应急管理部令第 10 号（2023）")),
)  # fmt: skip
FIRST_LIMITS = (
    # code, amount, unit, mark, basis
    ("near_m", _("疑似重复的距离（米）"), 50, "K", OURS),
    ("near_days", _("疑似重复的天数（天）"), 30, "K", OURS),
    ("verify_days", _("提请复查后复查的天数（天）"), 10, "K", OURS),
    ("extension_days", _("每次延期的最长天数（天）"), 90, "K", OURS),
    ("listed_days", _("挂牌督办的最长天数（天）"), 365, "M", _("外地做法（青岛：不超过一年）；本区待核实")),
    ("told_days", _("重大隐患报告部门和职工的天数（天）"), 1, "K", OURS),
    ("recur_short_days", _("同类复发的短窗口（天）"), 90, "K", OURS),
    ("recur_middle_days", _("同类复发的中窗口（天）"), 180, "K", OURS),
    ("recur_long_days", _("同类复发的长窗口（天）"), 365, "K", OURS),
    ("look_back_days", _("销号后回头看的天数（天）"), 30, "K", OURS),
)  # fmt: skip
LIMIT_NAMES = {code: label for code, label, *_rest in FIRST_LIMITS}

register(Table(
    KINDS, title=_("隐患类别"), lead=_("上报隐患时选择的类别，用于查重和统计。停用的类别不再出现在列表中。"),
    key=TableColumn("code", _("编码"), most=40), is_open=True,
    columns=(TableColumn("name", _("名称"), most=60), TableColumn("in_use", _("在用"), "yes_no")),
    seeds=lambda on: [Seed(code, {"name": str(name), "in_use": True}, "K", OURS) for code, name in FIRST_KINDS],
))  # fmt: skip
register(Table(
    STANDARDS, title=_("隐患判定标准"), lead=_("定级时选择的判定标准。本区可增补标准并写明条款和启用日期。"),
    key=TableColumn("code", _("编码"), most=40), is_open=True,
    columns=(
        TableColumn("wording", _("判定标准"), most=400), TableColumn("grade", _("隐患级别"), "word", words=HazardGrade),
        TableColumn("in_use", _("在用"), "yes_no"),
    ),
    seeds=lambda on: [
        Seed(code, {"wording": str(wording), "grade": grade, "in_use": True}, mark, basis)
        for code, wording, grade, mark, basis in FIRST_STANDARDS
    ],
))  # fmt: skip
register(Table(
    LIMITS, title=_("隐患治理参数"), lead=_("查重、复查、延期、挂牌、重大隐患报告、同类复发和回头看使用的参数。"),
    key=TableColumn("code", _("参数")), say_key=lambda key: str(LIMIT_NAMES.get(key, key)),
    columns=(TableColumn("amount", _("数值"), "whole", low=1, high=3650),),
    seeds=lambda on: [Seed(code, {"amount": amount}, mark, basis) for code, _label, amount, mark, basis in FIRST_LIMITS],
))  # fmt: skip


def kinds(*, on):
    """{code: name} of the kinds in use on a date."""
    return {key: row["name"] for key, row in tables.read(KINDS, on=on).items() if row["in_use"]}


def kind_names(*, on):
    """{code: name} of all kinds on a date, also of those no longer in use: for many rows at once."""
    return {key: row["name"] for key, row in tables.read(KINDS, on=on).items()}


def name_kind(code, *, on):
    """The name of a kind, also of one no longer in use; the code where it is not known."""
    row = tables.read(KINDS, on=on).get(code)
    return row["name"] if row else code


def standard_lines(*, on):
    """The Lines of the standards in use on a date."""
    return [line for line in tables.lines(STANDARDS, on=on) if line.values["in_use"]]


def limit_line(code, *, on):
    """The Line of a limit: its amount, mark and basis."""
    return tables.find_line(LIMITS, code, on=on)


def limit(code, *, on):
    """The amount of a limit on a date."""
    return limit_line(code, on=on).values["amount"]


def rules_version(*, on):
    """By which state of the standards a grade was given."""
    return f"{STANDARDS}/{tables.version(STANDARDS, on=on)}"


PATTERN_LIMITS = "hazards.pattern_limits"
FIRST_PATTERN_LIMITS = (
    # code, wording, amount, lowest, highest
    ("least_count", _("苗头性：近 4 周至少（件）"), 5, 2, 1000),
    ("least_ratio", _("苗头性：至少为预计的（%）"), 150, 110, 1000),
    ("false_share", _("苗头性、倾向性：报出的问题中偶然的不超过（%）"), 5, 1, 50),
    ("tendency_total", _("倾向性：近 24 周至少（件）"), 20, 5, 10_000),
    ("tendency_growth", _("倾向性：24 周内至少增长到（%）"), 150, 110, 1000),
    ("common_share", _("普遍性：有此类隐患的单位占查出隐患单位的比例至少（%）"), 30, 5, 100),
    ("common_units", _("普遍性：查出隐患的单位至少（家）"), 20, 5, 100_000),
    ("common_weeks", _("普遍性：统计最近（周）"), 26, 4, 52),
    ("calm_weeks", _("连续多少周恢复正常即结束（周）"), 4, 1, 26),
    ("rate_least", _("隐患率：预计少于多少件不作判断（件）"), 5, 1, 100),
)  # fmt: skip
PATTERN_LIMIT_NAMES = {code: label for code, label, *_rest in FIRST_PATTERN_LIMITS}

register(Table(
    PATTERN_LIMITS, title=_("普遍性、苗头性、倾向性问题的判定参数"), lead=_("每晚研判隐患数据时使用。平台默认值经模拟检验，请按本区情况核定。"),
    key=TableColumn("code", _("参数")), say_key=lambda key: str(PATTERN_LIMIT_NAMES.get(key, key)),
    columns=(TableColumn("amount", _("数值"), "whole", low=1, high=100_000),),
    seeds=lambda on: [Seed(code, {"amount": amount}, "K", OURS) for code, _label, amount, *_rest in FIRST_PATTERN_LIMITS],
    refuse=lambda key, values: check_pattern_limit(key, values["amount"]),
))  # fmt: skip


def check_pattern_limit(code, amount):
    """Why an amount is out of the bounds of its parameter, or None."""
    low, high = next(row[3:] for row in FIRST_PATTERN_LIMITS if row[0] == code)
    return (
        None if low <= amount <= high else _("应在 %(low)d 至 %(high)d 之间。") % {"low": low, "high": high}
    )


def pattern_limits(*, on):
    """{code: amount} of the district's definitions of the three kinds of problem on a date."""
    return {key: row["amount"] for key, row in tables.read(PATTERN_LIMITS, on=on).items()}
