"""Channel D, hard rules without a model, beside what channels A and B say is coming; the worst speaks.

A level rises at once, but only on fresh readings or by an outlook that stands. It falls when it has not been
justified – by thresholds eased a little, or by an outlook – for the holding time, and then only to the worst
level that was. So noise around a threshold cannot make a level flap, and silence lowers nothing (missing is
never zero).
"""

import functools
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from anlan.domains.crowd.rules.reasons import tell_fall, tell_rise
from anlan.domains.crowd.rules.thresholds import Limits, ease_limits, gather_limits
from anlan.domains.crowd.terms import Rule
from anlan.stream.judging import LevelChange
from anlan.stream.outlook import Outlook
from anlan.stream.spaces import SLOPE_MINUTES, SpaceBlock
from anlan.stream.state import LEVELS, LevelState

NONE, BLUE, YELLOW, ORANGE, RED = range(5)
NOISE_SIGMAS = 2.5  # below, coming and going by chance is no trend: in a small place it would ring every hour
STALE_MS = 5 * 60_000  # a space without readings for longer keeps its level until they come back


class Measured(NamedTuple):
    """What the rules look at: one float array per quantity over k spaces, nan where unknown."""

    occupancy: np.ndarray
    capacity: np.ndarray
    share: np.ndarray
    density_per_m2: np.ndarray
    net_flow_per_min: np.ndarray
    time_to_capacity_min: np.ndarray
    inflow_per_min: np.ndarray
    outflow_per_min: np.ndarray
    outflow_per_m_s: np.ndarray
    exit_capacity_per_min: np.ndarray
    bottleneck_width_m: np.ndarray
    passages_per_min: np.ndarray
    passage_capacity_per_min: np.ndarray
    passage_share: np.ndarray
    band: np.ndarray


def measure(
    block: SpaceBlock,
    which: np.ndarray,
    upper_edge: float | np.ndarray = 1.0,
    upper_most: float | np.ndarray = 0.1,
) -> Measured:
    """The quantities of the spaces `which` (indexes), with those that follow from others.

    Share and time to capacity are those of the number plus so much of its band: what may be there counts, up to
    `upper_most` of the capacity. A band that is wider says that people must count, not that the place is full.
    """

    rows = slice(None) if len(which) == len(block.occupancy) else which  # all of them: no copies

    def known(column: np.ndarray) -> np.ndarray:
        return np.where(np.isfinite(column[rows]), column[rows], np.nan)

    occupancy, net_flow_per_min = known(block.occupancy), known(block.net_flow_per_min)
    band = np.nan_to_num(block.band[rows])
    capacity, outflow = known(block.capacity), known(block.outflow_per_min)
    capacity = np.where(capacity >= 1, capacity, np.nan)
    upper = occupancy + np.fmin(upper_edge * band, upper_most * capacity)
    width = known(block.bottleneck_width_m)
    width = np.where(width >= 0.01, width, np.nan)
    inflow = known(block.inflow_per_min)
    passages, gates = known(block.passages_per_min), known(block.passage_capacity_per_min)
    gates = np.where(gates > 0, gates, np.nan)
    noise = compute_slope_noise_per_min(passages_per_min=np.nan_to_num(inflow + outflow))
    is_trend = net_flow_per_min > NOISE_SIGMAS * noise
    time = compute_time_to_capacity_min(
        occupancy=upper,
        capacity=capacity,
        net_flow_per_min=np.where(is_trend, net_flow_per_min, np.minimum(net_flow_per_min, 0)),
    )
    return Measured(
        occupancy=occupancy,
        capacity=capacity,
        share=upper / capacity,
        density_per_m2=known(block.density_per_m2),
        net_flow_per_min=net_flow_per_min,
        time_to_capacity_min=time,
        inflow_per_min=inflow,
        outflow_per_min=outflow,
        outflow_per_m_s=outflow / (60 * width),
        exit_capacity_per_min=known(block.exit_capacity_per_min),
        bottleneck_width_m=width,
        passages_per_min=passages,
        passage_capacity_per_min=gates,
        passage_share=passages / gates,
        band=np.where(band > 0, band, np.nan),
    )


