"""On the round, with a phone in the hand: begin, check in, see and say, end. Works without scripts.

Each form carries a uid of its own: sent twice, it counts once. The position goes along with a check-in only, where the
person lets the phone tell it.
"""

import uuid
from math import ceil, sqrt

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.accounts.terms import Right
from anlan.domains.crowd import actions, queries
from anlan.domains.crowd.models import PatrolRoute
from anlan.domains.crowd.terms import ObservationKind
from anlan.domains.places.queries import find_place, visible_places
from anlan.kit.actions import Refused

WALK = [
    {"label": gettext_lazy("巡逻"), "url": reverse_lazy("crowd:patrols")},
    {"label": gettext_lazy("正在巡逻"), "url": reverse_lazy("crowd:walk")},
]
MOST_PLACES = 60
SQUARE_M2, PICTURE = 4, 48


class SentForm(forms.Form):
    """What every form of a round carries."""

    uid = forms.UUIDField()


class CheckInForm(SentForm):
    """A check-in; the position where the phone told it."""

    stop = forms.IntegerField(required=False)
    lon = forms.FloatField(required=False)
    lat = forms.FloatField(required=False)
    note = forms.CharField(required=False, max_length=300)


class SeenForm(SentForm):
    """What was seen at a place."""

    kind = forms.ChoiceField(choices=ObservationKind.choices)
    value = forms.FloatField(required=False)
    zone = forms.CharField(required=False, max_length=20)
    note = forms.CharField(required=False, max_length=500)


@require_safe
def walk(request):
    """The round that the person is on, else the choice of one to begin."""
    round = queries.open_round_of(request.user)
    context = {"title": _("正在巡逻") if round else _("开始巡逻"), "crumbs": WALK[:1], "uid": uuid.uuid4()}
    if round is None:
        may_walk = request.user.may(Right.PATROLS_WALK)
        context |= {"routes": queries.walkable_routes(request.user), "may_walk": may_walk}
        return render(request, "crowd/walk_start.html", context)
    looks = list(round.check_ins.select_related("stop", "place"))
    done = {look.stop_id: look for look in looks}
    stops = [(stop, done.get(stop.pk), uuid.uuid4()) for stop in queries.stops_of(round)]
    return render(request, "crowd/walk.html", context | {
        "round": round, "stops": stops, "n_done": sum(1 for _stop, look, _uid in stops if look),
        "places": places_of_walk(request.user, [stop for stop, _look, _uid in stops]),
        "seen": round.observations.select_related("place", "zone").order_by("-at")[:8], "end_uid": uuid.uuid4(),
    })  # fmt: skip


def places_of_walk(person, stops):
    """The places along the round, else those that the person sees: each once."""
    along = {stop.place.pk: stop.place for stop in stops if stop.place}
    return list(along.values()) or list(visible_places(person).order_by("name")[:MOST_PLACES])


def sent(request, form, act, said):
    """Carry out what a form sent and say so, or say why not."""
    if not form.is_valid():
        messages.error(request, _("表单不完整，请重新填写。"))
        return
    try:
        act(form.cleaned_data, timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)


@require_POST
def start(request):
    """Begin a round of the chosen route, or one without a route."""
    route = PatrolRoute.objects.filter(
        request.user.reach(Right.PATROLS_WALK), pk=request.POST.get("route") or 0
    ).first()

    def act(words, now):
        actions.start_round(route, by=request.user, now=now, uid=words["uid"], at=now)

    sent(request, SentForm(request.POST), act, _("巡逻已开始。"))
    return redirect("crowd:walk")


def round_or_404(request, pk):
    """The round of this number that the reader sees."""
    row = queries.find_round(pk, request.user)
    if row is None:
        raise Http404
    return row


@require_POST
def check_in(request, pk):
    """Check in at a stop."""
    row = round_or_404(request, pk)

    def act(words, now):
        stop = queries.find_stop(words.pop("stop"))
        actions.check_in(row, by=request.user, now=now, at=now, stop=stop, **words)

    sent(request, CheckInForm(request.POST), act, _("已打卡。"))
    return redirect("crowd:walk")


@require_POST
def end(request, pk):
    """End the round."""
    row = round_or_404(request, pk)

    def act(words, now):
        actions.end_round(row, by=request.user, now=now, uid=words["uid"], at=now)

    sent(request, SentForm(request.POST), act, _("巡逻已结束。"))
    row = queries.find_round(pk, request.user)
    return redirect("crowd:walk" if row.ended_at is None else row)


def see(request, code):
    """Say what is seen at a place: one tap for a class of density, one for too many people."""
    place = find_place(code, request.user)
    if place is None or place.retired_at:
        raise Http404
    round = queries.open_round_of(request.user)
    if request.method == "POST":
        return keep_seen(request, place, round)
    zone = place.zones.filter(code=request.GET.get("zone", "")).first()
    return render(request, "crowd/walk_see.html", {
        "title": place.name, "place": place, "zones": place.zones.all(), "zone": zone, "round": round, "crumbs": WALK,
        "classes": [(one, dots_of(one.value)) for one in queries.density_classes(on=timezone.localdate())], "uids": [uuid.uuid4() for _ in range(4)],
    })  # fmt: skip


def dots_of(density_per_m2):
    """Where the people of a square of 2 m × 2 m stand in a picture of 48 × 48: [(x, y)], row by row."""
    n = round(density_per_m2 * SQUARE_M2)
    side = max(1, ceil(sqrt(n)))
    step = PICTURE / side
    return [(round(step * (at % side + 0.5), 1), round(step * (at // side + 0.5), 1)) for at in range(n)]


def keep_seen(request, place, round):
    """Keep what a form of `see` sent; back to the round, or to the same place."""
    form = SeenForm(request.POST)

    def act(words, now):
        zone = place.zones.filter(code=words.pop("zone")).first()
        actions.observe(place, by=request.user, now=now, at=now, zone=zone, round=round, **words)

    is_cry = request.POST.get("kind") == ObservationKind.TOO_MANY
    sent(request, form, act, _("已上报，处置单随即发出。") if is_cry else _("已上报。"))
    return redirect("crowd:walk") if round else redirect("crowd:see", code=place.code)
