"""Pledges: how enterprises stand, the texts by version, signing and breaking."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises import actions, queries
from anlan.domains.enterprises.models import Pledge
from anlan.domains.enterprises.pages.forms import ALL, BreakForm, PledgeForm, PledgeTextForm
from anlan.domains.enterprises.pages.register import address_of, draw_form, find_enterprise
from anlan.domains.enterprises.terms import PledgeStanding, PledgeState
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.pages import attempt

LIST = [{"label": gettext_lazy("安全承诺"), "url": reverse_lazy("enterprises:pledges")}]


class PledgeFilter(SearchForm):
    """Filters of the list of pledges."""

    standing = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False, choices=[*ALL, *PledgeStanding.choices[:3]]
    )

    def narrow(self, queryset, values):
        """By how the pledge stands today."""
        today, standing = timezone.localdate(), values.get("standing")
        if standing == PledgeStanding.BROKEN:
            return queryset.filter(state=PledgeState.BROKEN)
        if standing == PledgeStanding.HELD:
            return queryset.filter(state=PledgeState.HELD, valid_until__gte=today)
        if standing == PledgeStanding.OVER:
            return queryset.filter(state=PledgeState.HELD, valid_until__lt=today)
        return queryset


class PledgeListing(Listing):
    """Pledges, what was signed last at the top."""

    title = gettext_lazy("安全承诺")
    columns = [
        Column("enterprise", gettext_lazy("企业"), sort="enterprise__name"),
        Column("standing", gettext_lazy("状态"), "badge", value=lambda row: queries.tell_standing(row, on=timezone.localdate()).label),
        Column("text", gettext_lazy("文本版本"), value=lambda row: f"{row.text.organisation} {row.text}"),
        Column("signer", gettext_lazy("签署人")),
        Column("post", gettext_lazy("职务")),
        Column("signed_on", gettext_lazy("签署日期"), sort="signed_on"),
        Column("valid_until", gettext_lazy("有效期至"), sort="valid_until"),
        Column("published_at", gettext_lazy("公示地址")),
        Column("broken_on", gettext_lazy("违背日期"), sort="broken_on"),
    ]  # fmt: skip
    filters = PledgeFilter
    searched = ["enterprise__name", "enterprise__code", "signer"]
    empty_text = gettext_lazy("还没有承诺。先发布承诺书文本，再由企业签署或代为登记。")
    file_name = "pledges"
    template = "enterprises/pledges.html"

    def link(self, row):
        """The enterprise's file."""
        return address_of(row.enterprise)


@require_safe
def pledges(request):
    """The list of pledges, and how many enterprises stand how."""
    today = timezone.localdate()
    counts = queries.count_pledges(request.user, on=today)
    may_edit = request.user.may(Right.ENTERPRISES_EDIT)
    rows = queries.pledges_of(request.user)
    return PledgeListing(request, rows, counts=list(counts.items()), may_edit=may_edit).respond()


@require_safe
def texts(request):
    """The texts that are pledged, by version."""
    context = {
        "title": _("承诺书文本"), "crumbs": LIST, "texts": queries.texts_of(request.user),
        "may_edit": request.user.may(Right.ENTERPRISES_EDIT),
    }  # fmt: skip
    return render(request, "enterprises/texts.html", context)


def lay_down_text(request):
    """Another version of the text."""
    if not request.user.may(Right.ENTERPRISES_EDIT):
        raise Http404
    form = PledgeTextForm(
        request.POST or None, person=request.user, initial={"valid_from": timezone.localdate()}
    )
    organisation = form.cleaned_data.pop("organisation", None) if form.is_valid() else None
    if change := attempt(form, actions.lay_down_text, organisation, by=request.user):
        messages.success(request, _("文本已发布，版本 %(version)s。") % {"version": change.subject})
        return redirect("enterprises:texts")
    context = {
        "form": form, "title": _("发布承诺书文本"), "verb": _("发布"), "crumbs": LIST,
        "lead": _("已签署的承诺仍按原文本保留；今后按新文本签署。"), "cancel_url": reverse("enterprises:texts"),
    }  # fmt: skip
    return render(request, "kit/form.html", context)


def record_pledge(request, code):
    """Record a pledge that was signed on paper."""
    row, today = find_enterprise(request, code, Right.ENTERPRISES_EDIT), timezone.localdate()
    form = PledgeForm(request.POST or None, initial={"signed_on": today})
    if attempt(form, actions.record_pledge, row, by=request.user):
        messages.success(request, _("承诺已登记，有效期一年。"))
        return redirect(address_of(row))
    return draw_form(
        request, row, form, title=_("登记承诺"), verb=_("登记承诺"), template="enterprises/pledge_form.html",
        text=queries.text_for(row, on=today),
    )  # fmt: skip


def find_pledge(request, pk, right=Right.VIEW):
    """A pledge of an enterprise that the reader sees and where he holds `right`. Raises Http404."""
    seen = queries.visible_enterprises(request.user)
    rows = Pledge.objects.select_related("enterprise__supervisor", "text__organisation")
    row = get_object_or_404(rows, pk=pk, enterprise__in=seen)
    if right != Right.VIEW and not request.user.may(right, row.enterprise.supervisor):
        raise Http404
    return row


@require_safe
def pledge(request, pk):
    """One pledge: the whole text, who signed it, and when; for publishing, a sheet to print."""
    row = find_pledge(request, pk)
    context = {
        "title": _("安全承诺书"), "row": row, "crumbs": LIST, "changes": Change.objects.of(row)[:20],
        "standing": queries.tell_standing(row, on=timezone.localdate()),
        "may_break": row.state == PledgeState.HELD and request.user.may(Right.ENTERPRISES_EDIT, row.enterprise.supervisor),
    }  # fmt: skip
    return render(request, "enterprises/pledge.html", context)


def break_pledge(request, pk):
    """Record that a pledge was broken."""
    row = find_pledge(request, pk, Right.ENTERPRISES_EDIT)
    form = BreakForm(request.POST or None, initial={"broken_on": timezone.localdate()})
    if attempt(form, actions.break_pledge, row, by=request.user):
        messages.success(request, _("已登记违背承诺。"))
        return redirect(address_of(row.enterprise))
    return draw_form(request, row.enterprise, form, title=_("登记违背承诺"), verb=_("登记违背承诺"))
