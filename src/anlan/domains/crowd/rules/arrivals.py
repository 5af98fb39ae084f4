"""Planned arrivals: how many people come in each quarter of an hour, from a shape or from a list of one's own.

Times are minutes from the local midnight of the day a gathering is held on; they may be negative (the evening
before) or beyond 1,440 (after midnight). The shapes are the project's own (mark O), to be replaced by what the
organiser or the ticket check knows.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np

from anlan.domains.crowd.terms import ArrivalRefusal, ArrivalShape

SLOT_MIN = 15
DAY_MIN = 1440
PERSONS_MOST = 5_000_000
LEAD_MOST_MIN = 720  # people come at most half a day before the start
EARLIEST, FARTHEST = timedelta(days=1096), timedelta(days=731)
COMES_FROM_MIN, COMES_UNTIL_MIN, PEAK_MIN = -120, 30, -30  # around the start: first, last and most arrivals
LINE = re.compile(r"(\d{1,2})[:：](\d{2})\s*[,，=\s]\s*(\d{1,7})")

Curve = list[list[int]]


def window(starts_min: int, ends_min: int) -> tuple[int, int]:
    """(start, end) in minutes: an end that is not after the start lies on the next day."""
    return starts_min, ends_min if ends_min > starts_min else ends_min + DAY_MIN


def shape_curve(shape: str, persons: int, *, starts_min: int, ends_min: int) -> Curve:
    """[[minute, people in the quarter from it]] of `persons` people by a shape; their sum is exactly `persons`."""
    start, end = window(starts_min, ends_min)
    first, last = {
        ArrivalShape.BEFORE_START: (start + COMES_FROM_MIN, start + COMES_UNTIL_MIN)
    }.get(ArrivalShape(shape), (start, end))  # fmt: skip
    first -= first % SLOT_MIN
    slots = np.arange(first, max(last, first + SLOT_MIN), SLOT_MIN)
    middle = slots + SLOT_MIN / 2
    peak = start + PEAK_MIN
    weight = {
        ArrivalShape.BEFORE_START: np.where(
            middle < peak, (middle - first) / (peak - first), (last - middle) / (last - peak)
        ).clip(0),
        ArrivalShape.TOWARD_END: middle - first,
    }.get(ArrivalShape(shape), np.ones(len(slots)))  # fmt: skip
    return [[int(slot), n] for slot, n in zip(slots, apportion(persons, weight), strict=True) if n]


def apportion(persons: int, weight: np.ndarray) -> list[int]:
    """`persons` in whole people by weights, by the largest remainders; the sum is exact."""
    exact = persons * weight / weight.sum()
    whole = np.floor(exact).astype(int)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: persons - whole.sum()]] += 1
    return whole.tolist()


def read_curve(text: str, *, starts_min: int, ends_min: int) -> tuple[Curve, str | None]:
    """(the curve, None) of lines or `;`-parted pieces `19:15 300`, or ([], why it cannot be read).

    A time earlier than the one before it lies on the next day; one later than the end, on the day before.
    """
    start, end = window(starts_min, ends_min)
    curve: dict[int, int] = {}
    for line in filter(None, (part.strip() for part in re.split(r"[\n;；]", text))):
        found = LINE.fullmatch(line)
        if not found or int(found[1]) > 24 or int(found[2]) > 59:
            return [], ArrivalRefusal.CURVE_LINE % {"line": line[:40]}
        minute = int(found[1]) * 60 + int(found[2])
        if minute % SLOT_MIN:
            return [], ArrivalRefusal.CURVE_QUARTER % {"time": say_time(minute)}
        fits = [m for m in (minute - DAY_MIN, minute, minute + DAY_MIN) if start - LEAD_MOST_MIN <= m < end]
        if not fits:
            return [], ArrivalRefusal.CURVE_OUTSIDE % {"time": say_time(minute)}
        minute = next((m for m in fits if m not in curve), fits[0])
        if minute in curve:
            return [], ArrivalRefusal.CURVE_TWICE % {"time": say_time(minute)}
        curve[minute] = int(found[3])
    if not 1 <= sum(curve.values()) <= PERSONS_MOST:
        return [], str(ArrivalRefusal.CURVE_EMPTY)
    return [[minute, n] for minute, n in sorted(curve.items())], None


def say_time(minute: int) -> str:
    """A minute as a time of the clock."""
    return f"{minute % DAY_MIN // 60:02d}:{minute % 60:02d}"


def say_curve(curve: Curve) -> str:
    """A curve as lines that `read_curve` reads."""
    return "\n".join(f"{say_time(minute)} {n}" for minute, n in curve)


def check_arrivals(
    *, name: str, approval_number: str, held_on: date, persons: int | None, shape: str, today: date
):
    """Why these words cannot stand, or None; the curve is read by itself."""
    if not name.strip():
        return ArrivalRefusal.NO_NAME
    if not approval_number.strip():
        return ArrivalRefusal.NO_APPROVAL
    if not today - EARLIEST <= held_on <= today + FARTHEST:
        return ArrivalRefusal.DAY
    if shape != ArrivalShape.OWN and not 1 <= (persons or 0) <= PERSONS_MOST:
        return ArrivalRefusal.PERSONS
    return None


def spread(curve: Iterable, *, midnight_min: int, minutes: int) -> np.ndarray:
    """People per minute, float64 [minutes]: each quarter's people evenly over its minutes.

    `midnight_min`: the minute of the array at which the gathering's day begins (negative: before the array).
    """
    rate = np.zeros(minutes)
    for minute, n in curve:
        first = midnight_min + minute
        rate[max(0, first) : max(0, first + SLOT_MIN)] += n / SLOT_MIN
    return rate
