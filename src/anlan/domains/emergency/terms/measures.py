"""Words of measures: what an answer does about a crowd, and whether who gives it orders it or only proposes it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Authority(models.TextChoices):
    """What an organisation may make of a measure at a place."""

    ORDER = "order", _("有权决定")
    PROPOSE = "propose", _("可以建议")
    NONE = "none", _("无权采取")


class Measure(models.TextChoices):
    """What an answer does. One measure is ordered by who may decide it and proposed by the others: `say` tells which.

    No measure closes a door to people leaving (`rules.deciding.DOORS`).
    """

    ACKNOWLEDGE = "acknowledge", _("签收并处置")
    SEND_PEOPLE = "send_people", _("增派力量")
    REPORT_UP = "report_up", _("报告上级")
    ASK_JUDGEMENT = "ask_judgement", _("提请研判")
    LIMIT_INFLOW = "limit_inflow", _("限流")
    ONE_WAY = "one_way", _("单向通行")
    BATCHES = "batches", _("分批放行")
    SUSPEND_ENTRY = "suspend_entry", _("暂停进入")
    FALSE_ALARM = "false_alarm", _("核实为误报")

    def say(self, authority=Authority.ORDER):
        """The measure as who orders it (实施限流) or proposes it (建议限流) reads it."""
        if self not in GATED:
            return self.label
        if authority == Authority.PROPOSE:
            return _("建议%(measure)s") % {"measure": self.label}
        return _("实施限流") if self is Measure.LIMIT_INFLOW else self.label


# Measures that hold people back or turn them: only the law's decider orders them. The others anybody may take who
# may answer at all.
GATED = frozenset({Measure.LIMIT_INFLOW, Measure.ONE_WAY, Measure.BATCHES, Measure.SUSPEND_ENTRY})

ANYWHERE = "any"  # the kind of place of a measure that does not depend on it


class Relation(models.TextChoices):
    """How an organisation may stand to a place; written in the table of deciders beside words of its sort."""

    OPERATOR = "operator", _("运营单位")
    SUPERVISOR = "supervisor", _("主管部门")
    ORGANISER = "organiser", _("主办单位")


class DecidingBasis:
    """What the default rows of the table of deciders rest on."""

    ANYBODY = _("谁发现谁处置、谁报告；不限制他人通行")
    PREMISES = _("运营单位在其场所内负责；其他单位可以建议")
    RAIL = _("轨交运营单位在车站内负责；其他单位可以建议")
    RAIL_44 = _("《上海市轨道交通管理条例》第四十四条")
    PARK = _("《上海市旅游条例》（2020）：经营单位控制流量（条款待核实）")
    STREET = _("公共道路、路口、广场的人流由公安机关管控（条款待核实）")


class DecidingRefusal:
    """Why a measure may not be taken, and who may take it."""

    NOT_YOURS = _(
        "“%(measure)s”在“%(kind)s”由%(who)s决定，您所在机构不能采取也不在可以建议之列。请改为“报告上级”或“提请研判”。依据：%(basis)s。"
    )
    ONLY_PROPOSE = _("“%(measure)s”在“%(kind)s”由%(who)s决定，您所在机构只能建议。依据：%(basis)s。")
