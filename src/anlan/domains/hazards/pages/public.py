"""What the public uses without signing in: report a hazard with photos, follow it by its code, say that it is not solved.

Works without scripts; sets one cookie, by which one browser is counted. The form carries a signed ticket in the place of a
forgery token: what is sent twice with one ticket is one report, and the code to follow it is derived from the ticket.
"""

import hmac
import secrets
from datetime import UTC, datetime, timedelta

import segno
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.db import IntegrityError
from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from anlan.domains.hazards import actions, queries, rules
from anlan.domains.hazards.pages.forms import kind_choices
from anlan.domains.hazards.terms import PublicField, PublicRefusal, Step
from anlan.domains.places.queries import public_places
from anlan.kit.actions import Refused
from anlan.kit.attachments import MOST_BYTES
from anlan.kit.documents.pages import as_file, read_bytes
from anlan.kit.pace import sender, too_often

SALT, COOKIE = "hazards.report_ticket", "reporter"
TICKET_GOOD_FOR = timedelta(hours=24)
COOKIE_S = 400 * 86400
POSTS_MOST, CODES_MOST, WORDS_MOST = (
    30,
    30,
    10,
)  # in a minute: forms and unknown codes of a sender, words to one report
PLACES_MOST = 150  # names offered while typing: the page stays below 50 KB
HEADERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
KINDS = "image/jpeg,image/png,image/webp"


