"""Decisions of duty: what a roster may say, who may swap, sign and answer, when a gap is told, when a log is late.

The limits are this system's own defaults, to be confirmed by the district (mark O): ux.md gives the rungs of gaps, no
article gives minutes for handing over, answering a roll-call or writing down.
"""

import hashlib
import json
import random
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from anlan.domains.emergency.rules.rosters import DAY_MIN, Hole, ShiftPattern
from anlan.domains.emergency.terms.duty import CallState, DutyRefusal, ShiftDays, SwapState

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
LINE = re.compile(r"(\d{1,2})[:：](\d{2})\s*[,，\s]\s*(\d{1,2}(?:\.\d{1,2})?)\s*(?:小时|h)?\s*[,，\s]*(\S*)")
BETWEEN = re.compile(r"[、,，;；\s]+")
DAY_WORDS = {
    "": ShiftDays.ANY, "每天": ShiftDays.ANY, "any": ShiftDays.ANY, "daily": ShiftDays.ANY,
    "工作日": ShiftDays.WORKDAY, "workday": ShiftDays.WORKDAY, "workdays": ShiftDays.WORKDAY,
    "休息日": ShiftDays.FREE, "节假日": ShiftDays.FREE, "休息日和节假日": ShiftDays.FREE, "free": ShiftDays.FREE,
}  # fmt: skip
DAY_NAMES = {ShiftDays.ANY: "", ShiftDays.WORKDAY: " 工作日", ShiftDays.FREE: " 休息日"}
SHORTEST_MIN = 30
ROSTER_MOST = timedelta(days=1096)
INTERVAL_MOST_DAYS = 31

RUNGS_S = (7 * 86400, 86400, 3600, 0)  # before a gap, and once it has begun (B6)
LATE_ENTRY = timedelta(minutes=30)  # written down later than this: 补记
HANDOVER_GRACE = timedelta(minutes=15)
WITHIN_MIN = 5  # to answer a roll-call
SUMMARY_AT = time(8, 30)
HOLIDAY_AT, HOLIDAY_DUE = time(15, 30), time(17, 0)
CALL_HOURS = (0, 24)  # at any hour: duty is by day and night


# ── what a roster says ──────────────────────────────────────────────────────────────────────────


def read_shifts(text: str) -> tuple[tuple[ShiftPattern, ...], str | None]:
    """(the shifts, None) of lines `17:30 15 工作日`, or ((), why they cannot be read)."""
    shifts = []
    for line in filter(None, (part.strip() for part in re.split(r"[\n;；]", text))):
        found = LINE.fullmatch(line)
        days = DAY_WORDS.get(found[4].lower()) if found else None
        if days is None or int(found[1]) > 23 or int(found[2]) > 59:
            return (), DutyRefusal.SHIFT_LINE % {"line": line[:40]}
        length_min = round(float(found[3]) * 60)
        if not SHORTEST_MIN <= length_min <= DAY_MIN:
            return (), DutyRefusal.SHIFT_LENGTH % {"line": line[:40]}
        shifts.append(ShiftPattern(int(found[1]) * 60 + int(found[2]), length_min, days.value))
    return (tuple(sorted(shifts)), None) if shifts else ((), str(DutyRefusal.NO_SHIFT))


def say_shifts(shifts: Iterable[Sequence]) -> str:
    """Shifts as lines that `read_shifts` reads."""
    lines = []
    for starts_min, length_min, days in shifts:
        hours = f"{length_min / 60:.2f}".rstrip("0").rstrip(".")
        lines.append(f"{starts_min // 60:02d}:{starts_min % 60:02d} {hours}{DAY_NAMES[ShiftDays(days)]}")
    return "\n".join(lines)


def read_teams(text: str, known: Sequence[tuple[int, str, str]]) -> tuple[list[list[int]], str | None]:
    """(teams of person ids, None) of lines of names or sign-in names, or ([], why not); `known`: (id, name, username)."""
    teams = []
    for line in filter(None, (part.strip() for part in text.splitlines())):
        team: list[int] = []
        for name in filter(None, BETWEEN.split(line)):
            person, refusal = find_person(name, known)
            if refusal:
                return [], refusal
            if person in team:
                return [], DutyRefusal.PERSON_TWICE % {"name": name[:40]}
            team.append(person)
        if team:
            teams.append(team)
    return (teams, None) if teams else ([], str(DutyRefusal.NO_TEAM))


def find_person(name: str, known: Sequence[tuple[int, str, str]]) -> tuple[int, str | None]:
    """(the id of who has this sign-in name or, alone, this name, None), or (0, why nobody is meant)."""
    by_username = [pk for pk, _name, username in known if username == name]
    found = by_username or [pk for pk, one, _username in known if one == name]
    if len(found) == 1:
        return found[0], None
    refusal = DutyRefusal.PERSON_AMBIGUOUS if found else DutyRefusal.PERSON_UNKNOWN
    return 0, refusal % {"name": name[:40]}


def check_span(starts_on: date, ends_on: date | None) -> str | None:
    """Why a roster may not run from one date to the other, or None."""
    if ends_on is not None and not timedelta(0) <= ends_on - starts_on <= ROSTER_MOST:
        return DutyRefusal.SPAN
    return None


