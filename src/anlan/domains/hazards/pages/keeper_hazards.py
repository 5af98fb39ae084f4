"""A unit's hazard behind its link: what closes it, the photo of after, and the steps that are the unit's."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from anlan.domains.hazards import queries
from anlan.domains.hazards.actions.keepers import (
    ask_extension_by_unit,
    ask_verification_by_unit,
    fix_by_unit,
    keep_unit_evidence,
    secure_by_unit,
)
from anlan.domains.hazards.pages.desks import by_account, by_link
from anlan.domains.hazards.pages.forms import LONG_TEXT
from anlan.domains.hazards.queries.hazards import valid_evidence
from anlan.domains.hazards.queries.keepers import hazards_of, steps_of_unit
from anlan.domains.hazards.rules import AFTER_AT
from anlan.domains.hazards.terms import HazardState, Stage, Step
from anlan.kit.actions import Refused

ACTS = {
    Step.FIX: fix_by_unit, Step.INTERIM: secure_by_unit, Step.ASK_EXTENSION: ask_extension_by_unit,
    Step.ASK_VERIFICATION: ask_verification_by_unit,
}  # fmt: skip
NEXT = {
    HazardState.REPORTED: gettext_lazy("等待监管单位核实。请先采取措施，防止伤人。"),
    HazardState.ACCEPTED: gettext_lazy("等待监管单位定级。请先采取措施，防止伤人。"),
    HazardState.GRADED: gettext_lazy("能马上整改的，整改后拍照上传，再点“立行立改”；不能的，等待监管单位下达期限。"),
    HazardState.ORDERED: gettext_lazy("重大隐患：先落实临时措施，再开始整改。"),
    HazardState.RECTIFYING: gettext_lazy("在期限前整改到位，拍照上传，再点“提请复查”。来不及的，在期限前申请延期。"),
    HazardState.EXTENDING: gettext_lazy("延期申请等待批复。整改到位的，可以直接提请复查。"),
    HazardState.VERIFYING: gettext_lazy("等待监管单位复查。复查由监管单位的另一人办理，合格后销号。"),
    HazardState.CLOSED: gettext_lazy("已复查合格并销号。"),
}  # fmt: skip


class WhyForm(forms.Form):
    """What the unit says with a step."""

    why = forms.CharField(label=gettext_lazy("说明"), widget=LONG_TEXT, max_length=500)


class DaysForm(WhyForm):
    """How many days more, and why."""

    days = forms.IntegerField(label=gettext_lazy("延期天数"), min_value=1)
    field_order = ("days", "why")


FORMS = {Step.INTERIM: WhyForm, Step.ASK_EXTENSION: DaysForm}


@require_http_methods(["GET", "HEAD", "POST"])
def hazard(request, desk, hazard_pk):
    """One hazard of the unit; its people who sign in have the hazard's own page."""
    row = get_object_or_404(hazards_of(desk.keeper), pk=hazard_pk)
    if desk.link is None:
        return redirect(row)
    now = timezone.now()
    if request.method == "POST":
        act(request, desk, row, now)
        return redirect(desk.url("hazard", row.pk))
    steps = steps_of_unit(row, now)
    context = {
        "title": row.what[:60], "desk": desk, "base": desk.base, "hazard": row, "now": now, "back_url": desk.url("home"),
        "is_overdue": row.is_overdue(now), "kind": queries.name_kind(row.kind, on=timezone.localdate(now)),
        "next": NEXT.get(row.state, ""), "takes_photo": row.state in AFTER_AT,
        "afters": valid_evidence(row, Stage.AFTER).select_related("attachment"),
        "steps": [(step, why_not, FORMS[step](prefix=step.value) if step in FORMS else None) for step, why_not in steps.items()],
    }  # fmt: skip
    return render(request, "hazards/keeper_hazard.html", context)


def act(request, desk, row, now):
    """Keep the photo of after, or take the step whose button was pressed; say what came of it."""
    words = desk.words | {"now": now}
    try:
        if upload := request.FILES.get("photo"):
            keep_unit_evidence(row, name=upload.name, body=upload.read(), **words)
            messages.success(request, _("照片已上传。"))
            return
        step = request.POST.get("step", "")
        if step not in ACTS:
            raise Http404
        form = FORMS[step](request.POST, prefix=step) if step in FORMS else None
        if form is not None and not form.is_valid():
            messages.error(request, " ".join(one for many in form.errors.values() for one in many))
            return
        ACTS[step](row, **words, **(form.cleaned_data if form else {}))
        messages.success(request, _("已办理：%(step)s。") % {"step": Step(step).label})
    except Refused as refusal:
        messages.error(request, str(refusal))


hazard_by_link, hazard_by_account = by_link(hazard), by_account(hazard)
