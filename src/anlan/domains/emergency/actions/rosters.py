"""Rosters, fixed shifts and swaps: what is laid down ahead. What has been stood is never changed."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.actions.duty import check_in_use, is_editor, keep_unless_done
from anlan.domains.emergency.models import DutySwap, FixedShift, Roster
from anlan.domains.emergency.queries.duty import facts_of, people_for, reader, watches
from anlan.domains.emergency.rules import duty as rules
from anlan.domains.emergency.rules import rosters as rotas
from anlan.domains.emergency.terms.duty import DutyRefusal, SwapState
from anlan.kit.actions import action, check, done, note

ROSTER = ("name", "role", "seat", "shifts", "teams", "turn", "starts_on", "ends_on")
JUDGED_DAYS = 60  # ahead of its first day, within which a roster is tried for clashes
SHIFT = ("role", "seat", "since", "until", "note")
SWAP = ("giver", "taker", "since", "until", "back_since", "back_until", "reason", "state")


@action("duty.add_roster", may=Right.DUTY_EDIT, label=_("编排值班表"))
def add_roster(post, *, by, now, takes_over=False, **words):
    """Lay a rotation down at a post; `takes_over` ends those that hold its seats on the day before it begins.

    Words: name, role, seat, shifts (text, a line `17:30 15 工作日` each), teams (text, a line of names each), turn,
    starts_on, ends_on.
    """
    check_in_use(post)
    row = draft_roster(post, now=now, **words)
    check(DutyRefusal.ENDS_IN_PAST if row.starts_on < timezone.localdate(now) else None)
    ended = end_before(row, now) if takes_over else []
    check(find_clash(row, now))
    row.save()
    after = note(row, *ROSTER) | ({"takes_over": "、".join(map(str, ended))} if ended else {})
    return done(row, after=after)


@action("duty.change_roster", may=Right.DUTY_EDIT, label=_("修改值班表"))
def change_roster(roster, *, by, now, takes_over=False, **words):
    """Replace a roster that has not begun, with the words of `add_roster`."""
    check_in_use(roster.post)
    today = timezone.localdate(now)
    check(DutyRefusal.ENDS_IN_PAST if min(roster.starts_on, words["starts_on"]) < today else None)
    row = draft_roster(roster.post, now=now, **words)
    row.pk = roster.pk
    check(DutyRefusal.SAME if note(row, *ROSTER) == note(roster, *ROSTER) else None)
    if takes_over:
        end_before(row, now)
    check(find_clash(row, now))
    before = note(roster, *ROSTER)
    for name in ROSTER:
        setattr(roster, name, getattr(row, name))
    roster.save(update_fields=ROSTER)
    return done(roster, before=before)


@action("duty.end_roster", may=Right.DUTY_EDIT, label=_("结束值班表"))
def end_roster(roster, *, by, now, why, ends_on):
    """Let a roster's last shifts begin on `ends_on`: today at the earliest, or the day before it would have begun."""
    check(None if why.strip() else DutyRefusal.NO_REASON)
    today = timezone.localdate(now)
    is_never = roster.starts_on > today and ends_on == roster.starts_on - timedelta(days=1)
    check(DutyRefusal.ENDS_IN_PAST if ends_on < today and not is_never else None)
    check(None if is_never else rules.check_span(roster.starts_on, ends_on))
    check(DutyRefusal.SAME if ends_on == roster.ends_on else None)
    before = note(roster, "ends_on")
    roster.ends_on = ends_on
    if not is_never:
        check(find_clash(roster, now))
    roster.save(update_fields=["ends_on"])
    return done(roster, before=before)


