"""The statutory clock: from when a limit runs, until when, and why; always recomputed from the records.

    due = reckon(accepted_at, limit_of(find("deadlines", "EV-DECIDE")), days=partial(day_of, own=…, announced=…))
    due.last_day, due.at, due.basis_zh, due.is_unconfirmed
    ladder(due, now)            # which reminders are due

A limit in days does not count the day on which it starts and ends at 24:00 of its last day; months and years end on
the corresponding day; hours and minutes run from their moment; a rest day at the end moves it only where the table
`clock_rules` says so. Each of these is a row of that table with its article. A limit before its trigger is counted
back from it, and its last day is the last on which the duty is in time.
"""

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from anlan.rulebook.calendar import Day, day_of
from anlan.rulebook.sheets import UNCONFIRMED, Row, rows

ZONE = ZoneInfo("Asia/Shanghai")  # the law's days are those of mainland China
SPANS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
MONTHS = {"month": 1, "year": 12}
RUNGS = (
    -30,
    -7,
    -1,
    0,
    1,
    3,
    7,
)  # days before and after the last day (O: the district's practice may differ)
ONE_DAY = timedelta(days=1)
DISTRICT_MARK = "D"  # of what a district laid down itself, with its clause
FREELY = 10**6  # days: no bound
NEVER = date.max  # where a pause goes on, and no end of it is known

Days = Callable[[date], Day]


class Fault(StrEnum):
    """Why a record cannot be counted."""

    NO_ZONE = "no_zone"  # a moment without a time zone
    NO_REASON = "no_reason"
    BACKWARDS = "backwards"  # a pause that ends before it starts
    RUNS_BACK = "runs_back"  # a limit before its trigger is neither paused nor extended
    EMPTY = "empty"  # an extension by nothing
    NOT_EXTENDABLE = "not_extendable"
    TOO_LONG = "too_long"  # more than the law allows in all
    TOO_OFTEN = "too_often"
    TOO_LATE = "too_late"  # granted after the limit had run out


class Unlawful(ValueError):
    """A pause or an extension that the law does not know; `fault` says which rule it breaks."""

    def __init__(self, fault: Fault):
        super().__init__(fault.value)
        self.fault = fault


class Limit(NamedTuple):
    """A limit of the law. `clauses` are the rows of `clock_rules` that hold for it, by term."""

    key: str
    amount: int
    unit: str
    is_working: bool
    is_before: bool
    basis: str
    basis_zh: str
    mark: str
    clauses: dict[str, Row]

    @property
    def is_whole_days(self) -> bool:
        """Whether it ends with a day, not with a minute."""
        return self.unit not in SPANS


class Override(NamedTuple):
    """What a district lays down in a limit's place: so much of what, which days count, and the clause of its own rule."""

    amount: int
    unit: str
    is_working: bool
    clause: str


class Pause(NamedTuple):
    """A time that does not count, with its reason; `until` None: still going on.

    Of a limit in days, the days from the one on which it begins to the one before it ends do not count.
    """

    since: datetime
    until: datetime | None
    reason: str


class Extension(NamedTuple):
    """So many more days of the limit's own kind, when they were granted, and why."""

    days: int
    granted_at: datetime
    reason: str


class Move(StrEnum):
    """What a step of the reckoning does."""

    START = "start"
    COUNT = "count"
    EXTENSION = "extension"
    PAUSE = "pause"
    REST = "rest"


class Step(NamedTuple):
    """One step: what, the day to which it leads, how much (units of the limit; days), and what it rests on."""

    move: Move
    on: date
    amount: int
    basis: str = ""
    basis_zh: str = ""
    mark: str = ""


class Due(NamedTuple):
    """When a limit runs out. `at` and `last_day` are None while it is paused and no end of the pause is known.

    `is_assumed`: it rests on a year whose holidays have not been announced.
    """

    limit: Limit
    start: datetime
    at: datetime | None
    last_day: date | None
    steps: tuple[Step, ...]
    is_assumed: bool = False

    @property
    def basis(self) -> str:
        """The article of the limit itself."""
        return self.limit.basis

    @property
    def basis_zh(self) -> str:
        """The same in Chinese."""
        return self.limit.basis_zh

    @property
    def mark(self) -> str:
        """How sure the article is."""
        return self.limit.mark

    @property
    def is_unconfirmed(self) -> bool:
        """Whether the date must be shown as 待核实: for the limit, for a rule of counting, or for its calendar."""
        return self.is_assumed or bool(UNCONFIRMED & {self.mark, *(step.mark for step in self.steps)})

    def is_overdue(self, now: datetime) -> bool:
        """Whether it has run out; its very last moment is still in time."""
        return self.at is not None and now > self.at


