"""The call log: the list, one call, a new one."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.emergency import actions, queries
from anlan.domains.emergency.pages import incident_deeds as deeds
from anlan.domains.emergency.pages.command_forms import CallForm
from anlan.domains.emergency.pages.deeds import buttons
from anlan.domains.emergency.rules.incidents import is_late
from anlan.domains.emergency.terms.calls import CallerSort
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.pages import attempt

LIST = [{"label": _("来电登记"), "url": reverse_lazy("emergency:calls")}]
LINKED = [("", _("全部")), ("yes", _("已关联突发事件")), ("no", _("未关联"))]


class CallFilter(SearchForm):
    """Filters of the call log."""

    sort_of = forms.ChoiceField(
        label=_("来电方"), required=False, choices=[("", _("全部")), *CallerSort.choices]
    )
    linked = forms.ChoiceField(label=_("突发事件"), required=False, choices=LINKED)
    day = forms.DateField(label=_("日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def narrow(self, queryset, values):
        """By who called, by day, by whether it belongs to an incident; of the live scene."""
        if values.get("sort_of"):
            queryset = queryset.filter(caller_sort=values["sort_of"])
        if values.get("linked"):
            queryset = queryset.filter(incident__isnull=values["linked"] == "no")
        if values.get("day"):
            queryset = queryset.filter(called_at__date=values["day"])
        return queryset.filter(scene="live")


class CallListing(Listing):
    """Calls, the newest first."""

    title = _("来电登记")
    columns = [
        Column("number", _("登记号"), sort="number"),
        Column("called_at", _("来电时间"), "time", sort="called_at"),
        Column("late", _("补记"), "badge", value=lambda row: _("补记") if is_late(row.called_at, row.noted_at) else ""),
        Column("caller_sort", _("来电方"), "badge", sort="caller_sort", value=lambda row: row.get_caller_sort_display()),
        Column("caller_name", _("来电人"), sort="caller_name"),
        Column("caller_number", _("来电号码")),
        Column("what", _("来电内容"), "sentence"),
        Column("case", _("警情编号"), value=lambda row: str(row.case or "")),
        Column("incident", _("突发事件"), value=lambda row: row.incident.number if row.incident else ""),
        Column("taken_by", _("接报人"), value=lambda row: str(row.taken_by)),
    ]  # fmt: skip
    filters = CallFilter
    searched = ["number", "caller_name", "caller_number", "what", "where", "case__number", "incident__number"]
    empty_text = _("没有来电记录。接到电话后，点“登记来电”。")
    file_name = "calls"
    template = "emergency/calls.html"


@require_safe
def calls(request):
    """The call log."""
    rows = queries.visible_calls(request.user)
    return CallListing(request, rows, may_run=request.user.may(Right.INCIDENTS_RUN)).respond()


def add_call(request):
    """Enter a call; with ?alarm=, one about that alarm."""
    first = {"organisation": request.user.organisation_id}
    form = CallForm(request.POST or None, row=None, person=request.user, initial=first)
    pk = request.GET.get("alarm", "")
    alarm = queries.find_alarm(request.user, int(pk)) if pk.isdecimal() else None
    words = {"alarm": alarm, "scene": alarm.scene} if alarm else {}
    if change := attempt(form, log_at, None, by=request.user, **words):
        call = change.subject
        known = (
            _("已登记，并按编号归入突发事件 %(incident)s。") % {"incident": call.incident}
            if call.incident
            else ""
        )
        messages.success(request, known or _("来电已登记。"))
        return redirect(call)
    context = {"title": _("登记来电"), "form": form, "verb": _("登记来电"), "crumbs": LIST}
    return render(request, "emergency/deed.html", context | {"cancel_url": reverse("emergency:calls")})


def log_at(_nothing, *, by, now, organisation, **words):
    """Keep it in the organisation that the form names."""
    return actions.log_call(organisation, by=by, now=now, **words)


@require_safe
def call(request, pk):
    """One call, those under the same case number, and what may be done with it."""
    row = get_object_or_404(queries.visible_calls(request.user), pk=pk)
    _model, table = deeds.PARTS["call"]
    names = ["correct", "unlink"] if row.incident else ["correct", "link"]
    same = queries.visible_calls(request.user).filter(case=row.case).exclude(pk=pk) if row.case else []
    return render(request, "emergency/call.html", {
        "title": str(row), "row": row, "crumbs": LIST, "same": same, "changes": Change.objects.of(row),
        "is_late": is_late(row.called_at, row.noted_at), "buttons": buttons(table, names, request.user, row),
        "may_run": request.user.may(Right.INCIDENTS_RUN, row.organisation),
    })  # fmt: skip
