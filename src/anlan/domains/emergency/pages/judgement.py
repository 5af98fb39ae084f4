"""The form of a judgement."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.domains.emergency import actions
from anlan.domains.emergency.pages.alarm_deeds import ask
from anlan.domains.emergency.pages.alarms import seen_or_404
from anlan.domains.emergency.terms import Decision, ResponseLevel

MINUTES = (5, 10, 15, 30, 60)


def name_minutes():
    """When one judges again, in the reader's language."""
    return [("", "–"), *((minutes, _("%(n)d 分钟后") % {"n": minutes}) for minutes in MINUTES)]


class JudgementForm(forms.Form):
    """What is decided, why, at which response level, and when one looks again. Nothing is chosen beforehand."""

    decision = forms.ChoiceField(label=_("研判结论"), choices=Decision.choices, widget=forms.RadioSelect)
    response_level = forms.ChoiceField(
        label=_("响应级别"), required=False, choices=[("", "–"), *ResponseLevel.choices],
        help_text=_("只在启动预案时选定，由研判人按预案决定，与系统的客流等级无关。"),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("研判理由"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
    next_min = forms.TypedChoiceField(
        label=_("下次研判"), required=False, coerce=int, empty_value=None,
        choices=name_minutes,
    )  # fmt: skip


def judge_alarm(request, pk):
    """Put a judgement on record."""
    row = seen_or_404(request, pk)
    form = JudgementForm(request.POST if request.method == "POST" else None)
    lead = _("研判由人作出并留有记录；系统只建议启动，预案由各单位自行启动。")
    return ask(
        request, row, form, judge_soon, title=_("研判"), verb=_("记录研判"), said=_("研判已记录。"), lead=lead
    )


def judge_soon(alarm, *, by, now, next_min, **words):
    """Judge, and look again after the minutes of the form."""
    next_at = now + timedelta(minutes=next_min) if next_min else None
    return actions.judge_alarm(alarm, by=by, now=now, next_at=next_at, **words)
