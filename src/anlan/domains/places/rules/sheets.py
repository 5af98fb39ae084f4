"""Files handed in for import (XLSX, CSV, GeoJSON) as plain rows; anything doubtful is refused, never guessed.

Formulas are not evaluated. Rows whose first cell starts with "#" are explanations and left out.
"""

import csv
import io
import json
import re
import zipfile
from typing import NamedTuple

from openpyxl import load_workbook

from anlan.domains.places.rules.columns import SHEETS, find_column
from anlan.domains.places.terms import COMMA, ImportKind, SheetFault

BYTES_MOST = 10 * 2**20
ROWS_MOST = 20_000
COLUMNS_MOST = 60
UNPACKED_MOST = 100 * 2**20
MEMBERS_MOST = 1_000
BLANK_RUN = 1_000  # so many empty rows in a row end a sheet that declares a million
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
DELIMITERS = (",", "\t", ";")


class UnreadableSheet(ValueError):
    """The file as a whole is refused; its text says why and what to do."""


class Sheet(NamedTuple):
    """Rows as read: {"row": number in the file, "cells": {column name: value}}; unknown headings are named."""

    columns: list
    unknown: list
    rows: list


def read_sheet(name, body, *, kind=ImportKind.PLACES):
    """The Sheet in a file's bytes, with the columns of this kind; its format follows from the file's name.

    Raises UnreadableSheet.
    """
    if len(body) > BYTES_MOST:
        raise UnreadableSheet(SheetFault.TOO_LARGE % {"size": len(body) / 2**20, "most": BYTES_MOST // 2**20})
    ending = name.lower().rpartition(".")[2]
    if ending == "xls":
        raise UnreadableSheet(SheetFault.OLD_EXCEL)
    if ending not in READERS:
        raise UnreadableSheet(SheetFault.FORMAT % {"name": name[:80]})
    sheet = READERS[ending](body, SHEETS[kind])
    check_columns(sheet.columns, SHEETS[kind])
    if not sheet.rows:
        raise UnreadableSheet(SheetFault.EMPTY)
    return sheet


def check_columns(names, columns):
    """Raise UnreadableSheet unless every needed column is there, once; `names` are those found."""
    if twice := [column for column in columns if names.count(column.name) > 1]:
        raise UnreadableSheet(SheetFault.COLUMN_TWICE % {"names": name_columns(twice)})
    if missing := [column for column in columns if column.is_required and column.name not in names]:
        raise UnreadableSheet(SheetFault.COLUMN_MISSING % {"names": name_columns(missing)})


def name_columns(columns):
    """The labels of columns, as a refusal names them."""
    return str(COMMA).join(str(column.label) for column in columns)


def read_xlsx(body, columns):
    """The first sheet of a workbook, read as a stream."""
    check_archive(body)
    try:
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # a declared size is not believed
        return read_table(sheet.iter_rows(max_col=COLUMNS_MOST + 1, values_only=True), columns)
    except UnreadableSheet:
        raise
    except Exception as error:  # openpyxl raises whatever its XML meets; the file is at fault, not we
        raise UnreadableSheet(
            SheetFault.NOT_XLSX % {"why": f"{type(error).__name__}: {error}"[:160]}
        ) from error


def check_archive(body):
    """Raise UnreadableSheet for what is no zip, swells when unpacked, or declares XML entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = archive.infolist()
            size = sum(member.file_size for member in members)
            if size > UNPACKED_MOST or len(members) > MEMBERS_MOST:
                raise UnreadableSheet(SheetFault.SWELLS % {"size": size / 2**20})
            for member in members:
                if b"<!" in archive.open(member).read(4096) and member.filename.endswith((".xml", ".rels")):
                    raise UnreadableSheet(SheetFault.ENTITIES)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise UnreadableSheet(SheetFault.NOT_XLSX % {"why": str(error)[:160]}) from error


def read_csv(body, columns):
    """A table of comma-, tab- or semicolon-separated values in UTF-8, UTF-16 with mark, or GB 18030."""
    text = decode_text(body)
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        return read_table(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), columns)
    except csv.Error as error:
        raise UnreadableSheet(SheetFault.NOT_CSV % {"why": error}) from error


def decode_text(body):
    """The text in these bytes, by its mark, as UTF-8, or as GB 18030. Raises UnreadableSheet."""
    codings = ("utf-16",) if body[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "gb18030")
    for coding in codings:
        try:
            return body.decode(coding)
        except UnicodeDecodeError:
            continue
    raise UnreadableSheet(SheetFault.NOT_TEXT)


def read_table(lines, columns):
    """Heading and rows of a table whose first line that is not empty holds the headings."""
    numbered = enumerate((list(line) for line in lines), 1)
    first = next((line for _number, line in numbered if any(map(filled, line))), [])
    width = max((place for place, cell in enumerate(first, 1) if filled(cell)), default=0)
    if width > COLUMNS_MOST:
        raise UnreadableSheet(SheetFault.TOO_MANY_COLUMNS % {"most": COLUMNS_MOST})
    headings = [str(tidy(cell)) for cell in first[:width]]
    found = [find_column(heading, columns) for heading in headings]
    rows, blanks = [], 0
    for number, line in numbered:
        if not any(map(filled, line)):
            blanks += 1
            if blanks >= BLANK_RUN:
                break
            continue
        blanks = 0
        if str(line[0] or "").lstrip().startswith("#"):
            continue
        if len(rows) >= ROWS_MOST:
            raise UnreadableSheet(SheetFault.TOO_MANY_ROWS % {"most": ROWS_MOST})
        cells = {name: tidy(cell) for name, cell in zip(found, line, strict=False) if name and filled(cell)}
        rows.append({"row": number, "cells": cells})
    unknown = [
        str(heading)[:80] for heading, name in zip(headings, found, strict=True) if heading and not name
    ]
    return Sheet([name for name in found if name], unknown, rows)


def read_geojson(body, columns):
    """A FeatureCollection: properties are the columns; a point gives the position, a polygon the outline."""
    try:
        read = json.loads(decode_text(body), parse_constant=lambda name: None)
    except (ValueError, RecursionError) as error:
        raise UnreadableSheet(SheetFault.NOT_JSON % {"why": str(error)[:160]}) from error
    features = read.get("features") if isinstance(read, dict) else None
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise UnreadableSheet(SheetFault.NOT_COLLECTION)
    if len(features) > ROWS_MOST:
        raise UnreadableSheet(SheetFault.TOO_MANY_ROWS % {"most": ROWS_MOST})
    headings = {heading for feature in features for heading in properties_of(feature)}
    if len(headings) > COLUMNS_MOST:
        raise UnreadableSheet(SheetFault.TOO_MANY_COLUMNS % {"most": COLUMNS_MOST})
    found = {heading: find_column(heading, columns) for heading in headings}
    known = {column.name for column in columns}
    rows = [
        {"row": number, "cells": {name: cell for name, cell in read_feature(feature, found).items() if name in known}}
        for number, feature in enumerate(features, 1)
    ]  # fmt: skip
    present = sorted(
        {name for row in rows for name in row["cells"]} | {name for name in found.values() if name}
    )
    return Sheet(present, sorted(heading[:80] for heading, name in found.items() if not name), rows)


def properties_of(feature):
    """A feature's properties; none where they are no mapping."""
    properties = feature.get("properties")
    return properties if isinstance(properties, dict) else {}


def read_feature(feature, found):
    """One feature's cells: its properties by column ({heading: name}), its geometry as position or outline."""
    named = [(found[heading], value) for heading, value in properties_of(feature).items()]
    cells = {name: tidy(value) for name, value in named if name and filled(value)}
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict):
        return cells
    place = geometry.get("coordinates")
    if geometry.get("type") == "Point" and isinstance(place, list) and len(place) >= 2:
        return cells | {"lon": tidy(place[0]), "lat": tidy(place[1])}
    return cells | {"outline": geometry}


def filled(cell):
    """Whether a cell holds anything but spaces."""
    return cell is not None and str(cell).strip() != ""


def tidy(cell):
    """A cell as plain JSON: numbers and outlines stay, whole floats become integers, texts lose control signs."""
    if isinstance(cell, bool | int | dict):
        return cell
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else cell
    return CONTROLS.sub(" ", str(cell)).strip() if cell is not None else ""


READERS = {
    "xlsx": read_xlsx,
    "csv": read_csv,
    "txt": read_csv,
    "geojson": read_geojson,
    "json": read_geojson,
}
