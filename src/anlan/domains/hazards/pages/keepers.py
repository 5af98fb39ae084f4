"""The page of a responsible unit, for a phone: how many people are here, what to do, what to check, what to put right."""

import json
import uuid
from datetime import datetime

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.crowd.actions import observe
from anlan.domains.crowd.queries import live_place
from anlan.domains.crowd.terms import ObservationKind
from anlan.domains.enterprises.queries import pledge_standing, tell_standing
from anlan.domains.hazards.pages.desks import by_account, by_link
from anlan.domains.hazards.queries.exercises import exercise_lines
from anlan.domains.hazards.queries.keepers import (
    checks_of,
    ended_hazards_of,
    open_due_check,
    open_hazards_of,
    other_follow_ups,
    own_keepers,
    versions_for,
)
from anlan.domains.hazards.queries.rhythms import advice_lines, rhythm_of
from anlan.domains.hazards.terms.checklists import CheckRefusal, CheckState, KeeperKind
from anlan.domains.places.queries import valid_capacity
from anlan.domains.places.terms import CapacityKind
from anlan.kit.actions import Refused

OWN = [{"label": gettext_lazy("我的单位"), "url": reverse_lazy("hazards:keepers")}]
CHECKS_SHOWN = 5
PRESSES_MOST = 200  # in one batch: what a phone kept while it was offline
PRESENCE = (CapacityKind.INSTANTANEOUS, CapacityKind.HOLDING)
PRESSES = {ObservationKind.PRESS_IN.value, ObservationKind.PRESS_OUT.value}


@require_safe
def keepers(request):
    """The units for which the reader acts; the only one at once."""
    rows = own_keepers(request.user)
    if len(rows) == 1:
        return redirect("hazards:keeper_home", rows[0].kind, rows[0].row.pk)
    return render(request, "hazards/keepers.html", {"title": _("我的单位"), "keepers": rows})


def tell_crowd(place, on):
    """How many people are at a place now, of how many it holds, how grave that is, how old the number is."""
    space, _zones = live_place(place)
    is_known = space is not None and not space.is_lost
    held = (valid_capacity(place, kind=kind, on=on) for kind in PRESENCE)
    capacity = next((one.value_persons for one in held if one), None)
    return {
        "place": place, "people": space.people if is_known else None, "level": space.shown_level if space else "lost",
        "at": datetime.fromtimestamp(space.last_received_ms / 1000, timezone.get_current_timezone()) if is_known and space.last_received_ms else None,
        "capacity": capacity, "share": space.share if is_known else None, "uids": [uuid.uuid4() for _form in range(3)],
    }  # fmt: skip


@require_safe
def home(request, desk):
    """The first page of a unit."""
    now, keeper = timezone.now(), desk.keeper
    today, due = timezone.localdate(now), open_due_check(keeper)
    done = checks_of(keeper).filter(state=CheckState.DONE).order_by("-done_at")
    drafts = {one.version_id: one for one in checks_of(keeper).filter(state=CheckState.DRAFT)}
    context = {
        "title": keeper.name, "desk": desk, "base": desk.base, "now": now, "today": today,
        "crowds": [tell_crowd(place, today) for place in keeper.places], "advice": advice_lines(on=today),
        "due": due, "late_days": (today - due.due_on).days if due else 0, "rhythm": rhythm_of(keeper, on=today),
        "lists": [(version, drafts.get(version.pk), desk.url("begin", version.pk)) for version in versions_for(keeper)],
        "checks": [(one, desk.url("check", one.pk)) for one in done[:CHECKS_SHOWN]],
        "hazards": [(one, one.is_overdue(now), desk.url("hazard", one.pk)) for one in open_hazards_of(keeper)],
        "ended": [(one, desk.url("hazard", one.pk)) for one in ended_hazards_of(keeper)],
        "exercises": exercise_lines(keeper, on=today), "exercise_url": desk.url("exercise"), "follow_ups": other_follow_ups(keeper), "observe_url": desk.url("observe"), "presses_url": desk.url("presses"),
        "crumbs": OWN if desk.person else None,
    }  # fmt: skip
    if keeper.kind == KeeperKind.ENTERPRISE:
        pledge, _stands = pledge_standing(keeper.row, on=today)
        context |= {"pledge": pledge, "pledge_standing": tell_standing(pledge, on=today)}
    return render(request, "hazards/keeper.html", context)


