"""Which agencies join an alarm by themselves."""

from anlan.domains.emergency.rules.alarms import rank
from anlan.domains.emergency.terms import AgencyRefusal


def joins(*, joins_from, place_kinds, level, place_kind):
    """Whether an agency joins at this level and kind of place; one without a level joins only when asked."""
    if not joins_from or rank(level) < rank(joins_from):
        return False
    return not place_kinds or place_kind in place_kinds


def check_agency(*, name):
    """An agency has a short name, for the wall."""
    return None if name.strip() else AgencyRefusal.NO_NAME
