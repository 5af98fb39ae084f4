"""Rows of notices."""

from anlan.domains.notices.models.displays import Display, Showing
from anlan.domains.notices.models.feeds import Bulletin, Feed
from anlan.domains.notices.models.notices import Notice, NoticeNumber, NoticeTarget
from anlan.domains.notices.models.templates import NoticeTemplate

__all__ = [
    "Bulletin",
    "Display",
    "Feed",
    "Notice",
    "NoticeNumber",
    "NoticeTarget",
    "NoticeTemplate",
    "Showing",
]
