"""Counts of hazards by weeks for the night's look, the problems that it found, and the hazards behind one."""

from collections import Counter
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from django.db.models import Count, Min, Q
from django.utils import timezone

from anlan.domains.accounts import queries as accounts
from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises import queries as enterprises
from anlan.domains.hazards import rules
from anlan.domains.hazards.models import Hazard, Pattern, PatternLook
from anlan.domains.hazards.queries.hazards import visible_hazards
from anlan.domains.hazards.terms import HazardState, Industry, PatternScope, PatternState
from anlan.domains.places import queries as places
from anlan.domains.places.terms import PlaceKind
from anlan.kit.days import start_of
from anlan.science.rising import GUARDED, RECENT, YEAR

UNCOUNTED = (HazardState.REJECTED, HazardState.MERGED)
WEEKS_MOST = 3 * YEAR + GUARDED  # three years of season before the weeks compared


class Ledger(NamedTuple):
    """Counts of whole weeks: series and counts [S, weeks] with the newest last; `cells` are the newest weeks by Found.

    `until`: the first day after the newest week. `year`: {Found: hazards of the last 52 weeks}.
    """

    series: list
    counts: np.ndarray
    cells: Counter
    year: Counter
    until: date


def counted_hazards():
    """The hazards that are problems found: not those that were none, nor those that another one stands for."""
    return Hazard.objects.exclude(state__in=UNCOUNTED)


