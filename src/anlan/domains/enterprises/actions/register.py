"""Enterprises come onto the register, change, leave it, and are merged; their numbers stay."""

from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises.actions.following import (
    follow,
    follow_days_again,
    stop_following,
    stop_following_days,
)
from anlan.domains.enterprises.models import Enterprise, Site
from anlan.domains.enterprises.rules.codes import TEMPORARY, name_key, temporary_code, tidy_code
from anlan.domains.enterprises.rules.register import PRIVATE, check_enterprise, mask_private
from anlan.domains.enterprises.terms import CHANGED, EnterpriseState, PledgeState, Refusal
from anlan.kit.actions import Done, action, check, done, note

WORDS = (
    "former_number", "name", "industry_code", "industry", "size", "staff_count", "address", "registered_address",
    "principal", "principal_phone", "safety_officer", "safety_phone", "standard_grade", "standard_until", "insurer",
    "insured_until",
)  # fmt: skip
DAYS = ("standard_until", "insured_until")


@action("enterprises.register", may=Right.ENTERPRISES_EDIT, label=_("登记企业"))
def register_enterprise(organisation, *, by, now, code="", **words):
    """Put an enterprise on the register, watched over by `organisation`; without a code it gets a temporary number.

    Raises Refused for an unsound or taken code, and for fields that cannot be kept.
    """
    code = tidy_code(code)
    enterprise = Enterprise(code=code, supervisor=organisation, registered_at=now)
    settle(enterprise, words, now)
    insist_free(code)
    enterprise.code = code or next_temporary()
    enterprise.save()
    return done(enterprise, after=kept(enterprise))


@action("enterprises.edit", may=Right.ENTERPRISES_EDIT, label=_("修改企业"))
def edit_enterprise(enterprise, *, by, now, code=None, supervisor=None, **words):
    """Change fields of an enterprise; those not named stay. A temporary number gives way to the code once it is known.

    Raises Refused as `register_enterprise` does, and where `by` may not act for the new supervisor.
    """
    check(None if enterprise.is_active else Refusal.NOT_ACTIVE)
    before, was = told(enterprise, *words), note(enterprise, *words)
    if code is not None and tidy_code(code) != enterprise.code:
        before["code"] = enterprise.code
        if enterprise.has_temporary_code:
            enterprise.temporary_number = enterprise.code
        enterprise.code = tidy_code(code)
        insist_free(enterprise.code)
    if supervisor is not None and supervisor != enterprise.supervisor:
        permitted = by.may(Right.ENTERPRISES_EDIT, supervisor)
        check(None if permitted else Refusal.SUPERVISOR_UNKNOWN % {"code": supervisor.code})
        before |= note(enterprise, "supervisor")
        enterprise.supervisor = supervisor
    settle(enterprise, words, now)
    enterprise.save()
    stop_following_days(enterprise, by=by, now=now)
    return Done(enterprise, before, told_after(enterprise, before, was))


def told(enterprise, *names):
    """The values of these fields as the record of changes keeps them: what is of people is masked."""
    return mask_private(note(enterprise, *names))


def told_after(enterprise, before, was):
    """The same after a change; a name or number that differs from what it `was` and looks the same masked says so."""
    after = told(enterprise, *before)
    for name in set(PRIVATE) & set(was):
        if after[name] == before[name] and getattr(enterprise, name) != was[name]:
            after[name] += str(CHANGED)
    return after


def settle(enterprise, words, now):
    """Give an enterprise its fields. Raises Refused where they cannot be kept."""
    for name in words:
        setattr(enterprise, name, words[name])
    code = "" if enterprise.has_temporary_code else enterprise.code
    days = [getattr(enterprise, name) for name in DAYS]
    check(
        check_enterprise(
            code=code, name=enterprise.name, former_number=enterprise.former_number,
            staff_count=enterprise.staff_count, days=days,
        )
    )  # fmt: skip
    enterprise.name = enterprise.name.strip()
    enterprise.name_key, enterprise.changed_at = name_key(enterprise.name), now


def insist_free(code):
    """Raise Refused where a code is on the register already."""
    known = Enterprise.objects.filter(code=code).first() if code else None
    check(Refusal.CODE_TAKEN % {"code": code, "name": known.name} if known else None)


def next_temporary():
    """The next temporary number; one that gave way to a code is not given again."""
    given = Enterprise.objects.aggregate(
        code=Max("code", filter=Q(code__startswith=TEMPORARY)), former=Max("temporary_number")
    )
    return temporary_code(max(int((number or "")[1:] or 0) for number in given.values()) + 1)


def kept(enterprise):
    """The fields of an enterprise that hold something, as its first change row keeps them."""
    return {
        name: value for name, value in told(enterprise, "code", *WORDS).items() if value not in ("", None)
    }


