"""Checklists as the office keeps them: by versions, imported from a workbook, looked at, published by a person."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.hazards.actions.checklists import (
    add_checklist,
    discard_version,
    import_version,
    publish_version,
    withdraw_checklist,
)
from anlan.domains.hazards.pages.forms import ALL, organisation_field
from anlan.domains.hazards.queries.forms import LIMITS, SURVEY_COLUMNS, read_workbook, write_workbook
from anlan.domains.hazards.queries.keepers import visible_checklists
from anlan.domains.hazards.queries.tables import kinds
from anlan.domains.hazards.rules.checklists import spots
from anlan.domains.hazards.terms.checklists import ChecklistAudience, QuestionKind, VersionState
from anlan.domains.places.terms import PlaceKind
from anlan.kit.actions import Refused
from anlan.kit.attachments import XLSX
from anlan.kit.documents.pages import as_file
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.workbooks import MIB, UnreadableSheet

LIST = [{"label": gettext_lazy("自查清单"), "url": reverse_lazy("hazards:checklists")}]
FILE_HELP = gettext_lazy(
    "XLSX，不超过 2 MB；survey、choices 两个工作表，按 XLSForm 格式。可先导出一份清单对照。"
)


class ChecklistFilter(SearchForm):
    """Filters of the list of checklists."""

    audience = forms.ChoiceField(
        label=gettext_lazy("适用对象"), required=False, choices=[*ALL, *ChecklistAudience.choices]
    )

    def narrow(self, queryset, values):
        """By whose it is."""
        return queryset.filter(audience=values["audience"]) if values.get("audience") else queryset


def say_published(row):
    """The version in use."""
    found = row.versions.filter(state=VersionState.PUBLISHED).first()
    return f"v{found.number}" if found else _("未发布")


class ChecklistListing(Listing):
    """Checklists."""

    title = gettext_lazy("自查清单")
    columns = [
        Column("name", gettext_lazy("清单名称"), sort="name"),
        Column("code", gettext_lazy("清单编码"), sort="code"),
        Column("published", gettext_lazy("使用中的版本"), value=say_published),
        Column("audience", gettext_lazy("适用对象"), value=lambda row: row.get_audience_display()),
        Column("organisation", gettext_lazy("编制单位"), value=lambda row: str(row.organisation)),
        Column("is_demo", gettext_lazy("示范数据"), "yes"),
    ]
    filters = ChecklistFilter
    searched = ["code", "name"]
    empty_text = gettext_lazy("还没有自查清单。用 XLSForm 工作簿导入一份，发布后责任单位即可自查。")
    file_name = "checklists"
    template = "hazards/checklists.html"


class FileForm(forms.Form):
    """A workbook."""

    body = forms.FileField(label=gettext_lazy("清单文件"), help_text=FILE_HELP)

    def clean_body(self):
        """The workbook read: (questions, faults, headings that are not read, its name)."""
        upload = self.cleaned_data["body"]
        if upload.size > LIMITS.bytes_most:
            raise forms.ValidationError(_("文件超过 %(most)d MB。") % {"most": LIMITS.bytes_most // MIB})
        if not upload.name.lower().endswith(".xlsx"):
            raise forms.ValidationError(_("只能导入 XLSX 文件。"))
        try:
            return *read_workbook(upload.read(), now=timezone.now()), upload.name
        except UnreadableSheet as error:
            raise forms.ValidationError(str(error)) from error


class AddForm(FileForm):
    """A new checklist and its first version."""

    code = forms.CharField(
        label=gettext_lazy("清单编码"), max_length=40, help_text=gettext_lazy("英文字母、数字、横线。")
    )
    name = forms.CharField(label=gettext_lazy("清单名称"), max_length=80)
    organisation = organisation_field(gettext_lazy("编制单位"))
    audience = forms.ChoiceField(label=gettext_lazy("适用对象"), choices=ChecklistAudience.choices)
    place_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("适用的场所类型"), choices=PlaceKind.choices, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=gettext_lazy("不选即适用于全部类型。"),
    )  # fmt: skip
    field_order = ("name", "code", "organisation", "audience", "place_kinds", "body")

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        field = self.fields["organisation"]
        field.queryset = field.queryset.filter(person.reach(Right.CHECKS_EDIT, through=""))
        field.initial = person.organisation_id


@require_safe
def checklists(request):
    """The list of checklists."""
    may_edit = request.user.may(Right.CHECKS_EDIT)
    return ChecklistListing(request, visible_checklists(request.user), may_edit=may_edit).respond()


def find_checklist(request, code):
    """A checklist that the reader sees. Raises Http404."""
    return get_object_or_404(visible_checklists(request.user), code=code)


def insist_edits(request, row=None):
    """Raise Http404 unless the reader may edit checklists, this one where it is given."""
    if not request.user.may(Right.CHECKS_EDIT, row.organisation if row else None):
        raise Http404


@require_safe
def checklist(request, code):
    """One checklist with its versions."""
    row = find_checklist(request, code)
    context = {
        "title": row.name, "checklist": row, "crumbs": LIST, "versions": row.versions.select_related("imported_by", "published_by"),
        "may_edit": request.user.may(Right.CHECKS_EDIT, row.organisation), "changes": Change.objects.of(row)[:20],
        "place_kinds": [PlaceKind(kind).label for kind in row.place_kinds if kind in PlaceKind.values],
    }  # fmt: skip
    return render(request, "hazards/checklist.html", context)


def add(request):
    """A new checklist from a workbook; nothing is kept while a row of it is faulty."""
    insist_edits(request)
    form = AddForm(request.POST or None, request.FILES or None, person=request.user)
    faults = []
    if form.is_valid():
        words = dict(form.cleaned_data)
        (questions, faults, unknown, name), organisation = words.pop("body"), words.pop("organisation")
        try:
            with transaction.atomic():
                now = timezone.now()
                made = add_checklist(organisation, by=request.user, now=now, **words).subject
                change = import_version(made, by=request.user, now=now, questions=questions, faults=faults, file_name=name)  # fmt: skip
            return kept(request, change.subject, unknown)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form,
        "title": _("编制自查清单"),
        "verb": _("上传并预览"),
        "crumbs": LIST,
        "faults": faults,
    }
    return draw_import(request, context | {"cancel_url": reverse("hazards:checklists")})


def add_version(request, code):
    """The next version of a checklist from a workbook."""
    row = find_checklist(request, code)
    insist_edits(request, row)
    form, faults = FileForm(request.POST or None, request.FILES or None), []
    if form.is_valid():
        questions, faults, unknown, name = form.cleaned_data["body"]
        try:
            words = {"questions": questions, "faults": faults, "file_name": name}
            change = import_version(row, by=request.user, now=timezone.now(), **words)
            return kept(request, change.subject, unknown)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "title": _("导入新版本"), "verb": _("上传并预览"), "crumbs": crumbs(row), "faults": faults}  # fmt: skip
    return draw_import(request, context | {"cancel_url": row.get_absolute_url()})


def crumbs(row):
    """The way down to a page about a checklist."""
    return [*LIST, {"label": row.name, "url": row.get_absolute_url()}]


def draw_import(request, context):
    """The page that takes a workbook, with what is wrong in which row."""
    return render(
        request, "hazards/checklist_import.html", context | {"columns": list(SURVEY_COLUMNS.items())}
    )


def kept(request, version, unknown):
    """To the draft, saying which columns were not read."""
    messages.success(request, _("已导入为待发布版本。请核对预览后发布。"))
    if unknown:
        messages.warning(request, _("以下列未读取：%(names)s") % {"names": _("、").join(unknown)})
    return redirect(version)


def find_version(request, code, number):
    """A version of a checklist that the reader sees. Raises Http404."""
    row = find_checklist(request, code)
    return get_object_or_404(row.versions.select_related("checklist__organisation"), number=number)


@require_safe
def version(request, code, number):
    """One version: every question with its conditions, as it will be asked."""
    row = find_version(request, code, number)
    names = kinds(on=timezone.localdate())
    questions = [
        {
            "question": spot.question, "depth": len(spot.within), "kind": QuestionKind(spot.question["kind"]).label,
            "hazard": names.get(spot.question["hazard_kind"], spot.question["hazard_kind"]),
        }
        for spot in spots(row.questions).values()
    ]  # fmt: skip
    context = {
        "title": str(row), "version": row, "questions": questions, "crumbs": crumbs(row.checklist),
        "may_edit": request.user.may(Right.CHECKS_EDIT, row.organisation), "n_checks": row.checks.count(),
        "changes": Change.objects.of(row)[:20],
    }  # fmt: skip
    return render(request, "hazards/checklist_version.html", context)


DEEDS = {
    "publish": (publish_version, gettext_lazy("已发布。责任单位从现在起按此版本自查。")),
    "discard": (discard_version, gettext_lazy("已放弃该版本。")),
    "withdraw": (withdraw_checklist, gettext_lazy("已停用。已提交的自查不受影响。")),
}


@require_POST
def change_version(request, code, number, deed):
    """Publish, discard or withdraw a version."""
    row = find_version(request, code, number)
    insist_edits(request, row)
    if deed not in DEEDS:
        raise Http404
    act, said = DEEDS[deed]
    try:
        act(row, by=request.user, now=timezone.now())
        messages.success(request, said)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(row)


@require_safe
def workbook(request, code, number):
    """A version as a workbook that any reader of XLSForm reads."""
    row = find_version(request, code, number)
    return as_file(write_workbook(row), f"{row.checklist.code}-v{row.number}.xlsx", XLSX)