class ManyFiles(forms.ClearableFileInput):
    """A control that takes several files."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class ManyFilesField(forms.FileField):
    """Several files; each is checked as one."""

    widget = ManyFiles

    def clean(self, data, initial=None):
        """The uploads as a list. Raises ValidationError for an empty one."""
        return [super(ManyFilesField, self).clean(one, initial) for one in data or []]


class PublicReportForm(forms.Form):
    """What was seen, where, photos of it; how to reach the reporter, if he likes."""

    what = forms.CharField(label=PublicField.WHAT, max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    kind = forms.ChoiceField(label=PublicField.KIND, choices=lambda: [("", _("请选择")), *kind_choices()])
    place = forms.CharField(
        label=PublicField.PLACE, required=False, max_length=120,
        widget=forms.TextInput(attrs={"list": "places", "autocomplete": "off"}),
    )  # fmt: skip
    address = forms.CharField(label=PublicField.ADDRESS, required=False, max_length=200)
    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    photos = ManyFilesField(
        label=PublicField.PHOTOS, required=False, widget=ManyFiles(attrs={"accept": KINDS})
    )
    phone = forms.CharField(
        label=PublicField.PHONE, required=False, max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    website = forms.CharField(required=False, max_length=500)  # people do not see it
    ticket = forms.CharField(widget=forms.HiddenInput)

    def clean_phone(self):
        """A telephone number, or none."""
        phone = self.cleaned_data["phone"].strip()
        if refusal := rules.check_phone(phone):
            raise forms.ValidationError(refusal)
        return phone

    def clean(self):
        """The place where its name is known, else its name with the address; the photos as (name, body)."""
        values = super().clean()
        typed, address = values.get("place", ""), values.get("address", "")
        values["place"] = queries.find_public_place(typed)
        if typed and values["place"] is None:
            values["address"] = f"{typed.strip()} {address}".strip()[:200]
        if values.get("lon") is None or values.get("lat") is None:
            values["lon"] = values["lat"] = None
        uploads = values.get("photos") or []
        most_mb = MOST_BYTES // 2**20
        for one in uploads:
            if one.size > MOST_BYTES:
                words = {"name": one.name, "mb": -(-one.size // 2**20), "most": most_mb}
                self.add_error("photos", PublicRefusal.PHOTO_LARGE % words)
        if len(uploads) > actions.PHOTOS_MOST:
            self.add_error("photos", PublicRefusal.PHOTOS_MOST % {"most": actions.PHOTOS_MOST})
        values["photos"] = [] if self.errors else [(one.name, one.read()) for one in uploads]
        return values


# ── tickets ─────────────────────────────────────────────────────────────────────────────────────


def draw_ticket(now):
    """A signed ticket for one report: a nonce, and when the form was drawn."""
    return signing.dumps([secrets.token_urlsafe(18), int(now.timestamp())], salt=SALT)


def read_ticket(text):
    """(nonce, when drawn) of a ticket of ours, or None."""
    try:
        nonce, at_s = signing.loads(text, salt=SALT)
        return str(nonce), datetime.fromtimestamp(int(at_s), UTC)
    except (signing.BadSignature, TypeError, ValueError, OverflowError):
        return None


def code_of(nonce):
    """The code that follows from a nonce: nobody guesses it, and the same form sent twice has the same."""
    return rules.say_code(hmac.digest(settings.SECRET_KEY.encode(), f"report/{nonce}".encode(), "sha256"))


# ── the form ────────────────────────────────────────────────────────────────────────────────────


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request):
    """The form, or the report that it holds."""
    now = timezone.now()
    if request.method != "POST":
        named = {"place": request.GET.get("place", "")[:120]}
        known = queries.find_public_place(named["place"])
        return draw(request, PublicReportForm(initial=named | ({"place": known.name} if known else {})), now)
    if too_often(f"report-post/{sender(request)}", POSTS_MOST):
        return draw(
            request, PublicReportForm(), now, refusal=PublicRefusal.TOO_OFTEN % {"minutes": 1}, wait_min=1
        )
    form, ticket = PublicReportForm(request.POST, request.FILES), read_ticket(request.POST.get("ticket", ""))
    if ticket and queries.find_report(code_of(ticket[0])):
        return follow(request, code_of(ticket[0]))
    refusal, minutes = queries.find_wait(sender(request), request.COOKIES.get(COOKIE, ""), now=now)
    if refusal:
        return draw(request, form, now, refusal=refusal % {"minutes": minutes}, wait_min=minutes)
    if ticket is None or now - ticket[1] > TICKET_GOOD_FOR:
        return draw(request, form, now, refusal=PublicRefusal.STALE)
    if not form.is_valid():
        return draw(request, form, now, ticket=request.POST["ticket"])
    try:
        take(
            request, form.cleaned_data, code_of(ticket[0]), shown_s=(now - ticket[1]).total_seconds(), now=now
        )
    except Refused as refused:
        return draw(request, form, now, refusal=str(refused), ticket=request.POST["ticket"])
    except IntegrityError:
        if not queries.find_report(code_of(ticket[0])):
            raise  # else: sent twice in the same moment, and the other one was first
    return follow(request, code_of(ticket[0]))


def take(request, values, code, *, shown_s, now):
    """Hand a sound form on: to whom it goes, and whether it looks odd."""
    words = {
        name: values[name] for name in ("what", "kind", "place", "address", "lon", "lat", "phone", "photos")
    }
    on, what = timezone.localdate(now), values["what"]
    text = f"{values['address']} {what}"
    organisation = queries.route(
        lon=values["lon"], lat=values["lat"], text=text, place=values["place"], on=on
    )
    odd = rules.find_suspicions(
        text=what, trap=values["website"], shown_s=shown_s, least_s=queries.public_limit("least_s", on=on),
        repeats=queries.repeats(what, now=now),
    )  # fmt: skip
    actions.report_publicly(
        organisation, by=None, now=now, key=actions.report_key(code), code=code, suspicions=odd, sender=sender(request),
        device=request.COOKIES.get(COOKIE, ""), language=get_language() or "", **words,
    )  # fmt: skip


def draw(request, form, now, *, refusal="", wait_min=0, ticket=""):
    """The form with what was typed; 429 with when to come again where the reporter has to wait."""
    context = {
        "form": form, "refusal": refusal, "ticket": ticket or draw_ticket(now), "photos_most": actions.PHOTOS_MOST,
        "places": list(public_places().order_by("name").values_list("name", "name_en")[:PLACES_MOST]),
        "most_mb": MOST_BYTES // 2**20, "days": queries.public_limit("contact_days", on=timezone.localdate(now)),
    }  # fmt: skip
    answer = render(request, "hazards/public_report.html", context, status=429 if wait_min else 200)
    if wait_min:
        answer["Retry-After"] = str(wait_min * 60)
    if COOKIE not in request.COOKIES:
        answer.set_cookie(
            COOKIE, secrets.token_urlsafe(18), max_age=COOKIE_S, httponly=True, samesite="Lax", path="/report/",
            secure=request.is_secure(),
        )  # fmt: skip
    return sealed(answer)


def sealed(answer):
    """An answer that no cache keeps, no search engine lists and no other site hears of."""
    for name, value in HEADERS.items():
        answer[name] = value
    return answer


def follow(request, code):
    """On to the page of a code, in the reader's language."""
    language = request.GET.get("language", "")
    query = f"?language={language}" if language in dict(settings.LANGUAGES) else ""
    return sealed(HttpResponseRedirect(reverse("report:progress", args=[code]) + query))


