"""The record of baselines and estimates: what the number of people in a space was set to, and when.

Between two baselines a space's past is reckoned from passages; the record says what the first of them set and what
the second one found. A passage that comes late, of before a baseline, changes what that baseline found, no more.
"""

import copy
import threading
from typing import Any, ClassVar, Self

import msgspec
import numpy as np

from anlan.stream.rows import Rows

KEPT = 1_000_000  # rows; of 1,000 spaces with a baseline each night the newest 2.7 years


class BaselineRows(Rows):
    """One row a baseline. `before` is what the number had been, not rounded; factor and spread hold from here on.

    segment_in: people who came in since the baseline before; day_in, day_out: since the nightly one before;
    imputed: passages of them that were estimated. `space` counts through the record's own list of codes.
    """

    COLUMNS: ClassVar = {
        "space": ("<i4", (), 0),
        "minute": ("<i8", (), 0),  # the first one that is counted from it
        "is_nightly": ("?", (), 0),
        "value": ("<i8", (), 0),
        "before": ("<f8", (), 0),
        "segment_in": ("<i8", (), 0),
        "day_in": ("<i8", (), 0),
        "day_out": ("<i8", (), 0),
        "imputed": ("<i8", (), 0),
        "factor": ("<f8", (), 1),
        "spread": ("<f8", (), 0),
    }


class EstimateRows(Rows):
    """What an estimate added to the number of people in a space, by minute."""

    COLUMNS: ClassVar = {"space": ("<i4", (), 0), "minute": ("<i8", (), 0), "added": ("<f8", (), 0)}


class Record:
    """Baselines and estimates of all spaces, the newest KEPT of each."""

    def __init__(self) -> None:
        self.codes: list[str] = []
        self.index: dict[str, int] = {}
        self.baselines, self.estimates = BaselineRows(), EstimateRows()
        self.cut: set[int] = set()  # spaces whose oldest baselines are forgotten
        self._sorted: tuple[np.ndarray, np.ndarray] | None = None
        self._lock = threading.RLock()

    def _places(self, spaces: list[str]) -> np.ndarray:
        for code in spaces:
            if code not in self.index:
                self.index[code] = len(self.codes)
                self.codes.append(code)
        return np.array([self.index[code] for code in spaces], np.int64)

    def add_baselines(self, spaces: list[str], **columns: Any) -> None:
        """Append a baseline of each space; columns as in BaselineRows."""
        with self._lock:
            self.baselines = self._append(self.baselines, spaces, columns)
            self._sorted = None

    def add_estimates(self, spaces: list[str], *, minute: int, added: np.ndarray) -> None:
        """Append what an estimate added in a minute."""
        with self._lock:
            self.estimates = self._append(self.estimates, spaces, {"minute": minute, "added": added})

    def _append(self, rows: Rows, spaces: list[str], columns: dict[str, Any]) -> Any:
        if rows.n + len(spaces) > KEPT:
            rows = self._shortened(rows)
        new = slice(rows.n, rows.n + len(spaces))
        rows.grow(new.stop)
        rows.space[new] = self._places(spaces)
        for name, column in columns.items():
            getattr(rows, name)[new] = column
        return rows

    def _shortened(self, rows: Rows) -> Rows:
        """The rows without the oldest quarter of KEPT."""
        gone = min(KEPT // 4, rows.n)
        if isinstance(rows, BaselineRows):
            self.cut |= set(np.unique(rows.space[:gone]).tolist())
        kept = type(rows)(rows.n - gone)
        kept.copy_rows(rows, np.arange(kept.n), np.arange(gone, rows.n))
        return kept

    def count_early(self, spaces: list[str], minute: np.ndarray, n_in: np.ndarray, n_out: np.ndarray) -> None:
        """Passages of minutes before a baseline of their space: the next baseline would have found them."""
        rows, space = self.baselines, self._places(spaces)
        order, key = self._by_time()
        if not len(key):
            return
        at, found = self._next(order, key, space, minute)
        factor = self._factor_before(order, at)
        np.add.at(rows.before, order[at[found]], (factor * n_in - n_out)[found])
        np.add.at(rows.segment_in, order[at[found]], n_in[found])
        nightly = rows.is_nightly[order]
        order, key = order[nightly], key[nightly]
        at, found = self._next(order, key, space, minute)
        np.add.at(rows.day_in, order[at[found]], n_in[found])
        np.add.at(rows.day_out, order[at[found]], n_out[found])

    def _by_time(self) -> tuple[np.ndarray, np.ndarray]:
        """Positions of the baselines by space and minute, those of one minute as they came; and their keys."""
        if self._sorted is None:
            n = self.baselines.n
            key = self.baselines.space[:n].astype(np.int64) << 32 | self.baselines.minute[:n]
            order = np.argsort(key, kind="stable")
            self._sorted = order, key[order]
        return self._sorted

    def _next(
        self, order: np.ndarray, key: np.ndarray, space: np.ndarray, minute: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Where in `order` the first baseline of each space after each minute is, and whether there is one."""
        at = np.searchsorted(key, space << 32 | minute, side="right")
        found = at < len(key)
        at = np.where(found, at, 0)
        return at, (found & (key[at] >> 32 == space) if len(key) else found)

    def _factor_before(self, order: np.ndarray, at: np.ndarray) -> np.ndarray:
        """The factor that was in force until each baseline: 1 before a space's first one."""
        before = np.maximum(at - 1, 0)
        same = (at > 0) & (self.baselines.space[order[before]] == self.baselines.space[order[at]])
        return np.where(same, self.baselines.factor[order[before]], 1.0)

    def of(self, space: str) -> dict[str, np.ndarray]:
        """The baselines of a space in order of time, as copies."""
        order, key = self._by_time()
        place = self.index.get(space, -1)
        chosen = order[np.searchsorted(key, place << 32) : np.searchsorted(key, place + 1 << 32)]
        return {name: getattr(self.baselines, name)[chosen] for name in BaselineRows.COLUMNS}

    def at_hand(self) -> "Record":
        """The record as it is now, for questions from any thread."""
        with self._lock:
            self._by_time()
            kept = copy.copy(self)
            kept.baselines, kept.estimates = copy.copy(self.baselines), copy.copy(self.estimates)
            return kept

    def is_cut(self, space: str) -> bool:
        """Whether older baselines of a space are forgotten."""
        return self.index.get(space, -1) in self.cut

    def estimates_of(self, space: str) -> dict[str, np.ndarray]:
        """The estimates of a space, as copies."""
        rows, n = self.estimates, self.estimates.n
        chosen = rows.space[:n] == self.index.get(space, -1)
        return {name: getattr(rows, name)[:n][chosen] for name in EstimateRows.COLUMNS}

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Everything, for a snapshot."""
        plain = np.frombuffer(msgspec.msgpack.encode((self.codes, sorted(self.cut))), np.uint8)
        arrays = self.baselines.to_arrays("baselines") | self.estimates.to_arrays("estimates")
        return {name: array.copy() for name, array in arrays.items()} | {"record": plain}

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray]) -> Self:
        """The inverse of to_arrays."""
        record = cls()
        record.codes, cut = msgspec.msgpack.decode(arrays["record"].tobytes())
        record.index, record.cut = {code: at for at, code in enumerate(record.codes)}, set(cut)
        record.baselines = BaselineRows.from_arrays("baselines", arrays)
        record.estimates = EstimateRows.from_arrays("estimates", arrays)
        return record
