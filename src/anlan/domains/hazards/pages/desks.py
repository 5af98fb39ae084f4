"""The desk of a responsible unit: the same pages by its link, without signing in, and by the account of its people."""

from dataclasses import dataclass
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from anlan.domains.hazards.actions.keepers import mark_link_seen
from anlan.domains.hazards.queries.keepers import acts_for, find_keeper, find_link, keeper_of
from anlan.domains.hazards.rules.selfchecks import refuse_link
from anlan.domains.hazards.terms.checklists import LinkRefusal
from anlan.kit.pace import sender, too_often

UNKNOWN_MOST, POSTS_MOST = 30, 60  # unknown links from one address, posts by one link, each in a minute
HEADERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


@dataclass(frozen=True)
class Desk:
    """Who sits at a unit's pages: whoever holds its link, or one of its people; and where its pages are."""

    keeper: object
    link: object = None
    person: object = None
    token: str = ""

    @property
    def base(self):
        """The template that the pages extend: alone, or with the menu."""
        return "kit/lone.html" if self.link else "kit/page.html"

    @property
    def words(self):
        """What every action of a unit is told: by whom, or for whom by which link."""
        told = {"by": self.person, "link": self.link}
        return told | ({"on_behalf_of": self.keeper.by_link} if self.link else {})

    def url(self, name, *args):
        """The address of one of the unit's pages."""
        if self.link:
            return reverse(f"keeper:{name}", args=[self.token, *args])
        return reverse(f"hazards:keeper_{name}", args=[self.keeper.kind, self.keeper.row.pk, *args])


def by_link(view):
    """The view for whoever holds the link: the link itself is the secret, which a form of another site does not know."""

    @login_not_required
    @csrf_exempt
    @never_cache
    @wraps(view)
    def opened(request, token, **words):
        link, now = find_link(token), timezone.now()
        if link is None:
            is_guessing = too_often(f"unknown-keeper-link/{sender(request)}", UNKNOWN_MOST)
            refusal, status = (LinkRefusal.TOO_OFTEN, 429) if is_guessing else (LinkRefusal.UNKNOWN, 404)
            return refuse(request, refusal, status)
        if refusal := refuse_link(revoked_at=link.revoked_at, valid_until=link.valid_until, now=now):
            return refuse(request, refusal, 410)
        if request.method == "POST" and too_often(f"keeper-link/{link.pk}", POSTS_MOST):
            return refuse(request, LinkRefusal.TOO_OFTEN, 429)
        mark_link_seen(link, now=now)
        answer = view(request, Desk(keeper_of(link), link=link, token=token), **words)
        for name, value in HEADERS.items():
            answer[name] = value
        return answer

    return opened


def by_account(view):
    """The view for the unit's own people, who sign in. Raises Http404 for others."""

    @never_cache
    @wraps(view)
    def opened(request, kind, pk, **words):
        keeper = find_keeper(kind, pk, request.user)
        if keeper is None or not acts_for(request.user, keeper):
            raise Http404
        return view(request, Desk(keeper, person=request.user), **words)

    return opened


def refuse(request, refusal, status):
    """Say why the link does not open."""
    context = {"title": _("链接不能使用"), "refusal": refusal}
    answer = render(request, "hazards/keeper_gone.html", context, status=status)
    for name, value in HEADERS.items():
        answer[name] = value
    return answer