@login_not_required
@require_safe
def places(request):
    """The public places, for the map on which the reporter picks a point."""
    shown = [
        {"code": one.code, "name": one.name, "lon": one.lon, "lat": one.lat, "outline": one.outline, "level": "none"}
        for one in public_places().exclude(lon=None)
    ]  # fmt: skip
    return JsonResponse({"places": shown})


# ── the code ────────────────────────────────────────────────────────────────────────────────────


@login_not_required
@require_safe
def find(request):
    """From a code that was typed to its page."""
    code = rules.tidy_code(request.GET.get("code", ""))
    return follow(request, code) if code else unknown(request)


def unknown(request):
    """A code that there is none of; whoever tries many has to wait."""
    is_guessing = too_often(f"report-code/{sender(request)}", CODES_MOST)
    refusal, status = (
        (PublicRefusal.CODES_TOO_OFTEN, 429) if is_guessing else (PublicRefusal.UNKNOWN_CODE, 404)
    )
    answer = sealed(render(request, "hazards/public_unknown.html", {"refusal": refusal}, status=status))
    if is_guessing:
        answer["Retry-After"] = "60"
    return answer


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def progress(request, code):
    """How a report stands, in plain words, for whoever holds its code; and his word against how it was ended."""
    row = queries.find_report(code)
    if row is None:
        return unknown(request)
    step, refusal = queries.word_open_to(row), ""
    if request.method == "POST":
        refusal = say_word(request, row, step)
        if not refusal:
            return follow(request, rules.tidy_code(code))
    told, hazard = queries.progress_of(row), queries.standing(row.hazard)
    address = request.build_absolute_uri(reverse("report:progress", args=[rules.tidy_code(code)]))
    context = {
        "report": row, "hazard": hazard, "code": rules.tidy_code(code), "told": told, "latest": told[-1],
        "photos": queries.shown_photos(row), "step": step, "refusal": refusal, "why": request.POST.get("why", "")[:500],
        "qr": mark_safe(segno.make(address, error="m").svg_inline(scale=4, border=2)),
        "is_ended": step is not None, "kind": queries.name_kind(row.hazard.kind, on=timezone.localdate()),
    }  # fmt: skip
    return sealed(render(request, "hazards/public_progress.html", context, status=400 if refusal else 200))


def say_word(request, row, step):
    """Contest or appeal, as the report stands; why not, or ""."""
    if too_often(f"report-word/{row.pk}", WORDS_MOST):
        return PublicRefusal.CODES_TOO_OFTEN
    act = {Step.CONTEST: actions.contest_by_code, Step.APPEAL: actions.appeal_by_code}.get(step)
    if act is None:
        return PublicRefusal.NOTHING_TO_SAY
    words = {"why": request.POST.get("why", "").strip()[:500], "on_behalf_of": str(actions.REPORTER)}
    try:
        act(
            queries.standing(row.hazard), by=None, now=timezone.now(), report=row,
            code=rules.tidy_code(request.resolver_match.kwargs["code"]), **words,
        )  # fmt: skip
    except Refused as refused:
        return str(refused)
    return ""


@login_not_required
@never_cache
@require_safe
def photo(request, code, pk):
    """A photo of after that the office shows to whoever holds the code."""
    row = queries.find_report(code)
    kept = queries.shown_photos(row).filter(pk=pk).first() if row else None
    if kept is None:
        raise Http404
    body = read_bytes(kept.attachment.sha256)
    return sealed(as_file(body, "photo", kept.attachment.media_type, inline=True))
