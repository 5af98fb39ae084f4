"""Readings of closed journal segments as Parquet, so that the raw journal may be pruned and anyone can query them.

readings/<from>-<to>.parquet holds the frames of these journal offsets, at most about a million readings, one
row each: sensor, channel, all of `Columns` (kind by name), and the frame's offset. The journal is read, never held up.
"""

from pathlib import Path

import duckdb
import numpy as np

from anlan.stream.chunks import write_parquet
from anlan.stream.frames import Frame
from anlan.stream.journal import Journal
from anlan.stream.readings import DTYPES, Columns, Kind

ROWS = 1_000_000
_SQL = (
    "select names.sensor, names.channel, kinds.kind, rows.* exclude (kind) from rows "
    "join names on names.line = rows.line join kinds on kinds.number = rows.kind"
)


class Archive:
    """The Parquet files of one scene's readings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def closed_to(self) -> int:
        """The journal offset up to which all readings are kept here."""
        return max((int(path.stem[21:]) for path in self._files()), default=0)

    def follow(self, journal: Journal, names: list[tuple[str, str]]) -> int:
        """Keep what closed segments hold and is not kept yet; returns how many files that made."""
        made, begun = 0, max(self.closed_to, journal.start)
        if begun >= journal.closed_end:
            return 0
        self.folder.mkdir(parents=True, exist_ok=True)
        blocks: list[tuple[int, Columns]] = []
        for record in journal.read(begun):
            if record.offset >= journal.closed_end:
                break
            if sum(len(block) for _, block in blocks) >= ROWS:
                self._write(begun, record.offset, blocks, names)
                made, begun, blocks = made + 1, record.offset, []
            if record.type == Frame.READINGS:
                blocks.append((record.offset, Columns.from_bytes(record.payload)))
        self._write(begun, journal.closed_end, blocks, names)
        return made + 1

    def prune(self, *, modified_before_ms: int) -> int:
        """Delete files last written before a time, never the newest; returns how many."""
        old = [path for path in self._files()[:-1] if path.stat().st_mtime_ns < modified_before_ms * 10**6]
        for path in old:
            path.unlink()
        return len(old)

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("[0-9]*-[0-9]*.parquet"))

    def _write(
        self, start: int, end: int, blocks: list[tuple[int, Columns]], names: list[tuple[str, str]]
    ) -> None:
        block = Columns.concat([each for _, each in blocks])
        rows = {name: getattr(block, name) for name in DTYPES}
        rows["frame"] = np.repeat([at for at, _ in blocks] or [0], [len(each) for _, each in blocks] or [0])
        lines = np.unique(block.line)
        sensors, channels = (np.array([names[line][side] for line in lines], object) for side in (0, 1))
        with duckdb.connect(config={"threads": 1}) as connection:
            connection.register("rows", rows)
            connection.register("names", {"line": lines, "sensor": sensors, "channel": channels})
            kinds = np.array([kind.name.lower() for kind in Kind], object)
            connection.register("kinds", {"number": np.arange(len(kinds), dtype=np.uint8), "kind": kinds})
            write_parquet(connection, _SQL, self.folder / f"{start:020d}-{end:020d}.parquet")
