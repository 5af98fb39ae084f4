"""Reads of the register of enterprises."""

from anlan.domains.enterprises.queries.pledges import pledge_standing, text_for
from anlan.domains.enterprises.queries.register import (
    changed_since,
    duplicates_of,
    enterprises_at,
    enterprises_of,
    find_enterprise,
    is_own,
    own_enterprise,
    twice_registered,
    visible_enterprises,
)

__all__ = [
    "changed_since",
    "duplicates_of",
    "enterprises_at",
    "enterprises_of",
    "find_enterprise",
    "is_own",
    "own_enterprise",
    "pledge_standing",
    "text_for",
    "twice_registered",
    "visible_enterprises",
]
