"""The public's reports as arithmetic: codes, what looks suspicious, how long to wait, what the reporter is told."""

import re
from datetime import datetime, timedelta

from anlan.domains.hazards.terms import Progress, PublicRefusal, Suspicion

CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is read as another
CODE_LENGTH = 16  # 79 bits: nobody finds one by trying
GROUP = 4
LINK = re.compile(r"https?://|www\.|\b[\w-]+\.(?:com|cn|net|org|top|xyz|vip|shop|info)\b", re.IGNORECASE)
PHONE = re.compile(r"\+?\d(?:[ -]?\d){4,19}")
SAYS_LEAST = 4  # different signs in a text that says something
REPEATS_MOST = 3  # the same words so often within a day are looked at

# What the reporter reads of each change of his hazard; what is not here, he does not read.
TOLD = {
    "hazards.report": Progress.RECEIVED,
    "hazards.accept": Progress.ACCEPTED,
    "hazards.reject": Progress.REJECTED,
    "hazards.appeal": Progress.APPEALED,
    "hazards.appeal_by_code": Progress.APPEALED,
    "hazards.merge": Progress.MERGED,
    "hazards.transfer": Progress.TRANSFERRED,
    "hazards.order": Progress.ORDERED,
    "hazards.fix": Progress.FIXED,
    "hazards.ask_verification": Progress.FIXED,
    "hazards.return": Progress.RETURNED,
    "hazards.close": Progress.CLOSED,
    "hazards.contest": Progress.CONTESTED,
    "hazards.contest_by_code": Progress.CONTESTED,
    "hazards.uphold": Progress.UPHELD,
    "hazards.reopen": Progress.REOPENED,
}
REASONED = {Progress.REJECTED, Progress.UPHELD}  # whose reason is written for the reporter


def say_code(digest: bytes) -> str:
    """A code of 16 signs in groups of four, from bytes nobody can guess."""
    number, signs = int.from_bytes(digest, "big"), []
    for _place in range(CODE_LENGTH):
        number, sign = divmod(number, len(CODE_SIGNS))
        signs.append(CODE_SIGNS[sign])
    text = "".join(signs)
    return "-".join(text[at : at + GROUP] for at in range(0, CODE_LENGTH, GROUP))


def tidy_code(text: str) -> str:
    """What was typed as a code in the form in which codes are said; "" where it cannot be one."""
    plain = "".join(sign for sign in text.upper() if sign.isalnum())
    if len(plain) != CODE_LENGTH or not set(plain) <= set(CODE_SIGNS):
        return ""
    return "-".join(plain[at : at + GROUP] for at in range(0, CODE_LENGTH, GROUP))


def find_suspicions(*, text: str, trap: str, shown_s: float, least_s: float, repeats: int) -> list[str]:
    """Why a person should look before a report counts: values of Suspicion, none where nothing is odd.

    `trap` is what stands in a field that people do not see, `shown_s` how long the form was open, `repeats` how many
    reports of the last day have the same words.
    """
    found = {
        Suspicion.TRAP: bool(trap.strip()),
        Suspicion.FAST: shown_s < least_s,
        Suspicion.LINKS: bool(LINK.search(text)),
        Suspicion.REPEATED: repeats >= REPEATS_MOST,
        Suspicion.EMPTY_TALK: len({sign for sign in text if sign.isalnum()}) < SAYS_LEAST,
    }
    return [one.value for one, is_so in found.items() if is_so]


def wait_min(times: list[datetime], most: int, window: timedelta, now: datetime) -> int:
    """Minutes until one more is allowed, where at most `most` are within a window; 0 where it is allowed now."""
    within = sorted(at for at in times if at > now - window)
    if len(within) < most:
        return 0
    free_at = within[len(within) - most] + window
    return max(1, -int((now - free_at).total_seconds() // 60))


def check_phone(text: str):
    """Why this is no telephone number, or None; none at all is fine."""
    return None if not text or PHONE.fullmatch(text) else PublicRefusal.PHONE_FORM


def mask_phone(text: str) -> str:
    """A number that says whose it may be, but cannot be called: 138****0000."""
    digits = "".join(sign for sign in text if sign.isdigit())
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 11 else f"****{digits[-2:]}"


def find_area(words: dict[str, str], text: str) -> str:
    """The key whose words, separated by 、 or blanks, hold the longest one that stands in a text; "" where none does."""
    found = [
        (-len(word), key)
        for key, listed in words.items()
        for word in re.split(r"[、,，;；\s]+", listed)
        if word and word in text
    ]
    return min(found)[1] if found else ""
