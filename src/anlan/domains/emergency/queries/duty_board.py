"""The duty board: who is on until when, who is next, the week's grid with its gaps, and what waits for the reader."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from anlan.domains.emergency.models import CalledPerson, DutyPost, DutyShift, DutySwap, Handover, RollCall
from anlan.domains.emergency.queries.duty import AROUND, next_watches, visible_posts, watches_by_post
from anlan.domains.emergency.queries.duty_gaps import BACK, LOOK, holes_of, near
from anlan.domains.emergency.rules import duty as rules
from anlan.domains.emergency.rules.rosters import boundary
from anlan.domains.emergency.terms.duty import CallState, DutyRole, PostKind, SwapState
from anlan.kit.days import start_of

WEEK_DAYS = 7
PREVIEW_DAYS = 28


@dataclass
class PostLine:
    """One post on the board."""

    post: object
    now_on: list
    coming: list
    gaps: list
    days: list = field(default_factory=list)  # of Day
    handover: object = None  # HandoverDue or None

    @property
    def is_empty(self):
        """Whether nobody is on now where somebody must be."""
        return any(hole.is_running for hole in self.gaps)


@dataclass(frozen=True)
class Gap:
    """A hole as the board shows it."""

    role: str
    since: datetime
    until: datetime
    is_whole: bool
    is_running: bool
    has_end: bool = True

    @property
    def role_label(self):
        return DutyRole(self.role).label


@dataclass(frozen=True)
class Day:
    """One day of the grid: watches and gaps that touch it, each cut to it."""

    on: object
    watches: list
    gaps: list
    is_holiday: bool = False


@dataclass(frozen=True)
class HandoverDue:
    """The last change of people at a post: the handover that belongs to it, or None, and whether it is late."""

    due_at: datetime
    row: object
    is_late: bool


def board_of(person, now, *, days=WEEK_DAYS):
    """The PostLines that `person` sees, those with gaps first."""
    posts = list(visible_posts(person))
    lines = lines_of(posts, now, days=days)
    return sorted(
        lines,
        key=lambda line: (not line.is_empty, not line.gaps, line.post.organisation.path, line.post.code),
    )


def lines_of(posts, now, *, days=WEEK_DAYS):
    """The PostLines of posts, in a fixed number of queries."""
    first = start_of(timezone.localdate(now))
    look = max(LOOK, timedelta(days=days))
    found = watches_by_post(posts, now - BACK, now + look)
    handed = handovers_of(posts, now)
    lines = []
    for post in posts:
        rows = found[post.pk]
        holes = holes_of(post, rows, now, look) if post.must_be_staffed else []
        gaps = [gap_of(one, now, look) for one in holes]
        now_on = [one for one in rows if one.since <= now < one.until and one.person.is_active]
        grid = grid_of(rows, gaps, first, days)
        due = handover_due(rows, handed.get(post.pk, {}), now)
        lines.append(PostLine(post, now_on, next_watches(rows, now), near(gaps, now), grid, due))
    return lines


def gap_of(hole, now, look):
    """A Hole as the board shows it; one that reaches as far as was looked has no end that is known."""
    return Gap(hole.role, hole.since, hole.until, hole.is_whole, hole.since <= now, hole.until < now + look)


def grid_of(rows, gaps, first, days):
    """The Days from `first` on."""
    grid = []
    for n in range(days):
        start = start_of(timezone.localdate(first) + timedelta(days=n))
        end = start_of(timezone.localdate(first) + timedelta(days=n + 1))
        inside = [one for one in rows if one.since < end and one.until > start]
        holes = [one for one in gaps if one.since < end and one.until > start]
        grid.append(Day(timezone.localdate(start), inside, holes))
    return grid


def handovers_of(posts, now):
    """{post id: {due_at: Handover}} of the last days."""
    found = {}
    for row in Handover.objects.filter(post__in=posts, due_at__gte=now - BACK).select_related(
        "off_by", "on_by"
    ):
        found.setdefault(row.post_id, {})[row.due_at] = row
    return found


def handover_due(rows, handed, now):
    """The HandoverDue of the last change of people, or None where there was none."""
    due_at = boundary(rows_as_seats(rows), at=now)
    if due_at is None:
        return None
    row = handed.get(due_at)
    return HandoverDue(due_at, row, rules.is_handover_late(due_at, row and row.on_at, now))


def next_handover(post, now):
    """The handover to be signed now at a post: of the last change of people up to two hours ahead; or None."""
    rows = watches_by_post([post], now - BACK, now + AROUND)[post.pk]
    due_at = boundary(rows_as_seats(rows), at=now + timedelta(hours=2))
    if due_at is None:
        return None
    row = Handover.objects.filter(post=post, due_at=due_at).select_related("off_by", "on_by").first()
    return HandoverDue(due_at, row, rules.is_handover_late(due_at, row and row.on_at, now))


def rows_as_seats(rows):
    """Watches as `rules.rosters.boundary` reads them: by person's id."""
    return [SeatView(one.role, one.seat, one.since, one.until, one.person.pk) for one in rows]


