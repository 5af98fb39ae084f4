"""The first organisation, the first roles and the first administrator of an empty installation."""

import secrets

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts import rules
from anlan.domains.accounts.actions.people import give_one_time_password
from anlan.domains.accounts.models import Organisation, Person, Role, RoleHolding
from anlan.domains.accounts.terms import FirstRole, Refusal
from anlan.kit.actions import action, check, done, note

ROOT_CODE, FIRST_USERNAME = "district", "admin"


@action("accounts.found", machine=True, label=_("系统初始化"))
def found(district, *, by, now, administrator, make_secret=secrets.token_urlsafe):
    """Found an installation: `found("静安区", by=None, now=now, administrator="系统管理员")`.

    Creates the top organisation named `district`, the first roles with `rules.FIRST_RIGHTS`, and the
    person `admin` (shown as `administrator`) who may do everything. The change's subject is that person,
    with the password to use once in `one_time_password`. Raises Refused unless nothing is there yet.
    """
    is_empty = not (Organisation.objects.exists() or Person.objects.exists())
    check(None if is_empty else Refusal.ALREADY_FOUNDED)
    root = Organisation.objects.create(code=ROOT_CODE, name=district, path="+")
    root.path = rules.path_of_child("", root.pk)
    root.save(update_fields=["path"])
    for first, rights in rules.FIRST_RIGHTS.items():
        Role.objects.create(code=first.value, name=str(first.label), rights=[right.value for right in rights])
    person = Person(username=FIRST_USERNAME, name=administrator, organisation=root)
    give_one_time_password(person, make_secret)
    person.save()
    role = Role.objects.get(code=FirstRole.ADMINISTRATOR)
    RoleHolding.objects.create(person=person, role=role, organisation=root)
    return done(person, after=note(person, "username", "organisation"))
