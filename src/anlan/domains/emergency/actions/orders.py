"""The command post: roles and their transfer, objectives, orders with feedback, needs."""

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.emergency.actions.incidents import hold_open, moment_of, told
from anlan.domains.emergency.actions.receivers import tell_receivers
from anlan.domains.emergency.models import Need, Objective, Order, RoleTenure
from anlan.domains.emergency.queries.command import belongs_to
from anlan.domains.emergency.rules import orders as rules
from anlan.domains.emergency.terms.orders import (
    CommandRefusal,
    CommandRole,
    NeedState,
    ObjectiveState,
    OrderStep,
)
from anlan.kit.actions import action, check, done, note

HELD = ("role", "title", "holder", "holder_organisation", "phone", "since")


# ── roles ───────────────────────────────────────────────────────────────────────────────────────


@action("emergency.assign_role", may=Right.INCIDENTS_RUN, label=_("指定指挥角色"))
def assign_role(
    incident, *, by, now, role, person=None, holder="", holder_organisation="", phone="", title="", happened_at=None
):  # fmt: skip
    """Somebody takes a role at the command post. Refused where somebody holds it: hand it over."""
    incident = hold_open(incident)
    moment = moment_of(happened_at, now)
    check(CommandRefusal.NO_ROLE_NAME if role == CommandRole.OTHER and not title.strip() else None)
    held = RoleTenure.objects.filter(incident=incident, role=role, title=title.strip(), until=None).first()
    check(CommandRefusal.ROLE_HELD % {"role": held.name, "holder": held.holder} if held else None)
    row = RoleTenure(incident=incident, role=role, title=title.strip(), since=moment)
    seat(row, person, holder, holder_organisation, phone)
    return done(row, after=note(row, *HELD) | told(moment))


def seat(row, person, holder, holder_organisation, phone):
    """Put somebody into a role: a person who signs in, or one known by name."""
    row.person = person
    row.holder = (person.name if person else holder).strip()
    row.holder_organisation = (str(person.organisation) if person else holder_organisation).strip()
    row.phone = (phone or (person.phone if person else "")).strip()
    check(None if row.holder else CommandRefusal.NO_HOLDER)
    row.save()


@action("emergency.hand_over_role", may=Right.INCIDENTS_RUN, label=_("移交指挥角色"))
def hand_over_role(
    tenure, *, by, now, situation, person=None, holder="", holder_organisation="", phone="", happened_at=None
):  # fmt: skip
    """A role goes to somebody else, who was told how things stand: who handed it to whom, when, what was told."""
    hold_open(tenure.incident)
    tenure = RoleTenure.objects.select_for_update().get(pk=tenure.pk)
    moment = moment_of(happened_at, now)
    check(CommandRefusal.NOT_HELD if tenure.until else None)
    check(None if situation.strip() else CommandRefusal.NO_SITUATION)
    tenure.until = moment
    tenure.save(update_fields=["until"])
    row = RoleTenure(
        incident=tenure.incident, role=tenure.role, title=tenure.title, since=moment, handed_from=tenure,
        situation=situation.strip(),
    )  # fmt: skip
    seat(row, person, holder, holder_organisation, phone)
    return done(row, after=note(row, *HELD, "handed_from", "situation") | told(moment))


@action("emergency.end_role", may=Right.INCIDENTS_RUN, label=_("结束指挥角色"))
def end_role(tenure, *, by, now, why, happened_at=None):
    """A role is not needed any more, with the reason."""
    tenure = RoleTenure.objects.select_for_update().get(pk=tenure.pk)
    moment = moment_of(happened_at, now)
    check(CommandRefusal.NOT_HELD if tenure.until else None)
    check(None if why.strip() else CommandRefusal.NO_REASON)
    before = note(tenure, "until")
    tenure.until = moment
    tenure.save(update_fields=["until"])
    return done(tenure, before=before, after=told(moment))


# ── objectives ──────────────────────────────────────────────────────────────────────────────────


@action("emergency.set_objective", may=Right.INCIDENTS_RUN, label=_("提出处置目标"))
def set_objective(incident, *, by, now, text):
    """What the command wants to reach."""
    incident = hold_open(incident)
    check(None if text.strip() else CommandRefusal.NO_TEXT)
    row = Objective.objects.create(incident=incident, text=text.strip(), set_at=now)
    return done(row, after=note(row, "text") | told(now))


