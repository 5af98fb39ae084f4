"""Rules of self-checks: what may be handed in, what is sealed of it, by when the next is due, what a link opens."""

import hashlib
import json
import re
from datetime import date, datetime, timedelta

from anlan.domains.hazards.terms.checklists import CheckRefusal, LinkRefusal, VersionState

CODE = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")
LINK_DAYS_MOST = 730


def check_code(code):
    """A checklist's code stands in addresses."""
    return None if CODE.fullmatch(code) else CheckRefusal.CODE


def check_signature(signer, post, is_confirmed):
    """责任自负: somebody signs with name and post, and confirms to answer for it."""
    if not signer.strip() or not post.strip():
        return CheckRefusal.NO_SIGNER
    return None if is_confirmed else CheckRefusal.NOT_CONFIRMED


def check_filled(filling, seen):
    """Whether everything asked is answered; what came to be asked only by the answers must have been seen first."""
    lines = filling.lines()
    new = filling.shown_keys() - seen
    if new:
        return CheckRefusal.NEW_QUESTIONS % {"n": len(new)}
    wrong = sum(1 for line in lines if line.fault)
    return CheckRefusal.INCOMPLETE % {"n": wrong} if wrong else None


def refuse_version(state, *, replaced_at: datetime | None, begun_at: datetime):
    """Why a self-check begun then by a version is not taken: the version was no longer in force, or was withdrawn."""
    was_in_force = state == VersionState.REPLACED and replaced_at is not None and begun_at < replaced_at
    return None if state == VersionState.PUBLISHED or was_in_force else CheckRefusal.VERSION_ENDED


def seal_of(told):
    """The SHA-256 over what was handed in: JSON with sorted keys in UTF-8, no blanks."""
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def due_after(last: date | None, today: date, days: int) -> date:
    """By when the next self-check is due: so many days after the last, or from today on where there was none."""
    return max(today, last + timedelta(days=days)) if last else today + timedelta(days=days)


def check_link_days(days):
    """A link is good for two years at most."""
    return None if 1 <= days <= LINK_DAYS_MOST else CheckRefusal.LINK_VALID % {"most": LINK_DAYS_MOST}


def refuse_link(*, revoked_at: datetime | None, valid_until: datetime, now: datetime):
    """Why a link does not open any more, or None."""
    if revoked_at is not None:
        return LinkRefusal.REVOKED
    return None if now < valid_until else LinkRefusal.EXPIRED
