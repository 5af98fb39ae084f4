"""From the order to the closure: rectifying in time, more time, verification by a second person."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anlan.domains.hazards import queries
from anlan.domains.hazards.actions.stepping import follow, insist, move, within
from anlan.domains.hazards.models import HazardExtension
from anlan.domains.hazards.terms import ExtensionState, HazardGrade, Refusal, Step
from anlan.kit.actions import action, check
from anlan.kit.deadlines import due_set

RECTIFY_TITLE, VERIFY_TITLE, LOOK_TITLE = (
    _("整改隐患 %(hazard)s"),
    _("复查隐患 %(hazard)s"),
    _("隐患回头看 %(hazard)s"),
)


@action("hazards.fix", label=pgettext_lazy("hazard", "立行立改"))
def fix_hazard(hazard, *, by, now):
    """A general one was removed on the spot: its photo of after is there, and somebody else is to verify it.

    Its limit is today, should it be returned.
    """
    insist(hazard, Step.FIX, by=by, now=now)
    today = timezone.localdate(now)
    limits = {"ordered_at": now, "due_on": today, "due_at": due_set(today, now).at}
    return hand_to_verifier(hazard, Step.FIX, by=by, now=now, **limits)


@action("hazards.order", label=pgettext_lazy("hazard", "限期整改"))
def order_rectification(
    hazard,
    *,
    by,
    now,
    responsible,
    responsible_post,
    due_on,
    measures="",
    responsibility="",
    funds="",
    plan="",
    funds_yuan=None,
):
    """Who rectifies it until when; for a major one all of measures, responsibility, funds, time limit and plan.

    A general one goes on to be rectified at once, a major one when interim measures are in place.
    """
    five = {"measures": measures, "responsibility": responsibility, "funds": funds, "plan": plan}
    step = Step.ORDER_MAJOR if hazard.grade == HazardGrade.MAJOR else Step.ORDER
    insist(hazard, step, by=by, now=now, five=five)
    check(None if responsible and responsible_post.strip() else Refusal.NO_RESPONSIBLE)
    check(None if due_on else Refusal.NO_DUE)
    check(Refusal.DUE_PAST if due_on < timezone.localdate(now) else None)
    due = due_set(due_on, now)
    ordered = move(
        hazard, step, responsible=responsible, responsible_post=responsible_post.strip(), ordered_at=now,
        due_on=due_on, due_at=due.at, funds_yuan=funds_yuan, **{name: text.strip() for name, text in five.items()},
    )  # fmt: skip
    title = RECTIFY_TITLE % {"hazard": hazard}
    follow(hazard, by=by, now=now, title=title, organisation=responsible, due=due_on)
    return ordered


@action("hazards.interim", label=pgettext_lazy("hazard", "落实临时措施"))
def secure_hazard(hazard, *, by, now, why):
    """What keeps people safe until it is removed is in place: `why` says what."""
    insist(hazard, Step.INTERIM, by=by, now=now, why=why)
    return move(hazard, Step.INTERIM, interim_measures=why.strip())


@action("hazards.ask_extension", label=pgettext_lazy("hazard", "申请延期"))
def ask_extension(hazard, *, by, now, days, why):
    """Ask for so many more days, before the limit has run out."""
    insist(hazard, Step.ASK_EXTENSION, by=by, now=now, why=why)
    most = queries.limit("extension_days", on=timezone.localdate(now))
    check(None if 1 <= days <= most else Refusal.DAYS % {"most": most})
    asked = move(hazard, Step.ASK_EXTENSION)
    HazardExtension.objects.create(
        hazard=hazard, days=days, reason=why.strip(), round=hazard.round, asked_by=by, asked_at=now
    )
    asked.after["days"] = days
    return asked


@action("hazards.grant", label=pgettext_lazy("hazard", "同意延期"))
def grant_extension(hazard, *, by, now, why):
    """Give the days that were asked for; the limit moves."""
    insist(hazard, Step.GRANT, by=by, now=now, why=why)
    decide(hazard, ExtensionState.GRANTED, by=by, now=now, why=why)
    due = queries.due_with_extensions(hazard)
    granted = move(hazard, Step.GRANT, due_at=due.at, height=0)
    title = RECTIFY_TITLE % {"hazard": hazard}
    follow(hazard, by=by, now=now, title=title, organisation=hazard.rectifier, due=due.last_day)
    return granted


@action("hazards.refuse", label=pgettext_lazy("hazard", "不同意延期"))
def refuse_extension(hazard, *, by, now, why):
    """The limit stays, with the reason."""
    insist(hazard, Step.REFUSE, by=by, now=now, why=why)
    decide(hazard, ExtensionState.REFUSED, by=by, now=now, why=why)
    return move(hazard, Step.REFUSE)


def decide(hazard, state, *, by, now, why=""):
    """Settle the request for more time that waits, if any."""
    if waiting := queries.open_extension(hazard):
        waiting.state, waiting.decided_by, waiting.decided_at, waiting.decision = state, by, now, why.strip()
        waiting.save(update_fields=["state", "decided_by", "decided_at", "decision"])


@action("hazards.ask_verification", label=pgettext_lazy("hazard", "提请复查"))
def ask_verification(hazard, *, by, now):
    """It is removed: the photo of after is there; a request for more time that still waits lapses."""
    insist(hazard, Step.ASK_VERIFICATION, by=by, now=now)
    decide(hazard, ExtensionState.LAPSED, by=by, now=now)
    return hand_to_verifier(hazard, Step.ASK_VERIFICATION, by=by, now=now)


def hand_to_verifier(hazard, step, *, by, now, **limits):
    """Note who rectified it, and follow its verification."""
    moved = move(hazard, step, fixed_by=by, fixed_at=now, **limits)
    title, due = VERIFY_TITLE % {"hazard": hazard}, within("verify_days", now)
    follow(hazard, by=by, now=now, title=title, organisation=hazard.organisation, due=due)
    return moved


@action("hazards.close", label=pgettext_lazy("hazard", "复查合格·销号"))
def close_hazard(hazard, *, by, now, why):
    """It is verified by somebody other than who rectified it, with the conclusion; a look back follows."""
    insist(hazard, Step.CLOSE, by=by, now=now, why=why)
    closed = move(hazard, Step.CLOSE, verified_by=by, closed_at=now)
    title, due = LOOK_TITLE % {"hazard": hazard}, within("look_back_days", now)
    follow(hazard, by=by, now=now, title=title, organisation=hazard.organisation, due=due)
    return closed


@action("hazards.return", label=pgettext_lazy("hazard", "复查不合格·退回"))
def return_hazard(hazard, *, by, now, why):
    """What was done is not enough, with the reason; the limit is the same."""
    insist(hazard, Step.RETURN, by=by, now=now, why=why)
    returned = move(hazard, Step.RETURN)
    title, due = RECTIFY_TITLE % {"hazard": hazard}, queries.due_with_extensions(hazard).last_day
    follow(hazard, by=by, now=now, title=title, organisation=hazard.rectifier, due=due)
    return returned


@action("hazards.look_back", label=pgettext_lazy("hazard", "回头看"))
def look_back(hazard, *, by, now, why):
    """It was looked at again and is still removed: `why` says what was seen."""
    insist(hazard, Step.LOOK_BACK, by=by, now=now, why=why)
    looked = move(hazard, Step.LOOK_BACK, looked_back_at=now)
    follow(hazard, by=by, now=now)
    return looked