@action("emergency.close_objective", may=Right.INCIDENTS_RUN, label=_("处置目标结束"))
def close_objective(objective, *, by, now, state, why):
    """It is met, or dropped with the reason."""
    objective = Objective.objects.select_for_update().get(pk=objective.pk)
    is_open = objective.state == ObjectiveState.OPEN
    check(None if is_open else CommandRefusal.OBJECTIVE_CLOSED % {"state": objective.get_state_display()})
    check(CommandRefusal.NO_REASON if state == ObjectiveState.DROPPED and not why.strip() else None)
    before = note(objective, "state")
    objective.state, objective.closed_at = ObjectiveState(state), now
    objective.save(update_fields=["state", "closed_at"])
    return done(objective, before=before, after=told(now))


# ── orders ──────────────────────────────────────────────────────────────────────────────────────


@action("emergency.issue_order", may=Right.INCIDENTS_RUN, label=_("下达指令"))
def issue_order(
    incident, *, by, now, text, to=None, to_person=None, receiver="", due_at=None, happened_at=None
):
    """An order to an organisation, a person, or somebody named, by when it is to be done."""
    incident = hold_open(incident)
    moment = moment_of(happened_at, now)
    has_receiver = bool(to or to_person or receiver.strip())
    check(rules.check_order(text=text, has_receiver=has_receiver, due_at=due_at, now=now))
    last = Order.objects.filter(incident=incident).order_by("-serial").first()
    order = Order.objects.create(
        incident=incident, serial=last.serial + 1 if last else 1, text=text.strip(), to=to, to_person=to_person,
        receiver=receiver.strip(), issued_by=by, issued_at=moment, due_at=due_at,
    )  # fmt: skip
    names = tell_receivers(
        order, key=f"order/{order.pk}/issued", title=str(incident), now=now, organisation=to, person=to_person,
        text=_("指令 %(n)d：%(text)s") % {"n": order.serial, "text": order.text},
    )  # fmt: skip
    kept = note(order, "text", "to", "to_person", "receiver", "due_at")
    return done(order, after=kept | {"told_to": names} | told(moment))


def answer_order(order, step, *, by, now, on_behalf_of, happened_at, **fields):
    """One step of an order by whom it concerns, or noted for him by who runs the incident."""
    order = Order.objects.select_for_update().get(pk=order.pk)
    moment = moment_of(happened_at, now)
    check(check_receiver(order, by, on_behalf_of))
    to, refusal = rules.move(order.state, step)
    check(refusal)
    fields |= {"state": to, "received_at": order.received_at or moment}
    if "feedback" in fields:
        fields["fed_back_at"] = moment
    if to not in rules.ORDER_OPEN:
        fields["closed_at"] = moment
    before = note(order, *fields)
    for name, value in fields.items():
        setattr(order, name, value)
    order.save(update_fields=list(fields))
    return done(order, before=before, after=told(moment))


def check_receiver(order, by, on_behalf_of):
    """Why this person may not answer the order, or None."""
    return rules.check_hand(
        runs=by.may(Right.INCIDENTS_RUN, order.organisation),
        belongs=order.to_person_id == by.pk or belongs_to(by, order.to), told_by=on_behalf_of,
        refusal=CommandRefusal.NOT_YOURS % {"name": order.addressee},
    )  # fmt: skip


@action("emergency.receive_order", label=_("接收指令"))
def receive_order(order, *, by, now, on_behalf_of="", happened_at=None):
    """The receiver has it."""
    return answer_order(
        order, OrderStep.RECEIVE, by=by, now=now, on_behalf_of=on_behalf_of, happened_at=happened_at
    )


@action("emergency.feed_back_order", label=_("指令反馈"))
def feed_back_order(order, *, by, now, feedback, on_behalf_of="", happened_at=None):
    """How far the receiver is."""
    check(None if feedback.strip() else CommandRefusal.NO_FEEDBACK)
    words = {"on_behalf_of": on_behalf_of, "happened_at": happened_at, "feedback": feedback.strip()}
    return answer_order(order, OrderStep.FEED_BACK, by=by, now=now, **words)


