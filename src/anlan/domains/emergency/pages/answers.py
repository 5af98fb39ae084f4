"""Answering from the alarm's page, on behalf of who called, joining an agency; the exports."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.emergency import actions, queries
from anlan.domains.emergency.pages.alarm_deeds import ask, do
from anlan.domains.emergency.pages.alarms import draw_alarm, seen_or_404
from anlan.domains.emergency.pages.story import export_csv, export_json
from anlan.domains.emergency.rules.answers import NEXT_LOOK_MIN
from anlan.domains.emergency.terms import AgencyRefusal, AnswerRefusal, AnswerWay, Measure
from anlan.kit.pages import attempt

MINUTES = (5, 10, 15, 30, 60, 120)


def next_looks():
    """When one looks again, in the reader's language."""
    return [(minutes, _("%(n)d 分钟后") % {"n": minutes}) for minutes in MINUTES]


class AnswerForm(forms.Form):
    """What an answer carries: the pressed measure, the next look, words."""

    measure = forms.ChoiceField(
        choices=Measure.choices, error_messages={"required": AnswerRefusal.NO_MEASURE}
    )
    next_look_min = forms.TypedChoiceField(label=_("下次查看"), coerce=int, choices=next_looks)
    words = forms.CharField(label=_("说明"), required=False, max_length=500)
    seen = forms.CharField(required=False, max_length=40)


def promised(act):
    """An action that is handed the moment of the next look in place of the minutes of a form."""

    def at(alarm, *, now, next_look_min, **words):
        return act(alarm, now=now, next_look_at=now + timedelta(minutes=next_look_min), **words)

    return at


@require_POST
def answer(request, pk):
    """Answer for oneself; a refusal draws the page again with its reason."""
    row = seen_or_404(request, pk)
    form = AnswerForm(request.POST)
    if attempt(form, promised(actions.answer_alarm), row, by=request.user):
        messages.success(request, _("已签收。到时未再反馈的，将转为超时未反馈。"))
        return redirect(row)
    return draw_alarm(request, seen_or_404(request, pk), answer_form=form)


class BehalfForm(forms.Form):
    """Who called for which agency, when and how, and what they do."""

    agency = forms.ModelChoiceField(label=_("代哪个单位"), queryset=None)
    on_behalf_of = forms.CharField(
        label=_("来电人"), max_length=60, error_messages={"required": AnswerRefusal.NO_CALLER}
    )
    way = forms.ChoiceField(label=_("方式"), choices=AnswerWay.by_voice())
    called_at = forms.DateTimeField(
        label=_("来电时间"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"),
    )
    measure = forms.ChoiceField(
        label=_("措施"), choices=[one for one in Measure.choices if one[0] != Measure.FALSE_ALARM]
    )
    next_look_min = forms.TypedChoiceField(label=_("下次查看"), coerce=int, choices=next_looks)
    words = forms.CharField(label=_("说明"), required=False, max_length=500)
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args, alarm, **options):
        super().__init__(*args, **options)
        joined = queries.agencies_of(alarm).values("agency")
        self.fields["agency"].queryset = queries.agencies(retired=True).filter(pk__in=joined)


def answer_on_behalf(request, pk):
    """Sign for who called."""
    row = seen_or_404(request, pk)
    first = {
        "agency": request.GET.get("agency"), "called_at": timezone.localtime(), "seen": queries.seen_of(row),
        "next_look_min": NEXT_LOOK_MIN.get(row.level, 30), "way": AnswerWay.PHONE,
    }  # fmt: skip
    form = BehalfForm(request.POST if request.method == "POST" else None, alarm=row, initial=first)
    return ask(
        request, row, form, promised(actions.answer_on_behalf), title=_("代签收"), verb=_("代签收"),
        said=_("已代签收，来电人和时间已记录。"), lead=_("对方没有屏幕、用电话或电台答复时，由您登记。措施以来电单位的权限为准。"),
    )  # fmt: skip


@require_POST
def join_agency(request, pk):
    """Ask an agency in."""
    agency = (
        queries.find_agency(int(request.POST["agency"]))
        if request.POST.get("agency", "").isdecimal()
        else None
    )
    if agency is None:
        messages.error(request, AgencyRefusal.NONE_CHOSEN)
        return redirect(seen_or_404(request, pk))
    return do(request, actions.join_agency, pk, said=_("已加入，等待其签收。"), agency=agency)


@require_safe
def alarm_json(request, pk):
    """The record as JSON."""
    return export_json(seen_or_404(request, pk))


@require_safe
def alarm_csv(request, pk):
    """The story as CSV."""
    return export_csv(seen_or_404(request, pk))
