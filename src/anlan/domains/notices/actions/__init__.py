"""Writes of notices. The machine may draft, note that a notice ran out and that a screen showed it; people do the rest."""

from anlan.domains.notices.actions.displays import (
    add_display,
    edit_display,
    hear,
    record_shown,
    renew_display,
    restore_display,
    retire_display,
)
from anlan.domains.notices.actions.drafting import (
    draft_notice,
    draft_update,
    drop_notice,
    edit_notice,
    submit_notice,
)
from anlan.domains.notices.actions.feeds import add_feed, edit_feed, is_known, note_read, receive_bulletin
from anlan.domains.notices.actions.publishing import (
    expire_notice,
    hand_over,
    lift_notice,
    publish_notice,
    report_published,
    send_again,
)
from anlan.domains.notices.actions.signing import return_notice, sign_notice
from anlan.domains.notices.actions.templates import keep_template, withdraw_template

__all__ = [
    "add_display",
    "add_feed",
    "draft_notice",
    "draft_update",
    "drop_notice",
    "edit_display",
    "edit_feed",
    "edit_notice",
    "expire_notice",
    "hand_over",
    "hear",
    "is_known",
    "keep_template",
    "lift_notice",
    "note_read",
    "publish_notice",
    "receive_bulletin",
    "record_shown",
    "renew_display",
    "report_published",
    "restore_display",
    "retire_display",
    "return_notice",
    "send_again",
    "sign_notice",
    "submit_notice",
    "withdraw_template",
]
