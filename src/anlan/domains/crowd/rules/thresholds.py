"""The thresholds of channel D: names with units, defaults, bounds and where each number comes from.

Marks: T read in a statute, P seen in a public page, S read in a public source; K general knowledge, M from memory
or missing, and O the project's own choice, are unconfirmed (待核实). Sources: 80 % and 100 % – practice of 94 scenic
areas (Shenyang Daily 2017) [S]; 60 and 90 % – no citable ladder was found [O]; 2/3/4/5 per m² – Seoul's crowd-sensing
ladder of 2023 [S]; times to capacity and shares of a gate capacity [O]; 0.8 persons per metre and second – Helbing et al. 2007, PRE 75, 046109 [S];
hysteresis and hold [O].
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from anlan.domains.crowd.terms import ThresholdRefusal


class Threshold(NamedTuple):
    """One number a place may set for itself: `low` and `high` bound it, `mark` says where its default is from.

    `source` names the source of a confirmed one, as in `terms.ThresholdSource`.
    """

    name: str
    default: float
    low: float
    high: float
    unit: str
    mark: str
    source: str = ""


SWITCH = "switch"  # the unit of what is on (1) or off (0)
RULES_WITH_SWITCH = (
    "share", "density", "share_and_time", "time_to_capacity", "net_inflow", "outflow", "gate_flow", "expected", "surge",
)  # fmt: skip

THRESHOLDS = (
    # Share of the determined capacity.
    Threshold("share_blue", 0.60, 0.05, 1.5, "", "O"),
    Threshold("share_yellow", 0.80, 0.05, 1.5, "", "S", "scenic_areas"),
    Threshold("share_orange", 0.90, 0.05, 1.5, "", "O"),
    Threshold("share_red", 1.00, 0.05, 1.5, "", "S", "scenic_areas"),
    # How much of the band around a number reckoned from passages is added before it is judged.
    Threshold("upper_edge", 1.0, 0.0, 1.0, "", "O"),
    Threshold("upper_most", 0.10, 0.0, 0.5, "", "O"),
    # Density, measured or people by effective area.
    Threshold("density_blue_per_m2", 2.0, 0.1, 9.0, "1/m²", "S", "seoul"),
    Threshold("density_yellow_per_m2", 3.0, 0.1, 9.0, "1/m²", "S", "seoul"),
    Threshold("density_orange_per_m2", 4.0, 0.1, 9.0, "1/m²", "S", "seoul"),
    Threshold("density_red_per_m2", 5.0, 0.1, 9.0, "1/m²", "S", "seoul"),
    # Time until the capacity is reached at the present net flow; alone it speaks only from `time_share` on.
    Threshold("time_blue_min", 60.0, 1.0, 240.0, "min", "O"),
    Threshold("time_yellow_min", 30.0, 1.0, 240.0, "min", "O"),
    Threshold("time_orange_min", 15.0, 1.0, 240.0, "min", "O"),
    Threshold("time_red_min", 5.0, 1.0, 240.0, "min", "O"),
    Threshold("time_share", 0.40, 0.0, 1.0, "", "O"),
    # Share and time together.
    Threshold("joint_yellow_share", 0.60, 0.05, 1.5, "", "O"),
    Threshold("joint_yellow_min", 60.0, 1.0, 240.0, "min", "O"),
    Threshold("joint_orange_share", 0.80, 0.05, 1.5, "", "O"),
    Threshold("joint_orange_min", 60.0, 1.0, 240.0, "min", "O"),
    Threshold("joint_red_share", 0.90, 0.05, 1.5, "", "O"),
    Threshold("joint_red_min", 15.0, 1.0, 240.0, "min", "O"),
    # More come in, net, than the exits can let out: yellow, and orange from this share on.
    Threshold("inflow_ratio", 1.0, 0.1, 5.0, "", "O"),
    Threshold("inflow_orange_share", 0.60, 0.05, 1.5, "", "O"),
    # A bottleneck that lets fewer through than this while a queue of this density grows before it.
    Threshold("outflow_per_m_s", 0.80, 0.1, 1.5, "1/(m·s)", "S", "helbing"),
    Threshold("queue_density_per_m2", 2.0, 0.5, 6.0, "1/m²", "S", "seoul"),
    # Passages through the gates of a space within five minutes, by what its gates let through.
    Threshold("gate_share_blue", 0.60, 0.05, 1.5, "", "O"),
    Threshold("gate_share_yellow", 0.80, 0.05, 1.5, "", "O"),
    Threshold("gate_share_orange", 0.90, 0.05, 1.5, "", "O"),
    Threshold("gate_share_red", 1.00, 0.05, 1.5, "", "O"),
    # A level falls only when it has not been justified for `hold_s`, thresholds eased by these two.
    Threshold("share_ease", 0.05, 0.0, 0.3, "", "O"),
    Threshold("other_ease", 0.10, 0.0, 0.5, "", "O"),
    Threshold("hold_s", 300.0, 0.0, 3600.0, "s", "O"),
    # Each rule can be switched off, those of the forecaster (expected, surge) too.
    *(Threshold(f"use_{rule}", 1, 0, 1, SWITCH, "O") for rule in RULES_WITH_SWITCH),
)
DEFAULT_THRESHOLDS = {one.name: one.default for one in THRESHOLDS}
_KNOWN = {one.name: one for one in THRESHOLDS}

_RISING = [
    [f"share_{level}" for level in ("blue", "yellow", "orange", "red")],
    [f"density_{level}_per_m2" for level in ("blue", "yellow", "orange", "red")],
    [f"gate_share_{level}" for level in ("blue", "yellow", "orange", "red")],
]
_FALLING = [[f"time_{level}_min" for level in ("blue", "yellow", "orange", "red")]]
_NOT_FALLING = [[f"joint_{level}_share" for level in ("yellow", "orange", "red")]]
_NOT_RISING = [[f"joint_{level}_min" for level in ("yellow", "orange", "red")]]
_ORDERS = (
    (_RISING, ThresholdRefusal.NOT_RISING, lambda before, value: value > before),
    (_FALLING, ThresholdRefusal.NOT_FALLING, lambda before, value: value < before),
    (_NOT_FALLING, ThresholdRefusal.TAKEN_BACK, lambda before, value: value >= before),
    (_NOT_RISING, ThresholdRefusal.LOOSER, lambda before, value: value <= before),
)


def check_thresholds(values: Mapping[str, float]) -> str | None:
    """Why these own values of a place cannot stand (taken with the defaults for the rest), or None.

    Refused: unknown names, what is no number or out of bounds, ladders whose higher level is easier to reach.
    """
    fault = find_fault(values)
    return str(fault.refusal % fault.words) if fault else None


class Fault(NamedTuple):
    """What is wrong with thresholds: one of `terms.ThresholdRefusal`, and the words that fill it."""

    refusal: Any
    words: dict[str, Any]


def find_fault(values: Mapping[str, float]) -> Fault | None:
    """The first fault of these values, or None; for those who say it in words of their own."""
    if unknown := sorted(set(values) - set(_KNOWN)):
        return Fault(ThresholdRefusal.UNKNOWN, {"names": ", ".join(map(str, unknown))})
    for name, value in values.items():
        words = {"name": name, "value": value, "low": _KNOWN[name].low, "high": _KNOWN[name].high}
        if isinstance(value, bool) or not isinstance(value, int | float):
            return Fault(ThresholdRefusal.NOT_A_NUMBER, words)
        if not _KNOWN[name].low <= value <= _KNOWN[name].high:  # nan fails too
            return Fault(ThresholdRefusal.OUT_OF_RANGE, words)
        if _KNOWN[name].unit == SWITCH and value not in (0, 1):
            return Fault(ThresholdRefusal.NO_SWITCH, words)
    if not values.get("use_share", 1) and not values.get("use_density", 1):
        return Fault(ThresholdRefusal.UNGUARDED, {})
    return _check_orders(DEFAULT_THRESHOLDS | dict(values))


def _check_orders(values: Mapping[str, float]) -> Fault | None:
    for ladders, refusal, fits in _ORDERS:
        for names in ladders:
            for before, name in pairwise(names):
                if not fits(values[before], values[name]):
                    words = {"name": name, "value": values[name], "before": before, "limit": values[before]}
                    return Fault(refusal, words)
    return None


Limits = dict[str, float | np.ndarray]


def gather_limits(own: Sequence[Mapping[str, float]]) -> Limits:
    """The thresholds of several spaces by name: one number where all keep the default, else an array."""
    limits: Limits = dict(DEFAULT_THRESHOLDS)
    setters = [(position, values) for position, values in enumerate(own) if values]
    for name in {name for _, values in setters for name in values} & set(_KNOWN):
        column = np.full(len(own), DEFAULT_THRESHOLDS[name])
        for position, values in setters:
            column[position] = values.get(name, DEFAULT_THRESHOLDS[name])
        limits[name] = column
    return limits


def ease_limits(limits: Limits) -> Limits:
    """The thresholds that must be undercut before a level may fall.

    Shares ease by `share_ease` (points of share), all others by `other_ease` (relative); what warns when it
    is small (times, outflow) eases upwards.
    """
    shares, others = limits["share_ease"], limits["other_ease"]
    eased = dict(limits)
    for name, limit in limits.items():
        if (
            name in ("share_ease", "other_ease", "hold_s", "upper_edge", "upper_most")
            or _KNOWN[name].unit == SWITCH
        ):
            continue
        if name.endswith("_min") or name == "outflow_per_m_s":
            eased[name] = limit * (1 + others)
        elif "share" in name:
            eased[name] = limit - shares
        else:
            eased[name] = limit * (1 - others)
    return eased
