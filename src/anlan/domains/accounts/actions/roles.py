"""Roles are rows: what they allow is changed here, and who holds them where."""

from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts import queries, rules
from anlan.domains.accounts.models import Organisation, Role
from anlan.domains.accounts.terms import Refusal, Right
from anlan.kit.actions import action, check, done, note


@action("accounts.add_role", may=Right.ACCOUNTS_MANAGE, label=_("新增角色"))
def add_role(root, *, by, now, code, name, rights):
    """Add a role to the district (`root`, its top organisation); the change's subject is the new role."""
    check(rules.code_is_sound(code))
    check(Refusal.CODE_TAKEN % {"code": code} if Role.objects.filter(code=code).exists() else None)
    check(words_are_sound(name, rights) or rules.may_give(by.holdings(), rights, root.path))
    role = Role.objects.create(code=code, name=name, rights=in_order(rights))
    return done(role, after=note(role, "code", "name", "rights"))


@action("accounts.edit_role", may=Right.ACCOUNTS_MANAGE, label=_("修改角色"))
def edit_role(role, *, by, now, name, rights):
    """Change a role's name and rights, for all who hold it.

    Raises Refused where a right is added that `by` does not hold at the top, or no administrator is left.
    """
    before = note(role, "name", "rights")
    check(words_are_sound(name, rights))
    added = [right for right in rights if right not in role.rights]
    check(rules.may_give(by.holdings(), added, role.organisation.path))
    if Right.ACCOUNTS_MANAGE not in rights:
        keep_an_administrator(queries.administrators(without_role=role))
    role.name, role.rights = name, in_order(rights)
    role.save(update_fields=["name", "rights"])
    return done(role, before=before)


@action("accounts.grant_role", may=Right.ACCOUNTS_MANAGE, label=_("授予角色"))
def grant_role(person, *, by, now, role, organisation):
    """Let a person hold `role` in `organisation` and below; the change's subject is the person.

    Raises Refused where `by` does not manage that organisation or lacks one of the role's rights there.
    """
    check(rules.may_give(by.holdings(), [Right.ACCOUNTS_MANAGE, *role.rights], organisation.path))
    check(None if organisation.is_active else Refusal.ORGANISATION_CLOSED % {"name": organisation.name})
    before = {"roles": person.say_roles()}
    _held, is_new = person.holds.get_or_create(role=role, organisation=organisation)
    check(None if is_new else Refusal.ROLE_HELD)
    person.forget_holdings()
    return done(person, before=before, after={"roles": person.say_roles()})


@action("accounts.withdraw_role", may=Right.ACCOUNTS_MANAGE, label=_("撤销角色"))
def withdraw_role(person, *, by, now, role, organisation):
    """Take a role in an organisation from a person. Raises Refused for the last administrator."""
    check(rules.may_give(by.holdings(), [Right.ACCOUNTS_MANAGE, *role.rights], organisation.path))
    before = {"roles": person.say_roles()}
    gone, _rows = person.holds.filter(role=role, organisation=organisation).delete()
    check(None if gone else Refusal.ROLE_NOT_HELD)
    keep_an_administrator(queries.administrators())
    person.forget_holdings()
    return done(person, before=before, after={"roles": person.say_roles()})


def keep_an_administrator(left):
    """Refuse where nobody would be left (a queryset of people, not yet asked).

    The top's row is locked first: two administrators who withdraw each other at once come one after the other.
    """
    Organisation.objects.select_for_update().get(parent=None)
    check(rules.keeps_an_administrator(left.count()))


def words_are_sound(name, rights):
    """A name is given and the rights exist."""
    return rules.rights_are_known(rights) if name.strip() else Refusal.NAME_MISSING


def in_order(rights):
    """Rights in the order of `Right`, each once, so that the same set is always the same row."""
    return [right.value for right in Right if right in rights]
