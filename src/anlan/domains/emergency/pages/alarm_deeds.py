"""The deeds of an alarm's page that ask one thing or nothing: checked, graded, noted, eased, lifted, filed."""

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST

from anlan.domains.crowd.terms import WarningLevel
from anlan.domains.emergency import actions
from anlan.domains.emergency.pages.alarms import BOARD, banner_of, seen_or_404
from anlan.domains.emergency.terms import Verdict
from anlan.kit.actions import Refused
from anlan.kit.pages import attempt, confirm


@require_POST
def check_alarm(request, pk):
    """Somebody goes to look."""
    return do(request, actions.check_alarm, pk, said=_("已记录派人核实。到场后请登记核实结果。"))


@require_POST
def file_alarm(request, pk):
    """Put on file."""
    return do(request, actions.file_alarm, pk, said=_("已归档。"))


def do(request, act, pk, *, said, **words):
    """Carry out a deed of the page that asks nothing more, and say what happened."""
    row = seen_or_404(request, pk)
    try:
        act(row, by=request.user, now=timezone.now(), **words)
        messages.success(request, said)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(row)


def ask(request, row, form, act, *, title, verb, said, lead=""):
    """A page with one form about an alarm: drawn, or carried out and back to the alarm."""
    if attempt(form, act, row, by=request.user):
        messages.success(request, said)
        return redirect(row)
    return render(request, "kit/form.html", {
        "form": form, "title": title, "verb": verb, "lead": lead or f"{row.number} {row.title}",
        "cancel_url": row.get_absolute_url(), "crumbs": crumbs_of(row), "scene": banner_of(row.scene),
    })  # fmt: skip


def crumbs_of(row):
    return [*BOARD, {"label": row.title, "url": row.get_absolute_url()}]


class VerdictForm(forms.Form):
    """What was found."""

    verdict = forms.ChoiceField(label=_("核实结果"), choices=Verdict.choices, widget=forms.RadioSelect)
    why = forms.CharField(
        label=_("依据"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("误报或演练须写明依据，处置单随即解除。"),
    )  # fmt: skip


def verify_alarm(request, pk):
    """Record what was found."""
    row = seen_or_404(request, pk)
    form = VerdictForm(request.POST if request.method == "POST" else None)
    return ask(
        request,
        row,
        form,
        actions.verify_alarm,
        title=_("登记核实结果"),
        verb=_("登记"),
        said=_("核实结果已登记。"),
    )


class GradeForm(forms.Form):
    """The level by hand."""

    level = forms.ChoiceField(label=_("等级"), choices=WarningLevel.choices)
    why = forms.CharField(
        label=_("理由"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("调高后须重新签收并重新逐级上报。"),
    )  # fmt: skip


def grade_alarm(request, pk):
    """Set the level by hand."""
    row = seen_or_404(request, pk)
    form = GradeForm(request.POST if request.method == "POST" else None, initial={"level": row.level})
    return ask(
        request,
        row,
        form,
        actions.grade_alarm,
        title=_("调整等级"),
        verb=_("调整等级"),
        said=_("等级已调整。"),
    )


class NoteForm(forms.Form):
    """An entry of the story."""

    words = forms.CharField(label=_("内容"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    happened_at = forms.DateTimeField(
        label=_("发生时间"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"),
        help_text=_("不填为现在；早于现在 5 分钟以上的标为补记。"),
    )  # fmt: skip


def note_alarm(request, pk):
    """Add an entry to the story."""
    row = seen_or_404(request, pk)
    form = NoteForm(request.POST if request.method == "POST" else None)
    lead = _("已有记录不能修改；有误的，在这里补充更正。")
    return ask(
        request,
        row,
        form,
        actions.note_alarm,
        title=_("补充记录"),
        verb=_("记录"),
        said=_("已记录。"),
        lead=lead,
    )


def ease_alarm(request, pk):
    """Ask, then note that it eases."""
    row = seen_or_404(request, pk)
    return confirm(
        request, actions.ease_alarm, row, title=_("转为态势缓解"), verb=_("转为态势缓解"), back=row, danger=False,
        question=_("现场情况已经缓解，但还没有解除。请写明理由。"), said=_("已转为态势缓解。"),
    )  # fmt: skip


def lift_alarm(request, pk):
    """Ask, then lift."""
    row = seen_or_404(request, pk)
    return confirm(
        request, actions.lift_alarm, row, title=_("解除处置单"), verb=pgettext_lazy("an alarm", "解除"), back=row,
        question=_("解除后不再提醒任何人。客流再次升级时会另开一张。请写明解除理由。"), said=_("已解除。"),
    )  # fmt: skip


def reopen_alarm(request, pk):
    """Ask, then undo a wrong lift."""
    row = seen_or_404(request, pk)
    return confirm(
        request, actions.reopen_alarm, row, title=_("恢复处置"), verb=_("恢复处置"), back=row, danger=False,
        question=_("恢复后为待签收，并重新逐级上报。请写明理由。"), said=_("已恢复处置，正在重新通知。"),
    )  # fmt: skip
