"""Pages that every room shares: long work under way, and the list of all changes; and how a page acts.

form = OrganisationForm(request.POST or None)
if change := attempt(form, actions.add_organisation, parent, by=request.user):
    return redirect(change.subject)
return render(request, "…", {"form": form})
"""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anlan.kit.actions import ACTIONS, Refused
from anlan.kit.days import start_of
from anlan.kit.jobs import ask_cancel
from anlan.kit.listing import Column, Listing, SearchForm
from anlan.kit.models import Change, Job
from anlan.kit.templatetags.look import deed, differences
from anlan.kit.terms import JobState

VIEW_RIGHT = "view"  # whoever may view an organisation may read what was changed there
OVERSEE_RIGHT = "accounts.manage"  # whoever manages people sees the work they asked for


# ── how a page acts ─────────────────────────────────────────────────────────────────────────────


def attempt(form, act, subject, *, by, **words):
    """Carry out `act` with what a bound form holds; its change, or None where form or action said no.

    A refusal becomes an error of the form, so that the page is drawn again with the reason on it.
    """
    if not form.is_valid():
        return None
    try:
        return act(subject, by=by, now=timezone.now(), **form.cleaned_data | words)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None


class ReasonForm(forms.Form):
    """What a person is asked before something is taken away: why."""

    why = forms.CharField(label=_("理由"), required=False, max_length=500, help_text=_("将记入变更记录。"))


def confirm(request, act, subject, *, title, question, verb, back, said, danger=True, **words):
    """Ask before acting: the question and a reason on GET, the action on POST; then back, saying so.

    `back` is a row or an address; `said` the sentence after it is done; `words` go to the action.
    """
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if attempt(form, act, subject, by=request.user, **words):
        messages.success(request, said)
        return redirect(back)
    back_url = back if isinstance(back, str) else back.get_absolute_url()
    context = {"title": title, "lead": question, "verb": verb, "danger": danger, "form": form}
    return render(request, "kit/confirm.html", context | {"cancel_url": back_url})


# ── long work ───────────────────────────────────────────────────────────────────────────────────


def jobs_of(person):
    """The long work a person sees: his own, and that of people whom he manages."""
    return Job.objects.filter(Q(by=person) | person.reach(OVERSEE_RIGHT, through="by__organisation"))


class JobFilter(SearchForm):
    """Filters of the list of long work."""

    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *JobState.choices])

    def narrow(self, queryset, values):
        """By state."""
        return queryset.filter(state=values["state"]) if values.get("state") else queryset


class JobListing(Listing):
    """Long work, newest first."""

    title = _("后台任务")
    columns = [
        Column("title", _("任务"), sort="title"),
        Column("state", _("状态"), "badge", sort="state", value=lambda job: job.get_state_display()),
        Column("share_done", _("进度"), "percent"),
        Column("note", _("说明")),
        Column("by", _("提交人"), value=lambda job: str(job.by or "")),
        Column("asked_at", _("提交时间"), "time", sort="asked_at"),
        Column("ended_at", _("结束时间"), "time", sort="ended_at"),
    ]
    filters = JobFilter
    searched = ["title", "note"]
    empty_text = _("还没有后台任务。导入等耗时的工作会列在这里。")
    file_name = "jobs"


@require_safe
def jobs(request):
    """The list of long work."""
    return JobListing(request, jobs_of(request.user).select_related("by")).respond()


@require_safe
def job(request, pk):
    """One piece of long work: how far it is, and what it did."""
    row = get_object_or_404(jobs_of(request.user), pk=pk)
    context = {
        "job": row,
        "title": row.title,
        "state_url": reverse("kit:job_state", args=[row.pk]),
        "cancel_url": reverse("kit:cancel_job", args=[row.pk]),
        "back_url": reverse("kit:jobs"),
        "outcome": [] if row.is_open else list(row.outcome.items()),
    }
    return render(request, "kit/job.html", context)


@require_safe
def job_state(request, pk):
    """The same as JSON, for the page that polls."""
    row = get_object_or_404(jobs_of(request.user), pk=pk)
    answer = {
        "state": row.state,
        "label": row.get_state_display(),
        "open": row.is_open,
        "done_steps": row.done_steps,
        "total_steps": row.total_steps,
        "note": row.note,
        "outcome": row.outcome,
    }
    return JsonResponse(answer, headers={"Cache-Control": "no-store"})


@require_POST
def cancel_job(request, pk):
    """Ask a piece of long work to stop."""
    row = get_object_or_404(jobs_of(request.user), pk=pk)
    if row.is_open:
        ask_cancel(row)
        messages.info(request, _("已请求取消。已完成的部分会保留。"))
    else:
        messages.info(request, _("任务已经结束，无需取消。"))
    return redirect(row)


# ── what was changed ────────────────────────────────────────────────────────────────────────────


def verb_choices():
    """All actions known to this installation, by their labels."""
    return [("", _("全部")), *sorted((verb, str(act.label)) for verb, act in ACTIONS.items())]


class ChangeFilter(SearchForm):
    """Filters of the list of changes."""

    what = forms.ChoiceField(label=_("操作"), required=False, choices=verb_choices)
    who = forms.CharField(label=_("办理人"), required=False, max_length=60)
    since = forms.DateField(label=_("自"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("至"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def narrow(self, queryset, values):
        """By action, by who did it, and by local days, both included."""
        if values.get("what"):
            queryset = queryset.filter(what=values["what"])
        if values.get("who"):
            who = values["who"]
            queryset = queryset.filter(Q(by__name__icontains=who) | Q(by__username__iexact=who))
        if values.get("since"):
            queryset = queryset.filter(at__gte=start_of(values["since"]))
        if values.get("until"):
            queryset = queryset.filter(at__lt=start_of(values["until"] + timedelta(days=1)))
        return queryset


def tell_differences(change):
    """What differs, in one line: `名称：甲 → 乙；电话：– → 110`."""
    colon = _("：")
    return _("；").join(
        f"{label}{colon}{before or '–'} → {after or '–'}" for label, before, after in differences(change)
    )


def name_doer(change):
    """Who did it, and for whom."""
    doer = str(change.by) if change.by else str(_("系统"))
    both = {"doer": doer, "party": change.on_behalf_of}
    return _("%(doer)s（代 %(party)s）") % both if change.on_behalf_of else doer


class ChangeListing(Listing):
    """What was changed where the reader may look, newest first."""

    title = _("变更记录")
    columns = [
        Column("at", _("时间"), "time", sort="at"),
        Column("what", _("操作"), "badge", sort="what", value=deed),
        Column("subject_name", _("对象"), sort="subject_name"),
        Column("organisation", _("机构"), sort="organisation__path", value=lambda row: str(row.organisation)),
        Column("fields", _("变更内容"), value=tell_differences),
        Column("why", _("理由")),
        Column("by", _("办理人"), sort="by__name", value=name_doer),
    ]
    filters = ChangeFilter
    searched = ["subject_name", "why", "what"]
    empty_text = _("没有符合条件的变更记录。")
    file_name = "changes"

    def link(self, row):
        """A change leads to nowhere of its own: its subject's page tells the story."""
        return ""


@require_safe
def changes(request):
    """The list of changes, of every scene and room, in the organisations that the reader may view."""
    seen = Change.objects.filter(request.user.reach(VIEW_RIGHT)).select_related("by", "organisation")
    return ChangeListing(request, seen).respond()
