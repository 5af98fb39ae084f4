"""Files handed in for import (XLSX, CSV, GeoJSON) as plain rows."""

import json
from typing import NamedTuple

from anlan.domains.places.rules.columns import SHEETS, find_column
from anlan.domains.places.terms import ImportKind
from anlan.kit.terms import SheetFault
from anlan.kit.workbooks import (
    COLUMNS_MOST,
    Limits,
    UnreadableSheet,
    decode_text,
    filled,
    insist_columns,
    insist_size,
    open_rows,
    tidy,
)

LIMITS = Limits()
FEATURES = ("geojson", "json")


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
    if name.lower().rpartition(".")[2] in FEATURES:
        sheet = read_geojson(body, columns)
        insist_columns(sheet.columns, labels, needed)
    else:
        headings, rows = open_rows(
            name, body, find=lambda text: find_column(text, columns), labels=labels, needed=needed, limits=LIMITS
        )  # fmt: skip
        sheet = Sheet(*headings, [{"row": row.number, "cells": row.cells} for row in rows])
    if not sheet.rows:
        raise UnreadableSheet(SheetFault.EMPTY)
    return sheet


def read_geojson(body, columns):
    """A FeatureCollection: properties are the columns; a point gives the position, a polygon the outline."""
    insist_size(body, LIMITS)
    try:
        read = json.loads(decode_text(body), parse_constant=lambda name: None)
    except (ValueError, RecursionError) as error:
        raise UnreadableSheet(SheetFault.NOT_JSON % {"why": str(error)[:160]}) from error
    features = read.get("features") if isinstance(read, dict) else None
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise UnreadableSheet(SheetFault.NOT_COLLECTION)
    if len(features) > LIMITS.rows_most:
        raise UnreadableSheet(SheetFault.TOO_MANY_ROWS % {"most": LIMITS.rows_most})
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
