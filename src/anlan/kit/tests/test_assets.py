"""Built assets are found by their source names, and what is missing says what to do."""

import json
import re
from pathlib import Path

import pytest

from anlan.kit.templatetags import assets

SOURCE = Path(assets.__file__).parents[2]
ROOT = SOURCE.parents[1]
MANIFEST = {
    "src/anlan/site/static/site/wall.js": {
        "file": "assets/wall-1.js", "isEntry": True, "imports": ["_live.js"], "css": ["assets/wall-1.css"],
    },
    "_live.js": {"file": "assets/live-1.js", "imports": ["_format.js"]},
    "_format.js": {"file": "assets/format-1.js", "imports": ["_live.js"], "css": ["assets/format-1.css"]},
    "web/styles/anlan.css": {"file": "assets/anlan-1.css", "isEntry": True},
    "web/icons.txt": {"file": "assets/icons-1.svg"},
}  # fmt: skip


@pytest.fixture
def built(tmp_path, monkeypatch):
    """A front end as the build leaves it."""
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite/manifest.json").write_text(json.dumps(MANIFEST))
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets/icons-1.svg").write_text('<svg><symbol id="home"></symbol></svg>')
    monkeypatch.setattr(
        assets.finders, "find", lambda path: str(tmp_path / path) if (tmp_path / path).exists() else None
    )
    return tmp_path


def test_a_page_links_its_module_and_every_style_and_chunk_it_imports(built):
    shown = assets.asset("site/wall.js")
    assert '<script type="module" src="/static/assets/wall-1.js"></script>' in shown
    assert re.findall(r'stylesheet" href="([^"]+)"', shown) == [
        "/static/assets/wall-1.css",
        "/static/assets/format-1.css",
    ]
    assert re.findall(r'modulepreload" href="([^"]+)"', shown) == [
        "/static/assets/live-1.js",
        "/static/assets/format-1.js",
    ]


def test_a_style_sheet_is_linked(built):
    assert assets.asset("styles/anlan.css") == '<link rel="stylesheet" href="/static/assets/anlan-1.css">'


def test_an_icon_is_drawn_and_speaks_only_when_named(built):
    assert "aria-hidden" in assets.icon("home")
    assert 'aria-label="Home"' in assets.icon("home", label="Home")


@pytest.mark.parametrize("ask", [lambda: assets.asset("site/nothing.js"), lambda: assets.icon("nothing")])
def test_what_was_not_built_says_what_to_do(built, ask):
    with pytest.raises(assets.NotBuilt, match=r"nothing.*dev\.py setup"):
        ask()


def test_without_a_build_the_error_says_what_to_do(monkeypatch):
    monkeypatch.setattr(assets.finders, "find", lambda path: None)
    with pytest.raises(assets.NotBuilt, match="front end not built"):
        assets.asset("styles/anlan.css")


def all_templates():
    return {path: path.read_text(encoding="utf-8") for path in SOURCE.rglob("templates/**/*.html")}


@pytest.mark.skipif(not (ROOT / assets.ICONS).exists(), reason="needs the repository's front-end sources")
def test_every_icon_and_asset_that_a_template_names_has_its_source():
    icons = set((ROOT / assets.ICONS).read_text().split())
    pages = {f"{path.parent.name}/{path.name}" for path in SOURCE.glob("**/static/*/*.js")}
    styles = {f"styles/{path.name}" for path in (ROOT / "web/styles").glob("*.css")}
    missing = []
    for path, text in all_templates().items():
        named = [(name, icons) for name in re.findall(r'{% icon "([\w-]+)"', text)]
        named += [(name, pages | styles) for name in re.findall(r'{% asset "([\w/.-]+)"', text)]
        missing += [f"{path.name}: {name}" for name, known in named if name not in known]
    assert not missing
