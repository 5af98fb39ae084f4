"""What makes a call of the log sound."""

from datetime import datetime

from anlan.domains.emergency.rules.incidents import CASE_NUMBER, check_moment, clean_case
from anlan.domains.emergency.terms.calls import CallRefusal


def check_case(kind: str, number: str):
    """Why this is no case number, or None; neither kind nor number is none."""
    number = clean_case(kind, number)
    if not kind and not number:
        return None
    if not kind:
        return CallRefusal.NO_CASE_KIND
    if not number:
        return CallRefusal.NO_CASE_NUMBER
    return None if CASE_NUMBER.fullmatch(number) else CallRefusal.CASE_NUMBER_FORM


def check_call(
    *, caller_name: str, what: str, called_at: datetime, case_kind: str, case_number: str, now: datetime
):
    """Why a call cannot be kept with these words, or None."""
    if not caller_name.strip():
        return CallRefusal.NO_CALLER
    if not what.strip():
        return CallRefusal.NO_WHAT
    return check_moment(called_at, now) or check_case(case_kind, case_number)


def call_number(day, serial: int) -> str:
    """The number of a call: 20261124-001."""
    return f"{day:%Y%m%d}-{serial:03d}"
