"""Whether what is said of an enterprise can be kept, and what it means. A rule returns the refusal, or None."""

from datetime import date

from anlan.domains.enterprises.rules.codes import check_code, check_former
from anlan.domains.enterprises.terms import PledgeState, Refusal

STAFF_MOST = 1_000_000
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)
OWN_SAFETY_STAFF_ABOVE = 100  # Work Safety Law 2021 Art 24: above a hundred (rules/README.md §7, T)
# What an enterprise may ask to be updated by itself; code, name, supervisor and grades are the supervisor's to record.
OWN_FIELDS = (
    "address", "registered_address", "industry", "staff_count", "principal", "principal_phone", "safety_officer",
    "safety_phone", "insurer", "insured_until",
)  # fmt: skip
# Names and numbers of people: shown to who keeps the record, never written out into the record of changes.
PRIVATE = ("principal", "principal_phone", "safety_officer", "safety_phone")


def mask(text):
    """A person's name or number as others may see it: the first sign of a name, the ends of a number."""
    if not text:
        return ""
    return f"{text[:3]}****{text[-4:]}" if len(text) >= 11 else text[:1] + "*" * min(2, len(text) - 1)


def mask_private(values):
    """{field: value} with what is of people masked."""
    return {name: mask(value) if name in PRIVATE else value for name, value in values.items()}


def check_enterprise(*, code, name, former_number="", staff_count=None, days=()):
    """Whether the fields of an enterprise can be kept; `code` may be empty, it is then given a temporary one."""
    if not name.strip():
        return Refusal.NAME_MISSING
    if code and (refusal := check_code(code)):
        return refusal
    if refusal := check_former(former_number):
        return refusal
    if staff_count is not None and not 0 <= staff_count <= STAFF_MOST:
        return Refusal.STAFF_RANGE
    if any(day is not None and not FIRST_DAY <= day <= LAST_DAY for day in days):
        return Refusal.DAY_RANGE
    return None


def needs_own_safety_staff(staff_count):
    """Whether the law asks for safety staff of its own whatever the industry; None where the number is unknown."""
    return None if staff_count is None else staff_count > OWN_SAFETY_STAFF_ABOVE


def check_request(asked, known):
    """Whether an enterprise may ask for these fields ({name: value}) to be updated; `known` holds the present ones."""
    if closed := next((name for name in asked if name not in OWN_FIELDS), None):
        return Refusal.FIELD_CLOSED % {"field": closed}
    return None if any(asked[name] != known[name] for name in asked) else Refusal.NOTHING_ASKED


def check_pledge(*, signer, post, signed_on, text_from, today):
    """Whether a pledge can be recorded; `text_from` is the day from which its text is in use."""
    if not signer.strip() or not post.strip():
        return Refusal.PLEDGE_SIGNER
    return None if text_from <= signed_on <= today else Refusal.PLEDGE_DAY


def pledge_until(signed_on):
    """The last day of a pledge: a year from its signing (rules/README.md §7: yearly)."""
    try:
        return signed_on.replace(year=signed_on.year + 1)
    except ValueError:
        return date(signed_on.year + 1, 2, 28)


def standing_of_pledge(state, valid_until, today):
    """Whether a pledge stands: held, and not past its last day."""
    return state == PledgeState.HELD and today <= valid_until
