"""Pages of district-editable tables: all of them, one with its rows, one row with its form and its story, import."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Max
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from anlan.kit.actions import Refused
from anlan.kit.models import DistrictRow
from anlan.kit.pages import attempt, confirm
from anlan.kit.sheets import Planned, import_page, write_csv
from anlan.kit.tables.actions import insist_key, reset_row, set_row, stands, top_organisation, undo_row
from anlan.kit.tables.reading import find_line, last_edit, lines, own_rows, story
from anlan.kit.tables.spec import DATE, TABLES
from anlan.kit.terms import Finding, TableRefusal

PAGE_ROWS = 50
ON_RECORD = {"valid_from": _("生效日期"), "clause": _("依据"), "why": _("理由")}


def table_or_404(name):
    """The table of this name."""
    if name not in TABLES:
        raise Http404(f"no table {name!r}")
    return TABLES[name]


def may_edit(person, table):
    """Whether a person may edit a table: it holds for the whole district."""
    return person.may(table.right, top_organisation())


def insist_editor(request, table):
    """Raise Http404 for whoever may not edit the table."""
    if not may_edit(request.user, table):
        raise Http404


def crumbs_of(table=None):
    """The way back: all tables, and this one."""
    way = [{"label": _("规则表"), "url": reverse("kit:tables")}]
    return [*way, {"label": table.title, "url": address_of(table)}] if table else way


def address_of(table):
    return reverse("kit:table", args=[table.name])


def back_of(request, table):
    """Where one came from (?next=, a page of ours), else the table's page."""
    asked = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(asked, None)
    return asked if asked and is_ours else address_of(table)


@require_safe
def tables(request):
    """Every table, how many rows the district has of its own, and when one was last edited."""
    today = timezone.localdate()
    edits = DistrictRow.objects.values("table").annotate(edits=Count("id"), at=Max("made_at"))
    by_name = {one["table"]: one for one in edits}
    rows = [
        {"table": table, "url": address_of(table), "own": len(own_rows(name, on=today)), "edits": by_name.get(name)}
        for name, table in sorted(TABLES.items())
    ]  # fmt: skip
    return render(request, "kit/tables.html", {"title": _("规则表"), "rows": rows})


class LineFilter(forms.Form):
    """Which rows of a table are shown."""

    q = forms.CharField(label=_("查找"), required=False, max_length=100)
    source = forms.ChoiceField(
        label=_("来源"), required=False,
        choices=[("", _("全部")), ("own", _("本区规定")), ("unconfirmed", _("待核实"))],
    )  # fmt: skip

    def narrow(self, found, table):
        """The lines that fit what is asked."""
        if not self.is_valid():
            return found
        text, source = self.cleaned_data["q"].strip().lower(), self.cleaned_data["source"]
        return [
            line
            for line in found
            if text in f"{line.key} {table.name_of(line.key)} {table.say(line.values)} {line.basis}".lower()
            and (source != "own" or line.own)
            and (source != "unconfirmed" or line.is_unconfirmed)
        ]


@require_safe
def table(request, name):
    """The rows of a table, the default beside the district's own; or the same as CSV."""
    found, today = table_or_404(name), timezone.localdate()
    form = LineFilter(request.GET or None)
    shown = form.narrow(lines(name, on=today), found)
    if request.GET.get("format") == "csv":
        return export(found, shown)
    context = {
        "title": found.title, "lead": found.lead, "table": found, "form": form, "today": today,
        "page": Paginator([describe(found, line) for line in shown], PAGE_ROWS).get_page(request.GET.get("page")),
        "may_edit": may_edit(request.user, found), "crumbs": crumbs_of(), "key_field": KeyForm(found)["key"],
        "coming": DistrictRow.objects.filter(table=name, valid_from__gt=today),
    }  # fmt: skip
    return render(request, "kit/table_rows.html", context)


