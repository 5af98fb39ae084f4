"""The public page: how full places are, in bands, and what to do; works without scripts and without signing in."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control

from anlan.domains.crowd import queries as crowd
from anlan.domains.notices import queries as notices
from anlan.domains.places import queries as places
from anlan.domains.places.terms import EntranceState, PlaceKind

CROWDED, BUSY = (
    0.8,
    0.6,
)  # shares of the determined capacity; 80 % is LB/T 034-2014's mark for telling the public
SHOWN_FOR_MS = 10 * 60_000  # an older count is not shown as if it were now
LETS_IN = {EntranceState.OPEN, EntranceState.ENTRY_ONLY}
LETS_OUT = {EntranceState.OPEN, EntranceState.EXIT_ONLY, EntranceState.ENTRY_SUSPENDED}


@login_not_required
@cache_control(max_age=10, public=True)
def public(request):
    """How full each public place is. Levels of the warnings are internal and never shown here."""
    live, now_ms = crowd.live_spaces(), int(timezone.now().timestamp() * 1000)
    text = request.GET.get("q", "").strip()[:60]
    found = (
        shown_places().filter(Q(name__icontains=text) | Q(name_en__icontains=text))
        if text
        else shown_places()
    )
    shown = [describe(place, live.get(place.code), now_ms) for place in found]
    shown.sort(key=lambda one: ORDER.index(one["band"]))
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    told = notices.current_notices(now=timezone.now())[:NOTICES_MOST]
    return render(
        request, "site/public.html", {"places": page, "now": timezone.now(), "query": text, "notices": told}
    )


ORDER = ["suspended", "crowded", "busy", "comfortable", "unknown"]
NOTICES_MOST = 5  # the newest; the others stand on the list of notices
PER_PAGE = 50  # a page with its styles stays below 50 KB


def shown_places():
    """Public places; the exits of a station are told with the station."""
    return places.public_places().exclude(kind=PlaceKind.STATION_EXIT)


def describe(place, space, now_ms):
    """A place as the public sees it: a band, the age of the count, exits that let people out first."""
    entrances = list(place.entrances.all())
    exits = sorted(entrances, key=lambda one: (one.state not in LETS_OUT, one.code))
    return {
        "name": place.name,
        "name_en": place.name_en,
        "band": band_of(entrances, space, now_ms),
        "updated_ms": space.last_received_ms if space else 0,
        "exits": [one for one in exits if one.state in LETS_OUT],
        "closed_to_entry": [one for one in entrances if one.state not in LETS_IN],
    }


def band_of(entrances, space, now_ms):
    """舒适 / 较拥挤 / 拥挤 from the count; 暂停进入 only from door states that a person recorded."""
    if entrances and not any(one.state in LETS_IN for one in entrances):
        return "suspended"
    if space is None or space.share is None or now_ms - space.last_received_ms > SHOWN_FOR_MS:
        return "unknown"
    if space.share >= CROWDED:
        return "crowded"
    return "busy" if space.share >= BUSY else "comfortable"