@dataclass(frozen=True)
class SeatView:
    """A Watch with its person's id."""

    role: str
    seat: int
    since: datetime
    until: datetime
    person: int


def own_shifts(person, now, *, days=14):
    """[(post, Watch, DutyShift or None)] of a person's coming and present shifts, at any post."""
    posts = list(posts_of(person))
    found = watches_by_post(posts, now - AROUND, now + timedelta(days=days))
    deeds = {
        (row.post_id, row.since): row
        for row in DutyShift.objects.filter(person=person, since__gte=now - AROUND - AROUND)
    }
    mine = [
        (post, one, deeds.get((post.pk, one.since)))
        for post in posts
        for one in found[post.pk]
        if one.person == person and one.until > now
    ]
    return sorted(mine, key=lambda row: row[1].since)


def posts_of(person):
    """The posts in use where `person` may stand: those he sees, and those of his organisation and above it."""
    path = person.organisation.path
    seen = set(visible_posts(person).values_list("pk", flat=True))
    return [one for one in every_post() if one.pk in seen or path.startswith(one.organisation.path)]


def every_post():
    """All posts in use; they are few."""
    return DutyPost.objects.filter(retired_at=None).select_related("organisation")


def waiting_for(person, now):
    """What waits for this person: {swaps to answer, roll-calls to answer}."""
    swaps = DutySwap.objects.filter(Q(giver=person) | Q(taker=person), state=SwapState.ASKED)
    calls = CalledPerson.objects.filter(
        person=person, answered_at=None, state__in=(CallState.WAITING, CallState.MISSED), due_at__gte=now - timedelta(hours=12)
    )  # fmt: skip
    return {
        "swaps": list(swaps.exclude(asked_by=person).select_related("post", "giver", "taker")),
        "calls": list(calls.select_related("roll_call__post")),
    }


def bar_of(now, *, paths=None):
    """The line for the wall: who leads and who is on duty now at the duty rooms; and whether any post is empty."""
    posts = [one for one in every_post() if paths is None or one.organisation.path.startswith(tuple(paths))]
    lines = lines_of(posts, now, days=1)
    rooms = [one for one in lines if one.post.kind in {PostKind.DUTY_ROOM, PostKind.LEADER}]
    on = [watch for line in rooms for watch in line.now_on]
    leads = [
        watch
        for line in rooms
        for watch in line.now_on
        if watch.role == DutyRole.LEADER or line.post.kind == PostKind.LEADER
    ]
    return {
        "leaders": names_of(leads),
        "officers": names_of([watch for watch in on if watch not in leads]),
        "empty": [line.post.name for line in lines if line.is_empty],
        "gaps": sum(len(line.gaps) for line in lines),
        "posts": len(lines),
    }


def names_of(watches):
    """Names, each once, in order."""
    return list(dict.fromkeys(one.person.name for one in watches))


def visible_calls(person):
    """The people called by roll-calls at the posts that `person` sees, once they were called."""
    rows = CalledPerson.objects.filter(roll_call__called_at__isnull=False)
    return rows.filter(person.reach("view", through="roll_call__post__organisation")).select_related(
        "roll_call__post", "person", "roll_call__called_by"
    )


def find_roll_call(person, pk):
    """A roll-call that was made, if `person` sees its post or was called; else None."""
    own = Q(pk__in=CalledPerson.objects.filter(person=person).values("roll_call"))
    rows = RollCall.objects.filter(person.reach("view", through="post__organisation") | own, pk=pk)
    return rows.filter(called_at__isnull=False).select_related("post__organisation", "called_by").first()
