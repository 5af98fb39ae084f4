"""docs/glossary.toml is law: one word for one thing."""

import ast
import re
import tomllib

import pytest


@pytest.fixture(scope="module")
def words(root):
    return tomllib.loads((root / "docs/glossary.toml").read_text(encoding="utf-8"))["word"]


@pytest.fixture(scope="module")
def identifiers(root):
    """{name in snake case: where} of every class, function, argument and assigned name of the product."""
    found = {}
    for path in sorted((root / "src/anlan").rglob("*.py")):
        # Devices speak their vendors' words, the outer border of warnings CAP's.
        if {"tests", "migrations", "devices", "cap", "newrs", "feeds"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for name in names_of(node):
                found.setdefault(snake(name), f"{path.relative_to(root)}:{node.lineno}")
    return found


def names_of(node):
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return [node.name]
    if isinstance(node, ast.arg):
        return [node.arg]
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return [node.id]
    return []


def snake(name):
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def test_every_word_is_whole(words):
    for word in words:
        assert set(word) == {"zh", "code", "en", "note", "forbidden"}, word.get("zh")
        assert word["zh"] and word["code"] and word["en"], word


def test_no_word_is_given_twice(words):
    codes = [word["code"] for word in words]
    assert len(codes) == len(set(codes))


def test_forbidden_words_name_nothing(words, identifiers):
    """A forbidden word is the whole of no identifier, nor a part of one between underscores."""
    forbidden = {bad: word["code"] for word in words for bad in word["forbidden"]}
    wrong = [
        f"{where} {name}: say {forbidden[bad]}"
        for name, where in identifiers.items()
        for bad in forbidden
        if f"_{bad}_" in f"_{name}_"
    ]
    assert not wrong, "\n".join(wrong)


def test_words_in_use_are_in_the_code(words, identifiers):
    """A word that is neither unbuilt nor data occurs in the code."""
    for word in words:
        if (
            "not built yet" in word["note"]
            or "is data" in word["note"]
            or "," in word["code"]
            or "/" in word["code"]
        ):
            continue
        assert any(word["code"] in name for name in identifiers), word["code"]
