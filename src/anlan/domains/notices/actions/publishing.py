"""Publishing: once; then updated, lifted or run out. And warnings, which are handed over and never published here."""

from urllib.parse import urlsplit

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anlan.domains.accounts.terms import Right
from anlan.domains.notices import queries, rules
from anlan.domains.notices.actions.drafting import locked, step
from anlan.domains.notices.models import NoticeNumber, NoticeTarget
from anlan.domains.notices.terms import (
    BY_HAND,
    LIFTED_MARK,
    UPDATED_MARK,
    NoticeState,
    OutletKind,
    Refusal,
    Step,
)
from anlan.kit.actions import action, check, done, note
from anlan.kit.outbox import queue

ENDED = ("state", "ended_at")


@action("notices.publish", may=Right.NOTICES_DRAFT, label=_("发布"))
def publish_notice(notice, *, by, now, origin=""):
    """Publish what was signed, at every outlet, once. `origin`: https://host of our own pages, for links.

    Refused unless two people stand behind it and the text is the signed one. What it takes the place of is updated.
    """
    notice = locked(notice)
    step(notice, Step.PUBLISH)
    check_signature(notice, now)
    before = note(notice, "state", "number")
    notice.number = take_number(now)
    notice.state, notice.published_at, notice.published_by = NoticeState.PUBLISHED, now, by
    notice.origin = origin if urlsplit(origin).scheme in ("http", "https") else ""
    notice.save()
    if notice.updates_id:
        supersede_notice(notice.updates, by=by, now=now, scene=notice.scene)
    send_everywhere(notice, now=now)
    return done(notice, before=before)


@action("notices.hand_over", may=Right.NOTICES_DRAFT, label=_("移交"))
def hand_over(notice, *, by, now, taken_by):
    """Record that a signed draft of a warning was handed to who may issue it: to whom, and when."""
    notice = locked(notice)
    step(notice, Step.HAND_OVER)
    check(None if taken_by.strip() else Refusal.TAKER_MISSING)
    check_signature(notice, now)
    before = note(notice, "state", "number", "taken_by")
    notice.number = take_number(now)
    notice.state, notice.taken_by, notice.taken_at = NoticeState.HANDED_OVER, taken_by.strip(), now
    notice.save()
    if notice.updates_id:
        supersede_notice(notice.updates, by=by, now=now, scene=notice.scene)
    return done(notice, before=before)


@action("notices.supersede", label=_("被更正"))
def supersede_notice(notice, *, by, now):
    """End a notice whose place another takes; only together with that one's publication."""
    notice = locked(notice)
    check(None if notice.state in rules.ACTIVE else Refusal.NOT_ACTIVE % {"number": notice.number})
    return end(notice, NoticeState.UPDATED, by=by, now=now)


@action("notices.lift", may=Right.NOTICES_SIGN, label=pgettext_lazy("notice", "解除"))
def lift_notice(notice, *, by, now, why):
    """Lift a notice that holds: only a person does, with the reason; everyone who was told is told so."""
    notice = locked(notice)
    check(None if why.strip() else Refusal.NEEDS_REASON)
    step(notice, Step.LIFT)
    ended = end(notice, NoticeState.LIFTED, by=by, now=now)
    for target in notice.targets.filter(kind=OutletKind.CHANNEL, sendings__gt=0).select_related("channel"):
        text = rules.lifted_text(queries.texts_of(notice), number=notice.number)
        tell(
            target,
            notice,
            step="lift",
            title=f"{LIFTED_MARK}{notice.headline_zh}",
            text=text,
            now=now,
        )
    return ended


@action("notices.expire", machine=True, label=_("到期"))
def expire_notice(notice, *, by, now):
    """Note that a notice has run out."""
    notice = locked(notice)
    step(notice, Step.EXPIRE)
    check(None if notice.expires_at and notice.expires_at <= now else Refusal.ALREADY_SO)
    return end(notice, NoticeState.EXPIRED, by=by, now=now)