def draft_roster(post, *, now, name, role, shifts, teams, turn, starts_on, ends_on=None, seat=1):
    """The roster that these words would make, not kept. Raises Refused."""
    check(None if name.strip() else DutyRefusal.NAME_MISSING)
    check(rules.check_span(starts_on, ends_on))
    patterns, refusal = rules.read_shifts(shifts)
    check(refusal)
    known = people_for(post.organisation).values_list("pk", "name", "username")
    people, refusal = rules.read_teams(teams, list(known))
    check(refusal)
    row = Roster(
        post=post, name=name.strip(), role=role, seat=seat, shifts=[list(one) for one in patterns], teams=people,
        turn=turn, starts_on=starts_on, ends_on=ends_on, made_at=now, zone=timezone.get_default_timezone_name(),
    )  # fmt: skip
    first = rotas.moment(starts_on, 0, row.zone)
    at = rotas.find_overlap(
        facts_of(row), reader(now), since=first, until=first + timedelta(days=JUDGED_DAYS)
    )
    check(DutyRefusal.SHIFTS_OVERLAP % {"at": say(at)} if at else None)
    return row


def find_clash(row, now):
    """Why another roster holds the seat of this one, or None."""
    first = max(rotas.moment(row.starts_on, 0, row.zone), now)
    span = {"since": first, "until": first + timedelta(days=JUDGED_DAYS), "works": reader(now)}
    mine = rotas.watches([facts_of(row)], (), (), **span)
    others = Roster.objects.filter(post=row.post_id).exclude(pk=row.pk)
    for other in others:
        if clash := rotas.find_clash(mine, rotas.watches([facts_of(other)], (), (), **span)):
            return DutyRefusal.SEAT_TAKEN % {"name": other.name, "at": say(clash[1])}
    return None


def end_before(row, now):
    """End the rosters that clash with `row` on the day before it begins; those that were ended."""
    ended = []
    others = Roster.objects.filter(post=row.post_id, role=row.role, starts_on__lt=row.starts_on)
    for other in others.exclude(pk=row.pk):
        if (other.ends_on is None or other.ends_on >= row.starts_on) and seats_of(other) & seats_of(row):
            other.ends_on = row.starts_on - timedelta(days=1)
            other.save(update_fields=["ends_on"])
            ended.append(other)
    return ended


def seats_of(roster):
    """The seats that a roster fills."""
    return set(range(roster.seat, roster.seat + max(map(len, roster.teams), default=0)))


def say(moment):
    """A moment as people read it."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


# ── fixed shifts ────────────────────────────────────────────────────────────────────────────────


@action("duty.add_shift", may=Right.DUTY_EDIT, label=_("登记固定班次"))
def add_shift(post, *, by, now, person, since, until, role, seat=1, note_text=""):
    """Put a person on duty over one interval, over whatever the rotation says."""
    check_in_use(post)
    check(check_shift(post, person, since, until, role, seat, now))
    row = FixedShift.objects.create(
        post=post, person=person, role=role, seat=seat, since=since, until=until, note=note_text.strip()
    )
    return done(row, after=note(row, "person", *SHIFT))


def check_shift(post, person, since, until, role, seat, now):
    """Why this shift cannot be laid down, or None."""
    if refusal := rules.check_interval(since, until):
        return refusal
    if until <= now:
        return DutyRefusal.OVER
    if not people_for(post.organisation).filter(pk=person.pk).exists():
        return DutyRefusal.PERSON_UNKNOWN % {"name": person.name}
    rows = FixedShift.objects.filter(post=post, withdrawn_at=None, since__lt=until, until__gt=since)
    if rows.filter(person=person, role=role, seat=seat, since=since, until=until).exists():
        return DutyRefusal.SHIFT_KNOWN
    taken = rows.filter(role=role, seat=seat).first() or rows.filter(person=person).first()
    return DutyRefusal.BUSY % {"name": taken.person.name} if taken else None


@action("duty.withdraw_shift", may=Right.DUTY_EDIT, label=_("撤回固定班次"))
def withdraw_shift(row, *, by, now, why):
    """Let the rotation hold again where a fixed shift lay over it."""
    check(DutyRefusal.WITHDRAWN if row.withdrawn_at else None)
    check(None if why.strip() else DutyRefusal.NO_REASON)
    check(DutyRefusal.OVER if row.until <= now else None)
    before = note(row, "withdrawn_at")
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at"])
    return done(row, before=before)


# ── swaps ───────────────────────────────────────────────────────────────────────────────────────


@action("duty.ask_swap", may=Right.DUTY_STAND, label=_("申请调班"))
def ask_swap(post, *, by, now, **words):
    """Ask for a swap or a substitute; one of the two asks, the other answers.

    Words: giver, taker, since, until, reason, back_since, back_until.
    """
    check(None if by.pk in {words["giver"].pk, words["taker"].pk} else DutyRefusal.NOT_INVOLVED)
    row = draft_swap(post, now=now, **words)
    row.asked_by = by
    row.save()
    return done(row, after=note(row, *SWAP))


@action("duty.assign_swap", may=Right.DUTY_EDIT, label=_("指派替班"))
def assign_swap(post, *, by, now, **words):
    """Put somebody in another's place without asking, as who edits the roster may; the words of `ask_swap`."""
    row = draft_swap(post, now=now, **words)
    row.asked_by = row.decided_by = by
    row.decided_at, row.state = now, SwapState.ASSIGNED
    row.save()
    return done(row, after=note(row, *SWAP))


