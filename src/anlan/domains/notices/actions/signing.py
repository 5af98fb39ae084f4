"""Signing: a second person looks at exactly what will be published, and puts a name to it."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anlan.domains.accounts.terms import Right
from anlan.domains.notices import queries, rules
from anlan.domains.notices.actions.drafting import fall, locked, step
from anlan.domains.notices.terms import NoticeState, Refusal, Step
from anlan.kit.actions import action, check, done, note


@action("notices.return", may=Right.NOTICES_SIGN, label=_("退回修改"))
def return_notice(notice, *, by, now, why):
    """Give a notice back to its drafter with what is to be mended; a signature falls."""
    notice = locked(notice)
    check(None if why.strip() else Refusal.NEEDS_REASON)
    before = note(notice, "state", "frozen_sha256")
    step(notice, Step.RETURN)
    fall(notice, NoticeState.RETURNED)
    return done(notice, before=before)


@action("notices.sign", may=Right.NOTICES_SIGN, label=pgettext_lazy("notice", "签发"))
def sign_notice(notice, *, by, now, seen_sha256):
    """Sign what was seen: `seen_sha256` is the hash of the text on the signer's page. The text is frozen.

    Refused for whoever wrote or submitted it, for roles that do not sign this kind, and where the text is not the one
    that was seen.
    """
    notice = locked(notice)
    step(notice, Step.SIGN)
    check(queries.check_signer(notice, by, now=now))
    check(queries.check_ready(notice, now=now))
    frozen = queries.frozen_of(notice)
    check(None if rules.digest(frozen) == seen_sha256 else Refusal.SEEN_OTHER_TEXT)
    before = note(notice, "state", "frozen_sha256")
    notice.state, notice.signed_at, notice.signed_by = NoticeState.SIGNED, now, by
    notice.frozen_text, notice.frozen_sha256 = frozen, rules.digest(frozen)
    notice.save(update_fields=["state", "signed_at", "signed_by", "frozen_text", "frozen_sha256"])
    return done(notice, before=before)
