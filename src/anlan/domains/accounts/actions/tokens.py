"""Tokens of devices, screens and other systems: given once (`change.subject.token`), kept only as a fingerprint, revocable."""

import secrets
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts import rules
from anlan.domains.accounts.models import AccessToken, DeviceCredential, ScreenToken
from anlan.domains.accounts.terms import Refusal, Right
from anlan.kit.actions import action, check, done, note

TOKEN_BYTES = 32  # 256 bits: nobody guesses one, so a plain hash protects it
START_CHARS = 9  # of the token, kept to tell one from another; leaves more than 200 bits unknown
DEVICE_PREFIX, SCREEN_PREFIX, ACCESS_PREFIX = "anl_", "anls_", "anla_"
SEEN_EVERY = timedelta(minutes=1)


@action("accounts.issue_credential", may=Right.ACCOUNTS_MANAGE, label=_("签发设备凭证"))
def issue_credential(organisation, *, by, now, name, make_secret=secrets.token_urlsafe):
    """Give a device or gateway of `organisation` its credential."""
    return issue(DeviceCredential, DEVICE_PREFIX, organisation, name=name, now=now, make_secret=make_secret)


@action("accounts.issue_screen", may=Right.ACCOUNTS_MANAGE, label=_("签发大屏令牌"))
def issue_screen(organisation, *, by, now, name, make_secret=secrets.token_urlsafe):
    """Give an unattended screen of `organisation` its read-only token."""
    return issue(ScreenToken, SCREEN_PREFIX, organisation, name=name, now=now, make_secret=make_secret)


@action("accounts.issue_access", may=Right.ACCOUNTS_MANAGE, label=_("签发接口令牌"))
def issue_access(
    organisation, *, by, now, name, sees_contacts=False, hands_in_cases=False, make_secret=secrets.token_urlsafe
):  # fmt: skip
    """Give another system the token by which it reads what `organisation` may see.

    Contacts of enterprises are among it only where `by` may keep their records; it hands in cases only where `by` may
    deal with them.
    """
    for is_asked, right in ((sees_contacts, Right.ENTERPRISES_EDIT), (hands_in_cases, Right.HAZARDS_VERIFY)):
        may = not is_asked or by.may(right, organisation)
        check(None if may else Refusal.GIVES_MORE % {"rights": right.label})
    words = {"name": name, "now": now, "make_secret": make_secret, "sees_contacts": sees_contacts}
    words["hands_in_cases"] = hands_in_cases
    return issue(AccessToken, ACCESS_PREFIX, organisation, **words)


@action("accounts.revoke_access", may=Right.ACCOUNTS_MANAGE, label=_("停用接口令牌"))
def revoke_access(access, *, by, now):
    """Stop another system's token; its next question is refused."""
    return revoke(access, now)


@action("accounts.revoke_credential", may=Right.ACCOUNTS_MANAGE, label=_("停用设备凭证"))
def revoke_credential(credential, *, by, now):
    """Stop a device's credential at once; what it sends from now on is refused."""
    return revoke(credential, now)


@action("accounts.revoke_screen", may=Right.ACCOUNTS_MANAGE, label=_("停用大屏令牌"))
def revoke_screen(screen, *, by, now):
    """Stop a screen's token; the screen goes dark at its next question."""
    return revoke(screen, now)


def issue(model, prefix, organisation, *, name, now, make_secret, **words):
    """Store a new token's fingerprint and hand the token over on the row."""
    check(None if organisation.is_active else Refusal.ORGANISATION_CLOSED % {"name": organisation.name})
    check(None if name.strip() else Refusal.NAME_MISSING)
    token = prefix + make_secret(TOKEN_BYTES)
    row = model.objects.create(
        organisation=organisation,
        name=name,
        token_start=token[:START_CHARS],
        token_sha256=rules.fingerprint(token),
        issued_at=now,
        **words,
    )
    row.token = token
    return done(row, after=note(row, "name", "token_start", *words))


def revoke(row, now):
    """Mark a token as no longer in use."""
    before = note(row, "revoked_at")
    check(Refusal.ALREADY_SO if row.revoked_at else None)
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    return done(row, before=before)


def mark_seen(credential_ids, *, now):
    """Remember that these credentials were used; telemetry, not a change of record.

    Callers gather ids and call it once a minute or so: one statement for all of them.
    """
    DeviceCredential.objects.filter(pk__in=credential_ids).update(seen_at=now)


def mark_access_seen(access, *, now):
    """Remember that another system used its token, once a minute; telemetry, not a change of record."""
    if access.seen_at is None or now - access.seen_at > SEEN_EVERY:
        AccessToken.objects.filter(pk=access.pk).update(seen_at=now)
