"""State: what the fold has made of the journal so far, as arrays over lines, slots and spaces.

A *slot* is one (line, kind) pair that counts: it remembers the 64 newest readings for their identity.
"""

from collections import deque
from typing import ClassVar

import msgspec
import numpy as np

from anlan.science.drift import FIRST_SPREAD
from anlan.stream.clockless import Clockless
from anlan.stream.outlook import NO_OUTLOOK, Outlooks
from anlan.stream.readings import ABSENT, Columns
from anlan.stream.rows import Rows

WINDOW = 64  # readings per slot whose identity is remembered; a power of two
MINUTES = 120  # minutes per space kept at hand
NIGHTS = 14  # whose passages tell how far the counters drift
MINUTE_MS = 60_000
KEPT_CORRECTIONS = 2_000  # the newest; older ones are in the journal
LEVELS = ("none", "blue", "yellow", "orange", "red")


class Lines(Rows):
    """Per line of the register: health and totals. `slot` holds the slot of each kind, or -1."""

    COLUMNS: ClassVar = {
        "last_received_ms": ("<i8", (), 0),
        "last_t_end_ms": ("<i8", (), 0),
        "lag_ms": ("<i8", (), 0),  # from the end of the newest measurement to its receipt
        "last_quality": ("u1", (), 0),
        "total_in": ("<i8", (), 0),
        "total_out": ("<i8", (), 0),
        "n_readings": ("<i8", (), 0),
        "n_duplicates": ("<i8", (), 0),
        "slot": ("<i4", (7,), -1),
    }


class Slots(Rows):
    """Per (line, kind). `seen_*` is a ring of the newest readings, oldest to newest up to `head`.

    seen_a and seen_b hold in and out, or the two halves of an occupancy's value or an event's seq.
    `ring` is the slot's row in `clockless`, -1 while its device's clock is believed. c_* is the newest cumulative, p_* the one before it, step_* what the newest added to the totals.
    """

    COLUMNS: ClassVar = {
        "line": ("<i4", (), 0),
        "kind": ("u1", (), 0),
        "last_t": ("<i8", (), -1),
        "value": ("<f8", (), np.nan),
        "head": ("<i8", (), WINDOW - 1),
        "seen_t": ("<i8", (WINDOW,), -1),
        "seen_a": ("<i4", (WINDOW,), 0),
        "seen_b": ("<i4", (WINDOW,), 0),
        "c_in": ("<i8", (), ABSENT),
        "c_out": ("<i8", (), ABSENT),
        "c_epoch": ("<i8", (), 0),
        "p_t": ("<i8", (), -1),
        "p_in": ("<i8", (), ABSENT),
        "p_out": ("<i8", (), ABSENT),
        "p_epoch": ("<i8", (), 0),
        "step_in": ("<i8", (), 0),
        "step_out": ("<i8", (), 0),
        "ring": ("<i4", (), -1),
    }

    def __init__(self, n: int = 0) -> None:
        self.clockless = Clockless()
        super().__init__(n)


class Spaces(Rows):
    """Per space: the accumulator of passages (never clipped), what it is read with, and a ring of minutes.

    Whole people only: `offset` is the newest baseline, `net` it and all that passed since, `came` those of them who
    came in. day_* passed before that baseline but after the newest nightly one, night_* on each of the last days
    (-1: a day that must not count). made_* passed a silent door since, by estimate.
    """

    COLUMNS: ClassVar = {
        "net": ("<i8", (), 0),
        "offset": ("<i8", (), 0),
        "came": ("<i8", (), 0),
        "base_minute": ("<i8", (), -1),  # passages of earlier minutes came before the baseline
        "nightly_ms": ("<i8", (), 0),
        "day_in": ("<i8", (), 0),
        "day_out": ("<i8", (), 0),
        "night_in": ("<i8", (NIGHTS,), -1),
        "night_out": ("<i8", (NIGHTS,), 0),
        "is_patchy": ("?", (), 0),  # something of this day was estimated, not counted
        "made_in": ("<i8", (), 0),
        "made_out": ("<i8", (), 0),
        "dead_share": ("<f8", (), 0),  # of the usual flow, past doors that are silent now
        "factor": ("<f8", (), 1),  # by which people counted in are multiplied
        "spread": ("<f8", (), FIRST_SPREAD),  # how unsure the number becomes for each of them
        "has_flow": ("?", (), 0),
        "last_t_end_ms": ("<i8", (), 0),
        "last_received_ms": ("<i8", (), 0),
        "minute_in": ("<i8", (MINUTES,), 0),
        "minute_out": ("<i8", (MINUTES,), 0),
        "sample": ("<f8", (MINUTES,), np.nan),  # occupancy at the end of each minute
        "net_per_min": ("<f8", (), np.nan),  # slope of the samples, renewed each minute
    }

    @property
    def went(self) -> np.ndarray:
        """People who went out since the newest baseline, int64 over all rows."""
        return self.came + self.offset - self.net

    def read_raw(self, chosen: np.ndarray | slice) -> np.ndarray:
        """The number of people by passages, float64: with the factor and the estimates, not rounded, perhaps below 0."""
        made = self.factor[chosen] * self.made_in[chosen] - self.made_out[chosen]
        return self.net[chosen] + (self.factor[chosen] - 1) * self.came[chosen] + made


