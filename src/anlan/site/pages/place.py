"""A place's page: what the watch knows of it now, its history, and what the register says."""

import csv
from datetime import UTC, datetime, timedelta

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.domains.accounts.terms import Right
from anlan.domains.crowd import queries as crowd
from anlan.domains.crowd.terms import LIKE_DAYS_NEEDED, WarningLevel
from anlan.domains.emergency import queries as emergency
from anlan.domains.enterprises import queries as enterprises
from anlan.domains.hazards import queries as hazards
from anlan.domains.places import queries as places
from anlan.domains.places.terms import CapacityKind
from anlan.domains.riskmap import queries as riskmap

HOURS = (3, 24, 72)
LISTED = 10


def find(code, person):
    """The place, or a 404 page that says so."""
    place = places.find_place(code, person)
    if place is None:
        raise Http404(f"no place {code!r} that you may see")
    return place


def place(request, code):
    """/place/<code>/"""
    found, now = find(code, request.user), timezone.now()
    context = {
        "title": found.name, "place": found, "crumbs": [{"label": _("大人流场所"), "url": reverse("places:places")}],
        "hours": hours_of(request), "csv_url": f"{reverse('site:place_history_csv', args=[code])}?hours={hours_of(request)}",
    }  # fmt: skip
    context |= watched(found, request.user, now) | answered(found, request.user)
    return render(request, "site/place.html", context | registered(found, request.user, now))


def watched(found, person, now):
    """What the watch knows of a place: its people now and soon, its doors, zones and sensors."""
    space, zones = crowd.live_place(found)
    coming, why_not = crowd.coming_hour(found, space, now=now)
    sensors = list(crowd.sensors_of_place(found))
    health = crowd.health_of(sensors, now_ms=int(now.timestamp() * 1000))
    scene = crowd.live_scene()
    return {
        "space": space, "coming": coming, "no_forecast": why_not, "days_needed": LIKE_DAYS_NEEDED,
        "unusual": crowd.open_unusual(person=person).filter(place=found),
        "zones": [(zone, zones.get(zone.code)) for zone in found.zones.all()],
        "entrances": crowd.entrance_flows(found, now=now), "blind_doors": crowd.blind_doors(found),
        "sensors": [(sensor, health[sensor.code]) for sensor in sensors],
        "warnings": crowd.warnings(person).filter(place=found)[:10],
        "is_running": scene is not None, "is_unkept": scene is not None and found.code in scene.unkept(),
    }  # fmt: skip


def answered(found, person):
    """What is being done about a place, and what this person may do."""
    here = emergency.incidents_at(found).values("pk")
    return {
        "incidents": emergency.open_incidents(person).filter(pk__in=here),
        "alarms": list(emergency.with_agencies(emergency.open_alarms(person=person, place=found))[:5]),
        "may_raise": person.may(Right.ALARMS_ANSWER, found.organisation),
        "may_draft": person.may(Right.NOTICES_DRAFT, found.organisation),
        "may_recount": places.answers_for(person, Right.COUNTS_CORRECT, found),
    }


def registered(found, person, now):
    """What is on record of a place: capacities, parts, enterprises, risk points, open hazards, people who are to come."""
    today = timezone.localdate(now)
    here = enterprises.enterprises_at(found).values("enterprise")
    return {
        "arrivals": crowd.arrivals_ahead(found, today=today)[:6],
        "determinations": found.determinations.filter(withdrawn_at=None)[:6],
        "capacity": places.valid_capacity(found, kind=CapacityKind.INSTANTANEOUS, on=today),
        "parts": found.parts.filter(retired_at=None),
        "enterprises": enterprises.visible_enterprises(person).filter(pk__in=here)[:20],
        "risk_points": riskmap.points_at(found, person)[:LISTED],
        "hazards": hazards.open_hazards(person).filter(place=found)[:LISTED],
        "checked": hazards.checks_at(found, person, on=today),
    }


def hours_of(request):
    asked = request.GET.get("hours", "")
    return int(asked) if asked.isdigit() and int(asked) in HOURS else 24


def series_of(request, code):
    """The place's counts for the hours asked for, in steps that fit a screen."""
    found, now, hours = find(code, request.user), timezone.now(), hours_of(request)
    series = crowd.history(found, start=now - timedelta(hours=hours), end=now, step_min=max(1, hours // 6))
    return found, series


def history(request, code):
    """/place/<code>/history.json: the chart's numbers, what is expected, and the thresholds as numbers of people."""
    found, series = series_of(request, code)
    space, _zones = crowd.live_place(found)
    coming, _why_not = crowd.coming_hour(found, space, now=timezone.now())
    return JsonResponse(
        series | {"thresholds": threshold_lines(found), "expected": coming.points if coming else []}
    )


def history_csv(request, code):
    """/place/<code>/history.csv: the same numbers for a spreadsheet; local times, a BOM for Excel."""
    found, series = series_of(request, code)
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.code}.csv"'
    rows = csv.writer(answer)
    rows.writerow([_("时间"), _("在场人数"), _("误差（±人）"), _("进"), _("出")])
    for at_ms, *numbers in zip(
        *(series[name] for name in ("t_ms", "occupancy", "band", "in", "out")), strict=True
    ):
        moment = timezone.localtime(datetime.fromtimestamp(at_ms / 1000, UTC))
        rows.writerow([f"{moment:%F %T}", *numbers])
    return answer


def threshold_lines(place):
    """[{level, value in people}] at which the share of the capacity warns; empty where none is determined."""
    space, _zones = crowd.live_place(place)
    if space is None or not space.capacity:
        return []
    values = crowd.thresholds_in_force(place)
    levels = [level for level in WarningLevel.values if level != WarningLevel.NONE]
    return [{"level": level, "value": round(values[f"share_{level}"] * space.capacity)} for level in levels]
