"""Pages of what hangs on a major hazard: record who was told, stop production, take its steps, publish a listing."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from anlan.domains.accounts.terms import Right
from anlan.domains.hazards import actions, queries
from anlan.domains.hazards.pages.forms import WHY_FIELD
from anlan.domains.hazards.terms import Audience, HazardGrade, Means, StopScope, StopStep
from anlan.kit.actions import Refused
from anlan.kit.documents import documents_of
from anlan.kit.followups import follow_ups_about
from anlan.kit.pages import attempt

MOMENT = "%Y-%m-%dT%H:%M"
STOP_ACTS = {
    StopStep.APPLY: actions.apply_to_resume, StopStep.PASS: actions.pass_review, StopStep.FAIL: actions.fail_review,
    StopStep.CONSENT: actions.consent_to_resume, StopStep.DENY: actions.deny_resuming,
}  # fmt: skip


class TellForm(forms.Form):
    """To whom a major hazard was reported, when and how."""

    audience = forms.ChoiceField(label=gettext_lazy("报告对象"), choices=Audience.choices)
    means = forms.ChoiceField(
        label=gettext_lazy("报告方式"), choices=[one for one in Means.choices if one[0] != Means.PLATFORM]
    )
    told_at = forms.DateTimeField(
        label=gettext_lazy("报告时间"), input_formats=[MOMENT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )  # fmt: skip
    remark = forms.CharField(
        label=gettext_lazy("说明"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("如会议名称、文号、接报岗位。"),
    )


class StopForm(forms.Form):
    """What is stopped, by which decision."""

    scope = forms.ChoiceField(label=gettext_lazy("停产停业范围"), choices=StopScope.choices)
    what = forms.CharField(label=gettext_lazy("停产停业部位"), max_length=300)
    decision_number = forms.CharField(
        label=gettext_lazy("决定书文号"), max_length=80, help_text=gettext_lazy("填写已送达的执法文书文号。")
    )


class StopStepForm(forms.Form):
    """The words of a step."""

    why = WHY_FIELD


def hazard_or_404(request, pk):
    """The hazard that the reader sees. Raises Http404."""
    return get_object_or_404(queries.visible_hazards(request.user), pk=pk)


def draw(request, form, row, title, lead=""):
    """A form about a hazard."""
    crumbs = [{"label": row.number or _("未编号"), "url": row.get_absolute_url()}]
    context = {
        "form": form, "title": title, "verb": title, "lead": lead or row.what[:200], "crumbs": crumbs,
        "cancel_url": row.get_absolute_url(),
    }  # fmt: skip
    return render(request, "kit/form.html", context)


def tell(request, pk):
    """Record that a major hazard was reported."""
    row = hazard_or_404(request, pk)
    if row.grade != HazardGrade.MAJOR or not queries.may_record_telling(row, request.user):
        raise Http404
    asked = request.GET.get("audience", "")
    initial = {"told_at": timezone.localtime(), "audience": asked}
    form = TellForm(request.POST if request.method == "POST" else None, initial=initial)
    if attempt(form, actions.record_telling, row, by=request.user):
        messages.success(request, _("已登记报告情况。"))
        return redirect(row)
    return draw(request, form, row, _("登记重大隐患报告"))


def add_stop(request, pk):
    """Record a stop of production."""
    row = hazard_or_404(request, pk)
    if not queries.may_order_stop(row, request.user):
        raise Http404
    form = StopForm(request.POST if request.method == "POST" else None)
    if attempt(form, actions.order_stop, row, by=request.user):
        messages.success(request, _("已登记停产停业决定。"))
        return redirect(row)
    return draw(request, form, row, _("登记停产停业决定"))


def take_stop_step(request, pk, step):
    """Take a step of a stop of production; one that is none of this person's is not found."""
    stop = get_object_or_404(queries.visible_stops(request.user), pk=pk)
    if step not in StopStep.values or step not in queries.stop_steps_for(stop, request.user):
        raise Http404
    step = StopStep(step)
    form = StopStepForm(request.POST if request.method == "POST" else None)
    if attempt(form, STOP_ACTS[step], stop, by=request.user):
        messages.success(request, _("已办理：%(step)s。") % {"step": step.label})
        return redirect(stop.hazard)
    return draw(request, form, stop.hazard, step.label, lead=str(stop))


@require_POST
def publish(request, pk):
    """Publish a listed hazard, or take it back; to where one came from, the board or the hazard."""
    row = hazard_or_404(request, pk)
    if not request.user.may(Right.HAZARDS_SUPERVISE, row.organisation):
        raise Http404
    is_published = request.POST.get("publish") == "yes"
    try:
        actions.publish_listing(row, by=request.user, now=timezone.now(), is_published=is_published)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已标记为向社会公布。") if is_published else _("已取消公布标记。"))
    return redirect("hazards:board") if request.POST.get("back") == "board" else redirect(row)


def part_of(row, person):
    """What the page of a hazard shows about it as a major one; None for a general one without a past as such."""
    told, stops = queries.tellings_of(row), list(queries.stop_orders_of(row))
    if not told and not stops and not row.listed_at:
        return None
    return {
        "told": told, "messages": queries.telling_messages(row), "may_tell": queries.may_record_telling(row, person),
        "stops": [
            {
                "row": one, "documents": documents_of(one), "steps": steps_of(one, person),
                "follow_ups": [task for task in follow_ups_about(one) if task.is_open],
            }
            for one in stops
        ],
        "may_stop": queries.may_order_stop(row, person), "ladder": queries.ladder_of(row) if row.listed_at or row.height else [],
        "days_left": queries.days_left(row, timezone.now()),
        "may_publish": row.is_listed and person.may(Right.HAZARDS_SUPERVISE, row.organisation),
    }  # fmt: skip


def steps_of(stop, person):
    """[(step, label, why not or None)] of a stop of production for this person."""
    steps = queries.stop_steps_for(stop, person)
    return [(step.value, step.label, why_not) for step, why_not in steps.items()]
