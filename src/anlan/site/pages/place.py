"""A place's page: what the watch knows of it now, its history, and what the register says."""

from datetime import timedelta

from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from anlan.domains.crowd import queries as crowd
from anlan.domains.places import queries as places

HOURS = (3, 24, 72)


def find(code, person):
    """The place, or a 404 page that says so."""
    place = places.find_place(code, person)
    if place is None:
        raise Http404(f"no place {code!r} that you may see")
    return place


def place(request, code):
    """/place/<code>/"""
    found, now = find(code, request.user), timezone.now()
    space, zones = crowd.live_place(found)
    sensors = list(crowd.sensors_of_place(found))
    health = crowd.health_of(sensors, now_ms=int(now.timestamp() * 1000))
    return render(
        request,
        "site/place.html",
        {
            "title": found.name,
            "place": found,
            "space": space,
            "zones": [(zone, zones.get(zone.code)) for zone in found.zones.all()],
            "entrances": crowd.entrance_flows(found, now=now),
            "sensors": [(sensor, health[sensor.code]) for sensor in sensors],
            "warnings": crowd.warnings(request.user).filter(place=found)[:10],
            "determinations": found.determinations.filter(withdrawn_at=None)[:6],
            "parts": found.parts.filter(retired_at=None),
            "capacity": places.valid_capacity(found, on=timezone.localdate()),
            "hours": hours_of(request),
            "is_running": crowd.live_scene() is not None,
        },
    )


def hours_of(request):
    asked = request.GET.get("hours", "")
    return int(asked) if asked.isdigit() and int(asked) in HOURS else 24


def history(request, code):
    """/place/<code>/history.json: the chart's numbers; `hours` back from now, in steps that fit a screen."""
    found, now, hours = find(code, request.user), timezone.now(), hours_of(request)
    series = crowd.history(found, start=now - timedelta(hours=hours), end=now, step_min=max(1, hours // 6))
    return JsonResponse(series | {"thresholds": crowd.threshold_lines(found)})
