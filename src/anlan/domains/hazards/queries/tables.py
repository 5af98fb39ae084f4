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
    LIMITS, title=_("隐患治理参数"), lead=_("查重、复查、延期、挂牌和回头看使用的参数。"),
    key=TableColumn("code", _("参数")), say_key=lambda key: str(LIMIT_NAMES.get(key, key)),
    columns=(TableColumn("amount", _("数值"), "whole", low=1, high=3650),),
    seeds=lambda on: [Seed(code, {"amount": amount}, mark, basis) for code, _label, amount, mark, basis in FIRST_LIMITS],
))  # fmt: skip


def kinds(*, on):
    """{code: name} of the kinds in use on a date."""
    return {key: row["name"] for key, row in tables.read(KINDS, on=on).items() if row["in_use"]}


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
