"""Back-test: what thresholds would have said of a space's past, minute by minute, and how much it was worth.

The rules are those of the ladder, over the minutes of one space instead of over many spaces. Only where the level
may change is it walked step by step, so that a year takes a second. Minutes are coarser than live judging: a
level rises at the end of the minute in which a live batch would have raised it; a density that was measured, not
derived from the area, is not in the history.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from anlan.domains.crowd.rules.ladder import LEVELS, NONE, RULES, Measured, judge_levels, measure
from anlan.domains.crowd.rules.thresholds import Limits, gather_limits
from anlan.domains.crowd.terms import Rule
from anlan.stream.spaces import FLOW_MINUTES, PASSAGE_MINUTES, SLOPE_MINUTES, SpaceBlock, compute_slope
from anlan.stream.topology import Space

MINUTE_MS = 60_000
MONTH_MINUTES = 30.44 * 24 * 60
LEAD_WITHIN_MIN = 60  # a warning later or earlier than this before a crossing is not about it


class Size(NamedTuple):
    """What is declared of a space: nan where it is not."""

    capacity: float = np.nan
    area_m2: float = np.nan
    exit_capacity_per_min: float = np.nan
    bottleneck_width_m: float = np.nan
    passage_capacity_per_min: float = np.nan

    @classmethod
    def of(cls, space: Space) -> "Size":
        """What the topology declares of a space."""
        declared = (getattr(space, name) for name in cls._fields)
        return cls(*(np.nan if value is None else float(value) for value in declared))


class PastMinutes(NamedTuple):
    """A space's minutes: start of the first, people at the end of each (nan unknown), passages in each.

    band: half the width of what was unsure about the people; none without it.
    """

    first_ms: int
    occupancy: np.ndarray
    n_in: np.ndarray
    n_out: np.ndarray
    band: np.ndarray | None = None

    @classmethod
    def of(cls, minutes: Mapping[str, np.ndarray]) -> "PastMinutes":
        """What a scene says of a space's minutes."""
        t_ms = minutes["t_ms"]
        first_ms = int(t_ms[0]) if len(t_ms) else 0
        return cls(
            first_ms, minutes["occupancy"], minutes["in"], minutes["out"], np.nan_to_num(minutes["band"])
        )

    def end_ms(self, minute: int) -> int:
        """When a minute of it ends, the time at which it is judged."""
        return self.first_ms + (minute + 1) * MINUTE_MS


class PastStep(NamedTuple):
    """A level change that would have been: at the end of which minute, from where to where, by which rule."""

    minute: int
    before: str
    after: str
    rule: str


class ForeseenLevels(NamedTuple):
    """The levels that channels A and B would have justified, int8 per minute."""

    expected: np.ndarray
    surge: np.ndarray

    def under(self, own: Mapping[str, float], *, full: np.ndarray) -> "ForeseenLevels":
        """Without a channel that `own` switches off, and without what is full already: counts say that."""
        on = [np.int8(own.get(name, 1) > 0) for name in ("use_expected", "use_surge")]
        return ForeseenLevels(
            *(np.where(full, 0, levels) * switch for levels, switch in zip(self, on, strict=True))
        )


def judge_past(
    past: PastMinutes, size: Size, own: Mapping[str, float], foreseen: ForeseenLevels | None = None
) -> list[PastStep]:
    """The level changes of a space under the thresholds `own`, those not named at their defaults.

    foreseen: what channels A and B would have said; hard rules alone without it.
    """
    n = len(past.occupancy)
    if not n:
        return []
    limits = gather_limits([own])
    now = measure_past(past, size, limits)
    foreseen = foreseen or ForeseenLevels(np.zeros(n, np.int8), np.zeros(n, np.int8))
    foreseen = foreseen.under(own, full=past.occupancy >= size.capacity)
    outlook = np.maximum(*foreseen)
    by_rule, eased = judge_levels(now, limits)
    measured = by_rule.max(axis=0)
    reached = np.maximum(measured, outlook)
    steps = []
    for minute, before, after in walk(
        reached, np.maximum(eased, reached), hold_minutes=_hold_minutes(limits)
    ):
        rule = Rule.LOWERED.value
        if after > before:
            rule = list(RULES)[by_rule[:, minute].argmax()]
            if measured[minute] < after:
                is_surge = foreseen.surge[minute] > foreseen.expected[minute]
                rule = (Rule.SURGE if is_surge else Rule.EXPECTED).value
        steps.append(PastStep(minute, LEVELS[before], LEVELS[after], rule))
    return steps


