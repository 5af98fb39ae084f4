"""Import: template, upload, preview row by row, confirm, progress, result, undo."""

import csv
import io

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from openpyxl import Workbook

from anlan.domains.accounts.terms import Right
from anlan.domains.places import actions, queries
from anlan.domains.places.pages.forms import HandInForm
from anlan.domains.places.queries.sheets import LIMITS
from anlan.domains.places.rules.columns import SHEETS
from anlan.domains.places.terms import Finding, ImportKind, ImportState
from anlan.kit.actions import Refused
from anlan.kit.listing import Column, Listing, for_csv
from anlan.kit.pages import attempt, confirm
from anlan.kit.terms import SheetFault

ROWS_SHOWN = 200
TEMPLATE_KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class ImportListing(Listing):
    """Imports, newest first."""

    title = gettext_lazy("批量导入")
    columns = [
        Column("pk", gettext_lazy("序号"), "number", sort="pk"),
        Column("kind", gettext_lazy("内容"), "badge", sort="kind", value=lambda row: row.get_kind_display()),
        Column("file_name", gettext_lazy("文件"), sort="file_name"),
        Column("organisation", gettext_lazy("导入单位")),
        Column("datum", gettext_lazy("坐标系"), value=lambda row: row.get_datum_display()),
        Column("state", gettext_lazy("状态"), value=lambda row: row.job.get_state_display() if row.state == ImportState.CONFIRMED else row.get_state_display()),
        Column("added", gettext_lazy("新增"), "number", value=lambda row: row.outcome.get("added", "")),
        Column("changed", gettext_lazy("修改"), "number", value=lambda row: row.outcome.get("changed", "")),
        Column("refused", gettext_lazy("不予导入"), "number", value=lambda row: row.outcome.get("refused", "")),
        Column("uploaded_at", gettext_lazy("上传时间"), "time", sort="uploaded_at"),
    ]  # fmt: skip
    searched = ["file_name"]
    empty_text = gettext_lazy("还没有导入过。先下载模板，填好后上传。")
    file_name = "imports"
    template = "places/imports.html"


def insist_editor(request):
    """Raise Http404 for readers who may edit no place at all."""
    if not request.user.may(Right.PLACES_EDIT):
        raise Http404


def find_import(request, pk):
    """An import that the reader may see, with its rows. Raises Http404."""
    insist_editor(request)
    return get_object_or_404(queries.visible_imports(request.user).defer(None), pk=pk)


@require_safe
def imports(request):
    """The list of imports."""
    insist_editor(request)
    return ImportListing(request, queries.visible_imports(request.user)).respond()


@require_safe
def template(request, kind, ending):
    """An empty file with all columns of this kind and a row that explains them."""
    if ending not in TEMPLATE_KINDS or kind not in SHEETS:
        raise Http404
    columns = SHEETS[kind]
    headings = [f"{column.label}*" if column.is_required else str(column.label) for column in columns]
    notes = [str(column.note) for column in columns]
    rows = [headings, [f"# {notes[0]}", *notes[1:]]]
    answer = HttpResponse(content_type=TEMPLATE_KINDS[ending])
    answer["Content-Disposition"] = f'attachment; filename="{kind}-template.{ending}"'
    if ending == "csv":
        answer.write("\ufeff")
        csv.writer(answer).writerows(rows)
    else:
        answer.write(make_workbook(ImportKind(kind), rows))
    return answer


def make_workbook(kind, rows):
    """The template as a workbook, with the words that a column takes on a sheet of their own."""
    book = Workbook()
    book.active.title = str(kind.label)
    for row in rows:
        book.active.append(row)
    for column in wordy(kind):
        sheet = book.create_sheet(str(column.label))
        for word in column.words:
            sheet.append([str(word.label), word.value])
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def wordy(kind):
    """The columns of this kind that take one of a list of words."""
    return [column for column in SHEETS[kind] if column.words]