@action("enterprises.give_account", may=Right.ENTERPRISES_EDIT, label=_("设置企业账号机构"))
def give_account(enterprise, *, by, now, account):
    """Say which organisation is the enterprise's own: its people keep the record up to date by requests."""
    before = note(enterprise, "account")
    enterprise.account, enterprise.changed_at = account, now
    enterprise.save(update_fields=["account", "changed_at"])
    return done(enterprise, before=before)


@action("enterprises.close", may=Right.ENTERPRISES_EDIT, label=_("注销企业"))
def close_enterprise(enterprise, *, by, now, why):
    """Take an enterprise off the register; its record stays, and nobody is reminded of its days any more."""
    for part in parts_with_days(enterprise):
        stop_following(part, by=by, now=now, outcome=why)
    did = turn(enterprise, EnterpriseState.CLOSED, EnterpriseState.ACTIVE, why, now)
    stop_following_days(enterprise, by=by, now=now, outcome=why)
    return did


@action("enterprises.reopen", may=Right.ENTERPRISES_EDIT, label=_("恢复企业"))
def reopen_enterprise(enterprise, *, by, now, why):
    """Put a closed enterprise back on the register, with its days."""
    left_at = enterprise.changed_at
    did = turn(enterprise, EnterpriseState.ACTIVE, EnterpriseState.CLOSED, why, now)
    for part in parts_with_days(enterprise):
        follow(part, by=by, now=now)
    follow_days_again(enterprise, by=by, now=now, left_at=left_at)
    return did


def parts_with_days(enterprise):
    """The licences in use and the pledge held, of whose last days the supervisor is reminded."""
    return [
        *enterprise.licences.filter(withdrawn_at=None),
        *enterprise.pledges.filter(state=PledgeState.HELD),
    ]


def turn(enterprise, state, since, why, now):
    """Give an enterprise another state, if it has the one that it must have, with a reason."""
    check(None if enterprise.state == since else Refusal.ALREADY_SO)
    check(None if why.strip() else Refusal.NO_REASON)
    before = note(enterprise, "state")
    enterprise.state, enterprise.changed_at = state, now
    enterprise.save(update_fields=["state", "changed_at"])
    return done(enterprise, before=before)


@action("enterprises.merge", may=Right.ENTERPRISES_EDIT, label=_("合并企业"))
def merge_enterprise(enterprise, *, by, now, into, why):
    """Let `into` stand for an enterprise that is on the register twice; both numbers stay, and each leads to `into`.

    Its sites go over; licences, pledges and requests stay where they were recorded and are read from there.
    """
    check(Refusal.MERGE_SELF if enterprise == into else None)
    check(None if enterprise.is_active and into.is_active else Refusal.NOT_ACTIVE)
    check(None if by.may(Right.ENTERPRISES_EDIT, into.supervisor) else Refusal.MERGE_SCOPE)
    check(None if why.strip() else Refusal.NO_REASON)
    before = note(enterprise, "state", "merged_into")
    taken = set(into.sites.filter(closed_at=None).values_list("place_id", flat=True)) - {None}
    moved = [site for site in enterprise.sites.filter(closed_at=None) if site.place_id not in taken]
    Site.objects.filter(pk__in=[site.pk for site in moved]).update(enterprise=into)
    enterprise.state, enterprise.merged_into, enterprise.changed_at = EnterpriseState.MERGED, into, now
    enterprise.save(update_fields=["state", "merged_into", "changed_at"])
    Enterprise.objects.filter(pk=into.pk).update(changed_at=now)
    stop_following_days(enterprise, by=by, now=now, outcome=why)
    after = note(enterprise, "state", "merged_into") | {"moved_sites": [site.pk for site in moved]}
    return Done(enterprise, before, after)


@action("enterprises.unmerge", may=Right.ENTERPRISES_EDIT, label=_("撤销合并"))
def unmerge_enterprise(enterprise, *, by, now, moved_sites, why):
    """Undo a merger: both stand for themselves again, and the sites that went over come back."""
    check(None if enterprise.state == EnterpriseState.MERGED else Refusal.NOT_MERGED)
    check(None if why.strip() else Refusal.NO_REASON)
    before, left_at = note(enterprise, "state", "merged_into"), enterprise.changed_at
    Site.objects.filter(pk__in=moved_sites, enterprise=enterprise.merged_into, closed_at=None).update(
        enterprise=enterprise
    )
    enterprise.state, enterprise.merged_into, enterprise.changed_at = EnterpriseState.ACTIVE, None, now
    enterprise.save(update_fields=["state", "merged_into", "changed_at"])
    follow_days_again(enterprise, by=by, now=now, left_at=left_at)
    return done(enterprise, before=before)
