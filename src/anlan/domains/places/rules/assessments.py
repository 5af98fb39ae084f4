"""The dates of an assessment, and who may be named as its maker."""

from anlan.domains.places.terms import Refusal


def check_assessment(*, assessed_on, next_on, today):
    """An assessment was made by `today`; the next one, where a date is set, comes later than it."""
    if assessed_on > today:
        return Refusal.ASSESSED_LATER
    if next_on is not None and next_on <= assessed_on:
        return Refusal.NEXT_NOT_LATER
