"""Whoever still has a one-time password chooses his own before anything else."""

from urllib.parse import urlencode

from django.shortcuts import redirect
from django.urls import reverse

OPEN_MEANWHILE = {"accounts:change_password", "accounts:sign_out", "set_language"}


class OwnPasswordFirst:
    """Leads a person who must change the password to that page; public pages stay open."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """A redirect to the password page, or None to let the request go on."""
        must = request.user.is_authenticated and request.user.must_change_password
        is_public = not getattr(view, "login_required", True)
        if not must or is_public or request.resolver_match.view_name in OPEN_MEANWHILE:
            return None
        after = {"next": request.get_full_path()} if request.method == "GET" else {}
        return redirect(f"{reverse('accounts:change_password')}?{urlencode(after)}")
