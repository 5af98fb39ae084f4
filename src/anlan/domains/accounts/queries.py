"""Reads of accounts: what a person may see, and whose token this is."""

from django.db.models import Count, Q

from anlan.domains.accounts import rules
from anlan.domains.accounts.models import (
    AccessToken,
    DeviceCredential,
    Organisation,
    Person,
    Role,
    RoleHolding,
    ScreenToken,
)
from anlan.domains.accounts.terms import Right


def visible(queryset, person, *, through="organisation", right=Right.VIEW):
    """The rows of `queryset` whose organisation lies where `person` holds `right`.

    `through` is the lookup from a row to its organisation (`"place__organisation"`), or "" where the
    rows are organisations themselves. A person without the right sees nothing; nobody is an error.
    """
    return queryset.filter(person.reach(right, through=through))


def find_credential(token):
    """The device credential in use that `token` belongs to, with its organisation, or None."""
    return find_token(DeviceCredential, token)


def find_screen(token):
    """The screen in use that `token` belongs to, with its organisation, or None."""
    return find_token(ScreenToken, token)


def find_access(token):
    """The access token in use that `token` is, of an organisation in use, or None; it holds rights as a person does."""
    found = find_token(AccessToken, token)
    return found if found and found.organisation.is_active else None


def find_token(model, token):
    """The row of `model` in use whose token has this fingerprint, or None (also for an empty token)."""
    in_use = model.objects.select_related("organisation").filter(revoked_at=None)
    return in_use.filter(token_sha256=rules.fingerprint(token)).first() if token else None


def root():
    """The organisation at the top, or None before the installation is founded."""
    return Organisation.objects.filter(parent=None).first()


def find_organisation(code):
    """The organisation in use of this code, or None."""
    return Organisation.objects.filter(code=code, is_active=True).first()


def reached_ids(person, right=Right.VIEW):
    """The ids of the organisations where `person` holds `right`; None where that is every one.

    For long tables: conditions on ids find their index, those on the path of a joined organisation do not.
    """
    reached = Organisation.objects.filter(person.reach(right, through="")).order_by()
    parents = dict(reached.values_list("pk", "parent"))
    return None if None in parents.values() else list(parents)


def ids_below(organisation):
    """The ids of an organisation and of all below it."""
    return list(
        Organisation.objects.filter(path__startswith=organisation.path)
        .order_by()
        .values_list("pk", flat=True)
    )


def branches():
    """{organisation id: id of the organisation directly below the top that it belongs to}; of the top its own id."""
    path_of = dict(Organisation.objects.order_by().values_list("pk", "path"))
    at = {path: pk for pk, path in path_of.items()}
    return {pk: at.get(path[: 2 * rules.STEP], pk) for pk, path in path_of.items()}


def organisation_tree(person):
    """Organisations that `person` sees, parents before children, each with `people_count` of active people."""
    counted = Count("people", filter=Q(people__is_active=True))
    return visible(Organisation.objects.annotate(people_count=counted), person, through="").order_by("path")


def roles_with(right):
    """Ids of the roles that give `right`; roles are few, and SQLite cannot look inside a JSON list."""
    return [role.pk for role in Role.objects.all() if right in role.rights]


def find_role(code):
    """The role of this code, or None."""
    return Role.objects.filter(code=code).first()


def people_named_from(start):
    """Active people whose sign-in name begins with `start`."""
    return Person.objects.filter(username__startswith=start, is_active=True)


def administrators(*, without_role=None):
    """Active people who may manage accounts at the top: without one of them nobody could repair anything.

    `without_role` leaves out what that role gives, to ask who would be left.
    """
    giving = [pk for pk in roles_with(Right.ACCOUNTS_MANAGE) if without_role is None or pk != without_role.pk]
    held = RoleHolding.objects.filter(role__in=giving, organisation__parent=None)
    return Person.objects.filter(is_active=True, holds__in=held).distinct()


def fingerprint(token):
    """How a token is kept and found: see `rules.fingerprint`."""
    return rules.fingerprint(token)


def live_credentials():
    """(id, name, token fingerprint) of every device credential in use, for doors that answer from memory."""
    return list(DeviceCredential.objects.filter(revoked_at=None).values_list("id", "name", "token_sha256"))


def watch_scope(*, person_id=None, screen_id=None):
    """The organisation paths that a person or a screen may watch, or None where it may not (any more)."""
    if screen_id is not None:
        screen = (
            ScreenToken.objects.select_related("organisation").filter(pk=screen_id, revoked_at=None).first()
        )
        return [screen.organisation.path] if screen else None
    person = Person.objects.filter(pk=person_id, is_active=True).first()
    return rules.top_paths(person.holdings(), Right.VIEW) if person else None


def ancestors(organisation, person):
    """The organisations above this one that `person` sees, from the top down."""
    step = rules.STEP
    paths = [organisation.path[:end] for end in range(step, len(organisation.path), step)]
    return visible(Organisation.objects.filter(path__in=paths), person, through="").order_by("path")


def search(text, person, *, most=20):
    """Organisations that `person` sees whose name, English name or code holds `text`."""
    named = Q(name__icontains=text) | Q(name_en__icontains=text) | Q(code__icontains=text)
    return list(visible(Organisation.objects.filter(named), person, through="")[:most]) if text else []


def people_with(right, organisation):
    """Active people who hold `right` over `organisation`, of those nearest to it: its own, else those above."""
    path, step = organisation.path, rules.STEP
    paths = [path[:end] for end in range(step, len(path) + 1, step)]
    held = RoleHolding.objects.filter(
        role__in=roles_with(right), organisation__path__in=paths, person__is_active=True
    ).select_related("person", "organisation")
    nearest = max((len(one.organisation.path) for one in held), default=0)
    found = {one.person_id: one.person for one in held if len(one.organisation.path) == nearest}
    return [found[pk] for pk in sorted(found)]


def organisations_in_use():
    """{id: organisation} of those in use."""
    return {one.pk: one for one in Organisation.objects.filter(is_active=True)}


def ancestors_of():
    """{id: the ids of it and of those above it, from the top down}, of every organisation."""
    paths = Organisation.objects.values_list("pk", "path")
    ids = {path: pk for pk, path in paths}
    step = rules.STEP
    return {
        pk: tuple(ids[path[:end]] for end in range(step, len(path) + 1, step) if path[:end] in ids)
        for pk, path in paths
    }
