"""Reads of the risk map."""

from anlan.domains.riskmap.queries.district import DistrictSheet, district_sheet
from anlan.domains.riskmap.queries.imports import visible_imports
from anlan.domains.riskmap.queries.maps import draw_view, view_of
from anlan.domains.riskmap.queries.points import (
    categories,
    find_point,
    next_number,
    points_at,
    points_of_enterprise,
    reviews_due,
    visible_points,
    worst_level_of,
)
from anlan.domains.riskmap.queries.sheets import (
    Progress,
    points_of_sheet,
    progress_of,
    roll_up,
    visible_sheets,
)

__all__ = [
    "DistrictSheet",
    "Progress",
    "categories",
    "district_sheet",
    "draw_view",
    "find_point",
    "next_number",
    "points_at",
    "points_of_enterprise",
    "points_of_sheet",
    "progress_of",
    "reviews_due",
    "roll_up",
    "view_of",
    "visible_imports",
    "visible_points",
    "visible_sheets",
    "worst_level_of",
]
