"""History by minute: additive rows of passages, last values of presence, and the record of baselines.

Late readings and corrections are just more rows for their minute. Rows wait in memory (and in snapshots)
and are closed into Parquet chunks `<from>-<to>.<flow|value>.<first>-<last minute>.parquet`, so that
recovery from a snapshot can drop what lies beyond it and never counts twice. DuckDB only writes chunks and queries them.
"""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from anlan.stream.chunks import Rows, label, merge_chunks, outermost, query_chunks, span, write_chunk
from anlan.stream.record import Record
from anlan.stream.state import MINUTE_MS

FLOW = {"line": "<i4", "minute": "<i4", "n_in": "<i8", "n_out": "<i8"}
VALUE = {"line": "<i4", "kind": "u1", "t_end_ms": "<i8", "value": "<f8"}
COMPACT_ROWS = 200_000
DENSE = 4  # cells per row up to which summing by cells beats sorting
MAX_PARTS = 16
MINUTES_A_DAY = 1_440
MERGED_DAYS = (1, 10)  # a place's year is then read from some forty chunks

Taken = tuple[list[Rows], list[Rows]]


def _join(parts: list[Rows], dtypes: dict[str, str]) -> Rows:
    if not parts:
        return {name: np.empty(0, dtype) for name, dtype in dtypes.items()}
    if len(parts) == 1:
        return {name: parts[0][name].astype(dtype, copy=False) for name, dtype in dtypes.items()}
    return {
        name: np.concatenate([part[name] for part in parts]).astype(dtype, copy=False)
        for name, dtype in dtypes.items()
    }


def sum_flow(rows: Rows) -> Rows:
    """One row per (line, minute), sorted; rows that cancel out are left out."""
    n = len(rows["line"])
    if n:
        first, n_minutes = int(rows["minute"].min()), int(rows["minute"].max() - rows["minute"].min()) + 1
        if int(rows["line"].max() - rows["line"].min() + 1) * n_minutes <= DENSE * n:
            return _sum_dense(rows, first, n_minutes)
    key = rows["line"].astype(np.int64) << 32 | rows["minute"]
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    if not len(starts):
        return rows
    n_in, n_out = (np.add.reduceat(rows[name][order], starts) for name in ("n_in", "n_out"))
    kept, chosen = (n_in != 0) | (n_out != 0), order[starts]
    return {
        "line": rows["line"][chosen][kept],
        "minute": rows["minute"][chosen][kept],
        "n_in": n_in[kept],
        "n_out": n_out[kept],
    }


def _sum_dense(rows: Rows, first: int, n_minutes: int) -> Rows:
    """sum_flow where the lines and minutes are few: one cell for each, no sorting."""
    lowest = int(rows["line"].min())
    cell = (rows["line"].astype(np.int64) - lowest) * n_minutes + (rows["minute"] - first)
    # Sums stay far below 2**53, where float64 is exact.
    n_lines = int(rows["line"].max()) - lowest + 1
    n_in, n_out = (
        np.bincount(cell, rows[name], n_lines * n_minutes).astype(np.int64) for name in ("n_in", "n_out")
    )
    kept = (n_in != 0) | (n_out != 0)
    by_line = kept.reshape(n_lines, n_minutes)
    minute = np.arange(first, first + n_minutes, dtype="<i4")
    return {
        "line": np.repeat(np.arange(lowest, lowest + n_lines, dtype="<i4"), by_line.sum(1)),
        "minute": np.broadcast_to(minute, by_line.shape)[by_line],
        "n_in": n_in[kept],
        "n_out": n_out[kept],
    }


def last_values(rows: Rows) -> Rows:
    """One row per (line, kind, minute): the one that ended last; of two for one time the later row."""
    minute = (rows["t_end_ms"] - 1) // MINUTE_MS
    order = np.lexsort((np.arange(len(minute)), rows["t_end_ms"], rows["kind"], rows["line"]))
    key = np.stack([rows["line"].astype(np.int64) << 3 | rows["kind"], minute])[:, order]
    last = np.flatnonzero((np.diff(key, axis=1, append=-1) != 0).any(0))
    return {name: column[order[last]] for name, column in rows.items()}


class Pending:
    """Rows in memory: parts that are compacted when they grow many, so that adding stays cheap."""

    def __init__(self, dtypes: dict[str, str], compact) -> None:
        self.dtypes, self._compact = dtypes, compact
        self.compacted: list[Rows] = []
        self.parts: list[Rows] = []
        self._n = 0

    def add(self, *columns: np.ndarray) -> None:
        """Append rows given as columns in the order of dtypes."""
        part = {
            name: np.asarray(column, dtype)
            for (name, dtype), column in zip(self.dtypes.items(), columns, strict=True)
        }
        self.parts.append(part)
        self._n += len(columns[0])
        if self._n >= COMPACT_ROWS or len(self.parts) >= COMPACT_ROWS // 10:
            self.compacted.append(self._compact(_join(self.parts, self.dtypes)))
            self.parts, self._n = [], 0
        if len(self.compacted) > MAX_PARTS:
            self.compacted = [self._compact(_join(self.compacted, self.dtypes))]

    def all_parts(self) -> list[Rows]:
        """All rows, in parts that nothing changes afterwards, the oldest first."""
        return self.compacted + self.parts

    def rows(self) -> Rows:
        """All rows, compacted."""
        return self._compact(_join(self.all_parts(), self.dtypes))


