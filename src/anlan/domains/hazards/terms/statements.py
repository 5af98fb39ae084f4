"""Words of the statutory statements of hazards."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class StatementScope(models.TextChoices):
    """Which hazards an organisation's statement counts."""

    UNIT = "unit", _("本单位整改的隐患")
    WATCHED = "watched", _("监管范围内的隐患")


class StatementState(models.TextChoices):
    """Where a statement stands."""

    DRAWN = "drawn", pgettext_lazy("statement", "待签字")
    SIGNED = "signed", pgettext_lazy("statement", "已签字")
    REPLACED = "replaced", pgettext_lazy("statement", "已被更正")


class Cell:
    """Labels of a statement's measures, in the order in which they are printed, and of its columns."""

    LABELS = {
        "carried": _("期初未销号"), "found": _("本期发现"), "reopened": _("本期重新整改"), "closed": _("本期销号"),
        "merged": _("本期合并"), "open": _("期末未销号"), "rate": _("整改率"), "overdue": _("逾期未整改"),
        "extended": _("本期延期"), "listed": _("期末挂牌督办"), "settled": _("措施、责任、资金、预案已落实"),
        "funds_yuan": _("落实资金（元）"),
    }  # fmt: skip
    COLUMNS = {
        "general": pgettext_lazy("hazard", "一般隐患"), "major": pgettext_lazy("hazard", "重大隐患"),
        "ungraded": _("未定级"), "total": _("合计"),
    }  # fmt: skip


class StatementRefusal:
    """Why a statement cannot be drawn up, signed or corrected: what is wrong, and what to do."""

    DRAWN_ALREADY = _("该统计期的统计表已生成。请在已有的统计表上办理。")
    SPAN_RUNS = _("统计期 %(span)s 尚未结束，不能生成统计表。")
    SPAN_UNKNOWN = _("统计期应为季度（如 2026-Q3）或年度（如 2026）。")
    SIGNED_ALREADY = _("统计表已签字，数字不能再改。确需修改的，请填写理由办理更正。")
    NOT_SIGNED_YET = _("统计表尚未签字，重新生成即可，无需更正。")
    REPLACED_ALREADY = _("该版本已被更正，请在最新版本上办理。")
    CORRECTION_WAITS = _("已有一份更正稿待签字。请先签字或重新生成该稿。")
    ENTERPRISE_UNKNOWN = _("没有代码为“%(code)s”的企业，或不在您的权限范围内。")
    HAS_ACCOUNT = _("“%(name)s”有自己的账号机构，或已不在册：请以该机构为统计单位，由企业签字。")
    OTHER_SUPERVISOR = _("“%(name)s”由另一单位监管：请由其监管单位生成，统计范围为本单位整改的隐患。")
    NO_POST = _("请填写签字人职务。")
    NUMBERS_MOVED = _("数字在您打开页面后已重新生成。请核对最新数字后再签字。")
