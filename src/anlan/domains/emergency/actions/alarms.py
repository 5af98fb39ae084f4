"""What happens to alarms: raised by a warning or a person, eased, lifted, filed, reopened, noted upon."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anlan.domains.accounts.queries import root
from anlan.domains.accounts.terms import Right
from anlan.domains.crowd.terms import WarningLevel
from anlan.domains.emergency.models import Alarm, AlarmAgency, AlarmDay, Answer
from anlan.domains.emergency.queries.agencies import joining
from anlan.domains.emergency.queries.alarms import open_alarm_of
from anlan.domains.emergency.rules import alarms as rules
from anlan.domains.emergency.rules.answers import has_timed_out
from anlan.domains.emergency.terms import AlarmOrigin, AlarmRefusal, AlarmState, AnswerEnd, Deed, Verdict
from anlan.kit.actions import action, check, done, note

STEPS = ("state", "level", "reason", "round", "verdict", "lifted_at", "fell_back_at")
LATE_AFTER = timedelta(minutes=5)  # an entry that tells of what is longer ago is a late one 补记


# ── raised and moved by warnings ────────────────────────────────────────────────────────────────


@action("emergency.take_warning", machine=True, label=_("客流预警转入处置"))
def take_warning(warning, *, by, now, level, reason):
    """Let what the machine says of a space into the open alarm of its place, or open one; only a rise restarts it.

    `warning` is the crowd's episode; `level` and `reason` are those of the change that is taken, `now` when it happened.
    """
    code = rules.base_code(warning.space_code)
    known = open_alarm_of(warning.scene, code)
    alarm = lock(known) if known else draft_of(warning, code, now)
    before = note(alarm, *STEPS) if known else {}
    spaces = rules.join_space(
        alarm.spaces,
        warning.space_code,
        name=warning.space_name,
        level=level,
        reason=reason,
        warning=warning.pk,
    )
    alarm.spaces, alarm.repeats = spaces, alarm.repeats + (1 if known else 0)
    turn = rules.turn_of(alarm.level, rules.worst_of(spaces, alarm.hand_level))
    set_level(
        alarm, rules.worst_of(spaces, alarm.hand_level), rules.leading_reason(spaces, warning.space_code)
    )
    if known:
        follow(alarm, turn, now)
    keep(alarm, now)
    space = {"space": warning.space_name, "space_level": level}
    return done(alarm, before=before, after=note(alarm, *STEPS) | space)


def follow(alarm, turn, now):
    """What a turn of the level does: a rise restarts the chain, the end eases the alarm, a fall keeps all as it is."""
    if turn == rules.Turn.ROSE:
        move(alarm, Deed.RISE, now)
        restart(alarm, now, AnswerEnd.ROSE)
    elif turn == rules.Turn.ENDED and rules.may_step(alarm.state, Deed.EASE):
        move(alarm, Deed.EASE, now)
        alarm.eased_at = now


def draft_of(warning, code, now):
    """A new alarm for the place of a warning, not kept yet. A replay's space without a place is the district's."""
    place = warning.place
    return Alarm(
        scene=warning.scene, origin=AlarmOrigin.WARNING, title=(place.name if place else warning.space_name),
        place=place, space_code=code, organisation=place.organisation if place else root(),
        level=WarningLevel.NONE, peak_level=WarningLevel.NONE, rank=0, state=AlarmState.WAITING,
        raised_at=now, round_at=now, number=next_number(warning.scene, now),
    )  # fmt: skip


def next_number(scene, now):
    """The next number of a scene's local day; the row of the day is held until the transaction ends."""
    day = timezone.localdate(now)
    AlarmDay.objects.get_or_create(scene=scene, day=day)
    row = AlarmDay.objects.select_for_update().get(scene=scene, day=day)
    row.last += 1
    row.save(update_fields=["last"])
    return rules.number_of(day, row.last)


def lock(alarm):
    """The alarm as it is now, held until the transaction ends: of two who act at once one comes after the other."""
    held = Alarm.objects.select_for_update(of=("self",)).select_related("place", "organisation")
    return held.get(pk=alarm.pk)


def keep(alarm, now):
    """Save an alarm and let the agencies join that its level calls for."""
    alarm.changed_at = now
    alarm.save()
    known = set(AlarmAgency.objects.filter(alarm=alarm).values_list("agency_id", flat=True))
    kind = alarm.place.kind if alarm.place else ""
    new = [row for row in joining(alarm.level, kind) if row.pk not in known] if alarm.is_open else []
    AlarmAgency.objects.bulk_create(AlarmAgency(alarm=alarm, agency=row, joined_at=now) for row in new)


