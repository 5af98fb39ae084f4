"""The thresholds of places: default, own value, and what each means."""

from dataclasses import dataclass

from anlan.domains.crowd.models import ThresholdSet
from anlan.domains.crowd.queries.live import live_space
from anlan.domains.crowd.rules import DEFAULT_THRESHOLDS, LEVELS, SWITCH, THRESHOLDS, check_thresholds
from anlan.domains.crowd.terms import ThresholdGroup, ThresholdName, ThresholdSource

UNCONFIRMED_MARKS = frozenset("OKM")  # the project's own, known in general, or missing: shown as 待核实


@dataclass(frozen=True)
class ThresholdRow:
    """One threshold of a place as its page shows it; `own` is None where the default holds."""

    name: str
    label: str
    group: str
    default: float
    own: float | None
    low: float
    high: float
    unit: str
    mark: str
    source: str

    @property
    def value(self):
        return self.default if self.own is None else self.own

    @property
    def is_switch(self):
        return self.unit == SWITCH

    @property
    def is_unconfirmed(self):
        return self.mark in UNCONFIRMED_MARKS


def find_threshold_set(place):
    """The place's ThresholdSet, or None while it never had one."""
    return ThresholdSet.objects.filter(place=place).first()


def own_values(place):
    """The values that `place` sets for itself, by name; empty where the defaults hold."""
    kept = find_threshold_set(place)
    return kept.values if kept else {}


def threshold_rows(place):
    """Every threshold with the place's own value, in the order of the rules' table."""
    own = own_values(place)
    return [
        ThresholdRow(
            one.name, ThresholdName(one.name).label, ThresholdGroup.of(one.name), one.default, own.get(one.name),
            one.low, one.high, one.unit, one.mark, ThresholdSource(one.source).label if one.source else "",
        )
        for one in THRESHOLDS
    ]  # fmt: skip


def thresholds_in_force(place):
    """All thresholds of a place by name."""
    return DEFAULT_THRESHOLDS | own_values(place)


def default_thresholds():
    """All defaults by name."""
    return dict(DEFAULT_THRESHOLDS)


def refuse_thresholds(values):
    """Why these values cannot stand, the thresholds named as people read them; None where they can."""
    refusal = check_thresholds(values)
    for name in ThresholdName if refusal else ():
        refusal = refusal.replace(f"“{name.value}”", f"“{name.label}”")
    return refusal


def threshold_lines(place):
    """The share thresholds of a place in people, for its chart: [{"level", "value"}]; empty without a capacity.

    The capacity is the one that the engine holds now.
    """
    space = live_space(place.code)
    if space is None or not space.capacity:
        return []
    capacity, limits = space.capacity, thresholds_in_force(place)
    return [{"level": level, "value": round(limits[f"share_{level}"] * capacity)} for level in LEVELS[1:]]


def places_with_own_thresholds():
    """How many thresholds each place sets for itself: {place id: number}, only where there are any."""
    rows = ThresholdSet.objects.values_list("place_id", "values")
    return {place_id: len(values) for place_id, values in rows if values}
