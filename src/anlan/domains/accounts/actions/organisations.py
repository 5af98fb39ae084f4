"""The tree of organisations grows, changes its words, moves and closes."""

from django.db.models import F, Value
from django.db.models.functions import Concat, Length, Substr
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts import rules
from anlan.domains.accounts.models import Organisation
from anlan.domains.accounts.terms import Refusal, Right
from anlan.kit.actions import action, check, done, note

EDITED = ("code", "name", "name_en", "sort", "phone")


@action("accounts.add_organisation", may=Right.ACCOUNTS_MANAGE, label=_("新增机构"))
def add_organisation(parent, *, by, now, code, name, name_en="", sort="", phone=""):
    """Add an organisation below `parent`; the change's subject is the new one.

    Raises Refused for an unsound or taken code, a missing name, a closed parent, or too many steps.
    """
    check(None if parent.is_active else Refusal.ORGANISATION_CLOSED % {"name": parent.name})
    check(words_are_sound(code=code, name=name))
    check(rules.depth_is_sound(len(parent.path) // rules.STEP + 1))
    words = {"code": code, "name": name, "name_en": name_en, "sort": sort, "phone": phone}
    # The path holds the row's own id, known only after it is stored: until then the code keeps it unique.
    added = Organisation.objects.create(parent=parent, path=f"+{code}", **words)
    added.path = rules.path_of_child(parent.path, added.pk)
    added.save(update_fields=["path"])
    return done(added, after=note(added, *EDITED, "parent"))


@action("accounts.edit_organisation", may=Right.ACCOUNTS_MANAGE, label=_("修改机构"))
def edit_organisation(organisation, *, by, now, code, name, name_en="", sort="", phone=""):
    """Give an organisation other words. Raises Refused for an unsound or taken code, or a missing name."""
    before = note(organisation, *EDITED)
    check(words_are_sound(code=code, name=name, itself=organisation.pk))
    organisation.code, organisation.name, organisation.name_en = code, name, name_en
    organisation.sort, organisation.phone = sort, phone
    organisation.save(update_fields=EDITED)
    return done(organisation, before=before)


@action("accounts.move_organisation", may=Right.ACCOUNTS_MANAGE, label=_("移动机构"))
def move_organisation(organisation, *, by, now, parent):
    """Hang an organisation, with all below it, under another parent; `by` must manage both.

    Raises Refused for the top organisation, a parent below itself, a closed parent, or too many steps.
    """
    before = note(organisation, "parent")
    check(Refusal.ROOT_STAYS if organisation.parent_id is None else None)
    check(rules.may_give(by.holdings(), [Right.ACCOUNTS_MANAGE], parent.path))
    check(None if parent.is_active else Refusal.ORGANISATION_CLOSED % {"name": parent.name})
    old, new = organisation.path, rules.path_of_child(parent.path, organisation.pk)
    subtree = Organisation.objects.filter(path__startswith=old)
    deepest = subtree.order_by(Length("path").desc()).values_list("path", flat=True).first()
    check(rules.move_is_sound(old, parent.path, deepest))
    subtree.update(path=Concat(Value(new), Substr(F("path"), len(old) + 1)))
    organisation.parent, organisation.path = parent, new
    organisation.save(update_fields=["parent"])
    return done(organisation, before=before)


@action("accounts.close_organisation", may=Right.ACCOUNTS_MANAGE, label=_("停用机构"))
def close_organisation(organisation, *, by, now):
    """Take an organisation out of use. Raises Refused while anything in it is still in use, or at the top."""
    before = note(organisation, "is_active")
    check(None if organisation.is_active else Refusal.ALREADY_SO)
    check(
        rules.closing_is_sound(
            is_root=organisation.parent_id is None,
            children=organisation.children.filter(is_active=True).count(),
            people=organisation.people.filter(is_active=True).count(),
            credentials=organisation.credentials.filter(revoked_at=None).count(),
            screens=organisation.screens.filter(revoked_at=None).count(),
        )
    )
    organisation.is_active = False
    organisation.save(update_fields=["is_active"])
    return done(organisation, before=before)


@action("accounts.reopen_organisation", may=Right.ACCOUNTS_MANAGE, label=_("恢复启用机构"))
def reopen_organisation(organisation, *, by, now):
    """Take a closed organisation into use again. Raises Refused while its parent is closed."""
    before = note(organisation, "is_active")
    check(Refusal.ALREADY_SO if organisation.is_active else None)
    parent = organisation.parent
    check(None if parent.is_active else Refusal.PARENT_CLOSED % {"name": parent.name})
    organisation.is_active = True
    organisation.save(update_fields=["is_active"])
    return done(organisation, before=before)


def words_are_sound(*, code, name, itself=None):
    """A name is given, and the code is well formed and not another organisation's."""
    if not name.strip():
        return Refusal.NAME_MISSING
    if Organisation.objects.filter(code=code).exclude(pk=itself).exists():
        return Refusal.CODE_TAKEN % {"code": code}
    return rules.code_is_sound(code)