def hand_in(request):
    """Upload a file; nothing is imported yet."""
    insist_editor(request)
    asked = request.GET.get("kind", ImportKind.PLACES)
    form = HandInForm(
        request.POST or None, request.FILES or None, person=request.user, initial={"kind": asked}
    )  # fmt: skip
    if form.is_valid():
        words = form.cleaned_data
        upload, organisation = words["body"], words.pop("organisation")
        if upload.size > LIMITS.bytes_most:
            sizes = {"size": upload.size / 2**20, "most": LIMITS.bytes_most // 2**20}
            form.add_error("body", SheetFault.TOO_LARGE % sizes)
        else:
            words |= {"file_name": upload.name, "body": upload.read()}
            if change := attempt(form, actions.hand_in, organisation, by=request.user):
                return redirect(change.subject)
    address = reverse("places:imports")
    context = {
        "form": form, "title": _("批量导入"), "verb": _("上传并预览"), "cancel_url": address,
        "sheets": [(kind, SHEETS[kind], wordy(kind)) for kind in ImportKind], "crumbs": [{"label": _("批量导入"), "url": address}],
    }  # fmt: skip
    return render(request, "places/hand_in.html", context)


@require_safe
def place_import(request, pk):
    """The preview of an import that waits, else how far it is and what it did."""
    row = find_import(request, pk)
    context = {
        "row": row, "title": row.file_name, "crumbs": [{"label": _("批量导入"), "url": reverse("places:imports")}],
        "may_edit": request.user.may(Right.PLACES_EDIT, row.organisation),
    }  # fmt: skip
    if row.state != ImportState.PREVIEW:
        return render(request, "places/import_result.html", context)
    plan = queries.plan_import(row, request.user)
    finding = request.GET.get("finding", "")
    shown = [one for one in plan.rows if finding not in Finding.values or one.finding == finding]
    context |= {
        "plan": plan, "total": len(plan.rows), "finding": finding,
        "counts": [(one, plan.counts[one.value]) for one in Finding],
        "page": Paginator(shown, ROWS_SHOWN).get_page(request.GET.get("page")),
    }  # fmt: skip
    return render(request, "places/import_preview.html", context)


@require_safe
def faults(request, pk):
    """The rows that are or were refused, as CSV: row, code, name, column, reason."""
    row = find_import(request, pk)
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="import-{row.pk}-faults.csv"'
    lines = csv.writer(answer)
    lines.writerow([_("行号"), _("编号"), _("列"), _("原因")])
    if row.state == ImportState.PREVIEW:
        for one in queries.plan_import(row, request.user).refused:
            lines.writerows(
                [one.number, for_csv(one.code), str(label), for_csv(text)] for label, text in one.faults
            )
    else:
        refusals = row.outcome.get("refusals", [])
        lines.writerows([number, for_csv(code), "", for_csv(text)] for number, code, text in refusals)
    return answer


@require_POST
def confirm_import(request, pk):
    """Carry the import out."""
    return step(request, pk, actions.confirm_import, _("导入已开始。"))


@require_POST
def discard_import(request, pk):
    """Let the import go."""
    return step(request, pk, actions.discard_import, _("已放弃，未导入任何内容。"))


def step(request, pk, act, said):
    """One step of an import, then back to its page."""
    row = find_import(request, pk)
    try:
        act(row, by=request.user, now=timezone.now())
        messages.success(request, said)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(row)


def undo_import(request, pk):
    """Take back what the import added, after asking."""
    row = find_import(request, pk)
    question = _(
        "收回本次导入新增、且此后未被改动的内容（场所注销、区域和出入口删除、核定撤销）？修改不会还原。"
    )
    return confirm(
        request, actions.undo_import, row, title=_("撤销本次导入"), verb=_("撤销本次导入"), back=row,
        question=question, said=_("本次导入已撤销。"),
    )  # fmt: skip
