"""Import: template, upload, preview row by row, confirm, progress, result, undo."""

import csv
import io

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from openpyxl import Workbook

from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises import actions, queries
from anlan.domains.enterprises.pages.forms import HandInForm
from anlan.domains.enterprises.queries.imports import LIMITS
from anlan.domains.enterprises.rules.columns import COLUMNS
from anlan.domains.enterprises.terms import Finding, ImportState
from anlan.kit.actions import Refused
from anlan.kit.listing import Column, Echo, Listing, for_csv
from anlan.kit.pages import attempt, confirm
from anlan.kit.terms import SheetFault
from anlan.kit.workbooks import MIB

ROWS_SHOWN = 200
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def say_state(row):
    """How far an import is: its job's state while one works on it."""
    works = row.state in {ImportState.CONFIRMED, ImportState.READING, ImportState.UNDONE} and row.job
    if works and (row.job.is_open or row.state != ImportState.UNDONE):
        return f"{row.get_state_display()} · {row.job.get_state_display()}"
    return row.get_state_display()


class ImportListing(Listing):
    """Imports, newest first."""

    title = gettext_lazy("企业批量导入")
    columns = [
        Column("pk", gettext_lazy("序号"), "number", sort="pk"),
        Column("file_name", gettext_lazy("文件"), sort="file_name"),
        Column("organisation", gettext_lazy("导入单位")),
        Column("state", gettext_lazy("状态"), value=say_state),
        Column("added", gettext_lazy("新增"), "number", value=lambda row: row.outcome.get("added", "")),
        Column("changed", gettext_lazy("修改"), "number", value=lambda row: row.outcome.get("changed", "")),
        Column("refused", gettext_lazy("不予导入"), "number", value=lambda row: row.counts.get("refuse", "")),
        Column("by", gettext_lazy("上传人")),
        Column("uploaded_at", gettext_lazy("上传时间"), "time", sort="uploaded_at"),
    ]
    searched = ["file_name"]
    empty_text = gettext_lazy("还没有导入过。先下载模板，填好后上传。")
    file_name = "imports"
    template = "enterprises/imports.html"


def insist_editor(request):
    """Raise Http404 for readers who may register no enterprise at all."""
    if not request.user.may(Right.ENTERPRISES_EDIT):
        raise Http404


def find_import(request, pk):
    """An import that the reader may see. Raises Http404."""
    return get_object_or_404(queries.visible_imports(request.user), pk=pk)


@require_safe
def imports(request):
    """The list of imports."""
    insist_editor(request)
    return ImportListing(request, queries.visible_imports(request.user)).respond()


@require_safe
def template(request, ending):
    """An empty file with all columns and a row of examples, which is left out when it comes back."""
    if ending not in KINDS:
        raise Http404
    headings = [f"{column.label}*" if column.is_required else str(column.label) for column in COLUMNS]
    examples = [column.example for column in COLUMNS]
    rows = [headings, [f"# {examples[0]}", *examples[1:]]]
    answer = HttpResponse(content_type=KINDS[ending])
    answer["Content-Disposition"] = f'attachment; filename="enterprises-template.{ending}"'
    if ending == "csv":
        answer.write("\ufeff")
        csv.writer(answer).writerows(rows)
        return answer
    book, body = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(body)
    answer.write(body.getvalue())
    return answer


def hand_in(request):
    """Upload a file; nothing is registered yet."""
    insist_editor(request)
    form = HandInForm(request.POST or None, request.FILES or None, person=request.user)
    if form.is_valid():
        words = form.cleaned_data
        upload, organisation = words.pop("body"), words.pop("organisation")
        if upload.size > LIMITS.bytes_most:
            sizes = {"size": upload.size / MIB, "most": LIMITS.bytes_most // MIB}
            form.add_error("body", SheetFault.TOO_LARGE % sizes)
        else:
            words |= {"file_name": upload.name, "body": upload.read()}
            if change := attempt(form, actions.hand_in, organisation, by=request.user):
                return redirect(change.subject)
    address = reverse("enterprises:imports")
    context = {
        "form": form, "title": _("导入企业"), "verb": _("上传并预览"), "cancel_url": address, "columns": COLUMNS,
        "crumbs": [{"label": ImportListing.title, "url": address}],
    }  # fmt: skip
    return render(request, "enterprises/hand_in.html", context)


@require_safe
def enterprise_import(request, pk):
    """How far an import is: read, previewed row by row, carried out, with what became of it."""
    row = find_import(request, pk)
    finding = request.GET.get("finding", "")
    rows = row.rows.filter(finding=finding) if finding in Finding.values else row.rows.all()
    context = {
        "row": row, "title": row.file_name, "crumbs": [{"label": ImportListing.title, "url": reverse("enterprises:imports")}],
        "counts": [(one, row.counts.get(one.value, 0)) for one in Finding], "total": sum(row.counts.values()),
        "doable": row.counts.get("add", 0) + row.counts.get("change", 0), "finding": finding,
        "page": Paginator(rows, ROWS_SHOWN).get_page(request.GET.get("page")) if row.counts else None,
        "may_undo": row.state == ImportState.CONFIRMED and row.job and not row.job.is_open,
        "standing": say_state(row),
    }  # fmt: skip
    return render(request, "enterprises/import.html", context)


@require_safe
def faults(request, pk):
    """The rows that are refused, as CSV: row, code, name, column, reason."""
    row, language = find_import(request, pk), get_language()

    def lines():
        echo = csv.writer(Echo())
        with override(language):
            yield "\ufeff" + echo.writerow([_("行号"), _("统一社会信用代码"), _("名称"), _("列"), _("原因")])
            for one in row.rows.filter(finding=Finding.REFUSE).iterator(chunk_size=1000):
                for label, text in one.faults:
                    yield echo.writerow(
                        [one.number, for_csv(one.code), for_csv(one.name), label, for_csv(text)]
                    )

    answer = StreamingHttpResponse(lines(), content_type=KINDS["csv"])
    answer["Content-Disposition"] = f'attachment; filename="import-{row.pk}-faults.csv"'
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
    return confirm(
        request, actions.undo_import, row, title=_("撤销本次导入"), verb=_("撤销本次导入"), back=row,
        question=_("收回本次导入新增、且此后未被改动的企业（注销，档案保留）？修改不会还原。"), said=_("撤销已开始。"),
    )  # fmt: skip
