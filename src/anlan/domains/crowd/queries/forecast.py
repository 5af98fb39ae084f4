"""The forecaster: what each counted space may hold in the coming hour, by its own past and by today so far.

    Ledger      numbers of past days in steps of five minutes, one series for each space and quantity
    Lesson      what the night's learning made of them: factors and spreads (science), alarm levels
    Forecaster  lives through today step by step and says each minute what is foreseen

It reads the scene and changes nothing: whoever asks hands what it says to the scene. Nothing waits for it.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from anlan.domains.crowd.rules.outlook import HORIZONS_MIN, AlarmLevels, Foreseen
from anlan.science.crossing import learn_table, view_table
from anlan.science.outlook import Judgement, Learned
from anlan.science.shape import Shape, check_shape, usable_capacity
from anlan.science.surge import compute_surge_score
from anlan.science.today import Today, open_day
from anlan.stream.spaces import SpacesView
from anlan.stream.topology import Space

MINUTE_MS = 60_000
STEP_MIN = 5
SLOTS = 24 * 60 // STEP_MIN
STEPS = {minutes: minutes // STEP_MIN for minutes in HORIZONS_MIN}
QUARTER_STEPS = 15 // STEP_MIN
SILENT_MS = 10 * MINUTE_MS  # a number older than this is not looked ahead from
NO_FORECAST_SHARE = 0.30  # [S] warning.md: with more of the flow past dead doors there is no forecast
FIRST_DAYS = timedelta(days=14)  # looked back over before any night has left a lesson
OWN_DAYS = 3  # [S] warning.md: own profile from day 3; before, like places lend their shape
FIRST_ALARMS = AlarmLevels(
    {15: 0.5, 30: 0.5, 60: 0.5}, {15: 0.6, 60: 0.5}
)  # [K] until a night has fitted them

Quantity = Literal["occupancy", "passages"]
Minutes = Callable[[list[str], int, int, int], Mapping[str, Mapping[str, np.ndarray]]]


class Series(NamedTuple):
    """What is forecast: the people in a space, or those through its gates in a step; `kind` is the place's."""

    space: str
    quantity: Quantity
    capacity: float
    kind: str


def series_of(spaces: Sequence[Space], kinds: Mapping[str, str]) -> list[Series]:
    """Every space with a capacity, and every one whose gates have one; kinds: of the place by its code."""
    found = []
    for space in spaces:
        kind = kinds.get(space.code.partition("/")[0], "")
        if space.capacity:
            found.append(Series(space.code, "occupancy", float(space.capacity), kind))
        if space.passage_capacity_per_min:
            found.append(Series(space.code, "passages", space.passage_capacity_per_min * STEP_MIN, kind))
    return found


@dataclass(frozen=True)
class Ledger:
    """Numbers of whole local days in a row: counts float32 [series, days · SLOTS], nan unknown; day_kind by day."""

    series: list[Series]
    first: date
    day_kind: np.ndarray
    counts: np.ndarray

    @property
    def days(self) -> int:
        return self.counts.shape[1] // SLOTS

    @property
    def after(self) -> date:
        """The first day that is not in it."""
        return self.first + timedelta(days=self.days)

    @property
    def capacity(self) -> np.ndarray:
        return np.array([one.capacity for one in self.series], float)

    def known_days(self) -> np.ndarray:
        """How many days of each series have a number at all, int [series]."""
        return np.isfinite(self.counts.reshape(len(self.series), self.days, SLOTS)).any(2).sum(1)

    def for_series(self, series: list[Series]) -> "Ledger":
        """The same days for another list of series; those it does not know are unknown."""
        row = {(one.space, one.quantity): at for at, one in enumerate(self.series)}
        counts = np.full((len(series), self.counts.shape[1]), np.nan, np.float32)
        for at, one in enumerate(series):
            if (known := row.get((one.space, one.quantity))) is not None:
                counts[at] = self.counts[known]
        return Ledger(series, self.first, self.day_kind, counts)

    def followed_by(self, later: "Ledger") -> "Ledger":
        """These days and the later ones behind them, for the later one's series."""
        mine = self.for_series(later.series)
        return Ledger(
            later.series,
            self.first,
            np.concatenate([self.day_kind, later.day_kind]),
            np.concatenate([mine.counts, later.counts], axis=1),
        )


