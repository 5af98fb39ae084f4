"""What follow-ups have to say in a person's digest and on his first page."""

from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.kit.digests.composing import DigestLine, DigestPart
from anlan.kit.followups.reading import RIGHT, escalated_to, mine
from anlan.kit.models import Reminder
from anlan.rulebook.clock import end_of

LISTED = 10  # of each kind; the list page has them all


def my_follow_ups(person, *, since, until, now):
    """A contributor: what is overdue, due before the next digest, coming up, new, and overdue below. Each once."""
    ours = list(mine(person))
    told = set(
        Reminder.objects.filter(
            follow_up__in=[one.pk for one in ours], is_told=True, days__lt=0, at__gt=since
        ).values_list("follow_up", flat=True)
    )
    kinds = [
        (_("已逾期"), lambda one: is_overdue(one, now), True),
        (_("近日到期"), lambda one: one.due_at is not None and one.due_at <= until, False),
        (_("即将到期"), lambda one: one.pk in told, False),
        (_("新交办"), lambda one: since < one.new_at <= now, False),
    ]
    parts = []
    for title, fits, is_late in kinds:
        found = [one for one in ours if fits(one)]
        ours = [one for one in ours if one not in found]
        parts.append(part_of(title, found, now, is_late=is_late))
    below = list(escalated_to(person.organisation)) if person.may(RIGHT, person.organisation) else []
    below = [one for one in below if one.owner_id != person.pk and is_overdue(one, now)]
    return [*parts, part_of(_("下级逾期"), below, now, is_late=True)]


def is_overdue(follow_up, now):
    """Whether it has run out."""
    return follow_up.due_at is not None and follow_up.due_at < now


def part_of(title, found, now, *, is_late):
    """The first of these as lines under a heading."""
    lines = tuple(DigestLine(one.title, say_due(one, now), one.get_absolute_url()) for one in found[:LISTED])
    return DigestPart(title, lines, max(0, len(found) - LISTED), is_late)


def say_due(follow_up, now):
    """When it is due, in words."""
    if follow_up.due_at is None:
        return _("已中止计时")
    if follow_up.due_at == end_of(follow_up.last_day):
        late = (timezone.localdate(now) - follow_up.last_day).days
        stamp = f"{follow_up.last_day:%Y-%m-%d}"
    else:
        late = (now - follow_up.due_at).days
        stamp = timezone.localtime(follow_up.due_at).strftime("%Y-%m-%d %H:%M")
    if follow_up.is_open and is_overdue(follow_up, now):
        return _("%(date)s 到期，逾期 %(n)d 天") % {"date": stamp, "n": late}
    return _("%(date)s 到期") % {"date": stamp}
