"""A small district: its parks department with a park, a mall that runs itself, a square without operator."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from anlan.domains.accounts.models import Organisation, Person, Role, RoleHolding
from anlan.domains.accounts.terms import Right
from anlan.domains.places import actions

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
EDITING = [Right.VIEW, Right.PLACES_EDIT, Right.PLACES_DETERMINE]


def add_organisation(code, name, parent=None, sort=""):
    row = Organisation.objects.create(code=code, name=name, parent=parent, sort=sort, path=f"new-{code}")
    row.path = (parent.path if parent else "") + f"{row.pk:06d}"
    row.save()
    return row


def add_person(username, organisation, rights):
    role, _made = Role.objects.get_or_create(
        code=f"role-{username}", defaults={"name": username, "rights": rights}
    )
    person = Person.objects.create(username=username, name=username, organisation=organisation)
    RoleHolding.objects.create(person=person, role=role, organisation=organisation)
    return person


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def district(db):
    """The organisations and one person of each."""
    top = add_organisation("D", "示范区", sort="区")
    parks = add_organisation("D-PARKS", "绿化局", top, "部门")
    police = add_organisation("D-POLICE", "公安分局", top, "部门")
    mall = add_organisation("O-MALL", "商场公司", top, "运营单位")
    return SimpleNamespace(
        top=top, parks=parks, police=police, mall=mall,
        chief=add_person("chief", top, EDITING), gardener=add_person("gardener", parks, EDITING),
        shopkeeper=add_person("shopkeeper", mall, EDITING), reader=add_person("reader", parks, [Right.VIEW]),
    )  # fmt: skip


@pytest.fixture
def park(district):
    return register(
        district, organisation=district.parks, code="P-1", name="东园", kind="park", lon=121.45, lat=31.22
    )


@pytest.fixture
def mall(district):
    return register(
        district, organisation=district.top, code="M-1", name="百货", kind="mall", operator=district.mall
    )


@pytest.fixture
def square(district):
    return register(district, organisation=district.top, code="S-1", name="广场", kind="square")


def register(district, *, organisation, **words):
    return actions.register_place(organisation, by=district.chief, now=NOW, **words).subject


def determine(place, by, **words):
    """Record a determination by document, unless told otherwise."""
    told = {
        "kind": "instantaneous", "method": "document", "inputs": {}, "value_persons": 1000, "why": "示例",
        "determined_by": place.organisation, "determined_on": NOW.date(), "document_number": "示例〔2026〕1号",
    }  # fmt: skip
    return actions.determine_capacity(place, by=by, now=NOW, **told | words).subject


@pytest.fixture
def determined():
    return determine
