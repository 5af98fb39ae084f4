"""Reporting up as it is done: a step told, skipped or jumped to, and a round begun anew because nobody answered."""

import secrets
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from anlan.domains.emergency.actions.alarms import STEPS, keep, lock, move, restart
from anlan.domains.emergency.actions.links import make_link
from anlan.domains.emergency.models import Telling
from anlan.domains.emergency.queries.answers import counting_answers, party_of
from anlan.domains.emergency.queries.callees import callees_for
from anlan.domains.emergency.queries.ladder import ladder_of
from anlan.domains.emergency.queries.wording import word_alarm, word_look
from anlan.domains.emergency.rules import ladder as rules
from anlan.domains.emergency.rules.alarms import may_step
from anlan.domains.emergency.terms import AnswerEnd, AnswerRefusal, Deed
from anlan.domains.emergency.terms.ladder import LadderRefusal, Recipient, TellingOutcome
from anlan.kit.actions import action, check, done, note
from anlan.kit.address import absolute
from anlan.kit.outbox import contacts_of, queue, tell
from anlan.kit.tables.actions import say_both

SEND_WITHIN = timedelta(hours=1)  # later a message of an alarm misleads more than it helps
JUST_NOW = timedelta(seconds=20)  # shorter than any repeat: whoever stands on two steps is rung once


@action("emergency.tell_step", machine=True, label=_("逐级上报"))
def tell_step(alarm, *, by, now, step, repeat, make_secret=secrets.token_urlsafe):
    """Tell one step that is due: who is on duty now, at every contact, each with a fresh link; an empty one is skipped.

    Call it with `key=step_key(…)`, so that doing it again changes nothing. Raises Refused where it is not due (any
    more): somebody answered in between.
    """
    alarm = lock(alarm)
    due = next(
        (one for one in ladder_of(alarm, now).due if (one.step.number, one.repeat) == (step, repeat)), None
    )
    check(None if due else LadderRefusal.NOT_DUE)
    telling, messages = call(alarm, due, now=now, make_secret=make_secret)
    return done(alarm, after=describe(telling, messages))


@action("emergency.jump_step", label=_("越级通知"))
def jump_step(alarm, *, by, now, step, why, make_secret=secrets.token_urlsafe):
    """Tell a later step at once, with a reason; those before it that were not told yet are passed over and say so."""
    alarm = lock(alarm)
    check(None if party_of(by, alarm) else AnswerRefusal.NO_RIGHT)
    ladder = ladder_of(alarm, now)
    check(rules.refuse_jump(
        ladder, step, why=why, is_open=alarm.is_open, is_answered=alarm.answered_at is not None
    ))  # fmt: skip
    left_out = rules.passed_over(ladder, step)
    Telling.objects.bulk_create(
        Telling(alarm=alarm, round=alarm.round, step=rung.step.number, recipient=rung.step.recipient,
                outcome=TellingOutcome.JUMPED, due_at=now, at=now, by=by, why=why[:500])
        for rung in left_out
    )  # fmt: skip
    target = next(rung.step for rung in ladder.rungs if rung.step.number == step)
    due = rules.Due(target, 0, now)
    telling, messages = call(alarm, due, now=now, make_secret=make_secret, by=by, why=why)
    keep(alarm, now)
    passed = {"passed_over": [say_recipient(rung.step.recipient) for rung in left_out]} if left_out else {}
    return done(alarm, after=describe(telling, messages) | passed)


@action("emergency.restart_chain", machine=True, label=_("无人签收，重新逐级上报"))
def restart_chain(alarm, *, by, now):
    """Nobody answered a whole round: it reads 超时未反馈, and the chain begins anew."""
    alarm = lock(alarm)
    ladder = ladder_of(alarm, now)
    check(None if is_over(ladder, now) else LadderRefusal.NOT_DUE)
    before = note(alarm, *STEPS)
    if may_step(alarm.state, Deed.FALL_BACK):
        move(alarm, Deed.FALL_BACK, now)
    restart(alarm, now, AnswerEnd.FELL_BACK)
    keep(alarm, now)
    return done(alarm, before=before)


@action("emergency.remind_look", machine=True, label=_("提醒按时反馈"))
def remind_look(alarm, *, by, now, make_secret=secrets.token_urlsafe):
    """The promised look is due: whoever promised it is reminded once, before it falls back. Refused where none is."""
    alarm = lock(alarm)
    people = promisers_of(alarm, now)
    check(None if people else LadderRefusal.NOT_DUE)
    messages = []
    for person in people:
        wording = word_look(alarm, language=person.language)
        link = make_link(person, now=now, alarm=alarm, make_secret=make_secret)
        messages += tell(
            person, about=alarm, key=f"alarm/{alarm.pk}/{alarm.round}/look/{alarm.next_look_at:%H%M%S}/{person.pk}",
            title=wording.title, text=wording.text, words=wording.words, now=now, is_urgent=True, link=link.address,
            send_by=now + SEND_WITHIN, scene=alarm.scene,
        )  # fmt: skip
    channels = sorted({str(message.channel) for message in messages})
    return done(alarm, after={"told_people": [str(person) for person in people], "told_channels": channels})


