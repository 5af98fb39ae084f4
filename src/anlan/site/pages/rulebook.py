"""The rulebook as it is shipped: its tables with basis, mark and dates, and each limit with the statutory clock beside it."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from anlan import rulebook as book
from anlan.kit import calendar, deadlines
from anlan.kit.sheets import write_csv
from anlan.kit.tables import TABLES, own_values
from anlan.rulebook.clock import Move, ladder, limit_of, reckon
from anlan.site.rulebook_words import LIMITS, WORDS, basis_of, columns_of, describe, heading_of, title_of

MOMENT = "%Y-%m-%dT%H:%M"
MOVES = {
    Move.START: _("起算"), Move.COUNT: _("计算期限"), Move.EXTENSION: _("延长"),
    Move.PAUSE: _("扣除中止期间"), Move.REST: _("休假日顺延"),
}  # fmt: skip


@require_safe
def rulebook(request):
    """Every table: how many rows, and how many of them a person must still confirm."""
    rows = [
        {
            "title": title_of(sheet), "url": reverse("site:rulebook_sheet", args=[name]), "rows": len(book.rows(name)),
            "unconfirmed": sum(row.is_unconfirmed for row in book.rows(name)),
        }
        for name, sheet in book.sheets().items()
    ]  # fmt: skip
    return render(
        request, "site/rulebook.html", {"title": _("规则库"), "rows": rows, "version": book.version()}
    )


@require_safe
def rulebook_sheet(request, name):
    """One table, or the same as CSV."""
    sheet = book.sheets().get(name)
    if sheet is None:
        raise Http404(f"no table {name!r}")
    form, columns = RowFilter(request.GET or None), columns_of(sheet)
    shown = [describe(row, columns) for row in form.narrow(book.rows(name))]
    if name == LIMITS:
        put_beside(shown)
    if request.GET.get("format") == "csv":
        return export(name, columns, shown)
    context = {
        "title": title_of(sheet), "crumbs": crumbs_of(), "form": form, "columns": [heading_of(one) for one in columns],
        "rows": shown, "today": timezone.localdate(), "version": book.version(), "has_own": name == LIMITS,
    }  # fmt: skip
    return render(request, "site/rulebook_sheet.html", context)


@require_safe
def rulebook_limit(request, key):
    """One limit; with ?start= what the clock makes of it, step by step, each with its article."""
    try:
        row = book.find(LIMITS, key)
    except KeyError as error:
        raise Http404(f"no limit {key!r}") from error
    form = StartForm(request.GET or None)
    told = reckon_told(row, form.cleaned_data["start"]) if form.is_valid() else {}
    sheet = book.sheets()[LIMITS]
    columns = columns_of(sheet)
    line, today = describe(row, columns), timezone.localdate()
    held = deadlines.find_line(key, on=today)
    context = {
        "held": held, "beside": compare(held), "table_url": reverse("kit:table_row", args=[deadlines.TABLE, key]),
        "title": key, "crumbs": crumbs_of(sheet), "form": form, "line": line, "today": today,
        "cells": [(heading_of(column), text) for column, text in line["cells"]], **told,
    }  # fmt: skip
    return render(request, "site/rulebook_limit.html", context)


def put_beside(shown):
    """Beside each limit what the district laid down in its place, in words."""
    table, own = TABLES[deadlines.TABLE], own_values(deadlines.TABLE, on=timezone.localdate())
    for line in shown:
        line["own"] = table.say(own[line["row"].key]) if line["row"].key in own else ""


def compare(held):
    """[(heading, default, the district's own)] of a limit that the district overrides; nothing of another."""
    if held.own is None:
        return []
    columns = TABLES[deadlines.TABLE].columns
    return [
        (one.heading, one.say(held.seed.values[one.name]), one.say(held.values[one.name])) for one in columns
    ]


class RowFilter(forms.Form):
    """Which rows are shown."""

    q = forms.CharField(label=_("查找"), required=False, max_length=100)
    source = forms.ChoiceField(
        label=_("来源"), required=False, choices=[("", _("全部")), ("unconfirmed", _("待核实"))]
    )

    def narrow(self, rows):
        """The rows that fit what is asked."""
        if not self.is_valid():
            return rows
        text, is_narrow = self.cleaned_data["q"].strip().lower(), self.cleaned_data["source"] == "unconfirmed"
        return [
            row
            for row in rows
            if text in " ".join(map(str, [*row.values.values(), row.basis, row.basis_zh])).lower()
            and (row.is_unconfirmed or not is_narrow)
        ]


class StartForm(forms.Form):
    """When a limit was set going."""

    start = forms.DateTimeField(
        label=_("起算时间"), input_formats=[MOMENT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )  # fmt: skip

    def clean_start(self):
        start = self.cleaned_data["start"]
        if not calendar.FIRST_YEAR <= start.year <= calendar.LAST_YEAR:
            raise ValidationError(_("年份须在 %(first)s 到 %(last)s 之间。") % {"first": calendar.FIRST_YEAR, "last": calendar.LAST_YEAR})  # fmt: skip
        return start


def reckon_told(row, start):
    """What the clock makes of a limit that was set going at `start`: by the district's own row where it has one.

    `due_by_default`: what the law alone would give, where the district overrides it.
    """
    now, today = timezone.now(), timezone.localdate()
    days = calendar.reader(today=today)
    own = deadlines.find_line(row.key, on=min(timezone.localdate(start), today)).own
    due = reckon(start, limit_of(row, deadlines.override_of(own)), days=days)
    steps = [
        {
            "move": MOVES[step.move],
            "step": step,
            "amount": amount_of(step, due.limit),
            "basis": basis_of(step),
        }
        for step in due.steps
    ]
    rungs = [{"words": words_of(rung), "rung": rung} for rung in ladder(due, now)]
    by_default = reckon(start, limit_of(row), days=days) if own else None
    return {
        "due": due, "steps": steps, "rungs": rungs, "is_overdue": due.is_overdue(now), "due_by_default": by_default,
    }  # fmt: skip


def words_of(rung):
    """What a reminder says."""
    if rung.days == 0:
        return _("到期")
    text = _("提前 %(n)s 天") if rung.days < 0 else _("逾期 %(n)s 天")
    return text % {"n": abs(rung.days)}


def amount_of(step, limit):
    """How much a step counts, in words; nothing for the start."""
    if step.move == Move.START:
        return _("当日不计入") if limit.is_whole_days else ""
    if step.move == Move.COUNT:
        return days_said(step.amount, limit) if limit.unit == "day" else f"{step.amount} {WORDS[limit.unit]}"
    return days_said(step.amount, limit) if step.move == Move.EXTENSION else f"{step.amount} {WORDS['day']}"


def days_said(days, limit):
    """So many days of the kind that a limit counts."""
    return (_("%(n)s 个工作日") if limit.is_working else _("%(n)s 日")) % {"n": days}


def crumbs_of(sheet=None):
    """The way back: all tables, and this one."""
    way = [{"label": _("规则库"), "url": reverse("site:rulebook")}]
    if sheet is None:
        return way
    return [*way, {"label": title_of(sheet), "url": reverse("site:rulebook_sheet", args=[sheet.name])}]


def export(name, columns, shown):
    """The rows as a file."""
    own = [_("本区规定")] if name == LIMITS else []
    headings = [*map(heading_of, columns), _("来源"), _("依据"), _("生效日期"), _("失效日期"), *own]
    rows = (
        [text for _column, text in line["cells"]]
        + [line["mark"], line["basis"], line["row"].effective_from or "", line["row"].effective_to or ""]
        + [line["own"] for _heading in own]
        for line in shown
    )  # fmt: skip
    return write_csv(f"rulebook-{name}", headings, rows)