def read_ledger(
    minutes: Minutes,
    series: list[Series],
    first: date,
    after: date,
    *,
    day_kind: Sequence[int],
    zone: ZoneInfo,
) -> Ledger:
    """Read the days [first, after) from a history; a day of 23 or 25 hours is cut or filled to 24."""
    days = (after - first).days
    counts = np.full((len(series), days * SLOTS), np.nan, np.float32)
    begin_ms = midnight_ms(first, zone)
    codes = sorted({one.space for one in series})
    told = minutes(codes, begin_ms, midnight_ms(after, zone), STEP_MIN) if days and codes else {}
    for at, one in enumerate(series):
        column = _column(told[one.space], one)
        for day in range(days):
            start = (midnight_ms(first + timedelta(days=day), zone) - begin_ms) // (STEP_MIN * MINUTE_MS)
            part = column[start : start + SLOTS]
            counts[at, day * SLOTS : day * SLOTS + len(part)] = part
    return Ledger(series, first, np.asarray(day_kind, int), counts)


def _column(told: Mapping[str, np.ndarray], one: Series) -> np.ndarray:
    if one.quantity == "occupancy":
        return told["occupancy"]
    passed = told["in"] + told["out"]
    ever = np.flatnonzero(passed)
    return np.where(np.arange(len(passed)) >= (ever[0] if len(ever) else len(passed)), passed, np.nan)


def midnight_ms(day: date, zone: ZoneInfo) -> int:
    """When a local day begins, UTC milliseconds."""
    return round(datetime.combine(day, time.min, zone).timestamp() * 1000)


def shape_of(ledger: Ledger) -> Shape:
    """The ledger's shape for the mathematics."""
    return check_shape(
        counts=ledger.counts, capacity=ledger.capacity, step_s=STEP_MIN * 60, slots_per_day=SLOTS,
        day_kind=ledger.day_kind, horizons_steps=tuple(STEPS.values()),
    )  # fmt: skip


def learn(ledger: Ledger) -> Learned:
    """Factors and spreads of a ledger; with little or no history those found elsewhere stand in."""
    shape = shape_of(ledger)
    view, people = view_table(ledger.counts, ledger.capacity, ledger.day_kind, shape)
    return learn_table(view, people, shape, ledger.counts.shape[1])


def lend_shapes(ledger: Ledger) -> Ledger:
    """The ledger with the unknown of young series filled by the mean shape of like places, in shares of capacity.

    Like is a place of the same kind and quantity with days of its own; where there is none, nobody is usual (0). A
    day is put before an empty ledger, so that the surge channel has something to depart from on day 0.
    """
    if not ledger.days:
        first = ledger.first - timedelta(days=1)
        empty = np.full((len(ledger.series), SLOTS), np.nan, np.float32)
        ledger = Ledger(ledger.series, first, np.zeros(1, int), empty)
    own = ledger.known_days() >= OWN_DAYS
    share = ledger.counts / np.where(ledger.capacity > 0, ledger.capacity, np.nan)[:, None]
    counts = ledger.counts.copy()
    for at in np.flatnonzero(~own).tolist():
        one = ledger.series[at]
        like = [row for row, other in enumerate(ledger.series) if own[row] and other[1::2] == one[1::2]]
        lent = _mean_of_known(share[like]) * one.capacity if like else np.zeros(counts.shape[1])
        counts[at] = np.where(np.isfinite(counts[at]), counts[at], lent)
    return Ledger(ledger.series, ledger.first, ledger.day_kind, counts)


def _mean_of_known(rows: np.ndarray) -> np.ndarray:
    known = np.isfinite(rows)
    return np.where(known, rows, 0).sum(0) / np.maximum(known.sum(0), 1)


@dataclass(frozen=True)
class Lesson:
    """What a night has learned: the ledger's days, factors and spreads for its series, and the alarm levels."""

    ledger: Ledger
    learned: Learned
    alarms: AlarmLevels


def first_lesson(series: list[Series], today: date) -> Lesson:
    """Before any night: no days, factors found elsewhere, alarm levels not yet fitted."""
    empty = Ledger(series, today, np.zeros(0, int), np.zeros((len(series), 0), np.float32))
    return Lesson(empty, learn(lend_shapes(empty)), FIRST_ALARMS)


