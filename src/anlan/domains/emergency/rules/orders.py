"""The command post: an order's life as a table, who may answer for whom, how far a need is met."""

from datetime import datetime

from anlan.domains.emergency.terms.orders import CommandRefusal, NeedState, OrderState, OrderStep

S, A = OrderState, OrderStep
LIFE = {
    # step: (from which states, to which)
    A.RECEIVE: ((S.ISSUED,), S.RECEIVED),
    A.FEED_BACK: ((S.ISSUED, S.RECEIVED), S.RECEIVED),
    A.FINISH: ((S.ISSUED, S.RECEIVED), S.DONE),
    A.REFUSE: ((S.ISSUED, S.RECEIVED), S.REFUSED),
    A.WITHDRAW: ((S.ISSUED, S.RECEIVED), S.WITHDRAWN),
}
ORDER_OPEN = frozenset({S.ISSUED, S.RECEIVED})
NEED_OPEN = frozenset({NeedState.OPEN, NeedState.PARTLY})


def move(state: str, step: str):
    """(the next state of an order, None), or (None, why not)."""
    froms, to = LIFE[OrderStep(step)]
    if state in froms:
        return to, None
    labels = {"state": OrderState(state).label, "step": OrderStep(step).label}
    return None, CommandRefusal.NOT_NOW % labels


def steps_from(state: str):
    """What may be done with an order in this state."""
    return [step for step, (froms, _to) in LIFE.items() if state in froms]


def check_hand(*, runs: bool, belongs: bool, told_by: str, refusal):
    """Why this person may not answer, or None: whom it concerns answers for itself; who runs the incident may
    note what somebody told by phone or radio, and names that one."""
    if belongs or (runs and told_by.strip()):
        return None
    return refusal


def check_order(*, text: str, has_receiver: bool, due_at: datetime | None, now: datetime):
    """Why an order cannot be given with these words, or None."""
    if not text.strip():
        return CommandRefusal.NO_TEXT
    if not has_receiver:
        return CommandRefusal.NO_RECEIVER
    return CommandRefusal.DUE_PAST if due_at and due_at < now else None


def is_overdue(state: str, due_at: datetime | None, now: datetime) -> bool:
    """Whether an order that still runs is past its time."""
    return state in ORDER_OPEN and due_at is not None and now > due_at


def need_state(quantity: int, met_quantity: int) -> str:
    """How far a need is met."""
    if met_quantity <= 0:
        return NeedState.OPEN
    return NeedState.MET if met_quantity >= quantity else NeedState.PARTLY
