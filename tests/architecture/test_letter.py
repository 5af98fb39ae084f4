"""docs/letter.md maps every row of the mission once, to folders and to proofs that exist."""

import re

import pytest

ROWS = {"A": 10, "B": 8, "C": 3, "D": 6, "E": 8, "F": 4, "G": 3, "H": 8, "X": 10}
LINK = re.compile(r"\[[^\]]+\]\(([^)]+)\)")
NOT_BUILT = "not built yet"


@pytest.fixture(scope="module")
def page(root):
    return root / "docs/letter.md"


@pytest.fixture(scope="module")
def lines(page):
    """(row, its cells) of every line of the tables."""
    found = re.findall(r"^\| ([A-Z]\d+) \| (.+) \|$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return [(row, rest.split(" | ")) for row, rest in found]


def test_every_row_appears_once(lines):
    wanted = [f"{letter}{number}" for letter, most in ROWS.items() for number in range(1, most + 1)]
    assert sorted(row for row, _ in lines) == sorted(wanted)


def test_the_rows_are_those_of_the_mission(shared, lines):
    """Where the mission lies beside the project, nothing of it is forgotten here."""
    mission = (shared / "mission.md").read_text(encoding="utf-8")
    assert {row for row, _ in lines} == set(re.findall(r"^\| ([A-Z]\d+) \|", mission, re.MULTILINE))


def test_what_is_named_exists(page, lines):
    """Every folder and every test that a row links to is there."""
    missing = [
        (row, link)
        for row, cells in lines
        for link in LINK.findall(" ".join(cells))
        if not (page.parent / link).exists()
    ]
    assert not missing


def test_a_row_that_works_has_its_proof_and_one_that_does_not_claims_none(lines):
    for row, (_letter, folder, works, proof) in lines:
        assert folder, row
        assert works.startswith(NOT_BUILT) == (proof == "–"), row


def test_every_proof_is_named(root, lines):
    """A test of the letter that no row names would prove nothing to anybody."""
    named = {
        link.rpartition("/")[2]
        for _, cells in lines
        for link in LINK.findall(cells[-1])
        if "/letter/" in link
    }
    assert {path.name for path in (root / "tests/letter").glob("test_*.py")} == named


def test_folders_without_a_link_are_not_built(root, lines):
    """A folder in plain code is one to come; once it is there, it is linked."""
    plain = {name for _, cells in lines for name in re.findall(r"`([a-z_/]+)`", cells[1])}
    assert [name for name in plain if (root / "src/anlan" / name).exists()] == []
