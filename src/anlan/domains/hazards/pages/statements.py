"""Statements: the list, one statement to read, print, take away and sign, and the form that draws one up."""

import csv
import io

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from openpyxl import Workbook
from openpyxl.styles import Font

from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises.queries import visible_enterprises
from anlan.domains.hazards import actions, queries
from anlan.domains.hazards.pages.forms import ALL, organisation_field
from anlan.domains.hazards.rules.statements import SHORT, digest_of, ended_spans, rate_of, read_span
from anlan.domains.hazards.terms import Cell, StatementRefusal, StatementScope, StatementState
from anlan.kit import deadlines
from anlan.kit.documents import documents_of
from anlan.kit.followups import follow_ups_about
from anlan.kit.listing import Column, Listing, SearchForm, for_csv
from anlan.kit.models import Change
from anlan.kit.pages import ReasonForm, attempt, confirm

LIST = [{"label": gettext_lazy("隐患统计表"), "url": reverse_lazy("hazards:statements")}]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PART_LABELS = {"label": gettext_lazy("项目")} | {name: Cell.LABELS[name] for name in (*SHORT, "rate")}


class StatementFilter(SearchForm):
    """Filters of the list."""

    span = forms.CharField(label=gettext_lazy("统计期"), required=False, max_length=7)
    scope = forms.ChoiceField(
        label=gettext_lazy("统计范围"), required=False, choices=[*ALL, *StatementScope.choices]
    )
    state = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False, choices=[*ALL, *StatementState.choices]
    )

    def narrow(self, queryset, values):
        """By each filter that is set; a year finds its quarters too."""
        if values.get("span"):
            queryset = queryset.filter(span__startswith=values["span"].strip())
        return queryset.filter(**{name: values[name] for name in ("scope", "state") if values.get(name)})


def total(name):
    """The value of a measure in the column of all grades."""
    return lambda row: row.cells.get("grades", {}).get("total", {}).get(name, 0)


class StatementListing(Listing):
    """Statements, the newest span first."""

    title = gettext_lazy("隐患统计表")
    columns = [
        Column("about", gettext_lazy("统计单位"), value=lambda row: str(row.about)),
        Column("span", gettext_lazy("统计期"), sort="span"),
        Column("scope", gettext_lazy("统计范围"), value=lambda row: row.get_scope_display()),
        Column("found", Cell.LABELS["found"], "number", value=total("found")),
        Column("closed", Cell.LABELS["closed"], "number", value=total("closed")),
        Column("open", Cell.LABELS["open"], "number", value=total("open")),
        Column("overdue", Cell.LABELS["overdue"], "number", value=total("overdue")),
        Column("major", gettext_lazy("期末重大隐患"), "number", value=lambda row: row.cells["grades"]["major"]["open"]),
        Column("rate", Cell.LABELS["rate"], "percent", value=lambda row: rate_of(row.cells["grades"]["total"])),
        Column("state", gettext_lazy("状态"), "badge", value=lambda row: row.get_state_display()),
        Column("signed_by", gettext_lazy("签字人"), value=lambda row: str(row.signed_by or "")),
        Column("signed_at", gettext_lazy("签字时间"), "time", sort="signed_at"),
        Column("version", gettext_lazy("版本"), "number"),
    ]  # fmt: skip
    filters = StatementFilter
    searched = ["organisation__name", "enterprise__name", "span"]
    empty_text = gettext_lazy("还没有统计表。每季度、每年度结束后的第一天自动生成，也可以点“生成统计表”。")
    file_name = "hazard-statements"
    template = "hazards/statements.html"


class DrawForm(forms.Form):
    """Whose statement of which span."""

    organisation = organisation_field(gettext_lazy("统计单位"))
    enterprise = forms.CharField(
        label=gettext_lazy("企业代码"), required=False, max_length=18,
        help_text=gettext_lazy("企业没有账号机构时，由其监管单位代为生成：统计单位选监管单位，这里填统一社会信用代码或临时编号。"),
    )  # fmt: skip
    scope = forms.ChoiceField(label=gettext_lazy("统计范围"), choices=StatementScope.choices)
    span = forms.CharField(
        label=gettext_lazy("统计期"), max_length=7, help_text=gettext_lazy("季度写 2026-Q3，年度写 2026。")
    )

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        self.person, field = person, self.fields["organisation"]
        field.queryset = field.queryset.filter(person.reach(Right.HAZARDS_SIGN, through=""))
        self.fields["span"].initial = ended_spans(timezone.localdate())[0].name

    def clean_enterprise(self):
        """The enterprise of a code that the person sees, or None."""
        code = self.cleaned_data["enterprise"].strip()
        found = visible_enterprises(self.person).filter(code__iexact=code).first() if code else None
        if code and found is None:
            raise forms.ValidationError(StatementRefusal.ENTERPRISE_UNKNOWN % {"code": code})
        return found