def promisers_of(alarm, now):
    """Who answered himself in the present round and promised the look that is now due."""
    if not alarm.is_open or alarm.next_look_at is None or alarm.next_look_at > now:
        return []
    rows = counting_answers(alarm).filter(person__isnull=False, next_look_at=alarm.next_look_at)
    return list({row.person_id: row.person for row in rows}.values())


def is_over(ladder, now):
    """Whether a round has told all it could and nobody answered in time."""
    return (
        bool(ladder.rungs) and ladder.restart_at is not None and ladder.restart_at <= now and not ladder.due
    )


def step_key(alarm, step, repeat):
    """What names the telling of a step, for good."""
    return f"alarm/{alarm.pk}/{alarm.round}/{step}/{repeat}"


def call(alarm, due, *, now, make_secret, by=None, why=""):
    """Put the messages of one step into the outbox and keep what was done; (its Telling, the messages).

    Whoever another step of the round told a moment ago is not rung again: `through` names that step and repeat. A
    group counts as well as a person's own contact, but nobody on duty is nobody, whoever else may hear it.
    """
    callees = callees_for(alarm, due.step.recipient, now)
    rung, heard = rung_just_now(alarm, now, "people"), rung_just_now(alarm, now, "groups")
    people = [one.as_row() | {"through": rung.get(one.person.pk)} for one in callees.people]
    told = {
        one.person.pk: tell_person(alarm, due, one.person, now, make_secret)
        for one in callees.people if one.person.pk not in rung
    }  # fmt: skip
    for row in people:
        row["is_reached"] = bool(row["through"] or told[row["id"]])
    groups = [{"id": one.pk, "name": one.name, "through": heard.get(one.pk)} for one in callees.groups]
    messages = [message for one in told.values() for message in one]
    messages += [tell_group(alarm, due, one, now) for one in callees.groups if one.pk not in heard]
    if not people:
        outcome = TellingOutcome.SKIPPED
    else:
        reaches = messages or groups or any(row["is_reached"] for row in people)
        outcome = TellingOutcome.TOLD if reaches else TellingOutcome.UNREACHABLE
    return Telling.objects.create(
        alarm=alarm, round=alarm.round, step=due.step.number, repeat=due.repeat, recipient=due.step.recipient,
        outcome=outcome, due_at=due.due_at, at=now, by=by, why=why[:500], people=people,
        groups=groups,
    ), messages  # fmt: skip


def rung_just_now(alarm, now, whom):
    """{id: [step, repeat]} of the people, or of the groups, that were rung in this round a moment ago."""
    rows = Telling.objects.filter(alarm=alarm, round=alarm.round, at__gt=now - JUST_NOW)
    return {
        one["id"]: [row.step, row.repeat]
        for row in rows
        for one in getattr(row, whom)
        if one.get("is_reached", True) and not one["through"]
    }


def tell_person(alarm, due, person, now, make_secret):
    """The messages to one person of a step, one for each contact; none where he has no contact."""
    if not contacts_of(person):
        return []
    wording = word_alarm(alarm, language=person.language, round_count=alarm.round, repeat=due.repeat)
    link = make_link(person, now=now, alarm=alarm, make_secret=make_secret)
    return tell(
        person, about=alarm, key=key_to(alarm, due, person.pk), title=wording.title, text=wording.text, now=now,
        is_urgent=True, link=link.address, words=wording.words, send_by=now + SEND_WITHIN, scene=alarm.scene,
    )  # fmt: skip


def tell_group(alarm, due, channel, now):
    """The message to one group channel: it leads to the alarm's page, where one signs in."""
    wording = word_alarm(alarm, round_count=alarm.round, repeat=due.repeat)
    return queue(
        alarm, key=key_to(alarm, due, f"g{channel.pk}"), channel=channel, recipient=str(channel.organisation),
        title=wording.title, text=wording.text, now=now, is_urgent=True, link=absolute(alarm.get_absolute_url()),
        words=wording.words, send_by=now + SEND_WITHIN, scene=alarm.scene,
    )  # fmt: skip


def key_to(alarm, due, recipient):
    """The key of the message of a step to one recipient."""
    return rules.message_key(alarm.pk, alarm.round, due.step.number, due.repeat, str(recipient))


def describe(telling, messages):
    """What the change row of a step says: whom, by which channels, and what came of it."""
    return {
        "step_recipient": say_recipient(telling.recipient), "step_repeat": telling.repeat,
        "step_outcome": say_both(lambda: str(TellingOutcome(telling.outcome).label)),
        "told_people": [one["name"] for one in telling.people],
        "told_channels": sorted({str(message.channel) for message in messages}),
    }  # fmt: skip


def say_recipient(recipient):
    """A recipient in both languages."""
    return say_both(lambda: str(Recipient(recipient).label))
