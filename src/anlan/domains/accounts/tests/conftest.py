"""A small district, as the tests of accounts know it: a safety committee with a street office and an operator below,
and a department beside them. Names and numbers are invented."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from anlan.domains.accounts import actions
from anlan.domains.accounts.models import Person, Role

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
PASSWORD = "Quiet-Water-88"


def count_secrets():
    """A `make_secret` whose n-th secret is known: secret-1-of-9-bytes, …"""
    made = []

    def make_secret(size):
        made.append(size)
        return f"secret-{len(made)}-of-{size}-bytes"

    return make_secret


@pytest.fixture
def admin(db):
    """The first administrator of a freshly founded installation."""
    founding = actions.found(
        "示例区", by=None, now=NOW, administrator="首任管理员", make_secret=count_secrets()
    )
    return founding.subject


@pytest.fixture
def district(admin):
    """root ─ police, root ─ street ─ mall; one person with a role in each."""
    root = admin.organisation
    police = add_organisation(root, admin, "police", "公安分局")
    street = add_organisation(root, admin, "street", "江宁路街道")
    mall = add_organisation(street, admin, "mall", "某商场")
    people = {
        "policeman": add_person(police, admin, "policeman", "department"),
        "clerk": add_person(street, admin, "clerk", "department"),
        "watcher": add_person(street, admin, "watcher", "observer"),
        "operator": add_person(mall, admin, "operator", "operator"),
    }
    return SimpleNamespace(root=root, police=police, street=street, mall=mall, admin=admin, **people)


def add_organisation(parent, by, code, name):
    return actions.add_organisation(parent, by=by, now=NOW, code=code, name=name).subject


def add_person(organisation, by, username, role):
    """A person who has already chosen PASSWORD."""
    role = Role.objects.get(code=role)
    actions.add_person(organisation, by=by, now=NOW, username=username, name=f"某{username}", role=role)
    person = Person.objects.get(username=username)
    person.set_password(PASSWORD)
    person.must_change_password = False
    person.save()
    return person


@pytest.fixture
def signed_in(client):
    """`signed_in(person)`: the client, signed in as that person."""

    def sign_in(person):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