def place_of(desk, code):
    """The place of this code where the unit keeps people safe. Raises Http404."""
    found = next((place for place in desk.keeper.places if place.code == code), None)
    if found is None:
        raise Http404
    return found


def note_observation(desk, place, *, uid, at, kind, value=None, note=""):
    """Report what the unit saw, by whom or by its link. Raises Refused."""
    behalf = str(desk.keeper.by_link) if desk.link else ""
    return observe(
        place, by=desk.person, now=timezone.now(), uid=uid, at=at, kind=kind, value=value, note=note, on_behalf_of=behalf
    )  # fmt: skip


@require_POST
def take_observation(request, desk):
    """人太多了, or one press of the clicker where no script runs; the same form sent again is the same."""
    place = place_of(desk, request.POST.get("place", ""))
    kind = request.POST.get("kind", "")
    try:
        uid = uuid.UUID(request.POST.get("uid", ""))
    except ValueError:
        messages.error(request, CheckRefusal.NO_PRESS)
        return redirect(desk.url("home"))
    is_press = kind in PRESSES
    if not is_press and kind != ObservationKind.TOO_MANY:
        raise Http404
    try:
        note_observation(
            desk, place, uid=uid, at=timezone.now(), kind=kind, value=1 if is_press else None,
            note=request.POST.get("note", "")[:500],
        )  # fmt: skip
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        said = (
            _("已记一次。")
            if is_press
            else _("已报告“人太多了”，值班人员会看到。有人受伤或被困，请立即拨打 110、120。")
        )
        messages.success(request, said)
    return redirect(desk.url("home"))


@require_POST
def take_presses(request, desk):
    """What a phone's clicker kept, as JSON [{uid, place, kind, n, at}]; the answer names those that are kept now.

    A press that cannot be taken (too old, of another place) is named too, with the reason: asking again would not help.
    """
    try:
        batch = json.loads(request.body)
        rows = [read_press(one) for one in batch[:PRESSES_MOST]] if isinstance(batch, list) else None
    except (ValueError, UnicodeDecodeError, AttributeError, TypeError):
        rows = None
    if rows is None:
        return JsonResponse({"why": CheckRefusal.NO_PRESS}, status=400)
    kept, refused = [], []
    for uid, code, kind, number, at in rows:
        try:
            note_observation(desk, place_of(desk, code), uid=uid, at=at, kind=kind, value=number)
        except Http404:
            refused.append({"uid": str(uid), "why": str(CheckRefusal.LINK_OTHER)})
        except Refused as refusal:
            refused.append({"uid": str(uid), "why": str(refusal)})
        else:
            kept.append(str(uid))
    return JsonResponse({"kept": kept, "refused": refused})


def read_press(one):
    """(uid, place, kind, number, moment) of one press as sent. Raises ValueError for what is none."""
    kind, number = str(one.get("kind")), one.get("n")
    if (
        kind not in PRESSES
        or not isinstance(number, int)
        or isinstance(number, bool)
        or not 1 <= number <= 1000
    ):
        raise ValueError(kind)
    at = datetime.fromisoformat(str(one.get("at")))
    if at.tzinfo is None:
        raise ValueError("a moment without its zone")
    return uuid.UUID(str(one.get("uid"))), str(one.get("place")), kind, number, at


home_by_link, home_by_account = by_link(home), by_account(home)
observe_by_link, observe_by_account = by_link(take_observation), by_account(take_observation)
presses_by_link, presses_by_account = by_link(take_presses), by_account(take_presses)
