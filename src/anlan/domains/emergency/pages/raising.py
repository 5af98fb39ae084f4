"""An alarm raised by hand: a phone call, a patrol, a resident."""

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from anlan.domains.accounts.queries import organisation_tree
from anlan.domains.accounts.terms import Right
from anlan.domains.emergency import actions
from anlan.domains.emergency.pages.alarms import ABOVE_NONE, BOARD
from anlan.domains.emergency.terms import AlarmOrigin
from anlan.domains.places.queries import visible_places
from anlan.kit.pages import attempt


class RaiseForm(forms.Form):
    """What a call, a patrol or a resident reports."""

    origin = forms.ChoiceField(label=_("来源"), choices=AlarmOrigin.by_hand())
    level = forms.ChoiceField(
        label=_("等级"), choices=[("", "–"), *ABOVE_NONE], help_text=_("按现场情况选定，可随时调整。")
    )
    place = forms.ModelChoiceField(
        label=_("场所"), queryset=None, required=False, help_text=_("不在册的地点可不选，在下面写明。")
    )
    title = forms.CharField(label=_("地点"), required=False, max_length=160)
    organisation = forms.ModelChoiceField(label=_("责任单位"), queryset=None)
    why = forms.CharField(
        label=_("情况"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("看到什么、多少人、有无受伤、出口是否通畅。"),
    )  # fmt: skip
    caller = forms.CharField(label=_("反映人"), required=False, max_length=60)
    caller_contact = forms.CharField(
        label=_("反映人电话"),
        required=False,
        max_length=60,
        help_text=_("按来电所述登记，只供处置人员查看。"),
    )

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        self.fields["place"].queryset = visible_places(person).order_by("name")
        reached = organisation_tree(person).filter(
            person.reach(Right.ALARMS_ANSWER, through=""), is_active=True
        )
        self.fields["organisation"].queryset = reached


@require_safe
def raise_form(request):
    """The form."""
    place = visible_places(request.user).filter(code=request.GET.get("place", "")).first()
    first = {"place": place, "organisation": request.user.organisation, "origin": AlarmOrigin.PHONE}
    return draw_raise(request, RaiseForm(person=request.user, initial=first))


def raise_alarm(request):
    """Open an alarm by hand."""
    if request.method != "POST":
        return raise_form(request)
    form = RaiseForm(request.POST, person=request.user)
    if change := attempt(form, raise_at, None, by=request.user):
        messages.success(request, _("已上报，正在通知值班人员。"))
        return redirect(change.subject)
    return draw_raise(request, form)


def draw_raise(request, form):
    return render(request, "kit/form.html", {
        "form": form, "title": _("人工上报"), "verb": _("上报"), "cancel_url": reverse("emergency:alarms"),
        "crumbs": BOARD, "lead": _("来电、巡查或群众反映的情况，由人定级，随即逐级上报。"),
    })  # fmt: skip


def raise_at(_nothing, *, by, now, organisation, **words):
    """Raise at the organisation that the form names."""
    return actions.raise_alarm(organisation, by=by, now=now, **words)
