"""What a person on the spot may report, and whether it counts: plain values in, a refusal or a decision out."""

from datetime import timedelta
from math import isfinite

from anlan.domains.crowd.terms import ObservationKind, ObservationRefusal

AHEAD = timedelta(minutes=5)  # a phone's clock may run so far ahead
OLDEST = timedelta(days=29)  # the engine believes a time of the last 30 days; the rest is for what waits
MAX_DENSITY_PER_M2 = 12.0  # the highest ever reported of a crowd (Itaewon 2022, science.md 1.8)
MAX_PERSONS = 5_000_000
MAX_PRESSES = 10_000
COUNTING = ("flow", "presence")  # what a counter measures that makes the number present of its space


def check_observation(*, kind, value, note, at, now, lon=None, lat=None):
    """Why this cannot be an observation, or None. Density in people per m², counts in whole people."""
    if kind not in ObservationKind.values:
        return ObservationRefusal.KIND % {"kind": str(kind)[:20]}
    if at > now + AHEAD:
        return ObservationRefusal.FUTURE
    if at < now - OLDEST:
        return ObservationRefusal.OLD
    return check_value(kind, value) or check_note(kind, note) or check_point(lon, lat)


def check_value(kind, value):
    """Why a number is none of its kind, or None; kinds without a number ask for none."""
    if kind == ObservationKind.DENSITY:
        sound = is_number(value) and 0 <= value <= MAX_DENSITY_PER_M2
        return None if sound else ObservationRefusal.DENSITY
    if kind == ObservationKind.COUNT:
        return None if is_whole(value) and 0 <= value <= MAX_PERSONS else ObservationRefusal.PERSONS
    if kind in (ObservationKind.PRESS_IN, ObservationKind.PRESS_OUT):
        return None if is_whole(value) and 1 <= value <= MAX_PRESSES else ObservationRefusal.PRESSES
    return None


def is_number(value):
    """Whether a value is a finite number; truth is none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def is_whole(value):
    """Whether a value is a whole number."""
    return is_number(value) and value == int(value)


def check_note(kind, note):
    """A note has words."""
    return ObservationRefusal.NO_WORDS if kind == ObservationKind.NOTE and not note.strip() else None


def check_point(lon, lat):
    """A position has both degrees or none of them."""
    if lon is None and lat is None:
        return None
    sound = is_number(lon) and is_number(lat) and abs(lon) <= 180 and abs(lat) <= 90
    return None if sound else ObservationRefusal.POINT


def counted_spaces(bindings):
    """The codes of spaces whose number present counters make, from (space codes touched, measures) of their bindings.

    A zone's counter also makes the number of its place, be it as a passage or as a part of the sum.
    """
    return {
        code
        for codes, measures in bindings
        if measures in COUNTING
        for touched in codes
        for code in (touched, touched.partition("/")[0])
    }


def is_bound(*, measures, space, counted):
    """Whether a manual channel makes a number of `space`.

    Passages and presence only where no counter does: a person's count never overwrites a working counter. A density by
    eye always does, since it can only raise the number (stream.spaces.compute_density).
    """
    return measures not in COUNTING or space not in counted
