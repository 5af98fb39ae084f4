"""Incidents that turn out to be one, or two: both numbers and both stories stay."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.actions.incidents import hold, numbered, told
from anlan.domains.emergency.models import CarriedEntry, Incident
from anlan.domains.emergency.queries.incidents import facts_of, family
from anlan.domains.emergency.queries.timeline import changes_of
from anlan.domains.emergency.rules import incidents as rules
from anlan.domains.emergency.terms.incidents import IncidentRefusal, IncidentState, IncidentStep
from anlan.kit.actions import action, check, done, note

SHARED = ("kind", "organisation", "place", "where", "lon", "lat", "happened_at", "known_at")


@action("emergency.merge_incident", may=Right.INCIDENTS_RUN, label=_("并案"))
def merge_incident(incident, *, by, now, into, why):
    """Merge into an open incident that leads from now on. Orders, needs and teams go on under it; numbers stay."""
    check(None if by.may(Right.INCIDENTS_RUN, into.organisation) else IncidentRefusal.MERGE_RIGHT)
    first, second = sorted(
        (incident.pk, into.pk)
    )  # always locked in this order: two merges never wait for each other
    held = {pk: hold(Incident(pk=pk)) for pk in dict.fromkeys((first, second))}
    incident, into = held[incident.pk], held[into.pk]
    check(rules.check_merge(
        step_facts=facts_of(incident), leads=into.pk in {one.pk for one in family(incident)},
        target_state=into.state, same_scene=incident.scene == into.scene, why=why,
    ))  # fmt: skip
    before = note(incident, "state", "merged_into")
    incident.state, incident.merged_into = IncidentState.MERGED, into
    incident.save(update_fields=["state", "merged_into"])
    return done(incident, before=before, after=told(now))


@action("emergency.split_incident", may=Right.INCIDENTS_RUN, label=_("拆分"))
def split_incident(incident, *, by, now, title, entries, why):
    """Split off a new incident that takes the named entries of the timeline along; they stand in both stories.

    Its clock runs from when the first one became known, which is when this one did as well.
    """
    incident = hold(incident)
    check(rules.advance(facts_of(incident), IncidentStep.SPLIT, {})[1])
    check(None if title.strip() else IncidentRefusal.NO_TITLE)
    check(None if why.strip() else IncidentRefusal.NO_REASON)
    check(None if entries else IncidentRefusal.NO_ENTRIES)
    known = {change.pk: change for change in changes_of(incident)}
    check(None if all(pk in known for pk in entries) else IncidentRefusal.FOREIGN_ENTRY)
    shared = {name: getattr(incident, name) for name in SHARED}
    made = numbered(
        Incident.objects.filter(scene=incident.scene), f"{timezone.localdate(now).year}-", 4,
        lambda number: Incident(
            scene=incident.scene, number=number, title=title.strip(), split_from=incident, opened_at=now,
            opened_by=by, **shared,
        ),
    )  # fmt: skip
    CarriedEntry.objects.bulk_create(CarriedEntry(incident=made, change=known[pk]) for pk in sorted(entries))
    kept = note(made, "number", "title", "split_from", *SHARED)
    return done(made, after=kept | {"entries": len(entries)} | told(now))