@action("emergency.finish_order", label=_("指令完成"))
def finish_order(order, *, by, now, feedback, on_behalf_of="", happened_at=None):
    """The receiver has carried it out."""
    check(None if feedback.strip() else CommandRefusal.NO_FEEDBACK)
    words = {"on_behalf_of": on_behalf_of, "happened_at": happened_at, "feedback": feedback.strip()}
    return answer_order(order, OrderStep.FINISH, by=by, now=now, **words)


@action("emergency.refuse_order", label=_("指令不能执行"))
def refuse_order(order, *, by, now, feedback, on_behalf_of="", happened_at=None):
    """The receiver cannot carry it out, and says why."""
    check(None if feedback.strip() else CommandRefusal.NO_REASON)
    words = {"on_behalf_of": on_behalf_of, "happened_at": happened_at, "feedback": feedback.strip()}
    return answer_order(order, OrderStep.REFUSE, by=by, now=now, **words)


@action("emergency.withdraw_order", may=Right.INCIDENTS_RUN, label=_("撤回指令"))
def withdraw_order(order, *, by, now, why):
    """The command does not want it any more, with the reason."""
    check(None if why.strip() else CommandRefusal.NO_REASON)
    order = Order.objects.select_for_update().get(pk=order.pk)
    to, refusal = rules.move(order.state, OrderStep.WITHDRAW)
    check(refusal)
    before = note(order, "state")
    order.state, order.closed_at = to, now
    order.save(update_fields=["state", "closed_at"])
    return done(order, before=before, after=told(now))


@action("emergency.remind_order", machine=True, label=_("指令超时提醒"))
def remind_order(order, *, by, now, told_to):
    """An order is past its time; who was told."""
    return done(order, after={"told_to": list(told_to)} | told(now))


# ── needs ───────────────────────────────────────────────────────────────────────────────────────


@action("emergency.raise_need", may=Right.INCIDENTS_RUN, label=_("提出需求"))
def raise_need(incident, *, by, now, what, quantity, unit="", asked_of="", happened_at=None):
    """What is needed, how much, of whom it is asked."""
    incident = hold_open(incident)
    moment = moment_of(happened_at, now)
    check(None if what.strip() else CommandRefusal.NO_TEXT)
    check(None if quantity > 0 else CommandRefusal.NO_QUANTITY)
    row = Need.objects.create(
        incident=incident, what=what.strip(), quantity=quantity, unit=unit.strip(), asked_of=asked_of.strip(),
        asked_at=moment,
    )  # fmt: skip
    return done(row, after=note(row, "what", "quantity", "unit", "asked_of") | told(moment))


@action("emergency.meet_need", may=Right.INCIDENTS_RUN, label=_("需求到位"))
def meet_need(need, *, by, now, met_quantity, remark="", happened_at=None):
    """How much of it has come by now, in all."""
    moment = moment_of(happened_at, now)
    need = Need.objects.select_for_update().get(pk=need.pk)
    check(
        None
        if need.state != NeedState.DROPPED
        else CommandRefusal.NEED_CLOSED % {"state": need.get_state_display()}
    )
    check(None if met_quantity >= 0 else CommandRefusal.MET_RANGE)
    before = note(need, "met_quantity", "state", "remark")
    need.met_quantity, need.state = met_quantity, rules.need_state(need.quantity, met_quantity)
    need.remark = remark.strip() or need.remark
    need.save(update_fields=["met_quantity", "state", "remark"])
    return done(need, before=before, after=told(moment))


@action("emergency.drop_need", may=Right.INCIDENTS_RUN, label=_("取消需求"))
def drop_need(need, *, by, now, why):
    """It is not needed any more, with the reason."""
    need = Need.objects.select_for_update().get(pk=need.pk)
    check(None if why.strip() else CommandRefusal.NO_REASON)
    closed = need.state not in rules.NEED_OPEN
    check(CommandRefusal.NEED_CLOSED % {"state": need.get_state_display()} if closed else None)
    before = note(need, "state")
    need.state = NeedState.DROPPED
    need.save(update_fields=["state"])
    return done(need, before=before, after=told(now))
