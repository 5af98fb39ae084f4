"""Exercises of responsible units: which were held, by when the next is due."""

from datetime import date
from typing import NamedTuple

from anlan.domains.hazards.models import UnitExercise
from anlan.domains.hazards.rules.exercises import ALWAYS, limits_of
from anlan.kit.deadlines import NotInForce, due_of, find_line, say_rule


class ExerciseLine(NamedTuple):
    """What a limit asks of a unit: the last exercise under it or None, the day by which the next is due or None."""

    rule_id: str
    wording: str
    basis: str
    is_unconfirmed: bool
    last: UnitExercise | None
    due_on: date | None
    is_late: bool


def exercises_of(keeper):
    """The exercises of a unit, the newest first."""
    return UnitExercise.objects.filter(**keeper.columns)


def exercise_lines(keeper, *, on):
    """The ExerciseLines of a unit: of the limits that surely hold for it, and of those it has held an exercise under."""
    last = {}
    for row in exercises_of(keeper):
        last.setdefault(row.rule_id, row)
    asked = [one for one in limits_of(keeper.kind) if one in ALWAYS[keeper.kind] or one in last]
    return [make_line(one, last.get(one), on) for one in asked if find_line(one, on=on).values["in_force"]]


def make_line(rule_id, last, on):
    line, due_on = find_line(rule_id, on=on), next_due(rule_id, last, on=on)
    is_late = last is None or (due_on is not None and due_on < on)
    return ExerciseLine(
        rule_id, say_limit(rule_id), str(line.basis), line.is_unconfirmed, last, due_on, is_late
    )


def next_due(rule_id, last, *, on):
    """The last day for the exercise after `last`; None without one, or where the limit was not in force."""
    due = due_after_exercise(rule_id, last.held_on, on=on) if last else None
    return due.last_day if due else None


def due_after_exercise(rule_id, held_on, *, on):
    """The rulebook.clock.Due of the exercise after one held then, or None where the limit is not in force."""
    try:
        return due_of(rule_id, held_on, on=on)
    except NotInForce:
        return None


def say_limit(rule_id):
    """What a limit asks, in words."""
    return say_rule(rule_id).removeprefix(rule_id).strip()


def exercise_choices(keeper, *, on):
    """[(limit, its words)] under which a unit may record an exercise on a day."""
    return [
        (one, say_limit(one)) for one in limits_of(keeper.kind) if find_line(one, on=on).values["in_force"]
    ]
