"""The live state as the pages show it: spaces with their numbers and level, sensors with their health.

Everything is read from the engine's own copies; where the engine does not run there is nothing to read,
which is shown as 数据中断, never as zero.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isnan

import numpy as np

from anlan.domains.crowd.queries.stillness import unchanged_lines
from anlan.domains.crowd.queries.usual import WELL, Signs, found_signs
from anlan.domains.crowd.rules import DEFAULT_THRESHOLDS, sensor_states, tell_state
from anlan.domains.crowd.terms import SensorCare, SensorState
from anlan.science.imputation import NO_FORECAST_SHARE
from anlan.stream.scene import SCENES

LIVE = "live"
LOST_AFTER_MS = 5 * 60_000  # a space without any reading for so long is shown as 数据中断
LOST, UNDETERMINED = "lost", "undetermined"


@dataclass(frozen=True, slots=True)
class LiveSpace:
    """One space now; numbers are None where unknown, times are UTC milliseconds (0: never)."""

    code: str
    name: str
    parent: str | None
    at_ms: int
    occupancy: float | None
    capacity: float | None
    share: float | None
    density_per_m2: float | None
    net_flow_per_min: float | None
    in_last_min: int
    out_last_min: int
    time_to_capacity_min: float | None
    passage_share: float | None
    band: float  # half the width of what is unsure about the occupancy
    factor: float  # by which people counted in are multiplied
    imputed: int  # passages that were estimated
    dead_share: float  # of the usual flow, past doors that are silent
    base_ms: int  # since when passages make the number: a recount or the night
    last_t_end_ms: int
    last_received_ms: int
    level: str
    since_ms: int
    reason: dict

    @property
    def people(self):
        """The occupancy as a whole number to be shown; None where unknown."""
        return None if self.occupancy is None else round(self.occupancy)

    @property
    def has_no_forecast(self):
        """Whether so much of the flow passes silent doors that somebody must look."""
        return self.dead_share is not None and self.dead_share > NO_FORECAST_SHARE

    @property
    def needs_recount(self):
        """Whether the number is so unsure that people should count: a band wider than is counted towards a level."""
        return bool(self.capacity) and self.band > DEFAULT_THRESHOLDS["upper_most"] * self.capacity

    @property
    def is_lost(self):
        """Whether nothing is known of it now: no number at all, or none for five minutes."""
        if self.occupancy is None and self.density_per_m2 is None and self.passage_share is None:
            return True
        return not self.last_received_ms or self.at_ms - self.last_received_ms > LOST_AFTER_MS

    @property
    def shown_level(self):
        """What the badge says: the level, or lost, or undetermined where nothing could be judged."""
        if self.is_lost:
            return LOST
        measures = (self.capacity, self.density_per_m2, self.passage_share)
        judged = self.level != "none" or any(measure is not None for measure in measures)
        return self.level if judged else UNDETERMINED


@dataclass(frozen=True, slots=True)
class SensorHealth:
    """What the readings of one sensor say of it at `at_ms`, over all its channels; times are UTC ms, 0 for never."""

    at_ms: int
    state: str
    interval_s: float
    last_received_ms: int
    last_t_end_ms: int
    unchanged_since_ms: int
    total_in: int
    total_out: int
    n_readings: int
    n_duplicates: int
    lacks: int = 0
    imbalance: float = 0.0
    shift: float = 1.0

    @property
    def care(self):
        """What to do about it, empty where nothing is to be done."""
        return SensorCare(self.state).label

    @property
    def reason(self):
        """Why it is in this state, in zh and en."""
        return tell_state(
            self.state,
            silent_s=(self.at_ms - self.last_received_ms) / 1000,
            interval_s=self.interval_s,
            stuck_s=(self.at_ms - self.unchanged_since_ms) / 1000,
            lacks=self.lacks,
            imbalance=self.imbalance,
            shift=self.shift,
        )

    @property
    def last_received_at(self):
        return as_moment(self.last_received_ms)

    @property
    def last_t_end_at(self):
        return as_moment(self.last_t_end_ms)


def as_moment(time_ms):
    """UTC milliseconds as an aware datetime; None for none."""
    return datetime.fromtimestamp(time_ms / 1000, UTC) if time_ms else None


def live_scene(name=LIVE):
    """The running scene of this name, or None: its engine does not run in this process."""
    return SCENES.get(name)


def live_spaces(scene=LIVE):
    """Every watched space of a scene as LiveSpace, by code; empty where the engine does not run."""
    running = live_scene(scene)
    if running is None:
        return {}
    view = running.view()
    return {code: read_space(view, position) for position, code in enumerate(view.codes)}


def live_space(code, scene=LIVE):
    """The LiveSpace of this code, or None."""
    return live_spaces(scene).get(code)


def live_place(place, scene=LIVE):
    """The place's LiveSpace (None: unknown to the engine) and those of its zones, by zone code."""
    spaces = live_spaces(scene)
    zones = {space.code.partition("/")[2]: space for space in spaces.values() if space.parent == place.code}
    return spaces.get(place.code), {code: space for code, space in zones.items() if code}