class SignForm(forms.Form):
    """In which office one signs, over which numbers."""

    post = forms.CharField(
        label=gettext_lazy("签字人职务"),
        max_length=60,
        help_text=gettext_lazy("主要负责人的职务，如：总经理、局长。"),
    )
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    is_checked = forms.BooleanField(
        label=gettext_lazy("我是本单位主要负责人，已核对上列数字，对其真实性负责")
    )

    def clean(self):
        """What sign_statement takes."""
        values = super().clean()
        values.pop("is_checked", None)
        return values


def may_sign_anywhere(person):
    """Whether a person may sign statements of some organisation."""
    return person.may(Right.HAZARDS_SIGN)


@require_safe
def statements(request):
    """The list, with CSV."""
    context = {"may_draw": may_sign_anywhere(request.user)}
    return StatementListing(request, queries.visible_statements(request.user), **context).respond()


def statement_or_404(request, pk, *, right=None):
    """The statement that the reader sees, and over which he holds `right` where one is named. Raises Http404."""
    row = get_object_or_404(queries.visible_statements(request.user), pk=pk)
    if right and not request.user.may(right, row.organisation):
        raise Http404
    return row


@require_safe
def statement(request, pk):
    """One statement: its numbers, its limit, its paper, its other versions; or its numbers as a file."""
    row = statement_or_404(request, pk)
    wanted = request.GET.get("format")
    if wanted in FILES:
        return FILES[wanted](row)
    may_sign = request.user.may(Right.HAZARDS_SIGN, row.organisation)
    return render(request, "hazards/statement.html", statement_context(row, may_sign=may_sign))


def statement_context(row, *, may_sign):
    """What the page of a statement shows."""
    span, documents = read_span(row.span), documents_of(row)
    digest = digest_of(queries.words_of_statement(row))
    on = span.last
    return {
        "statement": row, "title": _("隐患排查治理统计表"), "crumbs": LIST, "may_sign": may_sign, "documents": documents,
        "days": queries.days_of(row), "columns": list(Cell.COLUMNS.values()),
        "grades": [(line["label"], [line[column] for column in Cell.COLUMNS]) for line in queries.grade_lines(row.cells)],
        "part_columns": list(PART_LABELS.values()),
        "parts": [
            (label, [[line[name] for name in PART_LABELS] for line in queries.part_lines(row.cells, part, on=on)])
            for part, label in (("kinds", _("按隐患类别")), ("sources", _("按隐患来源")))
        ],
        "limit": deadlines.find_line(span.rule_id, on=timezone.localdate()), "follow_ups": follow_ups_about(row),
        "versions": queries.earlier_statements(row), "is_untouched": not row.is_signed or digest == row.sha256,
        "sign_form": SignForm(initial={"digest": digest}) if may_sign and not row.is_signed else None,
        "changes": Change.objects.of(row),
    }  # fmt: skip


def sheet_lines(row):
    """A statement as lines of cells, for files."""
    yield [_("统计单位"), str(row.about)]
    yield [_("统计期"), row.span, queries.days_of(row)]
    yield [_("统计范围"), str(row.get_scope_display())]
    yield [_("版本"), row.version, str(row.get_state_display())]
    yield [_("签字人"), str(row.signed_by or ""), row.signer_post]
    yield [_("签字时间"), f"{timezone.localtime(row.signed_at):%Y-%m-%d %H:%M}" if row.signed_at else ""]
    yield [_("数字校验值"), row.sha256]
    yield []
    yield [_("项目"), *(str(label) for label in Cell.COLUMNS.values())]
    for name, label in Cell.LABELS.items():
        yield [str(label), *(number_of(row.cells["grades"][column], name) for column in Cell.COLUMNS)]
    for part, label in (("kinds", _("按隐患类别")), ("sources", _("按隐患来源"))):
        yield []
        yield [label, *(str(Cell.LABELS[name]) for name in SHORT)]
        for line, counts in zip(
            queries.part_lines(row.cells, part, on=read_span(row.span).last),
            row.cells[part].values(),
            strict=True,
        ):
            yield [line["label"], *(counts[name] for name in SHORT)]