def compute_time_to_capacity_min(
    *, occupancy: np.ndarray, capacity: np.ndarray, net_flow_per_min: np.ndarray
) -> np.ndarray:
    """Minutes until `capacity` at the present net flow: 0 when reached, inf when not filling, nan unknown."""
    room = np.maximum(capacity - occupancy, 0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        minutes = room / net_flow_per_min
    filling = net_flow_per_min > 0
    return np.where(filling | np.isnan(room) | np.isnan(net_flow_per_min), minutes, np.inf)


def compute_slope_noise_per_min(*, passages_per_min: np.ndarray, minutes: int = SLOPE_MINUTES) -> np.ndarray:
    """Standard deviation of the net flow's slope when people come and go by chance, persons per minute.

    Passages are Poisson, so the occupancy is a random walk whose steps have the variance of the passages
    (in and out together); the least-squares slope over n of its points has the variance
    6 (n² + 1) / (5 n (n² − 1)) of a step.
    """
    n = minutes
    return np.sqrt(np.maximum(passages_per_min, 0) * 6 * (n * n + 1) / (5 * n * (n * n - 1)))


def rule_share(now: Measured, limits: Limits) -> np.ndarray:
    """People present by determined capacity: 60/80/90/100 %."""
    return _steps([(level, now.share >= limits[f"share_{name}"]) for level, name in _UPWARDS])


def rule_density(now: Measured, limits: Limits) -> np.ndarray:
    """People per square metre: 2/3/4/5; the only rule where no capacity is determined."""
    return _steps(
        [(level, now.density_per_m2 >= limits[f"density_{name}_per_m2"]) for level, name in _UPWARDS]
    )


def rule_time_to_capacity(now: Measured, limits: Limits) -> np.ndarray:
    """Minutes to capacity: 60/30/15/5, from `time_share` on.

    In an almost empty small place ten people in a minute are "capacity in five minutes"; hence the share.
    """
    peopled = now.share >= limits["time_share"]
    time = now.time_to_capacity_min
    return _steps([(level, peopled & (time <= limits[f"time_{name}_min"])) for level, name in _UPWARDS])


def rule_share_and_time(now: Measured, limits: Limits) -> np.ndarray:
    """Both together: ≥ 60 % and ≤ 60 min yellow, ≥ 80 % and ≤ 60 min orange, ≥ 90 % and ≤ 15 min red."""

    def both(name: str) -> np.ndarray:
        full = now.share >= limits[f"joint_{name}_share"]
        return full & (now.time_to_capacity_min <= limits[f"joint_{name}_min"])

    return _steps([(level, both(name)) for level, name in _UPWARDS[1:]])


def rule_net_inflow(now: Measured, limits: Limits) -> np.ndarray:
    """More come in, net, than the exits can let out: yellow; orange when the place is well filled."""
    faster = now.net_flow_per_min > limits["inflow_ratio"] * now.exit_capacity_per_min
    return _steps([(YELLOW, faster), (ORANGE, faster & (now.share >= limits["inflow_orange_share"]))])


def rule_outflow(now: Measured, limits: Limits) -> np.ndarray:
    """A bottleneck lets fewer than 0.8 persons per metre and second through while a queue grows: orange.

    A queue is a density of 2 per m² (beyond the 1.75 where flow is greatest, Weidmann) with more people
    coming than getting out. Share of capacity says how full a place is, not that anyone wants out: by share
    every seated audience would ring.
    """
    queue = (now.density_per_m2 >= limits["queue_density_per_m2"]) & (
        now.inflow_per_min > now.outflow_per_min
    )
    return _steps([(ORANGE, queue & (now.outflow_per_m_s < limits["outflow_per_m_s"]))])


def rule_gate_flow(now: Measured, limits: Limits) -> np.ndarray:
    """People through the gates in five minutes by what the gates let through: 60/80/90/100 %.

    Both directions count: a gate that lets someone out lets nobody in meanwhile. Silent where no passage
    capacity is declared.
    """
    return _steps([(level, now.passage_share >= limits[f"gate_share_{name}"]) for level, name in _UPWARDS])


_UPWARDS = ((BLUE, "blue"), (YELLOW, "yellow"), (ORANGE, "orange"), (RED, "red"))

_SHARES = (
    *(f"share_{name}" for _, name in _UPWARDS),
    "time_share",
    *(f"joint_{name}_share" for _, name in _UPWARDS[1:]),
)
_DENSITIES = (*(f"density_{name}_per_m2" for _, name in _UPWARDS), "queue_density_per_m2")
_GATE_SHARES = tuple(f"gate_share_{name}" for _, name in _UPWARDS)

RULES: dict[str, Callable[[Measured, Limits], np.ndarray]] = {  # among equals the first one speaks
    Rule.SHARE.value: rule_share,
    Rule.DENSITY.value: rule_density,
    Rule.SHARE_AND_TIME.value: rule_share_and_time,
    Rule.TIME_TO_CAPACITY.value: rule_time_to_capacity,
    Rule.NET_INFLOW.value: rule_net_inflow,
    Rule.OUTFLOW.value: rule_outflow,
    Rule.GATE_FLOW.value: rule_gate_flow,
}


def _steps(reached: list[tuple[int, np.ndarray]]) -> np.ndarray:
    """The highest level whose condition holds (nan makes no condition hold)."""
    level = np.zeros(len(reached[0][1]), np.int8)
    for step, holds in reached:
        level = np.where(holds, np.int8(step), level)
    return level


def judge(block: SpaceBlock, levels: LevelState, now_ms: int, fresh: np.ndarray) -> list[LevelChange]:
    """The level changes of all spaces at `now_ms`; raises where `fresh` (bool per space), or by an outlook.

    Remembers in `levels.array("justified_<level>_ms")` when each level was last justified.
    """
    foreseen = _foreseen_levels(block)
    stands = (levels.level > NONE) | (foreseen > NONE)
    which = np.flatnonzero(fresh | stands)
    limits, now = _look_at(block, which)
    near = which[stands[which] | may_speak(now, limits)]
    if not len(near):
        return []  # the most usual case: nothing rises, and there is no level that could be held
    if len(near) < len(which):
        which = near
        limits, now = _look_at(block, which)
    by_rule, level = ask_rules(now, limits), levels.level[which]
    eased = ask_rules(now, ease_limits(limits)).max(axis=0)
    # Old numbers justify what they have raised. Without any number (no sensor left) nothing is justified.
    eased = np.where(is_known(now) & (block.age_ms[which] > STALE_MS), np.maximum(eased, level), eased)
    held = _remember(np.maximum(eased, foreseen[which]), limits, levels, which, now_ms)
    measured = np.where(fresh[which], by_rule.max(axis=0), NONE)
    worst = np.maximum(measured, foreseen[which])
    target = np.where(worst > level, worst, np.minimum(level, held))
    changes = []
    for position in np.flatnonzero(target != level):
        step = _Step(now, limits, position, LEVELS[level[position]], LEVELS[target[position]])
        space = int(which[position])
        if target[position] < level[position]:
            changes.append(_change(space, Rule.LOWERED.value, step))
        elif measured[position] == worst[position]:
            changes.append(_change(space, list(RULES)[by_rule[:, position].argmax()], step))
        else:
            changes.append(_foreseen_change(space, block.outlooks[space], step))
    return changes


def _look_at(block: SpaceBlock, which: np.ndarray) -> tuple[Limits, Measured]:
    """The thresholds and the quantities of some spaces."""
    limits = gather_limits(
        [block.thresholds[space] for space in which.tolist()] if any(block.thresholds) else []
    )
    return limits, measure(block, which, limits["upper_edge"], limits["upper_most"])


def may_speak(now: Measured, limits: Limits) -> np.ndarray:
    """Where any rule could reach a level at all: each one's weakest condition, asked of many spaces at once."""
    near = now.share >= _least(limits, _SHARES)
    near |= now.density_per_m2 >= _least(limits, _DENSITIES)
    near |= now.net_flow_per_min > limits["inflow_ratio"] * now.exit_capacity_per_min
    return near | (now.passage_share >= _least(limits, _GATE_SHARES))


def _least(limits: Limits, names: Sequence[str]) -> float | np.ndarray:
    """The lowest of several thresholds, of each space."""
    return functools.reduce(np.minimum, [limits[name] for name in names])


def judge_levels(now: Measured, limits: Limits) -> tuple[np.ndarray, np.ndarray]:
    """int8 levels by rule [rules, k], in the order of RULES, and the worst under eased thresholds [k]."""
    return ask_rules(now, limits), ask_rules(now, ease_limits(limits)).max(axis=0)


def ask_rules(now: Measured, limits: Limits) -> np.ndarray:
    """int8 levels by rule [rules, k], in the order of RULES."""
    return np.stack([rule(now, limits) * (limits[f"use_{name}"] > 0) for name, rule in RULES.items()])


def is_known(now: Measured) -> np.ndarray:
    """Where there is any number to judge by."""
    return ~(np.isnan(now.occupancy) & np.isnan(now.density_per_m2) & np.isnan(now.passage_share))


def _foreseen_levels(block: SpaceBlock) -> np.ndarray:
    """The level that the outlook of each space justifies."""
    level = np.zeros(len(block.codes), np.int8)
    for space, outlook in block.outlooks.items():
        level[space] = LEVELS.index(outlook.level)
    return level


def _remember(
    justified: np.ndarray, limits: Limits, levels: LevelState, which: np.ndarray, now_ms: int
) -> np.ndarray:
    """Note which levels are justified; returns the worst one that was within the hold."""
    held = np.zeros(len(which), np.int8)
    for level, name in _UPWARDS:
        memory = levels.array(f"justified_{name}_ms")  # nan: never
        memory[which] = np.where(justified >= level, float(now_ms), memory[which])
        held = np.where(now_ms - memory[which] < limits["hold_s"] * 1000, np.int8(level), held)
    return np.maximum(held, justified)


class _Step(NamedTuple):
    """One space's change: the arrays, its position in them, and the two levels by name."""

    now: Measured
    limits: Limits
    position: int
    before: str
    after: str


def _numbers(step: _Step) -> dict[str, float | None]:
    numbers = {name: _plain(column[step.position]) for name, column in step.now._asdict().items()}
    if numbers["band"] is None:  # measured, not reckoned from passages
        del numbers["band"]
    if numbers["passage_share"] is None:  # a space without gates says nothing of them
        numbers = {name: number for name, number in numbers.items() if not name.startswith("passage")}
    return numbers


def _foreseen_change(space: int, outlook: Outlook, step: _Step) -> LevelChange:
    numbers = _numbers(step) | outlook.numbers
    return LevelChange(
        space, step.before, step.after, outlook.rule, outlook.reason, numbers, channel=outlook.channel
    )


def _change(space: int, rule: str, step: _Step) -> LevelChange:
    numbers = _numbers(step)
    hold = step.limits["hold_s"]
    hold_min = float(hold if np.isscalar(hold) else hold[step.position]) / 60
    if rule == Rule.LOWERED.value:
        reason = tell_fall(numbers, before=step.before, after=step.after, hold_min=hold_min)
    else:
        reason = tell_rise(numbers, rule=rule)
    return LevelChange(space, step.before, step.after, rule, reason, numbers)


def _plain(number: float) -> float | None:
    """A number as JSON has it: None for unknown or never."""
    return round(float(number), 4) if np.isfinite(number) else None
