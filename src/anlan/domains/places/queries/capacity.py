"""Which capacity holds where and when, who may determine it, and how far each department is."""

from collections import defaultdict
from itertools import groupby

from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from anlan.domains.accounts.terms import Right
from anlan.domains.places import rules
from anlan.domains.places.models import CapacityDetermination, DeciderRule
from anlan.domains.places.terms import CapacityKind, CapacityState, Decider, PlaceKind, Refusal

PRESENCE_KINDS = (CapacityKind.INSTANTANEOUS, CapacityKind.HOLDING)  # the first that is determined holds
POLICE_WORDS = ("公安", "police")


def valid_capacity(place, *, kind, on, zone=None):
    """The determination of this kind that holds for the place (or its zone) on the date `on`, or None."""
    rows = place.determinations.filter(zone=zone, kind=kind, withdrawn_at=None, determined_on__lte=on)
    return rules.pick_valid(rows.select_related("determined_by"), on)


def determinations_on(on, *, kinds, places=None):
    """{(place id, zone id or None, kind): the determination that holds on `on`}, in one query."""
    rows = CapacityDetermination.objects.filter(kind__in=kinds, withdrawn_at=None, determined_on__lte=on)
    rows = rows if places is None else rows.filter(place__in=places)
    by_space = defaultdict(list)
    for row in rows:
        by_space[row.place_id, row.zone_id, row.kind].append(row)
    valid = {space: rules.pick_valid(group, on) for space, group in by_space.items()}
    return {space: row for space, row in valid.items() if row}


def capacities(on):
    """{(place id, zone id or None): people who may be present} on the date `on`: instantaneous, else holding."""
    held = determinations_on(on, kinds=PRESENCE_KINDS)
    found = {}
    for kind in reversed(PRESENCE_KINDS):
        found |= {space[:2]: row.value_persons for space, row in held.items() if space[2] == kind}
    return found


def determined_now(on, *, kind):
    """Subquery: the value of this kind that holds on `on` for the outer place as a whole, else NULL.

    The same rule as `rules.pick_valid`, in the database, for lists and filters.
    """
    runs = Q(valid_until=None) | Q(valid_until__gte=on)
    rows = CapacityDetermination.objects.filter(
        place=OuterRef("pk"), zone=None, kind=kind, withdrawn_at=None, determined_on__lte=on
    ).order_by("-determined_on", "-id")
    return Subquery(rows.annotate(held=Case(When(runs, then=F("value_persons")))).values("held")[:1])


def with_capacity(places, on):
    """`places` annotated with `capacity_persons`: instantaneous, else holding, else None."""
    return places.annotate(
        capacity_persons=Coalesce(*(determined_now(on, kind=kind) for kind in PRESENCE_KINDS))
    )


def capacity_state(place, on):
    """How the place stands on `on`: determined, expired, undetermined, or not due."""
    rows = list(
        place.determinations.filter(
            zone=None, kind__in=PRESENCE_KINDS, withdrawn_at=None, determined_on__lte=on
        )
    )
    by_kind = [[row for row in rows if row.kind == kind] for kind in PRESENCE_KINDS]
    if any(rules.pick_valid(group, on) for group in by_kind):
        return CapacityState.DETERMINED
    if rows:
        return CapacityState.EXPIRED
    return CapacityState.UNDETERMINED if place.is_capacity_due else CapacityState.NOT_DUE


def capacity_progress(places, on):
    """Per supervising organisation among `places`: organisation, due, determined, left and share (0–1).

    Only places that are due count; the largest remainder comes first.
    """
    due = with_capacity(places.filter(is_capacity_due=True), on).order_by("organisation__path")
    rows = []
    for organisation, group in groupby(due, key=lambda place: place.organisation):
        held = [place.capacity_persons is not None for place in group]
        rows.append({
            "organisation": organisation, "due": len(held), "determined": sum(held),
            "left": len(held) - sum(held), "share": sum(held) / len(held),
        })  # fmt: skip
    return sorted(rows, key=lambda row: (-row["left"], row["organisation"].path))


