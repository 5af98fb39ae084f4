"""Reporting up: the ladder of an alarm drawn with its clock, a jump by hand, a rehearsal, a test that rings only oneself."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from anlan.domains.emergency.actions.ladder import jump_step
from anlan.domains.emergency.actions.links import ring_me
from anlan.domains.emergency.pages.alarms import BOARD, seen_or_404
from anlan.domains.emergency.queries.agencies import joining
from anlan.domains.emergency.queries.answers import party_of
from anlan.domains.emergency.queries.ladder import STEPS_TABLE, TIMERS_TABLE
from anlan.domains.emergency.queries.ladder_view import draw_ladder, has_posts, rehearse
from anlan.domains.emergency.queries.links import tests_of
from anlan.domains.emergency.terms.ladder import CalledLevel
from anlan.domains.places.queries import visible_places
from anlan.kit.actions import Refused
from anlan.kit.outbox import messages_about, reach
from anlan.kit.pages import confirm


def ladder_context(alarm, person, now):
    """What `emergency/ladder.html` is drawn with."""
    party = party_of(person, alarm) if alarm.is_open else None
    return {"ladder": draw_ladder(alarm, now, may_jump=party is not None), "alarm": alarm, "party": party}


@require_safe
def alarm_ladder(request, pk):
    """The ladder alone, for the alarm's page that asks again."""
    row, now = seen_or_404(request, pk), timezone.now()
    answer = render(request, "emergency/ladder.html", ladder_context(row, request.user, now))
    answer["Cache-Control"] = "no-store"
    return answer


@require_http_methods(["GET", "POST"])
def jump(request, pk, step):
    """Ask for the reason, then tell a later step at once."""
    row, now = seen_or_404(request, pk), timezone.now()
    drawn = draw_ladder(row, now).rungs
    target = next((rung for rung in drawn if rung.number == step), None)
    if target is None:
        raise Http404
    return confirm(
        request, jump_step, row, title=_("越级通知：%(who)s") % {"who": target.recipient}, verb=_("立即通知"), back=row,
        danger=False, step=step, said=_("已立即通知。"),
        question=_("立即通知这一步；之前还没有通知的步骤不再通知，并写明是人工越过。请写明理由。"),
    )  # fmt: skip


# ── a rehearsal ─────────────────────────────────────────────────────────────────────────────────


class RehearsalForm(forms.Form):
    """Where and how grave."""

    place = forms.ModelChoiceField(label=_("场所"), queryset=None)
    level = forms.ChoiceField(label=_("等级"), choices=CalledLevel.choices, initial=CalledLevel.RED)

    def __init__(self, *args, person, **options):
        super().__init__(*args, **options)
        self.fields["place"].queryset = visible_places(person).order_by("name")


@require_safe
def rehearsal(request):
    """What would happen if an alarm of a level were raised at a place now; nothing is told to anybody."""
    now, asked = timezone.now(), "place" in request.GET
    form = RehearsalForm(request.GET if asked else None, person=request.user)
    context = {
        "title": _("逐级上报预演"), "form": form, "crumbs": BOARD, "now": now, "has_posts": has_posts(),
        "lead": _("如果某场所现在出现这个等级、又一直无人签收，系统会在什么时候通知谁。只是预演，不会通知任何人。"),
        "steps_url": reverse("kit:table", args=[STEPS_TABLE]), "timers_url": reverse("kit:table", args=[TIMERS_TABLE]),
    }  # fmt: skip
    if asked and form.is_valid():
        place, level = form.cleaned_data["place"], form.cleaned_data["level"]
        joined = [row.organisation for row in joining(level, place.kind)]
        rows, restart_s = rehearse(place, place.organisation, level, now, agencies=joined)
        context |= {"rows": rows, "restart_s": restart_s, "place": place, "level": level}
    return render(request, "emergency/rehearsal.html", context)


# ── a test that rings only oneself ──────────────────────────────────────────────────────────────


@require_http_methods(["GET", "POST"])
def ring_test(request):
    """The last tests of one's own and the button; on POST it rings, by the same path as an alarm."""
    if request.method == "POST":
        try:
            ring_me(request.user, by=request.user, now=timezone.now())
            messages.success(request, _("已发出，只有您会收到。收到后请打开链接，按“我收到了”。"))
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("emergency:ring_test")
    tests = [{"link": link, "messages": list(messages_about(link))} for link in tests_of(request.user)]
    return render(request, "emergency/ring_test.html", {
        "title": _("测试只响我"), "tests": tests, "contacts": reach(request.user).contacts, "crumbs": BOARD,
        "contacts_url": reverse("kit:contacts"), "now": timezone.now(),
        "lead": _("走与处置单相同的发送路径，只响您一人，确认自己收得到。"),
    })  # fmt: skip
