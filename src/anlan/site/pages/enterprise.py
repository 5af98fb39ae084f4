"""An enterprise's page: everything that concerns it, from whichever room."""

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.domains.crowd import queries as crowd
from anlan.domains.emergency import queries as emergency
from anlan.domains.enterprises import queries as enterprises
from anlan.domains.hazards import queries as hazards
from anlan.domains.places import queries as places
from anlan.domains.riskmap import queries as riskmap
from anlan.kit.documents import documents_of
from anlan.kit.followups import follow_ups_about

LISTED = 10


def enterprise(request, code):
    """/enterprise/<code>/"""
    person, today = request.user, timezone.localdate()
    row = enterprises.visible_enterprises(person).filter(code=code).first()
    if row is None:
        found = enterprises.find_enterprise(code)
        return redirect(
            get_object_or_404(enterprises.visible_enterprises(person), pk=found.pk if found else None)
        )
    sites = list(row.sites.filter(closed_at=None).select_related("place"))
    seen = places.visible_places(person).filter(pk__in=[site.place_id for site in sites if site.place_id])
    ours = list(seen)
    live = crowd.live_spaces()
    pledge, _stands = enterprises.pledge_standing(row, on=today)
    parts = [*row.licences.filter(withdrawn_at=None), *row.pledges.filter(state="held")]
    context = {
        "title": row.name, "enterprise": row, "today": today,
        "crumbs": [{"label": _("企业一户一档"), "url": reverse("enterprises:enterprises")}],
        "sites": [(site, live.get(site.place.code) if site.place else None) for site in sites],
        "open_places": {place.pk for place in ours},
        "alarms": [one for place in ours for one in emergency.with_agencies(emergency.open_alarms(person=person, place=place))[:LISTED]],
        "incidents": emergency.open_incidents(person).filter(
            pk__in=[one.pk for place in ours for one in emergency.incidents_at(place)]
        ),
        "licences": row.licences.filter(withdrawn_at=None)[:LISTED],
        "standing": enterprises.tell_standing(pledge, on=today), "pledge": pledge,
        "follow_ups": [one for about in (row, *parts) for one in follow_ups_about(about)],
        "documents": documents_of(row),
        "risk_points": riskmap.points_of_enterprise(row, person)[:LISTED],
        "hazards": hazards.open_hazards(person).filter(enterprise=row)[:LISTED],
        "checked": hazards.checks_at(row, person, on=today),
        "waiting": enterprises.requests_by(row).filter(state="asked").first() if enterprises.may_see_contacts(person, row) else None,
    }  # fmt: skip
    return render(request, "site/enterprise.html", context)
