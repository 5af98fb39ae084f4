"""What of notices is a person's to do: for the page of one's own matters and the daily digest."""

from django.utils.translation import gettext_lazy as _

from anlan.domains.notices.models import Notice
from anlan.domains.notices.terms import NoticeState
from anlan.kit.digests import DigestLine, DigestPart

MOST = 10


def my_notices(person, *, since, until, now):
    """A contributor: what came back to its drafter, and what is signed and not published yet."""
    returned = Notice.objects.filter(drafted_by=person, state=NoticeState.RETURNED)
    ready = Notice.objects.filter(submitted_by=person, state=NoticeState.SIGNED)
    return [part_of(_("退回修改"), returned), part_of(_("已签发，待发布"), ready)]


def part_of(title, notices):
    """Notices under a heading, the first ten of them."""
    lines = tuple(
        DigestLine(str(row), row.get_kind_display(), row.get_absolute_url()) for row in notices[:MOST]
    )
    return DigestPart(str(title), lines, max(0, notices.count() - MOST))
