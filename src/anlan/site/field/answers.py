"""How addresses that programs call answer: JSON always, also to whoever is not signed in, with words of what to do."""

import functools

import msgspec
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import JsonResponse
from django.views.csrf import csrf_failure

from anlan.kit.actions import Refused
from anlan.site.field.terms import Refusal

MOST_JSON_BYTES = 2 * 2**20  # 500 records with five files each are 600 kB


class NotTaken(Exception):
    """What was sent is not taken; `status` is the answer's, `told` goes into it beside the words."""

    def __init__(self, status, words, **told):
        super().__init__(str(words))
        self.status, self.told = status, told


def answers_json(view):
    """Make a view answer in JSON whatever happens: `NotTaken` and `Refused` become {"error": words}."""

    @functools.wraps(view)
    def answer(request, *args, **words):
        try:
            return view(request, *args, **words)
        except NotTaken as why:
            return tell_error(why.status, why, **why.told)
        except Refused as why:
            return tell_error(422, why)

    answer.answers_json = True
    return answer


def speaks_json(request, view):
    """Whether it is a program that asks: at an address for programs, or with a body in JSON."""
    return getattr(view, "answers_json", False) or request.content_type == "application/json"


def tell_error(status, words, **told):
    """{"error": words} with a status."""
    return JsonResponse({"error": str(words), **told}, status=status, headers={"Cache-Control": "no-store"})


def tell(body, status=200):
    """A JSON answer that nobody keeps."""
    return JsonResponse(body, status=status, headers={"Cache-Control": "no-store"})


def read_json(request, shape):
    """The request's body as a msgspec struct. Raises NotTaken."""
    try:
        body = request.read(MOST_JSON_BYTES + 1)
        if len(body) > MOST_JSON_BYTES:
            raise NotTaken(413, Refusal.NOT_JSON % {"why": f"> {MOST_JSON_BYTES >> 20} MB"})
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError) as why:
        raise NotTaken(400, Refusal.NOT_JSON % {"why": why}) from why


class SignInFirst(LoginRequiredMiddleware):
    """Sends whoever is not signed in to the sign-in page; programs get 401 in words, and 403 for a password to change first."""

    def process_view(self, request, view_func, view_args, view_kwargs):
        """None to go on, else the answer."""
        if (
            speaks_json(request, view_func)
            and request.user.is_authenticated
            and request.user.must_change_password
        ):
            return tell_error(403, Refusal.PASSWORD_FIRST)
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request, view_func):
        """401 for programs, the sign-in page for people."""
        if speaks_json(request, view_func):
            return tell_error(401, Refusal.SIGN_IN)
        return super().handle_no_permission(request, view_func)


def forged(request, reason=""):
    """What is told when the token against forgery is missing: programs in JSON, people on Django's own page."""
    found = request.resolver_match
    if found is not None and speaks_json(request, found.func):
        return tell_error(403, Refusal.FORGED)
    return csrf_failure(request, reason=reason)
