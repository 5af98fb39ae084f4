"""Payloads that could not be read: the list, one of them in hex and text, retry and dismiss."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.crowd import actions, queries
from anlan.domains.crowd.terms import DeviceKind, QuarantineState
from anlan.kit.actions import Refused
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.pages import confirm

MOST_AT_ONCE = 200


class QuarantineFilter(SearchForm):
    """Filters of the list; what waits shows unless something else is asked for."""

    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("待处理")), *QuarantineState.choices[1:], ("all", _("全部"))],
    )
    kind = forms.ChoiceField(
        label=_("型号类别"), required=False, choices=[("", _("全部")), *DeviceKind.choices]
    )
    sensor = forms.CharField(label=_("设备编号"), required=False, max_length=80)

    def narrow(self, queryset, values):
        """By state, kind and sensor."""
        state = values.get("state") or QuarantineState.WAITING
        queryset = queryset if state == "all" else queryset.filter(state=state)
        if values.get("kind"):
            queryset = queryset.filter(kind=values["kind"])
        return queryset.filter(sensor__code=values["sensor"]) if values.get("sensor") else queryset


class QuarantineListing(Listing):
    """Payloads that could not be read."""

    title = _("未能读懂的报文")
    filters = QuarantineFilter
    searched = ["reason", "sensor__code", "sensor__name"]
    empty_text = _("没有待处理的报文：收到的都读懂了。")
    file_name = "quarantine"

    def __init__(self, request, queryset, **context):
        self.columns = [
            Column("received_at", _("收到时间"), "time", sort="received_at"),
            Column("sensor", _("设备"), value=lambda row: str(row.sensor or _("未登记"))),
            Column("reason", _("原因"), value=say_reason)
            if request.GET.get("format")
            else Column("reason", _("原因"), "sentence", value=draw_reason),
            Column("door", _("来路"), "badge", sort="door"),
            Column("kind", _("型号类别"), "badge", sort="kind"),
            Column("size_bytes", _("大小（字节）"), "number", sort="size_bytes"),
            Column("state", _("状态"), "badge", value=lambda row: row.get_state_display()),
        ]
        super().__init__(request, queryset, **context)

    @property
    def bulk(self):
        """What can be done with the rows picked."""
        url = reverse("crowd:quarantine_picked")
        return [
            {"label": _("重新读入"), "name": "retry", "url": url},
            {"label": _("忽略"), "name": "dismiss", "url": url},
        ]


def draw_reason(row):
    """The reason in the reader's language, then in the decoder's own words."""
    words = {"sort": queries.name_refusal(row.reason), "reason": row.reason}
    return render_to_string("crowd/refusal.html", words)


def say_reason(row):
    """The same in one line of plain text."""
    return f"{queries.name_refusal(row.reason)} {row.reason}".strip()


def seen_by(person):
    """The payloads `person` sees, without the bytes (the list needs none)."""
    return queries.visible_quarantine(person)


@require_safe
def quarantine(request):
    """The list of payloads that could not be read."""
    return QuarantineListing(request, seen_by(request.user).defer("body")).respond()


@require_POST
def act_on_picked(request):
    """Retry or dismiss the rows picked in the list, each by itself; says how many went well."""
    act = {"retry": actions.replay_quarantined, "dismiss": actions.dismiss_quarantined}.get(
        request.POST.get("verb")
    )
    picked = [int(pk) for pk in request.POST.getlist("picked") if pk.isdigit()][:MOST_AT_ONCE]
    done, refusals = 0, []
    for row in seen_by(request.user).filter(pk__in=picked).order_by("id") if act else ():
        try:
            change = act(row, by=request.user, now=timezone.now())
            done += not change.subject.is_waiting
        except Refused as refusal:
            refusals.append(str(refusal))
    messages.success(request, ngettext("已处理 %(n)d 条报文。", "已处理 %(n)d 条报文。", done) % {"n": done})
    if done < len(picked):
        why = refusals[0] if refusals else _("仍未能读懂，原因见列表。")
        messages.warning(request, _("%(n)d 条未处理：%(why)s") % {"n": len(picked) - done, "why": why})
    return redirect("crowd:quarantine")


@require_safe
def quarantined(request, pk):
    """One payload: why it could not be read, and its bytes as hex and text, inert."""
    row = get_object_or_404(seen_by(request.user), pk=pk)
    return render(request, "crowd/quarantined.html", {
        "payload": row, "sort": queries.name_refusal(row.reason), "title": _("未能读懂的报文"), "hex_rows": queries.as_hex(row.body),
        "text": queries.as_text(row.body), "changes": Change.objects.of(row),
        "crumbs": [{"label": _("未能读懂的报文"), "url": reverse("crowd:quarantine")}],
    })  # fmt: skip


@require_POST
def retry_quarantined(request, pk):
    """Read the payload again with the sensor's present settings."""
    row = get_object_or_404(seen_by(request.user), pk=pk)
    try:
        change = actions.replay_quarantined(row, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(row)
    if change.subject.is_waiting:
        messages.warning(request, _("仍未能读懂：%(why)s") % {"why": say_reason(change.subject)})
    else:
        messages.success(request, _("已读入 %(n)d 条读数。") % {"n": change.after["readings"]})
    return redirect(row)


def dismiss_quarantined(request, pk):
    """Ask, then dismiss."""
    row = get_object_or_404(seen_by(request.user), pk=pk)
    return confirm(
        request, actions.dismiss_quarantined, row, title=_("忽略报文"), verb=_("忽略"), back=row,
        question=_("忽略后不再提醒，报文保留到被更新的报文挤出为止。"), said=_("报文已忽略。"),
    )  # fmt: skip