@action("notices.send_again", may=Right.NOTICES_DRAFT, label=_("再次发送"))
def send_again(target, *, by, now):
    """Send a notice that holds to one channel once more, under a new key."""
    notice = locked(target.notice)
    target = NoticeTarget.objects.select_for_update(of=("self",)).select_related("channel").get(pk=target.pk)
    check(None if target.kind == OutletKind.CHANNEL else Refusal.NOTHING_TO_SEND)
    check(None if is_held(notice, now) else Refusal.NOT_PUBLISHED)
    before = note(target, "sendings")
    send(target, notice, now=now)
    return done(target, before=before)


@action("notices.report_published", may=Right.NOTICES_DRAFT, label=_("登记人工发布"))
def report_published(target, *, by, now, address):
    """Record where a person published a notice by hand (an official account, a microblog)."""
    target = (
        NoticeTarget.objects.select_for_update(of=("self",))
        .select_related("channel", "notice")
        .get(pk=target.pk)
    )
    by_hand = target.kind in BY_HAND or queries.is_draft_kind(target.channel)
    check(None if by_hand else Refusal.NOT_BY_HAND)
    check(None if target.notice.published_at else Refusal.NOT_PUBLISHED)
    check(Refusal.ALREADY_REPORTED if target.address else None)
    parts = urlsplit(address.strip())
    check(None if parts.scheme in ("http", "https") and parts.netloc else Refusal.ADDRESS_FORM)
    before = note(target, "address")
    target.address, target.reported_at, target.reported_by = address.strip(), now, by
    target.save(update_fields=["address", "reported_at", "reported_by"])
    return done(target, before=before)


def check_signature(notice, now):
    """Refuse unless two different people stand behind exactly this text, and it is still whole."""
    two = notice.signed_by_id and notice.submitted_by_id and notice.signed_by_id != notice.submitted_by_id
    check(None if two else Refusal.NEEDS_PERSON)
    check(rules.check_unchanged(notice.frozen_text, notice.frozen_sha256, queries.frozen_of(notice)))
    check(queries.check_ready(notice, now=now))


def is_held(notice, now):
    """Whether a notice is published and holds or will hold."""
    return notice.state == NoticeState.PUBLISHED and notice.expires_at > now


def end(notice, state, *, by, now):
    """Close a notice that held."""
    before = note(notice, *ENDED)
    notice.state, notice.ended_at, notice.ended_by = state, now, by
    notice.save(update_fields=["state", "ended_at", "ended_by"])
    return done(notice, before=before)


def take_number(now):
    """The next number of the year: locked, so that there are no gaps and no twins."""
    year = timezone.localdate(now).year
    NoticeNumber.objects.get_or_create(year=year)
    line = NoticeNumber.objects.select_for_update().get(year=year)
    line.last += 1
    line.save(update_fields=["last"])
    return rules.say_number(year, line.last)


def send_everywhere(notice, *, now):
    """Queue a published notice at each channel it goes to; pages, feeds and displays ask by themselves."""
    for target in notice.targets.filter(kind=OutletKind.CHANNEL).select_related("channel"):
        send(target, notice, now=now)


def send(target, notice, *, now):
    """Queue one sending under a key of its own."""
    target.sendings += 1
    target.save(update_fields=["sendings"])
    until = f"{timezone.localtime(notice.expires_at):%m-%d %H:%M}"
    text = rules.message_text(queries.texts_of(notice), until=until, number=notice.number)
    title = f"{UPDATED_MARK}{notice.headline_zh}" if notice.updates_id else notice.headline_zh
    tell(target, notice, step=target.sendings, title=title, text=text, now=now, send_by=notice.expires_at)


def tell(target, notice, *, step, title, text, now, send_by=None):
    """Put one text about a notice into the outbox."""
    target.notice = notice
    path = reverse("notices:public_notice", args=[notice.number])
    queue(
        notice, key=queries.key_of(target, step), channel=target.channel, title=str(title), text=text, now=now,
        scene=notice.scene, link=f"{notice.origin}{path}" if notice.origin else "", is_urgent=True, send_by=send_by,
        words={"number": notice.number, "hazard": notice.hazard},
    )  # fmt: skip
