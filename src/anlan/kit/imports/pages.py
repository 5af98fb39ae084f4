"""The pages of an import: list, template, upload, preview row by row, confirm, progress, result, undo."""

import csv
import io
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from openpyxl import Workbook

from anlan.kit.actions import Refused
from anlan.kit.listing import XLSX, Column, Echo, Listing, for_csv
from anlan.kit.pages import attempt, confirm
from anlan.kit.terms import Finding, ImportState, SheetFault
from anlan.kit.workbooks import MIB, Limits

ROWS_SHOWN = 200
CSV = "text/csv; charset=utf-8"
KINDS = {"csv": CSV, "xlsx": XLSX}
WORKED_ON = {ImportState.CONFIRMED, ImportState.READING, ImportState.UNDONE}


def say_state(row):
    """How far an import is: its job's state while one works on it."""
    works = row.state in WORKED_ON and row.job
    if works and (row.job.is_open or row.state != ImportState.UNDONE):
        return f"{row.get_state_display()} · {row.job.get_state_display()}"
    return row.get_state_display()


class ImportListing(Listing):
    """Imports, newest first."""

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
    template = "kit/imports.html"


@dataclass(frozen=True)
class ImportDesk:
    """The pages of one room's imports.

    `actions` has hand_in, confirm_import, discard_import, undo_import; `visible(person)` gives the imports seen; `form` is
    made with `person`; `columns` have name, label, example, is_required, and what else `kit/import_form.html` tells of
    them; `code_label` is what a row's code is called.
    """

    namespace: str
    title: object
    right: object
    actions: object
    visible: object
    form: type
    columns: tuple
    code_label: object
    limits: Limits
    lead: object
    undo_question: object

    def urls(self):
        """The addresses, below the room's own."""
        return [
            path("imports/", self.imports, name="imports"),
            path("imports/add/", self.hand_in, name="hand_in"),
            path("imports/template.<str:ending>", self.template, name="template"),
            path("imports/<int:pk>/", self.one, name="import"),
            path("imports/<int:pk>/faults.csv", self.faults, name="import_faults"),
            path("imports/<int:pk>/confirm/", self.confirm_import, name="confirm_import"),
            path("imports/<int:pk>/discard/", self.discard_import, name="discard_import"),
            path("imports/<int:pk>/undo/", self.undo_import, name="undo_import"),
        ]

    def address(self, name, *args):
        """The address of one of the pages."""
        return reverse(f"{self.namespace}:{name}", args=args)

    def insist_editor(self, request):
        """Raise Http404 for readers who may register nothing at all."""
        if not request.user.may(self.right):
            raise Http404

    def find(self, request, pk):
        """An import that the reader may see. Raises Http404."""
        return get_object_or_404(self.visible(request.user), pk=pk)

    def crumbs(self):
        """The way down to a page of imports."""
        return [{"label": self.title, "url": self.address("imports")}]

    @method_decorator(require_safe)
    def imports(self, request):
        """The list of imports."""
        self.insist_editor(request)
        listing = ImportListing(request, self.visible(request.user), hand_in_url=self.address("hand_in"))
        listing.title = self.title
        return listing.respond()

    @method_decorator(require_safe)
    def template(self, request, ending):
        """An empty file with all columns and a row of examples, which is left out when it comes back."""
        if ending not in KINDS:
            raise Http404
        headings = [f"{one.label}*" if one.is_required else str(one.label) for one in self.columns]
        examples = [one.example for one in self.columns]
        rows = [headings, [f"# {examples[0]}", *examples[1:]]]
        answer = HttpResponse(content_type=KINDS[ending])
        answer["Content-Disposition"] = f'attachment; filename="{self.namespace}-template.{ending}"'
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

    def hand_in(self, request):
        """Upload a file; nothing is registered yet."""
        self.insist_editor(request)
        form = self.form(request.POST or None, request.FILES or None, person=request.user)
        if form.is_valid():
            words = form.cleaned_data
            upload, organisation = words.pop("body"), words.pop("organisation")
            if upload.size > self.limits.bytes_most:
                sizes = {"size": upload.size / MIB, "most": self.limits.bytes_most // MIB}
                form.add_error("body", SheetFault.TOO_LARGE % sizes)
            else:
                words |= {"file_name": upload.name, "body": upload.read()}
                if change := attempt(form, self.actions.hand_in, organisation, by=request.user):
                    return redirect(change.subject)
        context = {
            "form": form, "title": self.title, "verb": _("上传并预览"), "cancel_url": self.address("imports"),
            "columns": self.columns, "crumbs": self.crumbs(), "told": self.lead,
            "templates": [(ending.upper(), self.address("template", ending)) for ending in ("xlsx", "csv")],
        }  # fmt: skip
        return render(request, "kit/import_form.html", context)

    @method_decorator(require_safe)
    def one(self, request, pk):
        """How far an import is: read, previewed row by row, carried out, with what became of it."""
        row = self.find(request, pk)
        finding = request.GET.get("finding", "")
        rows = row.rows.filter(finding=finding) if finding in Finding.values else row.rows.all()
        steps = ("import_faults", "confirm_import", "discard_import", "undo_import")
        context = {
            "row": row, "title": row.file_name, "crumbs": self.crumbs(), "code_label": self.code_label,
            "counts": [(one, row.counts.get(one.value, 0)) for one in Finding], "total": sum(row.counts.values()),
            "doable": row.counts.get("add", 0) + row.counts.get("change", 0), "finding": finding,
            "page": Paginator(rows, ROWS_SHOWN).get_page(request.GET.get("page")) if row.counts else None,
            "may_undo": row.state == ImportState.CONFIRMED and row.job and not row.job.is_open,
            "standing": say_state(row), "step_urls": {name: self.address(name, pk) for name in steps},
        }  # fmt: skip
        return render(request, "kit/import.html", context)

    @method_decorator(require_safe)
    def faults(self, request, pk):
        """The rows that are refused, as CSV: row, code, name, column, reason."""
        row, language = self.find(request, pk), get_language()

        def lines():
            echo = csv.writer(Echo())
            with override(language):
                headings = [_("行号"), str(self.code_label), _("名称"), _("列"), _("原因")]
                yield "\ufeff" + echo.writerow(headings)
                for one in row.rows.filter(finding=Finding.REFUSE).iterator(chunk_size=1000):
                    for label, text in one.faults:
                        cells = [one.number, for_csv(one.code), for_csv(one.name), label, for_csv(text)]
                        yield echo.writerow(cells)

        answer = StreamingHttpResponse(lines(), content_type=CSV)
        answer["Content-Disposition"] = f'attachment; filename="import-{row.pk}-faults.csv"'
        return answer

    @method_decorator(require_POST)
    def confirm_import(self, request, pk):
        """Carry the import out."""
        return self.step(request, pk, self.actions.confirm_import, _("导入已开始。"))

    @method_decorator(require_POST)
    def discard_import(self, request, pk):
        """Let the import go."""
        return self.step(request, pk, self.actions.discard_import, _("已放弃，未导入任何内容。"))

    def step(self, request, pk, act, said):
        """One step of an import, then back to its page."""
        row = self.find(request, pk)
        try:
            act(row, by=request.user, now=timezone.now())
            messages.success(request, said)
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect(row)

    def undo_import(self, request, pk):
        """Take back what the import added, after asking."""
        row = self.find(request, pk)
        return confirm(
            request, self.actions.undo_import, row, title=_("撤销本次导入"), verb=_("撤销本次导入"), back=row,
            question=self.undo_question, said=_("撤销已开始。"),
        )  # fmt: skip
