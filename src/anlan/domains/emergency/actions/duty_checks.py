"""Handovers, roll-calls, the log, notices of gaps, daily sheets, and the addresses of calendars."""

import secrets
from datetime import timedelta

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.queries import fingerprint
from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.actions.duty import check_in_use, keep_unless_done
from anlan.domains.emergency.models import (
    CalendarLink,
    CalledPerson,
    DutyLogEntry,
    DutySheet,
    GapNotice,
    Handover,
    RollCall,
)
from anlan.domains.emergency.queries.duty import is_on_duty, on_duty
from anlan.domains.emergency.rules import duty as rules
from anlan.domains.emergency.terms.duty import CallState, DutyRefusal
from anlan.kit.actions import Refused, action, check, done, note

AROUND_HANDOVER = timedelta(hours=2)  # who came off or comes on within it signs without a reason
TOKEN_START = 6


# ── handover ────────────────────────────────────────────────────────────────────────────────────


@action("duty.hand_over", may=Right.DUTY_STAND, label=_("交班"))
def hand_over(post, *, by, now, why, due_at, notes, open_rows):
    """Sign off: the notes and everything open as it stands, frozen by their digest.

    `due_at` is when the roster changes people; `open_rows` is what is open, as plain values.
    """
    check_in_use(post)
    check(DutyRefusal.HANDED_ALREADY if Handover.objects.filter(post=post, due_at=due_at).exists() else None)
    is_mine = is_on_duty(post, by, min(due_at, now), grace=AROUND_HANDOVER)
    check(rules.check_hand_over(notes=notes, is_mine=is_mine, why=why))
    row = Handover(
        post=post, due_at=due_at, notes=notes.strip(), open_rows=open_rows, off_by=by, off_at=now,
        off_why="" if is_mine else why.strip()[:300],
    )  # fmt: skip
    row.digest = digest_of_handover(row)
    try:
        row.save()
    except IntegrityError:
        raise Refused(str(DutyRefusal.HANDED_ALREADY)) from None
    return done(row, after=note(row, "due_at", "notes", "digest"))


@action("duty.take_over", may=Right.DUTY_STAND, label=_("接班"))
def take_over(handover, *, by, now, why, on_notes=""):
    """Sign on, as another person than who signed off, for the same content."""
    is_mine = is_on_duty(handover.post, by, max(handover.due_at, now), grace=AROUND_HANDOVER)
    check(
        rules.check_take_over(handover, by=by, is_mine=is_mine, why=why, digest=digest_of_handover(handover))
    )
    names = ("on_by", "on_at", "on_why", "on_notes")
    before = note(handover, *names)
    handover.on_by, handover.on_at, handover.on_notes = by, now, on_notes.strip()
    handover.on_why = "" if is_mine else why.strip()[:300]
    keep_unless_done(handover, names, on_at=None)
    return done(handover, before=before)


def digest_of_handover(row):
    """The digest of what both sign."""
    return rules.digest_of(
        [row.post_id, row.due_at.isoformat(), row.notes, row.open_rows, row.off_by_id, row.off_at.isoformat()]
    )


# ── the log ─────────────────────────────────────────────────────────────────────────────────────


@action("duty.write_log", may=Right.DUTY_STAND, label=_("记值班日志"))
def write_log(post, *, by, now, kind, text, happened_at, corrects=None):
    """Write a line of the log, or one that corrects another; what is written stays."""
    check_in_use(post)
    check(None if text.strip() else DutyRefusal.NO_TEXT)
    check(DutyRefusal.IN_FUTURE if happened_at > now else None)
    check(DutyRefusal.CORRECTS_OTHER if corrects and corrects.post_id != post.pk else None)
    row = DutyLogEntry.objects.create(
        post=post, kind=kind, text=text.strip(), happened_at=happened_at, written_at=now, by=by, corrects=corrects,
        is_late=rules.is_late_entry(happened_at, now),
    )  # fmt: skip
    return done(row, after=note(row, "kind", "text", "happened_at", "is_late"))


# ── roll-calls ──────────────────────────────────────────────────────────────────────────────────


@action("duty.plan_roll_call", may=Right.DUTY_EDIT, machine=True, label=_("安排点名"))
def plan_roll_call(post, *, by, now, planned_at, within_min=rules.WITHIN_MIN, note_text=""):
    """Lay a roll-call down for a moment that nobody is told before: drawn by chance, or set by a person."""
    check_in_use(post)
    check(None if 1 <= within_min <= 120 else DutyRefusal.ANSWER_WITHIN)
    ahead = planned_at - now
    check(
        None if timedelta(0) < ahead <= timedelta(days=rules.INTERVAL_MOST_DAYS) else DutyRefusal.CALL_AHEAD
    )
    row = RollCall.objects.create(
        post=post, planned_at=planned_at, within_min=within_min, called_by=by, note=note_text.strip()
    )
    return done(row)