class History:
    """Minutes of all lines. Safe to query from other threads than the one that adds."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._flow, self._value = Pending(FLOW, sum_flow), Pending(VALUE, last_values)
        self._closing: list[Taken] = []
        self.record = Record()
        self.closed_to = 0
        self.muted = False  # while frames are replayed whose minutes are known

    def add_flow(self, line: np.ndarray, minute: np.ndarray, n_in: np.ndarray, n_out: np.ndarray) -> None:
        """Passages of lines by minute since 1970; they add to what is there."""
        if len(line) and not self.muted:
            with self._lock:
                self._flow.add(line, minute, n_in, n_out)

    def add_values(self, line: np.ndarray, kind: np.ndarray, t_end_ms: np.ndarray, value: np.ndarray) -> None:
        """Occupancies or densities of lines; the last of each minute stays."""
        if not self.muted:
            with self._lock:
                self._value.add(line, kind, t_end_ms, value)

    def begin_closing(self) -> Taken:
        """Hand over what waits in memory, for `finish_closing`; queries still see it."""
        with self._lock:
            taken = self._flow.all_parts(), self._value.all_parts()
            self._closing.append(taken)
            self._flow, self._value = Pending(FLOW, sum_flow), Pending(VALUE, last_values)
        return taken

    def finish_closing(self, taken: Taken, *, offset: int) -> None:
        """Write rows taken at a journal offset as a chunk `<from>-<to>`; no file where there are no rows."""
        flow, value = sum_flow(_join(taken[0], FLOW)), last_values(_join(taken[1], VALUE))
        if self.folder:
            ends = (value["t_end_ms"] - 1) // MINUTE_MS
            for name, rows, minute in (("flow", flow, flow["minute"]), ("value", value, ends)):
                write_chunk(self.folder, name, rows, minute, start=self.closed_to, end=offset)
        with self._lock:
            self._closing = [each for each in self._closing if each is not taken]
            self.closed_to = offset

    def take_back(self, taken: Taken) -> None:
        """Rows that could not be closed wait in memory again."""
        with self._lock:
            self._closing = [each for each in self._closing if each is not taken]
            self._flow.compacted[:0], self._value.compacted[:0] = taken

    def drop_beyond(self, offset: int, *, whole: bool = True) -> int:
        """Delete chunks that a recovery from `offset` makes again; returns up to where the minutes are known.

        Unless the journal is `whole` before the offset, a chunk that began before it stays: its first part
        cannot be made again.
        """
        chunks = self._all_chunks()
        stay = [path for path in chunks if span(path)[1] <= offset or (not whole and span(path)[0] < offset)]
        for path in set(chunks) - set(stay):
            path.unlink()
        self.closed_to = max([offset, *(span(path)[1] for path in stay)])
        for path in set(stay) - set(outermost(stay)):
            path.unlink()
        return self.closed_to

    def at_hand(self) -> "PastRows":
        """All rows as they are now, for questions from any thread."""
        with self._lock:
            flow = [part for taken in self._closing for part in taken[0]] + self._flow.all_parts()
            value = [part for taken in self._closing for part in taken[1]] + self._value.all_parts()
            chunks = [path for path in self._chunks() if span(path)[1] <= self.closed_to]
            return PastRows(flow, value, chunks, self.record.at_hand())

    def minutes(self, lines: np.ndarray, from_ms: int, to_ms: int) -> Rows:
        """PastRows.minutes of now."""
        return self.at_hand().minutes(lines, from_ms, to_ms)

    def values(self, lines: np.ndarray, kind: int, from_ms: int, to_ms: int) -> Rows:
        """PastRows.values of now."""
        return self.at_hand().values(lines, kind, from_ms, to_ms)

    def to_arrays(self, *, closed_to: int) -> Rows:
        """What waits in memory, for a snapshot that relies on the chunks up to `closed_to`."""
        flow, value = self._flow.rows(), self._value.rows()
        arrays = {f"flow.{name}": column for name, column in flow.items()}
        arrays |= {f"value.{name}": column for name, column in value.items()}
        return arrays | self.record.to_arrays() | {"closed_to": np.array(closed_to)}

    def load(self, arrays: Rows) -> None:
        """The inverse of to_arrays."""
        self._flow.add(*(arrays[f"flow.{name}"] for name in FLOW))
        self._value.add(*(arrays[f"value.{name}"] for name in VALUE))
        self.record, self.closed_to = Record.from_arrays(arrays), int(arrays["closed_to"])

    def merge(self, *, before_offset: int) -> int:
        """Merge the chunks of whole days, and of ten days, that end at or before an offset.

        Returns how many files that made.

        Chunks that a merged one covers are passed over by every question from then on; their files go at
        the next merging, when nobody reads them any more.
        """
        chunks = [path for path in self._all_chunks() if span(path)[1] <= before_offset]
        for path in set(chunks) - set(outermost(chunks)):
            path.unlink(missing_ok=True)
        made = 0
        for name in ("flow", "value"):
            for days in MERGED_DAYS:
                labelled = [path for path in self._chunks() if label(path)[0] == name]
                made += _merge_within([path for path in labelled if span(path)[1] <= before_offset], days)
        return made

    def prune(self, *, before_ms: int) -> int:
        """Delete the chunks whose minutes all lie before a time; returns how many."""
        old = [path for path in self._all_chunks() if label(path)[2] < before_ms // MINUTE_MS]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _all_chunks(self) -> list[Path]:
        return sorted(self.folder.glob("[0-9]*-[0-9]*.*.*-*.parquet")) if self.folder else []

    def _chunks(self) -> list[Path]:
        return outermost(self._all_chunks())


class PastRows:
    """The rows of one moment: those in memory, oldest first, and the chunks on disk, without overlap."""

    def __init__(self, flow: list[Rows], value: list[Rows], chunks: list[Path], record: Record) -> None:
        self.record = record
        self._flow, self._value, self._chunks = flow, value, chunks

    def minutes(self, lines: np.ndarray, from_ms: int, to_ms: int) -> Rows:
        """Passages of lines in minutes that start in [from_ms, to_ms): line, minute, n_in, n_out, sorted."""
        return sum_flow(_join(list(self.flow(lines, from_ms, to_ms)), FLOW))

    def flow(self, lines: np.ndarray, from_ms: int, to_ms: int) -> Iterator[Rows]:
        """What `minutes` sums, part by part as it is read: a line and minute may come several times."""
        first, end = -(-from_ms // MINUTE_MS), -(-to_ms // MINUTE_MS)
        columns, where = "line, minute, n_in, n_out", "minute >= ? and minute < ?"
        chunks = self._chunks_within("flow", first, end)
        yield from query_chunks(chunks, columns, where, [first, end], lines=lines)
        for part in self._flow:
            yield _chosen(part, lines, part["minute"], first, end)

    def passed(self, lines: np.ndarray, from_ms: int, to_ms: int, *, n_lines: int) -> np.ndarray:
        """What passed in and out, of each of the register's n_lines, in minutes that start in [from_ms, to_ms).

        int64 [2, n_lines], 0 for lines not asked for.
        """
        first, end = (min(-(-at_ms // MINUTE_MS), 2**31) for at_ms in (from_ms, to_ms))
        total = np.zeros((2, n_lines), np.int64)
        columns, then = "line, sum(n_in)::bigint as n_in, sum(n_out)::bigint as n_out", "group by line"
        chunks, where = self._chunks_within("flow", first, end), "minute >= ? and minute < ?"
        for found in query_chunks(chunks, columns, where, [first, end], lines=lines, then=then):
            total[:, found["line"]] += np.stack([found["n_in"], found["n_out"]])
        for part in self._flow:
            rows = _chosen(part, lines, part["minute"], first, end)
            np.add.at(total[0], rows["line"], rows["n_in"])
            np.add.at(total[1], rows["line"], rows["n_out"])
        return total

    def values(self, lines: np.ndarray, kind: int, from_ms: int, to_ms: int) -> Rows:
        """The last value of each line and minute that ended in (from_ms, to_ms]: line, kind, t_end_ms, value."""
        chunks = self._chunks_within("value", from_ms // MINUTE_MS, to_ms // MINUTE_MS + 1)
        columns, where = "line, kind, t_end_ms, value", "t_end_ms >= ? and t_end_ms < ?"
        wanted = list(query_chunks(chunks, columns, where, [from_ms + 1, to_ms + 1], lines=lines))
        wanted += [_chosen(part, lines, part["t_end_ms"], from_ms + 1, to_ms + 1) for part in self._value]
        rows = _join(wanted, VALUE)
        of_kind = rows["kind"] == kind
        return last_values({name: column[of_kind] for name, column in rows.items()})

    def _chunks_within(self, name: str, first: int, end: int) -> list[Path]:
        """Chunks whose minutes, as their names tell, may lie in [first, end)."""
        labels = [(path, *label(path)) for path in self._chunks]
        return [path for path, kind, low, high in labels if kind == name and low < end and high >= first]


def _merge_within(chunks: list[Path], days: int) -> int:
    """Merge the chunks of each stretch of so many days but the newest one; returns how many files that made."""
    stretches: dict[int, list[Path]] = {}
    for path in chunks:
        # A chunk of late rows alone belongs to the day in which it came: neighbours stay neighbours.
        stretch = max([label(path)[2] // (MINUTES_A_DAY * days), *stretches])
        stretches.setdefault(stretch, []).append(path)
    many = [paths for stretch, paths in stretches.items() if len(paths) > 1 and stretch < max(stretches)]
    for paths in many:
        merge_chunks(paths)
    return len(many)


def _chosen(rows: Rows, lines: np.ndarray, when: np.ndarray, start: int, end: int) -> Rows:
    mask = (when >= start) & (when < end) & np.isin(rows["line"], lines)
    return {name: column[mask] for name, column in rows.items()}
