"""Names the texts of the interface that have no English yet; `--add` puts them, empty, into the catalogue
and takes out those that are gone.

Source texts are Chinese; a text is found where Django itself finds it: gettext calls in Python, the translation
tags of compiled templates, and `_("…")` inside template tags. A text with a context goes by gettext's own key,
context, CONTEXT, text.
"""

import ast
import os
import re
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src/anlan"
CATALOGUE = PACKAGE / "site/locale/en/LC_MESSAGES/django.po"
CALLS = {
    "_",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
}
CONTEXT = "\x04"
HEADER = {
    "Language": "en",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}
CJK = re.compile(r"[\u3001-\u303f\u3400-\u9fff\uff00-\uffef]")  # its punctuation too
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
IN_TAGS = re.compile(r"""\b_\((?:"([^"]*)"|'([^']*)')\)""")

FOLDER = tempfile.TemporaryDirectory(prefix="anlan-docs-")
os.environ["DJANGO_SETTINGS_MODULE"] = "anlan.site.settings"
os.environ["ANLAN_DATA"] = FOLDER.name

import django

django.setup()

import polib
from django.template import engines
from django.templatetags.i18n import BlockTranslateNode, TranslateNode


def texts_of_python(source):
    """(line, text, plural or None) of each gettext call with literal texts."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in CALLS:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            texts = [
                part.value
                for part in node.args
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            ]
            texts = [CONTEXT.join(texts)] if name.startswith("p") else texts
            if texts:
                yield node.lineno, texts[0], texts[1] if name.startswith("n") and len(texts) > 1 else None


def texts_of_template(source):
    """The same of a template. Django doubles percent signs before it looks a text up."""
    nodes = engines["django"].from_string(source).template.nodelist
    for node in nodes.get_nodes_by_type(TranslateNode):
        literal = getattr(node.filter_expression.var, "literal", None)
        if isinstance(literal, str):
            yield node.token.lineno, context_of(node) + literal.replace("%", "%%"), None
    for node in nodes.get_nodes_by_type(BlockTranslateNode):
        plural = node.render_token_list(node.plural)[0] if node.plural else None
        yield node.token.lineno, context_of(node) + node.render_token_list(node.singular)[0], plural
    for match in IN_TAGS.finditer(source):
        yield source.count("\n", 0, match.start()) + 1, (match[1] or match[2]).replace("%", "%%"), None


def context_of(node):
    """The start of the key of a translation tag with a context, else nothing."""
    return node.message_context.resolve({}) + CONTEXT if node.message_context else ""


def find_texts():
    """Text → (plural or None, [where it stands]), in order of file and line."""
    found = {}
    readers = {".py": texts_of_python, ".html": texts_of_template, ".txt": texts_of_template}
    for path in sorted(PACKAGE.rglob("*")):
        inside = set(path.relative_to(PACKAGE).parts)
        is_read = path.suffix == ".py" or (path.suffix in readers and "templates" in inside)
        if is_read and not inside & {"tests", "migrations", "dist"}:
            for line, text, plural in readers[path.suffix](path.read_text(encoding="utf-8")):
                if CJK.search(text):
                    where = (path.relative_to(ROOT).as_posix(), str(line))
                    known, places = found.get(text, (None, []))
                    found[text] = (known or plural, [*places, where])
    return found


def key_of(entry):
    """An entry's text, as `find_texts` names it."""
    return f"{entry.msgctxt}{CONTEXT}{entry.msgid}" if entry.msgctxt else entry.msgid


def is_translated(entry):
    """Whether this entry says something in every number it has, and names no placeholder that the text lacks."""
    said = entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
    known = set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
    fits = all(set(PLACEHOLDER.findall(text)) <= known for text in said)
    return all(said) and fits and not entry.fuzzy and not entry.obsolete


def main(arguments):
    """Print what is missing; with --add, bring the catalogue up to date too. The exit code: 1 if something is."""
    catalogue = (
        polib.pofile(str(CATALOGUE), wrapwidth=110) if CATALOGUE.exists() else polib.POFile(wrapwidth=110)
    )
    known = {key_of(entry): entry for entry in catalogue}
    texts = find_texts()
    missing = {
        text: how for text, how in texts.items() if text not in known or not is_translated(known[text])
    }
    for text, (_plural, places) in missing.items():
        print(f"{':'.join(places[0])}: {text!r}")
    if "--add" in arguments:
        catalogue[:] = [entry for entry in catalogue if key_of(entry) in texts]
        for text, (plural, places) in missing.items():
            if text not in known:
                number = {"msgid_plural": plural, "msgstr_plural": {0: "", 1: ""}} if plural else {}
                context, _, msgid = text.rpartition(CONTEXT)
                files = [(path, "") for path in dict.fromkeys(path for path, _line in places)]
                entry = polib.POEntry(msgid=msgid, msgctxt=context or None, occurrences=files, **number)
                catalogue.append(entry)
        catalogue.metadata = HEADER | catalogue.metadata
        CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(CATALOGUE))
    print(f"translations: {len(missing)} of {len(texts)} texts have no English")
    return 1 if missing or not texts else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
