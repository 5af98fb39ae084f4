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
    return [make_line(line, last.get(line.key), on) for line in lines_in_force(asked, on=on)]


def lines_in_force(rule_ids, *, on):
    """The Lines of those of these limits that are in force on a day."""
    lines = (find_line(one, on=on) for one in rule_ids)
    return [line for line in lines if line.values["in_force"]]


def make_line(line, last, on):
    due = due_after_exercise(line.key, last.held_on, on=on) if last else None
    due_on = due.last_day if due else None
    is_late = last is None or (due_on is not None and due_on < on)
    return ExerciseLine(
        line.key, say_limit(line.key), str(line.basis), line.is_unconfirmed, last, due_on, is_late
    )


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
    return [(line.key, say_limit(line.key)) for line in lines_in_force(limits_of(keeper.kind), on=on)]
