"""Cases of the grid, the hotline and the one network: the street office's list, one case and its steps."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.hazards import actions, queries
from anlan.domains.hazards.pages.forms import ALL, kind_choices, organisation_field
from anlan.domains.hazards.terms import CaseChannel, CaseField, CaseRefusal, CaseState, Field
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.pages import attempt

LIST = [{"label": gettext_lazy("网格与12345案件"), "url": reverse_lazy("hazards:cases")}]
OPEN = (CaseState.WAITING, CaseState.TAKEN)
STORY_LENGTH = 50


class CaseFilter(SearchForm):
    """Filters of the list."""

    standing = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False,
        choices=[*ALL, ("open", gettext_lazy("在办")), ("late", gettext_lazy("超过案件时限")), *CaseState.choices],
    )  # fmt: skip
    channel = forms.ChoiceField(label=CaseField.CHANNEL, required=False, choices=[*ALL, *CaseChannel.choices])

    def narrow(self, queryset, values):
        """By each filter that is set."""
        standing = values.get("standing")
        if standing == "open":
            queryset = queryset.filter(state__in=OPEN)
        elif standing == "late":
            queryset = queryset.filter(state__in=OPEN, due_at__lt=timezone.now())
        elif standing:
            queryset = queryset.filter(state=standing)
        return queryset.filter(channel=values["channel"]) if values.get("channel") else queryset


def say_due(row):
    """The case's own deadline, and that it is over."""
    if row.due_at is None:
        return ""
    said = f"{timezone.localtime(row.due_at):%Y-%m-%d %H:%M}"
    is_late = row.is_open and row.due_at < timezone.now()
    return _("%(day)s（逾期）") % {"day": said} if is_late else said


class CaseListing(Listing):
    """Cases, the newest first."""

    title = gettext_lazy("网格与12345案件")
    columns = [
        Column("text", CaseField.TEXT, value=lambda row: row.text[:60]),
        Column("channel", CaseField.CHANNEL, value=lambda row: row.get_channel_display()),
        Column("number", CaseField.NUMBER, sort="number"),
        Column("state", gettext_lazy("状态"), "badge", value=lambda row: row.get_state_display()),
        Column("due_at", CaseField.DUE, sort="due_at", value=say_due),
        Column("hazard", gettext_lazy("隐患编号"), value=lambda row: row.hazard.number if row.hazard else ""),
        Column("rectify", gettext_lazy("整改期限"), value=lambda row: f"{row.hazard.due_on:%Y-%m-%d}" if row.hazard and row.hazard.due_on else ""),
        Column("where", CaseField.ADDRESS, value=lambda row: str(row.place or row.address)),
        Column("organisation", gettext_lazy("承办单位"), value=lambda row: str(row.organisation)),
        Column("received_at", CaseField.RECEIVED, "time", sort="received_at"),
    ]  # fmt: skip
    filters = CaseFilter
    searched = ["number", "text", "address", "hazard__number"]
    empty_text = gettext_lazy("没有符合条件的案件。案件由网格、12345 和一网统管从接口递送，也可以导入文件。")
    file_name = "cases"
    template = "hazards/cases.html"


@require_safe
def cases(request):
    """The list, with CSV."""
    may_import = request.user.may(Right.HAZARDS_VERIFY)
    return CaseListing(request, queries.visible_cases(request.user), may_import=may_import).respond()


def case_or_404(request, pk, *, to_handle=False):
    """The case that the reader sees, or may deal with. Raises Http404."""
    row = get_object_or_404(queries.visible_cases(request.user), pk=pk)
    if to_handle and not request.user.may(Right.HAZARDS_VERIFY, row.organisation):
        raise Http404
    return row


@require_safe
def case(request, pk):
    """One case: its own deadline beside the statutory one, what it became, what the channel was told."""
    row, now = case_or_404(request, pk), timezone.now()
    may = request.user.may(Right.HAZARDS_VERIFY, row.organisation)
    hazard = queries.standing(row.hazard) if row.hazard else None
    is_seen = hazard and queries.visible_hazards(request.user).filter(pk=hazard.pk).exists()
    is_later = hazard and row.due_at and hazard.due_at and hazard.due_at > row.due_at
    context = {
        "case": row, "title": str(row), "crumbs": LIST, "may": may, "hazard": hazard, "is_seen": is_seen,
        "steps": list(FORMS) if may and row.state == CaseState.WAITING else [], "due": say_due(row),
        "is_late": row.is_open and row.due_at is not None and row.due_at < now, "is_later": is_later,
        "results": [(one, queries.last_push(one)) for one in row.results.all()],
        "changes": Change.objects.of(row)[:STORY_LENGTH],
    }  # fmt: skip
    return render(request, "hazards/case.html", context)


# ── steps ───────────────────────────────────────────────────────────────────────────────────────


class CaseForm(forms.Form):
    """A step with a case."""

    def __init__(self, *args, case, person, **options):
        super().__init__(*args, **options)
        self.case, self.person = case, person


class TakeForm(CaseForm):
    """Of which kind it is, or which hazard it is about already."""

    kind = forms.ChoiceField(label=Field.KIND, required=False, choices=lambda: [("", "–"), *kind_choices()])
    known = forms.CharField(
        label=gettext_lazy("已有隐患编号"), required=False, max_length=12,
        help_text=gettext_lazy("与在办隐患是同一问题时填写，不再新建。"),
    )  # fmt: skip

    def clean_known(self):
        """The hazard of a number that the person sees, or None."""
        number = self.cleaned_data["known"].strip()
        found = queries.find_by_number(number, self.person) if number else None
        if number and found is None:
            raise forms.ValidationError(CaseRefusal.HAZARD_UNKNOWN % {"number": number})
        return found


class WhyForm(CaseForm):
    """The reason."""

    why = forms.CharField(
        label=gettext_lazy("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class TransferForm(WhyForm):
    """To whom, and why."""

    organisation = organisation_field(gettext_lazy("转派至"))
    field_order = ("organisation", "why")


FORMS = {
    "take": (TakeForm, actions.take_case, gettext_lazy("转为隐患")),
    "return": (WhyForm, actions.return_case, gettext_lazy("退回")),
    "transfer": (TransferForm, actions.transfer_case, gettext_lazy("转派")),
    "withdraw": (WhyForm, actions.withdraw_case, gettext_lazy("撤回")),
}
LEADS = {
    "take": gettext_lazy("属本单位办理：生成隐患并受理，办理结果会回送渠道。"),
    "return": gettext_lazy("不属本单位办理：理由会回送渠道。"),
    "transfer": gettext_lazy("由另一单位承办，渠道不受影响。"),
    "withdraw": gettext_lazy("递送有误：撤回后，同一编号可以重新递送。"),
}


def take_step(request, pk, step):
    """One step with a case: its form, the action, back to the case."""
    row = case_or_404(request, pk, to_handle=True)
    if step not in FORMS or row.state != CaseState.WAITING:
        raise Http404
    form_type, act, label = FORMS[step]
    form = form_type(request.POST if request.method == "POST" else None, case=row, person=request.user)
    if attempt(form, act, row, by=request.user):
        messages.success(request, _("已办理：%(step)s。") % {"step": label})
        is_seen = queries.visible_cases(request.user).filter(pk=pk).exists()
        return redirect("hazards:case", pk) if is_seen else redirect("hazards:cases")
    context = {
        "form": form, "title": label, "verb": label, "lead": LEADS[step], "cancel_url": row.get_absolute_url(),
        "crumbs": [*LIST, {"label": str(row), "url": row.get_absolute_url()}],
    }  # fmt: skip
    return render(request, "kit/form.html", context)
