"""Reads of hazards."""

from anlan.domains.hazards.queries.hazards import (
    LISTING,
    due_with_extensions,
    facts_of,
    files_by_stage,
    find_by_number,
    holds,
    near_hazards,
    open_extension,
    overdue_hazards,
    recurrences,
    stages_for,
    standing,
    steps_for,
    visible_hazards,
)
from anlan.domains.hazards.queries.tables import (
    kinds,
    limit,
    limit_line,
    name_kind,
    rules_version,
    standard_lines,
)

__all__ = [
    "LISTING",
    "due_with_extensions",
    "facts_of",
    "files_by_stage",
    "find_by_number",
    "holds",
    "kinds",
    "limit",
    "limit_line",
    "name_kind",
    "near_hazards",
    "open_extension",
    "overdue_hazards",
    "recurrences",
    "rules_version",
    "stages_for",
    "standard_lines",
    "standing",
    "steps_for",
    "visible_hazards",
]