def undetermined(places, on):
    """Those of `places` that are due and have no capacity that holds on `on`: the list to urge by."""
    due = with_capacity(places.filter(is_capacity_due=True), on)
    return due.filter(capacity_persons=None).order_by("organisation__path", "code")


def own_deciders():
    """The district's overrides of the table of deciders, {kind: DeciderLine}; mark T: its own clause."""
    return {row.kind: rules.DeciderLine(tuple(row.who), row.basis, "T") for row in DeciderRule.objects.all()}


def decider_lines():
    """The table of deciders as it holds: (kind, with an operator, line, is it the district's own)."""
    own = own_deciders()
    return [
        (kind, has_operator, rules.find_deciders(kind, has_operator=has_operator, own=own), kind in own)
        for kind in PlaceKind
        for has_operator in (True, False)
    ]


def decider_lines_by_kind():
    """{kind: the line that holds for it where there is an operator}."""
    own = own_deciders()
    return {kind.value: rules.find_deciders(kind, has_operator=True, own=own) for kind in PlaceKind}


def decider_line(place, own=None):
    """The line of the table that holds for this place; `own` are the district's overrides where they are known."""
    own = own_deciders() if own is None else own
    return rules.find_deciders(place.kind, has_operator=place.operator_id is not None, own=own)


def check_determiner(person, place, *, determined_by=None, own=None):
    """Why `person` may not record, publish or withdraw a determination here by `determined_by`, or None.

    The supervising side may for any organisation; the operating side for the operator, where the table of
    deciders lets operators determine. Without `determined_by`: whether the person may here at all.
    """
    if person.may(Right.PLACES_DETERMINE, place.organisation):
        return None
    if place.operator is None or not person.may(Right.PLACES_DETERMINE, place.operator):
        return Refusal.NOT_YOURS % {"name": place}
    line = decider_line(place, own)
    if Decider.OPERATOR not in line.who:
        return Refusal.NOT_FOR_OPERATORS % {"kind": place.get_kind_display(), "basis": line.basis}
    if determined_by is not None and determined_by.pk != place.operator_id:
        return Refusal.DECIDER_ELSEWHERE


def weigh_determination(
    place, *, zone, kind, method, inputs, value_persons, determined_by, determined_on, valid_until,
    document_number, reason, today, own=None,
):  # fmt: skip
    """Why a determination would be refused, or None: its computation, its value, its dates, its decider."""
    computed = rules.compute_capacity(method, inputs)
    if not isinstance(computed, rules.Computed):
        return computed
    area = known_area_m2(place, zone)
    return (
        rules.check_value(value_persons, kind=kind, area_m2=area, computed=computed.persons, reason=reason)
        or rules.check_determination(
            method=method, determined_on=determined_on, valid_until=valid_until,
            document_number=document_number, today=today,
        )
        or rules.check_decider(
            decider_line(place, own), parts=decider_parts(determined_by, place), kind=place.kind, reason=reason
        )
    )  # fmt: skip


def decider_parts(organisation, place):
    """The parts (terms.Decider) that an organisation plays for this place."""
    named = f"{organisation.sort} {organisation.name} {organisation.name_en}".lower()
    plays = {
        Decider.OPERATOR: organisation.pk == place.operator_id,
        Decider.AUTHORITY: organisation.pk == place.organisation_id,
        Decider.POLICE: any(word in named for word in POLICE_WORDS),
        Decider.DISTRICT: organisation.parent_id is None,
    }
    return {part for part, is_played in plays.items() if is_played}


def known_area_m2(place, zone=None):
    """The effective area of the zone, or of all the place's zones together; None where one is unknown."""
    areas = [one.effective_area_m2 for one in ([zone] if zone else place.zones.all())]
    return sum(areas) if areas and None not in areas else None
