"""Swaps and substitutes: asked by one of the two, answered by the other, or assigned."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.actions import rosters as actions
from anlan.domains.emergency.models import DutySwap
from anlan.domains.emergency.pages.duty import BOARD, post_or_404, say_done
from anlan.domains.emergency.pages.duty_rosters import MOMENT
from anlan.domains.emergency.queries import duty as queries
from anlan.domains.emergency.terms.duty import SwapState
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change
from anlan.kit.pages import attempt

LIST = [*BOARD, {"label": _("调班"), "url": reverse_lazy("emergency:duty_swaps")}]


class SwapFilter(SearchForm):
    """Filters of the list of swaps."""

    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *SwapState.choices])

    def narrow(self, queryset, values):
        """By where they stand."""
        return queryset.filter(state=values["state"]) if values.get("state") else queryset


class SwapListing(Listing):
    """Swaps and substitutes, newest first."""

    title = _("调班")
    columns = [
        Column("asked_at", _("申请时间"), "time", sort="asked_at"),
        Column("post", _("值班岗位"), sort="post__name", value=lambda row: str(row.post)),
        Column("giver", _("值班人"), sort="giver__name", value=lambda row: str(row.giver)),
        Column("taker", _("替班人"), sort="taker__name", value=lambda row: str(row.taker)),
        Column("since", _("开始时间"), sort="since", value=lambda row: actions.say(row.since)),
        Column("until", _("结束时间"), sort="until", value=lambda row: actions.say(row.until)),
        Column("back", _("换回"), value=lambda row: actions.say(row.back_since) if row.back_since else ""),
        Column("reason", _("理由"), "sentence"),
        Column("state", _("状态"), "badge", sort="state", value=lambda row: row.get_state_display()),
    ]
    filters = SwapFilter
    searched = ["giver__name", "taker__name", "reason", "post__name"]
    empty_text = _("还没有调班。需要换班或替班时，在值班岗位页点“申请调班”。")
    file_name = "duty-swaps"


def visible_swaps(person):
    """The swaps at posts that `person` sees, and his own."""
    rows = DutySwap.objects.filter(person.reach(Right.VIEW, through="post__organisation"))
    own = DutySwap.objects.filter(giver=person) | DutySwap.objects.filter(taker=person)
    return (rows | own).select_related("post__organisation", "giver", "taker", "asked_by", "decided_by")


@require_safe
def swaps(request):
    """The list of swaps."""
    return SwapListing(request, visible_swaps(request.user), crumbs=BOARD).respond()


class SwapForm(forms.Form):
    """Who stands for whom, when, and what comes back."""

    giver = forms.ModelChoiceField(label=_("值班人"), queryset=None)
    taker = forms.ModelChoiceField(label=_("替班人"), queryset=None)
    since = forms.DateTimeField(label=_("开始时间"), widget=MOMENT)
    until = forms.DateTimeField(label=_("结束时间"), widget=MOMENT)
    back_since = forms.DateTimeField(
        label=_("换回开始"), required=False, widget=MOMENT, help_text=_("互换时填：替班人的这一班由值班人来值。不填即单纯替班。")
    )  # fmt: skip
    back_until = forms.DateTimeField(label=_("换回结束"), required=False, widget=MOMENT)
    reason = forms.CharField(label=_("理由"), max_length=300)

    def __init__(self, *args, post, **options):
        super().__init__(*args, **options)
        people = queries.people_for(post.organisation)
        self.fields["giver"].queryset = self.fields["taker"].queryset = people


def ask_swap(request, code):
    """Ask for a swap; who edits rosters may assign it at once with the other button."""
    post = post_or_404(request, code)
    may_assign = request.user.may(Right.DUTY_EDIT, post.organisation)
    form = SwapForm(request.POST or None, post=post, initial=first_words(request))
    is_assigned = may_assign and "assign" in request.POST
    act = actions.assign_swap if is_assigned else actions.ask_swap
    if change := attempt(form, act, post, by=request.user):
        said = (
            _("已指派，双方将收到通知。") if is_assigned else _("已申请，等待对方答复；答复前仍按原值班表。")
        )
        messages.success(request, said)
        return redirect(change.subject)
    return render(request, "emergency/duty_swap_form.html", {
        "title": _("申请调班"), "form": form, "may_assign": may_assign, "crumbs": LIST, "cancel_url": post.get_absolute_url(),
        "watches": coming_watches(post, timezone.now()),
    })  # fmt: skip


def coming_watches(post, now):
    """Who is on duty now and in the coming two weeks, each with the whole of his shift."""
    found = queries.watches(post, now - queries.AROUND, now + queries.AROUND * 7)
    return [one for one in found if one.until > now]


def first_words(request):
    """What a link from a shift fills in."""
    moments = {
        name: parse_datetime(request.GET.get(name, "").replace(" ", "+")) for name in ("since", "until")
    }
    words = {name: timezone.localtime(at) for name, at in moments.items() if at and timezone.is_aware(at)}
    giver = request.GET.get("giver", "")
    return words | ({"giver": int(giver)} if giver.isdecimal() else {"giver": request.user.pk})


def swap_or_404(request, pk):
    """The swap of this number that the reader sees or is part of."""
    return get_object_or_404(visible_swaps(request.user), pk=pk)


class AnswerForm(forms.Form):
    """What is said to it."""

    answer = forms.CharField(
        label=_("答复"), required=False, max_length=300, help_text=_("拒绝时请写明理由。")
    )


@require_safe
def swap(request, pk):
    """One swap: who, when, where it stands; the buttons of whoever may use them."""
    row, me = swap_or_404(request, pk), request.user
    is_open = row.state == SwapState.ASKED
    others = {row.giver_id, row.taker_id} - {row.asked_by_id}
    return render(request, "emergency/duty_swap.html", {
        "title": str(row), "row": row, "crumbs": LIST, "changes": Change.objects.of(row), "form": AnswerForm(),
        "may_accept": is_open and me.pk in others,
        "may_refuse": is_open and (me.pk in others or me.may(Right.DUTY_EDIT, row.organisation)),
        "may_withdraw": is_open and me.pk == row.asked_by_id,
    })  # fmt: skip


@require_POST
def answer_swap(request, pk):
    """Accept, refuse or withdraw."""
    row = swap_or_404(request, pk)
    acts = {
        "accept": (actions.accept_swap, _("已同意，从现在起按调班后的值班表。")),
        "refuse": (actions.refuse_swap, _("已拒绝，仍按原值班表。")),
        "withdraw": (actions.withdraw_swap, _("申请已撤回。")),
    }
    act, said = acts.get(request.POST.get("deed"), (None, None))
    form = AnswerForm(request.POST)
    if act and form.is_valid():
        say_done(request, act, row, said=said, answer=form.cleaned_data["answer"])
    return redirect(reverse("emergency:duty_swap", args=[row.pk]))
