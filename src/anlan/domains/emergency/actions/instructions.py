"""Leaders' instructions 领导批示: entered, relayed, read, carried out with feedback."""

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.actions.incidents import hold, hold_open, moment_of, told
from anlan.domains.emergency.actions.receivers import tell_receivers
from anlan.domains.emergency.models import Instruction, Relay
from anlan.domains.emergency.queries.command import belongs_to
from anlan.domains.emergency.rules import reports as rules
from anlan.domains.emergency.rules.orders import check_hand
from anlan.domains.emergency.terms.reports import InstructionRefusal, RelayState
from anlan.kit.actions import action, check, done, note
from anlan.kit.followups import open_follow_up, settle_follow_up


@action("emergency.enter_instruction", may=Right.INCIDENTS_RUN, label=_("登记领导批示"))
def enter_instruction(incident, *, by, now, leader, text, given_at=None, happened_at=None):
    """What a leader instructed, word for word."""
    incident = hold_open(incident)
    moment = moment_of(given_at or happened_at, now)
    check(None if leader.strip() else InstructionRefusal.NO_LEADER)
    check(None if text.strip() else InstructionRefusal.NO_TEXT)
    row = Instruction.objects.create(
        incident=incident, leader=leader.strip(), text=text.strip(), given_at=moment
    )
    return done(row, after=note(row, "leader", "text") | told(moment))


@action("emergency.relay_instruction", may=Right.INCIDENTS_RUN, label=_("传达领导批示"))
def relay_instruction(instruction, *, by, now, to, receiver="", due_at=None, happened_at=None):
    """It went to an organisation that is to carry it out, by when."""
    moment = moment_of(happened_at, now)
    hold(instruction.incident)
    check(None if to else InstructionRefusal.NO_RECEIVER)
    check(InstructionRefusal.DUE_PAST if due_at and due_at < now else None)
    known = Relay.objects.filter(instruction=instruction, to=to).exists()
    check(InstructionRefusal.TWICE % {"name": to} if known else None)
    row = Relay.objects.create(
        instruction=instruction, to=to, receiver=receiver.strip(), due_at=due_at, relayed_at=moment
    )
    if due_at:
        title = f"{instruction.leader}：{instruction.text}"[:200]
        open_follow_up(
            row, key=follow_up_key(row), title=title, organisation=to, due=due_at, by=by, now=now,
            link=row.get_absolute_url(), scene=row.scene,
        )  # fmt: skip
    names = tell_receivers(
        row, key=f"relay/{row.pk}/relayed", title=str(row.incident), now=now, organisation=to,
        text=_("领导批示（%(leader)s）：%(text)s") % {"leader": instruction.leader, "text": instruction.text},
    )  # fmt: skip
    return done(row, after=note(row, "to", "receiver", "due_at") | {"told_to": names} | told(moment))


def follow_up_key(relay):
    """Under which key the task of a relayed instruction is kept."""
    return f"emergency/relay/{relay.pk}"


def answer(relay, *, by, now, state, on_behalf_of, happened_at, **fields):
    """One further step of a relayed instruction, by whom it concerns, or noted for him."""
    relay = Relay.objects.select_for_update().get(pk=relay.pk)
    moment = moment_of(happened_at, now)
    check(check_hand(
        runs=by.may(Right.INCIDENTS_RUN, relay.organisation), belongs=belongs_to(by, relay.to), told_by=on_behalf_of,
        refusal=InstructionRefusal.NOT_YOURS % {"name": relay.to},
    ))  # fmt: skip
    check(rules.relay_step(relay.state, state))
    fields |= {"state": state, "read_at": relay.read_at or moment}
    fields |= {"done_at": moment} if state == RelayState.DONE else {}
    before = note(relay, *fields)
    for name, value in fields.items():
        setattr(relay, name, value)
    relay.save(update_fields=list(fields))
    return done(relay, before=before, after=told(moment))


@action("emergency.read_relay", label=_("批示已阅"))
def read_relay(relay, *, by, now, on_behalf_of="", happened_at=None):
    """The organisation has read it."""
    return answer(
        relay, by=by, now=now, state=RelayState.READ, on_behalf_of=on_behalf_of, happened_at=happened_at
    )


@action("emergency.finish_relay", label=_("批示办结"))
def finish_relay(relay, *, by, now, feedback, on_behalf_of="", happened_at=None):
    """The organisation has carried it out, and says with what result."""
    check(None if feedback.strip() else InstructionRefusal.NO_FEEDBACK)
    words = {"on_behalf_of": on_behalf_of, "happened_at": happened_at, "feedback": feedback.strip()}
    did = answer(relay, by=by, now=now, state=RelayState.DONE, **words)
    settle_follow_up(follow_up_key(relay), by=by, now=now, outcome=feedback.strip()[:500])
    return did


@action("emergency.remind_relay", machine=True, label=_("批示超时提醒"))
def remind_relay(relay, *, by, now, told_to):
    """An instruction is past its time; who was told."""
    return done(relay, after={"told_to": list(told_to)} | told(now))