class LevelState:
    """The warning level of each space, since when and why; `scratch` belongs to the judge.

    level: int8 positions in LEVELS; since_ms: int64. A judge reads both but never writes them: the scene
    applies the changes it returns. What the judge must remember it keeps in `array(name)`.
    """

    def __init__(self, n: int = 0) -> None:
        self.level = np.zeros(n, np.int8)
        self.since_ms = np.zeros(n, np.int64)
        self.reasons: list[dict] = [{} for _ in range(n)]
        self.scratch: dict[str, np.ndarray] = {}

    def array(self, name: str, fill: float = np.nan) -> np.ndarray:
        """The judge's own float64 array of that name over spaces, made at first use."""
        if name not in self.scratch:
            self.scratch[name] = np.full(len(self.level), fill)
        return self.scratch[name]

    def moved(self, origin: np.ndarray) -> "LevelState":
        """The same levels for another list of spaces; origin holds each new space's old index or -1."""
        fresh, known = LevelState(len(origin)), origin >= 0
        fresh.level[known] = self.level[origin[known]]
        fresh.since_ms[known] = self.since_ms[origin[known]]
        fresh.reasons = [self.reasons[old] if old >= 0 else {} for old in origin]
        for name, array in self.scratch.items():
            fresh.array(name)[known] = array[origin[known]]
        return fresh


class Correction(msgspec.Struct, frozen=True, array_like=True):
    """A trace of numbers that were replaced: of which line and time, from what, to what, received when.

    was and now are [in, out] of a count or a total, [value] of an occupancy or a density.
    """

    line: int
    kind: int
    t_end_ms: int
    t_received_ms: int
    was: list[float]
    now: list[float]


def correction(block: Columns, at: int, *, was: list[float], now: list[float]) -> Correction:
    """The trace of one reading of a block."""
    line, kind = int(block.line[at]), int(block.kind[at])
    return Correction(line, kind, int(block.t_end_ms[at]), int(block.t_received_ms[at]), was, now)