def number_of(cells, name):
    """A cell as a number for files: the rate as a share, money as a decimal."""
    if name == "rate":
        rate = rate_of(cells)
        return "" if rate is None else round(rate, 4)
    return float(cells[name]) if name == "funds_yuan" else cells[name]


def file_name_of(row, ending):
    return f"hazards-{row.span}-{row.about.code}-{row.scope}-v{row.version}.{ending}"


def csv_of(row):
    """The numbers as CSV in UTF-8 with a byte-order mark."""
    target = io.StringIO()
    csv.writer(target).writerows([for_csv(cell) for cell in line] for line in sheet_lines(row))
    answer = HttpResponse("\ufeff" + target.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{file_name_of(row, "csv")}"'
    return answer


def xlsx_of(row):
    """The numbers as a workbook; texts stay texts, also those that begin with an equals sign."""
    book = Workbook()
    sheet = book.active
    sheet.title = row.span
    sheet.column_dimensions["A"].width = 30
    for number, line in enumerate(sheet_lines(row), 1):
        for place, value in enumerate(line, 1):
            cell = sheet.cell(number, place, value)
            if isinstance(value, str) and value.startswith("="):
                cell.data_type = "s"
            if place == 1:
                cell.font = Font(bold=True)
    target = io.BytesIO()
    book.save(target)
    answer = HttpResponse(target.getvalue(), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{file_name_of(row, "xlsx")}"'
    return answer


FILES = {"csv": csv_of, "xlsx": xlsx_of}


def draw_statement(request):
    """The form that draws up a statement of a span that has ended."""
    if not may_sign_anywhere(request.user):
        raise Http404
    form = DrawForm(request.POST if request.method == "POST" else None, person=request.user)
    organisation = form.cleaned_data.pop("organisation") if form.is_valid() else None
    if change := attempt(form, actions.draw_statement, organisation, by=request.user):
        messages.success(request, _("统计表已生成，请核对后签字。"))
        return redirect(change.subject)
    context = {
        "form": form, "title": _("生成统计表"), "verb": _("生成统计表"), "crumbs": LIST,
        "cancel_url": reverse("hazards:statements"), "lead": _("只能生成已经结束的季度或年度。"),
    }  # fmt: skip
    return render(request, "kit/form.html", context)


def sign_statement(request, pk):
    """Sign it; with a reason on the page where that cannot be."""
    row = statement_or_404(request, pk, right=Right.HAZARDS_SIGN)
    if request.method != "POST":
        return redirect(row)
    form = SignForm(request.POST)
    if attempt(form, actions.sign_statement, row, by=request.user):
        messages.success(request, _("已签字，文书已生成。"))
        return redirect(row)
    row.refresh_from_db()
    context = statement_context(row, may_sign=True)
    if context["sign_form"]:
        form.data = form.data.copy()
        form.data["digest"] = context["sign_form"].initial["digest"]
        context["sign_form"] = form
    else:
        messages.error(request, " ".join(form.non_field_errors()))
    return render(request, "hazards/statement.html", context)


def redraw_statement(request, pk):
    """Count an unsigned one again, after asking."""
    row = statement_or_404(request, pk, right=Right.HAZARDS_SIGN)
    return confirm(
        request, actions.redraw_statement, row, title=_("重新生成"), verb=_("重新生成"), back=row, danger=False,
        question=_("按目前的记录重新计算这张统计表的数字。"), said=_("已重新生成。"),
    )  # fmt: skip


def correct_statement(request, pk):
    """Draw up the next version of a signed one, with the reason."""
    row = statement_or_404(request, pk, right=Right.HAZARDS_SIGN)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if change := attempt(form, actions.correct_statement, row, by=request.user):
        messages.success(request, _("更正稿已生成，请核对后签字。原版本保留。"))
        return redirect(change.subject)
    context = {
        "form": form, "title": _("更正统计表"), "verb": _("生成更正稿"), "crumbs": [*LIST, {"label": str(row), "url": row.get_absolute_url()}],
        "cancel_url": row.get_absolute_url(), "lead": _("已签字的数字不会改动：更正稿是新的版本，签字后原版本的文书作废。"),
    }  # fmt: skip
    return render(request, "kit/form.html", context)
