"""Reading a file of passages: gzip CSV of (timestamp, sensor, count), one row per sensor and five minutes.

Read row by row into narrow arrays, so that memory is bounded; whatever is of another shape is refused with
its row number.
"""

import csv
import gzip
import os
import zlib
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import BinaryIO

import numpy as np

COLUMNS = ["timestamp", "sensor", "count"]
STEP_MS = 5 * 60_000
MISSING = -1
LONGEST_LINE = 1_000
LONGEST_NAME = 60
MOST_PEOPLE = 100_000  # through one station within five minutes
MOST_ROWS = 2_000_000  # three weeks of 313 stations; about 350 MB at the end of a headless run
MOST_CELLS = 20_000_000  # stations times steps, four bytes each
SHAPE = "give a gzip CSV with the columns timestamp,sensor,count, a row per station and five minutes"


class CountsRefused(ValueError):
    """The file cannot be replayed; the text says where, what is wrong and what to do."""


@dataclass(frozen=True)
class CountTable:
    """People through each sensor in steps of five minutes: int32 [sensors, steps], MISSING where no row speaks."""

    sensors: list[str]
    starts_ms: int
    people: np.ndarray


def read_counts(
    path: Path, *, zone: tzinfo, on_progress: Callable[[float], object] = lambda share: None
) -> CountTable:
    """The table of a file whose times, the starts of the steps, are local ones of `zone`.

    `on_progress` is told the share of the file that has been read. Raises CountsRefused.
    """
    path = Path(path)
    if not path.is_file():
        raise CountsRefused(f"{path} is no file: {SHAPE}; such counts do not come with the product")
    rows = _Rows(path, zone)
    try:
        with path.open("rb") as raw, gzip.open(raw) as unpacked:
            size = os.fstat(raw.fileno()).st_size
            for number, cells in enumerate(csv.reader(_lines(path, unpacked)), 1):
                rows.take(number, cells)
                if number % 5_000 == 0:
                    on_progress(raw.tell() / size)
    except (gzip.BadGzipFile, EOFError, zlib.error) as why:
        raise CountsRefused(f"{path} is not whole gzip ({why}): fetch it again; {SHAPE}") from why
    except OSError as why:
        raise CountsRefused(f"{path} cannot be read ({why.strerror}): check its permissions") from why
    except csv.Error as why:
        raise CountsRefused(f"{path} is not CSV ({why}): {SHAPE}") from why
    return rows.table()


def _lines(path: Path, unpacked: gzip.GzipFile | BinaryIO) -> Iterator[str]:
    """The lines as text; none is taken into memory that is longer than a row can be."""
    number = 0
    while line := unpacked.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise CountsRefused(f"{path}, row {number}: longer than {LONGEST_LINE} bytes: {SHAPE}")
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise CountsRefused(f"{path}, row {number}: not UTF-8: save the file in UTF-8") from None


class _Rows:
    """The rows so far, as three arrays; names and times are kept once each."""

    def __init__(self, path: Path, zone: tzinfo) -> None:
        self.path, self.zone = path, zone
        self.sensors: dict[str, int] = {}
        self.times: dict[str, int] = {}  # text → number of the five minutes since 1970
        self.sensor, self.step, self.people = array("i"), array("i"), array("i")

    def refuse(self, number: int, wrong: str) -> CountsRefused:
        return CountsRefused(f"{self.path}, row {number}: {wrong}")

    def take(self, number: int, cells: list[str]) -> None:
        """One row, the first being the names of the columns."""
        if number == 1:
            if cells != COLUMNS:
                raise self.refuse(1, f"the columns are {','.join(cells)[:80]!r}: {SHAPE}")
            return
        if len(cells) != len(COLUMNS):
            raise self.refuse(number, f"{len(cells)} columns instead of {len(COLUMNS)}: {SHAPE}")
        if number > MOST_ROWS:
            raise self.refuse(number, f"more than {MOST_ROWS:,} rows: replay a shorter time")
        time, name, count = map(str.strip, cells)
        if (step := self.times.get(time)) is None:
            step = self.times[time] = self.read_time(number, time)
        if not 0 < len(name) <= LONGEST_NAME:
            raise self.refuse(number, f"sensor {name[:80]!r} is no name of 1 to {LONGEST_NAME} characters")
        if not (count.isascii() and count.isdigit() and len(count) < 10 and int(count) <= MOST_PEOPLE):
            raise self.refuse(
                number, f"count {count[:24]!r} is no whole number from 0 to {MOST_PEOPLE:,}: correct it"
            )
        self.sensor.append(self.sensors.setdefault(name, len(self.sensors)))
        self.step.append(step)
        self.people.append(int(count))

    def read_time(self, number: int, text: str) -> int:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise self.refuse(number, f"{text[:40]!r} is no time: write it as 2016-09-01T08:05:00") from None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=self.zone)
        step, rest = divmod(round(moment.timestamp() * 1000), STEP_MS)
        if rest or step < 0:
            raise self.refuse(
                number, f"{text[:40]!r} is no start of five minutes: sum the counts up to full five minutes"
            )
        return step

    def table(self) -> CountTable:
        """All rows, by sensor and time."""
        if not self.people:
            raise CountsRefused(f"{self.path} has no rows: {SHAPE}")
        sensor, step, people = (np.frombuffer(one, np.int32) for one in (self.sensor, self.step, self.people))
        first, steps = int(step.min()), int(step.max()) - int(step.min()) + 1
        if len(self.sensors) * steps > MOST_CELLS:
            raise CountsRefused(
                f"{self.path} spans {steps:,} steps of {len(self.sensors):,} sensors: replay a shorter time"
            )
        cell = sensor.astype(np.int64) * steps + (step - first)
        order = np.argsort(cell, kind="stable")
        if len(again := order[1:][cell[order[1:]] == cell[order[:-1]]]):
            number = int(again.min()) + 2
            raise self.refuse(number, "this sensor and time were given before: keep one of the two rows")
        table = np.full(len(self.sensors) * steps, MISSING, np.int32)
        table[cell] = people
        return CountTable(list(self.sensors), first * STEP_MS, table.reshape(-1, steps))
