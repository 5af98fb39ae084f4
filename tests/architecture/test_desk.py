"""The desk of verbs works from anywhere, in a bare environment, with the standard library alone."""

import ast
import os
import re
import subprocess
import sys

import pytest

VERBS = ["setup", "run", "test", "lint", "fix", "docs", "bench", "pictures", "lock"]


@pytest.fixture(scope="module")
def desk(root, tmp_path_factory):
    """Runs dev.py as a stranger would: from another folder, with an empty environment."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")

    def ask(*arguments):
        command = [
            "env",
            "-i",
            f"PATH={os.defpath}",
            f"HOME={elsewhere}",
            sys.executable,
            str(root / "dev.py"),
            *arguments,
        ]
        return subprocess.run(
            command, cwd=elsewhere, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL
        )

    return ask


def test_help_lists_every_verb(desk):
    said = desk("--help")
    assert said.returncode == 0
    for verb in VERBS:
        assert re.search(rf"^  {verb} +\w", said.stdout, re.MULTILINE), verb


def test_an_unknown_verb_is_refused_with_the_known_ones(desk):
    said = desk("danse")
    assert said.returncode == 2
    assert "danse" in said.stderr and "setup" in said.stderr


def test_a_bench_that_does_not_exist_is_refused(desk):
    said = desk("bench", "no-such-claim")
    assert said.returncode == 1
    assert "no bench/no-such-claim.py" in said.stderr
    assert "Traceback" not in said.stderr


def test_the_desk_needs_only_the_standard_library(root):
    tree = ast.parse((root / "dev.py").read_text(encoding="utf-8"))
    names = {
        alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    names |= {node.module.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names <= sys.stdlib_module_names


def test_make_knows_the_same_verbs(root):
    line = next(line for line in (root / "Makefile").read_text().splitlines() if line.startswith("VERBS"))
    assert line.split("=")[1].split() == VERBS


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readme_names_verbs_that_exist(root, name):
    used = set(re.findall(r"dev\.py (\w+)", (root / name).read_text(encoding="utf-8")))
    assert {"run", "test"} <= used <= set(VERBS)


def test_ci_calls_the_readmes_test_command(root):
    last = (root / ".ci/run").read_text(encoding="utf-8").strip().splitlines()[-1]
    assert last == "python3 dev.py test"
    assert last in (root / "README.md").read_text(encoding="utf-8")
