"""Files of rows, XLSX and CSV, read as a stream; anything doubtful is refused, never guessed.

    headings, rows = open_rows(name, body, find=find_column, labels={"code": _("编号"), …}, needed=("code",))
    for row in rows:            # SheetRow(number in the file, {column name: value})

Formulas are not evaluated. Rows whose first cell starts with "#" are explanations and left out.
"""

import csv
import io
import re
import zipfile
from typing import NamedTuple

from django.utils.translation import gettext
from openpyxl import load_workbook

from anlan.kit.terms import SheetFault

COLUMNS_MOST = 60
MEMBERS_MOST = 1_000
BLANK_RUN = 1_000  # so many empty rows in a row end a sheet that declares a million
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
DELIMITERS = (",", "\t", ";")
MIB = 2**20


class UnreadableSheet(ValueError):
    """The file as a whole is refused; its text says why and what to do."""


class Limits(NamedTuple):
    """How large a file may be: as it comes, unpacked, and in rows."""

    bytes_most: int = 10 * MIB
    unpacked_most: int = 100 * MIB
    rows_most: int = 20_000


class SheetRow(NamedTuple):
    """One row as read: its line in the file, and {column name: value} of the cells that hold something."""

    number: int
    cells: dict


class Headings(NamedTuple):
    """The columns of a file: by name those that are known, in its order, and the headings of those that are not."""

    columns: list
    unknown: list


def open_rows(name, body, *, find, labels, needed=(), limits=Limits()):  # noqa: B008 a tuple, never altered
    """(Headings, iterator of SheetRows) of a file's bytes; its format follows from the file's name.

    `find(heading)` gives the column's name or None, `labels` what people call the columns. Raises UnreadableSheet, the
    iterator too, where a fault lies further down.
    """
    insist_size(body, limits)
    ending = name.lower().rpartition(".")[2]
    if ending == "xls":
        raise UnreadableSheet(SheetFault.OLD_EXCEL)
    if ending not in READERS:
        raise UnreadableSheet(SheetFault.FORMAT % {"name": name[:80]})
    lines = READERS[ending](body, limits)
    numbered = enumerate((list(line) for line in lines), 1)
    first = next((line for _number, line in numbered if any(map(filled, line))), [])
    headings, found = read_headings(first, find)
    insist_columns(headings.columns, labels, needed)
    return headings, read_lines(numbered, found, limits)


def open_sheet(body, title, *, find, labels, needed=(), limits=Limits()):  # noqa: B008 a tuple, never altered
    """(Headings, [SheetRow]) of the sheet of this title in a workbook's bytes; None where there is no such sheet, or an empty one.

    Raises UnreadableSheet.
    """
    insist_size(body, limits)
    numbered = enumerate((list(line) for line in read_xlsx(body, limits, title=title)), 1)
    first = next((line for _number, line in numbered if any(map(filled, line))), None)
    if first is None:
        return None
    headings, found = read_headings(first, find)
    insist_columns(headings.columns, labels, needed)
    return headings, list(read_lines(numbered, found, limits))


def insist_size(body, limits):
    """Raise UnreadableSheet for a file that is larger than the limits allow."""
    if len(body) > limits.bytes_most:
        raise UnreadableSheet(
            SheetFault.TOO_LARGE % {"size": len(body) / MIB, "most": limits.bytes_most // MIB}
        )


def read_headings(line, find):
    """(Headings, the column name or None by place) of the line of headings."""
    width = max((place for place, cell in enumerate(line, 1) if filled(cell)), default=0)
    if width > COLUMNS_MOST:
        raise UnreadableSheet(SheetFault.TOO_MANY_COLUMNS % {"most": COLUMNS_MOST})
    texts = [str(tidy(cell)) for cell in line[:width]]
    found = [find(text) for text in texts]
    unknown = [text[:80] for text, name in zip(texts, found, strict=True) if text and not name]
    return Headings([name for name in found if name], unknown), found


def insist_columns(names, labels, needed):
    """Raise UnreadableSheet unless every needed column is there, and none twice."""
    comma = gettext("、")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        named = comma.join(str(labels[name]) for name in twice)
        raise UnreadableSheet(SheetFault.COLUMN_TWICE % {"names": named})
    if missing := [str(labels[name]) for name in needed if name not in names]:
        raise UnreadableSheet(SheetFault.COLUMN_MISSING % {"names": comma.join(missing)})


def read_lines(numbered, found, limits):
    """The SheetRows below the headings."""
    count = blanks = 0
    for number, line in numbered:
        if not any(map(filled, line)):
            blanks += 1
            if blanks >= BLANK_RUN:
                return
            continue
        blanks = 0
        if str(line[0] or "").lstrip().startswith("#"):
            continue
        count += 1
        if count > limits.rows_most:
            raise UnreadableSheet(SheetFault.TOO_MANY_ROWS % {"most": limits.rows_most})
        cells = {name: tidy(cell) for name, cell in zip(found, line, strict=False) if name and filled(cell)}
        yield SheetRow(number, cells)


def read_xlsx(body, limits, title=None):
    """The lines of a workbook's first sheet, or of the one of this title (none where it is not there), as a stream."""
    check_archive(body, limits)
    try:
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0] if title is None else find_sheet(book, title)
        if sheet is None:
            return
        sheet.reset_dimensions()  # a declared size is not believed
        yield from sheet.iter_rows(max_col=COLUMNS_MOST + 1, values_only=True)
    except Exception as error:  # openpyxl raises whatever its XML meets; the file is at fault, not we
        why = f"{type(error).__name__}: {error}"[:160]
        raise UnreadableSheet(SheetFault.NOT_XLSX % {"why": why}) from error


def find_sheet(book, title):
    """The worksheet of this title, in capitals or not; None where there is none."""
    return next((sheet for sheet in book.worksheets if sheet.title.strip().lower() == title), None)


def check_archive(body, limits):
    """Raise UnreadableSheet for what is no zip, swells when unpacked, or declares XML entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = archive.infolist()
            size = sum(member.file_size for member in members)
            if size > limits.unpacked_most or len(members) > MEMBERS_MOST:
                raise UnreadableSheet(SheetFault.SWELLS % {"size": size / MIB})
            for member in members:
                if b"<!" in archive.open(member).read(4096) and member.filename.endswith((".xml", ".rels")):
                    raise UnreadableSheet(SheetFault.ENTITIES)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise UnreadableSheet(SheetFault.NOT_XLSX % {"why": str(error)[:160]}) from error


def read_csv(body, limits):
    """The lines of comma-, tab- or semicolon-separated values in UTF-8, UTF-16 with mark, or GB 18030."""
    text = decode_text(body)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=find_delimiter(text))
    except csv.Error as error:
        raise UnreadableSheet(SheetFault.NOT_CSV % {"why": error}) from error


def find_delimiter(text):
    """What separates the cells of a CSV text: the sign that its first line has most of."""
    return max(DELIMITERS, key=text.partition("\n")[0].count)


def decode_text(body):
    """The text in these bytes, by its mark, as UTF-8, or as GB 18030. Raises UnreadableSheet."""
    codings = ("utf-16",) if body[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "gb18030")
    for coding in codings:
        try:
            return body.decode(coding)
        except UnicodeDecodeError:
            continue
    raise UnreadableSheet(SheetFault.NOT_TEXT)


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


READERS = {"xlsx": read_xlsx, "csv": read_csv, "txt": read_csv}
