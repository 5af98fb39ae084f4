"""Departments' sheets, and how far each and all of them are."""

from typing import NamedTuple

from django.db.models import Count, Q

from anlan.domains.accounts.queries import visible
from anlan.domains.riskmap.models import RiskPoint, RiskSheet
from anlan.domains.riskmap.rules.life import share_done
from anlan.domains.riskmap.terms import PointState, SheetState


class Progress(NamedTuple):
    """Points checked in the year, of those due."""

    checked: int
    due: int

    @property
    def share(self):
        """0 to 1; None where none is due."""
        return share_done(self.checked, self.due)


def visible_sheets(person):
    """The sheets of organisations that `person` sees."""
    return visible(RiskSheet.objects.select_related("organisation"), person)


def points_of_sheet(sheet):
    """The points of the sheet's organisation and of those below it, but for those taken off the map."""
    points = RiskPoint.objects.filter(organisation__path__startswith=sheet.organisation.path)
    return points.exclude(state=PointState.RETIRED)


def progress_of(sheet):
    """How far a sheet is: counted now, or as it was when it was checked."""
    if sheet.state == SheetState.CHECKED:
        return Progress(sheet.checked_count, sheet.due_count)
    return count_progress(points_of_sheet(sheet), sheet.year)


def count_progress(points, year):
    """Points checked in a year and standing so, of all."""
    stands = Q(checked_on__year=year, state__in=(PointState.CHECKED, PointState.IN_FORCE))
    told = points.aggregate(due=Count("pk"), checked=Count("pk", filter=stands))
    return Progress(told["checked"], told["due"])


def roll_up(sheets):
    """The sum of sheets, each point once: a sheet below another one's organisation is in that one already."""
    tops = []
    for sheet in sorted(sheets, key=lambda one: len(one.organisation.path)):
        if not any(sheet.organisation.path.startswith(top.organisation.path) for top in tops):
            tops.append(sheet)
    told = [(sheet, progress_of(sheet)) for sheet in tops]
    rolled = [one for sheet, one in told if sheet.state == SheetState.CHECKED]
    every = [one for _sheet, one in told]
    return {
        "all": Progress(sum(one.checked for one in every), sum(one.due for one in every)),
        "rolled_up": len(rolled),
        "sheets": len(told),
    }