def draft_swap(post, *, now, giver, taker, since, until, reason, back_since=None, back_until=None):
    """The swap that these words would make, not kept. Raises Refused."""
    check_in_use(post)
    row = DutySwap(
        post=post, giver=giver, taker=taker, since=since, until=until, reason=reason.strip(), asked_at=now,
        back_since=back_since, back_until=back_until if back_since else None,
    )  # fmt: skip
    check(check_swap(row, now))
    return row


def check_swap(row, now):
    """Why a swap, asked for or about to be accepted, cannot stand by the roster as it is now; or None."""
    spans = [(row.giver, row.taker, row.since, row.until)]
    if row.back_since:
        check(None if row.back_until else DutyRefusal.INTERVAL % {"days": rules.INTERVAL_MOST_DAYS})
        spans.append((row.taker, row.giver, row.back_since, row.back_until))
    for *_both, since, until in spans:
        check(rules.check_interval(since, until))
    first, last = min(span[2] for span in spans), max(span[3] for span in spans)
    people = people_for(row.post.organisation).filter(pk__in=[row.giver_id, row.taker_id])
    if (
        missing := {row.giver_id, row.taker_id} - {one.pk for one in people}
    ) and row.giver_id != row.taker_id:
        left = row.taker if row.taker_id in missing else row.giver
        return DutyRefusal.PERSON_UNKNOWN % {"name": left.name}
    return rules.check_swap(
        giver=row.giver, taker=row.taker, spans=spans, watches=watches(row.post, first, last), now=now,
        reason=row.reason,
    )  # fmt: skip


@action("duty.accept_swap", label=_("同意调班"))
def accept_swap(swap, *, by, now, answer=""):
    """Agree, as the one who was asked: from now on the other is on duty."""
    check(rules.check_answer_to_swap(swap, by=by, may_edit=is_editor(swap.post, by), accepts=True, now=now))
    check(check_swap(swap, now))
    return settle(swap, SwapState.ACCEPTED, by, now, answer)


@action("duty.refuse_swap", label=_("拒绝调班"))
def refuse_swap(swap, *, by, now, answer=""):
    """Say no, as the one who was asked or as who edits the roster, with the reason."""
    check(rules.check_answer_to_swap(swap, by=by, may_edit=is_editor(swap.post, by), accepts=False, now=now))
    check(None if answer.strip() else DutyRefusal.NO_REASON)
    return settle(swap, SwapState.REFUSED, by, now, answer)


@action("duty.withdraw_swap", label=_("撤回调班申请"))
def withdraw_swap(swap, *, by, now, answer=""):
    """Take one's own asking back while nobody has answered."""
    check(
        DutyRefusal.NOT_ASKED % {"state": swap.get_state_display()} if swap.state != SwapState.ASKED else None
    )
    check(None if by.pk == swap.asked_by_id else DutyRefusal.NOT_INVOLVED)
    return settle(swap, SwapState.WITHDRAWN, by, now, answer)


def settle(swap, state, by, now, answer):
    """Write down how a swap ended."""
    names = ("state", "decided_by", "decided_at", "answer")
    before = note(swap, *names)
    swap.state, swap.decided_by, swap.decided_at, swap.answer = state, by, now, answer.strip()[:300]
    keep_unless_done(swap, names, state=SwapState.ASKED)
    return done(swap, before=before)