class Forecaster:
    """Lives through the days of a scene's series. One caller; `look` at least once in five minutes.

    A gap, a changed list of series or a new lesson is caught up with from the history (`minutes`, as
    Scene.spaces_minutes); day_kinds(first, after) gives the label of each day.
    """

    def __init__(
        self, minutes: Minutes, day_kinds: Callable[[date, date], Sequence[int]], *, zone: ZoneInfo
    ) -> None:
        self.minutes, self.day_kinds, self.zone = minutes, day_kinds, zone
        self.lesson: Lesson | None = None
        self.series: list[Series] = []
        self._ledger: Ledger | None = None
        self._day: date | None = None
        self._slot = -1
        self._today: Today | None = None
        self.known_days = np.zeros(0, int)  # of each series, before today
        self._is_lent = np.zeros(0, bool)

    def teach(self, lesson: Lesson) -> None:
        """Use this lesson from the next look on."""
        self.lesson, self._day = lesson, None

    def look(
        self, view: SpacesView, series: list[Series], planned: Mapping[str, np.ndarray] | None = None
    ) -> Foreseen:
        """What is foreseen for each of `series` as the view's time has it.

        planned: people per minute that gatherings bring to a space in the coming hour, by its code.
        """
        ended = view.now_ms // MINUTE_MS - 1
        moment = datetime.fromtimestamp(ended * 60, self.zone)
        slot = (moment.hour * 60 + moment.minute) // STEP_MIN
        if self._day != moment.date() or series != self.series or slot > self._slot + 1:
            self._open(moment.date(), slot, series, view.now_ms)
        now = numbers_now(view, series)
        before = self._today.recent.counts[QUARTER_STEPS - 1] * usable_capacity(self._ledger.capacity)
        if (moment.minute + 1) % STEP_MIN == 0 and slot > self._slot:
            judgement = self._today.judge(now.astype(np.float32), slot, self._learned)
            self._slot = slot
        else:
            judgement = peek(self._today, now.astype(np.float32), slot, self._learned)
        return with_planned(self._foreseen(judgement, now, now - before), series, planned or {})

    def _open(self, day: date, slot: int, series: list[Series], now_ms: int) -> None:
        """Begin a day anew: past days from the lesson and the history since, then today's steps so far."""
        lesson = self.lesson or first_lesson(series, day - FIRST_DAYS)
        ledger = lesson.ledger.for_series(series)
        if ledger.after > day:
            ledger = first_lesson(series, day).ledger  # a lesson of later days: a clock was turned back
        if ledger.after < day:
            since = read_ledger(
                self.minutes, series, ledger.after, day,
                day_kind=self.day_kinds(ledger.after, day), zone=self.zone,
            )  # fmt: skip
            ledger = ledger.followed_by(since)
        self.known_days = ledger.known_days()
        self._is_lent = self.known_days < OWN_DAYS
        ledger = lend_shapes(ledger)
        kinds = np.concatenate(
            [ledger.day_kind, np.asarray(self.day_kinds(day, day + timedelta(days=2)), int)]
        )
        self._learned = fit_to(lesson, ledger)
        self._today = open_day(
            counts=ledger.counts, capacity=usable_capacity(ledger.capacity).astype(np.float32), day_kind=kinds,
            day=ledger.days, shape=shape_of(ledger), before=None,
        )  # fmt: skip
        self._ledger, self.series, self._day = ledger, series, day
        begin_ms = midnight_ms(day, self.zone)
        told = self.minutes(sorted({one.space for one in series}), begin_ms, now_ms, STEP_MIN) if slot else {}
        for earlier in range(slot):
            at = np.array([_at(told[one.space], one, earlier) for one in series], np.float32)
            self._today.look(at, earlier)
        self._slot = slot - 1

    def _foreseen(self, judgement: Judgement, now: np.ndarray, grown: np.ndarray) -> Foreseen:
        return Foreseen(
            now=now,
            usual=np.where(self._is_lent, np.nan, judgement.usual),
            capacity=self._ledger.capacity,
            chance={
                minutes: np.where(self._is_lent, 0, judgement.crossing[step])
                for minutes, step in STEPS.items()
            },
            surge={
                minutes: np.where(
                    self._is_lent,
                    first_surge(now, grown, self._ledger.capacity, minutes),
                    judgement.surge[step],
                )
                for minutes, step in STEPS.items()
            },
            forecast={
                minutes: np.where(self._is_lent, np.nan, judgement.forecast[step])
                for minutes, step in STEPS.items()
            },
            grown=grown,
            crossing_min=np.where(self._is_lent, np.nan, judgement.steps_to_crossing * STEP_MIN),
        )


