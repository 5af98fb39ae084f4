"""Reporting up as it is drawn: each step with whom, by which channel, what came of it; and a rehearsal of it."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from anlan.domains.emergency.models import DutyPost
from anlan.domains.emergency.queries.callees import callees_for, callees_of, say_role
from anlan.domains.emergency.queries.ladder import (
    delivery_of,
    ladder_of,
    messages_by_recipient,
    reporting_on,
    tellings_of,
)
from anlan.domains.emergency.queries.mutes import mute_of
from anlan.domains.emergency.rules import ladder as rules
from anlan.domains.emergency.terms.duty import PostKind
from anlan.domains.emergency.terms.ladder import Delivery, Recipient, RungState, TellingOutcome

# How each state looks: a tone and a shape, so that colour is never alone.
LOOKS = {
    RungState.WAITING: ("none", "clock"), RungState.CALLING: ("care", "broadcast"), RungState.TOLD: ("ok", "upload"),
    RungState.DELIVERED: ("ok", "circle-check"), RungState.FAILED: ("bad", "circle-x"),
    RungState.SKIPPED: ("bad", "ban"), RungState.UNREACHABLE: ("bad", "plug-connected-x"),
    RungState.JUMPED: ("care", "arrow-down"), RungState.STOPPED: ("none", "check"), RungState.MUTED: ("care", "ban"),
}  # fmt: skip
DELIVERY_TONES = {
    Delivery.WAITING: "care", Delivery.SENT: "ok", Delivery.DELIVERED: "ok", Delivery.FAILED: "bad",
}  # fmt: skip
LATE_S = 5  # from here on a step reads as told late


@dataclass(frozen=True)
class DrawnMessage:
    """One message to one person: by which channel, what is known of it, the service's own words."""

    channel: str
    state: str
    tone: str
    said: str


@dataclass(frozen=True)
class DrawnPerson:
    """One person of a step, with the messages of the last time he was rung."""

    name: str
    role: str
    post: str
    messages: list[DrawnMessage] = field(default_factory=list)
    is_reached: bool = True
    is_through: bool = False


@dataclass(frozen=True)
class DrawnRung:
    """One step as the page shows it."""

    number: int
    recipient: str
    state: str
    label: str
    tone: str
    icon: str
    due_at: datetime
    told_at: datetime | None
    late_s: int
    people: list[DrawnPerson]
    groups: list[DrawnMessage]
    rings: int  # how often it was told so far
    repeat_at: datetime | None
    is_next: bool
    why: str
    by: str
    is_parallel: bool

    @property
    def is_waiting(self):
        """Whether its time is still to come."""
        return self.state == RungState.WAITING


@dataclass(frozen=True)
class DrawnLadder:
    """The whole as the page shows it; `mute` is the one that holds, or None."""

    rungs: list[DrawnRung]
    now: datetime
    round: int
    round_at: datetime
    next_at: datetime | None
    restart_at: datetime | None
    mute: object
    may_jump: bool


def draw_ladder(alarm, now, *, may_jump=False):
    """The DrawnLadder of an alarm's present round at `now`; `may_jump`: the reader may tell a later step at once."""
    ladder, sent = ladder_of(alarm, now), messages_by_recipient(alarm)
    rows = {}
    for row in tellings_of(alarm, of_round=alarm.round):
        rows.setdefault(row.step, []).append(row)
    following = ladder.next_rung
    return DrawnLadder(
        [draw_rung(alarm, rung, rows.get(rung.step.number, []), sent, now, following) for rung in ladder.rungs],
        now, alarm.round, alarm.round_at, ladder.next_at, ladder.restart_at, mute_of(alarm),
        may_jump and alarm.is_unanswered,
    )  # fmt: skip


