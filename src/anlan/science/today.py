"""Today: a day being lived, one slot after the other."""

from dataclasses import dataclass

import numpy as np

from anlan.science.departure import LAGS, Recent
from anlan.science.likeness import MEMORY_S, LikeDays
from anlan.science.outlook import Judgement, Learned, View, judge
from anlan.science.profile import GAP_S, average_days, bridge_gaps, pick_like_days
from anlan.science.shape import Shape


@dataclass(slots=True)
class Today:
    """A day being lived: its like days so far, and the last columns [LAGS, S] in shares of capacity. One caller."""

    like: LikeDays
    capacity: np.ndarray
    shape: Shape
    recent: Recent
    slot: int = -1

    def look(self, counts: np.ndarray, slot: int) -> View:
        """Take counts [S] of this slot (nan = missing) and say what is usual from here on, in shares of capacity.

        Slots left out are missing ones. A slot not after the newest (a clock that went back) adds nothing: the view
        is still the newest slot's.
        """
        if slot > self.slot:
            skipped, self.slot = min(slot - self.slot - 1, LAGS), slot
            self.like.compare(counts, slot)
            path, days = self.like.expect(slot, self.shape.reach)
            gap = np.full((skipped, *counts.shape), np.nan, path.dtype)
            self.recent = Recent(
                np.concatenate([(counts / self.capacity)[None], gap, self.recent.counts])[:LAGS],
                np.concatenate([(path[0] / self.capacity)[None], gap, self.recent.usual])[:LAGS],
            )
        else:
            path, days = self.like.expect(self.slot, self.shape.reach)
        return View(path / self.capacity, days, self.recent)

    def judge(self, counts: np.ndarray, slot: int, learned: Learned) -> Judgement:
        """One tick: what counts [S] of this slot say of the coming hour."""
        return judge(self.look(counts, slot), learned, self.capacity, self.shape)


def open_day(
    *,
    counts: np.ndarray,
    capacity: np.ndarray,
    day_kind: np.ndarray,
    day: int,
    shape: Shape,
    before: Today | None,
) -> Today:
    """The day with this number, of which no column needs to be known yet.

    counts [S, columns]: at least all columns before it; day_kind: labels of the days up to it, and of the next if
    known; capacity [S], nan where there is none. `before`: the day before it, whose last columns are still recent
    unless time jumps between days.
    """
    days, prior = pick_like_days(day_kind, day)
    most = max(2, GAP_S // shape.step_s)
    values = np.full((max(len(days), 1), shape.sensors, shape.slots + shape.reach), np.nan, counts.dtype)
    if len(days):
        values[:, :, : shape.slots] = bridge_gaps(_cut_days(counts, days, shape), prior, most)
    following, weights = pick_like_days(day_kind, day + 1)
    lived = following < day
    if lived.any() and not shape.broken:
        starts = _cut_days(counts, following[lived], shape)[:, :, : shape.reach]
        values[:, :, shape.slots :] = average_days(starts, weights[lived, None, None])
    like = LikeDays(
        values=np.ascontiguousarray(values.transpose(2, 0, 1)),
        prior=prior if len(days) else np.ones(1),
        capacity=capacity,
        memory=float(np.exp(-shape.step_s / MEMORY_S)),
    )
    empty = np.full((LAGS, shape.sensors), np.nan, counts.dtype)
    carried = before is not None and not shape.broken
    return Today(like, capacity, shape, before.recent if carried else Recent(empty, empty))


def _cut_days(counts: np.ndarray, days: np.ndarray, shape: Shape) -> np.ndarray:
    """These whole days of counts [S, columns] as [days, S, slots]."""
    return np.stack([counts[:, day * shape.slots : (day + 1) * shape.slots] for day in days])
