"""Wrong cases taken back several at once: those of one file, or whichever are ticked."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from anlan.domains.accounts.terms import Right
from anlan.domains.hazards import actions
from anlan.domains.hazards.pages.cases import LIST
from anlan.domains.hazards.queries.cases import handed_in_together, withdrawable_cases
from anlan.kit.actions import Refused

SHOWN_MOST = 500  # as many as a file holds
LABEL_LENGTH = 60


class WithdrawForm(forms.Form):
    """Which cases, and why."""

    cases = forms.TypedMultipleChoiceField(
        label=gettext_lazy("待处理案件"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    why = forms.CharField(
        label=gettext_lazy("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("记入每件案件的变更记录。"),
    )  # fmt: skip
    field_order = ("why", "cases")

    def __init__(self, *args, rows, **options):
        super().__init__(*args, **options)
        self.fields["cases"].choices = [(row.pk, say_case(row)) for row in rows]


def say_case(row):
    """One case in a line."""
    return f"{row} · {row.text[:LABEL_LENGTH]} · {row.organisation}"


def withdraw_cases(request):
    """Tick the waiting cases that were handed in wrongly; those of one file (`?at=`) are ticked already."""
    if not request.user.may(Right.HAZARDS_VERIFY):
        raise Http404
    rows = withdrawable_cases(request.user)
    at = parse_moment(request.GET.get("at", ""))
    shown = list((rows.filter(handed_in_at=at) if at else rows)[:SHOWN_MOST])
    form = WithdrawForm(
        request.POST if request.method == "POST" else None, rows=shown,
        initial={"cases": [row.pk for row in shown] if at else []},
    )  # fmt: skip
    if form.is_valid():
        chosen = [row for row in shown if row.pk in set(form.cleaned_data["cases"])]
        tell(request, chosen, withdraw_each(chosen, form.cleaned_data["why"], request.user))
        return redirect("hazards:cases")
    context = {
        "form": form if shown else None, "title": _("批量撤回案件"), "verb": _("撤回所选案件"), "crumbs": LIST, "at": at,
        "lead": _("递送有误：撤回后，同一编号可以重新递送。已转为隐患或已退回的案件不能撤回。"), "files": handed_in_together(request.user),
        "cancel_url": reverse("hazards:cases"),
    }  # fmt: skip
    return render(request, "hazards/case_withdraw.html", context)


def parse_moment(text):
    """The moment of a text, or None for what is none."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) else None


def withdraw_each(cases, why, person):
    """How many were withdrawn; one that somebody dealt with meanwhile stays."""
    done, now = 0, timezone.now()
    for row in cases:
        try:
            actions.withdraw_case(row, by=person, now=now, why=why)
        except Refused:
            continue
        done += 1
    return done


def tell(request, chosen, done):
    """Say how many went, and how many stayed."""
    if done:
        said = ngettext("已撤回 %(n)d 件案件。", "已撤回 %(n)d 件案件。", done)
        messages.success(request, said % {"n": done})
    if left := len(chosen) - done:
        said = ngettext(
            "%(n)d 件没有撤回：不在待处理状态，或没有写明理由。",
            "%(n)d 件没有撤回：不在待处理状态，或没有写明理由。",
            left,
        )
        messages.error(request, said % {"n": left})
