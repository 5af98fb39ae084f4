"""Writes of emergency."""

from anlan.domains.emergency.actions.agencies import (
    add_agency,
    change_agency,
    join_agency,
    restore_agency,
    retire_agency,
)
from anlan.domains.emergency.actions.alarms import (
    check_alarm,
    ease_alarm,
    fall_back,
    file_alarm,
    grade_alarm,
    lift_alarm,
    note_alarm,
    raise_alarm,
    reopen_alarm,
    take_warning,
    verify_alarm,
)
from anlan.domains.emergency.actions.answers import answer_alarm, answer_on_behalf
from anlan.domains.emergency.actions.judgement import judge_alarm

__all__ = [
    "add_agency",
    "answer_alarm",
    "answer_on_behalf",
    "change_agency",
    "check_alarm",
    "ease_alarm",
    "fall_back",
    "file_alarm",
    "grade_alarm",
    "join_agency",
    "judge_alarm",
    "lift_alarm",
    "note_alarm",
    "raise_alarm",
    "reopen_alarm",
    "restore_agency",
    "retire_agency",
    "take_warning",
    "verify_alarm",
]
