"""Words of problems seen across hazards: their natures, states, scopes, and sectors of enterprises."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PatternNature(models.TextChoices):
    """The three kinds of problem that the letter tells apart."""

    COMMON = "common", _("普遍性")
    INCIPIENT = "incipient", _("苗头性")
    TENDENCY = "tendency", _("倾向性")


class PatternState(models.TextChoices):
    """What people made of it; over when it is seen no more, or when they say so."""

    NEW = "new", pgettext_lazy("pattern", "待研判")
    WATCHED = "watched", pgettext_lazy("pattern", "持续关注")
    CAMPAIGN = "campaign", pgettext_lazy("pattern", "拟列入专项整治")
    DISMISSED = "dismissed", pgettext_lazy("pattern", "不作为问题")
    OVER = "over", pgettext_lazy("pattern", "已结束")


class PatternStep(models.TextChoices):
    """What may be done with it."""

    WATCH = "watch", pgettext_lazy("pattern", "持续关注")
    CAMPAIGN = "campaign", pgettext_lazy("pattern", "列入专项整治")
    DISMISS = "dismiss", pgettext_lazy("pattern", "不作为问题")


class PatternScope(models.TextChoices):
    """Across what hazards of a kind are counted."""

    ALL = "all", _("全区")
    AREA = "area", _("片区（监管单位）")
    SECTOR = "sector", _("行业或场所类型")


class RateBase(models.TextChoices):
    """Of what a rate is a rate."""

    UNITS = "units", _("登记单位")
    CHECKS = "checks", _("检查次数")
    INSPECTED = "inspected", _("受检单位")


class Verdict(models.TextChoices):
    """How a rate compares with the district's, its interval reckoned with."""

    ABOVE = "above", _("高于全区")
    BELOW = "below", _("低于全区")
    ALIKE = "alike", _("与全区相当")
    UNKNOWN = "unknown", _("数据太少，不作判断")


class Industry(models.TextChoices):
    """The sections of 国民经济行业分类 (GB/T 4754-2017)."""

    A = "A", _("农、林、牧、渔业")
    B = "B", _("采矿业")
    C = "C", _("制造业")
    D = "D", _("电力、热力、燃气及水生产和供应业")
    E = "E", _("建筑业")
    F = "F", _("批发和零售业")
    G = "G", _("交通运输、仓储和邮政业")
    H = "H", _("住宿和餐饮业")
    I = "I", _("信息传输、软件和信息技术服务业")  # noqa: E741 the standard's own letter
    J = "J", _("金融业")
    K = "K", _("房地产业")
    L = "L", _("租赁和商务服务业")
    M = "M", _("科学研究和技术服务业")
    N = "N", _("水利、环境和公共设施管理业")
    O = "O", _("居民服务、修理和其他服务业")  # noqa: E741 the standard's own letter
    P = "P", _("教育")
    Q = "Q", _("卫生和社会工作")
    R = "R", _("文化、体育和娱乐业")
    S = "S", _("公共管理、社会保障和社会组织")
    T = "T", _("国际组织")


class PatternRefusal:
    """Why a problem is not taken further, and what to do."""

    NOT_NOW = _("“%(state)s”的问题不能%(step)s。请刷新页面查看最新状态。")
    NO_REASON = _("请写明为什么不作为问题。")
