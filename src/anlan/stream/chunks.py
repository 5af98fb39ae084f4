"""The history's Parquet chunks `<from>-<to>.<flow|value>.<first>-<last minute>.parquet`: written, merged, queried.

Every one is written whole or not at all. DuckDB writes and queries; it never is the record.
"""

import functools
import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np

Rows = dict[str, np.ndarray]

MERGE_MEMORY = "512MB"
MOST_ROWS = 1_000_000  # of one look into a chunk: what stays near the processor is summed sooner
# Minutes in a row travel as distances; 32 bits are read in half the time of 64.
LAYOUT = "parquet_version v2, dictionary_size_limit 1000"
NARROW, WIDE = "integer", "bigint"
_CLOSED = {
    "flow": "select line, minute, n_in::{type} as n_in, n_out::{type} as n_out from rows_to_close",
    "value": "from rows_to_close",
}
_MERGED = {
    "flow": "select line, minute, sum(n_in)::{type} as n_in, sum(n_out)::{type} as n_out "
    "from read_parquet(?, union_by_name=true) "
    "group by line, minute having sum(n_in) <> 0 or sum(n_out) <> 0 order by line, minute",
    # Of one minute the value that ended last stays; of two for one time the one received later.
    "value": "select line, kind, t_end_ms, value from read_parquet(?, filename=true, file_row_number=true) "
    "qualify row_number() over (partition by line, kind, (t_end_ms - 1) // 60000 "
    "order by t_end_ms desc, filename desc, file_row_number desc) = 1 order by line, kind, t_end_ms",
}


def span(path: Path) -> tuple[int, int]:
    """The journal offsets that a chunk covers."""
    return int(path.name[:20]), int(path.name[21:41])


def label(path: Path) -> tuple[str, int, int]:
    """(flow or value, first minute, last minute) of a chunk."""
    _, name, minutes, _ = path.name.split(".")
    first, last = map(int, minutes.split("-"))
    return name, first, last


def outermost(paths: list[Path]) -> list[Path]:
    """The chunks that no other one of their name covers: those a merged one replaced are left out."""
    kept: list[Path] = []
    for path in sorted(paths, key=lambda each: (label(each)[0], span(each)[0], -span(each)[1])):
        before = kept[-1] if kept and label(kept[-1])[0] == label(path)[0] else None
        if before is None or span(path)[1] > span(before)[1]:
            kept.append(path)
    return sorted(kept)


def write_chunk(folder: Path, name: str, rows: Rows, minute: np.ndarray, *, start: int, end: int) -> None:
    """Write the rows of journal offsets [start, end) as a chunk; no file where there are no rows."""
    if len(minute):
        with duckdb.connect(config={"threads": 1}) as connection:
            connection.register("rows_to_close", rows)
            target = f"{start:020d}-{end:020d}.{name}.{minute.min()}-{minute.max()}.parquet"
            _write(connection, _CLOSED[name], folder / target)


def merge_chunks(paths: list[Path]) -> Path:
    """Write consecutive chunks of one name as one that covers them all; they themselves stay."""
    labels, spans = [label(path) for path in paths], [span(path) for path in paths]
    start, end = min(spans)[0], max(each[1] for each in spans)
    minutes = f"{min(each[1] for each in labels)}-{max(each[2] for each in labels)}"
    target = paths[0].with_name(f"{start:020d}-{end:020d}.{labels[0][0]}.{minutes}.parquet")
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "memory_limit": MERGE_MEMORY,
        "temp_directory": str(target.parent / "tmp"),
    }
    with duckdb.connect(config=config) as connection:
        _write(connection, _MERGED[labels[0][0]], target, [[str(path) for path in sorted(paths)]])
    return target


def _write(
    connection: duckdb.DuckDBPyConnection, query: str, path: Path, parameters: list | None = None
) -> None:
    """Write a chunk whose numbers of people are as narrow as they fit."""
    try:
        write_parquet(connection, query.format(type=NARROW), path, parameters, layout=LAYOUT)
    except duckdb.ConversionException:
        write_parquet(connection, query.format(type=WIDE), path, parameters, layout=LAYOUT)


def write_parquet(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    path: Path,
    parameters: list | None = None,
    *,
    layout: str = "parquet_version v1",
) -> None:
    """Write what a query gives, whole or not at all: beside, synced, then renamed."""
    beside = path.with_suffix(".tmp")
    target = str(beside).replace("'", "''")
    connection.execute(
        f"copy ({query}) to '{target}' (format parquet, compression zstd, {layout})", parameters
    )
    handle = os.open(beside, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    beside.rename(path)


@functools.cache
def _reader() -> duckdb.DuckDBPyConnection:
    """One for all questions: opening another takes as long as reading a million rows. Each asks by its own cursor."""
    return duckdb.connect(config={"threads": 1})


def query_chunks(
    chunks: list[Path],
    columns: str,
    where: str,
    parameters: list,
    *,
    lines: np.ndarray,
    then: str = "",
) -> Iterator[Rows]:
    """Rows of the chunks for some lines, chunk by chunk, in parts of about MOST_ROWS that follow the order within.

    `where` takes the parameters; `then` may group by line.
    """
    lines = np.unique(lines)
    if not chunks or not len(lines):
        return
    where += " and line between ? and ?"
    with _reader().cursor() as connection:
        if int(lines[-1] - lines[0]) >= len(lines):
            connection.register("wanted", {"line": lines.astype(np.int32)})
            where += " and line in (select line from wanted)"
        sql = f"select {columns} from read_parquet(?) where {where} {then}"
        for path in chunks:
            _, first, last = label(path)
            at_once = max(MOST_ROWS // (last - first + 1), 1)
            for part in np.split(lines, range(at_once, len(lines), at_once)):
                asked = [str(path), *parameters, int(part[0]), int(part[-1])]
                found = connection.execute(sql, asked).fetchnumpy()
                yield {name: np.asarray(column) for name, column in found.items()}
