"""What is open when a watch hands over, and what a day brought: drawn from the records of the post's organisation."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q

from anlan.domains.emergency.models import (
    Alarm,
    AlarmAgency,
    Call,
    CalledPerson,
    DutyLogEntry,
    GapNotice,
    Handover,
    Incident,
    Mute,
)
from anlan.domains.emergency.queries.duty_gaps import gaps_by_post
from anlan.domains.emergency.rules.duty import HANDOVER_GRACE
from anlan.domains.emergency.rules.incidents import CLOSED
from anlan.domains.emergency.terms.duty import CallState, DutyRole, Figure, OpenKind
from anlan.domains.notices.queries import current_notices
from anlan.kit.models import FollowUp, Message
from anlan.kit.terms import LIVE, FollowUpState, MessageState

UNKNOWN_DAYS = timedelta(days=7)
MOST = 200  # rows of one kind that a handover lists


def open_rows(post, now):
    """Everything open for the post's organisation and those below, as plain values: {kind, name, note, link, at}."""
    path = post.organisation.path
    below = Q(organisation__path__startswith=path)
    alarms = alarms_of(path).filter(lifted_at=None)
    rows = [row_of(OpenKind.ALARM, one, one.raised_at, one.standing) for one in alarms[:MOST]]
    incidents = Incident.objects.filter(below, scene=LIVE).exclude(state__in=CLOSED)
    rows += [
        row_of(OpenKind.INCIDENT, one, one.known_at, one.get_state_display()) for one in incidents[:MOST]
    ]
    notices = current_notices(now=now).filter(below)
    rows += [row_of(OpenKind.NOTICE, one, one.published_at, "") for one in notices[:MOST]]
    tasks = FollowUp.objects.filter(below, scene=LIVE, state__in=FollowUpState.open_ones())
    rows += [row_of(OpenKind.FOLLOW_UP, one, one.due_at, one.get_state_display()) for one in tasks[:MOST]]
    mutes = Mute.objects.filter(alarm__in=alarms, ended_at=None).select_related("alarm", "owner")
    rows += [
        row_of(OpenKind.MUTE, one, one.until, one.why, link=one.alarm.get_absolute_url())
        for one in mutes[:MOST]
    ]
    return rows + unanswered_rows(post, path, now)


def unanswered_rows(post, path, now):
    """What duty itself has open: messages whose fate is unknown, missed roll-calls, gaps of this post."""
    messages = Message.objects.filter(
        channel__organisation__path__startswith=path, scene=LIVE, state=MessageState.UNKNOWN,
        queued_at__gte=now - UNKNOWN_DAYS,
    )  # fmt: skip
    rows = [row_of(OpenKind.MESSAGE, one, one.queued_at, one.said) for one in messages[:MOST]]
    missed = CalledPerson.objects.filter(
        roll_call__post=post, state__in=(CallState.MISSED, CallState.UNREACHABLE), due_at__gte=now - timedelta(days=1)
    )  # fmt: skip
    rows += [row_of(OpenKind.ROLL_CALL, one, one.due_at, one.get_state_display()) for one in missed]
    gaps = gaps_by_post([post], now)[post.pk]
    return rows + [
        {"kind": OpenKind.GAP.value, "name": str(DutyRole(hole.role).label), "note": "", "link": post.get_absolute_url(), "at": hole.since.isoformat()}
        for hole in gaps
    ]  # fmt: skip


def row_of(kind, row, at, note, *, link=None):
    """One open row as plain values, so that it can be kept and signed."""
    if link is None:
        link = row.get_absolute_url() if hasattr(row, "get_absolute_url") else ""
    at = at.isoformat() if at else ""
    return {"kind": kind.value, "name": str(row)[:200], "note": str(note)[:200], "link": link, "at": at}


def alarms_of(path):
    """The live alarms for which an organisation, or one below it, is responsible or has joined."""
    joined = AlarmAgency.objects.filter(agency__organisation__path__startswith=path, alarm=OuterRef("pk"))
    rows = Alarm.objects.filter(Q(organisation__path__startswith=path) | Exists(joined), scene=LIVE)
    return rows.order_by("-rank", "raised_at")


def count_day(post, since, until):
    """(content of a day's sheet, whether there is nothing to report): figures and the rows behind them."""
    path = post.organisation.path
    within = {"gte": since, "lt": until}
    alarms = alarms_of(path)
    raised = alarms.filter(**between("raised_at", within))
    incidents = Incident.objects.filter(organisation__path__startswith=path, scene=LIVE)
    known = incidents.filter(**between("known_at", within))
    called = CalledPerson.objects.filter(roll_call__post=post, **between("due_at", within))
    figures = {
        Figure.ALARMS: raised.count(),
        Figure.RED_ALARMS: raised.filter(peak_level="red").count(),
        Figure.ALARMS_OPEN: alarms.filter(lifted_at=None, raised_at__lt=until).count(),
        Figure.INCIDENTS: known.count(),
        Figure.INCIDENTS_OPEN: incidents.filter(known_at__lt=until).exclude(state__in=CLOSED).count(),
        Figure.CALLS: Call.objects.filter(
            organisation__path__startswith=path, scene=LIVE, **between("called_at", within)
        ).count(),
        Figure.LOG: DutyLogEntry.objects.filter(post=post, **between("happened_at", within)).count(),
        Figure.ROLL_CALLS: called.count(),
        Figure.CALLS_MISSED: called.exclude(state__in=(CallState.ANSWERED, CallState.WAITING)).count(),
        Figure.HANDOVERS_LATE: count_late(post, within),
        Figure.GAPS: GapNotice.objects.filter(post=post, **between("told_at", within)).count(),
    }
    rows = [row_of(OpenKind.ALARM, one, one.raised_at, one.standing) for one in raised[:MOST]]
    rows += [row_of(OpenKind.INCIDENT, one, one.known_at, one.get_state_display()) for one in known[:MOST]]
    content = {"figures": {one.value: n for one, n in figures.items()}, "rows": rows}
    return content, not rows and not figures[Figure.ALARMS_OPEN] and not figures[Figure.INCIDENTS_OPEN]


def between(name, within):
    """The lookups of a field within a span."""
    return {f"{name}__{lookup}": moment for lookup, moment in within.items()}


def count_late(post, within):
    """How many handovers that were due within a span were signed on too late, or not yet."""
    rows = Handover.objects.filter(post=post, **between("due_at", within)).values_list("due_at", "on_at")
    return sum(on_at is None or on_at > due_at + HANDOVER_GRACE for due_at, on_at in rows)
