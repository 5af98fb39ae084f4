"""Files handed in for import (XLSX, CSV, GeoJSON, KML) as plain rows."""

from typing import NamedTuple

from anlan.domains.places.rules.columns import SHEETS, find_column
from anlan.domains.places.terms import ImportKind
from anlan.kit.features import READERS as FEATURES
from anlan.kit.features import open_features
from anlan.kit.terms import SheetFault
from anlan.kit.workbooks import Limits, UnreadableSheet, open_rows

LIMITS = Limits()


class Sheet(NamedTuple):
    """Rows as read: {"row": number in the file, "cells": {column name: value}}; unknown headings are named."""

    columns: list
    unknown: list
    rows: list


def read_sheet(name, body, *, kind=ImportKind.PLACES):
    """The Sheet in a file's bytes, with the columns of this kind; its format follows from the file's name.

    Raises UnreadableSheet.
    """
    columns = SHEETS[kind]
    labels = {column.name: column.label for column in columns}
    needed = [column.name for column in columns if column.is_required]
    opened = open_features if name.lower().rpartition(".")[2] in FEATURES else open_rows
    headings, rows = opened(
        name, body, find=lambda text: find_column(text, columns), labels=labels, needed=needed, limits=LIMITS
    )  # fmt: skip
    sheet = Sheet(*headings, [{"row": row.number, "cells": row.cells} for row in rows])
    if not sheet.rows:
        raise UnreadableSheet(SheetFault.EMPTY)
    return sheet
