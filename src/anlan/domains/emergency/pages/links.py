"""One tap: the page behind a message's link, for a phone and without signing in. Opening it changes nothing."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from anlan.domains.emergency.actions.links import answer_by_link, confirm_test
from anlan.domains.emergency.queries.answers import counting_answers, party_of, seen_of
from anlan.domains.emergency.queries.deciding import measures_for
from anlan.domains.emergency.queries.ladder import ladder_of
from anlan.domains.emergency.queries.links import find_link, state_of
from anlan.domains.emergency.rules.answers import NEXT_LOOK_MIN
from anlan.domains.emergency.terms.ladder import Recipient
from anlan.domains.emergency.terms.links import LinkRefusal, LinkState
from anlan.kit.actions import Refused
from anlan.kit.pace import too_often

SALT = "emergency.answer_link"
PAGE_GOOD_FOR = timedelta(minutes=15)  # an older page is drawn anew before it answers: much may have happened
UNKNOWN_MOST, ANSWERS_MOST = 30, 10  # unknown links from one address, answers by one link, each in a minute
LOOKS_MIN = (5, 10, 15, 30, 60, 120)
HEADERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


def name_looks():
    """How long until the next look, in the reader's language."""
    return [(n, gettext("%(n)d 分钟后") % {"n": n}) for n in LOOKS_MIN]


class TapForm(forms.Form):
    """What an answer by link consists of: one of the measures this person may take, the next look, words."""

    measure = forms.ChoiceField(label=_("措施"), widget=forms.RadioSelect)
    look_min = forms.TypedChoiceField(label=_("下次查看"), coerce=int, choices=name_looks)
    words = forms.CharField(
        label=_("说明"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("核实为误报的，须写明依据。"),
    )  # fmt: skip

    def __init__(self, *args, choices, **options):
        super().__init__(*args, **options)
        self.fields["measure"].choices = [(one.measure, one.label) for one in choices]


# The link itself is the secret: a form of another site does not know it, and a page that was never drawn has no check.
@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_link(request, token):
    """The page of one link: the alarm and what this person may do; or why it answers no more, and where to sign in."""
    link = find_link(token)
    with override(language_of(request, link)):
        return open_link(request, link, timezone.now())


def language_of(request, link):
    """The language one chose here, else that of whom the link was sent to."""
    own = link.person.language if link else ""
    is_chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES or "language" in request.GET
    return get_language() if is_chosen or not own else own


def open_link(request, link, now):
    """What a link leads to at `now`; None: a token that nobody was given."""
    if link is None:
        is_guessing = too_often(f"unknown-link/{request.META.get('REMOTE_ADDR', '')}", UNKNOWN_MOST)
        refusal, status = (LinkRefusal.TOO_OFTEN, 429) if is_guessing else (LinkRefusal.UNKNOWN, 404)
        return refuse(request, None, refusal, status=status)
    state = state_of(link, now)
    if request.method == "POST" and too_often(f"answer-link/{link.pk}", ANSWERS_MOST):
        return refuse(request, link, LinkRefusal.TOO_OFTEN, status=429)
    if link.is_test:
        return answer_test(request, link, state, now)
    if state != LinkState.FRESH:
        return refuse(request, link, LinkRefusal.of(state), status=200 if state == LinkState.SPENT else 410)
    return answer_alarm(request, link, now)


def answer_alarm(request, link, now):
    """The form, or the answer that it holds."""
    alarm, person = link.alarm, link.person
    party, on = party_of(person, alarm), timezone.localdate(now)
    choices = measures_for(person, alarm.place, on, organisation=party.organisation) if party else []
    default = min(LOOKS_MIN, key=lambda n: abs(n - NEXT_LOOK_MIN[alarm.level]))
    form = TapForm(
        request.POST if request.method == "POST" else None, choices=choices, initial={"look_min": default}
    )
    if request.method == "POST" and accept(request, link, form, now):
        return HttpResponseRedirect(request.path, headers=HEADERS)
    return draw(request, "emergency/answer_link.html", {
        "title": alarm.title, "link": link, "alarm": alarm, "form": form, "party": party, "now": now,
        "check": seal(link, alarm), "answers": counting_answers(alarm), "next_step": next_step(alarm, now),
    })  # fmt: skip


def next_step(alarm, now):
    """What happens next unless somebody acts: {what, at}; None where nothing is timed."""
    if alarm.answered_at:
        what = gettext("承诺的下次查看") if alarm.next_look_at else ""
        return {"what": what, "at": alarm.next_look_at} if what else None
    ladder = ladder_of(alarm, now)
    if rung := ladder.next_rung:
        who = Recipient(rung.step.recipient).label
        return {"what": gettext("无人签收的，将通知%(who)s") % {"who": who}, "at": rung.due_at}
    if ladder.restart_at is None:
        return None
    return {"what": gettext("仍无人签收的，重新逐级上报："), "at": ladder.restart_at}


def accept(request, link, form, now):
    """Whether the form answered; what refuses it stands on the form."""
    seen = unseal(request.POST.get("check", ""), link)
    if not form.is_valid():
        return False
    if seen is None:
        form.add_error(None, LinkRefusal.STALE_PAGE)
        return False
    words = form.cleaned_data
    try:
        answer_by_link(
            link, now=now, measure=words["measure"], words=words["words"], seen=seen,
            next_look_at=now + timedelta(minutes=words["look_min"]),
        )  # fmt: skip
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def answer_test(request, link, state, now):
    """The page of a test that rings only oneself: one button, no alarm."""
    refusal = LinkRefusal.of(state)
    if request.method == "POST" and refusal is None:
        if unseal(request.POST.get("check", ""), link) is None:
            refusal = LinkRefusal.STALE_PAGE
        else:
            confirm_test(link, by=link.person, now=now)
            return HttpResponseRedirect(request.path, headers=HEADERS)
    return draw(request, "emergency/test_link.html", {
        "title": _("提醒测试"), "link": link, "refusal": refusal, "check": seal(link),
        "is_fresh": state == LinkState.FRESH,
    })  # fmt: skip


def refuse(request, link, refusal, *, status):
    """Say why the link answers no more; whoever used it sees what he answered."""
    alarm = link.alarm if link else None
    mine = counting_answers(alarm).filter(person=link.person).first() if alarm else None
    return draw(
        request, "emergency/link_gone.html",
        {"title": _("链接不能使用"), "refusal": refusal, "alarm": alarm, "mine": mine, "link": link}, status=status,
    )  # fmt: skip


def draw(request, template, context, *, status=200):
    """A page that no cache keeps and that tells no other site where one came from."""
    answer = render(request, template, context, status=status)
    for name, value in HEADERS.items():
        answer[name] = value
    return answer


def seal(link, alarm=None):
    """What a drawn page shows when it answers: that it was drawn, when, and what had been answered by then."""
    return signing.dumps([link.pk, seen_of(alarm) if alarm else ""], salt=SALT)


def unseal(text, link):
    """What had been answered when the page was drawn; None for a page of another link, an old one, or none at all."""
    try:
        pk, seen = signing.loads(text, salt=SALT, max_age=PAGE_GOOD_FOR)
    except (signing.BadSignature, ValueError):
        return None
    return seen if pk == link.pk else None
