"""What is a person's to do, from whichever room: the contributors of the daily digest and of 我的事项."""

from django.utils.translation import gettext as _

from anlan.domains.emergency import queries as emergency
from anlan.domains.enterprises import queries as enterprises
from anlan.domains.hazards import queries as hazards
from anlan.domains.notices import queries as notices
from anlan.kit.digests import DigestLine, DigestPart
from anlan.kit.followups import my_follow_ups

LISTED = 10


def to_sign(person, *, since, until, now):
    """A contributor: the drafts that wait for this person's signature."""
    rows = [*emergency.reports_to_sign(person), *notices.notices_to_sign(person, now=now)]
    lines = tuple(DigestLine(str(one), url=one.get_absolute_url()) for one in rows[:LISTED])
    return [DigestPart(_("待签发"), lines, max(0, len(rows) - LISTED))]


def to_answer(person, *, since, until, now):
    """A contributor: what enterprises ask to be updated where this person keeps the register."""
    rows = enterprises.requests_of(person).filter(state="asked").order_by("asked_at")
    lines = tuple(DigestLine(one.enterprise.name, url=one.get_absolute_url()) for one in rows[:LISTED])
    return [DigestPart(_("企业更新申请"), lines, max(0, rows.count() - LISTED) if lines else 0)]


def to_judge(person, *, since, until, now):
    """A contributor: problems across hazards that a night has found where this person supervises."""
    rows = hazards.patterns_to_judge(person, since=since)
    lines = tuple(DigestLine(hazards.say_pattern(one), url=one.get_absolute_url()) for one in rows[:LISTED])
    return [DigestPart(_("普遍性、苗头性、倾向性问题"), lines, max(0, rows.count() - LISTED) if lines else 0)]


CONTRIBUTORS = [to_sign, to_answer, to_judge, notices.my_notices, my_follow_ups]