MAYBE = (
    "occupancy", "capacity", "share", "density_per_m2", "net_flow_per_min", "time_to_capacity_min", "passage_share",
)  # fmt: skip
SURE = ("band", "factor", "dead_share")
WHOLE = ("imputed", "base_ms", "in_last_min", "out_last_min", "last_t_end_ms", "last_received_ms", "since_ms")
TOTALS = ("total_in", "total_out", "n_readings", "n_duplicates")
NEWEST = (
    "last_received_ms",
    "last_t_end_ms",
    "lag_ms",
    "last_quality",
)  # the newest line speaks for its sensor


def read_space(view, position):
    """One row of a SpacesView."""

    def number(name):
        value = float(getattr(view, name)[position])
        return None if isnan(value) else value

    return LiveSpace(
        code=view.codes[position],
        name=view.names[position],
        parent=view.parents[position],
        at_ms=view.now_ms,
        level=view.level[position],
        reason=view.reason[position],
        **{name: number(name) for name in MAYBE},
        **{name: float(getattr(view, name)[position]) for name in SURE},
        **{name: int(getattr(view, name)[position]) for name in WHOLE},
    )


def sensor_lines(scene=LIVE):
    """The positions of each sensor's lines and the LineView they lie in: ({code: [positions]}, view or None)."""
    running = live_scene(scene)
    if running is None:
        return {}, None
    view, lines = running.line_view(), {}
    for position, (sensor, _) in enumerate(view.names):
        lines.setdefault(sensor, []).append(position)
    return lines, view


def health_of(sensors, *, now_ms, scene=LIVE):
    """{sensor code: SensorHealth} for these sensors (rows with code and interval_s) at `now_ms` (UTC milliseconds)."""
    sensors = [(sensor.code, sensor.interval_s) for sensor in sensors]
    states, known = judge_health(sensors, now_ms=now_ms, scene=scene)
    names = ("last_received_ms", "last_t_end_ms", "unchanged_since_ms", *TOTALS, *Signs._fields[1:])
    rows = zip(sensors, states.tolist(), *(known[name].tolist() for name in names), strict=True)
    return {
        code: SensorHealth(now_ms, state, interval_s, *numbers)
        for (code, interval_s), state, *numbers in rows
    }


def judge_health(sensors, *, now_ms, scene=LIVE):
    """(state of each sensor, what is known of each), arrays over `sensors`: pairs of code and interval_s."""
    known = read_lines([code for code, _ in sensors], scene)
    states = sensor_states(
        now_ms=now_ms,
        interval_s=np.array([interval_s for _, interval_s in sensors], float),
        last_received_ms=known["last_received_ms"],
        last_quality=known["last_quality"],
        unchanged_since_ms=known["unchanged_since_ms"],
        behind_ms=known["lag_ms"],
        **{name: known[name] for name in Signs._fields[1:]},
    )
    return states, known


def read_lines(codes, scene):
    """What the engine knows of each of these sensors, as arrays: its newest line's times, the sums of all its lines."""
    known = {name: np.zeros(len(codes), np.int64) for name in (*NEWEST, *TOTALS, "unchanged_since_ms")}
    known |= {name: np.full(len(codes), value) for name, value in zip(Signs._fields, WELL, strict=True)}
    running = live_scene(scene)
    if running is None:
        return known
    view, position = running.line_view(), {code: at for at, code in enumerate(codes)}
    owner = np.fromiter((position.get(sensor, -1) for sensor, _ in view.names), np.int64, len(view.names))
    lines = np.flatnonzero(owner >= 0)
    lines = lines[np.lexsort((-lines, view.last_received_ms[lines]))]  # a sensor's newest line comes last
    owner, newest = owner[lines], np.full(len(codes), -1)
    newest[owner] = lines
    for name in NEWEST:
        known[name][owner] = getattr(view, name)[lines]
    for name in TOTALS:
        np.add.at(known[name], owner, getattr(view, name)[lines])
    for (sensor, channel), since_ms in unchanged_lines(scene).items():
        at = position.get(sensor)
        if at is not None and newest[at] >= 0 and view.names[newest[at]] == (sensor, channel):
            known["unchanged_since_ms"][at] = since_ms
    for sensor, signs in found_signs(scene).items():
        if (at := position.get(sensor)) is not None:
            for name, value in signs._asdict().items():
                known[name][at] = value
    known["unchanged_since_ms"] = np.maximum(known["unchanged_since_ms"], known["idle_since_ms"])
    return known


def count_states(health):
    """How many sensors are online, silent and in all: {"online", "silent", "total"}."""
    return tally([one.state for one in health.values()])


def tally(states):
    """The same of the states alone."""
    number = Counter(states)
    silent = number[SensorState.SILENT] + number[SensorState.NEVER]
    return {"online": number[SensorState.ONLINE], "silent": silent, "total": len(states)}
