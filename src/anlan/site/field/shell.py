"""The field app's page, what keeps it on a device, and what makes it an app there. None of them holds data."""

import hashlib
import json
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from anlan.kit.templatetags.assets import ICONS, find_key, read_manifest

PAGE, STYLE, KEEPER = "site/field.js", "styles/field.css", "site/field/keep.js"
ICON_SIZES = (192, 512)
TEMPLATE = "site/field.html"
GROUND = "#0b6bcb"


@never_cache
@ensure_csrf_cookie
@require_safe
def shell(request):
    """The page of the app: the same for everybody in a language."""
    return render(request, TEMPLATE, {"icons": static(read_manifest()[ICONS]["file"])})


@login_not_required
@never_cache
@require_safe
def worker(request):
    """The service worker: what was built, and the lines of `keep.js`; its bytes change with every build."""
    kept = assets()
    build = {"version": version_of(kept), "shell": reverse("field:shell"), "assets": kept}
    source = Path(finders.find(KEEPER)).read_text(encoding="utf-8")
    body = f'"use strict";\nconst BUILD = {json.dumps(build)};\n{source}'
    return HttpResponse(
        body,
        content_type="text/javascript; charset=utf-8",
        headers={"Service-Worker-Allowed": reverse("field:shell")},
    )


@login_not_required
@require_safe
def webmanifest(request):
    """The app's name, colours and icons."""
    icons = [
        {
            "src": static(f"site/field/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size in ICON_SIZES
        for purpose in ("any", "maskable")
    ]
    home = reverse("field:shell")
    return JsonResponse(
        {
            "name": _("安澜 · 移动巡查"),
            "short_name": _("移动巡查"),
            "id": home,
            "start_url": home,
            "scope": home,
            "display": "standalone",
            "lang": request.LANGUAGE_CODE,
            "background_color": GROUND,
            "theme_color": GROUND,
            "icons": icons,
        },
        content_type="application/manifest+json",
    )


def assets():
    """The addresses of every built file that the page may ask for, those loaded on demand too."""
    chunks = read_manifest()
    wanted, seen, files = [find_key(chunks, PAGE), find_key(chunks, STYLE), ICONS], set(), set()
    while wanted:
        key = wanted.pop()
        if key not in seen:
            seen.add(key)
            chunk = chunks[key]
            files |= {chunk["file"], *chunk.get("css", ()), *chunk.get("assets", ())}
            wanted += [*chunk.get("imports", ()), *chunk.get("dynamicImports", ())]
    return sorted(static(path) for path in files)


def version_of(kept):
    """A name of this build: the built files (hashed in their names) and the page's template, which has the texts."""
    source = Path(get_template(TEMPLATE).origin.name).read_bytes()
    return hashlib.sha256("\n".join(kept).encode() + source).hexdigest()[:16]
