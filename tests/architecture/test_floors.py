"""The contracts of .importlinter hold, and each of them catches a violation planted for it."""

import os
import re
import shutil
import subprocess
import sys

import pytest

LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_logo=True))"

# contract → (file, line planted in it, how the report names it)
PLANTED = {
    "Imports go down the floors of the house": (
        "kit/planted_floor.py", "import anlan.domains.accounts.terms", "anlan.kit.planted_floor -> anlan.domains.accounts.terms",
    ),
    "A domain knows only the domains on lower lines": (
        "domains/accounts/planted_line.py", "import anlan.domains.crowd.terms",
        "anlan.domains.accounts.planted_line -> anlan.domains.crowd.terms",
    ),
    "In a room, pages stand on actions": (
        "domains/places/terms.py", "import anlan.domains.places.models", "anlan.domains.places.terms -> anlan.domains.places.models",
    ),
    "The reading path and the adapters do not know Django": (
        "stream/planted_django.py", "import django.db", "anlan.stream.planted_django -> django",
    ),
    "Rules take plain values: no Django, no kit": (
        "domains/accounts/rules.py", "import anlan.kit.worker", "anlan.domains.accounts.rules -> anlan.kit.worker",
    ),
    "Rules never see a database row, not even by a detour": (
        "domains/places/rules.py", "import anlan.domains.accounts.models", "anlan.domains.places.rules -> anlan.domains.accounts.models",
    ),
    "Only notices, emergency and gatherings may write notices": (
        "domains/crowd/planted_voice.py", "import anlan.domains.notices.actions",
        "anlan.domains.crowd.planted_voice -> anlan.domains.notices.actions",
    ),
    "No rings of imports between siblings": (
        "site/planted_a.py", "import anlan.site.planted_b", "anlan.site",
    ),
}  # fmt: skip
ROOM_NOT_ON_THE_PLAN = "domains/planted_room/__init__.py"


def lint(folder, source):
    """lint-imports' exit code and report, on the package as it stands in `source`."""
    env = os.environ | {"PYTHONPATH": str(source), "COLUMNS": "400", "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(
        [sys.executable, "-c", LINT], cwd=folder, env=env, capture_output=True, text=True, timeout=120
    )
    return ran.returncode, ran.stdout + ran.stderr


def verdict(report, contract):
    """KEPT or BROKEN, as the report says of this contract."""
    line = next(line for line in report.splitlines() if line.startswith(contract))
    return "BROKEN" if "BROKEN" in line else "KEPT"


@pytest.fixture(scope="module")
def planted(root, tmp_path_factory):
    """The report on a copy of the package in which every contract is broken once."""
    folder = tmp_path_factory.mktemp("planted")
    only_python = shutil.ignore_patterns(
        "static", "dist", "templates", "locale", "tests", "__pycache__", "samples"
    )
    shutil.copytree(root / "src", folder / "src", ignore=only_python)
    shutil.copy(root / ".importlinter", folder)
    lines = [(path, line) for path, line, _ in PLANTED.values()]
    lines += [("site/planted_b.py", "import anlan.site.planted_a"), (ROOM_NOT_ON_THE_PLAN, "")]
    for path, line in lines:
        file = folder / "src/anlan" / path
        file.parent.mkdir(exist_ok=True)
        with file.open("a", encoding="utf-8") as out:
            out.write(f"\n{line}\n")
    return lint(folder, folder / "src")


def test_the_house_stands(root):
    code, report = lint(root, root / "src")
    assert code == 0, report


def test_planted_violations_break_the_house(planted):
    code, report = planted
    assert code == 1, report


@pytest.mark.parametrize("contract", PLANTED)
def test_each_contract_catches_its_own(planted, contract):
    _, report = planted
    assert verdict(report, contract) == "BROKEN", report
    assert PLANTED[contract][2] in report.replace("\n", " "), report


def test_every_contract_is_tried(root):
    named = [
        line.split("=", 1)[1].strip()
        for line in (root / ".importlinter").read_text().splitlines()
        if line.startswith("name")
    ]
    assert all(any(name.startswith(tried) for tried in PLANTED) for name in named), named


def test_a_room_that_is_not_on_the_plan_is_caught(planted):
    _, report = planted
    assert "planted_room" in report, report


def test_the_demonstration_writes_no_notice(root):
    """It may register displays; of what the public is told it may write nothing."""
    text = (root / "src/anlan/site/demo/load.py").read_text(encoding="utf-8")
    called = set(re.findall(r"\bnotices\.(\w+)", text)) - {"actions", "queries"}
    assert called <= {"add_display", "retire_display"}
