"""Which line counts into which space: declared as `Topology`, compiled to arrays as `Wiring`."""

from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

import msgspec
import numpy as np

from anlan.stream.register import Register

MINUTES_A_DAY = 1_440
ZONES = available_timezones()  # once: it walks a folder of hundreds of files


class Space(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place or a zone that is watched. A zone's code is "PLACE/ZONE" and its parent the place's code."""

    code: str
    name: str = ""
    parent: str | None = None
    capacity: float | None = None
    area_m2: float | None = None
    exit_capacity_per_min: float | None = None
    bottleneck_width_m: float | None = None
    passage_capacity_per_min: float | None = None  # through its gates, both directions together
    thresholds: dict[str, float] = {}
    quiet_minute: int | None = (
        None  # of the local day, at which the number is set anew each night; None: never
    )
    residual: int = 0  # how many are there at that minute


class Binding(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one channel of a sensor measures; channel "*" binds every channel of the sensor.

    flow: a passage `in` adds to `into` and its ancestors and subtracts from `out_of` and its ancestors; an
    ancestor on both sides cancels; None is outside. presence and density: the value belongs to `into`.
    passage: in and out together pass through `into` alone; how many are there is not known from them.
    """

    sensor: str
    channel: str = "*"
    into: str | None = None
    out_of: str | None = None
    reversed: bool = False
    measures: Literal["flow", "presence", "density", "passage"] = "flow"
    entrance: str | None = None


class Topology(msgspec.Struct, frozen=True, omit_defaults=True):
    """All spaces and bindings of a scene. What a person estimated by eye holds for `estimate_s` seconds."""

    spaces: list[Space] = []
    bindings: list[Binding] = []
    zone: str = "UTC"  # of the quiet minutes
    estimate_s: int = 900

    def to_bytes(self) -> bytes:
        """JSON, the payload of a TOPOLOGY frame."""
        return msgspec.json.encode(self)

    @classmethod
    def from_bytes(cls, payload: bytes) -> "Topology":
        """The inverse of to_bytes. Raises msgspec.ValidationError on another shape."""
        return msgspec.json.decode(payload, type=cls)

    def check(self) -> None:
        """Raises ValueError naming the first code that is given twice, unknown or its own ancestor."""
        if self.zone not in ZONES:
            raise ValueError(f"time zone {self.zone!r} is unknown: use a name like Asia/Shanghai")
        parents: dict[str, str | None] = {}
        for space in self.spaces:
            if space.code in parents:
                raise ValueError(f"space {space.code!r} is listed twice")
            parents[space.code] = space.parent
            if not 0 <= (space.quiet_minute or 0) < MINUTES_A_DAY or space.residual < 0:
                raise ValueError(f"space {space.code!r}: a quiet minute is 0..1439, a residual not below 0")
        for code in parents:
            _line_of_ancestors(code, parents)
        for binding in self.bindings:
            for side in (binding.into, binding.out_of):
                if side is not None and side not in parents:
                    raise ValueError(f"sensor {binding.sensor!r} is bound to {side!r}, which is not a space")


def _line_of_ancestors(code: str, parents: dict[str, str | None]) -> list[str]:
    """The space itself, its parent, and so on up."""
    line: list[str] = []
    above: str | None = code
    while above is not None:
        if above not in parents:
            raise ValueError(f"space {line[-1] if line else code!r} has the unknown parent {above!r}")
        if above in line:
            raise ValueError(f"space {code!r} is its own ancestor: {' > '.join([*line, above])}")
        line.append(above)
        above = parents[above]
    return line


class Links:
    """Sparse line → space entries, looked up by line: the entries of a line lie side by side."""

    def __init__(self) -> None:
        self.line, self.space, self.sign = (np.zeros(0, np.int64) for _ in range(3))
        self._first = np.zeros(1, np.int64)

    def extend(self, entries: list[tuple[int, int, int]], n_lines: int) -> None:
        """Add (line, space, sign) of lines beyond those known so far."""
        table = np.array(sorted(entries), np.int64).reshape(-1, 3)
        self.line = np.concatenate((self.line, table[:, 0]))
        self.space = np.concatenate((self.space, table[:, 1]))
        self.sign = np.concatenate((self.sign, table[:, 2]))
        self._first = np.searchsorted(self.line, np.arange(n_lines + 1))

    def of(self, lines: np.ndarray) -> tuple[np.ndarray | slice, np.ndarray]:
        """For an array of lines: (positions in it, repeated once per entry; the entries' indexes)."""
        first = self._first[lines]
        counts = self._first[lines + 1] - first
        if (counts == 1).all():  # nearly always
            return slice(None), first
        if len(lines) and counts.min() == counts.max():  # as many of each line, mostly one
            positions = np.repeat(np.arange(len(lines)), counts[0])
            return positions, (first[:, None] + np.arange(counts[0])).reshape(-1)
        positions = np.repeat(np.arange(len(lines)), counts)
        ends = np.cumsum(counts)
        within = np.arange(len(positions)) - np.repeat(ends - counts, counts)
        return positions, first[positions] + within


class Wiring:
    """A topology compiled against the first n_lines of a register: links by what is measured.

    The arrays run over spaces. `parent` is the index of each space's parent (-1 none); `tiers` are the
    spaces that have one, by depth, the deepest first; `has_presence` says which spaces an occupancy is
    bound to, `has_own` which have any occupancy or passage of their own.
    """

    def __init__(self, topology: Topology, register: Register, n_lines: int) -> None:
        self.topology = topology
        self.spaces = topology.spaces
        self.codes = [space.code for space in self.spaces]
        self.names = [space.name or space.code for space in self.spaces]
        self.thresholds = [space.thresholds for space in self.spaces]
        self.capacity = _numbers([space.capacity for space in self.spaces])
        self.area_m2 = _numbers([space.area_m2 for space in self.spaces])
        self.exit_capacity_per_min = _numbers([space.exit_capacity_per_min for space in self.spaces])
        self.bottleneck_width_m = _numbers([space.bottleneck_width_m for space in self.spaces])
        quiet = [-1 if space.quiet_minute is None else space.quiet_minute for space in self.spaces]
        self.quiet_minute = np.array(quiet, np.int64)
        self.residual = np.array([space.residual for space in self.spaces], np.int64)
        self._zone = ZoneInfo(topology.zone)
        self.passage_capacity_per_min = _numbers([space.passage_capacity_per_min for space in self.spaces])
        self.index = {code: position for position, code in enumerate(self.codes)}
        self._parents = {space.code: space.parent for space in self.spaces}
        self.parent = np.array([self.index.get(space.parent or "", -1) for space in self.spaces], np.int64)
        depth = np.array([len(_line_of_ancestors(code, self._parents)) for code in self.codes], np.int64)
        self.tiers = [np.flatnonzero(depth == tier) for tier in range(depth.max(initial=1), 1, -1)]
        self._bound: dict[str, list[Binding]] = {}
        for binding in topology.bindings:
            self._bound.setdefault(binding.sensor, []).append(binding)
        self.flow, self.presence, self.density, self.passage = Links(), Links(), Links(), Links()
        self.has_presence, self.has_own = (np.zeros(len(self.codes), bool) for _ in range(2))
        self._mark_bound()
        self.n_lines = 0
        self.extend(register, n_lines)

    def extend(self, register: Register, n_lines: int) -> None:
        """Compile the lines that the register has grown by, up to n_lines."""
        links = {
            "flow": self.flow, "presence": self.presence, "density": self.density, "passage": self.passage,
        }  # fmt: skip
        entries: dict[str, list[tuple[int, int, int]]] = {name: [] for name in links}
        for line in range(self.n_lines, n_lines):
            sensor, channel = register.names[line]
            for binding in self._bound.get(sensor, ()):
                if binding.channel in ("*", channel):
                    entries[binding.measures] += [
                        (line, space, sign) for space, sign in self._effects(binding)
                    ]
        for name, of_kind in links.items():
            of_kind.extend(entries[name], n_lines)
        self.n_lines = max(self.n_lines, n_lines)

    def last_quiet_ms(self, now_ms: int, minute: int) -> int:
        """The newest moment, not after now, at which the local clock showed a minute of the day."""
        now = datetime.fromtimestamp(now_ms / 1000, self._zone)
        quiet = now.replace(hour=minute // 60, minute=minute % 60, second=0, microsecond=0)
        if quiet.timestamp() > now.timestamp():
            quiet -= timedelta(days=1)
        return int(quiet.timestamp() * 1000)

    def _mark_bound(self) -> None:
        for binding in self.topology.bindings:
            for space, _ in self._effects(binding):
                self.has_presence[space] |= binding.measures == "presence"
                self.has_own[space] |= binding.measures != "density"

    def _effects(self, binding: Binding) -> list[tuple[int, int]]:
        """(space, +1 or -1) of one passage `in`; for the other measures the space alone."""
        if binding.measures != "flow":
            return [] if binding.into is None else [(self.index[binding.into], 1)]
        into, out_of = (
            set() if code is None else set(_line_of_ancestors(code, self._parents))
            for code in (binding.into, binding.out_of)
        )
        sign = -1 if binding.reversed else 1
        gains = [(self.index[code], sign) for code in into - out_of]
        return sorted(gains + [(self.index[code], -sign) for code in out_of - into])


def _numbers(values: list[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], np.float64)
