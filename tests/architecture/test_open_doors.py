"""Which addresses open without signing in is a list that somebody read, not what happened to be written."""

from django.urls import URLPattern, get_resolver

# Address → what stands in the place of signing in.
OPEN = {
    "wall/": "a screen's token, else it sends to the sign-in page",
    "public/": "for everyone: bands, never levels",
    "i18n/language/": "a choice of language",
    "accounts/sign-in/": "it is the sign-in page",
    "notices/": "for everyone: what was published",
    "notice/<notice_number:number>/": "for everyone: what was published",
    "notices/rss.xml": "for everyone: what was published",
    "notices/atom.xml": "for everyone: what was published",
    "notices/cap/<notice_number:number>/alert.xml": "for everyone: what was published",
    "notices/cap/<notice_number:number>/cancel.xml": "for everyone: what was published",
    "notices/advice/": "for everyone: safety advice",
    "notices/advice/<slug:code>/": "for everyone: safety advice",
    "display/keep.js": "a script without a word of the district",
    "display/<str:token>/": "the display's token",
    "display/<str:token>/heartbeat/": "the display's token",
    "emergency/duty/calendar/<str:token>.ics": "the calendar's secret address",
    "report/": "for everyone: report a hazard; a signed ticket, limits, a trap",
    "report/places.json": "for everyone: names and outlines of public places, as the public page has them",
    "report/find/": "asks for the code of a report",
    "report/<str:code>/": "the code that only the reporter was told",
    "report/<str:code>/photos/<int:pk>/": "the code that only the reporter was told",
    "a/<str:token>/": "the token of one message to one person",
    "field/sw.js": "a script without a word of the district",
    "field/app.webmanifest": "the field app's name and icons",
    "v/<str:token>/": "the token of one responsible unit",
    "v/<str:token>/begin/<int:version>/": "the token of one responsible unit",
    "v/<str:token>/checks/<int:check_pk>/": "the token of one responsible unit",
    "v/<str:token>/checks/<int:check_pk>/photos/<int:photo_pk>/": "the token of one responsible unit",
    "v/<str:token>/exercise/": "the token of one responsible unit",
    "v/<str:token>/hazards/<int:hazard_pk>/": "the token of one responsible unit",
    "v/<str:token>/observe/": "the token of one responsible unit",
    "v/<str:token>/presses/": "the token of one responsible unit",
    "verify/": "asks for the code printed on a document",
    "verify/<str:code>/": "the code printed on a document",
}
API = "api/v1/"  # ninja asks for itself and answers 401; tests/doors/test_schemathesis.py and the API's tests try it


def addresses(patterns, before=""):
    """(address, view) of every pattern below."""
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield address, pattern.callback
        else:
            yield from addresses(pattern.url_patterns, address)


def test_what_opens_without_signing_in_is_known():
    every = list(addresses(get_resolver().url_patterns))
    found = {address for address, view in every if not getattr(view, "login_required", True)}
    assert len(every) > 200
    assert {address for address in found if not address.startswith(API)} == set(OPEN)
