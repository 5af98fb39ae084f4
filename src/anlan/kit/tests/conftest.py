"""What the tests of kit act on: two organisations and a person in each; verbs of their own, forgotten afterwards."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from anlan.domains.accounts.models import Organisation, Person, Role, RoleHolding
from anlan.kit import actions, jobs

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MANAGE = "accounts.manage"


@pytest.fixture
def town(db):
    """root (boss manages all) with a branch (clerk manages it; guest only views it) and an annex nobody works in."""
    root = add_organisation(None, "root", "总部", "000001")
    branch = add_organisation(root, "branch", "分部", "000001000002")
    annex = add_organisation(root, "annex", "别馆", "000001000003")
    manager = Role.objects.create(code="manager", name="管理", rights=["view", MANAGE])
    viewer = Role.objects.create(code="viewer", name="查看", rights=["view"])
    boss, clerk = add_person("boss", root, manager), add_person("clerk", branch, manager)
    guest = add_person("guest", branch, viewer)
    return SimpleNamespace(root=root, branch=branch, annex=annex, boss=boss, clerk=clerk, guest=guest)


def add_organisation(parent, code, name, path):
    return Organisation.objects.create(parent=parent, code=code, name=name, path=path)


def add_person(username, organisation, role):
    person = Person.objects.create(username=username, name=f"某{username}", organisation=organisation)
    RoleHolding.objects.create(person=person, role=role, organisation=organisation)
    return person


@pytest.fixture
def verbs():
    """The registry of actions, empty for the test to fill, and as it was afterwards."""
    yield from emptied(actions.ACTIONS)


@pytest.fixture
def doers():
    """The registry of doers of long work, empty for the test to fill, and as it was afterwards."""
    yield from emptied(jobs.JOBS)


def emptied(registry):
    kept = dict(registry)
    registry.clear()
    yield registry
    registry.clear()
    registry.update(kept)
