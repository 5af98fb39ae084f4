"""Every room has the same furniture, and says at its door what it is for."""

import pytest

FURNITURE = {
    "terms", "rules", "models", "queries", "actions", "pages", "forms", "api", "workers", "urls", "admin", "apps",
    "templates", "static", "migrations", "tests", "README", "__init__", "__pycache__",
}  # fmt: skip
# What one room has beyond the others, and why.
BESIDES = {
    "accounts": {"middleware"},  # whoever has a one-time password chooses his own before anything else
    "crowd": {"replays"},  # published counts replayed in a scene of their own
}


@pytest.fixture(scope="module")
def furniture(rooms):
    return {room.name: {path.stem for path in room.iterdir()} for room in rooms}


def test_there_are_rooms(furniture):
    assert {"accounts", "places", "crowd"} <= set(furniture)


def test_rooms_hold_nothing_but_the_furniture(furniture):
    odd = {name: pieces - FURNITURE - BESIDES.get(name, set()) for name, pieces in furniture.items()}
    assert not {name: pieces for name, pieces in odd.items() if pieces}


def test_every_room_has_a_readme(rooms):
    """The sentence of the letter it answers, its nouns, one diagram."""
    short = [
        room.name
        for room in rooms
        if not (room / "README.md").exists() or len((room / "README.md").read_text()) < 300
    ]
    assert not short


def test_every_room_has_tests_of_its_furniture(rooms):
    """Rules, actions and queries that exist are tested in a file of their name."""
    untested = [
        f"{room.name}/tests/test_{piece}*.py"
        for room in rooms
        for piece in ("rules", "actions", "queries", "pages", "api")
        if (room / f"{piece}.py").exists() or (room / piece).is_dir()
        if not list((room / "tests").glob(f"test_{piece}*.py"))
    ]
    assert not untested
