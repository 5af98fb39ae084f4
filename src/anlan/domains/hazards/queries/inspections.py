"""How often units were looked at, by self-checks and patrols, and what was found then: of what a rate may be a rate."""

from collections import Counter
from datetime import timedelta

from django.db.models import Count

from anlan.domains.accounts import queries as accounts
from anlan.domains.crowd.queries import count_check_ins
from anlan.domains.hazards import rules
from anlan.domains.hazards.models import SelfCheck
from anlan.domains.hazards.queries.patterns import count_found
from anlan.domains.hazards.terms import HazardSource, PatternScope
from anlan.domains.hazards.terms.checklists import CheckState
from anlan.kit.days import start_of
from anlan.science.rising import YEAR

CHECKING = (HazardSource.SELF_CHECK, HazardSource.PATROL)  # the finders whose looks are counted as well


def read_inspections(until):
    """{scope: {where: [checks, units checked, {kind or criterion: hazards that they found}]}} of the 52 weeks before a day."""
    since, branch = until - timedelta(weeks=YEAR), accounts.branches()
    checks, units, hazards = Counter(), {}, {}
    for area, sector, unit, number in looks_between(since, until, branch):
        for where in where_of(area, sector):
            checks[where] += number
            units.setdefault(where, set()).add(unit)
    for found, number in count_found(branch, since, until, source__in=CHECKING):
        for where in where_of(found.area, found.sector):
            counts = hazards.setdefault(where, Counter())
            for subject in filter(None, (found.kind, found.criterion)):
                counts[subject] += number
    told = {scope.value: {} for scope in PatternScope}
    for scope, name in checks.keys() | hazards.keys():
        where = (scope, name)
        seen = len(units.get(where, set()) - {None})
        told[scope][name] = [checks[where], seen, dict(hazards.get(where, {}))]
    return told


def where_of(area, sector):
    """The (scope, where) that something found in an area and a sector belongs to."""
    found = [(PatternScope.ALL.value, ""), (PatternScope.AREA.value, f"{area}")]
    return [*found, (PatternScope.SECTOR.value, sector)] if sector else found


def looks_between(since, until, branch):
    """(area, sector, unit or None, number) of self-checks handed in and of patrol check-ins from a day to before another."""
    rows = SelfCheck.objects.filter(
        state=CheckState.DONE, done_at__gte=start_of(since), done_at__lt=start_of(until)
    ).exclude(place__is_demo=True, place__retired_at__isnull=False)
    told = rows.order_by().values_list(
        "organisation_id", "enterprise__industry_code", "place__kind", "enterprise_id", "place_id"
    )
    for organisation, code, kind, enterprise, place, number in told.annotate(number=Count("pk")):
        unit = ("e", enterprise) if enterprise else ("p", place)
        yield branch[organisation], rules.sector_of(code, kind), unit, number
    for organisation, kind, place, number in count_check_ins(start_of(since), start_of(until)):
        yield branch[organisation], kind or "", ("p", place) if place else None, number
