"""Templates obey the strict content policy, and every Chinese text in them can be translated."""

import re

import pytest

CJK = re.compile(r"[\u3400-\u9fff]+")
ENDONYMS = {"中文", "简体中文"}  # a language is named in itself
NOT_SHOWN = [
    re.compile(r"{#.*?#}"),
    re.compile(r"{% comment.*?%}.*?{% endcomment %}", re.DOTALL),
    re.compile(r"<!--.*?-->", re.DOTALL),
]
TRANSLATED = [
    re.compile(r"{% blocktrans(?:late)?\b.*?%}.*?{% endblocktrans(?:late)? %}", re.DOTALL),
    re.compile(r"{% trans(?:late)?\b.*?%}"),
    re.compile(r"""\b_\((?:"[^"]*"|'[^']*')\)"""),
]
FORBIDDEN = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an on… attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a script without src": re.compile(r"<script(?![^>]*\ssrc\s*=)[^>]*>", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "an address of another host": re.compile(r"""(?:src|href)\s*=\s*["']https?://""", re.IGNORECASE),
}
JS_COMMENT = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)


def blank(text, patterns):
    """The text with the matches blanked out and its lines kept, so that places can still be named."""
    for pattern in patterns:
        text = pattern.sub(lambda match: "\n" * match.group().count("\n"), text)
    return text


def untranslated(text):
    """(line number, text) of each Chinese run that stands outside a translation."""
    lines = blank(text, NOT_SHOWN + TRANSLATED).splitlines()
    return [
        (number, run)
        for number, line in enumerate(lines, 1)
        for run in CJK.findall(line)
        if run not in ENDONYMS
    ]


def breaches(text):
    """(line number, what) of each breach of the content policy."""
    lines = blank(text, NOT_SHOWN).splitlines()
    return [
        (number, what)
        for number, line in enumerate(lines, 1)
        for what, sign in FORBIDDEN.items()
        if sign.search(line)
    ]


@pytest.fixture(scope="module")
def templates(root):
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in root.glob("src/**/templates/**/*.html")
    }


@pytest.fixture(scope="module")
def scripts(root):
    paths = [*root.glob("src/anlan/**/static/**/*.js"), *root.glob("web/**/*.js")]
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def test_templates_keep_the_content_policy(templates):
    assert {name: found for name, text in templates.items() if (found := breaches(text))} == {}


def test_templates_can_be_translated(templates):
    assert {name: found for name, text in templates.items() if (found := untranslated(text))} == {}


def test_scripts_hold_no_texts(scripts):
    """Texts reach a script through json_script, translated by the page."""
    assert {
        name: found for name, text in scripts.items() if (found := CJK.findall(JS_COMMENT.sub("", text)))
    } == {}


def test_scripts_do_not_evaluate(scripts):
    assert [
        name
        for name, text in scripts.items()
        if re.search(r"\beval\(|new Function\(", JS_COMMENT.sub("", text))
    ] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<p>{% translate '场所' %}</p>{# 注释 #}", []),
        ('{% if x %}{% include "a.html" with label=_("名称") %}{% endif %}', []),
        ("{% blocktranslate with n=n %}共 {{ n }} 人{% endblocktranslate %}\n<b>人</b>", [(2, "人")]),
        ('<button title="保存">中文</button>', [(1, "保存")]),
    ],
)
def test_untranslated_texts_are_found(text, found):
    assert untranslated(text) == found


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ('<p style="color:red">', ["a style attribute"]),
        ("<a onclick='x()'>", ["an on… attribute"]),
        ("<script>x</script>", ["a script without src"]),
        ('<script type="module" src="/static/a.js"></script>{{ texts|json_script:"texts" }}', []),
        ('<script src="https://cdn.example/a.js"></script>', ["an address of another host"]),
    ],
)
def test_breaches_are_found(text, kinds):
    assert [what for _, what in breaches(text)] == kinds
