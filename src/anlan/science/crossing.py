"""The entries: scores and forecasts for a whole table of counts, as any harness calls them.

Each takes counts float [S, T] (S sensors, T columns of consecutive slots, whole or begun days; nan = missing; a net
stock may be negative), capacity [S], step_s seconds, slots_per_day (a day may be part of a day, such as 05:00 to
23:00), day_kind int [days] (labels: days of one label are alike), horizons_steps, and fit_until: factors and spreads
are fitted on columns before it. Column t of a result uses columns up to t only.

Stated answers: wrong shapes raise ValueError. A sensor without readings, without capacity (zero, negative, nan) or
without an earlier day scores 0; with fit_until 0 or too little history, factors found elsewhere stand in. No score is
nan. A forecast without a profile is the last known value, and nan where none of the last four is known.

Source: warning.md, "Recommended design"; constants marked [M] were found on its data, see README.md.
"""

import numpy as np

from anlan.science.departure import LAGS, Recent
from anlan.science.outlook import Judgement, Learned, View, judge, learn
from anlan.science.shape import Shape, check_shape, usable_capacity
from anlan.science.today import open_day


def compute_crossing_scores(
    *, counts, capacity, step_s, slots_per_day, day_kind, horizons_steps, fit_until
) -> dict[int, np.ndarray]:
    """The expected-peak channel: for each horizon the chance [S, T] in [0, 1] that capacity is reached within it."""
    return judge_table(
        counts=counts, capacity=capacity, step_s=step_s, slots_per_day=slots_per_day, day_kind=day_kind,
        horizons_steps=horizons_steps, fit_until=fit_until,
    ).crossing  # fmt: skip


def compute_surge_scores(
    *, counts, capacity, step_s, slots_per_day, day_kind, horizons_steps, fit_until
) -> dict[int, np.ndarray]:
    """The surge channel: for each horizon a score [S, T] in [0, 1], ½ where a departure is heading for capacity."""
    return judge_table(
        counts=counts, capacity=capacity, step_s=step_s, slots_per_day=slots_per_day, day_kind=day_kind,
        horizons_steps=horizons_steps, fit_until=fit_until,
    ).surge  # fmt: skip


def compute_forecast(
    *, counts, capacity, step_s, slots_per_day, day_kind, horizons_steps, fit_until
) -> dict[int, np.ndarray]:
    """The expected value [S, T] at each horizon's end, in the counts' own unit."""
    return judge_table(
        counts=counts, capacity=capacity, step_s=step_s, slots_per_day=slots_per_day, day_kind=day_kind,
        horizons_steps=horizons_steps, fit_until=fit_until,
    ).forecast  # fmt: skip


def judge_table(*, counts, capacity, step_s, slots_per_day, day_kind, horizons_steps, fit_until) -> Judgement:
    """Everything at once, [S, T] each; the entries above each hand out one part of it."""
    counts, capacity, day_kind = np.asarray(counts, float), np.asarray(capacity, float), np.asarray(day_kind)
    shape = check_shape(
        counts=counts, capacity=capacity, step_s=step_s, slots_per_day=slots_per_day, day_kind=day_kind,
        horizons_steps=horizons_steps,
    )  # fmt: skip
    view, people = view_table(counts, capacity, day_kind, shape)
    return judge(view, learn_table(view, people, shape, fit_until), people, shape)


def view_table(
    counts: np.ndarray, capacity: np.ndarray, day_kind: np.ndarray, shape: Shape, first_day: int = 0
) -> tuple[View, np.ndarray]:
    """Live through the table from this day on; its moments [S, columns from there], and the usable capacity [S]."""
    capacity = usable_capacity(capacity).astype(counts.dtype)
    counts = np.where(np.isfinite(counts), counts, np.nan)
    skipped = first_day * shape.slots
    viewed = (shape.sensors, max(shape.columns - skipped, 0))
    path = np.full((shape.reach + 1, *viewed), np.nan, counts.dtype)
    days = np.zeros(viewed, np.int16)
    recent = np.full((2, LAGS, *viewed), np.nan, counts.dtype)
    today = None
    for day in range(first_day, shape.days):
        today = open_day(
            counts=counts, capacity=capacity, day_kind=day_kind, day=day, shape=shape, before=today
        )
        begun = day * shape.slots
        for column in range(begun, min(begun + shape.slots, shape.columns)):
            view, at = today.look(counts[:, column], column - begun), column - skipped
            path[:, :, at], days[:, at] = view.path, view.days
            recent[0, :, :, at], recent[1, :, :, at] = view.recent.counts, view.recent.usual
    return View(path, days, Recent(*recent)), capacity


def learn_table(view: View, capacity: np.ndarray, shape: Shape, until: int) -> Learned:
    """Fit on the first `until` columns of a view; what came after a column counts only if it is among them too."""
    until = int(np.clip(until, 0, view.days.shape[1]))
    past = View(
        view.path[:, :, :until],
        view.days[:, :until],
        Recent(view.recent.counts[:, :, :until], view.recent.usual[:, :, :until]),
    )
    shares = view.recent.counts[0, :, :until]
    ahead = np.full((shape.reach, shape.sensors, until), np.nan, shares.dtype)
    for step in range(1, min(shape.reach, until - 1) + 1):
        ahead[step - 1, :, :-step] = shares[:, step:]
        if shape.broken:
            ahead[step - 1][:, np.arange(until) % shape.slots >= shape.slots - step] = np.nan
    return learn(past, capacity, shape, ahead)
