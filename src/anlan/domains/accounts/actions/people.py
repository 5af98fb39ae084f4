"""People come, change and go; passwords are given once and changed by their owner.

A one-time password is handed over on the subject (`change.subject.one_time_password`) and kept nowhere.
`make_secret(bytes)` makes it, by argument, so that a test knows it.
"""

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts import queries, rules
from anlan.domains.accounts.actions.roles import grant_role, keep_an_administrator
from anlan.domains.accounts.models import Person
from anlan.domains.accounts.terms import Refusal, Right
from anlan.kit.actions import Refused, action, check, done, note

ONE_TIME_BYTES = 9  # twelve characters that can be read out; 72 bits, for a password that lives once


@action("accounts.add_person", may=Right.ACCOUNTS_MANAGE, label=_("新增人员"))
def add_person(
    organisation,
    *,
    by,
    now,
    username,
    name,
    phone="",
    language="",
    role=None,
    make_secret=secrets.token_urlsafe,
):
    """Add somebody who signs in, with a one-time password that must be changed at the first sign-in.

    A `role` is granted in the same breath, in that organisation and below. Raises Refused for an unsound or taken sign-in name, a missing name, or a closed organisation.
    """
    check(None if organisation.is_active else Refusal.ORGANISATION_CLOSED % {"name": organisation.name})
    check(rules.username_is_sound(username))
    taken = Person.objects.filter(username__iexact=username).exists()
    check(Refusal.USERNAME_TAKEN % {"username": username} if taken else None)
    check(None if name.strip() else Refusal.NAME_MISSING)
    words = {"username": username, "name": name, "phone": phone, "language": language}
    person = Person(organisation=organisation, **words)
    give_one_time_password(person, make_secret)
    person.save()
    if role:
        grant_role(person, by=by, now=now, role=role, organisation=organisation)
    return done(person, after=note(person, *words, "organisation"))


@action("accounts.edit_person", may=Right.ACCOUNTS_MANAGE, label=_("修改人员"))
def edit_person(person, *, by, now, name, phone="", organisation=None):
    """Change a person's words, or put him into another organisation that `by` manages too.

    Roles stay where they are held. Raises Refused where the person holds more than `by`.
    """
    before = note(person, "name", "phone", "organisation")
    organisation = organisation or person.organisation
    check(None if name.strip() else Refusal.NAME_MISSING)
    check(rules.stands_above(by.holdings(), person.holdings()))
    check(rules.may_give(by.holdings(), [Right.ACCOUNTS_MANAGE], organisation.path))
    if organisation != person.organisation and not organisation.is_active:
        raise Refused(Refusal.ORGANISATION_CLOSED % {"name": organisation.name})
    person.name, person.phone, person.organisation = name, phone, organisation
    person.save(update_fields=["name", "phone", "organisation"])
    return done(person, before=before)


@action("accounts.deactivate_person", may=Right.ACCOUNTS_MANAGE, label=_("停用账号"))
def deactivate_person(person, *, by, now):
    """Let a person sign in no more; his sessions end. Raises Refused for the last administrator."""
    before = note(person, "is_active")
    check(None if person.is_active else Refusal.ALREADY_SO)
    check(rules.stands_above(by.holdings(), person.holdings()))
    keep_an_administrator(queries.administrators().exclude(pk=person.pk))
    person.is_active = False
    person.save(update_fields=["is_active"])
    return done(person, before=before)


@action("accounts.reactivate_person", may=Right.ACCOUNTS_MANAGE, label=_("恢复启用账号"))
def reactivate_person(person, *, by, now):
    """Let a person sign in again. Raises Refused while his organisation is closed."""
    before = note(person, "is_active")
    check(Refusal.ALREADY_SO if person.is_active else None)
    check(rules.stands_above(by.holdings(), person.holdings()))
    open_still = person.organisation.is_active
    check(None if open_still else Refusal.ORGANISATION_CLOSED % {"name": person.organisation.name})
    person.is_active = True
    person.save(update_fields=["is_active"])
    return done(person, before=before)


@action("accounts.reset_password", may=Right.ACCOUNTS_MANAGE, machine=True, label=_("重置密码"))
def reset_password(person, *, by, now, make_secret=secrets.token_urlsafe):
    """Give a person a new one-time password; his sessions end. The machine may, from the command line."""
    before = note(person, "must_change_password")
    check(rules.stands_above(by.holdings(), person.holdings()) if by else None)
    give_one_time_password(person, make_secret)
    person.save(update_fields=["password", "must_change_password"])
    return done(person, before=before)


@action("accounts.change_own_password", label=_("修改本人密码"))
def change_own_password(person, *, by, now, old, new):
    """Replace one's own password. Raises Refused for a wrong old one, or a new one that is too weak."""
    before = note(person, "must_change_password")
    check(None if by.pk == person.pk else Refusal.NOT_YOURSELF)
    check(None if person.check_password(old) else Refusal.OLD_PASSWORD_WRONG)
    check(Refusal.SAME_PASSWORD if old == new else None)
    try:
        validate_password(new, person)
    except ValidationError as weak:
        raise Refused(" ".join(weak.messages)) from None
    person.set_password(new)
    person.must_change_password = False
    person.save(update_fields=["password", "must_change_password"])
    return done(person, before=before)


@action("accounts.edit_own_profile", label=_("修改本人资料"))
def edit_own_profile(person, *, by, now, phone, language):
    """Change one's own telephone and language."""
    before = note(person, "phone", "language")
    check(None if by.pk == person.pk else Refusal.NOT_YOURSELF)
    person.phone, person.language = phone, language
    person.save(update_fields=["phone", "language"])
    return done(person, before=before)


def give_one_time_password(person, make_secret):
    """Set a password to be used once, and hand it over as `person.one_time_password`."""
    person.one_time_password = make_secret(ONE_TIME_BYTES)
    person.set_password(person.one_time_password)
    person.must_change_password = True
