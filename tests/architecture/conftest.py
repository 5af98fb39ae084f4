"""The source as the architecture tests read it: every module of the package, parsed once."""

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/anlan"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
LEFT_OUT = {"tests", "migrations", "dist", "__pycache__"}


@dataclass(frozen=True)
class Module:
    """One file of source, parsed."""

    path: Path

    @property
    def where(self):
        return self.path.relative_to(ROOT).as_posix()

    @property
    def parts(self):
        """Its dotted name below `anlan`, as a tuple: ("domains", "places", "rules")."""
        return tuple(
            part for part in self.path.relative_to(PACKAGE).with_suffix("").parts if part != "__init__"
        )

    @cached_property
    def text(self):
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self):
        return ast.parse(self.text, str(self.path))

    @property
    def length(self):
        return len(self.text.splitlines())

    @property
    def functions(self):
        """Every function and method, however deep."""
        return [node for node in ast.walk(self.tree) if isinstance(node, FUNCTIONS)]

    def is_a(self, furniture):
        """Whether it is this piece of a room's furniture: places/rules.py, or a file of the folder places/rules."""
        return self.parts[:1] == ("domains",) and self.parts[2:3] == (furniture,)


def is_test(path):
    return bool(LEFT_OUT & set(path.relative_to(PACKAGE).parts)) or re.match(
        r"(test_.*|conftest)\.py", path.name
    )


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def modules():
    """Every module of the package but tests and migrations."""
    return [Module(path) for path in sorted(PACKAGE.rglob("*.py")) if not is_test(path)]


@pytest.fixture(scope="session")
def rooms():
    """The folders of the domains that are built."""
    return sorted(path.parent for path in (PACKAGE / "domains").glob("*/__init__.py"))
