"""What the public sees: the list, each notice under its number, advice, and the feeds. No sign-in, no scripts, no cookie."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from anlan.domains.notices import queries, rules
from anlan.domains.notices.pages.desk import origin_of
from anlan.domains.notices.terms import Hazard

PER_PAGE = 30
FEED_KINDS = {"rss": "application/rss+xml", "atom": "application/atom+xml"}


def open_page(view):
    """A page for everyone: read only, kept by caches for ten seconds, its address the whole of its state."""
    return login_not_required(cache_control(max_age=10, public=True)(require_safe(view)))


@open_page
def public_notices(request):
    """Every notice that was published, those that hold first."""
    now = timezone.now()
    current = [
        told(row, now) for row in queries.current_notices(now=now).select_related("organisation", "updates")
    ]
    holding = [one["row"].pk for one in current]
    earlier = Paginator(queries.told_notices().exclude(pk__in=holding), PER_PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "notices/public_list.html", {
        "current": current, "earlier": [told(row, now) for row in earlier], "page": earlier, "now": now,
    })  # fmt: skip


@open_page
def public_notice(request, number):
    """One notice under its permanent address, and how it stands."""
    row, now = get_object_or_404(queries.told_notices(), number=number), timezone.now()
    context = {
        "one": told(row, now),
        "now": now,
        "agency": queries.agency_of(row, on=timezone.localdate(now)),
    }
    return render(request, "notices/public.html", context)


def told(row, now):
    """A notice as the public is told it."""
    state = queries.public_state(row, now=now)
    return {
        "row": row, "state": state, "label": state.label, "is_current": state == "published",
        "begins_at": row.effective_at or row.published_at, "area_zh": queries.area_of(row, "zh"),
        "area_en": queries.area_of(row, "en"), "by": queries.successor(row) if state == "updated" else None,
    }  # fmt: skip


@open_page
def public_advice(request):
    """Safety advice by hazard 避险须知."""
    found = [(one, Hazard(one.hazard).label) for one in queries.advice_list()]
    return render(request, "notices/public_advice_list.html", {"advice": found})


@open_page
def public_advice_one(request, code):
    """One piece of advice: do, don't, routes, phone."""
    advice = next((one for one in queries.advice_list() if one.code == code), None)
    if advice is None:
        raise Http404("no such advice")
    texts = rules.fill(advice.texts, places_zh="", places_en="")
    both = [
        {
            "language": language,
            **{name: texts[f"{name}_{language}"] for name in ("name", "instruction", "routes", "phone")},
            "dos": rules.say_dos(texts, "dos", language), "donts": rules.say_dos(texts, "donts", language),
        }
        for language in ("zh", "en")
    ]  # fmt: skip
    chosen = both[1] if request.LANGUAGE_CODE == "en" else both[0]
    return render(
        request, "notices/public_advice.html", {"advice": chosen, "hazard": Hazard(advice.hazard).label}
    )


@open_page
def feed(request, kind):
    """RSS or Atom of the newest notices, each with its CAP document enclosed."""
    origin = origin_of(request)
    body = queries.write_feed(kind, origin=origin, now=timezone.now(), language=request.LANGUAGE_CODE)
    return HttpResponse(body, content_type=f"{FEED_KINDS[kind]}; charset=utf-8")


@open_page
def cap(request, number, step):
    """The CAP 1.2 document of a public notice: `alert` as it was published, `cancel` once it was lifted."""
    row = get_object_or_404(queries.told_notices(), number=number)
    if step == "cancel" and row.state != "lifted":
        raise Http404("not lifted")
    origin = row.origin or origin_of(request)
    body = queries.cap_document(row, origin=origin, now=timezone.now(), is_cancel=step == "cancel")
    return HttpResponse(body, content_type="application/cap+xml; charset=utf-8")
