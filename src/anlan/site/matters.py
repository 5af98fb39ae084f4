"""What is a person's to do, from whichever room: the contributors of the daily digest and of 我的事项."""

from django.utils.translation import gettext as _

from anlan.domains.emergency import queries as emergency
from anlan.domains.notices import queries as notices
from anlan.kit.digests import DigestLine, DigestPart
from anlan.kit.followups import my_follow_ups

LISTED = 10


def to_sign(person, *, since, until, now):
    """A contributor: the drafts that wait for this person's signature."""
    rows = [*emergency.reports_to_sign(person), *notices.notices_to_sign(person, now=now)]
    lines = tuple(DigestLine(str(one), url=one.get_absolute_url()) for one in rows[:LISTED])
    return [DigestPart(_("待签发"), lines, max(0, len(rows) - LISTED))]


CONTRIBUTORS = [to_sign, notices.my_notices, my_follow_ups]
