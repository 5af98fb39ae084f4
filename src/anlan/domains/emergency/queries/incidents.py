"""Incidents: who sees them, how they hang together, and what the table of their life asks of their record."""

from django.db.models import Q

from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.models import (
    Call,
    CaseNumber,
    Incident,
    Order,
    Relay,
    Report,
    RoleTenure,
    TeamCheck,
)
from anlan.domains.emergency.rules import incidents as rules
from anlan.domains.emergency.rules.reports import SIGNED
from anlan.domains.emergency.terms.incidents import IncidentState
from anlan.domains.emergency.terms.orders import CommandRole
from anlan.domains.emergency.terms.reports import ReportSort


def visible_incidents(person, *, right=Right.VIEW):
    """The incidents of the organisations where `person` holds `right`; to view: those that concern him as well.

    An order, an instruction or a team in the field concerns the organisation it is addressed to.
    """
    mine = person.reach(right)
    if right == Right.VIEW:
        concerned = [
            Order.objects.filter(person.reach(right, through="to") | Q(to_person=person)).values("incident"),
            Relay.objects.filter(person.reach(right, through="to")).values("instruction__incident"),
            TeamCheck.objects.filter(person.reach(right, through="team_organisation")).values("incident"),
        ]
        for rows in concerned:
            mine |= Q(pk__in=rows)
    return Incident.objects.filter(mine).select_related("organisation", "place", "merged_into")


def open_incidents(person, *, scene="live"):
    """The incidents that are still being dealt with, the newest first."""
    return visible_incidents(person).filter(scene=scene, state__in=rules.OPEN)


def incidents_at(place, *, scene="live"):
    """The open incidents at a place, or that touch it."""
    touched = Q(place=place) | Q(other_places__place=place)
    return Incident.objects.filter(touched, scene=scene, state__in=rules.OPEN).distinct()


def lead_of(incident):
    """The incident that leads: itself, or the one into which it was merged, and so on."""
    while incident.merged_into_id:
        incident = incident.merged_into
    return incident


def family(incident):
    """[the incident, then all that were merged into it, and into those], each with its own number and story."""
    found, ahead = [], [incident]
    while ahead:
        found += ahead
        ahead = list(Incident.objects.filter(merged_into__in=ahead).order_by("id"))
    return found


def facts_of(incident):
    """The Facts that the table of its life asks for."""
    members = family(incident)
    signed = Report.objects.filter(incident=incident, state__in=SIGNED)
    final = signed.filter(sort=ReportSort.FINAL)
    if incident.reopened_at:
        final = final.filter(signed_at__gt=incident.reopened_at)
    held = RoleTenure.objects.filter(incident=incident, role=CommandRole.COMMANDER, until=None)
    return rules.Facts(
        state=incident.state,
        level=incident.level,
        response_level=incident.response_level,
        has_commander=held.exists(),
        has_first_report=signed.filter(sort=ReportSort.FIRST).exists(),
        has_final_report=final.exists(),
        running_checks=TeamCheck.objects.filter(incident__in=members, stopped_at=None).count(),
    )


def commander_of(incident):
    """Who commands on the scene now, or None."""
    return (
        RoleTenure.objects.filter(incident=incident, role=CommandRole.COMMANDER, until=None)
        .select_related("person")
        .first()
    )


def find_case(kind, number, *, scene="live"):
    """The case number as it is kept, or None; blanks and small letters do not matter."""
    wanted = {"scene": scene, "kind": kind, "number": rules.clean_case(kind, number)}
    return CaseNumber.objects.filter(**wanted).select_related("incident").first()


def cases_of(incident):
    """The case numbers of an incident and of those merged into it."""
    return CaseNumber.objects.filter(incident__in=family(incident))


def calls_of(incident):
    """The calls that belong to it, the newest first."""
    return Call.objects.filter(incident__in=family(incident)).select_related("case", "taken_by", "place")


def visible_calls(person):
    """The calls of the organisations that `person` views."""
    return Call.objects.filter(person.reach(Right.VIEW)).select_related(
        "organisation", "case", "incident", "place", "taken_by"
    )


def merge_targets(incident, person):
    """The open incidents into which it may be merged: not itself, nor any that hangs on it."""
    below = [one.pk for one in family(incident)]
    rows = visible_incidents(person, right=Right.INCIDENTS_RUN)
    return rows.filter(scene=incident.scene, state__in=rules.OPEN).exclude(pk__in=below)


def next_serial(rows, prefix, *, field="number"):
    """The serial after the last of `rows` whose number starts with `prefix`."""
    last = (
        rows.filter(**{f"{field}__startswith": prefix}).order_by("-id").values_list(field, flat=True).first()
    )
    return int(last.removeprefix(prefix)) + 1 if last else 1


def search_incidents(text, person, *, most=20):
    """Incidents that `person` sees by number, title, spot or case number."""
    if not text:
        return []
    told = Q(number__icontains=text) | Q(title__icontains=text) | Q(where__icontains=text)
    told |= Q(pk__in=CaseNumber.objects.filter(number=rules.clean_case("", text)).values("incident"))
    return list(visible_incidents(person).filter(told)[:most])


def states_shown(group):
    """The states of a group in the list's filter: open, closed."""
    closed = [state for state in IncidentState if state in rules.CLOSED]
    return closed if group == "closed" else list(rules.OPEN)