def describe(table, line):
    """One line for the table's page: its address, its cells in words, the line itself."""
    cells = [(column, column.say(line.values.get(column.name))) for column in table.columns]
    url = reverse("kit:table_row", args=[table.name, line.key])
    return {"url": url, "name": table.name_of(line.key), "cells": cells, "line": line}


def export(table, shown):
    """The lines as a file that can be handed in again."""
    headings = [
        table.key.heading,
        *(column.heading for column in table.columns),
        *ON_RECORD.values(),
        _("来源"),
    ]
    rows = (
        [
            line.key,
            *(column.say(line.values.get(column.name)) for column in table.columns),
            line.own.valid_from if line.own else "",
            str(line.basis),
            line.own.reason if line.own else "",
            line.mark.label,
        ]
        for line in shown
    )
    return write_csv(table.name, headings, rows)


class KeyForm(forms.Form):
    """Which row to open."""

    def __init__(self, table, *args):
        super().__init__(*args)
        self.fields["key"] = table.key.make_field()
        if table.say_key and not table.is_open:
            named = [(seed.key, table.name_of(seed.key)) for seed in table.seeds(timezone.localdate())]
            self.fields["key"] = forms.ChoiceField(label=table.key.heading, choices=named)


@require_safe
def open_row(request, name):
    """Go to the row of the key that was typed; back with the reason where it cannot be one."""
    found = table_or_404(name)
    try:
        key = insist_key(found, request.GET.get("key", ""), on=timezone.localdate())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(address_of(found))
    return redirect("kit:table_row", name, key)


class RowForm(forms.Form):
    """The values of a row, and what goes on record with them."""

    valid_from = forms.DateField(
        label=_("生效日期"), widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        help_text=_("从这一天起按修改后的内容判断；此前仍按原内容。"),
    )  # fmt: skip
    clause = forms.CharField(
        label=_("依据"), max_length=200, help_text=_("本区规定的文件和条款，或通知的文号。")
    )
    why = forms.CharField(label=_("修改理由"), max_length=500, help_text=_("将记入变更记录。"))

    def __init__(self, table, *args, **options):
        super().__init__(*args, **options)
        self.columns = [column.name for column in table.columns]
        self.fields |= {column.name: column.make_field() for column in table.columns}
        self.order_fields([*self.columns, "valid_from", "clause", "why"])


def table_row(request, name, key):
    """One row: what holds and why, the default beside it, the form for the district's own, and its story."""
    found, today = table_or_404(name), timezone.localdate()
    try:
        key = insist_key(found, key, on=today)
    except Refused as refusal:
        raise Http404(str(refusal)) from refusal
    line = find_line(name, key, on=today)
    first = (
        {"valid_from": today}
        | (line.values if line else {})
        | ({"clause": line.own.clause} if line and line.own else {})
    )
    form = RowForm(found, request.POST or None, initial=first)  # fmt: skip
    if request.method == "POST":
        insist_editor(request, found)
        if attempt(form, keep_row, found, by=request.user, row_key=key):
            messages.success(request, _("已保存。"))
            return redirect(back_of(request, found))
    context = {
        "title": found.name_of(key), "table": found, "key": key, "line": line, "form": form, "crumbs": crumbs_of(found),
        "cells": [(column, say(line, column), say(line and line.seed, column)) for column in found.columns],
        "may_edit": may_edit(request.user, found), "changes": story(name, key), "last": last_edit(name, key),
        "verb": _("保存为本区规定"), "cancel_url": back_of(request, found),
        "coming": DistrictRow.objects.filter(table=name, key=key, valid_from__gt=today),
    }  # fmt: skip
    return render(request, "kit/table_row.html", context)


def say(row, column):
    """What a line or a seed holds in a column, in words."""
    return column.say(row.values.get(column.name)) if row else ""


def keep_row(table, *, by, now, row_key, valid_from, clause, why, **values):
    """Keep what the form holds."""
    return set_row(
        table, by=by, now=now, row_key=row_key, values=values, clause=clause, why=why, valid_from=valid_from
    )


