"""Words of the people whom a gathering is expected to bring."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ArrivalShape(models.TextChoices):
    """How people come to a gathering; all but the last are the project's own shapes, to be confirmed."""

    BEFORE_START = "before_start", _("开始前集中到达")
    EVEN = "even", _("全程均匀到达")
    TOWARD_END = "toward_end", _("逐渐聚集，结束前最多")
    OWN = "own", _("按分时人数")


class ArrivalState(models.TextChoices):
    """Where a gathering's planned arrivals stand, on a day."""

    AHEAD = "ahead", _("待举办")
    TODAY = "today", _("今日举办")
    PAST = "past", _("已过")
    WITHDRAWN = "withdrawn", _("已撤回")

    @classmethod
    def of(cls, row, today):
        """The state of a row on the day `today`."""
        if row.withdrawn_at:
            return cls.WITHDRAWN
        return cls.TODAY if row.held_on == today else cls.AHEAD if row.held_on > today else cls.PAST


class ArrivalRefusal:
    """Why planned arrivals are not kept: what is wrong, and what to write instead."""

    NO_NAME = _("请填写活动名称。")
    NO_APPROVAL = _("请填写批准文号或报备编号；没有编号的写明来源。")
    DAY = _("日期应在过去三年至今后两年之内。")
    PERSONS = _("预计到达人数应在 1 到 5,000,000 之间。")
    CURVE_LINE = _("分时人数“%(line)s”读不懂：每行一个时间和人数，如 19:15 300。")
    CURVE_QUARTER = _("分时人数的时间 %(time)s 不是整刻钟（00、15、30、45 分）。")
    CURVE_TWICE = _("分时人数的时间 %(time)s 出现了两次。")
    CURVE_OUTSIDE = _("分时人数的时间 %(time)s 不在活动开始前 12 小时至结束之间。")
    CURVE_EMPTY = _("分时人数合计应在 1 到 5,000,000 之间。")
    TWICE = _("该场所当日已登记同名活动。请修改原登记，以免重复计算。")
    WITHDRAWN = _("该登记已撤回，不能再修改。")
    SAME = _("与现有登记相同，没有需要保存的修改。")
    NO_REASON = _("请写明撤回的原因。")
    NO_PLACE = _("没有编号为“%(code)s”、且您可登记的场所。")
    RETIRED = _("该场所已注销，不能登记活动。")
