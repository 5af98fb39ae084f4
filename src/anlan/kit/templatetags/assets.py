"""Template tags that link what `dev.py setup` built: page modules, styles and icons, by their source names.

`{% asset "crowd/wall.js" %}`   the page's module, the styles it imports and its preloads
`{% asset "styles/anlan.css" %}` a style sheet of `web/styles`
`{% icon "home" %}`              an icon named in `web/icons.txt`
"""

import json
import re
from functools import lru_cache
from pathlib import Path

from django import template
from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

register = template.Library()

MANIFEST = ".vite/manifest.json"
ICONS = "web/icons.txt"


class NotBuilt(ImproperlyConfigured):
    """The front end, or the asked part of it, has not been built."""


@register.simple_tag
def asset(name):
    """Link the built form of a page module (`<app>/<page>.js`) or a style sheet (`styles/<name>.css`)."""
    chunks = read_manifest()
    key = find_key(chunks, name)
    if name.endswith(".css"):
        return format_html('<link rel="stylesheet" href="{}">', static(chunks[key]["file"]))
    reached = list(reach(chunks, key))
    styles = dict.fromkeys(path for chunk in reached for path in chunk.get("css", ()))
    preloads = [(static(chunk["file"]),) for chunk in reached[1:]]
    return format_html(
        '{}{}<script type="module" src="{}"></script>',
        format_html_join("", '<link rel="stylesheet" href="{}">', ((static(path),) for path in styles)),
        format_html_join("", '<link rel="modulepreload" href="{}">', preloads),
        static(chunks[key]["file"]),
    )


@register.simple_tag
def icon(name, label=""):
    """Draw an icon of `web/icons.txt`; silent for screen readers unless it gets a label."""
    path, names = read_sprite()
    if name not in names:
        raise NotBuilt(
            f'icon "{name}" is not in {ICONS}: add its Tabler name there, then run `python3 dev.py setup`'
        )
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon" width="1em" height="1em" {}><use href="{}#{}"></use></svg>',
        spoken,
        static(path),
        name,
    )


def find_key(chunks, name):
    """The manifest's key of a source file named by the last parts of its path. Raises NotBuilt."""
    ending = f"web/{name}" if name.startswith("styles/") else f"/static/{name}"
    for key, chunk in chunks.items():
        if chunk.get("isEntry") and key.endswith(ending):
            return key
    raise NotBuilt(f'"{name}" is not among the built assets: check its name, then run `python3 dev.py setup`')


def reach(chunks, key, seen=None):
    """The chunk and all it imports at once (not on demand), each once, itself first."""
    seen = set() if seen is None else seen
    if key in seen:
        return
    seen.add(key)
    yield chunks[key]
    for imported in chunks[key].get("imports", ()):
        yield from reach(chunks, imported, seen)


def read_manifest():
    """The build's manifest: source path → {file, css, imports}. Read again when it has changed."""
    found = finders.find(MANIFEST)
    if not found:
        raise NotBuilt("front end not built: run `python3 dev.py setup`")
    return parse_manifest(found, Path(found).stat().st_mtime_ns)


@lru_cache(maxsize=2)
def parse_manifest(path, _changed):
    return json.loads(Path(path).read_text(encoding="utf-8"))


def read_sprite():
    """The icon sprite's path under the static address, and the names of the icons in it."""
    chunk = read_manifest().get(ICONS)
    found = chunk and finders.find(chunk["file"])
    if not found:
        raise NotBuilt("icons not built: run `python3 dev.py setup`")
    return chunk["file"], parse_sprite(found)


@lru_cache(maxsize=2)
def parse_sprite(path):
    return frozenset(re.findall(r'<symbol id="([\w-]+)"', Path(path).read_text(encoding="utf-8")))
