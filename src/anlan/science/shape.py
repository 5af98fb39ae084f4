"""The shape of a table of counts: sensors by columns, columns by days, and what may be asked of it."""

from dataclasses import dataclass

import numpy as np

DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Shape:
    """Sensors, columns, slots of a day and the horizons, checked once.

    `broken`: a day is only part of a day (05:00 to 23:00), so that the column after its last slot is not the
    next moment: nothing is carried or foreseen across the night.
    """

    sensors: int
    columns: int
    slots: int
    step_s: int
    horizons: tuple[int, ...]

    @property
    def broken(self) -> bool:
        """Whether time jumps between the last slot of a day and the first of the next."""
        return self.slots * self.step_s < DAY_S

    @property
    def days(self) -> int:
        """Days begun: the last may be incomplete."""
        return -(-self.columns // self.slots)

    @property
    def reach(self) -> int:
        """Steps of the longest horizon."""
        return max(self.horizons)


def check_shape(*, counts, capacity, step_s, slots_per_day, day_kind, horizons_steps) -> Shape:
    """The shape of these arguments, or ValueError in words where they do not fit together.

    counts [S, T], capacity [S], day_kind [at least the days begun]; step_s seconds; horizons in steps, at least one.
    """
    if counts.ndim != 2:
        raise ValueError(f"counts must be [sensors, columns], not {counts.ndim}-dimensional")
    sensors, columns = counts.shape
    if capacity.shape != (sensors,):
        raise ValueError(f"capacity must hold one value for each of {sensors} sensors, not {capacity.shape}")
    if step_s < 1 or slots_per_day < 1 or slots_per_day * step_s > DAY_S:
        raise ValueError(f"{slots_per_day} slots of {step_s} s are no day")
    horizons = tuple(int(h) for h in horizons_steps)
    if not horizons or min(horizons) < 1 or max(horizons) > slots_per_day:
        raise ValueError(f"horizons_steps must be between 1 and {slots_per_day} steps, not {horizons}")
    shape = Shape(sensors, columns, int(slots_per_day), int(step_s), horizons)
    if day_kind.ndim != 1 or len(day_kind) < shape.days:
        raise ValueError(f"day_kind must hold one label for each of {shape.days} days, not {day_kind.shape}")
    return shape


def usable_capacity(capacity: np.ndarray) -> np.ndarray:
    """The capacity, float [S], nan where it is none: zero, negative, missing or infinite."""
    capacity = capacity.astype(float)
    return np.where(np.isfinite(capacity) & (capacity > 0), capacity, np.nan)
