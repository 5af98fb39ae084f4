"""Alerts of others: which earlier ones a later one speaks of."""

from collections.abc import Iterable


def refers(references: Iterable[str], sender: str, identifier: str) -> bool:
    """Whether a list of references names this alert: `sender,identifier,sent` (CAP 1.2) or the bare identifier (12379)."""
    for reference in references:
        parts = reference.split(",")
        if reference == identifier or (len(parts) >= 2 and parts[0] == sender and parts[1] == identifier):
            return True
    return False
