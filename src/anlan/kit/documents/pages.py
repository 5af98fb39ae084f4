"""Pages of documents: the list, one document, its files, the templates; and the public page that verifies a code."""

from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from anlan.kit.actions import Refused
from anlan.kit.attachments import DOCX, MOST_BYTES, PDF
from anlan.kit.documents.actions import current_template, replace_template, reset_template, void
from anlan.kit.documents.office import find_office, read_bytes, read_docx, read_pdf
from anlan.kit.documents.spec import GIVEN, KINDS
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Attachment, Change, Document, DocumentTemplate
from anlan.kit.pages import VIEW_RIGHT, attempt, confirm
from anlan.kit.tables.actions import top_organisation
from anlan.kit.terms import DocumentState, FileRefusal

EDIT_RIGHT = "documents.edit"


def documents_seen(person):
    """The documents of organisations that a person may view."""
    return Document.objects.filter(person.reach(VIEW_RIGHT)).select_related("organisation", "by")


def name_kind(document):
    return KINDS[document.kind].label if document.kind in KINDS else document.kind


class DocumentFilter(SearchForm):
    """Filters of the list of documents."""

    kind = forms.ChoiceField(
        label=_("文书"),
        required=False,
        choices=lambda: [("", _("全部")), *((kind.code, kind.label) for kind in KINDS.values())],
    )
    year = forms.IntegerField(label=_("年度"), required=False, min_value=2000, max_value=2200)
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), *DocumentState.choices]
    )

    def narrow(self, queryset, values):
        """By kind, year and state."""
        return queryset.filter(
            **{name: values[name] for name in ("kind", "year", "state") if values.get(name)}
        )


class DocumentListing(Listing):
    """Documents, newest first."""

    title = _("文书")
    columns = [
        Column("number", _("文号"), sort="number"),
        Column("title", _("标题"), sort="title"),
        Column("kind", _("文书"), sort="kind", value=name_kind),
        Column("organisation", _("签发机关"), value=lambda row: str(row.organisation)),
        Column("issued_at", _("签发时间"), "time", sort="issued_at"),
        Column("state", _("状态"), "badge", value=lambda row: row.get_state_display()),
    ]
    filters = DocumentFilter
    searched = ["number", "title", "code"]
    empty_text = _("还没有签发过文书。文书在办理事项的页面上签发，如突发事件的信息报告。")
    file_name = "documents"
    template = "kit/documents.html"


@require_safe
def documents(request):
    """The list of documents."""
    return DocumentListing(request, documents_seen(request.user)).respond()


@require_safe
def document(request, pk):
    """One document: what it is, its files, its story."""
    row = get_object_or_404(documents_seen(request.user), pk=pk)
    context = {
        "title": row.number, "lead": row.title, "document": row, "kind": name_kind(row),
        "verify_url": request.build_absolute_uri(reverse("kit:verify", args=[row.code])),
        "may_void": row.state == DocumentState.ISSUED and may_void(request.user, row), "has_office": bool(find_office()),
        "changes": Change.objects.of(row), "crumbs": [{"label": _("文书"), "url": reverse("kit:documents")}],
    }  # fmt: skip
    return render(request, "kit/document.html", context)


def may_void(person, row):
    return row.kind in KINDS and person.may(KINDS[row.kind].right, row.organisation)


@require_safe
def document_file(request, pk, ending):
    """The document's stored bytes as `.docx`, or as PDF where LibreOffice made it; the same every time."""
    row = get_object_or_404(documents_seen(request.user), pk=pk)
    try:
        body = read_docx(row) if ending == "docx" else read_pdf(row)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(row)
    return as_file(body, f"{row.number}.{ending}", DOCX if ending == "docx" else PDF)


