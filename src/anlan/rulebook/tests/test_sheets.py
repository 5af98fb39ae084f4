"""Every row of the rulebook against its schema, and nothing of the shared tables lost or altered."""

from datetime import date

import pytest

from anlan.rulebook import find, rows, sheets, version
from anlan.rulebook.sheets import FOLDER, MARKS, make_row

EVERY_ROW = [row for name in sheets() for row in rows(name)]


def test_every_file_is_a_table_and_every_table_a_file():
    assert {path.stem for path in FOLDER.glob("*.csv")} == set(sheets())


@pytest.mark.parametrize("row", EVERY_ROW, ids=lambda row: f"{row.sheet}-{row.key}")
def test_a_row_has_its_basis_its_mark_and_sane_dates(row):
    assert row.key and row.basis.strip() and row.basis_zh.strip()
    assert row.mark in MARKS
    for day in (row.effective_from, row.effective_to):
        assert day is None or date(1990, 1, 1) <= day <= date(2030, 1, 1)
    assert (row.effective_from or date.min) <= (row.effective_to or date.max)


@pytest.mark.parametrize("name", list(sheets()))
def test_a_key_names_one_row(name):
    assert [find(name, row.key) for row in rows(name)] == list(rows(name))


def test_a_limit_is_of_known_words():
    for row in rows("deadlines"):
        told = row.values
        assert told["direction"] in {"before", "after"} and told["day_kind"] in {"calendar", "working"}
        assert told["unit"] in {"minute", "hour", "day", "month", "year"} and told["limit"] >= 0
        assert told["unit"] == "day" or told["day_kind"] == "calendar"


def test_a_rule_of_counting_names_a_limit_that_is_there():
    for row in rows("clock_rules"):
        assert row.values["rule_id"] == "" or find("deadlines", row.values["rule_id"])


def test_nothing_of_the_shared_tables_is_lost_or_altered(shared):
    told = {path.name: path.read_text(encoding="utf-8") for path in (shared / "rules").glob("*.csv")}
    assert told == {name: (FOLDER / name).read_text(encoding="utf-8") for name in told} != {}


def test_what_is_remembered_is_unconfirmed_and_what_was_read_is_not():
    assert find("deadlines", "SH-ORAL").is_unconfirmed and not find("deadlines", "EV-DECIDE").is_unconfirmed


def test_a_row_that_no_longer_holds_is_not_found():
    assert find("deadlines", "EN-REVIEW", on=date(2026, 1, 31))
    with pytest.raises(KeyError):
        find("deadlines", "EN-REVIEW", on=date(2026, 2, 1))
    assert "EN-REVIEW" not in {row.key for row in rows("deadlines", on=date(2026, 11, 24))}


@pytest.mark.parametrize(
    ("column", "text"), [("limit", "ten"), ("src", "X"), ("effective_from", "2026-02-30")]
)
def test_a_wrong_cell_is_named_with_its_line(column, text):
    line = dict.fromkeys(find("deadlines", "EV-APPLY").values, "") | {"src": "T", column: text}
    with pytest.raises(ValueError, match="line 7"):
        make_row(sheets()["deadlines"], line, 7)


def test_the_version_names_the_state_of_the_law():
    assert version().startswith("2026-11-23+") and len(version()) == 19
