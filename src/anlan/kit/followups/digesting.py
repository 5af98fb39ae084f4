"""What follow-ups have to say in a person's digest and on his first page."""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.kit.digests.composing import DigestLine, DigestPart
from anlan.kit.followups.reading import RIGHT, escalated_to, mine
from anlan.kit.models import Reminder
from anlan.rulebook.clock import end_of

LISTED = 10  # of each kind; the list page has them all


def my_follow_ups(person, *, since, until, now):
    """A contributor: what is overdue, due before the next digest, coming up, new, and overdue below. Each once."""
    ours, below = mine(person), escalated_to(person.organisation)
    told = Reminder.objects.filter(is_told=True, days__lt=0, at__gt=since).values("follow_up")
    later = ours.filter(Q(due_at__gt=until) | Q(due_at=None))
    may_urge = person.may(RIGHT, person.organisation)
    below = below.exclude(owner=person).filter(due_at__lt=now) if may_urge else below.none()
    kinds = [
        (_("已逾期"), ours.filter(due_at__lt=now), True),
        (_("近日到期"), ours.filter(due_at__gte=now, due_at__lte=until), False),
        (_("即将到期"), later.filter(pk__in=told), False),
        (_("新交办"), later.filter(new_at__gt=since, new_at__lte=now).exclude(pk__in=told), False),
        (_("下级逾期"), below, True),
    ]
    return [part_of(title, rows, now, is_late=is_late) for title, rows, is_late in kinds]


def is_overdue(follow_up, now):
    """Whether it has run out."""
    return follow_up.due_at is not None and follow_up.due_at < now


def part_of(title, rows, now, *, is_late):
    """The first of these as lines under a heading, and how many more there are."""
    first = list(rows[:LISTED])
    more = rows.count() - LISTED if len(first) == LISTED else 0
    lines = tuple(DigestLine(one.title, say_due(one, now), one.get_absolute_url()) for one in first)
    return DigestPart(title, lines, max(0, more), is_late)


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
