"""Rows of notices."""

from anlan.domains.notices.models.displays import Display, Showing
from anlan.domains.notices.models.feeds import Feed, ReceivedAlert
from anlan.domains.notices.models.notices import Notice, NoticeNumber, NoticeTarget
from anlan.domains.notices.models.templates import NoticeTemplate

__all__ = [
    "Display",
    "Feed",
    "Notice",
    "NoticeNumber",
    "NoticeTarget",
    "NoticeTemplate",
    "ReceivedAlert",
    "Showing",
]
