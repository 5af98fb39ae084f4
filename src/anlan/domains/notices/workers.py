"""What runs beside the pages: notices that run out are noted, feeds of others are read."""

from anlan.domains.notices import actions, queries
from anlan.domains.notices.models import Notice
from anlan.domains.notices.terms import NoticeState
from anlan.kit.actions import Refused
from anlan.kit.worker import Sweep

EXPIRE_EVERY_S = 10.0


def expire_notices(now):
    """A sweep: note each notice that has run out. Nothing was shown past its time before; this is the record."""
    due = Notice.objects.filter(state=NoticeState.PUBLISHED, expires_at__lte=now)
    for notice in due:
        try:
            actions.expire_notice(notice, by=None, now=now, scene=notice.scene)
        except Refused:
            continue  # lifted or updated in this moment


def sweeps():
    """The sweeps of notices."""
    return [Sweep("notices that run out", expire_notices, EXPIRE_EVERY_S)]
