"""Across domains one comes in by the door: queries, actions, terms; the site and the command also by what they compose."""

import grimp
import pytest

DOORS = {"queries", "actions", "terms"}
COMPOSER_DOORS = DOORS | {"urls", "api", "workers", "replays"}
COMPOSERS = {"site", "cli"}


@pytest.fixture(scope="module")
def graph():
    return grimp.build_graph("anlan", cache_dir=None)


def entered_wrongly(importer, imported):
    """Whether this import steps into a domain otherwise than by a door that is open to the importer."""
    here, there = importer.split("."), imported.split(".")
    if there[:2] != ["anlan", "domains"] or len(there) < 3 or here[:3] == there[:3] or "tests" in here:
        return False
    doors = COMPOSER_DOORS if here[1] in COMPOSERS else DOORS
    return len(there) < 4 or there[3] not in doors


def test_everyone_comes_in_by_the_door(graph):
    wrong = [
        f"{importer} -> {imported}"
        for importer in sorted(graph.modules)
        for imported in sorted(graph.find_modules_directly_imported_by(importer))
        if entered_wrongly(importer, imported)
    ]
    open_doors = f"open are {sorted(DOORS)}; to site and cli also {sorted(COMPOSER_DOORS - DOORS)}"
    assert not wrong, "\n".join([open_doors, *wrong])


@pytest.mark.parametrize(
    ("importer", "imported", "wrong"),
    [
        ("anlan.domains.crowd.pages", "anlan.domains.places.queries", False),
        ("anlan.domains.crowd.models", "anlan.domains.places.models", True),
        ("anlan.domains.crowd.pages", "anlan.domains.places.urls", True),
        ("anlan.domains.crowd.pages", "anlan.domains.places", True),
        ("anlan.domains.crowd.pages", "anlan.domains.crowd.models", False),
        ("anlan.site.urls", "anlan.domains.places.urls", False),
        ("anlan.site.wall", "anlan.domains.places.models", True),
        ("anlan.cli", "anlan.domains.crowd.workers", False),
        ("anlan.domains.crowd.tests.test_pages", "anlan.domains.places.models", False),
    ],
)
def test_the_doors_are_told_apart(importer, imported, wrong):
    assert entered_wrongly(importer, imported) is wrong