def read_ledger(now):
    """The Ledger of the whole weeks (Monday to Sunday) before `now`, from the first hazard on, at most WEEKS_MOST."""
    today = timezone.localdate(now)
    until = today - timedelta(days=today.weekday())
    first = counted_hazards().aggregate(first=Min("reported_at"))["first"]
    weeks = min(WEEKS_MOST, (until - timezone.localdate(first)).days // 7) if first else 0
    branch, grid, cells, year = accounts.branches(), {}, Counter(), Counter()
    for week in range(weeks):
        monday = until - timedelta(weeks=weeks - week)
        for found, number in count_found(branch, monday, monday + timedelta(weeks=1)):
            for series in rules.series_over(found):
                if series not in grid:
                    grid[series] = np.zeros(weeks, int)
                grid[series][week] += number
            if week >= weeks - RECENT:
                cells[found] += number
            if week >= weeks - YEAR:
                year[found] += number
    series = sorted(grid)
    counts = np.array([grid[one] for one in series]) if series else np.zeros((0, weeks), int)
    return Ledger(series, counts, cells, year, until)


def count_found(branch, since, until, **only):
    """(Found, number) of the hazards reported from one day to before another; `only` narrows them."""
    rows = counted_hazards().filter(reported_at__gte=start_of(since), reported_at__lt=start_of(until), **only)
    grouped = rows.order_by().values_list(
        "kind", "organisation_id", "enterprise__industry_code", "place__kind", "criterion"
    )
    for kind, organisation, code, place_kind, criterion, number in grouped.annotate(number=Count("pk")):
        yield rules.Found(kind, branch[organisation], rules.sector_of(code, place_kind), criterion), number


def units_by_kind(until, weeks):
    """{sector ("" for all): (units where anything was found, {kind or criterion: units with it})} of the weeks before a day."""
    rows = counted_hazards().filter(
        reported_at__gte=start_of(until - timedelta(weeks=weeks)), reported_at__lt=start_of(until)
    )
    told = rows.order_by().values_list(
        "kind",
        "criterion",
        "enterprise_id",
        "place_id",
        "responsible_id",
        "enterprise__industry_code",
        "place__kind",
    )
    found = {}
    for kind, criterion, enterprise, place, responsible, code, place_kind in told.distinct().iterator(
        chunk_size=5000
    ):
        unit = ("e", enterprise) if enterprise else ("p", place) if place else ("o", responsible)
        if unit[1] is None:
            continue
        for sector in {"", rules.sector_of(code, place_kind)}:
            seen, by_kind = found.setdefault(sector, (set(), {}))
            seen.add(unit)
            for subject in filter(None, (kind, criterion)):
                by_kind.setdefault(subject, set()).add(unit)
    return {
        sector: (len(seen), {kind: len(units) for kind, units in by_kind.items()})
        for sector, (seen, by_kind) in found.items()
    }


def count_units():
    """{scope: {where: units}} of enterprises and places on the register; of the whole district where is ""."""
    branch, told = accounts.branches(), {scope: Counter() for scope in PatternScope}
    for organisation, code, number in enterprises.count_units():
        told[PatternScope.AREA][f"{branch[organisation]}"] += number
        told[PatternScope.SECTOR][rules.section_of(code)] += number
        told[PatternScope.ALL][""] += number
    for organisation, kind, number in places.count_units():
        told[PatternScope.AREA][f"{branch[organisation]}"] += number
        told[PatternScope.SECTOR][kind] += number
        told[PatternScope.ALL][""] += number
    return told


# ── what was found ──────────────────────────────────────────────────────────────────────────────


def visible_patterns(person):
    """The problems that `person` sees: whose decider, or any of whose watchers, is within reach."""
    concerned = Pattern.concerned.through.objects.filter(person.reach(Right.VIEW))
    seen = person.reach(Right.VIEW) | Q(pk__in=concerned.values("pattern"))
    return Pattern.objects.filter(seen).select_related("organisation", "area", "decided_by")


def patterns_to_judge(person, *, since):
    """The new problems found since a moment where this person supervises, for his digest."""
    concerned = Pattern.concerned.through.objects.filter(person.reach(Right.HAZARDS_SUPERVISE))
    mine = person.reach(Right.HAZARDS_SUPERVISE) | Q(pk__in=concerned.values("pattern"))
    return Pattern.objects.filter(mine, state=PatternState.NEW, found_at__gt=since).select_related("area")


def patterns_for_campaign():
    """The problems that people want a campaign for, which nobody has ended: enforcement takes them up."""
    return Pattern.objects.filter(state=PatternState.CAMPAIGN).select_related("organisation", "area")


def pattern_subjects():
    """The kinds and criteria of standards of which problems were ever found."""
    return list(Pattern.objects.order_by().values_list("kind", flat=True).distinct())


def open_patterns():
    """{series: Pattern} of those that last."""
    return {row.series: row for row in Pattern.objects.filter(ended_at=None)}


def last_look():
    """The newest night's PatternLook, or None."""
    return PatternLook.objects.first()


def pattern_steps_for(pattern, person):
    """The steps that this person may take with a problem."""
    may = person.may(Right.HAZARDS_SUPERVISE, pattern.organisation)
    return [step for at, step in rules.PATTERN_LIFE if at == pattern.state] if may else []


def hazards_behind(pattern, person=None):
    """The hazards that a problem is made of, since it began; `person` narrows them to those he sees."""
    rows = counted_hazards() if person is None else visible_hazards(person).exclude(state__in=UNCOUNTED)
    begun, ended = start_of(pattern.since_on), start_of(pattern.until + timedelta(days=1))
    subject = "criterion" if rules.is_criterion(pattern.kind) else "kind"
    rows = rows.filter(**{subject: pattern.kind}, reported_at__gte=begun, reported_at__lt=ended)
    if pattern.scope == PatternScope.AREA:
        rows = rows.filter(organisation__path__startswith=pattern.area.path)
    if pattern.scope == PatternScope.SECTOR:
        rows = rows.filter(in_sector(pattern.sector))
    return rows


def in_sector(sector):
    """The condition for hazards of a sector: by the enterprise's industry code, else by the kind of place."""
    if sector not in Industry.values:
        without = Q(enterprise=None) | Q(enterprise__industry_code="")
        return without & Q(place__kind=sector)
    starts = Q(enterprise__industry_code__istartswith=sector)
    for division in rules.divisions_of(sector):
        starts |= Q(enterprise__industry_code__startswith=division)
    return starts


def units_among(rows, *, most=8):
    """(units, [(name, number)] of those with the most) among hazards."""
    told = rows.order_by().values_list("enterprise__name", "place__name", "responsible__name")
    counted = Counter()
    for enterprise, place, responsible, number in told.annotate(n=Count("pk")):
        if name := enterprise or place or responsible:
            counted[name] += number
    return len(counted), counted.most_common(most)


def sources_among(rows):
    """{source: number} among hazards, the most first."""
    return dict(rows.order_by().values_list("source").annotate(n=Count("pk")).order_by("-n"))


def name_sector(sector):
    """The name of a sector; "" where none is known."""
    if sector in Industry.values:
        return str(Industry(sector).label)
    return str(PlaceKind(sector).label) if sector in PlaceKind.values else sector
