"""Writes of the register of enterprises."""

from anlan.domains.enterprises.actions.imports import (
    confirm_import,
    discard_import,
    hand_in,
    undo_import,
)
from anlan.domains.enterprises.actions.parts import (
    add_licence,
    add_site,
    close_site,
    edit_licence,
    keep_responsibilities,
    withdraw_licence,
)
from anlan.domains.enterprises.actions.pledges import (
    break_pledge,
    lay_down_text,
    record_pledge,
    sign_pledge,
)
from anlan.domains.enterprises.actions.register import (
    close_enterprise,
    edit_enterprise,
    give_account,
    merge_enterprise,
    register_enterprise,
    reopen_enterprise,
    unmerge_enterprise,
)
from anlan.domains.enterprises.actions.requests import (
    accept_request,
    ask_update,
    refuse_request,
    withdraw_request,
)

__all__ = [
    "accept_request",
    "add_licence",
    "add_site",
    "ask_update",
    "break_pledge",
    "close_enterprise",
    "close_site",
    "confirm_import",
    "discard_import",
    "edit_enterprise",
    "edit_licence",
    "give_account",
    "hand_in",
    "keep_responsibilities",
    "lay_down_text",
    "merge_enterprise",
    "record_pledge",
    "refuse_request",
    "register_enterprise",
    "reopen_enterprise",
    "sign_pledge",
    "undo_import",
    "unmerge_enterprise",
    "withdraw_licence",
    "withdraw_request",
]
