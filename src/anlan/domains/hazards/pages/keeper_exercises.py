"""A unit records an exercise that it held: by its link, or signed in."""

import functools

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from anlan.domains.hazards.actions.exercises import record_exercise
from anlan.domains.hazards.pages.desks import by_account, by_link
from anlan.domains.hazards.queries.exercises import exercise_choices, exercises_of
from anlan.domains.hazards.terms.exercises import ExerciseForm
from anlan.kit.actions import Refused

SHOWN = 20


class RecordForm(forms.Form):
    """What a unit says of an exercise."""

    rule_id = forms.ChoiceField(label=gettext_lazy("演练要求"), widget=forms.RadioSelect)
    held_on = forms.DateField(label=gettext_lazy("演练日期"), widget=forms.DateInput(attrs={"type": "date"}))
    form = forms.ChoiceField(
        label=gettext_lazy("演练形式"), choices=ExerciseForm.choices, initial=ExerciseForm.LIVE, widget=forms.RadioSelect
    )  # fmt: skip
    what = forms.CharField(
        label=gettext_lazy("演练内容"), max_length=200, help_text=gettext_lazy("如：二楼起火后的疏散，客流激增时的限流和引导")
    )  # fmt: skip
    attendee_count = forms.IntegerField(label=gettext_lazy("参加人数"), min_value=1, max_value=100_000)


@require_http_methods(["GET", "HEAD", "POST"])
def exercise(request, desk):
    """The form of one exercise, and those recorded before."""
    now, keeper = timezone.now(), desk.keeper
    today = timezone.localdate(now)
    form = RecordForm(request.POST or None, initial={"held_on": today.isoformat()})
    choices = exercise_choices(keeper, on=today)
    form.fields["rule_id"].choices = choices
    if request.method == "POST" and form.is_valid() and record(request, desk, form, now):
        return redirect(desk.url("home"))
    words = dict(choices)
    context = {
        "title": _("登记应急演练"), "desk": desk, "base": desk.base, "form": form, "back_url": desk.url("home"),
        "exercises": [(one, words.get(one.rule_id, one.rule_id)) for one in exercises_of(keeper)[:SHOWN]],
    }  # fmt: skip
    return render(request, "hazards/keeper_exercise.html", context)


def record(request, desk, form, now):
    """Keep it, or say at the form why not; whether it was kept."""
    keeper = desk.keeper
    keep = functools.partial(record_exercise, keeper.row, now=now, keeper=keeper, **desk.words)
    try:
        keep(**form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("已登记演练。"))
    return True


exercise_by_link, exercise_by_account = by_link(exercise), by_account(exercise)