class State:
    """All that a snapshot must keep of a scene, except its topology, register and history."""

    def __init__(self) -> None:
        self.lines, self.slots, self.spaces = Lines(), Slots(), Spaces()
        self.levels = LevelState()
        self.outlooks = NO_OUTLOOK
        self.codes: list[str] = []
        self.now_ms = 0
        self.minute = -1  # the newest minute in the rings of the spaces
        self.sampled_minute = -1
        self.tally = np.zeros(16, np.int64)  # readings by status
        self.aside: list[tuple[int, Columns]] = []  # (offset of the frame, OLD readings of it)
        self.aside_since_ms = 0
        self.corrections: deque[Correction] = deque(maxlen=KEPT_CORRECTIONS)

    def place_spaces(self, codes: list[str]) -> None:
        """Follow a changed topology: a code that stays keeps its counts and level."""
        old = {code: position for position, code in enumerate(self.codes)}
        origin = np.array([old.get(code, -1) for code in codes], np.int64)
        known = origin >= 0
        spaces = Spaces(len(codes))
        spaces.copy_rows(self.spaces, np.flatnonzero(known), origin[known])
        self.spaces, self.levels, self.codes = spaces, self.levels.moved(origin), list(codes)

    def slots_of(self, line: np.ndarray, kind: np.ndarray) -> np.ndarray:
        """The slot of each (line, kind), given in order of first appearance to those that have none."""
        slot = self._known_slots(line, kind)
        if slot.min(initial=0) < 0:
            missing = np.flatnonzero(slot < 0)
            keys, first = np.unique(line[missing].astype(np.int64) * 8 + kind[missing], return_index=True)
            keys = keys[np.argsort(first)]
            new = np.arange(self.slots.n, self.slots.n + len(keys))
            self.slots.grow(self.slots.n + len(keys))
            self.slots.line[new], self.slots.kind[new] = keys // 8, keys % 8
            self.lines.slot[keys // 8, keys % 8] = new
            slot = self._known_slots(line, kind)
        return slot

    def _known_slots(self, line: np.ndarray, kind: np.ndarray) -> np.ndarray:
        """The slot of each (line, kind) or -1, int64: by that numpy looks up fastest."""
        table = self.lines.slot
        return table.reshape(-1)[line.astype(np.int64) * table.shape[1] + kind].astype(np.int64)

    def advance(self, minute: int) -> None:
        """Open the rings of the spaces up to a minute."""
        if minute > self.minute:
            gap = min(minute - self.minute, MINUTES) if self.minute >= 0 else MINUTES
            columns = np.arange(minute - gap + 1, minute + 1) % MINUTES
            self.spaces.minute_in[:, columns] = 0
            self.spaces.minute_out[:, columns] = 0
            self.spaces.sample[:, columns] = np.nan
            self.minute = minute

    @property
    def n_aside(self) -> int:
        """How many OLD readings wait to be settled."""
        return sum(len(block) for _, block in self.aside)

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Everything, for a snapshot."""
        levels, scratch = self.levels, self.levels.scratch
        plain = {
            "codes": self.codes,
            "now_ms": self.now_ms,
            "minute": self.minute,
            "sampled_minute": self.sampled_minute,
            "aside_since_ms": self.aside_since_ms,
            "reasons": levels.reasons,
            "aside": [(offset, block.to_bytes()) for offset, block in self.aside],
            "corrections": list(self.corrections),
            "outlooks": self.outlooks,
        }
        return (
            self.lines.to_arrays("lines")
            | self.slots.to_arrays("slots")
            | self.slots.clockless.to_arrays("clockless")
            | self.spaces.to_arrays("spaces")
            | {f"scratch.{name}": scratch[name] for name in sorted(scratch)}
            | {"level": levels.level, "since_ms": levels.since_ms, "tally": self.tally}
            | {"plain": np.frombuffer(msgspec.msgpack.encode(plain), np.uint8)}
        )

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray]) -> "State":
        """The inverse of to_arrays."""
        state, plain = cls(), msgspec.msgpack.decode(arrays["plain"].tobytes())
        state.lines = Lines.from_arrays("lines", arrays)
        state.slots = Slots.from_arrays("slots", arrays)
        if "clockless.head" in arrays:  # not in snapshots of before it was kept
            state.slots.clockless = Clockless.from_arrays("clockless", arrays)
        state.spaces = Spaces.from_arrays("spaces", arrays)
        levels = state.levels = LevelState(len(arrays["level"]))
        levels.level, levels.since_ms = arrays["level"].copy(), arrays["since_ms"].copy()
        levels.reasons = plain["reasons"]
        scratch = {name for name in arrays if name.startswith("scratch.")}
        levels.scratch = {name.removeprefix("scratch."): arrays[name].copy() for name in sorted(scratch)}
        state.codes, state.now_ms = plain["codes"], plain["now_ms"]
        state.minute, state.sampled_minute = plain["minute"], plain["sampled_minute"]
        state.aside_since_ms, state.tally = plain["aside_since_ms"], arrays["tally"].copy()
        state.aside = [(offset, Columns.from_bytes(block)) for offset, block in plain["aside"]]
        state.corrections.extend(msgspec.convert(plain.get("corrections", []), list[Correction]))
        state.outlooks = msgspec.convert(plain["outlooks"], Outlooks) if "outlooks" in plain else NO_OUTLOOK
        return state