def set_level(alarm, level, reason=None):
    """Give an alarm its level, with its rank, its peak and the reason that leads."""
    alarm.level, alarm.rank = level, rules.rank(level)
    alarm.peak_level = rules.worst([alarm.peak_level, level])
    alarm.reason = reason or alarm.reason


def move(alarm, deed, now, facts=None):
    """Take the step of the table, or raise Refused with its reason."""
    alarm.state, refusal = rules.step(alarm.state, deed, facts)
    check(refusal)


def restart(alarm, now, ended_by):
    """A new round: the answers so far count no more, and keep why; every agency is asked again."""
    Answer.objects.filter(alarm=alarm, ended_at=None).update(ended_at=now, ended_by=ended_by)
    AlarmAgency.objects.filter(alarm=alarm).update(answer=None, acknowledged_at=None)
    alarm.round, alarm.round_at = alarm.round + 1, now
    alarm.answered_at = alarm.next_look_at = alarm.eased_at = None
    alarm.fell_back_at = now if ended_by == AnswerEnd.FELL_BACK else None
    if ended_by != AnswerEnd.FELL_BACK:
        alarm.muted_until = None


@action("emergency.fall_back", machine=True, label=_("超时未反馈"))
def fall_back(alarm, *, by, now, grace):
    """Back to unanswered: nothing followed the promised look within `grace`, so the chain starts anew."""
    alarm = lock(alarm)
    check(None if has_timed_out(alarm.next_look_at, now, grace) else AlarmRefusal.NOT_TIMED_OUT)
    before = note(alarm, *STEPS)
    move(alarm, Deed.FALL_BACK, now)
    restart(alarm, now, AnswerEnd.FELL_BACK)
    keep(alarm, now)
    return done(alarm, before=before)


# ── raised by hand ──────────────────────────────────────────────────────────────────────────────


@action("emergency.raise_alarm", may=Right.ALARMS_ANSWER, label=_("人工上报处置单"))
def raise_alarm(
    organisation, *, by, now, scene, origin, level, why, place=None, title="", caller="", caller_contact="",
    raised_at=None,
):  # fmt: skip
    """Open an alarm that a call, a patrol or a resident brought; `organisation` answers for it, `why` says what happened.

    `caller` and `caller_contact` are kept as given and shown to those who handle it only.
    """
    title, raised_at = (place.name if place else title).strip(), raised_at or now
    check(rules.check_raised(origin=origin, level=level, title=title, why=why, raised_at=raised_at, now=now))
    alarm = Alarm(
        scene=scene, origin=origin, title=title[:160], place=place, organisation=organisation,
        space_code=place.code if place else "", level=level, peak_level=level, hand_level=level,
        rank=rules.rank(level), reason={"zh": why.strip(), "en": why.strip()}, caller=caller.strip(),
        caller_contact=caller_contact.strip(), raised_at=raised_at, raised_by=by, round_at=now,
        number=next_number(scene, now),
    )  # fmt: skip
    keep(alarm, now)
    return done(alarm, after=note(alarm, *STEPS, "origin"))


@action("emergency.grade_alarm", may=Right.ALARMS_ANSWER, label=_("调整处置单等级"))
def grade_alarm(alarm, *, by, now, level, why):
    """Set the level by hand, with a reason; a rise restarts the chain. The machine's own level is never undercut."""
    alarm = lock(alarm)
    check(rules.step(alarm.state, Deed.RISE)[1])
    machine = rules.worst_of(alarm.spaces)
    check(rules.check_grade(machine_level=machine, known=alarm.level, level=level, why=why))
    before = note(alarm, *STEPS)
    turn = rules.turn_of(alarm.level, level)
    alarm.hand_level = level
    set_level(alarm, level, {"zh": why.strip(), "en": why.strip()})
    follow(alarm, turn, now)
    keep(alarm, now)
    return done(alarm, before=before)


# ── checked, eased, lifted, filed ───────────────────────────────────────────────────────────────