def reset(request, name, key):
    """Ask, then let the default hold again."""
    found = table_or_404(name)
    insist_editor(request, found)
    return confirm(
        request, reset_row, found, title=_("恢复默认"), verb=_("恢复默认"), row_key=key, said=_("已恢复默认。"),
        question=_("“%(key)s”的本区规定从今天起不再适用，改用默认值。请写明理由。") % {"key": key},
        back=reverse("kit:table_row", args=[name, key]),
    )  # fmt: skip


def undo(request, name, pk):
    """Ask, then take the last edit of a row back."""
    found, row = table_or_404(name), get_object_or_404(DistrictRow, table=name, pk=pk)
    insist_editor(request, found)
    return confirm(
        request, undo_row, row, title=_("撤销最近一次修改"), verb=_("撤销修改"), back=row, said=_("修改已撤销。"),
        question=_("“%(key)s”回到这次修改之前的内容。请写明理由。") % {"key": row.key},
    )  # fmt: skip


def import_rows(request, name):
    """Rows of a table from a file, seen before they are kept."""
    found = table_or_404(name)
    insist_editor(request, found)
    columns = (
        {"key": found.key.heading} | {column.name: column.heading for column in found.columns} | ON_RECORD
    )
    needed = ["key", *(column.name for column in found.columns if column.is_required), "clause", "why"]
    return import_page(
        request, title=_("导入：%(title)s") % {"title": found.title}, columns=columns, needed=needed,
        plan=Plan(found, request.user).plan, back=address_of(found), crumbs=crumbs_of(found),
        template_url=f"{address_of(found)}?format=csv",
    )  # fmt: skip


@dataclass
class Plan:
    """What would become of each row of a file."""

    table: object
    person: object

    def plan(self, rows):
        """The Planned rows; a key that comes twice is refused the second time."""
        seen = {}
        return [self.plan_row(row, seen) for row in rows]

    def plan_row(self, row, seen):
        """Whether this row is kept, changes nothing, or why it is refused."""
        today, cells = timezone.localdate(), row.cells
        try:
            key = insist_key(self.table, cells.get("key", ""), on=today)
            valid_from = read_day(cells.get("valid_from"), today)
        except (Refused, ValidationError) as error:
            return Planned(
                row.number,
                cells.get("key", ""),
                Finding.REFUSE,
                " ".join(getattr(error, "messages", [str(error)])),
            )
        typed = {column.name: column.typed(cells.get(column.name, "")) for column in self.table.columns}
        kept, faults = self.table.clean(typed)
        labels = {column.name: column.label for column in self.table.columns}
        wrong = [f"{labels[name]}：{fault}" for name, fault in faults.items()]
        wrong += [str(_("该行在文件中出现了两次。"))] if key in seen else []
        refusal = None if faults or not self.table.refuse else self.table.refuse(key, kept)
        wrong += [str(refusal)] if refusal else []
        line = find_line(self.table.name, key, on=valid_from)
        seen[key] = row.number
        is_same = line is not None and line.values == kept
        if not wrong and is_same and (stands(line, kept) or not cells.get("why")):
            return Planned(row.number, key, Finding.SAME, self.table.say(kept))
        wrong += [str(TableRefusal.NO_CLAUSE)] if not cells.get("clause") else []
        wrong += [str(TableRefusal.NO_REASON)] if not cells.get("why") else []
        if wrong:
            return Planned(row.number, key, Finding.REFUSE, " ".join(wrong))
        words = {
            "row_key": key,
            "values": typed,
            "valid_from": valid_from,
            "clause": cells["clause"],
            "why": cells["why"],
        }
        finding = Finding.CHANGE if line else Finding.ADD
        return Planned(row.number, key, finding, self.table.say(kept), lambda: self.keep(words))  # fmt: skip

    def keep(self, words):
        """Do it."""
        return set_row(self.table, by=self.person, now=timezone.now(), **words)


def read_day(text, otherwise):
    """The date in a cell, or another where the cell is empty. Raises ValidationError."""
    return forms.DateField().clean(text) if text else otherwise