def check_code(code: str, *, is_taken: bool) -> str | None:
    """Why a post cannot have this code, or None."""
    if not CODE.fullmatch(code):
        return DutyRefusal.CODE_FORM
    return DutyRefusal.CODE_TAKEN % {"code": code} if is_taken else None


def check_interval(since: datetime, until: datetime, *, most_days: int = INTERVAL_MOST_DAYS) -> str | None:
    """Why an interval cannot stand, or None."""
    sound = timedelta(0) < until - since <= timedelta(days=most_days)
    return None if sound else DutyRefusal.INTERVAL % {"days": most_days}


# ── swaps ───────────────────────────────────────────────────────────────────────────────────────


def check_swap(*, giver, taker, spans, watches, now: datetime, reason: str) -> str | None:
    """Why `giver` and `taker` cannot swap, or None.

    `spans`: (who gives, who takes, since, until) of each way, people as rows with `pk` and `name`; `watches`: who is on
    duty at the post around them, with person, since and until.
    """
    if giver.pk == taker.pk:
        return DutyRefusal.SAME_PERSON
    if not reason.strip():
        return DutyRefusal.NO_REASON
    for gives, takes, since, until in spans:
        if refusal := check_interval(since, until):
            return refusal
        if until <= now:
            return DutyRefusal.OVER
        inside = [one for one in watches if one.since < until and one.until > since]
        if not any(one.person.pk == gives.pk for one in inside):
            return DutyRefusal.NOT_HIS_SHIFT % {"name": gives.name}
        if any(one.person.pk == takes.pk for one in inside):
            return DutyRefusal.BUSY % {"name": takes.name}
    return None


def check_answer_to_swap(swap, *, by, may_edit: bool, accepts: bool, now: datetime) -> str | None:
    """Why this person cannot accept or refuse the swap, or None: who was asked answers; who edits rosters may refuse."""
    if swap.state != SwapState.ASKED:
        return DutyRefusal.NOT_ASKED % {"state": SwapState(swap.state).label}
    if accepts and max(swap.until, swap.back_until or swap.until) <= now:
        return DutyRefusal.OVER
    others = {swap.giver_id, swap.taker_id} - {swap.asked_by_id}
    if by.pk in others or (may_edit and not accepts):
        return None
    return DutyRefusal.ONLY_TAKER


# ── gaps ────────────────────────────────────────────────────────────────────────────────────────


def rung_of(hole: Hole, now: datetime) -> int | None:
    """The rung, in seconds ahead, that a gap has reached: the nearest one; None while it is farther than all."""
    ahead_s = (hole.since - now).total_seconds()
    return min((rung for rung in RUNGS_S if ahead_s <= rung), default=None)


def gap_key(post: str, hole: Hole, rung: int, day: date) -> str:
    """What one notice of a gap is known by: once per gap and rung; where nobody is on at all, once a day and louder.

    A gap that runs is known by its end: where nobody was on for long, how far back it is seen moves with the clock.
    """
    if hole.is_whole:
        return f"duty-gap/{post}/{hole.role}/empty/{day.isoformat()}"
    if not rung:
        return f"duty-gap/{post}/{hole.role}/now/{hole.until:%Y%m%dT%H%M}"
    return f"duty-gap/{post}/{hole.role}/{hole.since:%Y%m%dT%H%M}/{rung}"


# ── handover, roll-call, log ────────────────────────────────────────────────────────────────────


def check_hand_over(*, notes: str, is_mine: bool, why: str) -> str | None:
    """Why somebody cannot hand the watch over, or None; who is not on the roster gives a reason."""
    if not notes.strip():
        return DutyRefusal.NO_NOTES
    return None if is_mine or why.strip() else DutyRefusal.NOT_ON_DUTY


def check_take_over(handover, *, by, is_mine: bool, why: str, digest: str) -> str | None:
    """Why somebody cannot take the watch over, or None: two people sign, and both the same."""
    if handover.on_at:
        return DutyRefusal.TAKEN_ALREADY
    if by.pk == handover.off_by_id:
        return DutyRefusal.SAME_SIGNER
    if digest != handover.digest:
        return DutyRefusal.CHANGED_SINCE
    return None if is_mine or why.strip() else DutyRefusal.NOT_ON_DUTY


def is_handover_late(due_at: datetime, taken_at: datetime | None, now: datetime) -> bool:
    """Whether the second signature came, or is still missing, later than the grace allows."""
    return (taken_at or now) > due_at + HANDOVER_GRACE


def digest_of(content) -> str:
    """The SHA-256 of what is signed, as JSON with its keys in order."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def judge_answer(due_at: datetime, answered_at: datetime) -> str:
    """Whether an answer to a roll-call came in time."""
    return CallState.ANSWERED if answered_at <= due_at else CallState.LATE


def draw_call(now: datetime, days: int, rng: random.Random) -> datetime:
    """When the next random roll-call comes: any minute of the coming `days` days."""
    return now + timedelta(minutes=rng.randrange(1, days * DAY_MIN))


def is_late_entry(happened_at: datetime, written_at: datetime) -> bool:
    """Whether a line of the log is marked 补记."""
    return written_at - happened_at > LATE_ENTRY


def day_at(day: date, at: time, zone: str) -> datetime:
    """A clock time of a day in a zone."""
    return datetime.combine(day, at, ZoneInfo(zone))
