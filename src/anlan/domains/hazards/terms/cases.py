"""Words of cases that the grid, the 12345 hotline and the city's one network hand in."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CaseChannel(models.TextChoices):
    """By which channel a case comes in; the value is also the source of the hazard that it becomes."""

    GRID = "grid", _("网格")
    HOTLINE = "12345", _("12345 热线")
    ONE_NETWORK = "one_network", _("一网统管")


class CaseState(models.TextChoices):
    """Where a case stands with us."""

    WAITING = "waiting", pgettext_lazy("case", "待处理")
    TAKEN = "taken", pgettext_lazy("case", "办理中")
    ENDED = "ended", pgettext_lazy("case", "已办结")
    RETURNED = "returned", pgettext_lazy("case", "已退回")
    WITHDRAWN = "withdrawn", pgettext_lazy("case", "已撤回")


class CaseOutcome(models.TextChoices):
    """What the channel is told of a case."""

    ACCEPTED = "accepted", pgettext_lazy("case", "已受理")
    RETURNED = "returned", pgettext_lazy("case", "退回（不属本单位）")
    REJECTED = "rejected", pgettext_lazy("case", "不予受理")
    CLOSED = "closed", pgettext_lazy("case", "已办结")
    REOPENED = "reopened", pgettext_lazy("case", "重新办理")


class CaseField:
    """Labels of a case's columns, in a file and on pages."""

    CHANNEL = _("渠道")
    NUMBER = _("案件编号")
    TEXT = _("案件内容")
    SORT = _("原类别")
    ADDRESS = _("地址")
    PLACE = _("场所编号")
    LON = _("经度")
    LAT = _("纬度")
    RECEIVED = _("渠道受理时间")
    DUE = _("案件时限")
    ORGANISATION = _("承办单位编码")


class CaseRefusal:
    """Why a case is refused, or a step is not taken: what is wrong, and what to do."""

    NOT_NOW = _("“%(state)s”的案件不能这样办理。请刷新页面查看最新状态。")
    NO_NUMBER = _("缺少案件编号。")
    NO_TEXT = _("缺少案件内容。")
    CHANNEL_UNKNOWN = _("渠道“%(text)s”未知，可填：%(words)s。")
    DIFFERS = _("案件 %(number)s 已登记，但内容不同。内容以先到的为准；确需更正请先撤回。")
    DUE_BEFORE = _("案件时限早于受理时间。")
    TIME_FORM = _("“%(text)s”不是时间，应如 2026-11-24 18:00。")
    POINT_FORM = _("经纬度应为 WGS-84 的数字，两个都填或都不填。")
    PLACE_UNKNOWN = _("没有编号为“%(code)s”的场所。")
    ORGANISATION_UNKNOWN = _("没有编码为“%(code)s”的机构，或不在您的权限范围内。")
    TWICE = _("与第 %(row)d 行是同一案件。")
    TOO_LONG = _("“%(label)s”超过 %(most)d 个字。")
    NO_REASON = _("请写明退回理由，渠道会看到。")
    HAZARD_UNKNOWN = _("没有编号为“%(number)s”的隐患，或您看不到它。")
    HAZARD_OTHER = _("隐患 %(number)s 由另一单位监管，请先转交。")
    RECEIVED_ALREADY = _("这条结果已有回执 %(receipt)s。")
    NO_RECEIPT = _("请填写回执编号。")
    NO_PUSH = _("这一渠道没有配置推送。请在规则表“案件渠道”中填写发送渠道编码，或导出文件回送。")
    PUSH_WAITS = _("上一次推送还没有结果，请稍后再看。")
