"""Pages of follow-ups: the list, one with its story, and what people do to it."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.db.models import F
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from anlan.kit import deadlines
from anlan.kit.followups import actions
from anlan.kit.followups.digesting import is_overdue, say_due
from anlan.kit.followups.reading import RIGHT, VIEW_RIGHT, is_mine, is_ours, is_paused, visible_follow_ups
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change, FollowUp
from anlan.kit.pages import attempt, confirm
from anlan.kit.terms import LIVE, FollowUpState

LIST = [{"label": _("跟踪事项"), "url": reverse_lazy("kit:follow_ups")}]
WHOSE = [("", _("全部")), ("mine", _("我的")), ("ours", _("本单位及下级"))]
STANDS = [
    ("", _("未办结")), ("overdue", _("已逾期")), ("week", _("七日内到期")),
    *((state.value, state.label) for state in FollowUpState if state != FollowUpState.OPEN), ("all", _("全部状态")),
]  # fmt: skip
WEEK = timedelta(days=7)


class FollowUpFilter(SearchForm):
    """Filters of the list of follow-ups."""

    whose = forms.ChoiceField(label=_("范围"), required=False, choices=WHOSE)
    state = forms.ChoiceField(label=_("状态"), required=False, choices=STANDS)

    def narrow(self, queryset, values):
        """By where they stand now; whose they are, the page knows."""
        state, now = values.get("state", ""), timezone.now()
        is_open = {"state__in": FollowUpState.open_ones()}
        wanted = {
            "": is_open,
            "overdue": is_open | {"due_at__lt": now},
            "week": is_open | {"due_at__gte": now, "due_at__lt": now + WEEK},
            "all": {},
        }
        return queryset.filter(**wanted.get(state, {"state": state}))


def say_state(follow_up, now=None):
    """How it stands, overdue and paused told apart."""
    if follow_up.is_open and follow_up.due_at is None:
        return _("已中止计时")
    if follow_up.is_open and is_overdue(follow_up, now or timezone.now()):
        return _("已逾期")
    return follow_up.get_state_display()


class FollowUpListing(Listing):
    """Follow-ups, the nearest first."""

    title = _("跟踪事项")
    columns = [
        Column("title", _("事项"), sort="title"),
        Column("due_at", _("到期"), sort="due_at", value=lambda row: say_due(row, timezone.now())),
        Column("state", _("状态"), "badge", value=say_state),
        Column("about_name", _("所属事项"), sort="about_name"),
        Column("organisation", _("责任单位"), sort="organisation__path", value=lambda row: str(row.organisation)),
        Column("owner", _("责任人"), sort="owner__name", value=lambda row: str(row.owner or "")),
        Column("opened_at", _("登记时间"), "time", sort="opened_at"),
    ]  # fmt: skip
    filters = FollowUpFilter
    searched = ["title", "about_name", "organisation__name", "owner__name", "rule_id"]
    empty_text = _("没有符合条件的跟踪事项。处置、办理中产生的限期事项会列在这里。")
    file_name = "follow-ups"


@require_safe
def follow_ups(request):
    """The list of follow-ups that the reader sees, of the live scene."""
    rows = (
        visible_follow_ups(request.user).filter(scene=LIVE).order_by(F("due_at").asc(nulls_last=True), "pk")
    )
    narrowed = {"mine": is_mine, "ours": is_ours}.get(request.GET.get("whose", ""))
    return FollowUpListing(request, rows.filter(narrowed(request.user)) if narrowed else rows).respond()


def follow_up_or_404(request, pk):
    """The follow-up of this number that the reader sees."""
    return get_object_or_404(visible_follow_ups(request.user), pk=pk)


def insist_worker(request, pk):
    """The same, for whoever may work on it. Raises Http404 for others."""
    row = follow_up_or_404(request, pk)
    if not request.user.may(RIGHT, row.organisation):
        raise Http404
    return row


class OutcomeForm(forms.Form):
    """What came of it."""

    outcome = forms.CharField(
        label=_("办理结果"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("做了什么、结果如何。将记入变更记录。"),
    )  # fmt: skip


def follow_up(request, pk):
    """One follow-up: what, whose, until when and why; done by a POST."""
    row, person, now = follow_up_or_404(request, pk), request.user, timezone.now()
    may_work = person.may(RIGHT, row.organisation)
    may_do = row.is_open and (may_work or row.owner_id == person.pk)
    form = OutcomeForm(request.POST or None)
    if request.method == "POST":
        if not may_do:
            raise Http404
        if attempt(form, actions.do_follow_up, row, by=person):
            messages.success(request, _("已办结。"))
            return redirect(row)
    context = {
        "title": row.title, "crumbs": LIST, "row": row, "form": form, "may_do": may_do, "may_work": may_work,
        "state": say_state(row, now), "due": say_due(row, now), "is_overdue": row.is_open and is_overdue(row, now),
        "is_paused": row.is_open and is_paused(row, now), "rule": rule_of(row), "may_return": may_return(row, person),
        "pauses": row.pauses.select_related("by"), "extensions": row.extensions.select_related("by"),
        "reminders": row.reminders.select_related("escalated_to"), "changes": Change.objects.of(row),
    }  # fmt: skip
    return render(request, "kit/follow_up.html", context)


def rule_of(row):
    """The limit it rests on, as people read it, and its article; None where the date was set."""
    if not row.rule_id:
        return None
    line = deadlines.find_line(row.rule_id, on=timezone.localdate(row.started_at))
    return {"name": deadlines.say_rule(row.rule_id), "basis": line.basis}


def may_return(row, person):
    """Whether the reader may send it back: done, and not by himself."""
    is_done = row.state == FollowUpState.DONE and row.settled_by_id != person.pk
    return is_done and person.may(RIGHT, row.organisation)


class HandOverForm(forms.Form):
    """To whom it goes."""

    organisation = forms.ModelChoiceField(label=_("责任单位"), queryset=None)
    owner = forms.ModelChoiceField(
        label=_("责任人"),
        queryset=None,
        required=False,
        empty_label=_("不指定（单位内有权限的人员均可办理）"),
    )
    why = forms.CharField(label=_("理由"), max_length=500, help_text=_("将记入变更记录。"))

    def __init__(self, person, *args, **options):
        super().__init__(*args, **options)
        organisations = FollowUp._meta.get_field("organisation").related_model.objects
        self.fields["organisation"].queryset = organisations.filter(
            person.reach(VIEW_RIGHT, through=""), is_active=True
        )
        people = get_user_model().objects.filter(person.reach(VIEW_RIGHT), is_active=True)
        self.fields["owner"].queryset = people.order_by("organisation__path", "name")
        self.fields["owner"].label_from_instance = lambda one: _("%(person)s（%(organisation)s）") % {
            "person": one, "organisation": one.organisation,
        }  # fmt: skip


class ExtensionForm(forms.Form):
    """How much longer, and why."""

    days = forms.IntegerField(
        label=_("延长天数"),
        min_value=1,
        max_value=actions.LONGEST_DAYS,
        help_text=_("按原期限的计日方式计算。"),
    )
    why = forms.CharField(label=_("理由"), max_length=500, help_text=_("将记入变更记录。"))


def hand_over(request, pk):
    """Give it to another person or organisation."""
    row = insist_worker(request, pk)
    first = {"organisation": row.organisation_id, "owner": row.owner_id}
    form = HandOverForm(request.user, request.POST or None, initial=first)
    return act_on(request, row, form, actions.hand_over_follow_up, _("移交"), _("已移交。"))


def extend(request, pk):
    """Grant more days."""
    row = insist_worker(request, pk)
    form = ExtensionForm(request.POST or None)
    return act_on(request, row, form, actions.extend_follow_up, _("延长期限"), _("已延期。"))


def act_on(request, row, form, act, verb, said):
    """Do it on POST, else ask."""
    if request.method == "POST" and attempt(form, act, row, by=request.user):
        messages.success(request, said)
        return redirect(row)
    context = {
        "title": verb,
        "lead": row.title,
        "form": form,
        "verb": verb,
        "cancel_url": row.get_absolute_url(),
    }
    return render(request, "kit/form.html", context | {"crumbs": [*LIST, {"label": row.title, "url": row.get_absolute_url()}]})  # fmt: skip


def pause(request, pk):
    """Ask, then stop its time."""
    return confirm(
        request, actions.pause_follow_up, insist_worker(request, pk), title=_("中止计时"), verb=_("中止计时"),
        question=_("中止期间不计入期限，也不提醒，直到恢复计时。请写明理由。"), said=_("已中止计时。"),
        back=follow_up_or_404(request, pk), danger=False,
    )  # fmt: skip


def resume(request, pk):
    """Ask, then let its time run on."""
    return confirm(
        request, actions.resume_follow_up, insist_worker(request, pk), title=_("恢复计时"), verb=_("恢复计时"),
        question=_("期限从现在起继续计算，截止时间按中止的时间顺延。"), said=_("已恢复计时。"),
        back=follow_up_or_404(request, pk), danger=False,
    )  # fmt: skip


def send_back(request, pk):
    """Ask, then open it again."""
    return confirm(
        request, actions.return_follow_up, insist_worker(request, pk), title=_("退回重办"), verb=_("退回重办"),
        question=_("办理结果不符合要求的，退回责任单位重办。请写明理由。"), said=_("已退回。"),
        back=follow_up_or_404(request, pk), danger=False,
    )  # fmt: skip


def drop(request, pk):
    """Ask, then take it off."""
    return confirm(
        request, actions.drop_follow_up, insist_worker(request, pk), title=_("撤销事项"), verb=_("撤销事项"),
        question=_("该事项不再需要办理。请写明理由。"), said=_("已撤销。"), back=follow_up_or_404(request, pk),
    )  # fmt: skip
