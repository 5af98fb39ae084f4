"""What a night learns from the district's own past: factors and spreads, alarm levels to a budget, and their skill.

Everything is judged as it would have been live: scores of a moment know nothing of what came after it, and the skill
told is that of the alarm levels that were in force, over the last days, not of those just fitted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from anlan.domains.crowd.queries.forecast import (
    SLOTS,
    STEPS,
    Ledger,
    Lesson,
    Series,
    first_lesson,
    fit_to,
    shape_of,
)
from anlan.domains.crowd.rules.outlook import AlarmLevels
from anlan.science.crossing import learn_table, view_table
from anlan.science.outlook import Learned, View, judge
from anlan.science.probability import ProbabilityMap, fit_probability_map
from anlan.science.scoring import Ground, fit_level
from anlan.science.spread import Spread
from anlan.stream.snapshot import sound_snapshots, write_snapshot

FITTED_DAYS = 60  # [S] warning.md: alarm levels on a rolling 60 days
TOLD_DAYS = 30  # over which skill is told
LIKE_DAYS = 10  # [S] warning.md: "learning" until so many like days
MONTH_DAYS = 30.44
BATCH = 100  # series judged at once: a ledger of two months of so many takes some 200 MB
SURGE_HORIZONS, EXPECTED_HORIZONS = (15, 60), (15, 30, 60)
REACH = STEPS[60]
LEAST_SCORES = 200  # fewer fitted scores than this teach no level
LEAST_LEVEL = {
    "A": 0.05,
    "B": 0.2,
}  # [O] a chance of one in twenty; a surge heading for two thirds of capacity
MOST_LEVEL = 0.999
ALWAYS_RIGHT = ProbabilityMap(np.array([0.0, 1.0]), np.array([0.0, 1.0]))


class Skill(NamedTuple):
    """How good one channel was for one series over the last days.

    crossings, caught_15, caught_30: how often capacity was reached, and of these how often it was told at least 15
    and 30 minutes before; false_alarms over so many months; brier_skill: of the chance within the hour against
    always saying how often it happens (None where it never did, or for the surge channel); like_days: days known.
    """

    series: Series
    channel: str
    crossings: int
    caught_15: int
    caught_30: int
    false_alarms: int
    months: float
    brier_skill: float | None
    like_days: int


@dataclass(frozen=True)
class Study:
    """A night's result: the lesson to use from now on, and the skill of what was used until now."""

    lesson: Lesson
    chances: ProbabilityMap
    skills: list[Skill]


class Scores(NamedTuple):
    """Scores of every moment, float32 [series, columns], by horizon in minutes."""

    expected: Mapping[int, np.ndarray]
    surge: Mapping[int, np.ndarray]

    @classmethod
    def blank(cls, ledger: Ledger) -> "Scores":
        """No score anywhere yet."""
        size = ledger.counts.shape
        return cls(
            *(
                {h: np.zeros(size, np.float32) for h in horizons}
                for horizons in (EXPECTED_HORIZONS, SURGE_HORIZONS)
            )
        )

    def put(self, rows: np.ndarray, part: "Scores") -> None:
        """Fill in some series."""
        for mine, theirs in zip(self, part, strict=True):
            for minutes, table in theirs.items():
                mine[minutes][rows] = table


def study(
    ledger: Ledger,
    *,
    in_force: AlarmLevels,
    budgets: Mapping[str, float],
    on_progress: Callable[[int, int], object] = lambda done, total: None,
) -> Study:
    """Learn from a ledger. budgets: false alarms per place and month by channel, "A" and "B"."""
    order = np.argsort(-ledger.known_days(), kind="stable")  # the best known teach the factors
    batches = [np.sort(order[start : start + BATCH]) for start in range(0, len(order), BATCH)]
    scores, learned = Scores.blank(ledger), None
    for number, rows in enumerate(batches):
        on_progress(number, len(batches) + 1)
        part = part_of(ledger, rows)
        scored, taught = score(part)
        scores.put(rows, scored)
        learned = learned or fit_to(Lesson(part, taught, in_force), ledger)
    alarms, chances, skills = in_force, ALWAYS_RIGHT, []
    if batches and ledger.days > 1:
        ground = ground_of(ledger)
        alarms = fit_alarms(ledger, ground, scores, in_force=in_force, budgets=budgets)
        chances = fit_chances(ledger, ground, scores)
        skills = tell_skills(ledger, scores, in_force, chances)
    on_progress(1, 1)
    return Study(Lesson(ledger, learned or first_lesson([], ledger.after).learned, alarms), chances, skills)


