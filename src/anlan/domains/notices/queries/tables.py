"""What a district lays down itself: who signs which notices, and by which codes it is known outside."""

from django.utils.translation import gettext_lazy as _

from anlan.domains.notices import rules
from anlan.domains.notices.terms import NoticeKind
from anlan.kit.tables import Seed, Table, TableColumn, find_line, register

SIGNERS, CODES = "notices.signers", "notices.codes"
OURS = _("默认由宣传部门签发对外口径；请按本区规定核定")
DIVISION, AGENCY, CONTACT = "division_code", "agency_name", "contact"

register(Table(
    SIGNERS, title=_("信息签发人"),
    lead=_("对外发布的信息由谁签发：签发人须有签发权限，并担任这里写明的角色之一（角色编码，逗号分隔；留空为凡有签发权限者）。签发人不能是拟稿人或送审人。"),
    key=TableColumn("kind", _("类别"), "word", words=NoticeKind),
    columns=(
        TableColumn("roles", _("签发角色"), is_required=False, most=200),
        TableColumn("most_days", _("最长有效期"), "whole", unit=_("天"), low=1, high=60),
    ),
    seeds=lambda on: [
        Seed(kind, {"roles": roles, "most_days": rules.DEFAULT_MOST_DAYS}, "K", OURS)
        for kind, roles in rules.DEFAULT_ROLES.items()
    ],
))  # fmt: skip
register(Table(
    CODES, title=_("信息发布代码"),
    lead=_("本区在对外报文中的代码：division_code 为六位行政区划代码（GB/T 2260），用于 CAP 的 geocode 和核对预警信息的发布单位代码；agency_name 为对外署名；contact 为公众咨询电话。"),
    key=TableColumn("name", _("代码名称"), most=40),
    columns=(TableColumn("value", _("内容"), is_required=False, most=200),),
    seeds=lambda on: [
        Seed(name, {"value": ""}, "K", _("须由本区填写")) for name in (DIVISION, AGENCY, CONTACT)
    ],
))  # fmt: skip


def signing_rule(kind, *, on):
    """{"roles", "most_days"} by which notices of a kind are signed on a date."""
    return find_line(SIGNERS, kind, on=on).values


def own_code(name, *, on):
    """What the district laid down under one name; "" where nothing."""
    line = find_line(CODES, name, on=on)
    return (line.values.get("value") or "").strip() if line else ""
