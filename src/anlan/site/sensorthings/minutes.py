"""Observations as the history keeps them: passages by minute, and the last value of each minute."""

from typing import NamedTuple

import numpy as np

from anlan.site.sensorthings.tables import bounds
from anlan.stream.readings import Kind
from anlan.stream.state import MINUTE_MS

FAR_MS = 2**52  # later than any minute
VALUES = {"occupancy": Kind.OCCUPANCY, "density": Kind.DENSITY}


class Minutes(NamedTuple):
    """Observations of one Datastream, oldest first: when their minute starts, what was measured and when."""

    minute_ms: np.ndarray
    start_ms: np.ndarray
    end_ms: np.ndarray
    result: np.ndarray

    def columns(self):
        """To filter and order by: phenomenonTime is compared by its start, resultTime is its end."""
        return {"phenomenonTime": self.start_ms, "resultTime": self.end_ms, "result": self.result}


def read_minutes(scene, stream, where=None):
    """The Minutes of a Stream; only what a $filter's limits of phenomenonTime leave possible is read."""
    low, high = bounds(where, "phenomenonTime")
    return read_between(scene, stream, low=low or 0, high=FAR_MS if high is None else high)


def read_minute(scene, stream, minute_ms):
    """The Minutes with the one that starts at `minute_ms`, or with none."""
    if stream.measure in VALUES:  # a value at the full minute belongs to the minute before it
        return read_between(scene, stream, low=minute_ms + 1, high=minute_ms + MINUTE_MS)
    return read_between(scene, stream, low=minute_ms, high=minute_ms)


def read_between(scene, stream, *, low, high):
    """The Minutes whose phenomenonTime starts in [low, high]."""
    low, high = min(max(low, 0), FAR_MS), min(max(high, 0), FAR_MS)
    line = scene.register.index.get((stream.sensor, stream.channel))
    if line is None or low > high:
        return Minutes(*(np.zeros(0, np.int64) for _ in range(3)), np.zeros(0))
    if stream.measure in VALUES:
        rows = scene.history.values(np.array([line]), VALUES[stream.measure], low - 1, high)
        ends = rows["t_end_ms"]
        return Minutes((ends - 1) // MINUTE_MS * MINUTE_MS, ends, ends, rows["value"])
    rows = scene.history.minutes(np.array([line]), low, high + 1)
    passages = rows[f"n_{stream.measure}"]
    some = passages != 0
    starts = rows["minute"][some].astype(np.int64) * MINUTE_MS
    return Minutes(starts, starts, starts + MINUTE_MS, passages[some])