@action("duty.call_roll", may=Right.DUTY_EDIT, machine=True, label=_("点名抽查"))
def call_roll(post, *, by, now, within_min=rules.WITHIN_MIN, note_text="", planned=None):
    """Call whoever is on duty at the post; each has `within_min` minutes. The messages follow from what this leaves."""
    check_in_use(post)
    check(None if 1 <= within_min <= 120 else DutyRefusal.ANSWER_WITHIN)
    found = on_duty(post, now)
    check(None if found or planned else DutyRefusal.NOBODY_ON_DUTY)
    row = planned or RollCall(post=post, planned_at=now, within_min=within_min)
    if planned:
        row.called_at = now
        keep_unless_done(row, ["called_at"], called_at=None)
    else:
        row.called_at, row.called_by, row.note = now, by, note_text.strip()
        row.save()
    due_at = now + timedelta(minutes=row.within_min)
    people = {one.person.pk: one for one in found}
    CalledPerson.objects.bulk_create(
        CalledPerson(roll_call=row, person=one.person, role=one.role, due_at=due_at)
        for one in people.values()
    )
    return done(
        row, after={"called_at": now, "people": "、".join(str(one.person) for one in people.values())}
    )


@action("duty.note_called", machine=True, label=_("点名消息已发"))
def note_called(called, *, by, now, messages):
    """Write down how many messages went to a called person; without any he cannot be reached."""
    before = note(called, "messages", "state")
    called.messages = messages
    if not messages:
        called.state = CallState.UNREACHABLE
    called.save(update_fields=["messages", "state"])
    return done(called, before=before)


@action("duty.answer_call", label=_("应答点名"))
def answer_call(called, *, by, now):
    """Answer a roll-call as the person called; one that comes late is marked so."""
    check(None if by.pk == called.person_id else DutyRefusal.NOT_YOUR_CALL)
    check(DutyRefusal.ANSWERED_ALREADY if called.answered_at else None)
    before = note(called, "state", "answered_at")
    called.answered_at, called.state = now, rules.judge_answer(called.due_at, now)
    keep_unless_done(called, ["answered_at", "state"], answered_at=None)
    return done(called, before=before)


@action("duty.miss_call", machine=True, label=_("点名未应答"))
def miss_call(called, *, by, now):
    """Mark a called person who has not answered by the time given."""
    check(DutyRefusal.ANSWERED_ALREADY if called.state != CallState.WAITING else None)
    before = note(called, "state")
    called.state = CallState.MISSED
    keep_unless_done(called, ["state"], state=CallState.WAITING)
    return done(called, before=before)


# ── gaps and sheets ─────────────────────────────────────────────────────────────────────────────


@action("duty.tell_gap", machine=True, label=_("缺班告警"))
def tell_gap(post, *, by, now, gap_key, hole, ahead_s, told):
    """Write down that people were told of a time without duty."""
    row = GapNotice.objects.create(
        post=post, key=gap_key, role=hole.role, since=hole.since, until=hole.until, ahead_s=ahead_s,
        is_whole=hole.is_whole, told=told, told_at=now,
    )  # fmt: skip
    return done(row, after=note(row, "role", "since", "until", "told"))


@action("duty.make_sheet", may=Right.DUTY_STAND, machine=True, label=_("生成值班日报"))
def make_sheet(post, *, by, now, kind, day, since, until, content, is_zero, due_at=None):
    """Keep the day's sheet as the records gave it."""
    row = DutySheet.objects.create(
        post=post, kind=kind, day=day, since=since, until=until, content=content, is_zero=is_zero, made_at=now,
        due_at=due_at,
    )  # fmt: skip
    return done(row, after=note(row, "kind", "day", "is_zero"))


@action("duty.sign_sheet", may=Right.DUTY_STAND, label=_("签发值班日报"))
def sign_sheet(sheet, *, by, now, words, is_zero):
    """Sign the sheet with what there is to say; a zero report says that there is nothing."""
    check(DutyRefusal.SIGNED_ALREADY if sheet.signed_at else None)
    check(DutyRefusal.NO_SUMMARY_TEXT if not is_zero and not words.strip() else None)
    names = ("words", "is_zero", "signed_by", "signed_at", "digest")
    before = note(sheet, *names)
    sheet.words, sheet.is_zero, sheet.signed_by, sheet.signed_at = words.strip(), is_zero, by, now
    sheet.digest = rules.digest_of(
        [sheet.kind, sheet.day.isoformat(), sheet.content, sheet.words, sheet.is_zero, by.pk, now.isoformat()]
    )
    keep_unless_done(sheet, names, signed_at=None)
    return done(sheet, before=before)


# ── calendars ───────────────────────────────────────────────────────────────────────────────────


@action("duty.give_calendar", label=_("领取值班日历地址"))
def give_calendar(person, *, by, now, post=None, make_secret=secrets.token_urlsafe):
    """Give a secret address of one's own duty, or of a post's; the token is on the row's `token`, once."""
    check(None if by.pk == person.pk else DutyRefusal.NOT_YOURS)
    check(None if post is None or by.may(Right.DUTY_STAND, post.organisation) else DutyRefusal.NOT_INVOLVED)
    token = make_secret(32)
    row = CalendarLink.objects.create(
        person=person,
        post=post,
        token_start=token[:TOKEN_START],
        token_sha256=fingerprint(token),
        issued_at=now,
    )
    row.token = token
    return done(row, after=note(row, "token_start"))


@action("duty.revoke_calendar", label=_("停用值班日历地址"))
def revoke_calendar(row, *, by, now):
    """Let a secret address lead nowhere, as its owner or as who edits the rosters."""
    check(DutyRefusal.REVOKED_ALREADY if row.revoked_at else None)
    is_allowed = by.pk == row.person_id or by.may(Right.DUTY_EDIT, row.organisation)
    check(None if is_allowed else DutyRefusal.NOT_INVOLVED)
    before = note(row, "revoked_at")
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    return done(row, before=before)
