"""Everything that changes accounts; each action checks, does and records in one transaction."""

from anlan.domains.accounts.actions.founding import found
from anlan.domains.accounts.actions.organisations import (
    add_organisation,
    close_organisation,
    edit_organisation,
    move_organisation,
    reopen_organisation,
)
from anlan.domains.accounts.actions.people import (
    add_person,
    change_own_password,
    deactivate_person,
    edit_own_profile,
    edit_person,
    reactivate_person,
    reset_password,
)
from anlan.domains.accounts.actions.roles import add_role, edit_role, grant_role, withdraw_role
from anlan.domains.accounts.actions.tokens import (
    issue_access,
    issue_credential,
    issue_screen,
    mark_access_seen,
    mark_seen,
    revoke_access,
    revoke_credential,
    revoke_screen,
)

__all__ = [
    "add_organisation",
    "add_person",
    "add_role",
    "change_own_password",
    "close_organisation",
    "deactivate_person",
    "edit_organisation",
    "edit_own_profile",
    "edit_person",
    "edit_role",
    "found",
    "grant_role",
    "issue_access",
    "issue_credential",
    "issue_screen",
    "mark_access_seen",
    "mark_seen",
    "move_organisation",
    "reactivate_person",
    "reopen_organisation",
    "reset_password",
    "revoke_access",
    "revoke_credential",
    "revoke_screen",
    "withdraw_role",
]