@action("emergency.check_alarm", may=Right.ALARMS_ANSWER, label=_("派人核实"))
def check_alarm(alarm, *, by, now):
    """Somebody is on the way to look; the alarm stays unanswered until there is an answer."""
    alarm = lock(alarm)
    before = note(alarm, *STEPS)
    move(alarm, Deed.CHECK, now)
    keep(alarm, now)
    return done(alarm, before=before)


@action("emergency.verify_alarm", may=Right.ALARMS_ANSWER, label=_("登记核实结果"))
def verify_alarm(alarm, *, by, now, verdict, why):
    """Record what was found: true goes on; false, or an exercise, ends it with a reason (`Verdict`)."""
    alarm = lock(alarm)
    before = note(alarm, *STEPS)
    deed = rules.deed_of_verdict(verdict)
    move(alarm, deed, now, facts_of(alarm, by, why))
    alarm.verdict = verdict
    if deed == Deed.CLEAR:
        alarm.lifted_at, alarm.lifted_by = now, by
    keep(alarm, now)
    return done(alarm, before=before)


def facts_of(alarm, by, why):
    """What the guards of the table look at."""
    return rules.Facts(
        level=rules.worst_of(alarm.spaces) if alarm.spaces else alarm.level, is_by_hand=not alarm.spaces,
        is_answered=alarm.answered_at is not None, why=why,
        may_judge=by.may(Right.ALARMS_JUDGE, alarm.organisation),
    )  # fmt: skip


@action("emergency.ease_alarm", may=Right.ALARMS_ANSWER, label=_("态势缓解"))
def ease_alarm(alarm, *, by, now, why):
    """The situation eases, as a person on the spot says; for alarms that no machine follows."""
    alarm = lock(alarm)
    check(AlarmRefusal.EASES_ITSELF if alarm.spaces else None)
    check(None if why.strip() else AlarmRefusal.NO_REASON)
    before = note(alarm, *STEPS)
    move(alarm, Deed.EASE, now)
    alarm.eased_at = now
    keep(alarm, now)
    return done(alarm, before=before)


@action("emergency.lift_alarm", may=Right.ALARMS_JUDGE, label=pgettext_lazy("an alarm", "解除"))
def lift_alarm(alarm, *, by, now, why):
    """End an alarm with a reason; only a person does (mission: "Only a person lifts")."""
    alarm = lock(alarm)
    before = note(alarm, *STEPS)
    move(alarm, Deed.LIFT, now, facts_of(alarm, by, why))
    alarm.lifted_at, alarm.lifted_by = now, by
    alarm.verdict = alarm.verdict or Verdict.TRUE
    keep(alarm, now)
    return done(alarm, before=before)


@action("emergency.reopen_alarm", may=Right.ALARMS_JUDGE, label=_("恢复处置"))
def reopen_alarm(alarm, *, by, now, why):
    """Undo a wrong lift: the alarm is unanswered again and its chain starts anew. Refused where another one is open."""
    alarm = lock(alarm)
    before = note(alarm, *STEPS)
    move(alarm, Deed.REOPEN, now, rules.Facts(why=why))
    another = open_alarm_of(alarm.scene, alarm.space_code) if alarm.origin == AlarmOrigin.WARNING else None
    check(AlarmRefusal.ANOTHER_OPEN % {"number": another.number} if another else None)
    alarm.lifted_at = alarm.lifted_by = None
    alarm.verdict = ""
    restart(alarm, now, AnswerEnd.REOPENED)
    keep(alarm, now)
    return done(alarm, before=before)


@action("emergency.file_alarm", may=Right.ALARMS_ANSWER, label=_("归档"))
def file_alarm(alarm, *, by, now):
    """Put a lifted alarm on file; it is not reopened any more."""
    alarm = lock(alarm)
    before = note(alarm, *STEPS)
    move(alarm, Deed.FILE, now)
    alarm.filed_at = now
    keep(alarm, now)
    return done(alarm, before=before)


@action("emergency.note_alarm", may=Right.ALARMS_ANSWER, label=_("补充记录"))
def note_alarm(alarm, *, by, now, words, happened_at=None):
    """Add an entry to the story, or a correction: nothing that stands there is altered. What is long ago reads 补记."""
    check(None if words.strip() else AlarmRefusal.NO_WORDS)
    check(AlarmRefusal.IN_FUTURE if happened_at and happened_at > now else None)
    happened_at = happened_at or now
    is_late = now - happened_at > LATE_AFTER
    return done(alarm, after={"words": words.strip(), "happened_at": happened_at, "is_late": is_late})
