"""What is signed, by whom: the text frozen as one canonical string, its hash, and the reasons to refuse."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from anlan.domains.notices.terms import COMMA, NoticeKind, Refusal

ENGLISH = ("headline_en", "description_en", "instruction_en")
DEFAULT_ROLES = {NoticeKind.TIP: "publicity", NoticeKind.STATUTORY_WARNING: "publicity"}
DEFAULT_MOST_DAYS = 7  # ours (mark O): a tip that stands longer is a sign, not a notice


def freeze(words: Mapping) -> str:
    """Everything that is published of a notice as one string: JSON with sorted keys, no blanks, text as it is."""
    return json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(frozen: str) -> str:
    """The SHA-256 of a frozen text, in hexadecimal."""
    return hashlib.sha256(frozen.encode()).hexdigest()


def check_wording(words: Mapping, *, now: datetime, most_days: int):
    """Why these words cannot go to be signed, or None.

    `words`: the texts by field name; effective_at and expires_at (datetimes or None); has_area, has_target (bools).
    """
    for name, refusal in (
        ("headline_zh", Refusal.NO_HEADLINE),
        ("description_zh", Refusal.NO_TEXT),
        ("instruction_zh", Refusal.NO_INSTRUCTION),
    ):
        if not words[name].strip():
            return refusal
    given = [bool(words[name].strip()) for name in ENGLISH]
    if any(given) and not all(given):
        return Refusal.HALF_ENGLISH
    if not words["has_area"]:
        return Refusal.NO_AREA
    if not words["has_target"]:
        return Refusal.NO_TARGET
    return check_times(words["effective_at"], words["expires_at"], now=now, most_days=most_days)


def check_times(effective_at: datetime | None, expires_at: datetime | None, *, now: datetime, most_days: int):
    """Why a notice cannot hold from `effective_at` (None: when published) to `expires_at`, or None."""
    if expires_at is None:
        return Refusal.NO_EXPIRY
    begins = max(effective_at or now, now)
    if effective_at is not None and expires_at <= effective_at:
        return Refusal.EXPIRES_FIRST
    if expires_at <= now:
        return Refusal.EXPIRED_ALREADY
    if expires_at - begins > timedelta(days=most_days):
        return Refusal.TOO_LONG_VALID % {"days": most_days}
    return None


def check_signer(
    signer: int, *, authors: Iterable[int | None], submitter: int | None, held: Iterable[str], roles: str, kind: str
):  # fmt: skip
    """Why this person may not sign, or None: a second person, in a role that signs notices of this kind.

    `authors` are the people who wrote it; `held` the codes of the signer's roles where the notice belongs; `roles`
    the codes that may sign, comma-separated (empty: whoever has the right).
    """
    if submitter is None:
        return Refusal.NEEDS_PERSON
    if signer in {*authors, submitter}:
        return Refusal.SAME_PERSON
    wanted = read_roles(roles)
    if wanted and not wanted & set(held):
        named = str(COMMA).join(sorted(wanted))
        return Refusal.NOT_SIGNER % {"kind": NoticeKind(kind).label, "roles": named}
    return None


def read_roles(text: str) -> set[str]:
    """The role codes of a comma-separated text."""
    return {code.strip() for code in text.replace("，", ",").split(",") if code.strip()}


def check_unchanged(frozen: str, sha256: str, current: str):
    """Why what is signed may not go out, or None: its text and hash must be those of the signature."""
    return None if frozen and frozen == current and digest(current) == sha256 else Refusal.TEXT_CHANGED
