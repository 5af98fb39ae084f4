"""The only writers of the register."""

from anlan.domains.places.actions.assessments import assess_place
from anlan.domains.places.actions.capacity import (
    determine_capacity,
    publish_determination,
    reset_decider,
    set_decider,
    withdraw_determination,
)
from anlan.domains.places.actions.imports import (
    confirm_import,
    discard_import,
    hand_in,
    run_import,
    undo_import,
)
from anlan.domains.places.actions.lines import add_line, edit_line, remove_line
from anlan.domains.places.actions.parts import (
    add_entrance,
    add_zone,
    edit_entrance,
    edit_zone,
    remove_entrance,
    remove_zone,
    set_entrance_state,
)
from anlan.domains.places.actions.register import (
    edit_place,
    grade_place,
    register_place,
    restore_place,
    retire_place,
)

__all__ = [
    "add_entrance", "add_line", "add_zone", "assess_place", "confirm_import", "determine_capacity", "discard_import",
    "edit_entrance", "edit_line", "edit_place", "edit_zone", "grade_place", "hand_in", "publish_determination", "register_place",
    "remove_entrance", "remove_line", "remove_zone", "reset_decider", "restore_place", "retire_place", "run_import",
    "set_decider", "set_entrance_state", "undo_import", "withdraw_determination",
]  # fmt: skip
