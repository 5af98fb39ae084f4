"""What the tests of hazards act on: a department with two clerks, a street, a shop with its keeper, and wound time."""

from datetime import UTC, datetime
from io import BytesIO
from types import SimpleNamespace

import pytest
from PIL import Image

from anlan.domains.accounts.models import Organisation, Person, Role, RoleHolding
from anlan.domains.accounts.terms import Right
from anlan.domains.hazards import actions

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PATROL = (Right.VIEW, Right.HAZARDS_REPORT)
CLERK = (*PATROL, Right.HAZARDS_RECTIFY, Right.HAZARDS_VERIFY, Right.HAZARDS_SUPERVISE, Right.HAZARDS_SIGN)
PEOPLE = {
    # sign-in name: organisation, rights
    "boss": (None, CLERK), "clerk": ("TRADE", CLERK), "second": ("TRADE", CLERK), "guest": ("TRADE", (Right.VIEW,)),
    "patrol": ("TRADE", PATROL), "keeper": ("SHOP", (*PATROL, Right.HAZARDS_RECTIFY, Right.HAZARDS_SIGN)), "other": ("STREET", CLERK),
}  # fmt: skip


def picture(colour="red"):
    """The bytes of a small photo."""
    body = BytesIO()
    Image.new("RGB", (8, 8), colour).save(body, "PNG")
    return body.getvalue()


@pytest.fixture
def town(db, tmp_path, settings):
    """root with TRADE (below it SHOP) and STREET; people as in PEOPLE."""
    settings.DATA = tmp_path
    root = Organisation.objects.create(code="root", name="示范区", path="000001")
    trade = Organisation.objects.create(parent=root, code="TRADE", name="商务委", path="000001000002")
    street = Organisation.objects.create(parent=root, code="STREET", name="云栖街道", path="000001000003")
    shop = Organisation.objects.create(parent=trade, code="SHOP", name="示例商店", path="000001000002000004")
    places = {None: root, "TRADE": trade, "STREET": street, "SHOP": shop}
    people = {}
    for username, (code, rights) in PEOPLE.items():
        role = Role.objects.create(code=f"r-{username}", name=username, rights=list(rights))
        person = Person.objects.create(username=username, name=f"某{username}", organisation=places[code])
        RoleHolding.objects.create(person=person, role=role, organisation=places[code])
        people[username] = person
    return SimpleNamespace(root=root, TRADE=trade, STREET=street, SHOP=shop, **people)


def report(town, *, by=None, now=NOW, **words):
    """A hazard reported to TRADE."""
    told = {"what": "疏散通道堆放货箱", "kind": "exits", "address": "示例路 1 号"} | words
    return actions.report_hazard(town.TRADE, by=by or town.patrol, now=now, **told).subject


def graded(town, grade="general", **words):
    """An accepted and graded one."""
    row = report(town, **words)
    actions.accept_hazard(row, by=town.clerk, now=NOW)
    actions.grade_hazard(
        row, by=town.clerk, now=NOW, grade=grade, standard="major" if grade == "major" else ""
    )
    return row


FIVE = {"measures": "搬走货箱", "responsibility": "店长负责", "funds": "自筹 2000 元", "plan": "专人值守"}


def ordered(town, *, due_on, grade="general", **words):
    """One with an order to rectify by a day."""
    row = graded(town, grade, **words)
    told = {"responsible": town.SHOP, "responsible_post": "店长", "due_on": due_on}
    actions.order_rectification(row, by=town.clerk, now=NOW, **told, **(FIVE if grade == "major" else {}))
    return row


def show(row, stage, *, by, now=NOW, colour="green"):
    """A photo of a stage."""
    actions.keep_evidence(row, by=by, now=now, stage=stage, name=f"{stage}.png", body=picture(colour))
