"""A display's own page: full screen, its token in the address, no session; it asks, shows, and says what it shows."""

import json
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from anlan.domains.notices import actions, queries, rules

MOST_BYTES = 4096
FRAME_S = 8  # how long one notice stands before the next takes its turn


def screen_or_404(token):
    display = queries.find_display(token)
    if display is None:
        raise Http404("no display of this token")
    return display


@login_not_required
@never_cache
@require_safe
def screen(request, token):
    """The page that hangs in the street."""
    display, now = screen_or_404(token), timezone.now()
    shown = {"frames": queries.frames_of(display, now=now), "fallback": queries.fallback_of(display)}
    return render(request, "notices/screen.html", {
        "display": display, "token": token, "shown": shown, "first": (shown["frames"] or shown["fallback"])[0],
        "beat_ms": rules.HEARTBEAT_S * 1000, "frame_ms": FRAME_S * 1000, "now_ms": int(now.timestamp() * 1000),
    })  # fmt: skip


@login_not_required
@require_safe
def keeper(request):
    """The service worker of displays, below /display/ so that it may keep their pages."""
    body = Path(finders.find("notices/display/keep.js")).read_bytes()
    return HttpResponse(body, content_type="text/javascript; charset=utf-8")


@login_not_required
@never_cache
@csrf_exempt  # the token in the address is what it shows; there is no session that another site could ride on
@require_POST
def heartbeat(request, token):
    """POST {"shown": ["2026-0001"]}: the display is alive and has these on it; the answer is what it is to show."""
    display, now = screen_or_404(token), timezone.now()
    due = queries.notices_on(display, now=now)
    actions.hear(display, now=now, shown=[row for row in due if row.number in read_shown(request.body)])
    frames = queries.frames_of(display, now=now)
    answer = {
        "frames": frames,
        "fallback": queries.fallback_of(display),
        "now_ms": int(now.timestamp() * 1000),
    }
    return JsonResponse(answer)


def read_shown(body):
    """The numbers a display says it shows; nothing for anything else."""
    try:
        said = json.loads(body[:MOST_BYTES])
        return {text for text in said["shown"] if isinstance(text, str)}
    except (ValueError, TypeError, KeyError):
        return set()
