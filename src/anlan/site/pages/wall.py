"""The situation wall, for a signed-in person or an unattended screen with a read-only token."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import render

from anlan.domains.accounts import queries as accounts
from anlan.site.watching import make_pass

LIVE = "live"


@login_not_required
def wall(request):
    """/wall/?scene=…: `token` is a screen's; without one the visitor must be signed in."""
    token = request.GET.get("token", "")
    screen = accounts.find_screen(token) if token else None
    if screen is None and not request.user.is_authenticated:
        status = 403 if token else None
        return (
            render(request, "site/screen_refused.html", status=status)
            if status
            else redirect_to_login(request.get_full_path())
        )
    holder = {"screen": screen} if screen else {"person": request.user}
    return render(
        request,
        "site/wall.html",
        {
            "scene_name": request.GET.get("scene", LIVE),
            "token": make_pass(**holder),
            "basemap": {"kind": "blank"},
        },
    )
