"""Writes docs/reference from the code itself: terms, settings, actions, endpoints, verbs.

`python3 dev.py docs` writes the pages; `--check` writes nothing and fails where a page is not current.
"""

import enum
import importlib
import importlib.util
import inspect
import os
import pkgutil
import re
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs/reference"
MARK = "*Written by `python3 dev.py docs` from the code. Not edited by hand.*"

sys.path.insert(0, str(ROOT))  # for dev.py
sys.dont_write_bytecode = True
os.environ["DJANGO_SETTINGS_MODULE"] = "anlan.site.settings"
FOLDER = tempfile.TemporaryDirectory(prefix="anlan-docs-")
os.environ["ANLAN_DATA"] = FOLDER.name

import django

django.setup()

import dev
from django.conf import settings
from django.urls import URLResolver, get_resolver
from django.utils.translation import override
from starlette.routing import Route

import anlan
from anlan.kit.actions import ACTIONS


def modules_named(name):
    """Every module of the package that is called so, or stands in a folder called so, in order of path."""
    found = pkgutil.walk_packages(anlan.__path__, "anlan.")
    wanted = [part.name for part in found if name in part.name.split(".")[1:] and ".tests" not in part.name]
    return [importlib.import_module(path) for path in wanted]


def module_if_built(name):
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def first_line(thing):
    return (inspect.getdoc(thing) or "").split("\n")[0]


def table(*columns, rows):
    """A Markdown table; a bar inside a cell is escaped."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines
    )


def in_language(language, text):
    with override(language):
        return str(text)


# ── pages ───────────────────────────────────────────────────────────────────────────────────────


def terms_page():
    """Every enumeration of the product: its code words and their labels in both languages."""
    parts = []
    for module in modules_named("terms"):
        for _, words in inspect.getmembers(module, inspect.isclass):
            if issubclass(words, enum.Enum) and words.__module__ == module.__name__ and len(words):
                rows = [(f"`{word.value}`", *labels(word)) for word in words]
                title = f"## {words.__name__}\n`{module.__name__}` – {first_line(words)}"
                parts.append(f"{title}\n\n{table('code', 'zh', 'en', rows=rows)}")
    return "# Terms\n" + MARK + "\n\n" + "\n\n".join(parts)


def labels(word):
    label = getattr(word, "label", "")
    return [in_language(language, label) for language in ("zh-hans", "en")]


def settings_page():
    """The environment variables that the settings read, from the docstring of the settings."""
    doc = importlib.import_module("anlan.site.settings").__doc__
    rows = [
        (f"`{name}`", what) for name, what in re.findall(r"^([A-Z][A-Z_]+)\s{2,}(.+)$", doc, re.MULTILINE)
    ]
    languages = ", ".join(f"{name} (`{code}`)" for code, name in settings.LANGUAGES)
    return f"# Settings\n{MARK}\n\n{table('variable', 'what', rows=rows)}\n\nLanguages: {languages}."


def actions_page():
    """Every action: its verb, the right it asks for, what it does."""
    modules_named("actions")
    rows = [
        (
            f"`{verb}`",
            f"`{act.may}`" if act.may else "–",
            f"`{act.__module__}.{act.__name__}`",
            first_line(act),
        )
        for verb, act in sorted(ACTIONS.items())
    ]
    note = (
        "Nothing else writes rows of the domains; each action leaves one change row in the same transaction."
    )
    return f"# Actions\n{MARK}\n\n{note}\n\n{table('verb', 'right', 'function', 'what it does', rows=rows)}"


def endpoints_page():
    """Every address: the async doors of the shell, then Django's pages and API."""
    rows = [*sorted(shell_routes()), *sorted(set(django_routes(get_resolver())))]
    return f"# Endpoints\n{MARK}\n\n{table('address', 'methods', 'answers', 'what', rows=rows)}"


def shell_routes():
    """Rows for the routes of the async shell."""
    shell = module_if_built("anlan.site.asgi")
    if shell is None:
        return
    over_nothing = dict.fromkeys(inspect.signature(shell.build_app).parameters)
    for route in shell.build_app(**over_nothing).routes:
        if isinstance(route, Route):
            methods = " ".join(sorted(route.methods - {"HEAD"}))
            yield f"`{route.path}`", methods, f"`{name_of(route.endpoint)}`", first_line(route.endpoint)


def django_routes(resolver, above="/"):
    """Django's patterns below `above`, those of Django itself left out."""
    for pattern in resolver.url_patterns:
        address = above + re.sub(r"^\^|\$$", "", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from django_routes(pattern, address)
        elif getattr(pattern.callback, "__module__", "").startswith(("anlan", "ninja")):
            yield f"`{address}`", "", f"`{name_of(pattern.callback)}`", first_line(pattern.callback)


def name_of(function):
    return f"{function.__module__}.{getattr(function, '__name__', type(function).__name__)}"


def verbs_page():
    """The verbs of the desk and of the `anlan` command."""
    desk = [(f"`python3 dev.py {name}`", verb.__doc__) for name, verb in dev.VERBS.items()]
    cli = module_if_built("anlan.cli")
    names = cli.anlan.list_commands(None) if cli else ()
    product = [
        (f"`anlan {name}`", cli.anlan.get_command(None, name).get_short_help_str(200)) for name in names
    ]
    return f"# Verbs\n{MARK}\n\n{table('verb', 'what', rows=desk + product)}"


REFERENCE = {
    "terms.md": terms_page,
    "settings.md": settings_page,
    "actions.md": actions_page,
    "endpoints.md": endpoints_page,
    "verbs.md": verbs_page,
}


def main(arguments):
    """Write the pages, or with --check name those that are not current; the exit code."""
    pages = {name: page().rstrip() + "\n" for name, page in REFERENCE.items()}
    stale = [
        name
        for name, text in pages.items()
        if not (PAGES / name).exists() or (PAGES / name).read_text("utf-8") != text
    ]
    if "--check" in arguments:
        if stale:
            print(
                f"docs/reference: {', '.join(stale)} not current; run `python3 dev.py docs`", file=sys.stderr
            )
        return 1 if stale else 0
    PAGES.mkdir(exist_ok=True)
    for name in stale:
        (PAGES / name).write_text(pages[name], encoding="utf-8")
    print(f"docs/reference: {', '.join(stale) or 'nothing'} written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
