"""One step of a hazard's life: its form, the action, back to the hazard."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.domains.hazards import actions, queries
from anlan.domains.hazards.pages.forms import FORMS, FileForm
from anlan.domains.hazards.pages.register import crumbs, hazard_or_404
from anlan.domains.hazards.terms import Step
from anlan.kit.actions import Refused
from anlan.kit.pages import attempt

ACTS = {
    Step.ACCEPT: actions.accept_hazard, Step.REJECT: actions.reject_hazard, Step.MERGE: actions.merge_hazard,
    Step.TRANSFER: actions.transfer_hazard, Step.GRADE: actions.grade_hazard, Step.FIX: actions.fix_hazard,
    Step.ORDER: actions.order_rectification, Step.ORDER_MAJOR: actions.order_rectification,
    Step.INTERIM: actions.secure_hazard, Step.ASK_EXTENSION: actions.ask_extension,
    Step.GRANT: actions.grant_extension, Step.REFUSE: actions.refuse_extension,
    Step.ASK_VERIFICATION: actions.ask_verification, Step.CLOSE: actions.close_hazard,
    Step.RETURN: actions.return_hazard, Step.CONTEST: actions.contest_hazard, Step.APPEAL: actions.appeal_hazard,
    Step.UPHOLD: actions.uphold_hazard, Step.LOOK_BACK: actions.look_back, Step.REOPEN: actions.reopen_hazard,
    Step.LIST: actions.list_hazard, Step.DELIST: actions.delist_hazard,
}  # fmt: skip


def take_step(request, pk, step):
    """Ask what the step needs, then take it; a step that is none of this person's is not found."""
    row = hazard_or_404(request, pk)
    if step not in Step.values or Step(step) not in queries.steps_for(row, request.user, now=timezone.now()):
        raise Http404
    step = Step(step)
    form = FORMS[step](request.POST if request.method == "POST" else None, hazard=row, person=request.user)
    if attempt(form, ACTS[step], row, by=request.user):
        messages.success(request, _("已办理：%(step)s。") % {"step": step.label})
        if queries.visible_hazards(request.user).filter(pk=pk).exists():
            return redirect("hazards:hazard", pk)
        return redirect("hazards:hazards")  # it was handed to others
    context = {
        "form": form, "title": step.label, "verb": step.label, "lead": row.what[:200], "crumbs": crumbs(row),
        "cancel_url": row.get_absolute_url(),
    }  # fmt: skip
    return render(request, "kit/form.html", context)


@require_POST
def add_file(request, pk):
    """Keep a photo or file of a stage; back to the hazard, saying what happened."""
    row = hazard_or_404(request, pk)
    stages = queries.stages_for(row, request.user)
    if not stages:
        raise Http404
    form = FileForm(request.POST, request.FILES, stages=stages)
    if not form.is_valid():
        messages.error(request, _("请选择要上传的照片或文件。"))
        return redirect(row)
    upload, stage = form.cleaned_data["file"], form.cleaned_data["stage"]
    try:
        actions.keep_evidence(
            row, by=request.user, now=timezone.now(), stage=stage, name=upload.name, body=upload.read()
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已上传。"))
    return redirect(row)
