"""The first page after signing in, and the search over everything."""

from django.shortcuts import render
from django.utils import timezone

from anlan.domains.accounts import queries as accounts
from anlan.domains.crowd import queries as crowd
from anlan.domains.emergency import queries as emergency
from anlan.domains.emergency.queries import duty_board
from anlan.domains.enterprises import queries as enterprises
from anlan.domains.notices import queries as notices
from anlan.domains.places import queries as places
from anlan.kit import digests
from anlan.kit.outbox import outbox_figures
from anlan.site.matters import CONTRIBUTORS


def home(request):
    """城市安全运行总览: what stands out now, and what is still to be done."""
    person, now = request.user, timezone.now()
    seen = set(places.visible_places(person).values_list("code", flat=True))
    live = [one for one in crowd.live_spaces().values() if one.parent is None and one.code in seen]
    fullest = sorted((one for one in live if one.share is not None), key=lambda one: -one.share)[:10]
    in_use = (
        crowd.visible_sensors(person).filter(retired_at=None).values_list("code", "interval_s", named=True)
    )
    health = crowd.health_of(in_use, now_ms=int(now.timestamp() * 1000))
    counted = emergency.count_alarms(emergency.visible_alarms(person), now)
    return render(
        request,
        "site/home.html",
        {
            "warnings": [
                (row, crowd.crossing_of(row, now=now))
                for row in list(crowd.open_warnings(person=person))[:10]
            ],
            "duty": duty_board.bar_of(now, paths=person_paths(person)),
            "alarms": list(emergency.with_agencies(emergency.open_alarms(person=person))[:10]),
            "incidents": list(emergency.open_incidents(person)[:10]),
            "alarm_count": counted["open"],
            "waiting_count": counted["waiting"],
            "bulletins": list(notices.bulletins_now(person, now=now)[:5]),
            "notices": list(notices.current_notices(now=now)[:5]),
            "unusual": list(crowd.open_unusual(person=person))[:5],
            "fullest": fullest,
            "sensors": crowd.count_states(health),
            "outbox": outbox_figures(),
            "is_running": crowd.live_scene() is not None,
            "progress": places.capacity_progress(places.visible_places(person), timezone.localdate()),
            "place_count": len(seen),
            "parts": digests.compose(person, CONTRIBUTORS, now=now, since=now - digests.NEW_FOR),
        },
    )


def person_paths(person):
    """The organisations' paths that a person may view, or None where that is all."""
    scope = accounts.watch_scope(person_id=person.pk) or []
    root = accounts.root()
    return None if root is None or root.path in scope else tuple(scope)


def search(request):
    """Places, sensors, organisations and warnings that hold the words asked for."""
    text, person = request.GET.get("q", "").strip(), request.user
    groups = []
    if text:
        groups = [
            {"kind": "places", "hits": [hit(one, one.code) for one in places.search(text, person)]},
            {
                "kind": "incidents",
                "hits": [
                    hit(one, one.get_state_display()) for one in emergency.search_incidents(text, person)
                ],
            },
            {
                "kind": "alarms",
                "hits": [hit(one, one.standing) for one in emergency.search_alarms(text, person)],
            },
            {
                "kind": "enterprises",
                "hits": [hit(one, one.code) for one in enterprises.search(text, person)],
            },
            {"kind": "sensors", "hits": [hit(one, one.code) for one in crowd.search(text, person)]},
            {"kind": "organisations", "hits": [hit(one, one.sort) for one in accounts.search(text, person)]},
        ]
    return render(
        request, "site/search.html", {"query": text, "groups": [one for one in groups if one["hits"]]}
    )


def hit(row, note):
    return {"url": row.get_absolute_url(), "name": str(row), "note": note}
