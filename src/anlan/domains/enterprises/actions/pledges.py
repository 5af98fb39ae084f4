"""Pledges: the text that is pledged, who signed it, and when it was broken."""

import hashlib

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises.actions.following import follow, stop_following
from anlan.domains.enterprises.actions.parts import touch
from anlan.domains.enterprises.models import Pledge, PledgeText
from anlan.domains.enterprises.queries.pledges import text_for
from anlan.domains.enterprises.queries.register import is_own
from anlan.domains.enterprises.rules.register import check_pledge, pledge_until, standing_of_pledge
from anlan.domains.enterprises.terms import PledgeState, Refusal
from anlan.kit.actions import action, check, done, note

PLEDGE_WORDS = ("text", "signer", "post", "signed_on", "valid_until", "published_at")


@action("enterprises.lay_down_text", may=Right.ENTERPRISES_EDIT, label=_("发布承诺书文本"))
def lay_down_text(organisation, *, by, now, text, valid_from):
    """Lay down another version of the text that enterprises under `organisation` pledge, from a day on."""
    check(None if text.strip() else Refusal.PLEDGE_TEXT_MISSING)
    texts = PledgeText.objects.filter(organisation=organisation)
    last = texts.aggregate(last=Max("version"))["last"] or 0
    digest = hashlib.sha256(text.strip().encode()).hexdigest()
    row = PledgeText.objects.create(
        organisation=organisation, version=last + 1, text=text.strip(), sha256=digest, valid_from=valid_from, by=by,
        at=now,
    )  # fmt: skip
    return done(row, after=note(row, "version", "sha256", "valid_from"))


@action("enterprises.record_pledge", may=Right.ENTERPRISES_EDIT, label=_("登记承诺"))
def record_pledge(enterprise, *, by, now, signer, post, signed_on, published_at=""):
    """Record a signed pledge to the text in use on the day of signing; the one before it is replaced."""
    row = keep_pledge(enterprise, by, now, signer, post, signed_on, published_at)
    return done(row, after=note(row, *PLEDGE_WORDS))


@action("enterprises.sign_pledge", label=_("企业签署承诺"))
def sign_pledge(enterprise, *, by, now, signer, post, seen_sha256):
    """The enterprise's own people sign the text that they have just read (`seen_sha256`), today."""
    check(None if is_own(by, enterprise) else Refusal.NOT_YOURS)
    check(None if enterprise.is_active else Refusal.NOT_ACTIVE)
    today = timezone.localdate(now)
    text = text_for(enterprise, on=today)
    check(None if text is None or text.sha256 == seen_sha256 else Refusal.PLEDGE_TEXT_OTHER)
    row = keep_pledge(enterprise, by, now, signer, post, today, "")
    return done(row, after=note(row, *PLEDGE_WORDS))


def keep_pledge(enterprise, by, now, signer, post, signed_on, published_at):
    """Keep a pledge that was signed on a day; the one before it is replaced, and its day is followed up."""
    today = timezone.localdate(now)
    text = text_for(enterprise, on=signed_on)
    check(None if text else Refusal.PLEDGE_NO_TEXT)
    check(check_pledge(signer=signer, post=post, signed_on=signed_on, text_from=text.valid_from, today=today))
    held = enterprise.pledges.filter(state=PledgeState.HELD).first()
    if held:
        same = held.text == text and standing_of_pledge(held.state, held.valid_until, signed_on)
        check(Refusal.PLEDGE_HELD if same and held.signed_on == signed_on else None)
        held.state = PledgeState.REPLACED
        held.save(update_fields=["state"])
        stop_following(held, by=by, now=now, outcome=str(_("已重新承诺")))
    row = Pledge.objects.create(
        enterprise=enterprise, text=text, signer=signer.strip(), post=post.strip(), signed_on=signed_on,
        valid_until=pledge_until(signed_on), published_at=published_at.strip(), recorded_at=now,
    )  # fmt: skip
    follow(row, by=by, now=now)
    touch(enterprise, now)
    return row


@action("enterprises.break_pledge", may=Right.ENTERPRISES_EDIT, label=_("登记违背承诺"))
def break_pledge(pledge, *, by, now, broken_on, why):
    """Record that a pledge was broken, on which day and by what."""
    check(None if pledge.state == PledgeState.HELD else Refusal.PLEDGE_NOT_HELD)
    check(None if why.strip() else Refusal.NO_REASON)
    check(None if pledge.signed_on <= broken_on <= timezone.localdate(now) else Refusal.PLEDGE_DAY)
    before = note(pledge, "state", "broken_on")
    pledge.state, pledge.broken_on = PledgeState.BROKEN, broken_on
    pledge.save(update_fields=["state", "broken_on"])
    stop_following(pledge, by=by, now=now, outcome=why)
    touch(pledge.enterprise, now)
    return done(pledge, before=before)
