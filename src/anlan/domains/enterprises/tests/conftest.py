"""What the tests of enterprises act on: a department with a clerk, and a street beside it."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from anlan.domains.accounts.models import Organisation, Person, Role, RoleHolding
from anlan.domains.accounts.terms import Right

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
CODE, OTHER_CODE = "91350100M000100Y43", "91310106MA00000019"


@pytest.fixture
def town(db):
    """root (boss edits all) with trade (clerk edits, guest views), street (nobody), shop (keeper, an enterprise's own)."""
    root = Organisation.objects.create(code="root", name="示范区", path="000001")
    branches = {
        code: Organisation.objects.create(parent=root, code=code, name=code, path=f"000001{number:06d}")
        for number, code in enumerate(("TRADE", "STREET", "SHOP"), 2)
    }
    editor = Role.objects.create(code="editor", name="登记", rights=[Right.VIEW, Right.ENTERPRISES_EDIT])
    viewer = Role.objects.create(code="viewer", name="查看", rights=[Right.VIEW])
    people = {}
    for username, code, role in (
        ("boss", None, editor), ("clerk", "TRADE", editor), ("guest", "TRADE", viewer), ("keeper", "SHOP", viewer)
    ):  # fmt: skip
        organisation = branches.get(code, root)
        people[username] = Person.objects.create(
            username=username, name=f"某{username}", organisation=organisation
        )
        RoleHolding.objects.create(person=people[username], role=role, organisation=organisation)
    return SimpleNamespace(root=root, **branches, **people)
