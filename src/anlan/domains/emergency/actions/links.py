"""Links that answer without signing in: made fresh for each message, used once; and a test that rings only oneself."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.queries import fingerprint
from anlan.domains.emergency.actions.answers import answer_alarm
from anlan.domains.emergency.models import AnswerLink
from anlan.domains.emergency.queries.ladder import timers_for
from anlan.domains.emergency.queries.links import state_of
from anlan.domains.emergency.queries.wording import word_test
from anlan.domains.emergency.rules.ladder import key_of_test
from anlan.domains.emergency.terms import AnswerWay
from anlan.domains.emergency.terms.ladder import LadderRefusal
from anlan.domains.emergency.terms.links import LinkRefusal
from anlan.kit.actions import Refused, action, check, done, note
from anlan.kit.address import absolute
from anlan.kit.outbox import tell

TOKEN_BYTES = 24  # 192 bits: nobody guesses one, so a plain hash protects it, and an SMS has room for it
TEST_VALID = timedelta(minutes=30)


def make_link(person, *, now, alarm=None, make_secret=secrets.token_urlsafe):
    """A fresh link for one person: its row, and `row.address`, which is told once and kept nowhere but in the message."""
    token = make_secret(TOKEN_BYTES)
    valid = timedelta(minutes=timers_for(alarm, now).link_valid_min) if alarm else TEST_VALID
    row = AnswerLink.objects.create(
        alarm=alarm, round=alarm.round if alarm else 0, person=person, token_sha256=fingerprint(token), made_at=now,
        valid_until=now + valid,
    )  # fmt: skip
    row.address = absolute(reverse("tap:answer_link", args=[token]))
    return row


@transaction.atomic
def answer_by_link(link, *, now, measure, next_look_at, words="", seen=""):
    """Answer as the person whom the link was sent to, on record as by link; the link is spent with it.

    Raises Refused where the link does not answer any more, and with every reason of `answer_alarm`.
    """
    held = (
        AnswerLink.objects.select_for_update(of=("self",)).select_related("alarm", "person").get(pk=link.pk)
    )
    check(LinkRefusal.of(state_of(held, now)))
    change = answer_alarm(
        held.alarm, by=held.person, now=now, measure=measure, next_look_at=next_look_at, words=words, seen=seen,
        way=AnswerWay.LINK, key=f"answer-link/{held.pk}",
    )  # fmt: skip
    held.used_at = now
    held.save(update_fields=["used_at"])
    return change


@action("emergency.ring_me", label=_("测试只响我"))
def ring_me(person, *, by, now, make_secret=secrets.token_urlsafe):
    """Ring oneself and nobody else, by the worker's own path: the same outbox, senders and contacts as an alarm."""
    check(None if by == person else LadderRefusal.NOT_YOURSELF)
    link, wording = make_link(person, now=now, make_secret=make_secret), word_test(language=person.language)
    messages = tell(
        person, about=link, key=key_of_test(link.pk), title=wording.title, text=wording.text, words=wording.words,
        now=now, is_urgent=True, link=link.address, send_by=link.valid_until,
    )  # fmt: skip
    check(None if messages else LadderRefusal.NO_CONTACT)
    return done(link, after={"channels": [str(message.channel) for message in messages]})


@action("emergency.confirm_test", label=_("收到测试提醒"))
def confirm_test(link, *, by, now):
    """The test arrived: whoever it rang says so from its link."""
    if not link.is_test or by != link.person:
        raise Refused(str(LinkRefusal.UNKNOWN))
    check(LinkRefusal.of(state_of(link, now)))
    before = note(link, "used_at")
    link.used_at = now
    link.save(update_fields=["used_at"])
    return done(link, before=before)
