"""How often a unit must check itself, and what it does at each level: tables that a district edits."""

import re

from django.utils.translation import gettext_lazy as _

from anlan.domains.hazards.models import DueCheck
from anlan.domains.hazards.queries.keepers import keeper_of, suits
from anlan.domains.hazards.terms.checklists import KeeperKind
from anlan.domains.places.terms import Grade
from anlan.domains.riskmap.queries import worst_level_of
from anlan.domains.riskmap.terms import RiskLevel
from anlan.kit import tables
from anlan.kit.tables import Seed, Table, TableColumn, register

RHYTHMS, ADVICE = "hazards.check_rhythms", "hazards.level_advice"
OURS = _("平台默认；请按本区规定核定")
UNGRADED = "none"
CODES = re.compile(r"[A-Za-z0-9-]+")
DUE_WITH = ("place__organisation", "place__operator", "enterprise__supervisor", "enterprise__account")
FIRST_DAYS = {
    f"{KeeperKind.PLACE}/{Grade.A}": 7, f"{KeeperKind.PLACE}/{Grade.B}": 15, f"{KeeperKind.PLACE}/{Grade.C}": 30,
    f"{KeeperKind.PLACE}/{Grade.D}": 90, f"{KeeperKind.PLACE}/{UNGRADED}": 30,
    f"{KeeperKind.ENTERPRISE}/{RiskLevel.MAJOR}": 7, f"{KeeperKind.ENTERPRISE}/{RiskLevel.LARGER}": 15,
    f"{KeeperKind.ENTERPRISE}/{RiskLevel.GENERAL}": 30, f"{KeeperKind.ENTERPRISE}/{RiskLevel.LOW}": 90,
    f"{KeeperKind.ENTERPRISE}/{UNGRADED}": 30,
}  # fmt: skip
FIRST_ADVICE = {
    "none": _("保持疏散通道和安全出口畅通，留意出入口排队情况。"),
    "blue": _("安排人员在出入口值守，留意人数变化，准备限流用的隔离栏和喇叭。"),
    "yellow": _("加派人员值守，引导人流单向通行，暂停促销等聚集性活动，向主管部门报告。"),
    "orange": _("分批放行进入，引导人员分散和离开，服从民警和主管部门指挥，保持所有出口畅通。"),
    "red": _("停止进入，只出不进，打开全部出口引导有序离开，立即报告；有人受伤拨打 120。"),
}
LEVEL_NAMES = {
    "none": _("正常"), "blue": _("蓝色·关注"), "yellow": _("黄色·加强值守"), "orange": _("橙色·限流准备"),
    "red": _("红色·停止进入"),
}  # fmt: skip


def say_rhythm(key):
    """A row's key as people read it: 大人流场所 A 级（最高）."""
    kind, _slash, grade = key.partition("/")
    labels = dict(Grade.choices) if kind == KeeperKind.PLACE else {str(k): v for k, v in RiskLevel.choices}
    named = labels.get(grade, _("未分级"))
    return f"{KeeperKind(kind).label} {named}" if kind in KeeperKind.values else key


register(Table(
    RHYTHMS, title=_("自查频次"),
    lead=_("各级场所、各风险等级的企业至少每多少天自查一次。企业按其已生效风险点的最高等级。可写明哪些清单计入，不写的，适用于该单位的清单都计入。"),
    key=TableColumn("grade", _("对象")), say_key=say_rhythm, columns=(
        TableColumn("days", _("天数"), "whole", low=1, high=366),
        TableColumn("checklists", _("计入的清单编码（以顿号分隔）"), is_required=False),
    ),
    seeds=lambda on: [Seed(key, {"days": days, "checklists": ""}, "K", OURS) for key, days in FIRST_DAYS.items()],
))  # fmt: skip
register(Table(
    ADVICE, title=_("责任单位应对措施"), lead=_("各客流等级下，责任单位在自己的页面上看到的应做事项。"),
    key=TableColumn("level", _("等级")), say_key=lambda key: str(LEVEL_NAMES.get(key, key)),
    columns=(TableColumn("text", _("应做事项"), most=300),),
    seeds=lambda on: [Seed(level, {"text": str(text)}, "K", OURS) for level, text in FIRST_ADVICE.items()],
))  # fmt: skip


def rhythm_of(keeper, *, on):
    """The Line of the table of rhythms that holds for a unit: by a place's grade, by an enterprise's gravest risk."""
    line = tables.find_line(RHYTHMS, f"{keeper.kind}/{grade_of(keeper)}", on=on)
    return line or tables.find_line(RHYTHMS, f"{keeper.kind}/{UNGRADED}", on=on)


def grade_of(keeper):
    """By what the table of rhythms knows a unit: a place's grade, an enterprise's gravest risk."""
    grade = keeper.row.grade if keeper.kind == KeeperKind.PLACE else worst_level_of(keeper.row)
    return grade or UNGRADED


def counts_as_due(checklist, keeper, *, on):
    """Whether a self-check by a checklist is the one that is due: the list is for the unit, and its rhythm names it or none."""
    named = CODES.findall(rhythm_of(keeper, on=on).values.get("checklists") or "")
    return checklist.code in named if named else suits(checklist, keeper)


def moved_due_checks(*, on):
    """[(row, the days that hold now)] of the dates to come whose unit must check itself at another rhythm since."""
    days = {line.key: line.values["days"] for line in tables.lines(RHYTHMS, on=on)}
    rows = DueCheck.objects.filter(settled_at=None, due_on__gte=on)
    moved = []
    for row in rows.select_related(*DUE_WITH):
        keeper = keeper_of(row)
        now_days = days.get(f"{keeper.kind}/{grade_of(keeper)}", days.get(f"{keeper.kind}/{UNGRADED}"))
        if now_days not in (None, row.days):
            moved.append((row, now_days))
    return moved


def advice_lines(*, on):
    """[(level, what a unit does then, is it unconfirmed)] from none to red."""
    lines = {line.key: line for line in tables.lines(ADVICE, on=on)}
    return [(level, lines[level].values["text"], lines[level].is_unconfirmed) for level in LEVEL_NAMES if level in lines]  # fmt: skip
