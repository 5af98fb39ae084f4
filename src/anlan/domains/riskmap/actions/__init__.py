"""Writes of the risk map."""

from anlan.domains.riskmap.actions.assessing import assess_point, call_review
from anlan.domains.riskmap.actions.imports import (
    confirm_import,
    discard_import,
    hand_in,
    undo_import,
)
from anlan.domains.riskmap.actions.papers import issue_district_sheet
from anlan.domains.riskmap.actions.points import (
    check_point,
    edit_point,
    put_in_force,
    register_point,
    restore_point,
    retire_point,
    return_point,
)
from anlan.domains.riskmap.actions.sheets import (
    check_sheet,
    hand_in_sheet,
    open_sheet,
    reopen_sheet,
    return_sheet,
    withdraw_sheet,
)

__all__ = [
    "assess_point",
    "call_review",
    "check_point",
    "check_sheet",
    "confirm_import",
    "discard_import",
    "edit_point",
    "hand_in",
    "hand_in_sheet",
    "issue_district_sheet",
    "open_sheet",
    "put_in_force",
    "register_point",
    "reopen_sheet",
    "restore_point",
    "retire_point",
    "return_point",
    "return_sheet",
    "undo_import",
    "withdraw_sheet",
]