def draw_rung(alarm, rung, rows, sent, now, following):
    """One step: from what was told of it, or from who is on duty now where its time is still to come."""
    tone, icon = LOOKS[rung.state]
    last = rows[-1] if rows else None
    if last:
        people = [draw_person(row, last, sent) for row in last.people]
    elif rung.state == RungState.WAITING:
        callees = callees_for(alarm, rung.step.recipient, now)
        people = [DrawnPerson(one.person.name, one.role_label, one.post) for one in callees.people]
    else:
        people = []
    first = rows[0] if rows else None
    return DrawnRung(
        rung.step.number, str(Recipient(rung.step.recipient).label), rung.state, str(RungState(rung.state).label),
        tone, icon, rung.due_at, first and first.at, late_of(first), people,
        draw_groups(last, sent), sum(row.outcome == TellingOutcome.TOLD for row in rows), rung.repeat_at,
        rung is following, first.why if first else "", str(first.by or "") if first else "",
        rung.step.way == "parallel" and rung.step.number > 1,
    )  # fmt: skip


def late_of(row):
    """How many seconds after its time a step was told, 0 for on time."""
    late_s = round((row.at - row.due_at).total_seconds()) if row else 0
    return late_s if late_s >= LATE_S else 0


def draw_person(one, telling, sent):
    """One person of a telling with his messages; those of the step that rang him a moment ago where it counts on it."""
    step, repeat = one["through"] or (telling.step, telling.repeat)
    messages = [draw_message(message) for message in sent[step, repeat, str(one["id"])]]
    return DrawnPerson(
        one["name"], say_role(one["role"]), one["post"], messages, one["is_reached"], bool(one["through"])
    )


def draw_groups(telling, sent):
    """The group channels of a telling with what became of their messages; those of another step are shown there."""
    rows = [one for one in telling.groups if not one["through"]] if telling else []
    return [
        draw_message(message)
        for one in rows
        for message in sent[telling.step, telling.repeat, f"g{one['id']}"]
    ]


def draw_message(message):
    """One message: its channel, its state in words, and what the service said where it failed."""
    tone = DELIVERY_TONES[delivery_of([message])]
    return DrawnMessage(
        str(message.channel), str(message.get_state_display()), tone, message.said if tone == "bad" else ""
    )


# ── a rehearsal ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Rehearsed:
    """One thing that would happen: after how many seconds, to which step, whom (Callees), what would come of it."""

    after_s: int
    number: int
    recipient: str
    repeat: int
    outcome: str
    is_told: bool
    callees: object


def rehearse(place, organisation, level, now, *, agencies=()):
    """(what would happen if an alarm of this level were raised now and nobody answered, seconds to its starting anew).

    Nothing is told to anybody; who is on duty is read as it is now.
    """
    reporting = reporting_on(timezone.localdate(now))
    steps = reporting.steps.get(level, [])
    called = {
        step.number: callees_of(step.recipient, at=now, organisation=organisation, place=place, agencies=agencies)
        for step in steps
    }  # fmt: skip
    outcomes = {number: outcome_of(callees) for number, callees in called.items()}
    if not steps:
        return [], None
    told, restart_at = rules.rehearse(steps, outcomes, start=now, timers=reporting.timers_of(level))
    names = {step.number: str(Recipient(step.recipient).label) for step in steps}
    rows = [
        Rehearsed(
            round((one.at - now).total_seconds()), one.step, names[one.step], one.repeat,
            str(TellingOutcome(one.outcome).label), one.outcome == TellingOutcome.TOLD, called[one.step],
        )
        for one in told
    ]  # fmt: skip
    return rows, round((restart_at - now).total_seconds())


def outcome_of(callees):
    """What would come of calling these, by who is on duty and who has a contact."""
    if not callees.people:
        return TellingOutcome.SKIPPED
    reaches = callees.groups or any(one.is_reachable for one in callees.people)
    return TellingOutcome.TOLD if reaches else TellingOutcome.UNREACHABLE


def has_posts():
    """Whether any post that reporting up can ring is set up at all."""
    return DutyPost.objects.filter(retired_at=None, kind__in=PostKind.values).exists()
