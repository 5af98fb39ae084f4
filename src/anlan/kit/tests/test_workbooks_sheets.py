"""One sheet of a workbook by its title."""

import io

import pytest
from openpyxl import Workbook

from anlan.kit.workbooks import Limits, UnreadableSheet, open_sheet

LABELS = {"a": "甲", "b": "乙"}


def book(**sheets):
    made, body = Workbook(), io.BytesIO()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    made.save(body)
    return body.getvalue()


def read(body, title="second", **more):
    return open_sheet(body, title, find=lambda text: text if text in LABELS else None, labels=LABELS, **more)


def test_a_sheet_is_found_by_its_title_with_its_own_lines():
    body = book(
        First=[("x",)],
        Second=[("a", "z", "b"), (1, 2, None), (None, None, None), ("# told", None, 3), (4, None, "=1+1")],
    )
    headings, rows = read(body)
    assert (headings.columns, headings.unknown) == (["a", "b"], ["z"])
    assert [(row.number, row.cells) for row in rows] == [(2, {"a": 1}), (5, {"a": 4, "b": "=1+1"})]


def test_a_sheet_that_is_not_there_or_empty_is_none():
    assert read(book(First=[("a",)])) is None
    assert read(book(Second=[])) is None


def test_what_is_wrong_with_a_sheet_is_said():
    for body, more in (
        (book(Second=[("a",), *[(n,) for n in range(9)]]), {"limits": Limits(rows_most=5)}),
        (book(Second=[("a", "a")]), {}),
        (book(Second=[("a",)]), {"needed": ("b",)}),
        (b"PK no book", {}),
        (b"0" * 99, {"limits": Limits(bytes_most=9)}),
    ):
        with pytest.raises(UnreadableSheet):
            read(body, **more)
