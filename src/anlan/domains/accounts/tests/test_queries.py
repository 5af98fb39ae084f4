"""Who sees which organisation's rows."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from anlan.domains.accounts import queries
from anlan.domains.accounts.models import Organisation, Person
from anlan.domains.accounts.terms import Right

WHO_SEES = {
    "admin": {"district", "police", "street", "mall"},
    "policeman": {"police"},
    "clerk": {"street", "mall"},
    "watcher": {"street", "mall"},
    "operator": {"mall"},
}
WHO_MANAGES = WHO_SEES | {"watcher": set(), "operator": set()}


@pytest.mark.parametrize("who", WHO_SEES)
def test_each_sees_his_own_and_what_lies_below(district, who):
    person = getattr(district, who)
    seen = queries.visible(Organisation.objects.all(), person, through="")
    assert {one.code for one in seen} == WHO_SEES[who]
    managed = queries.visible(Organisation.objects.all(), person, through="", right=Right.ACCOUNTS_MANAGE)
    assert {one.code for one in managed} == WHO_MANAGES[who]


@pytest.mark.parametrize("who", WHO_SEES)
def test_rows_are_reached_through_their_organisation(district, who):
    seen = queries.visible(Person.objects.all(), getattr(district, who))
    assert {one.organisation.code for one in seen} == WHO_SEES[who]
    children = queries.visible(Organisation.objects.all(), getattr(district, who), through="parent")
    assert {one.parent.code for one in children} <= WHO_SEES[who]


def test_without_a_role_or_out_of_use_nothing_is_seen(district):
    district.clerk.is_active = False
    assert not queries.visible(Organisation.objects.all(), district.clerk, through="").exists()
    district.operator.holds.all().delete()
    assert not queries.visible(Organisation.objects.all(), district.operator, through="").exists()


def test_nobody_signed_in_is_an_error_not_an_open_door(district):
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    with pytest.raises(AttributeError):
        queries.visible(Organisation.objects.all(), request.user)


def test_the_tree_comes_parents_first_with_its_people_counted(district):
    tree = list(queries.organisation_tree(district.admin))
    places = {one.path: place for place, one in enumerate(tree)}
    assert all(places[one.path[:-6]] < places[one.path] for one in tree[1:])
    assert {one.code: one.people_count for one in tree} == {
        "district": 1,
        "police": 1,
        "street": 2,
        "mall": 1,
    }


def test_ancestors_stop_where_sight_stops(district):
    assert [one.code for one in queries.ancestors(district.mall, district.admin)] == ["district", "street"]
    assert [one.code for one in queries.ancestors(district.mall, district.clerk)] == ["street"]
    assert not queries.ancestors(district.root, district.admin)
