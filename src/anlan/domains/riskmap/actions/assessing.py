"""Risks are assessed, and assessed again: each year, after an accident, when something changed."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.riskmap.actions.following import follow_review
from anlan.domains.riskmap.actions.points import write_anew
from anlan.domains.riskmap.models import RiskAssessment
from anlan.domains.riskmap.rules import life
from anlan.domains.riskmap.rules.levels import Unsound, read_inputs, reckon
from anlan.domains.riskmap.terms import PointState, Refusal, RiskCause
from anlan.kit.actions import Refused, action, check, done, note

ASSESSED = ("method", "inputs", "value", "level", "review_on", "review_cause", "state")


@action("riskmap.assess", may=Right.RISKMAP_EDIT, label=_("评估风险等级"))
def assess_point(point, *, by, now, method, inputs, cause=None, why=""):
    """Reckon a point's level by the rulebook and keep method, inputs and version; the next review is in a year.

    The cause is the one that the review was called for, else `cause`. The point waits to be checked again.
    Raises Refused for scores that the tables do not know.
    """
    check(life.must_be(point.state, *PointState.alive()))
    today = timezone.localdate(now)
    cause = cause or point.review_cause or (RiskCause.YEARLY if point.level else RiskCause.FIRST)
    needs_why = cause in {RiskCause.ACCIDENT, RiskCause.CHANGE}
    check(Refusal.NO_REASON if needs_why and not why.strip() else None)
    try:
        read, found = read_inputs(method, inputs), reckon(method, inputs, on=today)
    except Unsound as error:
        raise Refused(str(error)) from None
    before = note(point, *ASSESSED)
    point.method, point.inputs, point.value, point.level = method, read, found.value, found.level
    point.review_on, point.review_cause = life.next_review(today), ""
    write_anew(point, by, now)
    point.save()
    RiskAssessment.objects.create(
        point=point, method=method, inputs=read, value=found.value, level=found.level, rulebook_version=found.version,
        is_unconfirmed=found.is_unconfirmed, cause=cause, why=why.strip(), by=by, at=now,
    )  # fmt: skip
    follow_review(point, by=by, now=now, is_first=before["review_on"] is None)
    return done(point, before=before, after={"rulebook_version": found.version})


@action("riskmap.call_review", may=Right.RISKMAP_EDIT, machine=True, label=_("要求复评"))
def call_review(point, *, by, now, cause, why):
    """An accident or a change makes a point's review due today. Raises Refused without a reason.

    A person calls it, or a room above that learns of an accident here (`by` None then).
    """
    check(life.may_call_review(cause, point.state))
    check(None if why.strip() else Refusal.NO_REASON)
    check(Refusal.REVIEW_PENDING if point.review_cause else None)
    before = note(point, "review_on", "review_cause")
    point.review_on, point.review_cause, point.changed_at = timezone.localdate(now), cause, now
    point.save(update_fields=["review_on", "review_cause", "changed_at"])
    follow_review(point, by=by, now=now)
    return done(point, before=before)
