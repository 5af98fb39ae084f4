"""The district's own wording of safety advice: a new version each time, none ever altered."""

import re

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.notices import queries, rules
from anlan.domains.notices.models import NoticeTemplate
from anlan.domains.notices.terms import Refusal
from anlan.kit.actions import action, check, done, note

CODE = re.compile(r"[a-z][a-z0-9-]{0,39}")


@action("notices.keep_template", may=Right.NOTICES_SIGN, label=_("保存避险须知"))
def keep_template(organisation, *, by, now, code, hazard, texts, is_new=False):
    """Keep a version of the advice `code` for the district: `texts` by the names of rules.TEXTS."""
    check(None if CODE.fullmatch(code) else Refusal.CODE_FORM)
    known, newest = queries.find_advice(code), queries.newest_version(code)
    check(Refusal.CODE_TAKEN % {"code": code} if is_new and known else None)
    texts = {name: texts.get(name, "").strip() for name in rules.TEXTS}
    check(None if texts["name_zh"] else Refusal.NAME_MISSING)
    is_same = known and dict(known.texts) == texts and known.hazard == hazard
    check(Refusal.SAME_TEXT if is_same and not (newest and newest.is_withdrawn) else None)
    row = NoticeTemplate.objects.create(
        code=code, version=newest.version + 1 if newest else 1, hazard=hazard, texts=texts, organisation=organisation,
        made_at=now,
    )  # fmt: skip
    return done(row, after=note(row, "code", "version", "hazard"))


@action("notices.withdraw_template", may=Right.NOTICES_SIGN, label=_("停用避险须知"))
def withdraw_template(organisation, *, by, now, code, why):
    """Offer a piece of advice no more."""
    known, newest = queries.find_advice(code), queries.newest_version(code)
    check(None if known else Refusal.CODE_FORM)
    check(None if why.strip() else Refusal.NEEDS_REASON)
    check(Refusal.ALREADY_SO if newest and newest.is_withdrawn else None)
    row = NoticeTemplate.objects.create(
        code=code, version=newest.version + 1 if newest else 1, hazard=known.hazard, texts=dict(known.texts),
        organisation=organisation, made_at=now, is_withdrawn=True,
    )  # fmt: skip
    return done(row, after=note(row, "code", "version", "is_withdrawn"))