class Rung(NamedTuple):
    """One reminder: days from the last day (negative: before), from when it is given, whether that has come."""

    days: int
    at: datetime
    is_reached: bool


def limit_of(row: Row, own: Override | None = None) -> Limit:
    """The Limit that a row of `deadlines` tells; with `own`, as the district overrides it, by the same rules of counting."""
    told, every = row.values, rows("clock_rules")
    clauses = {one.values["term"]: one for one in every if one.values["rule_id"] in ("", row.key)}
    if own:
        return Limit(
            row.key, own.amount, own.unit, own.is_working, told["direction"] == "before",
            own.clause, own.clause, DISTRICT_MARK, clauses,
        )  # fmt: skip
    is_working = told["day_kind"] == "working" or "working" in clauses
    return Limit(
        row.key, told["limit"], told["unit"], is_working, told["direction"] == "before",
        row.basis, row.basis_zh, row.mark, clauses,
    )  # fmt: skip


def plain_limit(amount: int, unit: str) -> Limit:
    """A limit that somebody set, not the law: so many days or minutes, extended as often as is agreed."""
    clauses = {one.values["term"]: one for one in rows("clock_rules") if not one.values["rule_id"]}
    free = Row("", "", MappingProxyType({"times": None, "amount": FREELY}), "", "", DISTRICT_MARK, None, None)
    return Limit("", amount, unit, False, False, "", "", DISTRICT_MARK, clauses | {"extension": free})


def reckon(
    start: datetime | date,
    limit: Limit,
    *,
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Extension] = (),
    days: Days = day_of,
) -> Due:
    """When `limit` runs out that was set going at `start` (a date stands for its 00:00). Raises Unlawful.

    `days` says which dates are working days: the rulebook's calendar, with what the district laid down bound to it.
    """
    moment = moment_of(start)
    insist_lawful(limit, pauses, extensions)
    if limit.is_before:
        return reckon_back(moment, limit, days)
    if limit.is_whole_days:
        return reckon_days(moment, limit, pauses, extensions, days)
    return reckon_hours(moment, limit, pauses)


def moment_of(start: datetime | date) -> datetime:
    """The moment in the law's time zone. Raises Unlawful for one without a zone."""
    if not isinstance(start, datetime):
        return datetime.combine(start, time(), ZONE)
    if start.tzinfo is None:
        raise Unlawful(Fault.NO_ZONE)
    return start.astimezone(ZONE)


def insist_lawful(limit: Limit, pauses: Sequence[Pause], extensions: Sequence[Extension]) -> None:
    """Raise Unlawful for pauses and extensions that this limit cannot have."""
    if limit.is_before and (pauses or extensions):
        raise Unlawful(Fault.RUNS_BACK)
    for pause in pauses:
        since = moment_of(pause.since)
        if pause.until is not None and moment_of(pause.until) < since:
            raise Unlawful(Fault.BACKWARDS)
    if not all(
        reason.strip() for reason in [one.reason for one in pauses] + [one.reason for one in extensions]
    ):
        raise Unlawful(Fault.NO_REASON)
    if not extensions:
        return
    clause = limit.clauses.get("extension")
    if clause is None or not limit.is_whole_days:
        raise Unlawful(Fault.NOT_EXTENDABLE)
    if any(one.days <= 0 for one in extensions):
        raise Unlawful(Fault.EMPTY)
    if clause.values["times"] is not None and len(extensions) > clause.values["times"]:
        raise Unlawful(Fault.TOO_OFTEN)
    if sum(one.days for one in extensions) > clause.values["amount"]:
        raise Unlawful(Fault.TOO_LONG)


def reckon_days(moment, limit, pauses, extensions, days) -> Due:
    """A limit in days, months or years: count days, then let a rest day move the end where the law says so."""
    first = moment.date()
    stretches = [stretch_of(pause) for pause in pauses]
    count = days_in(first, limit)
    steps = [step_of(Move.START, first, 0, limit.clauses["start"])]
    last = walk(first, count, limit, stretches, days)
    plain = walk(first, count, limit, (), days)
    months = limit.clauses["months"] if limit.unit in MONTHS else limit
    steps.append(step_of(Move.COUNT, plain, limit.amount, months))
    for extension in sorted(extensions, key=lambda one: moment_of(one.granted_at)):
        if last != NEVER and moment_of(extension.granted_at) > end_of(settle(last, limit, days)):
            raise Unlawful(Fault.TOO_LATE)
        count += extension.days
        last = walk(first, count, limit, stretches, days)
        plain = walk(first, count, limit, (), days)
        steps.append(step_of(Move.EXTENSION, plain, extension.days, limit.clauses["extension"]))
    if last == NEVER:
        return Due(limit, moment, None, None, tuple(steps))
    if last > plain:
        steps.append(Step(Move.PAUSE, last, (last - plain).days))
    settled = settle(last, limit, days)
    if settled > last:
        steps.append(step_of(Move.REST, settled, (settled - last).days, limit.clauses["rest"]))
    return Due(limit, moment, end_of(settled), settled, tuple(steps), is_assumed(first, settled, limit, days))


