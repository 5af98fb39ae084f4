"""What the tests of the risk map act on: two departments, each with two people who may write and check."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from anlan.domains.accounts.models import Organisation, Person, Role, RoleHolding
from anlan.domains.accounts.terms import Right
from anlan.domains.riskmap import actions

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
SPOT = {"lon": 121.45, "lat": 31.23}
SOUND = {
    "name": "示例锅炉房", "category": "锅炉", "post": "锅炉班长", "engineering": "安全阀每年校验", **SPOT,
}  # fmt: skip
LEC = {"method": "LEC", "inputs": {"L": 3, "E": 6, "C": 15}}


@pytest.fixture
def town(db):
    """root (boss edits and checks all), TRADE (clerk, chief edit and check; guest views), STREET (other edits and checks)."""
    root = Organisation.objects.create(code="root", name="示范区", path="000001")
    branches = {
        code: Organisation.objects.create(parent=root, code=code, name=code, path=f"000001{number:06d}")
        for number, code in enumerate(("TRADE", "STREET"), 2)
    }
    rights = [Right.VIEW, Right.RISKMAP_EDIT, Right.RISKMAP_CHECK]
    editor = Role.objects.create(code="editor", name="登记", rights=rights)
    viewer = Role.objects.create(code="viewer", name="查看", rights=[Right.VIEW])
    people = {}
    for username, code, role in (
        ("boss", None, editor), ("clerk", "TRADE", editor), ("chief", "TRADE", editor), ("guest", "TRADE", viewer),
        ("other", "STREET", editor),
    ):  # fmt: skip
        organisation = branches.get(code, root)
        people[username] = Person.objects.create(
            username=username, name=f"某{username}", organisation=organisation
        )
        RoleHolding.objects.create(person=people[username], role=role, organisation=organisation)
    return SimpleNamespace(root=root, **branches, **people)


@pytest.fixture
def point(town):
    """A point that was registered and assessed by the clerk, and waits to be checked."""
    made = actions.register_point(town.TRADE, by=town.clerk, now=NOW, **SOUND).subject
    return actions.assess_point(made, by=town.clerk, now=NOW, **LEC).subject
