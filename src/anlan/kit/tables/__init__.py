"""District-editable tables: defaults from code with their sources, which a district overrides row by row on record.

    DAYS = register(Table("calendar.days", title=_("日历"), key=…, columns=(…), seeds=…))
    read("calendar.days", on=today)        # {key: {column: value}}, what holds on that date

A district's row has a reason, the clause of its own rule and a date from which it holds; each edit is one action
with its change row, may be undone, and leaves the earlier versions as they were. Pure code takes what `read` returns
as an argument; `version` names the state of the table that a decision was made with.
"""

from anlan.kit.tables.actions import reset_row, set_row, undo_row
from anlan.kit.tables.reading import Line, find_line, lines, own_values, read, story, version
from anlan.kit.tables.spec import TABLES, Seed, Table, TableColumn, register

__all__ = [
    "TABLES",
    "Line",
    "Seed",
    "Table",
    "TableColumn",
    "find_line",
    "lines",
    "own_values",
    "read",
    "register",
    "reset_row",
    "set_row",
    "story",
    "undo_row",
    "version",
]