def reckon_hours(moment, limit, pauses) -> Due:
    """A limit in hours or minutes: it runs day and night from its moment, but for the pauses."""
    at = moment + limit.amount * SPANS[limit.unit]
    steps = [
        step_of(Move.START, moment.date(), 0, limit.clauses["hours"]),
        step_of(Move.COUNT, at.date(), limit.amount, limit),
    ]
    run_to = moment  # up to where the time has been looked at: what pauses share is taken out once
    for pause in sorted(pauses, key=lambda one: moment_of(one.since)):
        since = max(moment_of(pause.since), run_to)
        if since >= at:
            continue
        if pause.until is None:
            return Due(limit, moment, None, None, tuple(steps))
        until = max(moment_of(pause.until), since)
        at, run_to = at + (until - since), until
    return Due(limit, moment, at, at.date(), tuple(steps))


def reckon_back(moment, limit, days) -> Due:
    """A limit before its trigger: counted back from it."""
    if not limit.is_whole_days:
        at = moment - limit.amount * SPANS[limit.unit]
        return Due(limit, moment, at, at.date(), (step_of(Move.COUNT, at.date(), limit.amount, limit),))
    day = moment.date()
    if limit.is_working:
        left = limit.amount
        while left:
            day -= ONE_DAY
            left -= days(day).is_workday
    elif limit.unit in MONTHS:
        day = shift_months(day, -limit.amount * MONTHS[limit.unit])
    else:
        day -= limit.amount * ONE_DAY
    steps = (
        step_of(Move.START, moment.date(), 0, limit.clauses["start"]),
        step_of(Move.COUNT, day, limit.amount, limit),
    )
    return Due(limit, moment, end_of(day), day, steps, is_assumed(day, moment.date(), limit, days))


def days_in(first: date, limit: Limit) -> int:
    """How many days the limit counts from `first`."""
    if limit.unit in MONTHS:
        return (shift_months(first, limit.amount * MONTHS[limit.unit]) - first).days
    return limit.amount


def shift_months(day: date, months: int) -> date:
    """The corresponding day so many months on, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def stretch_of(pause: Pause) -> tuple[date, date]:
    """The days that a pause takes out, the second no longer among them."""
    until = NEVER if pause.until is None else moment_of(pause.until).date()
    return moment_of(pause.since).date(), until


def walk(first: date, count: int, limit: Limit, stretches, days: Days) -> date:
    """The day on which so many days after `first` have been counted; NEVER if an open pause comes before it."""
    if not stretches and not limit.is_working:
        return first + count * ONE_DAY
    day = first
    while count:
        day += ONE_DAY
        ends = [until for since, until in stretches if since <= day < until]
        if NEVER in ends:
            return NEVER
        if not ends and (not limit.is_working or days(day).is_workday):
            count -= 1
    return day


def settle(last: date, limit: Limit, days: Days) -> date:
    """The last day itself, or the next working day where the law moves a rest day."""
    while "rest" in limit.clauses and not days(last).is_workday:
        last += ONE_DAY
    return last


def is_assumed(first: date, last: date, limit: Limit, days: Days) -> bool:
    """Whether the date rests on a day whose year has no announced holidays."""
    if limit.is_working:
        return any(days(first + n * ONE_DAY).is_assumed for n in range((last - first).days + 1))
    return "rest" in limit.clauses and days(last).is_assumed


def end_of(day: date) -> datetime:
    """24:00 of a day."""
    return datetime.combine(day + ONE_DAY, time(), ZONE)


def step_of(move: Move, on: date, amount: int, source: Limit | Row) -> Step:
    """A Step that rests on a limit or on a row of `clock_rules`."""
    return Step(move, on, amount, source.basis, source.basis_zh, source.mark)


def ladder(due: Due, now: datetime) -> tuple[Rung, ...]:
    """The reminders of a limit: 30, 7 and 1 days ahead, on its last day, and 1, 3 and 7 days after; none while paused.

    One that would come before the limit was set going is left out.
    """
    if due.at is None or due.last_day is None:
        return ()
    anchor = datetime.combine(due.last_day, time(), ZONE) if due.limit.is_whole_days else due.at
    rungs = [(step, anchor + step * ONE_DAY) for step in RUNGS]
    return tuple(
        Rung(step, at, now > at if step > 0 else now >= at)
        for step, at in rungs
        if due.limit.is_before or at >= due.start or step >= 0
    )
