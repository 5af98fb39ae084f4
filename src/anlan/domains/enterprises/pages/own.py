"""What an enterprise does itself: its file, requests to update it, its pledge; and the supervisor's answers."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.enterprises import actions, queries
from anlan.domains.enterprises.models import Enterprise, UpdateRequest
from anlan.domains.enterprises.pages.forms import ALL, OwnForm, SignForm, WhyForm
from anlan.domains.enterprises.pages.merging import show
from anlan.domains.enterprises.rules.register import OWN_FIELDS, needs_own_safety_staff
from anlan.domains.enterprises.terms import RequestState
from anlan.kit.actions import Refused
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.pages import attempt

OWN = [{"label": gettext_lazy("我的企业"), "url": reverse_lazy("enterprises:own")}]
LIST = [{"label": gettext_lazy("企业更新申请"), "url": reverse_lazy("enterprises:requests")}]


def find_own(request):
    """The enterprise that the reader works for. Raises Http404."""
    row = queries.own_enterprise(request.user)
    if row is None:
        raise Http404
    return row


@require_safe
def own(request):
    """The reader's own enterprise: what is on record, what waits, what runs out; or why there is none."""
    row, today = queries.own_enterprise(request.user), timezone.localdate()
    context = {"title": _("我的企业"), "enterprise": row, "today": today}
    if row is not None:
        pledge, _stands = queries.pledge_standing(row, on=today)
        text = queries.text_for(row, on=today)
        standing = queries.tell_standing(pledge, on=today)
        context |= {
            "pledge": pledge, "standing": standing, "text": text, "licences": row.licences.filter(withdrawn_at=None),
            "must_sign": text is not None and (standing != "held" or pledge.text_id != text.pk),
            "facts": [(row._meta.get_field(name).verbose_name, show(row, name)) for name in ("code", "name", *OWN_FIELDS)],
            "needs_safety_staff": needs_own_safety_staff(row.staff_count),
            "sites": row.sites.filter(closed_at=None), "requests": queries.requests_by(row)[:10],
            "responsibilities": row.responsibility_lists.first(),
        }  # fmt: skip
    return render(request, "enterprises/own.html", context)


def ask_update(request):
    """Ask for one's own record to be updated."""
    row = find_own(request)
    form = OwnForm(request.POST or None, initial={name: getattr(row, name) for name in OWN_FIELDS})
    if form.is_valid():
        asked = {name: value for name, value in form.cleaned_data.items() if value != getattr(row, name)}
        form.cleaned_data = {"asked": asked}
        if attempt(form, actions.ask_update, row, by=request.user):
            messages.success(request, _("申请已提交，监管单位审核后生效。"))
            return redirect("enterprises:own")
    context = {
        "form": form, "title": _("申请更新档案"), "verb": _("提交申请"), "crumbs": OWN, "cancel_url": reverse("enterprises:own"),
        "lead": _("只改有变化的内容。名称、代码和监管单位的变更请联系监管单位。"),
    }  # fmt: skip
    return render(request, "kit/form.html", context)


@require_POST
def withdraw_request(request, pk):
    """Take one's own request back."""
    row = get_object_or_404(UpdateRequest, pk=pk, enterprise=find_own(request))
    try:
        actions.withdraw_request(row, by=request.user, now=timezone.now())
        messages.success(request, _("申请已撤回。"))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("enterprises:own")


def sign_pledge(request):
    """Read the text in use, and sign it."""
    row = find_own(request)
    text = queries.text_for(row, on=timezone.localdate())
    form = SignForm(request.POST or None, initial={"signer": row.principal, "post": _("主要负责人")})
    seen = request.POST.get("seen_sha256", "")
    if attempt(form, actions.sign_pledge, row, by=request.user, seen_sha256=seen):
        messages.success(request, _("承诺已签署，有效期一年。"))
        return redirect("enterprises:own")
    context = {
        "form": form,
        "title": _("签署安全承诺书"),
        "verb": _("签署"),
        "crumbs": OWN,
        "text": text,
        "enterprise": row,
    }
    return render(
        request, "enterprises/pledge_form.html", context | {"cancel_url": reverse("enterprises:own")}
    )


# ── the supervisor's side ───────────────────────────────────────────────────────────────────────


class RequestFilter(SearchForm):
    """Filters of the list of requests."""

    state = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False, choices=[*ALL, *RequestState.choices]
    )

    def narrow(self, queryset, values):
        """By state."""
        return queryset.filter(state=values["state"]) if values.get("state") else queryset


def say_fields(row):
    """The labels of the fields asked for."""
    labels = [str(Enterprise._meta.get_field(name).verbose_name) for name in row.asked]
    return _("、").join(labels)


class RequestListing(Listing):
    """Requests to update records, the newest first."""

    title = gettext_lazy("企业更新申请")
    columns = [
        Column("enterprise", gettext_lazy("企业"), sort="enterprise__name"),
        Column("fields", gettext_lazy("申请更新"), value=say_fields),
        Column(
            "state", gettext_lazy("状态"), "badge", sort="state", value=lambda row: row.get_state_display()
        ),
        Column("asked_by", gettext_lazy("申请人")),
        Column("asked_at", gettext_lazy("申请时间"), "time", sort="asked_at"),
        Column("answered_by", gettext_lazy("审核人")),
        Column("answered_at", gettext_lazy("审核时间"), "time", sort="answered_at"),
    ]
    filters = RequestFilter
    searched = ["enterprise__name", "enterprise__code"]
    empty_text = gettext_lazy("没有更新申请。企业用自己的账号登录后，可以申请更新本企业的档案。")
    file_name = "update-requests"


@require_safe
def requests(request):
    """The list of requests."""
    return RequestListing(request, queries.requests_of(request.user)).respond()


def find_request(request, pk):
    """A request that the reader answers. Raises Http404."""
    return get_object_or_404(queries.requests_of(request.user), pk=pk)


@require_safe
def update_request(request, pk):
    """One request: what is on record and what is asked, side by side."""
    row = find_request(request, pk)
    fields = [
        {
            "label": Enterprise._meta.get_field(name).verbose_name, "known": row.known.get(name),
            "now": show(row.enterprise, name), "asked": asked,
            "moved": str(row.known.get(name) or "") != show(row.enterprise, name) and row.state == RequestState.ASKED,
        }
        for name, asked in row.asked.items()
    ]  # fmt: skip
    context = {"title": _("企业更新申请"), "row": row, "fields": fields, "crumbs": LIST}
    return render(request, "enterprises/request.html", context)


@require_POST
def accept_request(request, pk):
    """Update the record as asked."""
    row = find_request(request, pk)
    try:
        actions.accept_request(row, by=request.user, now=timezone.now())
        messages.success(request, _("已采纳，档案已更新。"))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(row)


def refuse_request(request, pk):
    """Leave the record as it is, with the reason."""
    row = find_request(request, pk)
    form = WhyForm(request.POST or None)
    if attempt(form, actions.refuse_request, row, by=request.user):
        messages.success(request, _("已答复不予采纳。"))
        return redirect(row)
    context = {
        "form": form, "title": _("不予采纳"), "verb": _("不予采纳"), "crumbs": LIST, "cancel_url": row.get_absolute_url(),
        "lead": _("档案不变；理由会告知企业。"),
    }  # fmt: skip
    return render(request, "kit/form.html", context)
