"""What belongs to an enterprise: licences, sites, who answers for what."""

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises.actions.following import follow, stop_following
from anlan.domains.enterprises.models import Enterprise, Licence, ResponsibilityList, Site
from anlan.domains.enterprises.terms import Refusal
from anlan.kit.actions import action, check, done, note

LICENCE_WORDS = ("kind", "number", "issued_by", "valid_until")


@action("enterprises.add_licence", may=Right.ENTERPRISES_EDIT, label=_("登记许可证"))
def add_licence(enterprise, *, by, now, kind, number, issued_by="", valid_until=None):
    """Record a licence with its expiry. Raises Refused where the same one is on record."""
    check(None if kind.strip() and number.strip() else Refusal.LICENCE_FIELDS)
    known = enterprise.licences.filter(kind=kind.strip(), number=number.strip(), withdrawn_at=None)
    check(Refusal.LICENCE_TWICE if known.exists() else None)
    row = Licence.objects.create(
        enterprise=enterprise,
        kind=kind.strip(),
        number=number.strip(),
        issued_by=issued_by,
        valid_until=valid_until,
    )
    follow(row, by=by, now=now)
    touch(enterprise, now)
    return done(row, after=note(row, *LICENCE_WORDS))


@action("enterprises.edit_licence", may=Right.ENTERPRISES_EDIT, label=_("修改许可证"))
def edit_licence(licence, *, by, now, **words):
    """Change a licence, such as its expiry after a renewal."""
    before = note(licence, *words)
    for name in words:
        setattr(licence, name, words[name])
    check(None if licence.kind.strip() and licence.number.strip() else Refusal.LICENCE_FIELDS)
    licence.save()
    if before.get("valid_until", licence.valid_until) != licence.valid_until:
        stop_following(licence, by=by, now=now, outcome=str(_("有效期已更新")))
        follow(licence, by=by, now=now)
    touch(licence.enterprise, now)
    return done(licence, before=before)


@action("enterprises.withdraw_licence", may=Right.ENTERPRISES_EDIT, label=_("撤下许可证"))
def withdraw_licence(licence, *, by, now, why):
    """Take a licence off the record that was entered by mistake, or was revoked; the reason says which."""
    stop_following(licence, by=by, now=now, outcome=why)
    return end(licence, "withdrawn_at", now, why)


@action("enterprises.add_site", may=Right.ENTERPRISES_EDIT, label=_("登记经营地点"))
def add_site(enterprise, *, by, now, place=None, name="", address="", staff_count=None):
    """Say where an enterprise works: a place of the register, or an address of its own."""
    taken = place and enterprise.sites.filter(place=place, closed_at=None).exists()
    check(Refusal.SITE_TWICE if taken else None)
    name = (name or (place.name if place else address)).strip()
    check(None if name else Refusal.NAME_MISSING)
    row = Site.objects.create(
        enterprise=enterprise, place=place, name=name, address=address, staff_count=staff_count
    )
    touch(enterprise, now)
    return done(row, after=note(row, "name", "place", "address", "staff_count"))


@action("enterprises.close_site", may=Right.ENTERPRISES_EDIT, label=_("停用经营地点"))
def close_site(site, *, by, now, why):
    """An enterprise works there no longer."""
    return end(site, "closed_at", now, why)


@action("enterprises.keep_responsibilities", may=Right.ENTERPRISES_EDIT, label=_("登记责任清单"))
def keep_responsibilities(enterprise, *, by, now, lines):
    """Record who answers for what, as a new version; `lines` are [{post, person, duty}], empty ones left out."""
    kept = [line for line in lines if line["post"].strip() and line["duty"].strip()]
    check(None if kept else Refusal.LIST_EMPTY)
    last = enterprise.responsibility_lists.aggregate(last=Max("version"))["last"] or 0
    row = ResponsibilityList.objects.create(
        enterprise=enterprise, version=last + 1, lines=kept, by=by, at=now
    )
    touch(enterprise, now)
    told = [
        {"post": line["post"], "duty": line["duty"]} for line in kept
    ]  # who it is stands in the list alone
    return done(row, after=note(row, "version") | {"lines": told})


def end(part, field, now, why):
    """Mark a part as ended, with a reason."""
    check(Refusal.ALREADY_SO if getattr(part, field) else None)
    check(None if why.strip() else Refusal.NO_REASON)
    before = note(part, field)
    setattr(part, field, now)
    part.save(update_fields=[field])
    touch(part.enterprise, now)
    return done(part, before=before)


def touch(enterprise, now):
    """An enterprise has changed when one of its parts has: who follows the register asks for it again."""
    Enterprise.objects.filter(pk=enterprise.pk).update(changed_at=now)
