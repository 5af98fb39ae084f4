"""The interface's language: Chinese, unless the reader chose another by the switch (a cookie).

`?language=` shows one page in another language, for pages that caches keep and that set no cookie.
"""

from django.conf import settings
from django.utils import translation


class LanguageByChoice:
    """Like Django's LocaleMiddleware, but a browser's Accept-Language decides nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        chosen = request.GET.get("language") or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response
