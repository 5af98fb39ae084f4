"""Reads of the register of enterprises."""

from anlan.domains.enterprises.queries.counts import count_units
from anlan.domains.enterprises.queries.imports import visible_imports
from anlan.domains.enterprises.queries.pledges import (
    count_pledges,
    pledge_standing,
    pledges_of,
    tell_standing,
    text_for,
    texts_of,
)
from anlan.domains.enterprises.queries.register import (
    accounts_in_use,
    changed_since,
    duplicates_of,
    enterprises_at,
    enterprises_of,
    enterprises_with_accounts,
    find_enterprise,
    is_own,
    licences_of,
    may_see_contacts,
    own_enterprise,
    requests_by,
    requests_of,
    search,
    twice_registered,
    typed_values,
    visible_enterprises,
)

__all__ = [
    "accounts_in_use",
    "changed_since",
    "count_pledges",
    "count_units",
    "duplicates_of",
    "enterprises_at",
    "enterprises_of",
    "enterprises_with_accounts",
    "find_enterprise",
    "is_own",
    "licences_of",
    "may_see_contacts",
    "own_enterprise",
    "pledge_standing",
    "pledges_of",
    "requests_by",
    "requests_of",
    "search",
    "tell_standing",
    "text_for",
    "texts_of",
    "twice_registered",
    "typed_values",
    "visible_enterprises",
    "visible_imports",
]
