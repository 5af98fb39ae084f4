"""The rulebook's tables: CSV files beside this module, read once into typed rows with basis, mark and dates.

What a table's columns are is in `data/sheets.toml`. A row whose cells are not of their columns' kinds is an error of
the product, and raises when the tables are read.
"""

import csv
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent / "data"
MARKS = frozenset("TPMSKO")
UNCONFIRMED = frozenset("MKO")  # remembered, generally known, our own choice: shown as 待核实


class Column(NamedTuple):
    """One column: its name in the file, its kind, its Chinese heading."""

    name: str
    kind: str
    zh: str

    @property
    def en(self) -> str:
        """The English heading."""
        name = self.name.removesuffix("_zh").removesuffix("_en")
        return "wording" if name in {"zh", "en"} else name.replace("_", " ")


class Sheet(NamedTuple):
    """One table: its names, its columns, which of them make the key, what rows rest on that do not say so."""

    name: str
    zh: str
    en: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    basis: str
    mark: str


@dataclass(frozen=True)
class Row:
    """One row: its values by column name, what it rests on, how sure that is, and when it holds.

    `effective_to` is the last day on which it holds; None at either end is open.
    """

    sheet: str
    key: str
    values: Mapping[str, Any]
    basis: str
    basis_zh: str
    mark: str
    effective_from: date | None
    effective_to: date | None

    @property
    def is_unconfirmed(self) -> bool:
        """Whether it must be shown as 待核实."""
        return self.mark in UNCONFIRMED

    def holds_on(self, on: date) -> bool:
        """Whether the row is in force on a date."""
        return (self.effective_from or date.min) <= on <= (self.effective_to or date.max)


@lru_cache(maxsize=1)
def sheets() -> Mapping[str, Sheet]:
    """{name: Sheet} of all tables, in the order of `sheets.toml`."""
    told = tomllib.loads((FOLDER / "sheets.toml").read_text(encoding="utf-8"))
    told.pop("version")
    return MappingProxyType({name: make_sheet(name, spec) for name, spec in told.items()})


def make_sheet(name: str, spec: dict) -> Sheet:
    """The Sheet that a section of `sheets.toml` tells."""
    columns = tuple(Column(column, *rest) for column, rest in spec["columns"].items())
    return Sheet(
        name, spec["zh"], spec["en"], tuple(spec["key"]), columns, spec.get("basis", ""), spec.get("mark", "")
    )


@lru_cache(maxsize=1)
def version() -> str:
    """The state of the law that the tables give, and eight signs that change with any sign of them."""
    state = tomllib.loads((FOLDER / "sheets.toml").read_text(encoding="utf-8"))["version"]
    contents = sha256(b"".join(path.read_bytes() for path in sorted(FOLDER.iterdir())))
    return f"{state}+{contents.hexdigest()[:8]}"


def rows(name: str, *, on: date | None = None) -> tuple[Row, ...]:
    """The rows of a table; with `on`, those in force on that date. Raises KeyError for a table that is not there."""
    return tuple(row for row in read(name) if on is None or row.holds_on(on))


def find(name: str, key: str, *, on: date | None = None) -> Row:
    """The row of a key; with `on`, only if in force on that date. Raises KeyError."""
    row = by_key(name)[key]
    if on is not None and not row.holds_on(on):
        raise KeyError(f"{name} {key} does not hold on {on}")
    return row


@lru_cache(maxsize=64)
def by_key(name: str) -> Mapping[str, Row]:
    """{key: row} of a table. Raises ValueError where two rows share a key."""
    found = {row.key: row for row in read(name)}
    if len(found) != len(read(name)):
        raise ValueError(f"{name}: two rows share a key")
    return MappingProxyType(found)


@lru_cache(maxsize=64)
def read(name: str) -> tuple[Row, ...]:
    """All rows of a table, in the order of its file. Raises KeyError, ValueError."""
    sheet = sheets()[name]
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(file, strict=True)
        if lines.fieldnames != [column.name for column in sheet.columns]:
            raise ValueError(f"{name}: columns {lines.fieldnames} are not those of sheets.toml")
        return tuple(make_row(sheet, line, lines.line_num) for line in lines)


def make_row(sheet: Sheet, line: dict, number: int) -> Row:
    """The Row of a line of the file. Raises ValueError that names the file and the line."""
    try:
        values = {column.name: VALUES[column.kind](line[column.name]) for column in sheet.columns}
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError(f"{sheet.name}.csv line {number}: {error}") from error
    basis = line.get("basis") or line.get("law") or sheet.basis
    return Row(
        sheet.name, " ".join(line[name] for name in sheet.key if line[name]), MappingProxyType(values),
        basis, line.get("basis_zh") or basis, mark_of(sheet, line),
        values.get("effective_from"), values.get("effective_to"),
    )  # fmt: skip


def mark_of(sheet: Sheet, line: dict) -> str:
    """The mark of a line; a field of warnings that the law itself asks for was read in the law."""
    return "T" if line.get("law") else (line.get("src") or sheet.mark)[:1]


def read_mark(text: str) -> str:
    """A mark, with whatever is said behind it. Raises ValueError for one that is not known."""
    if text[:1] not in MARKS or text[1:2].strip():
        raise ValueError(f"{text!r} is no source mark")
    return text


def read_span(text: str) -> tuple[float, float]:
    """The bounds of "0.43-0.60"; a single number is both of its bounds. Raises ValueError."""
    low, dash, high = text.partition("-")
    return float(low), float(high if dash else low)


VALUES: dict[str, Callable[[str], Any]] = {
    "text": str.strip,
    "en": str.strip,
    "zh": str.strip,
    "whole": lambda text: int(text) if text else None,
    "number": lambda text: float(text) if text else None,
    "span": lambda text: read_span(text) if text else None,
    "day": lambda text: date.fromisoformat(text) if text else None,
    "mark": read_mark,
}
