"""Results of cases: the list that goes back as a file, a push again, a receipt entered by hand."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.hazards import actions, queries
from anlan.domains.hazards.pages.cases import LIST
from anlan.domains.hazards.pages.forms import ALL
from anlan.domains.hazards.terms import CaseChannel, CaseField
from anlan.kit.actions import Refused
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.pages import attempt


class ResultFilter(SearchForm):
    """Filters of the results."""

    receipt = forms.ChoiceField(
        label=gettext_lazy("回执"), required=False,
        choices=[*ALL, ("none", gettext_lazy("未回执")), ("have", gettext_lazy("已回执"))],
    )  # fmt: skip
    channel = forms.ChoiceField(label=CaseField.CHANNEL, required=False, choices=[*ALL, *CaseChannel.choices])

    def narrow(self, queryset, values):
        """By each filter that is set."""
        if values.get("receipt"):
            queryset = queryset.filter(received_at__isnull=values["receipt"] == "none")
        return queryset.filter(case__channel=values["channel"]) if values.get("channel") else queryset


class ResultListing(Listing):
    """What the channels are told, the newest first; the CSV is the file that goes back."""

    title = gettext_lazy("案件办理结果")
    columns = [
        Column("position", gettext_lazy("序号"), "number", sort="position"),
        Column("channel", CaseField.CHANNEL, value=lambda row: row.case.get_channel_display()),
        Column("number", CaseField.NUMBER, value=lambda row: row.case.number),
        Column("outcome", gettext_lazy("结果"), "badge", value=lambda row: row.get_outcome_display()),
        Column("text", gettext_lazy("说明"), "sentence"),
        Column("hazard", gettext_lazy("隐患编号"), value=lambda row: row.case.hazard.number if row.case.hazard else ""),
        Column("made_at", gettext_lazy("形成时间"), "time", sort="made_at"),
        Column("receipt", gettext_lazy("回执")),
        Column("received_at", gettext_lazy("回执时间"), "time", sort="received_at"),
        Column("pushes", gettext_lazy("推送次数"), "number"),
    ]  # fmt: skip
    filters = ResultFilter
    searched = ["case__number", "text", "receipt"]
    empty_text = gettext_lazy("还没有办理结果。案件转为隐患或退回后，这里列出要回送的结果。")
    file_name = "case-results"

    def link(self, row):
        """A result's page is that of its case."""
        return row.case.get_absolute_url()


@require_safe
def results(request):
    """The list of results, with CSV."""
    return ResultListing(request, queries.visible_results(request.user)).respond()


def result_or_404(request, pk):
    """A result that the reader may deal with. Raises Http404."""
    row = get_object_or_404(queries.visible_results(request.user), pk=pk)
    if not request.user.may(Right.HAZARDS_VERIFY, row.organisation):
        raise Http404
    return row


@require_POST
def push(request, pk):
    """Push a result again."""
    row = result_or_404(request, pk)
    try:
        actions.push_result(row, by=request.user, now=timezone.now())
        messages.success(request, _("已提交推送。"))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(row.case)


class ReceiptForm(forms.Form):
    """What the channel answered to a file that was handed over."""

    receipt = forms.CharField(
        label=gettext_lazy("回执编号"),
        max_length=120,
        help_text=gettext_lazy("对方收到文件后给出的编号，或经办岗位和时间。"),
    )


def receipt(request, pk):
    """Enter the receipt of a result that went back as a file."""
    row = result_or_404(request, pk)
    form = ReceiptForm(request.POST if request.method == "POST" else None)
    if attempt(form, actions.receive_result, row, by=request.user):
        messages.success(request, _("已登记回执。"))
        return redirect(row.case)
    context = {
        "form": form, "title": _("登记回执"), "verb": _("登记回执"), "lead": str(row), "cancel_url": row.case.get_absolute_url(),
        "crumbs": [*LIST, {"label": str(row.case), "url": row.case.get_absolute_url()}],
    }  # fmt: skip
    return render(request, "kit/form.html", context)
