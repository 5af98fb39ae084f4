"""Codes, grades and the order of places in the register."""

import re

from anlan.domains.places.terms import Grade, PlaceKind, Refusal

CODE = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}"
)  # stands in addresses and space codes: no "/" and no spaces

TAKEN = {
    "add",
    "map",
    "progress",
    "deciders",
    "lines",
    "imports",
}  # pages that stand beside a place's own address


def check_code(code):
    """Refuses a code that could not stand in an address or before "/ZONE" in the code of a watched space."""
    if code in TAKEN:
        return Refusal.CODE_TAKEN % {"code": code}
    if not CODE.fullmatch(code):
        return Refusal.CODE % {"code": code}


def check_area(area_m2):
    """Refuses an effective area that is not above zero; None is an area not known."""
    if area_m2 is not None and not area_m2 > 0:
        return Refusal.AREA_NOT_POSITIVE


def check_reason(reason):
    """Refuses an empty reason."""
    if not reason.strip():
        return Refusal.NEEDS_REASON


def check_grade(grade, *, reason, review_on, today):
    """A grade A–D needs a reason and a review date after `today`; taking the grade away ("") needs a reason."""
    if grade and grade not in Grade.values:
        return Refusal.GRADE_UNKNOWN
    if not reason.strip():
        return Refusal.NEEDS_REASON
    if grade and (review_on is None or review_on <= today):
        return Refusal.REVIEW_NOT_LATER


def check_parent(kind, *, code, parent_kind, parent_retired, above):
    """Whether a place may lie within its parent; `above` are the codes from the parent upwards.

    A station exit lies within a station (`parent_kind` None: no parent); nothing lies within itself.
    """
    if kind == PlaceKind.STATION_EXIT and parent_kind != PlaceKind.RAIL_STATION:
        return Refusal.EXIT_NEEDS_STATION
    if code in above:
        return Refusal.OWN_PARENT
    if parent_retired:
        return Refusal.PARENT_RETIRED