def part_of(ledger: Ledger, rows: slice | np.ndarray) -> Ledger:
    """Some series of a ledger."""
    series = [ledger.series[at] for at in np.arange(len(ledger.series))[rows]]
    return Ledger(series, ledger.first, ledger.day_kind, ledger.counts[rows])


def score(ledger: Ledger) -> tuple[Scores, Learned]:
    """The scores of every moment of a ledger, and what all of it teaches.

    The scores' own factors are fitted on the days before those whose skill is told.
    """
    columns = ledger.counts.shape[1]
    told = columns - TOLD_DAYS * SLOTS
    lived = view_table(ledger.counts, ledger.capacity, ledger.day_kind, shape_of(ledger))
    scores = _scores(ledger, lived, told if told >= LIKE_DAYS * SLOTS else columns // 2)
    return scores, learn_table(*lived, shape_of(ledger), columns)


def score_from(ledger: Ledger, fit_until: int) -> Scores:
    """The scores of every moment of a ledger, factors fitted on the columns before `fit_until`."""
    lived = view_table(ledger.counts, ledger.capacity, ledger.day_kind, shape_of(ledger))
    return _scores(ledger, lived, fit_until)


def _scores(ledger: Ledger, lived: tuple[View, np.ndarray], fit_until: int) -> Scores:
    shape = shape_of(ledger)
    view, people = lived
    judged = judge(view, learn_table(view, people, shape, fit_until), people, shape)
    return Scores(
        {minutes: judged.crossing[STEPS[minutes]].astype(np.float32) for minutes in EXPECTED_HORIZONS},
        {minutes: judged.surge[STEPS[minutes]].astype(np.float32) for minutes in SURGE_HORIZONS},
    )


def ground_of(ledger: Ledger) -> Ground:
    """What happened in a ledger, to score warnings against."""
    return Ground(counts=ledger.counts, capacity=ledger.capacity, reach=REACH, stretch=None)


def span(ledger: Ledger, days: int) -> tuple[int, int]:
    """The columns of the last days, without those of the first day: nothing could be known on it."""
    columns = ledger.counts.shape[1]
    return min(max(columns - days * SLOTS, SLOTS), columns), columns


def months_of(ledger: Ledger, first: int, last: int) -> float:
    """Place-months in these columns: only moments with a number count."""
    return float(np.isfinite(ledger.counts[:, first:last]).sum()) / SLOTS / MONTH_DAYS


def fit_alarms(
    ledger: Ledger, ground: Ground, scores: Scores, *, in_force: AlarmLevels, budgets: Mapping[str, float]
) -> AlarmLevels:
    """The lowest alarm levels that keep the budgets over 60 days and, so that an overrun tightens, over the last 30.

    Until there are LIKE_DAYS, and in a span with too few scores, those in force stay. None falls below LEAST_LEVEL:
    where capacity is never near, a budget is no reason to spend it.
    """
    if ledger.days <= LIKE_DAYS:
        return in_force
    fitted = {"A": dict(in_force.expected), "B": dict(in_force.surge)}
    for channel, tables in (("A", scores.expected), ("B", scores.surge)):
        for minutes, table in tables.items():
            levels = []
            for days in (FITTED_DAYS, TOLD_DAYS):
                first, last = span(ledger, days)
                if np.isfinite(ledger.counts[:, first:last]).sum() >= LEAST_SCORES:
                    allowed = budgets[channel] * months_of(ledger, first, last)
                    levels.append(fit_level(ground, table, first=first, last=last, allowed=allowed))
            if levels and np.isfinite(max(levels)):
                fitted[channel][minutes] = float(np.clip(max(levels), LEAST_LEVEL[channel], MOST_LEVEL))
    return AlarmLevels(fitted["A"], fitted["B"])


def fit_chances(ledger: Ledger, ground: Ground, scores: Scores) -> ProbabilityMap:
    """From the score of an hour to how often capacity was in fact reached within it."""
    first, last = span(ledger, FITTED_DAYS)
    came, below = came_within(ground, first, last)
    return fit_probability_map(scores.expected[60][:, first:last][below], came[below].astype(float))


def came_within(ground: Ground, first: int, last: int) -> tuple[np.ndarray, np.ndarray]:
    """(capacity reached within the hour, below it and the whole hour known of) for each moment of these columns."""
    columns = np.arange(first, last)
    until = np.minimum(columns + REACH, ground.below.shape[1] - 1)
    reached = ground.reached_before[:, until + 1] > ground.reached_before[:, columns + 1]
    return reached, ground.below[:, first:last] & (columns + REACH < ground.below.shape[1])


def tell_skills(
    ledger: Ledger, scores: Scores, in_force: AlarmLevels, chances: ProbabilityMap
) -> list[Skill]:
    """The skill of each series and channel over the last days, by the alarm levels in force."""
    first, last = span(ledger, TOLD_DAYS)
    known_days = ledger.known_days()
    skills = []
    for at, series in enumerate(ledger.series):
        one = part_of(ledger, np.array([at]))
        ground, months = ground_of(one), months_of(one, first, last)
        if not months or not series.capacity > 0:
            continue
        for channel, table, level in (
            ("A", scores.expected[60], in_force.expected[60]),
            ("B", scores.surge[60], in_force.surge[60]),
        ):
            tally = ground.tally(table[at : at + 1] >= level, first=first, last=last)
            brier = brier_skill(ground, chances.apply(table[at : at + 1, first:last]), first, last)
            skills.append(Skill(
                series, channel, tally.crossings, tally.foretold[STEPS[15] - 1], tally.foretold[STEPS[30] - 1],
                tally.false, months, brier if channel == "A" else None, int(known_days[at]),
            ))  # fmt: skip
    return skills


def brier_skill(ground: Ground, chance: np.ndarray, first: int, last: int) -> float | None:
    """1 − (mean square error of the chance) / (that of always saying the base rate); None where it never happened."""
    came, counted = came_within(ground, first, last)
    came, chance = came[counted], chance[counted]
    if not came.any():
        return None
    rate = came.mean()
    return float(1 - np.mean((chance - came) ** 2) / (rate * (1 - rate))) if rate < 1 else None


class Kept(msgspec.Struct):
    """The plain part of a kept lesson."""

    first: date
    series: list[tuple[str, str, float, str]]
    together: dict[int, float]
    lasting: float
    spreads: list[tuple[float, float]]
    growth: tuple[float, float]
    expected: dict[int, float]
    surge: dict[int, float]


def keep_lesson(folder: Path, found: Study) -> None:
    """Keep a night's lesson in a folder, whole or not at all; the one before stays beside it."""
    ledger, learned, alarms = found.lesson.ledger, found.lesson.learned, found.lesson.alarms
    plain = Kept(
        ledger.first, [tuple(one) for one in ledger.series], learned.together, learned.lasting,
        [(one.base, one.growth) for one in learned.spreads], (learned.growth.base, learned.growth.growth),
        dict(alarms.expected), dict(alarms.surge),
    )  # fmt: skip
    arrays = {
        "plain": np.frombuffer(msgspec.msgpack.encode(plain), np.uint8),
        "counts": ledger.counts,
        "day_kind": ledger.day_kind,
        "factors": learned.factors,
        "spread": np.stack([one.factor for one in learned.spreads]),
        "growth": learned.growth.factor,
        "scores": found.chances.scores,
        "chances": found.chances.chances,
    }
    write_snapshot(folder, ledger.after.toordinal(), arrays)


def newest_lesson(folder: Path) -> tuple[int, Lesson, ProbabilityMap] | None:
    """(number, lesson, map of chances) of the newest lesson that can be read; None without one."""
    for number, arrays in sound_snapshots(folder, at_most=2**62):
        try:
            return number, *read_lesson(arrays)
        except (KeyError, ValueError, TypeError, msgspec.MsgspecError):
            continue  # of another version: an older one, or the next night's
    return None


def newest_number(folder: Path) -> int:
    """The number of the newest lesson's file, 0 without one; cheap enough to be asked each minute."""
    return max((int(path.stem) for path in folder.glob("*.snap") if path.stem.isdigit()), default=0)


def read_lesson(arrays: Mapping[str, np.ndarray]) -> tuple[Lesson, ProbabilityMap]:
    """The inverse of keep_lesson."""
    plain = msgspec.msgpack.decode(arrays["plain"].tobytes(), type=Kept)
    series = [Series(*one) for one in plain.series]
    ledger = Ledger(series, plain.first, arrays["day_kind"], arrays["counts"])
    spreads = tuple(
        Spread(base, growth, factor)
        for (base, growth), factor in zip(plain.spreads, arrays["spread"], strict=True)
    )
    growth = Spread(*plain.growth, arrays["growth"])
    learned = Learned(arrays["factors"], spreads, plain.together, plain.lasting, growth)
    alarms = AlarmLevels(plain.expected, plain.surge)
    return Lesson(ledger, learned, alarms), ProbabilityMap(arrays["scores"], arrays["chances"])