def measure_past(past: PastMinutes, size: Size, limits: Limits) -> Measured:
    """The quantities of the rules at the end of each minute, from the minutes up to it."""
    n = len(past.occupancy)
    passages = past.n_in + past.n_out
    constant = {name: np.full(n, value, float) for name, value in size._asdict().items()}
    window = np.concatenate([np.full(SLOPE_MINUTES - 1, np.nan), past.occupancy])
    occupancy = np.asarray(past.occupancy, float)
    block = SpaceBlock(
        codes=[],
        names=[],
        occupancy=occupancy,
        density_per_m2=occupancy / np.where(constant["area_m2"] > 0, constant["area_m2"], np.nan),
        net_flow_per_min=compute_slope(np.lib.stride_tricks.sliding_window_view(window, SLOPE_MINUTES)),
        inflow_per_min=trailing_mean(past.n_in, FLOW_MINUTES),
        outflow_per_min=trailing_mean(past.n_out, FLOW_MINUTES),
        passages_per_min=trailing_mean(passages, PASSAGE_MINUTES),
        has_capacity=constant["capacity"] > 0,
        age_ms=np.zeros(n),
        thresholds=[],
        band=np.zeros(n) if past.band is None else past.band,
        **constant,
    )
    return measure(block, np.arange(n), limits["upper_edge"], limits["upper_most"])


def trailing_mean(counts: np.ndarray, minutes: int) -> np.ndarray:
    """The mean of each minute and those before it, `minutes` in all; what lies before the first counts as none."""
    total = np.concatenate([np.zeros(minutes), np.cumsum(counts, dtype=float)])
    return (total[minutes:] - total[:-minutes]) / minutes


def walk(reached: np.ndarray, justified: np.ndarray, *, hold_minutes: int) -> Iterator[tuple[int, int, int]]:
    """(minute, level before, level after) of each change of a level that rises at once and falls after the hold.

    reached: the level that thresholds justify; justified: that of the eased thresholds, never below it.
    """
    level = NONE
    last = [-(10**9)] * len(LEVELS)  # when each level was last justified
    for start, end, to, eased in _runs(reached, justified):
        if to > level:
            yield start, level, to
            level = to
        minute = start
        for step in range(1, eased + 1):
            last[step] = end - 1
        while level > max(to, eased):  # falls by and by, each step when the hold of the level has passed
            minute = max(minute, last[level] + hold_minutes)
            if minute >= end:
                break
            held = [step for step in range(1, level) if minute - last[step] < hold_minutes]
            after = max([eased, *held])
            yield minute, level, after
            level = after


def _runs(reached: np.ndarray, justified: np.ndarray) -> Iterator[tuple[int, int, int, int]]:
    """(start, end, reached, justified) of each stretch of minutes in which neither differs."""
    if not len(reached):
        return
    both = reached.astype(np.int16) * 8 + justified
    starts = np.concatenate([[0], np.flatnonzero(np.diff(both)) + 1])
    ends = np.append(starts[1:], len(both))
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        yield start, end, int(reached[start]), int(justified[start])


def _hold_minutes(limits: Limits) -> int:
    return int(-(-float(np.ravel(limits["hold_s"])[0]) // 60))


class Worth(NamedTuple):
    """What the warnings from one level up were worth over a stretch.

    crossings: how often the capacity was reached; caught_15, caught_30: of these, how many were warned of at
    least 15 and 30 minutes before; false_alarms: warnings that no crossing followed within an hour;
    per_month: warnings a month of 30.44 days; leads_min: minutes of warning before each crossing caught.
    """

    warnings: int
    per_month: float
    false_alarms: int
    false_per_month: float
    crossings: int
    caught_15: int
    caught_30: int
    leads_min: list[int]


def weigh(steps: Sequence[PastStep], past: PastMinutes, *, capacity: float, level: str) -> Worth:
    """How many episodes at `level` or above there were, how many for nothing, and with which lead."""
    at_least = LEVELS.index(level)
    begins = [
        step.minute for step in steps if LEVELS.index(step.after) >= at_least > LEVELS.index(step.before)
    ]
    ends = [step.minute for step in steps if LEVELS.index(step.before) >= at_least > LEVELS.index(step.after)]
    ends += [len(past.occupancy)] * (len(begins) - len(ends))
    crossings = find_crossings(past.occupancy, capacity)
    leads = {}
    for begin, end in zip(begins, ends, strict=True):
        for crossing in crossings:
            if begin < crossing <= end + LEAD_WITHIN_MIN and crossing not in leads:
                leads[crossing] = crossing - begin
    false_alarms = sum(
        not any(begin <= crossing <= end + LEAD_WITHIN_MIN for crossing in crossings)
        and not _is_full(past.occupancy, begin, capacity)
        for begin, end in zip(begins, ends, strict=True)
    )
    months = max(len(past.occupancy) / MONTH_MINUTES, 1e-9)
    return Worth(
        warnings=len(begins),
        per_month=len(begins) / months,
        false_alarms=false_alarms,
        false_per_month=false_alarms / months,
        crossings=len(crossings),
        caught_15=sum(lead >= 15 for lead in leads.values()),
        caught_30=sum(lead >= 30 for lead in leads.values()),
        leads_min=list(leads.values()),
    )


def find_crossings(occupancy: np.ndarray, capacity: float) -> list[int]:
    """The minutes at whose end the capacity was reached after an hour or more below it."""
    full = np.flatnonzero(occupancy >= capacity) if capacity > 0 else np.array([], int)
    if not len(full):
        return []
    starts = full[np.concatenate([[True], np.diff(full) > LEAD_WITHIN_MIN])]
    return starts.tolist()


def _is_full(occupancy: np.ndarray, minute: int, capacity: float) -> bool:
    return bool(capacity > 0 and occupancy[minute] >= capacity)
