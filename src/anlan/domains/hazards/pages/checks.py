"""Self-checks as the office sees them: who checked when, with what result; who did not; how many in time."""

from datetime import timedelta

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from anlan.domains.hazards.models import ChecklistVersion
from anlan.domains.hazards.pages.filling import describe_answers
from anlan.domains.hazards.pages.forms import ALL, DAY
from anlan.domains.hazards.queries.checks import (
    check_rates,
    is_unaltered,
    overdue_due_checks,
    photos_of,
    visible_checks,
)
from anlan.domains.hazards.queries.keepers import keeper_of
from anlan.kit.attachments import attachments_of
from anlan.kit.days import start_of
from anlan.kit.documents.pages import as_file, read_bytes
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.sheets import write_csv

LIST = [{"label": gettext_lazy("安全自查"), "url": reverse_lazy("hazards:checks")}]
RESULTS = [("failed", gettext_lazy("有不合格项")), ("passed", gettext_lazy("全部合格"))]
SPAN_DAYS = 90


def checklist_choices():
    """The checklists by which anything may have been checked."""
    rows = ChecklistVersion.objects.values_list("checklist__code", "checklist__name").distinct()
    return [*ALL, *sorted(rows)]


class CheckFilter(SearchForm):
    """Filters of the list of self-checks."""

    checklist = forms.ChoiceField(label=gettext_lazy("自查清单"), required=False, choices=checklist_choices)
    result = forms.ChoiceField(label=gettext_lazy("结果"), required=False, choices=[*ALL, *RESULTS])
    since = forms.DateField(label=gettext_lazy("自"), required=False, widget=DAY)
    until = forms.DateField(label=gettext_lazy("至"), required=False, widget=DAY)

    def narrow(self, queryset, values):
        """By each filter that is set; local days, both included."""
        if values.get("checklist"):
            queryset = queryset.filter(version__checklist__code=values["checklist"])
        if result := values.get("result"):
            queryset = queryset.filter(n_failed__gt=0) if result == "failed" else queryset.filter(n_failed=0)
        if values.get("since"):
            queryset = queryset.filter(done_at__gte=start_of(values["since"]))
        if values.get("until"):
            queryset = queryset.filter(done_at__lt=start_of(values["until"] + timedelta(days=1)))
        return queryset


def say_way(row):
    """By whom, or by which link."""
    return str(row.by) if row.by else _("凭链接（%(holder)s）") % {"holder": row.link.holder}


class CheckListing(Listing):
    """Self-checks, the newest first."""

    title = gettext_lazy("安全自查")
    columns = [
        Column("keeper", gettext_lazy("责任单位"), value=lambda row: str(row.place or row.enterprise)),
        Column("version", gettext_lazy("自查清单"), value=lambda row: str(row.version)),
        Column("n_failed", gettext_lazy("不合格项"), "number", sort="n_failed"),
        Column("signer", gettext_lazy("签名")),
        Column("post", pgettext_lazy("self-check", "职务")),
        Column("way", gettext_lazy("提交方式"), value=say_way),
        Column("organisation", gettext_lazy("监管单位"), sort="organisation__path", value=lambda row: str(row.organisation)),
        Column("done_at", pgettext_lazy("self-check", "提交时间"), "time", sort="done_at"),
    ]  # fmt: skip
    filters = CheckFilter
    searched = ["place__name", "place__code", "enterprise__name", "enterprise__code", "signer"]
    empty_text = gettext_lazy("没有符合条件的自查。责任单位在自己的页面上自查后，会列在这里。")
    file_name = "self-checks"
    template = "hazards/checks.html"


@require_safe
def checks(request):
    """The list of self-checks, and how many units are late."""
    late = overdue_due_checks(request.user, on=timezone.localdate()).count()
    return CheckListing(request, visible_checks(request.user), n_late=late).respond()


def find_check(request, pk):
    """A self-check that the reader sees. Raises Http404."""
    return get_object_or_404(visible_checks(request.user), pk=pk)


@require_safe
def check(request, pk):
    """One self-check as it was handed in, and whether it still is."""
    row = find_check(request, pk)
    shown = {one.pk for many in photos_of(row).values() for one in many}
    context = {
        "title": str(row), "check": row, "signatures": [one for one in attachments_of(row) if one.pk not in shown], "keeper": keeper_of(row), "way": say_way(row), "crumbs": LIST,
        "lines": describe_answers(row, lambda one: f"photos/{one.pk}/"), "is_unaltered": is_unaltered(row),
        "findings": row.findings.select_related("hazard"), "changes": Change.objects.of(row)[:20],
    }  # fmt: skip
    return render(request, "hazards/check.html", context)


@require_safe
def check_photo(request, pk, photo_pk):
    """A photo, or the drawn signature, of a self-check that the reader sees."""
    one = attachments_of(find_check(request, pk)).filter(pk=photo_pk).first()
    if one is None:
        raise Http404
    return as_file(read_bytes(one.sha256), one.name, one.media_type, inline=True)


class SpanForm(forms.Form):
    """From when until when."""

    since = forms.DateField(label=gettext_lazy("自"), widget=DAY)
    until = forms.DateField(label=gettext_lazy("至"), widget=DAY)


@require_safe
def rates(request):
    """How many checked themselves in time, by organisation; who is late now."""
    today = timezone.localdate()
    first = {"since": today - timedelta(days=SPAN_DAYS), "until": today}
    form = SpanForm(request.GET if "since" in request.GET else first)
    span = form.cleaned_data if form.is_valid() else first
    rows = check_rates(request.user, **span, on=today)
    if request.GET.get("format") == "csv":
        headings = [_("监管单位"), _("应查"), _("按时"), _("逾期完成"), _("未查"), _("按时率")]
        lines = [(str(one.organisation), one.due, one.in_time, one.late, one.missing, round(one.share, 4)) for one in rows]  # fmt: skip
        return write_csv("self-check-rates", headings, lines)
    late = [(row, keeper_of(row), (today - row.due_on).days) for row in overdue_due_checks(request.user, on=today)[:200]]  # fmt: skip
    context = {
        "title": _("自查完成情况"), "form": form, "rates": rows, "late": late, "crumbs": LIST,
        "csv_url": f"?since={span['since']:%Y-%m-%d}&until={span['until']:%Y-%m-%d}&format=csv",
    }  # fmt: skip
    return render(request, "hazards/check_rates.html", context)
