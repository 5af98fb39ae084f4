"""Sizes, names and words that keep the house readable (docs/where.md says where a thing goes instead)."""

import ast
import re
import statistics

import pytest

FILE_LIMIT = 600
FILE_P95 = 400
FUNCTION_P95 = 40
BANNED = {
    "event", "manager", "handler", "util", "utils", "helper", "common", "service", "process", "data", "info",
    "object", "item",
}  # fmt: skip
BANNED |= {word + "s" for word in BANNED}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def p95(sizes):
    """The size that 19 of 20 do not exceed."""
    return statistics.quantiles(sizes, n=20, method="inclusive")[-1]


def span(node):
    return node.end_lineno - node.lineno + 1


def words(name):
    """The lower-case words of snake_case and CamelCase."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def test_no_file_is_too_long(modules):
    long = {module.where: module.length for module in modules if module.length > FILE_LIMIT}
    assert not long, f"over {FILE_LIMIT} lines, split by noun into a folder of the same name: {long}"


def test_files_are_short(modules):
    longest = sorted(((module.length, module.where) for module in modules), reverse=True)[:8]
    assert p95([module.length for module in modules]) <= FILE_P95, longest


def test_functions_are_short(modules):
    sizes = [
        (span(node), f"{module.where}:{node.lineno} {node.name}")
        for module in modules
        for node in module.functions
    ]
    assert p95([size for size, _ in sizes]) <= FUNCTION_P95, sorted(sizes, reverse=True)[:15]


def test_nothing_is_imported_late(modules):
    """An import inside a function hides a ring, or a floor that is stepped over."""
    late = [
        f"{module.where}:{node.lineno}"
        for module in modules
        for function in module.functions
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        or (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", getattr(node.func, "attr", "")) == "__import__"
        )
    ]
    assert not late


def test_names_say_what_a_thing_is(modules):
    """No module or class has a waiting-room word in its name, and no public function is called by one alone."""
    vague = [module.where for module in modules if any(BANNED & words(part) for part in module.parts[-1:])]
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and BANNED & words(node.name):
                vague.append(f"{module.where}:{node.lineno} class {node.name}")
        vague += [
            f"{module.where}:{node.lineno} {node.name}()"
            for node in module.tree.body
            if isinstance(node, FUNCTIONS) and node.name in BANNED
        ]
    assert not vague, "\n".join(["docs/glossary.toml has the words to use", *vague])


@pytest.mark.parametrize("furniture", ["actions", "rules"])
def test_decisions_and_changes_are_described(modules, furniture):
    """Every public function of rules and actions says in a line what it decides or changes."""
    silent = [
        f"{module.where}:{node.lineno} {node.name}"
        for module in modules
        if module.is_a(furniture)
        for node in module.tree.body
        if isinstance(node, FUNCTIONS) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert not silent


def test_chance_and_the_clock_come_in_by_argument(modules):
    """Rules, actions, decoders and the reading path never look at a clock or throw dice themselves."""
    asks = re.compile(
        r"\b(datetime\.now|datetime\.utcnow|timezone\.now|date\.today|time\.time|time\.time_ns|random\.\w+)\("
    )
    pure = [
        module
        for module in modules
        if module.is_a("rules") or module.is_a("actions") or module.is_a("queries")
    ]
    pure += [module for module in modules if module.parts[:1] == ("devices",)]
    pure += [
        module
        for module in modules
        if module.parts in {("stream", name) for name in ("fold", "screen", "state")}
    ]
    assert not [
        f"{module.where}:{number}"
        for module in pure
        for number, line in enumerate(module.text.splitlines(), 1)
        if asks.search(line.split("#")[0])
    ]
