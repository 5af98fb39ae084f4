"""The district's sheet of a year: the departments' sheets side by side, their sum, the points by level, the list."""

from typing import NamedTuple

from django.db.models import Count, F

from anlan.domains.riskmap.queries.points import visible_points
from anlan.domains.riskmap.queries.sheets import (
    Progress,
    points_of_sheet,
    progress_of,
    roll_up,
    visible_sheets,
)
from anlan.domains.riskmap.rules.levels import colour_of
from anlan.domains.riskmap.terms import RiskLevel

LISTED_MOST = 2_000  # points on the sheet; those of the lowest levels beyond it are counted


class Line(NamedTuple):
    """One organisation's sheet: how far it is, and how many points of each level, those not assessed last."""

    sheet: object
    progress: Progress
    levels: list


class DistrictSheet(NamedTuple):
    """All of a year that a person sees. `levels` are (level or None, colour, number); `outside` stand in no sheet."""

    year: int
    lines: list
    rolled: dict
    levels: list
    total: int
    outside: int
    points: list

    @property
    def more(self):
        """Points that are counted and not listed."""
        return self.total - len(self.points)


def district_sheet(person, year):
    """The DistrictSheet of a year as `person` sees it; for who sees the district it is the district's."""
    sheets = list(visible_sheets(person).filter(year=year).order_by("organisation__path"))
    points, rolled = visible_points(person), roll_up(sheets)
    counts = count_levels(points)
    listed = points.order_by(F("level").asc(nulls_last=True), "organisation__path", "number")[:LISTED_MOST]
    total = sum(counts.values())
    return DistrictSheet(
        year, [Line(one, progress_of(one), by_level(points_of_sheet(one))) for one in sheets], rolled,
        [(level, colour_of(level), counts.get(level, 0)) for level in (*RiskLevel, None)], total,
        outside=count_outside(points, sheets), points=list(listed),
    )  # fmt: skip


def count_levels(points):
    """{level, None for not assessed: number of points}."""
    rows = points.order_by().select_related(None).values("level").annotate(n=Count("pk"))
    return {row["level"]: row["n"] for row in rows}


def by_level(points):
    """Numbers of points by level, the worst first, those not assessed last."""
    counts = count_levels(points)
    return [counts.get(level, 0) for level in (*RiskLevel, None)]


def count_outside(points, sheets):
    """Points of organisations that no sheet of the year takes in."""
    paths = [sheet.organisation.path for sheet in sheets]
    owners = points.order_by().select_related(None).values("organisation__path").annotate(n=Count("pk"))
    return sum(row["n"] for row in owners if not any(row["organisation__path"].startswith(path) for path in paths))  # fmt: skip
