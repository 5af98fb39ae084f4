"""Writes of exercises: a unit records one that it held, and the next falls due by the limit it stands under."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.domains.hazards.actions.selfchecks import GONE, insist_acts, keeper_address
from anlan.domains.hazards.models import UnitExercise
from anlan.domains.hazards.queries.exercises import due_after_exercise, exercises_of
from anlan.domains.hazards.queries.keepers import EXERCISE_KEY
from anlan.domains.hazards.rules.exercises import refuse_exercise
from anlan.domains.hazards.terms.exercises import ExerciseRefusal
from anlan.kit.actions import action, check, done, note
from anlan.kit.followups import open_follow_up, settle_follow_ups

TITLE = _("应急演练：%(name)s")
TOLD = ("rule_id", "held_on", "form", "what", "attendee_count")


@action("hazards.record_exercise", machine=True, label=_("登记应急演练"))
def record_exercise(
    about, *, by, now, keeper, rule_id, held_on, form, what, attendee_count, link=None, on_behalf_of=""
):
    """Keep an exercise that a unit (its row `about`) held; one later than all before moves the date of the next.

    `by` None: by the unit's own link. Raises Refused.
    """
    insist_acts(keeper, by, link, now)
    today = timezone.localdate(now)
    check(
        refuse_exercise(
            keeper.kind, rule_id, held_on=held_on, today=today, attendee_count=attendee_count, what=what
        )
    )
    earlier = exercises_of(keeper).filter(rule_id=rule_id)
    is_known = earlier.filter(held_on=held_on).exists()
    check(ExerciseRefusal.TWICE % {"day": f"{held_on}"} if is_known else None)
    is_last = not earlier.filter(held_on__gt=held_on).exists()
    row = UnitExercise.objects.create(
        **keeper.columns, organisation=keeper.organisation, rule_id=rule_id, held_on=held_on, form=form,
        what=what.strip(), attendee_count=attendee_count, by=by, link=link, at=now,
    )  # fmt: skip
    if is_last:
        follow_next(row, keeper, by=by, now=now)
    return done(row, after=note(row, *TOLD))


def follow_next(row, keeper, *, by, now):
    """The unit is reminded of the exercise after this one, and of no earlier one under the same limit."""
    begins = f"{EXERCISE_KEY}/{keeper.kind}/{keeper.row.pk}/{row.rule_id}/"
    settle_follow_ups(keeper.row, by=by, now=now, outcome=str(row), begins=begins)
    due = due_after_exercise(row.rule_id, row.held_on, on=timezone.localdate(now))
    if due is not None:
        open_follow_up(
            keeper.row, key=f"{begins}{row.pk}", title=TITLE % {"name": keeper.name}, organisation=keeper.account,
            due=due, link=keeper_address(keeper), by=by, now=now,
        )  # fmt: skip


def forget_exercises(keeper, *, now):
    """A unit that is no longer on its register is reminded of no exercise."""
    settle_follow_ups(keeper.row, by=None, now=now, outcome=str(GONE), begins=f"{EXERCISE_KEY}/")
