"""Which hazards somebody sees, what may be done with one, which lie near it, what recurs."""

from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone

from anlan.domains.accounts.queries import reached_ids
from anlan.domains.accounts.terms import Right
from anlan.domains.hazards import rules
from anlan.domains.hazards.models import Evidence, Hazard
from anlan.domains.hazards.queries.tables import limit
from anlan.domains.hazards.terms import FIVE, ExtensionState, HazardState, Stage, Step
from anlan.kit import deadlines
from anlan.kit.attachments import attachments_of
from anlan.kit.geo import distance_m
from anlan.rulebook.clock import Extension

WITH = (
    "organisation",
    "responsible",
    "place",
    "enterprise",
    "reported_by",
    "fixed_by",
    "verified_by",
    "merged_into",
)
RECURRENCE_WINDOWS = ("recur_short_days", "recur_middle_days", "recur_long_days")
LISTING = (Step.LIST, Step.DELIST)
MERGERS_MOST = 50


def visible_hazards(person):
    """The hazards that `person` sees: watched or rectified by organisations within reach, and what he reported."""
    reached = reached_ids(person)
    if reached is None:
        return Hazard.objects.select_related(*WITH)
    seen = Q(organisation__in=reached) | Q(responsible__in=reached) | Q(reported_by=person)
    return Hazard.objects.filter(seen).select_related(*WITH)


def open_hazards(person):
    """The hazards that `person` sees and that are on their way, the newest first."""
    return visible_hazards(person).filter(state__in=rules.ON_THE_WAY).order_by("-reported_at", "-pk")


def find_by_number(number, person):
    """The hazard of a number that `person` sees, or None; merged ones keep their number."""
    return visible_hazards(person).filter(number=number.strip()).first()


def standing(hazard):
    """The hazard that stands for this one: itself, or that into which it was merged."""
    for _step in range(MERGERS_MOST):
        if hazard.merged_into is None:
            return hazard
        hazard = hazard.merged_into
    return hazard


def valid_evidence(hazard, stage):
    """The files of a stage in the hazard's present round that were not withdrawn."""
    return Evidence.objects.filter(
        hazard=hazard, stage=stage, round=hazard.round, attachment__withdrawn_at=None
    )


def open_extension(hazard):
    """The request for more time that waits, or None."""
    return hazard.extensions.filter(state=ExtensionState.ASKED).first()


def facts_of(hazard, *, by, now, why="", five=None, holds_code=False):
    """What the guards of `rules.life` ask about a hazard as it stands, and about who acts."""
    after = list(valid_evidence(hazard, Stage.AFTER).values_list("by", flat=True))
    waiting = open_extension(hazard)
    fixers = {hazard.fixed_by_id, *after} - {None}
    return rules.Facts(
        now=now, actor=by.pk if by else None, reporter=hazard.reported_by_id, fixers=frozenset(fixers), holds_code=holds_code,
        asker=waiting.asked_by_id if waiting else None, closer=hazard.verified_by_id, grade=hazard.grade,
        due_at=hazard.due_at, has_after=bool(after), why=why,
        five={name: getattr(hazard, name) for name in FIVE} | (five or {}), is_listed=hazard.is_listed,
    )  # fmt: skip


def holds(person, right, hazard):
    """Whether a person holds a step's right over this hazard: over who rectifies it, else over who watches over it."""
    if right is None:
        return person.pk == hazard.reported_by_id
    return person.may(right, hazard.rectifier if right == Right.HAZARDS_RECTIFY else hazard.organisation)


def steps_for(hazard, person, *, now):
    """{step: why not, or None} of what this person could do with a hazard: his buttons."""
    told = {"by": person, "now": now, "why": "-", "five": dict.fromkeys(FIVE, "-")}
    facts = facts_of(hazard, **told)
    found = {
        step: rules.check_step(hazard.state, step, facts)
        for step, move in rules.steps_from(hazard.state).items()
        if rules.fits(move, facts) and holds(person, move.right, hazard)
    }
    if holds(person, Right.HAZARDS_SUPERVISE, hazard):
        for step in LISTING:
            if rules.check_list_step(hazard.state, step, facts) is None:
                found[step] = None
    return found


def stages_for(hazard, person):
    """The stages of which this person may keep files now."""
    found = []
    is_reporter = person.pk == hazard.reported_by_id
    watches = holds(person, Right.HAZARDS_VERIFY, hazard)
    if hazard.state in (HazardState.REPORTED, HazardState.ACCEPTED) and (is_reporter or watches):
        found.append(Stage.BEFORE)
    if hazard.state in rules.AFTER_AT and holds(person, Right.HAZARDS_RECTIFY, hazard):
        found.append(Stage.AFTER)
    if hazard.state in (HazardState.VERIFYING, HazardState.CLOSED) and watches:
        found.append(Stage.REVIEW)
    return found