def as_file(body, name, media_type, *, inline=False):
    """Bytes as an answer that a browser keeps or shows, but never runs."""
    answer = HttpResponse(body, content_type=media_type)
    way = "inline" if inline else "attachment"
    answer["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def void_document(request, pk):
    """Ask, then make a document void."""
    row = get_object_or_404(documents_seen(request.user), pk=pk)
    if not may_void(request.user, row):
        raise PermissionDenied
    return confirm(
        request, void, row, title=_("文书作废"), verb=_("作废"), back=row, said=_("文书已作废，文号保留。"),
        question=_("“%(number)s”作废后文号不再使用，校验页会显示“已作废”。请写明理由。") % {"number": row.number},
    )  # fmt: skip


# ── templates ───────────────────────────────────────────────────────────────────────────────────


class TemplateForm(forms.Form):
    """A `.docx` that takes the place of the template in use."""

    file = forms.FileField(label=_("模板文件（.docx）"), widget=forms.FileInput(attrs={"accept": ".docx"}))

    def clean_file(self):
        """The file, if it is not too large."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            sizes = {"name": file.name, "mb": -(-file.size // 2**20), "most": MOST_BYTES // 2**20}
            raise forms.ValidationError(FileRefusal.TOO_LARGE % sizes)
        return file


@require_safe
def templates(request):
    """The kinds of documents and the template that each uses."""
    used = {row.kind: row for row in DocumentTemplate.objects.filter(is_active=True).select_related("by")}
    kinds = [(kind, used.get(kind.code)) for kind in KINDS.values()]
    context = {
        "title": _("文书模板"),
        "crumbs": [{"label": _("文书"), "url": reverse("kit:documents")}],
        "lead": _("下载现用模板，用 Word 或 WPS 修改后传回。已签发的文书不受影响。"),
    }
    return render(request, "kit/document_templates.html", context | {"kinds": kinds})


def template(request, code):
    """One kind: what a template may name, the versions, a form for another."""
    if code not in KINDS:
        raise Http404(code)
    kind, may_edit = KINDS[code], request.user.may(EDIT_RIGHT, top_organisation())
    form = TemplateForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        if not may_edit:
            raise PermissionDenied
        if attempt(form, keep_template, top_organisation(), by=request.user, kind=code):
            messages.success(request, _("已启用新模板，下一份文书起使用。"))
            return redirect("kit:document_template", code)
    context = {
        "title": kind.label, "kind": kind, "form": form, "may_edit": may_edit, "given": GIVEN.items(),
        "versions": DocumentTemplate.objects.filter(kind=code).select_related("by"), "verb": _("启用新模板"),
        "crumbs": [{"label": _("文书模板"), "url": reverse("kit:document_templates")}],
    }  # fmt: skip
    return render(request, "kit/document_template.html", context)


def keep_template(organisation, *, by, now, kind, file):
    """Keep what the form holds."""
    return replace_template(organisation, by=by, now=now, kind=kind, name=file.name, body=file.read())


@require_safe
def template_file(request, code):
    """The template in use, to be changed and handed in again."""
    if code not in KINDS:
        raise Http404(code)
    try:
        _version, body = current_template(code)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("kit:document_template", code)
    return as_file(body, f"{code}.docx", DOCX)


def reset(request, code):
    """Ask, then use the default template again."""
    row = get_object_or_404(DocumentTemplate, kind=code, is_active=True)
    if not request.user.may(EDIT_RIGHT, top_organisation()):
        raise PermissionDenied
    return confirm(
        request, reset_template, row, title=_("恢复默认模板"), verb=_("恢复默认"), said=_("已恢复默认模板。"),
        question=_("下一份文书起改用默认模板，本区模板的各版本仍保留。请写明理由。"),
        back=reverse("kit:document_template", args=[code]),
    )  # fmt: skip


# ── for anyone ──────────────────────────────────────────────────────────────────────────────────


@login_not_required
@require_safe
def verify(request, code=""):
    """Whether a paper in hand is ours, and still holds: by the code printed on it."""
    asked = (request.GET.get("code") or code).strip().upper().replace(" ", "").replace("-", "")[:24]
    row = Document.objects.filter(code=asked).select_related("organisation").first() if asked else None
    context = {"asked": asked, "document": row, "kind": row and name_kind(row)}
    return render(request, "kit/verify.html", context, status=404 if asked and not row else 200)


# ── files kept with a row ───────────────────────────────────────────────────────────────────────


@require_safe
def attachment(request, pk):
    """A file kept with a row; pictures and PDF are shown, everything else is saved."""
    seen = Attachment.objects.filter(request.user.reach(VIEW_RIGHT), withdrawn_at=None)
    row = get_object_or_404(seen, pk=pk)
    try:
        body = read_bytes(row.sha256)
    except Refused as refusal:
        raise Http404(str(refusal)) from refusal
    return as_file(body, row.name, row.media_type, inline=row.is_picture or row.media_type == PDF)