def first_surge(now: np.ndarray, grown: np.ndarray, capacity: np.ndarray, minutes: int) -> np.ndarray:
    """The surge score of series without days of their own: what has come within a quarter of an hour goes on coming.

    Score ½ where now + 0.8 · (minutes / 15) · growth reaches capacity; growth that chance may bring (two roots of the
    number) is no growth. Source: warning.md, the surge rule as written [S]; the allowance for chance [K].
    """
    beyond = np.maximum(np.nan_to_num(grown) - 2 * np.sqrt(np.maximum(np.nan_to_num(now), 1)), 0)
    level = (np.nan_to_num(now) + 0.8 * minutes / 15 * beyond) / np.where(capacity > 0, capacity, np.inf)
    return compute_surge_score(level)


def _at(told: Mapping[str, np.ndarray], one: Series, slot: int) -> float:
    column = told["occupancy"] if one.quantity == "occupancy" else told["in"] + told["out"]
    return float(column[slot]) if slot < len(column) else np.nan


def fit_to(lesson: Lesson, ledger: Ledger) -> Learned:
    """The lesson's factors and spreads for another list of series: own factors by name, 1 for those that are new."""
    row = {(one.space, one.quantity): at for at, one in enumerate(lesson.ledger.series)}
    rows = [row.get((one.space, one.quantity), -1) for one in ledger.series]

    def moved(spread):
        own = np.append(spread.factor, 1.0)[rows]
        return replace(spread, factor=own)

    learned = lesson.learned
    spreads = tuple(moved(spread) for spread in learned.spreads)
    return replace(learned, spreads=spreads, growth=moved(learned.growth))


def peek(today: Today, counts: np.ndarray, slot: int, learned: Learned) -> Judgement:
    """What a step would say that has not ended yet; the day goes on as if it had not been asked."""
    aside = copy.copy(today)
    aside.like = copy.copy(today.like)
    for name in ("apart_all", "seen_all", "apart_own", "seen_own"):  # all that comparing a step changes
        setattr(aside.like, name, getattr(today.like, name).copy())
    return aside.judge(counts, slot, learned)


def numbers_now(view: SpacesView, series: Sequence[Series]) -> np.ndarray:
    """The newest number of each series; nan where it is unknown, old, or too many doors are dead."""
    at = {code: position for position, code in enumerate(view.codes)}
    rows = np.array([at.get(one.space, -1) for one in series], int)
    if not len(rows):
        return np.zeros(0)
    gates = view.passage_share[rows] * np.array([one.capacity for one in series])
    is_gate = np.array([one.quantity == "passages" for one in series], bool)
    numbers = np.where(is_gate, gates, view.occupancy[rows])
    old = view.now_ms - view.last_t_end_ms[rows] > SILENT_MS
    dead = view.dead_share[rows] > NO_FORECAST_SHARE
    return np.where((rows < 0) | old | dead, np.nan, numbers)


def with_planned(foreseen: Foreseen, series: Sequence[Series], planned: Mapping[str, np.ndarray]) -> Foreseen:
    """What is foreseen and the people whom gatherings are expected to bring on top of it, until they are there.

    Where the sum reaches capacity the chance is at least one half, and the crossing when it does. People who leave
    are not reckoned with: nobody knows when they will.
    """
    forecast = {minutes: column.copy() for minutes, column in foreseen.forecast.items()}
    chance = {minutes: column.copy() for minutes, column in foreseen.chance.items()}
    crossing_min = foreseen.crossing_min.copy()
    for at, one in enumerate(series):
        rate = planned.get(one.space)
        if rate is None or one.quantity != "occupancy":
            continue
        for minutes in sorted(forecast, reverse=True):
            forecast[minutes][at] = (
                np.nan_to_num(forecast[minutes][at], nan=foreseen.now[at]) + rate[:minutes].sum()
            )
            if forecast[minutes][at] >= one.capacity:
                chance[minutes][at] = max(chance[minutes][at], 0.5)
                crossing_min[at] = np.fmin(crossing_min[at], minutes)
    return foreseen._replace(forecast=forecast, chance=chance, crossing_min=crossing_min)
