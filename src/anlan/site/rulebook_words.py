"""Tables of the rulebook in words: their headings, cells and articles as people read them."""

from datetime import date

from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from anlan.kit.templatetags.look import spoken
from anlan.kit.terms import SourceMark

LIMITS = "deadlines"
APART = {
    "basis",
    "basis_zh",
    "law",
    "effective_from",
    "effective_to",
}  # shown in columns that every table has
WORDS = {
    "before": _("之前"), "after": _("之后"), "calendar": _("自然日"), "working": _("工作日"),
    "minute": _("分钟"), "hour": _("小时"), "day": pgettext_lazy("unit", "日"), "month": _("个月"), "year": pgettext_lazy("unit", "年"),
    "yes": _("是"), "no": _("否"), "recommended": _("建议"),
    "start": _("起算"), "hours": _("按小时"), "months": _("按月、年"), "end": _("截止"),
    "rest": _("休假日顺延"), "extension": _("延长"),
    "event": _("大型活动"), "hazard": _("隐患治理"), "enforcement": _("行政执法"), "accident": _("生产安全事故"),
    "plan": _("应急预案"), "drill": _("应急演练"), "credit": _("信用管理"), "video": _("视频图像"),
    "privacy": _("个人信息"), "security": _("网络安全"), "proposal": _("提案办理"), "report": _("信息报告"),
}  # fmt: skip


def title_of(sheet):
    return spoken({"zh": sheet.zh, "en": sheet.en})


def heading_of(column):
    return spoken({"zh": column.zh, "en": column.en})


def basis_of(source):
    """The article of a row or step in the reader's language."""
    return spoken({"zh": source.basis_zh, "en": source.basis})


def columns_of(sheet):
    """The columns that a reader of this language is shown."""
    is_english = (get_language() or "").startswith("en")
    twins = {column.zh for column in sheet.columns if column.kind == "en"}
    hidden = {"mark"} | (set() if is_english else {"en"})
    return [
        column
        for column in sheet.columns
        if column.name not in APART
        and column.kind not in hidden
        and not (is_english and column.kind == "zh" and column.zh in twins)
    ]


def describe(row, columns):
    """A row for the page: its cells in words, what it rests on, where it leads."""
    url = reverse("site:rulebook_limit", args=[row.key]) if row.sheet == LIMITS else ""
    cells = [(column, say(row.values[column.name])) for column in columns]
    return {
        "row": row,
        "url": url,
        "cells": cells,
        "mark": SourceMark(row.mark).label,
        "basis": basis_of(row),
    }


def say(value):
    """A cell's value as people read it."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "–".join(dict.fromkeys(f"{bound:g}" for bound in value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:g}"
    return f"{value:,}" if isinstance(value, int) else str(WORDS.get(value, value))