def files_by_stage(hazard):
    """[(stage label, attachments)] of what is kept with a hazard."""
    files = {one.pk: one for one in attachments_of(hazard)}
    kept = list(hazard.evidence.all())
    grouped = [
        (
            stage.label,
            [files[one.attachment_id] for one in kept if one.stage == stage and one.attachment_id in files],
        )
        for stage in Stage
    ]
    return [(label, found) for label, found in grouped if found]


def due_with_extensions(hazard):
    """The Due of a rectification: the day that was set, later by what was granted in this round.

    An extension counts from when it was asked for: that was before the limit ran out.
    """
    granted = hazard.extensions.filter(state=ExtensionState.GRANTED, round=hazard.round)
    extensions = [Extension(one.days, one.asked_at, one.reason) for one in granted]
    return deadlines.due_set(hazard.due_on, hazard.ordered_at, extensions=extensions)


def near_hazards(hazard, *, now):
    """[(hazard, metres)] of the same kind nearby and lately reported that might be the same, the nearest first."""
    if hazard.lon is None or hazard.lat is None:
        return []
    on = timezone.localdate(now)
    reach_m, since = limit("near_m", on=on), hazard.reported_at - timedelta(days=limit("near_days", on=on))
    west, south, east, north = rules.outer_box(hazard.lon, hazard.lat, reach_m)
    rows = Hazard.objects.filter(
        kind=hazard.kind, lat__gte=south, lat__lte=north, lon__gte=west, lon__lte=east, reported_at__gte=since,
        state__in=rules.ON_THE_WAY,
    ).exclude(pk=hazard.pk)  # fmt: skip
    here = (hazard.lon, hazard.lat)
    far = [(row, distance_m(here, (row.lon, row.lat))) for row in rows.select_related(*WITH)[:200]]
    return sorted(((row, metres) for row, metres in far if metres <= reach_m), key=lambda pair: pair[1])


def unit_of(hazard):
    """The condition for the hazards of the same unit: the enterprise's, else the responsible organisation's; or None."""
    if hazard.enterprise_id:
        return ("enterprise", hazard.enterprise_id)
    return ("responsible", hazard.responsible_id) if hazard.responsible_id else None


def count_alike(unit, kind, *, days, now):
    """How many hazards of a kind were accepted at a unit within so many days; a merged one counts with the other."""
    rows = Hazard.objects.filter(
        **{unit[0]: unit[1]}, kind=kind, accepted_at__gt=now - timedelta(days=days), accepted_at__lte=now
    )
    return rows.exclude(state=HazardState.MERGED).count()


def windows_at(now):
    """The district's rolling windows in days, the shortest first."""
    return sorted({limit(code, on=timezone.localdate(now)) for code in RECURRENCE_WINDOWS})


def recurrences(hazard, *, now):
    """[(days, number)] of hazards of the same kind at the same unit, in each of the district's windows."""
    unit = unit_of(hazard)
    if unit is None:
        return []
    return [(days, count_alike(unit, hazard.kind, days=days, now=now)) for days in windows_at(now)]


def recurrence_windows(now):
    """(windows in days, {(unit, kind): numbers in each}) of all units at once, as count_alike counts one."""
    windows = windows_at(now)
    numbers = {
        f"in_{days}": Count("pk", filter=Q(accepted_at__gt=now - timedelta(days=days))) for days in windows
    }
    counted = {}
    for side in ("enterprise", "responsible"):
        rows = Hazard.objects.filter(
            **{f"{side}__isnull": False}, accepted_at__gt=now - timedelta(days=windows[-1]), accepted_at__lte=now
        ).exclude(state=HazardState.MERGED)  # fmt: skip
        for unit, kind, *found in (
            rows.order_by().values(side, "kind").annotate(**numbers).values_list(side, "kind", *numbers)
        ):
            counted[(side, unit), kind] = tuple(found)
    return windows, counted


def recurrences_of(hazards, *, now):
    """{id: number} of the same in the longest window, of the hazards of a page: one count for each unit and kind."""
    days = limit(RECURRENCE_WINDOWS[-1], on=timezone.localdate(now))
    counted = {
        (unit, kind): count_alike(unit, kind, days=days, now=now)
        for unit, kind in {(unit_of(one), one.kind) for one in hazards} if unit
    }  # fmt: skip
    return {one.pk: counted.get((unit_of(one), one.kind)) for one in hazards}


def overdue_hazards(now):
    """The hazards whose limit has run out before anybody asked for verification."""
    waits = (HazardState.ORDERED, HazardState.RECTIFYING, HazardState.EXTENDING)
    return Hazard.objects.filter(state__in=waits, due_at__lt=now, closed_at=None).select_related(*WITH)
